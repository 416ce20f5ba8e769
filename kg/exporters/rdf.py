"""The graph as RDF: its triples, the canonical N-Quads, and the Oxigraph store.

Everything is in the default graph and nothing is a blank node. The canonical form is the set of
N-Triples lines sorted bytewise; each other format is derived from it, so its bytes depend on the triples alone.
"""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.config import Config
from kg.exporters.claims import Claims
from kg.exporters.statements import (
    author_triples,
    count_triples,
    entity_triples,
    hierarchy_triples,
    paper_triples,
    year_of,
)
from kg.exporters.terms import Terms, decimal, integer
from kg.exporters.writers import write_turtle
from kg.tables import Tables, join
from kg.vocabulary import ontology_file, shipped_files

#: The named graphs of the store beside the default graph.
ONTOLOGY_GRAPH = "https://w3id.org/paper-kg/ontology"
VOCABULARY_GRAPH = "https://w3id.org/paper-kg/vocabulary"

_LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
_RIGHTS = "CC0 1.0 for the statements; titles, abstracts and sentences stay under the terms of their sources."


def triples(tables: Tables, config: Config) -> Iterator[ox.Triple]:
    """Give the triples of a build, each once, in no promised order."""
    terms = Terms(config.base_iri)
    scheme = dataset_iri(config)
    texts: dict[str, tuple[str, str]] = {}
    years: dict[str, int | None] = {}
    authors: set[str] = set()
    digest = hashlib.sha256()
    totals: Counter[str] = Counter()
    for row in tables.papers():
        texts[row.id] = (row.paper.title, row.paper.abstract)
        years[row.id] = year_of(row.paper.date)
        authors.update(row.paper.authors)
        digest.update(json.dumps(asdict(row), sort_keys=True).encode())
        totals["kg:paper_count"] += 1
        yield from _counted(totals, paper_triples(row, terms))
    yield from _counted(totals, author_triples(sorted(authors), terms))
    for entity in tables.entities():
        totals["kg:entity_count"] += 1
        yield from _counted(totals, entity_triples(entity, terms, scheme))
    yield from _counted(totals, _relation_triples(tables, config, Claims(terms, texts), years))
    yield from _description(terms, config, totals, digest.hexdigest())


def dataset_iri(config: Config) -> str:
    """Give the IRI of the graph as a whole: its data set and concept scheme."""
    return f"{config.base_iri}graph"


def _counted(totals: Counter[str], source: Iterator[ox.Triple]) -> Iterator[ox.Triple]:
    """Pass triples on and count them."""
    for triple in source:
        totals["void:triples"] += 1
        yield triple


def _relation_triples(
    tables: Tables, config: Config, claims: Claims, years: dict[str, int | None]
) -> Iterator[ox.Triple]:
    """Write direct triples, assertions, the hierarchy and the counts per year in one pass over the relations."""
    terms = claims.terms
    kinds: list[tuple[str, str]] = []
    counts: Counter[tuple[str, int]] = Counter()
    for relation, evidence in join(tables.relations(), tables.evidence()):
        if relation.type == "mentions":
            yield terms.link(relation.head, "kg:mentions", relation.tail)
            if (year := years.get(relation.head)) is not None:
                counts[relation.tail, year] += 1
            continue
        stated = not evidence or any(item.polarity != "negated" for item in evidence)
        if stated and relation.confidence >= config.export_threshold:
            yield terms.link(relation.head, f"kg:{relation.type}", relation.tail)
            if relation.type in ("is_a", "version_of"):
                kinds.append((relation.head, relation.tail))
        yield from claims.triples(relation, evidence)
    yield from hierarchy_triples(kinds, terms)
    yield from count_triples(counts, terms)


def _description(terms: Terms, config: Config, totals: Counter[str], inputs: str) -> Iterator[ox.Triple]:
    """Describe the graph as a whole: what it holds, its licence, what made it of which papers."""
    id_ = dataset_iri(config)
    facts = [
        terms.link(id_, "rdf:type", "void:Dataset"),
        terms.link(id_, "rdf:type", "skos:ConceptScheme"),
        terms.value(id_, "dcterms:title", "Knowledge graph of machine-learning papers"),
        terms.link(id_, "dcterms:license", _LICENCE),
        terms.value(id_, "dcterms:rights", _RIGHTS),
        terms.link(id_, "prov:wasGeneratedBy", "run:build"),
        terms.value(id_, "kg:input_hash", f"sha256:{inputs}"),
        terms.value(id_, "kg:export_threshold", decimal(config.export_threshold)),
        *(terms.value(id_, name, integer(totals[name])) for name in ("kg:paper_count", "kg:entity_count")),
        *(terms.link(id_, "void:vocabulary", terms.prefixes[name]) for name in ("kg", "skos", "fabio", "prov", "nif")),
        terms.link("run:build", "rdf:type", "prov:Activity"),
        terms.link("run:build", "prov:wasAssociatedWith", "run:kg"),
        terms.link("run:kg", "rdf:type", "prov:SoftwareAgent"),
        terms.value("run:kg", "foaf:name", "kg"),
        terms.value("run:kg", "schema:softwareVersion", tool_version()),
    ]
    yield from facts
    yield terms.value(id_, "void:triples", integer(totals["void:triples"] + len(facts) + 1))


def tool_version() -> str:
    """Give the version of the installed distribution."""
    try:
        return version("paper-kg")
    except PackageNotFoundError:
        return "unknown"


def canonical(tables: Tables, config: Config) -> list[bytes]:
    """Give the canonical N-Triples lines: distinct and sorted bytewise."""
    text = ox.serialize(triples(tables, config), format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    lines = sorted(set(text.split(b"\n")) - {b""})
    return [line + b"\n" for line in lines]


def write_gzip(lines: list[bytes], stream: BinaryIO) -> None:
    """Write canonical lines as gzip without a timestamp or file name."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0, compresslevel=6) as packed:
        packed.writelines(lines)


def load_store(lines: list[bytes], config: Config, folder: Path) -> None:
    """Load canonical lines, the ontology and the vocabulary into a new Oxigraph database."""
    store = ox.Store(str(folder))
    store.bulk_load(b"".join(lines), ox.RdfFormat.N_TRIPLES)
    extra = [Path(name) for name in config.vocabularies]
    files = [(ONTOLOGY_GRAPH, ontology_file("kg.ttl"))]
    files += [(VOCABULARY_GRAPH, path) for path in (*shipped_files(), *extra)]
    for graph, path in files:
        store.load(path=str(path), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    store.flush()


def build_store(tables: Tables, config: Config, folder: Path) -> None:
    """Write the Oxigraph database of a build into ``folder``, which must be new or empty."""
    load_store(canonical(tables, config), config, folder)


def write_build(tables: Tables, config: Config, folder: Path) -> int:
    """Write ``graph.nq.gz``, ``graph.ttl`` and ``store/`` in one pass, and return the number of triples.

    ``graph.ttl`` is left out above ``config.max_turtle_triples``.
    """
    lines = canonical(tables, config)
    with (folder / "graph.nq.gz").open("wb") as stream:
        write_gzip(lines, stream)
    if len(lines) <= config.max_turtle_triples:
        with (folder / "graph.ttl").open("wb") as stream:
            write_turtle(lines, config, stream)
    load_store(lines, config, folder / "store")
    return len(lines)
