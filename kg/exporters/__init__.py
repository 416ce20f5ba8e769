"""Formats the graph can be written in; each exporter reads the record iterators of the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kg.config import Config
from kg.exporters import bibtex, flat, network, obsidian, property_graph, rdf, writers, xml_network
from kg.exporters.files import WriteFiles, zipped
from kg.tables import Tables

_Lines = Callable[[list[bytes], Config, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format: its name, file suffix and description, and the function that writes it.

    A format of several files has ``write_files`` too, which puts them in a folder; ``write`` then writes a zip.
    """

    name: str
    suffix: str
    description: str
    write: Callable[[Tables, Config, BinaryIO], None]
    write_files: WriteFiles | None = None


def _rdf(write_lines: _Lines) -> Callable[[Tables, Config, BinaryIO], None]:
    """Make a writer of tables of a writer of canonical lines."""

    def write(tables: Tables, config: Config, stream: BinaryIO) -> None:
        write_lines(rdf.canonical(tables, config), config, stream)

    return write


def _files(name: str, description: str, write: WriteFiles) -> Exporter:
    """Make the exporter of a format of several files."""
    return Exporter(name, ".zip", description, zipped(write), write)


#: Formats that hold every relation as an edge or a row, also those too weak for the graph to assert.
WITH_DOUBTS = frozenset("json cytoscape graphml gexf cypher neo4j csv parquet".split())

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
        Exporter("trig", ".trig", "TriG with all prefixes", _rdf(writers.write_trig)),
        Exporter("n3", ".n3", "Notation3 with all prefixes", _rdf(writers.write_n3)),
        Exporter("hext", ".hext", "Hextuples: newline-delimited JSON", _rdf(writers.write_hext)),
        Exporter("jsonld", ".jsonld", "JSON-LD with its context inline", _rdf(writers.write_jsonld)),
        Exporter("rdfxml", ".rdf", "RDF/XML", _rdf(writers.write_rdfxml)),
        Exporter("json", ".json", "node-link JSON of NetworkX", network.write_json),
        Exporter("cytoscape", ".cyjs", "Cytoscape.js JSON, also for Cytoscape and NetworkX", network.write_cytoscape),
        Exporter("graphml", ".graphml", "GraphML, lists as JSON text", xml_network.write_graphml),
        Exporter("gexf", ".gexf", "GEXF 1.3 for Gephi, with dates and weights", xml_network.write_gexf),
        Exporter("cypher", ".cypher", "script for cypher-shell of Neo4j 5", property_graph.write_cypher),
        _files("neo4j", "CSV files for neo4j-admin database import, with the command", property_graph.write_neo4j),
        _files("csv", "tables as CSV, safe to open in a spreadsheet", flat.write_csv),
        _files("parquet", "tables as Parquet for pandas and DuckDB, with described columns", flat.write_parquet),
        _files("obsidian", "vault of notes for Obsidian, with the sentences", obsidian.write_obsidian),
        Exporter("bibtex", ".bib", "BibTeX entries of the papers, with abstracts", bibtex.write_bibtex),
    )
}
