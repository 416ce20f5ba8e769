"""Formats the graph can be written in; each exporter reads the record iterators of the tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from kg.config import Config
from kg.exporters import bibtex, flat, nanopub, network, obsidian, property_graph, rdf, writers, xml_network
from kg.exporters.files import WriteFiles, zipped
from kg.exporters.triples import Options
from kg.tables import Tables

_Lines = Callable[[Iterable[bytes], Config, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format: its name, file suffix and description, and the function that writes it.

    A format of several files has ``write_files`` too, which puts them in a folder; ``write`` then writes a zip.
    A format of RDF has ``write_rdf``, which takes options; ``holds_rdf12`` says whether it has triple terms.
    """

    name: str
    suffix: str
    description: str
    write: Callable[[Tables, Config, BinaryIO], None]
    write_files: WriteFiles | None = None
    write_rdf: Callable[[Tables, Config, BinaryIO, Options], None] | None = None
    holds_rdf12: bool = False


def _rdf(name: str, suffix: str, description: str, write_lines: _Lines, *, holds_rdf12: bool = False) -> Exporter:
    """Make the exporter of a format of RDF, which is written from the canonical lines."""

    def write_rdf(tables: Tables, config: Config, stream: BinaryIO, options: Options) -> None:
        write_lines(rdf.canonical(tables, config, options), config, stream)

    def write(tables: Tables, config: Config, stream: BinaryIO) -> None:
        write_rdf(tables, config, stream, rdf.CLAIMS)

    return Exporter(name, suffix, description, write, write_rdf=write_rdf, holds_rdf12=holds_rdf12)


def _files(name: str, description: str, write: WriteFiles) -> Exporter:
    """Make the exporter of a format of several files."""
    return Exporter(name, ".zip", description, zipped(write), write)


#: Formats that hold every relation as an edge or a row, also those too weak for the graph to assert.
WITH_DOUBTS = frozenset("json cytoscape graphml gexf cypher neo4j csv parquet".split())

#: Name -> exporter. ``nq.gz`` is the canonical form.
EXPORTERS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (
        _rdf("nq", ".nq", "N-Quads, sorted", writers.write_lines, holds_rdf12=True),
        _rdf("nq.gz", ".nq.gz", "N-Quads, sorted and packed", writers.write_packed, holds_rdf12=True),
        _rdf("nt", ".nt", "N-Triples, sorted", writers.write_lines, holds_rdf12=True),
        _rdf("ttl", ".ttl", "Turtle with all prefixes", writers.write_turtle, holds_rdf12=True),
        _rdf("trig", ".trig", "TriG with all prefixes", writers.write_trig, holds_rdf12=True),
        _rdf("n3", ".n3", "Notation3 with all prefixes", writers.write_n3),
        _rdf("hext", ".hext", "Hextuples: newline-delimited JSON", writers.write_hext),
        _rdf("jsonld", ".jsonld", "JSON-LD with its context inline", writers.write_jsonld),
        _rdf("rdfxml", ".rdf", "RDF/XML", writers.write_rdfxml, holds_rdf12=True),
        Exporter("nanopub", ".trig", "nanopublications in TriG, one for each assertion", nanopub.write_nanopubs),
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
