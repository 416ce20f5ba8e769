"""The checker of strangers' queries: it raises nothing but a QueryError, and what it lets through asks nobody else."""

import re
from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from fuzz.target import Target, hold
from kg.errors import QueryError
from kg.namespaces import Namespaces
from kg.query import RECIPES
from kg.query.check import check as check_query

#: The graphs that a query may name.
GRAPHS = ("http://g/1",)

#: Terms of the ontology.
TERMS = tuple(Namespaces().expand(f"kg:{name}") for name in ("Method", "uses", "is_a"))

#: The lexical grammar of SPARQL 1.1, section 19.8, as far as it tells words from texts, IRIs and comments.
_TOKEN = re.compile(
    r'''"""(?:"{0,2}(?:[^"\\]|\\.))*"""|\'\'\'(?:'{0,2}(?:[^'\\]|\\.))*\'\'\'|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*\''''
    r"""|<[^<>"{}|^`\\\x00-\x20]*>|\#[^\r\n]*|[?$]\w+|@[A-Za-z-]+|[\w.-]*:[\w.:%\\~!$&'()*+,;=/?\#@-]*|[A-Za-z_]+|.""",
    re.DOTALL,
)

#: Words that no read-only query on the store's own graphs has.
_FORBIDDEN = frozenset("SERVICE LOAD CLEAR DROP INSERT DELETE CREATE COPY MOVE ADD".split())

SAMPLES = (
    "SELECT ?s WHERE { ?s a kg:Method } LIMIT 3",
    "ASK { ?s kg:uses ?o FILTER(?o = \"a # b\" || regex(str(?o), 'SERVICE')) } # SERVICE <http://x>",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT ?x { ?s ?p ?o } BIND(<http://127.0.0.1:9/> AS ?x) }",
    "BASE <http://g/> SELECT * FROM <1> FROM NAMED <http://g/1> { GRAPH ?g { ?s ?p ?o } }",
    "PREFIX x: <http://g/> SELECT * FROM x:1 { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . OPTIONAL { ?o kg:is_a+ ?c } MINUS { ?s a ?t } }",
    "DESCRIBE <http://a>",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
    "LOAD <http://127.0.0.1:9/> INTO GRAPH <http://g/1>",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { VALUES (?s ?o) { (1 'x'@en) (UNDEF <a:a>) } } GROUP BY ?o HAVING(?n > 1)",
    "SELECT * { { SELECT ?s { ?s ?p ?o } } UNION { ?s ^kg:uses/(kg:is_a|!a)* ?o } BIND(IF(BOUND(?o), 1, 2e3) AS ?b) }",
    "SELECT * { ?s ?p '''a\n''b''' ; ?q [ ?r ( 1 2 ) ] }",
    "# a\rSELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { } }",
)


@cache
def _store() -> ox.Store:
    return ox.Store()


def words(text: str) -> set[str]:
    r"""Give the keywords and names of a query in upper case, without texts, IRIs, comments and prefixed names.

    >>> sorted(words("ASK { ?service :load 'DROP' } # CLEAR"))
    ['ASK']
    """
    found = (match[0] for match in _TOKEN.finditer(text))
    return {word.upper() for word in found if word.isidentifier()}


def check(data: bytes) -> None:
    """Check a query; what passes is parsed by the store's own parser and looked at in its words."""
    text = data.decode("utf-8", "surrogateescape")
    prefixes = Namespaces().prefixes
    try:
        notes = check_query(text, prefixes=prefixes, graphs=GRAPHS, terms=TERMS)
    except QueryError as error:
        hold(str(error).strip(), "a refusal says why")
        return
    hold(all(isinstance(note, str) for note in notes), "notes are texts")
    try:
        ox_accepts(text, prefixes)
    except (SyntaxError, ValueError):
        return  # the store refuses what the checker took, which does no harm
    for form in (text, _unescaped(text)):
        hold(not words(form) & _FORBIDDEN, "a query that is no question is refused", sorted(words(form) & _FORBIDDEN))
        _check_graphs(form)


def ox_accepts(text: str, prefixes: dict[str, str]) -> None:
    """Let Oxigraph parse a query; what is no query is a SyntaxError."""
    # An empty store evaluates nothing that would send a request, and SERVICE is what the words are looked at for.
    _store().query(text, prefixes=prefixes, base_iri="http://g/")


def _unescaped(text: str) -> str:
    r"""Replace the escapes of section 19.2, which stand for characters anywhere in a query."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code < 0x110000 else "?"

    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", character, text)


def _check_graphs(text: str) -> None:
    tokens = [match[0] for match in _TOKEN.finditer(text) if not match[0].isspace() and match[0][0] != "#"]
    for place, token in enumerate(tokens):
        if token.upper() != "FROM":
            continue
        name = next((one for one in tokens[place + 1 :] if one.upper() != "NAMED"), "")
        hold(not name.startswith("<http") or name[1:-1] in GRAPHS, "a foreign graph is refused", name)


def _seeds() -> Iterator[bytes]:
    yield from (text.encode() for text in SAMPLES)
    yield from (recipe.text.encode() for recipe in RECIPES.values())


def targets() -> dict[str, Target]:
    """Give the one target."""
    known = (
        "SELECT ASK CONSTRUCT DESCRIBE WHERE { } SERVICE SILENT <http://127.0.0.1:9/> FROM NAMED GRAPH BASE PREFIX "
        "LOAD INSERT # \r \\u0053ERVICE \\u003c \\u0023 ''' \"\"\" ' \" <# <\\u0023 kg: kg:uses FILTER( EXISTS MINUS "
        "OPTIONAL BIND( AS VALUES UNDEF ^ | * + ? !a @en ^^ [] () ; , . UNION GROUP BY << >> {| |} 1e0 _:b"
    )
    described = "the checker of queries: only a QueryError, no request and no foreign graph passes"
    return {"queries": Target(described, check, _seeds, tuple(known.split(" ")), longest=2000)}
