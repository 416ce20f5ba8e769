"""RDF terms as N-Triples text (https://www.w3.org/TR/n-triples/), in the canonical spelling that Oxigraph writes."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import KGError
from kg.exporters.characters import legal
from kg.namespaces import FIXED, Namespaces

#: A triple: its subject, predicate and object as N-Triples text.
Triple = tuple[str, str, str]

_ESCAPES = {ord(sign): f"\\{letter}" for sign, letter in zip('"\\\n\r\t', '"\\nrt', strict=True)} | {0x7F: "\\u007F"}

#: Finds what may not stand in an IRI in a local name; one without makes an IRI whatever stands before it.
_odd = re.compile(r"[^A-Za-z0-9._~-]").search

#: Terms that are kept, in case they come again.
_KEPT = 1 << 14

#: Length of an ISO 8601 date -> its XSD type.
_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}


def text(value: str) -> str:
    r"""Make a plain string, which any RDF format can hold.

    >>> text('say "hi"\n')
    '"say \\"hi\\"\\n"'
    """
    if not value.isprintable() or '"' in value or "\\" in value:
        value = legal(value).translate(_ESCAPES)
    return f'"{value}"'


@lru_cache(_KEPT)
def integer(number: int) -> str:
    """Make an ``xsd:integer``."""
    return f'"{number}"^^<{FIXED["xsd"]}integer>'


@lru_cache(_KEPT)
def decimal(number: float) -> str:
    """Make an ``xsd:decimal`` of six places, in the canonical form that Oxigraph keeps.

    >>> [decimal(number).partition("^")[0] for number in (0.5, 1.0, 0.1 + 0.2)]
    ['"0.5"', '"1"', '"0.3"']
    """
    return f'"{rounded(number)}"^^<{FIXED["xsd"]}decimal>'


def rounded(number: float) -> str:
    """Write a number with at most six places."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def date(day: str) -> str:
    """Make a literal of an ISO 8601 date, typed by its precision."""
    kind = _DATE_TYPES.get(len(day))
    return f"{text(day)}^^<{FIXED['xsd']}{kind}>" if kind else text(day)


def web_address(prefix: str, name: str) -> str:
    """Make the IRI of a web page of a name that may hold characters no IRI allows.

    >>> web_address("https://doi.org/", "10.1/a<b>")
    '<https://doi.org/10.1/a%3Cb%3E>'
    """
    return f"<{prefix}{quote(name, safe='/.:;()-_~')}>"


class _Known(dict[str, str]):
    """Nodes of CURIEs with a fixed prefix, each made once."""

    def __missing__(self, curie: str) -> str:
        """Make a node."""
        prefix, _, name = curie.partition(":")
        self[curie] = node = _checked(FIXED[prefix] + name)
        return node


@dataclass(slots=True)
class Terms:
    """Nodes by CURIE for one base IRI; ``known`` gives those of the fixed prefixes, such as classes and properties."""

    base: str
    prefixes: dict[str, str] = field(init=False)
    known: dict[str, str] = field(init=False, default_factory=_Known)

    def __post_init__(self) -> None:
        """Look the prefixes up once."""
        self.prefixes = Namespaces(self.base).prefixes

    def node(self, curie: str) -> str:
        """Give the node of a CURIE; a full http(s) IRI is taken as it is, an unknown prefix is an error."""
        prefix, _, name = curie.partition(":")
        start = self.prefixes.get(prefix)
        if start is not None:
            return _checked(start + name) if _odd(name) else f"<{start}{name}>"
        if prefix in ("http", "https"):
            return _checked(curie)
        raise KGError(f"{curie!r} is no CURIE of this graph; known prefixes: {', '.join(self.prefixes)}")


def _checked(iri: str) -> str:
    """Give the node of an IRI, or say that it is none."""
    try:
        ox.NamedNode(iri)
    except ValueError as error:
        raise KGError(f"{iri!r} is no IRI ({error}); mend the identifier or name it is made of") from error
    return f"<{iri}>"
