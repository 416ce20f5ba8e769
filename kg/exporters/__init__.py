"""Formats the graph can be written in; each exporter reads the record iterators of the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kg.config import Config
from kg.exporters import network, rdf, writers
from kg.tables import Tables

_Lines = Callable[[list[bytes], Config, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format: its name, file suffix and description, and the function that writes it."""

    name: str
    suffix: str
    description: str
    write: Callable[[Tables, Config, BinaryIO], None]


def _rdf(write_lines: _Lines) -> Callable[[Tables, Config, BinaryIO], None]:
    """Make a writer of tables of a writer of canonical lines."""

    def write(tables: Tables, config: Config, stream: BinaryIO) -> None:
        write_lines(rdf.canonical(tables, config), config, stream)

    return write


#: Name -> exporter. ``nq.gz`` is the canonical form.
EXPORTERS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        Exporter("nq", ".nq", "N-Quads, sorted", _rdf(lambda lines, _, stream: stream.writelines(lines))),
        Exporter(
            "nq.gz",
            ".nq.gz",
            "N-Quads, sorted and packed",
            _rdf(lambda lines, _, stream: rdf.write_gzip(lines, stream)),
        ),
        Exporter("nt", ".nt", "N-Triples, sorted", _rdf(lambda lines, _, stream: stream.writelines(lines))),
        Exporter("ttl", ".ttl", "Turtle with all prefixes", _rdf(writers.write_turtle)),
        Exporter("jsonld", ".jsonld", "JSON-LD with its context inline", _rdf(writers.write_jsonld)),
        Exporter("rdfxml", ".rdf", "RDF/XML", _rdf(writers.write_rdfxml)),
        Exporter("json", ".json", "node-link JSON of NetworkX", network.write_json),
        Exporter("graphml", ".graphml", "GraphML, lists as JSON text", network.write_graphml),
    )
}
