"""Decide whether a stranger's query may run: a read-only query on the store's own graphs, nothing else.

Attacks it stands against: SERVICE sends requests, dataset clauses read files or fetch, updates write and LOAD fetches.
What rdflib's parser does not understand is refused, since nothing is known of it.
"""

import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import urljoin

from pyparsing import ParseException, ParseResults
from rapidfuzz import fuzz, process
from rdflib import URIRef
from rdflib.plugins.sparql.parser import parseQuery, parseUpdate
from rdflib.plugins.sparql.parserutils import CompValue

from kg.errors import QueryError, QueryRefusedError
from kg.query.standard import MEANT, unused

#: Longest query that is looked at, in characters.
MAX_LENGTH = 100_000

#: A character by its number (SPARQL 1.1, section 19.2), and a line end that rdflib's parser does not take for one.
_ESCAPE, _RETURN = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})"), re.compile(r"\r(?!\n)")

#: What stands before the name of a class.
_TYPED = re.compile(r"(?:(?<![\w:?])a|rdf:type)\s+$")

#: Parts of a query that may rightly name terms which the default graph lacks.
_ELSEWHERE = ("GraphGraphPattern", "DatasetClause", "ConstructQuery")


def check(text: str, *, prefixes: Mapping[str, str], graphs: Collection[str], terms: Collection[str]) -> list[str]:
    """Raise a QueryError unless the query is safe and speaks of known prefixes and terms; give notes on likely slips.

    ``prefixes`` are declared beforehand, ``graphs`` are the named graphs a dataset clause may name, ``terms`` the
    IRIs of the ontology; with no terms, none is checked.
    """
    if len(text) > MAX_LENGTH:
        raise QueryRefusedError(f"the query has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    text = _RETURN.sub("\n", text)
    _check_escapes(text)
    nodes = list(nodes_of(parse(text)))
    bases = [_text(node, "iri") for node in nodes if node.name == "Base"]
    declared = [_text(node, "prefix") for node in nodes if node.name == "PrefixDecl"]
    bound = {**prefixes, **{_text(node, "prefix"): _text(node, "iri") for node in nodes if node.name == "PrefixDecl"}}
    for node in nodes:
        if node.name == "ServiceGraphPattern":
            raise QueryRefusedError(
                at(text, _find(text, "SERVICE"), "SERVICE is refused: a query may not send requests")
            )
        if node.name == "DatasetClause":
            name = _field(node, "default") or _field(node, "named")
            # Of two bases or declarations it is not seen here which one counts: an IRI that needs it is then refused.
            clear = {prefix: bound[prefix] for prefix in bound if declared.count(prefix) < 2}
            iri = _iri(name, clear)
            _check_graph(text, _resolved(iri, bases), graphs)
        if node.name == "pname" and (prefix := _text(node, "prefix")) not in bound:
            reason = f"unknown prefix {prefix + ':'!r}{nearest(prefix, bound)}; declare it with PREFIX"
            raise QueryError(at(text, _find(text, f"{prefix}:"), reason))
    for node in nodes:
        if node.name == "pname":
            _check_term(text, f"{_text(node, 'prefix')}:{_text(node, 'localname')}", _iri(node, bound), terms)
    if any(node.name in _ELSEWHERE for node in nodes):
        return []
    return unused(_iri(node, bound) for node in nodes if node.name == "pname")


def _resolved(iri: str, bases: Sequence[str]) -> str:
    """Give an IRI against the base of the query, or as it is where that is not clear or makes no IRI."""
    if len(bases) != 1:
        return iri
    try:
        return urljoin(bases[0], iri)
    except ValueError:  # of a bracket in the place of a host
        return iri


def _check_escapes(text: str) -> None:
    """Refuse escaped quotes, brackets and the like: for rdflib they end a text or an IRI, for Oxigraph they do not."""
    for match in _ESCAPE.finditer(text):
        code = int(match[1] or match[2], 16)
        if code <= sys.maxunicode and not chr(code).isalnum():
            reason = f"{match[0]} is refused: only letters and digits may be escaped; write the character itself"
            raise QueryRefusedError(at(text, match.start(), reason))


def at(text: str, position: int, reason: str) -> str:
    """Say where in the query something is wrong, with its line and a mark below the place.

    >>> print(at("ASK { ?s }", 6, "odd"))
    line 1, column 7: odd
      ASK { ?s }
            ^
    """
    before = text[:position]
    start = before.rfind("\n") + 1
    line = text[start:].partition("\n")[0]
    column = position - start
    cut = max(0, column - 60)
    shown = line[cut : cut + 120].replace("\t", " ")
    return f"line {before.count(chr(10)) + 1}, column {column + 1}: {reason}\n  {shown}\n  {' ' * (column - cut)}^"


def nearest(name: str, known: Collection[str]) -> str:
    """Suggest the nearest of the known names, or nothing.

    >>> nearest("introduce", ["introduces", "uses"])
    '; did you mean introduces?'
    """
    found = process.extractOne(name, sorted(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"; did you mean {found[0]}?" if found else ""


def parse(text: str) -> object:
    """Parse a query, or say why it is refused."""
    try:
        return parseQuery(text)
    except ParseException as error:
        if _is_update(text):
            raise QueryRefusedError("updates are refused: the graph is read-only; build it with `kg build`") from error
        found = re.search(r"found (.*?)\s+\(at char", str(error))
        reason = f"not understood, so refused (unexpected {found[1] if found else 'text'})"
        if service := re.search(r"\bSERVICE\b", text, re.IGNORECASE):
            raise QueryRefusedError(
                at(text, service.start(), "SERVICE is refused, and so is a query that is not understood")
            ) from error
        raise QueryError(at(text, error.loc, reason)) from error
    except RecursionError as error:
        raise QueryRefusedError("the query is nested too deeply to be checked, so it is refused") from error
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise QueryError(f"the query cannot be checked ({error}), so it is refused") from error


def _is_update(text: str) -> bool:
    """Tell whether a text is a SPARQL update; nothing is run."""
    try:
        tree = parseUpdate(text)
    except (ParseException, RecursionError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return False
    return bool(_field(tree, "request"))


def nodes_of(tree: object) -> Iterator[CompValue]:
    """Give every named node of a parse tree, at any depth."""
    stack = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, CompValue):
            yield item
            stack.extend(item.values())
        elif isinstance(item, ParseResults | list | tuple):
            stack.extend(item)


def _field(node: CompValue, name: str) -> object:
    """Give a field of a node or None; a CompValue's own ``get`` gives the field's name where there is none."""
    return dict.get(node, name)


def _text(node: CompValue, name: str) -> str:
    """Give a field of a node as text, empty where there is none."""
    value = _field(node, name)
    return "" if value is None else str(value)


def _iri(node: object, bound: Mapping[str, str]) -> str:
    """Give the IRI of an IRI reference or prefixed name of the parse tree."""
    if isinstance(node, URIRef):
        return str(node)
    if isinstance(node, CompValue) and node.name == "pname":
        return bound.get(_text(node, "prefix"), "") + _text(node, "localname")
    return ""


def check_graphs(iris: Collection[str], graphs: Collection[str]) -> None:
    """Refuse graphs that are asked for beside the query where the store lacks them."""
    for iri in iris:
        if iri not in graphs:
            raise QueryRefusedError(_no_graph(f"graph <{iri}>", graphs))


def _no_graph(what: str, graphs: Collection[str]) -> str:
    """Say that a graph is refused, and which ones there are."""
    known = ", ".join(f"<{graph}>" for graph in sorted(graphs)) or "none"
    return f"{what} is refused: the store has no such graph; its named graphs are: {known}"


def _check_graph(text: str, iri: str, graphs: Collection[str]) -> None:
    """Refuse a dataset clause that names no graph of the store."""
    if iri not in graphs:
        raise QueryRefusedError(at(text, _find(text, "FROM"), _no_graph(f"FROM <{iri}>", graphs)))


def _check_term(text: str, name: str, iri: str, terms: Collection[str]) -> None:
    """Refuse a name in the ontology's namespace that the ontology does not define."""
    if not terms or iri in terms:
        return
    namespace = next(iter(terms)).partition("#")[0] + "#"
    if iri.startswith(namespace):
        place, word = _find(text, name), iri.removeprefix(namespace)
        # Classes alone have names that begin with a capital.
        is_class = word[:1].isupper() or _TYPED.search(text, 0, place) is not None
        local = {term.removeprefix(namespace) for term in terms}
        hint = nearest(word, {term for term in local if term[:1].isupper() == is_class})
        hint = hint.replace("mean ", f"mean {name.partition(':')[0]}:")
        if is_class and (meant := MEANT.get(f"kg:{word.capitalize()}")):
            hint = f"; did you mean {meant}?"
        raise QueryError(at(text, place, f"the ontology has no {name}{hint}"))


def _find(text: str, word: str) -> int:
    """Find where a word stands in the query, or its beginning."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) or re.search(re.escape(word), text)
    return found.start() if found else 0
