"""RDF terms and triples of CURIEs, each node made once."""

from dataclasses import dataclass, field
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import KGError
from kg.exporters.characters import legal
from kg.namespaces import FIXED, Namespaces

_XSD = {name: ox.NamedNode(FIXED["xsd"] + name) for name in ("integer", "decimal", "date", "gYearMonth", "gYear")}

#: Length of an ISO 8601 date -> its XSD type.
_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}


def integer(number: int) -> ox.Literal:
    """Make an ``xsd:integer``."""
    return ox.Literal(str(number), datatype=_XSD["integer"])


def decimal(number: float) -> ox.Literal:
    """Make an ``xsd:decimal`` of six places, in the canonical form that Oxigraph keeps.

    >>> decimal(0.5).value, decimal(1.0).value, decimal(0.1 + 0.2).value
    ('0.5', '1', '0.3')
    """
    return ox.Literal(f"{number:.6f}".rstrip("0").rstrip("."), datatype=_XSD["decimal"])


def date(text: str) -> ox.Literal:
    """Make a literal of an ISO 8601 date, typed by its precision."""
    kind = _DATE_TYPES.get(len(text))
    return ox.Literal(text, datatype=_XSD[kind]) if kind else ox.Literal(text)


def web_address(prefix: str, name: str) -> ox.NamedNode:
    """Make the IRI of a web page of a name that may hold characters no IRI allows.

    >>> web_address("https://doi.org/", "10.1/a<b>").value
    'https://doi.org/10.1/a%3Cb%3E'
    """
    return ox.NamedNode(prefix + quote(name, safe="/.:;()-_~"))


@dataclass(slots=True)
class Terms:
    """Nodes by CURIE for one base IRI, and the triples made of them."""

    base: str
    prefixes: dict[str, str] = field(init=False)
    _nodes: dict[str, ox.NamedNode] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Look the prefixes up once."""
        self.prefixes = Namespaces(self.base).prefixes

    def node(self, curie: str) -> ox.NamedNode:
        """Give the node of a CURIE; a full http(s) IRI is taken as it is, an unknown prefix is an error."""
        found = self._nodes.get(curie)
        if found is None:
            prefix, _, name = curie.partition(":")
            if prefix in self.prefixes:
                found = ox.NamedNode(self.prefixes[prefix] + name)
            elif prefix in ("http", "https"):
                found = ox.NamedNode(curie)
            else:
                raise KGError(f"{curie!r} is no CURIE of this graph; known prefixes: {', '.join(self.prefixes)}")
            self._nodes[curie] = found
        return found

    def link(self, subject: str, predicate: str, target: str) -> ox.Triple:
        """Make a triple of three CURIEs."""
        return ox.Triple(self.node(subject), self.node(predicate), self.node(target))

    def value(self, subject: str, predicate: str, value: ox.Literal | ox.NamedNode | str) -> ox.Triple:
        """Make a triple whose object is a ready term, or a plain string, which any RDF format can then hold."""
        term = ox.Literal(legal(value)) if isinstance(value, str) else value
        return ox.Triple(self.node(subject), self.node(predicate), term)
