"""What a query gave, and the forms it can be written in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import QueryFormError
from kg.namespaces import FIXED, Namespaces

if TYPE_CHECKING:
    from rich.table import Table

_BINDINGS = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}

#: Formats a result can be written in, beside a table on the screen.
FORMATS = (*_BINDINGS, *_GRAPHS)

#: Kind of a result -> the formats it can be written in.
FORMATS_OF: Mapping[str, tuple[str, ...]] = {
    "bindings": tuple(_BINDINGS),
    "boolean": tuple(_BINDINGS),
    "graph": tuple(_GRAPHS),
}

#: Kind of a result -> the form it has unless another is asked for, which holds it without loss.
NATIVE: Mapping[str, str] = {"bindings": "tsv", "boolean": "json", "graph": "nt"}

#: Format -> its media type.
MEDIA: Mapping[str, str] = {
    "json": "application/sparql-results+json",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "xml": "application/sparql-results+xml",
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}

_NUMBERS: dict[str, type] = {
    FIXED["xsd"] + "integer": int,
    FIXED["xsd"] + "decimal": Decimal,
    FIXED["xsd"] + "double": float,
    FIXED["xsd"] + "float": float,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave.

    ``kind`` is ``bindings``, ``boolean`` or ``graph``, and ``body`` the result in ``form``, or else in the form of
    `NATIVE`; ``rows`` counts its rows or triples. ``notes`` say what in the query is likely a slip.
    """

    kind: str
    rows: int
    body: bytes
    names: Namespaces = field(default_factory=Namespaces)
    notes: tuple[str, ...] = ()
    form: str = ""

    def __post_init__(self) -> None:
        """Know the form."""
        object.__setattr__(self, "form", self.form or NATIVE[self.kind])

    @property
    def media(self) -> str:
        """Give the media type of the body."""
        return MEDIA[self.form]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Go through the rows of `values`."""
        return iter(self.values())

    @property
    def variables(self) -> tuple[str, ...]:
        """Name the columns."""
        if self.kind == "bindings":
            return tuple(variable.value for variable in self._bindings().variables)
        return ("result",) if self.kind == "boolean" else ("subject", "predicate", "object")

    def terms(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows as pyoxigraph terms, None where nothing is bound."""
        if self.kind == "graph":
            for quad in ox.parse(self.body, _GRAPHS[self.form]):
                yield quad.subject, quad.predicate, quad.object
        elif self.kind == "bindings":
            for row in self._bindings():
                yield tuple(row)
        else:
            yield (ox.Literal(self.truth),)

    def values(self) -> list[dict[str, Any]]:
        """Give the rows as plain data: IRIs as CURIEs where they have one, numbers, booleans, text, None."""
        names = self.variables
        return [dict(zip(names, map(self._plain, row), strict=True)) for row in self.terms()]

    @property
    def truth(self) -> bool:
        """Give the answer to an ASK; of other queries, whether there is any row."""
        return b"true" in self.body if self.kind == "boolean" else self.rows > 0

    def serialize(self, format: str) -> bytes:
        """Write the result in one of `FORMATS`; bindings and graphs have different ones."""
        choices = FORMATS_OF[self.kind]
        if format not in choices:
            raise QueryFormError(
                f"this query gives {self.kind}, not to be written as {format}; use {', '.join(choices)}"
            )
        if self.kind == "graph":
            return self._graph(format)
        if format == self.form:
            return self.body
        text = self._bindings().serialize(format=_BINDINGS[format]) or b""
        # Oxigraph ends the lines of bindings, but not that of a truth value.
        return text + b"\n" if self.kind == "boolean" and format in ("csv", "tsv") else text

    def written(self, format: str) -> "Result":
        """Give the same result in another form."""
        return replace(self, body=self.serialize(format), form=format)

    def table(self, *, width: int | None = None, brief: bool = False) -> "Table":
        """Make a table for a screen; if ``brief``, without nodes that are named beside, and with rounded numbers."""
        from kg.query.screen import columns, table

        names, rows = self.variables, list(self.terms())
        cells = [[self._plain(term) for term in row] for row in rows]
        ids = [
            name
            for number, name in enumerate(names)
            if all(row[number] is None or isinstance(row[number], ox.NamedNode) for row in rows)
        ]
        return table(columns(names, cells, nodes=ids, brief=brief), width)

    def _bindings(self) -> Any:
        """Parse the answer of a SELECT or ASK."""
        if self.form == "csv":
            raise QueryFormError("an answer written as csv does not say what its values are; ask for json, tsv or xml")
        return ox.parse_query_results(self.body, _BINDINGS[self.form])

    def _graph(self, format: str) -> bytes:
        """Write a graph: distinct triples in the order of their N-Triples."""
        lines = self.body
        if self.form != "nt":
            lines = ox.serialize(ox.parse(self.body, _GRAPHS[self.form]), format=ox.RdfFormat.N_TRIPLES) or b""
        lines = b"".join(sorted({line + b"\n" for line in lines.split(b"\n") if line}))
        if format == "nt":
            return lines
        used = {prefix: iri for prefix, iri in self.names.prefixes.items() if b"<" + iri.encode() in lines}
        found = (quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES))
        text = ox.serialize(found, format=_GRAPHS[format], prefixes=used) or b""
        # Oxigraph declares prefixes in an order that varies.
        parts = text.split(b"\n")
        number = next((i for i, part in enumerate(parts) if not part.startswith(b"@prefix")), 0)
        return b"\n".join(sorted(parts[:number]) + parts[number:])

    def _plain(self, term: Any) -> Any:
        """Give a term as plain data."""
        if isinstance(term, ox.NamedNode):
            return self.names.compress(term.value)
        if isinstance(term, ox.Literal):
            if term.datatype.value == FIXED["xsd"] + "boolean":
                return term.value in ("true", "1")
            return _NUMBERS.get(term.datatype.value, str)(term.value)
        return None if term is None else str(term)
