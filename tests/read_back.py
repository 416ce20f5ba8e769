"""What each format tells, read back by another library or program."""

import csv
import gzip
import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import rdflib
import yaml

from kg.namespaces import Namespaces
from tests import cypher_reader


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


#: The names of entities by id.
Names = dict[str, str]


def _of_triples(triples: Iterable[Any]) -> Names:
    names = Namespaces()
    labels = names.expand("skos:prefLabel")
    return {names.compress(t.subject.value): t.object.value for t in triples if t.predicate.value == labels}


def _oxigraph(form: ox.RdfFormat) -> Callable[[bytes], Names]:
    return lambda data: _of_triples(ox.parse(data, form))


def _gzipped(data: bytes) -> Names:
    return _of_triples(ox.parse(gzip.decompress(data), ox.RdfFormat.N_QUADS))


def _hext(data: bytes) -> Names:
    graph = rdflib.Dataset(default_union=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of its own deprecations
        graph.parse(data=data.decode(), format="hext")
        names = Namespaces()
        found = list(graph.subject_objects(rdflib.URIRef(names.expand("skos:prefLabel"))))
    return {names.compress(str(subject)): str(value) for subject, value in found}


def _of_graph(graph: Any) -> Names:
    return {node: data["label"] for node, data in graph.nodes(data=True) if data["kind"] != "Paper"}


def _graphml(data: bytes) -> Names:
    return _of_graph(nx.read_graphml(io.BytesIO(data), force_multigraph=True))


def _gexf(data: bytes) -> Names:
    return _of_graph(nx.read_gexf(io.BytesIO(data)))


def _json(data: bytes) -> Names:
    return _of_graph(nx.node_link_graph(json.loads(data), edges="edges"))


def _cytoscape(data: bytes) -> Names:
    return _of_graph(nx.cytoscape_graph(json.loads(data)))


def rows_of(data: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline=""), strict=True))


def _neo4j(data: bytes) -> Names:
    return {row["id:ID"]: row["label:string"] for row in rows_of(members(data)["entities.csv"])}


def _csv(data: bytes) -> Names:
    csv.field_size_limit(10**7)
    return {row["id"]: row["label"].removeprefix("'") for row in rows_of(members(data)["entities.csv"], "utf-8-sig")}


def _parquet(data: bytes) -> Names:
    found = pq.read_table(pa.BufferReader(members(data)["entities.parquet"])).to_pylist()
    return {row["id"]: row["label"] or "" for row in found}


def _cypher(data: bytes) -> Names:
    nodes, _ = cypher_reader.run(data.decode())
    return {id_: node.get("label", "") for id_, (labels, node) in nodes.items() if "Entity" in labels}


def front_of(note: bytes) -> dict[str, Any]:
    _, front, _ = note.decode().split("---\n", 2)
    found = yaml.safe_load(front)
    assert isinstance(found, dict)
    return found


def _obsidian(data: bytes) -> Names:
    fronts = [front_of(note) for name, note in members(data).items() if not name.startswith(("Paper/", "Index"))]
    return {front["id"]: front.get("label", "") for front in fronts}


#: Format -> what reads the names of entities from it.
READERS: dict[str, Callable[[bytes], Names]] = {
    "nq": _oxigraph(ox.RdfFormat.N_QUADS),
    "nq.gz": _gzipped,
    "nt": _oxigraph(ox.RdfFormat.N_TRIPLES),
    "ttl": _oxigraph(ox.RdfFormat.TURTLE),
    "trig": _oxigraph(ox.RdfFormat.TRIG),
    "n3": _oxigraph(ox.RdfFormat.N3),
    "hext": _hext,
    "jsonld": _oxigraph(ox.RdfFormat.JSON_LD),
    "rdfxml": _oxigraph(ox.RdfFormat.RDF_XML),
    "json": _json,
    "cytoscape": _cytoscape,
    "graphml": _graphml,
    "gexf": _gexf,
    "cypher": _cypher,
    "neo4j": _neo4j,
    "csv": _csv,
    "parquet": _parquet,
    "obsidian": _obsidian,
}


Edges = set[tuple[str, str, str]]


def edges_of(name: str, data: bytes) -> Edges | None:
    """Give the relations that a format tells as head, type and tail; None of one that does not tell them all."""
    if name == "json":
        return {(head, key, tail) for head, tail, key in nx.node_link_graph(json.loads(data), edges="edges").edges}
    if name == "graphml":
        graph = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
        return {(head, edge["relation"], tail) for head, tail, edge in graph.edges(data=True)}
    if name == "cypher":
        return {(head, type_.lower(), tail) for head, type_, tail in cypher_reader.run(data.decode())[1]}
    if name == "neo4j":
        rows = rows_of(members(data)["relations.csv"])
        return {(row[":START_ID"], row[":TYPE"].lower(), row[":END_ID"]) for row in rows}
    if name == "csv":
        rows = rows_of(members(data)["relations.csv"], "utf-8-sig")
        return {(row["head"], row["type"], row["tail"]) for row in rows}
    if name == "parquet":
        found = pq.read_table(pa.BufferReader(members(data)["relations.parquet"])).to_pylist()
        return {(row["head"], row["type"], row["tail"]) for row in found}
    return None
