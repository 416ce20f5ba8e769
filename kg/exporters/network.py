"""Write the graph for network tools as JSON: node-link without loss, and Cytoscape.js."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from kg.config import Config
from kg.exporters.plain import edges, network_edges, network_nodes, nodes
from kg.tables import Tables, to_plain


def write_json(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write what `networkx.node_link_graph` reads back as the graph that `kg.load` gives."""
    stream.write(b'{"directed":true,"edges":[')
    _write_items(
        stream,
        (data | {"source": head, "target": tail, "key": name} for head, tail, name, data in network_edges(tables)),
    )
    stream.write(b'],"graph":{"merges":[')
    _write_items(stream, map(to_plain, tables.merges()))
    stream.write(b']},"multigraph":true,"nodes":[')
    _write_items(stream, (data | {"id": node} for node, data in network_nodes(tables)))
    stream.write(b"]}\n")


def write_cytoscape(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write the elements of Cytoscape.js (https://js.cytoscape.org/#notation/elements-json).

    `networkx.cytoscape_graph` and Cytoscape read them too, for which nodes have ``value`` and ``name``, and edges
    ``key`` and ``interaction``.
    """
    stream.write(b'{"data":{"name":"kg"},"directed":true,"multigraph":true,"elements":{"nodes":[')
    _write_items(stream, map(_cytoscape_node, nodes(tables)))
    stream.write(b'],"edges":[')
    _write_items(stream, _cytoscape_edges(tables))
    stream.write(b"]}}\n")


def _cytoscape_node(row: dict[str, Any]) -> dict[str, Any]:
    """Give a node as an element."""
    known = {name: value for name, value in row.items() if value is not None and name != "abstract"}
    return {"data": known | {"value": row["id"], "name": row["label"]}}


def _cytoscape_edges(tables: Tables) -> Iterator[dict[str, Any]]:
    """Give the edges as elements."""
    for edge in edges(tables):
        data = to_plain(edge)
        data |= {"id": f"{edge.head} {edge.type} {edge.tail}", "source": data.pop("head"), "target": data.pop("tail")}
        yield {"data": data | {"key": edge.type, "interaction": data.pop("type")}}


def _write_items(stream: BinaryIO, items: Iterable[object]) -> None:
    """Write the items of a JSON array, one a line."""
    separator = b"\n"
    for item in items:
        text = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        stream.write(separator + text.encode())
        separator = b",\n"
