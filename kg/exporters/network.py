"""Write the NetworkX graph for other tools: node-link JSON without loss, GraphML with lists as JSON text."""

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import networkx as nx

from kg.config import Config
from kg.graph import to_networkx
from kg.tables import Tables


def write_json(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write what `networkx.node_link_graph` reads back as the graph that `kg.load` gives."""
    data = nx.node_link_data(to_networkx(tables), edges="edges")
    data["nodes"].sort(key=lambda node: node["id"])
    data["edges"].sort(key=lambda edge: (edge["source"], edge["key"], edge["target"]))
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    stream.write(text.encode() + b"\n")


def write_graphml(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write GraphML; an edge's id is its triple, its relation an attribute, and lists are JSON text."""
    full = to_networkx(tables)
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    plain.add_nodes_from((node, _scalars(data)) for node, data in sorted(full.nodes(data=True), key=lambda row: row[0]))
    for head, tail, name, data in sorted(full.edges(keys=True, data=True), key=lambda row: (row[0], row[2], row[1])):
        plain.add_edge(head, tail, f"{head} {name} {tail}", relation=name, **_scalars(data))
    nx.write_graphml_xml(plain, stream, encoding="utf-8", prettyprint=True, named_key_ids=True)
    stream.write(b"\n")


def _scalars(data: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what is no number or text into JSON text."""
    return {
        name: value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        for name, value in data.items()
    }
