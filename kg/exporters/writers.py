"""Canonical N-Triples lines as Turtle, RDF/XML and JSON-LD."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO, cast

import pyoxigraph as ox

from kg.config import Config
from kg.namespaces import Namespaces

#: Properties whose values are always IRIs: JSON-LD writes them as plain strings.
_LINKS = ("dcterms:creator", "rdf:object", "rdf:predicate", "rdf:subject", "skos:broader", "skos:broaderTransitive")


class _Header:
    """A stream that sorts the prefix lines Oxigraph writes first, whose order varies from run to run."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held: bytes | None = b""

    def write(self, data: bytes) -> int:
        """Hold data back until the first line that declares no prefix, then pass everything on."""
        if self._held is None:
            self._stream.write(data)
            return len(data)
        self._held += data
        *lines, _ = self._held.split(b"\n")
        if any(not line.startswith(b"@prefix") for line in lines):
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Pass on what was held back, the prefixes sorted."""
        if self._held is None:
            return
        lines = self._held.split(b"\n")
        prefixes = sorted(line for line in lines if line.startswith(b"@prefix"))
        self._stream.write(b"\n".join(prefixes + [line for line in lines if not line.startswith(b"@prefix")]))
        self._held = None


def parse(lines: Iterable[bytes]) -> Iterator[ox.Triple]:
    """Give the triples of canonical lines, in their order."""
    for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_TRIPLES):
        yield quad.triple


def write_turtle(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write Turtle, every prefix bound."""
    _write_prefixed(lines, config, stream, ox.RdfFormat.TURTLE)


def write_trig(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write TriG, every prefix bound and everything in the default graph."""
    _write_prefixed(lines, config, stream, ox.RdfFormat.TRIG)


def write_n3(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write Notation3, every prefix bound."""
    _write_prefixed(lines, config, stream, ox.RdfFormat.N3)


def _write_prefixed(lines: Iterable[bytes], config: Config, stream: BinaryIO, form: ox.RdfFormat) -> None:
    """Write a format of the Turtle family."""
    prefixes = Namespaces(config.base_iri).prefixes
    header = _Header(stream)
    ox.serialize(parse(lines), cast(BinaryIO, header), form, prefixes=prefixes)
    header.flush()


def write_hext(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write Hextuples, a JSON array a triple: subject, predicate, value, data type, language, graph.

    The format is that of https://github.com/ontola/hextuples.
    """
    for triple in parse(lines):
        term = triple.object
        kind = "globalId" if isinstance(term, ox.NamedNode) else cast(ox.Literal, term).datatype.value
        subject, value = cast(ox.NamedNode, triple.subject).value, cast(ox.NamedNode | ox.Literal, term).value
        row = [subject, triple.predicate.value, value, kind, "", ""]
        stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def write_rdfxml(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write RDF/XML."""
    names = Namespaces(config.base_iri).prefixes
    text = ox.serialize(parse(lines), format=ox.RdfFormat.RDF_XML, prefixes=names) or b""
    start = text.index(b"<rdf:RDF")
    end = text.index(b">", start)
    opening, *declarations = text[start:end].split()
    stream.write(text[:start] + b" ".join([opening, *sorted(declarations)]))
    # A bare carriage return can only come from a literal, and XML readers would turn it into a newline.
    stream.write(text[end:].replace(b"\r", b"&#xD;"))


def write_jsonld(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write JSON-LD with its context inline, one node a line."""
    names = Namespaces(config.base_iri)
    context: dict[str, object] = dict(names.prefixes)
    context |= {name: {"@type": "@id"} for name in _LINKS}
    stream.write(b'{"@context": ' + _dump(context) + b',\n"@graph": [')
    separator = b"\n"
    for subject, group in groupby(parse(lines), key=lambda triple: triple.subject):
        node: dict[str, object] = {"@id": names.compress(cast(ox.NamedNode, subject).value)}
        for predicate, items in groupby(group, key=lambda triple: triple.predicate):
            key = names.compress(predicate.value)
            values = [_jsonld_value(key, item.object, names) for item in items]
            node["@type" if key == "rdf:type" else key] = values[0] if len(values) == 1 else values
        stream.write(separator + _dump(node))
        separator = b",\n"
    stream.write(b"\n]}\n")


def _jsonld_value(key: str, term: object, names: Namespaces) -> object:
    """Give a term as a JSON-LD value of the property ``key``."""
    if isinstance(term, ox.NamedNode):
        curie = names.compress(term.value)
        return curie if key == "rdf:type" or key in _LINKS else {"@id": curie}
    literal = cast(ox.Literal, term)
    datatype = names.compress(literal.datatype.value)
    if datatype == "xsd:string":
        return literal.value
    if datatype == "xsd:integer":
        return int(literal.value)
    return {"@value": literal.value, "@type": datatype}


def _dump(value: object) -> bytes:
    """Write compact JSON, keys sorted and text unescaped."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
