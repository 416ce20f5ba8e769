"""Canonical N-Triples lines in the other forms of RDF, each streamed."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from queue import Queue
from typing import BinaryIO, cast

import pyoxigraph as ox

from kg.config import Config
from kg.namespaces import Namespaces

#: Properties whose values are always IRIs: JSON-LD writes them as plain strings.
_LINKS = ("dcterms:creator", "rdf:object", "rdf:predicate", "rdf:subject", "skos:broader", "skos:broaderTransitive")

#: What reads the pieces of a file as they come.
Taker = Callable[[Iterator[bytes]], None]

#: Pieces that wait for a thread.
_AHEAD = 8

#: Level of the packed form; the bytes depend on it.
_LEVEL = 6


class _Held:
    """A stream that holds back the head of a file until ``mend`` can mend it, and passes all else on.

    ``mend`` gives the head mended, or None while it is not whole.
    """

    def __init__(self, stream: BinaryIO, mend: Callable[[bytes], bytes | None]) -> None:
        self._stream = stream
        self._mend = mend
        self._held: bytes | None = b""

    def write(self, data: bytes) -> int:
        """Take more of the file."""
        if self._held is None:
            self._stream.write(data)
        else:
            self._held += data
            if (mended := self._mend(self._held)) is not None:
                self._stream.write(mended)
                self._held = None
        return len(data)

    def flush(self) -> None:
        """Do nothing, as there may be more to come."""

    def close(self) -> None:
        """Pass on what was held back of a file that is nothing but its head."""
        if self._held:
            self._stream.write(self._mend(self._held + b"\n.") or self._held)


def _sorted_prefixes(head: bytes) -> bytes | None:
    """Sort the prefixes that Oxigraph declares first, whose order varies from run to run."""
    lines = head.split(b"\n")
    prefixes = sorted(line for line in lines[:-1] if line.startswith(b"@prefix"))
    others = [line for line in lines if not line.startswith(b"@prefix")]
    return b"\n".join(prefixes + others) if len(others) > 1 else None


def _sorted_names(head: bytes) -> bytes | None:
    """Sort the namespaces that the first element of RDF/XML declares."""
    start = head.find(b"<rdf:RDF")
    end = head.find(b">", start)
    if start < 0 or end < 0:
        return None
    opening, *declarations = head[start:end].split()
    return head[:start] + b" ".join([opening, *sorted(declarations)]) + head[end:]


class _NoReturns:
    """A stream that writes carriage returns, which can only come from literals, so that XML readers keep them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        """Take more of the file."""
        self._stream.write(data.replace(b"\r", b"&#xD;"))
        return len(data)


class _Pieces:
    """A stream to read from, of pieces of a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """Give at most ``size`` bytes, and none at the end."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = memoryview(piece)
        found, self._held = self._held[:size], self._held[size:]
        return bytes(found)


def quads(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    """Give the statements of canonical lines, in their order and all in the default graph."""
    # Lenient, since we wrote the lines and checked every IRI then.
    return ox.parse(cast(BinaryIO, _Pieces(lines)), ox.RdfFormat.N_QUADS, lenient=True)


def parse(lines: Iterable[bytes]) -> Iterator[ox.Triple]:
    """Give the triples of canonical lines, in their order."""
    return (quad.triple for quad in quads(lines))


def spread(pieces: Iterable[bytes], takers: Sequence[Taker]) -> int:
    """Give all pieces to each of several takers, which run in threads beside what makes them, and count their lines.

    Packing and unpacking need no more of Python than that, so they cost no time where a core is free.
    """
    lines = 0
    queues: list[Queue[bytes | None]] = [Queue(_AHEAD) for _ in takers]
    with ThreadPoolExecutor(len(takers)) as threads:
        done = [threads.submit(_take, taker, queue) for taker, queue in zip(takers, queues, strict=True)]
        try:
            for piece in pieces:
                lines += piece.count(b"\n")
                for queue in queues:
                    queue.put(piece)
        finally:
            for queue in queues:
                queue.put(None)
    for result in done:
        result.result()
    return lines


def _take(taker: Taker, queue: "Queue[bytes | None]") -> None:
    """Give a taker what comes in a queue; what it leaves is thrown away, so that nobody waits for room."""
    pieces = cast(Iterator[bytes], iter(queue.get, None))
    try:
        taker(pieces)
    finally:
        for _ in pieces:
            pass


def write_lines(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write N-Triples, which are N-Quads too."""
    stream.writelines(lines)


def write_packed(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write N-Quads as gzip without a timestamp or file name."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0, compresslevel=_LEVEL) as packed:
        packed.writelines(lines)


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
    held = _Held(stream, _sorted_prefixes)
    rows = quads(lines) if form == ox.RdfFormat.TRIG else parse(lines)
    ox.serialize(rows, cast(BinaryIO, held), form, prefixes=prefixes)
    held.close()


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
    held = _Held(cast(BinaryIO, _NoReturns(stream)), _sorted_names)
    ox.serialize(parse(lines), cast(BinaryIO, held), ox.RdfFormat.RDF_XML, prefixes=names)
    held.close()


def write_jsonld(lines: Iterable[bytes], config: Config, stream: BinaryIO) -> None:
    """Write JSON-LD with its context inline, one node a line."""
    names = Namespaces(config.base_iri)
    curie = _Curies(names)
    context: dict[str, object] = dict(names.prefixes)
    context |= {name: {"@type": "@id"} for name in _LINKS}
    stream.write(b'{"@context": ' + _dump(context) + b',\n"@graph": [')
    separator = b"\n"
    for subject, group in groupby(parse(lines), key=lambda triple: triple.subject):
        node: dict[str, object] = {"@id": curie(cast(ox.NamedNode, subject).value)}
        for predicate, items in groupby(group, key=lambda triple: triple.predicate):
            key = curie(predicate.value)
            values = [_jsonld_value(key, item.object, curie) for item in items]
            node["@type" if key == "rdf:type" else key] = values[0] if len(values) == 1 else values
        stream.write(separator + _dump(node))
        separator = b",\n"
    stream.write(b"\n]}\n")


class _Curies:
    """Turns IRIs into CURIEs, quickly where the namespace is all up to the last slash or hash."""

    def __init__(self, names: Namespaces) -> None:
        self._names = names
        self._known = {iri: prefix for prefix, iri in names.prefixes.items()}

    def __call__(self, iri: str) -> str:
        """Give the CURIE of an IRI, or the IRI where no prefix fits."""
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._known.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix else self._names.compress(iri)


def _jsonld_value(key: str, term: object, curie: Callable[[str], str]) -> object:
    """Give a term as a JSON-LD value of the property ``key``."""
    if isinstance(term, ox.NamedNode):
        name = curie(term.value)
        return name if key == "rdf:type" or key in _LINKS else {"@id": name}
    literal = cast(ox.Literal, term)
    datatype = curie(literal.datatype.value)
    if datatype == "xsd:string":
        return literal.value
    if datatype == "xsd:integer":
        return int(literal.value)
    return {"@value": literal.value, "@type": datatype}


def _dump(value: object) -> bytes:
    """Write compact JSON, keys sorted and text unescaped."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
