"""The network exports hold what the NetworkX graph holds."""

import io
import json
from pathlib import Path

import networkx as nx

from kg.config import Config
from kg.exporters.network import write_json
from kg.exporters.xml_network import write_graphml
from kg.graph import to_networkx
from tests import graph_sample


def test_node_link_json_reads_back_as_the_same_graph(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path)
    stream = io.BytesIO()
    write_json(tables, Config(), stream)
    again = nx.node_link_graph(json.loads(stream.getvalue()), edges="edges")
    full = to_networkx(tables)
    assert nx.utils.graphs_equal(again, full)
    assert again.graph == full.graph


def test_graphml_keeps_nodes_edges_and_hostile_labels(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path)
    stream = io.BytesIO()
    write_graphml(tables, Config(), stream)
    again = nx.read_graphml(io.BytesIO(stream.getvalue()), force_multigraph=True)
    full = to_networkx(tables)
    assert set(again.nodes) == set(full.nodes)
    wanted = {(head, data["relation"], tail) for head, tail, data in again.edges(data=True)}
    assert wanted == {(head, name, tail) for head, tail, name in full.edges(keys=True)}
    for node, data in full.nodes(data=True):
        kept = again.nodes[node]
        assert kept["label"].split() == data["label"].split()
        assert json.loads(kept["alt_labels"]) == data["alt_labels"]


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path)
    for write in (write_json, write_graphml):
        first, second = io.BytesIO(), io.BytesIO()
        write(tables, Config(), first)
        write(tables, Config(), second)
        assert first.getvalue() == second.getvalue() != b""
