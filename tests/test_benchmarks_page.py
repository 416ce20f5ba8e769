"""The benchmark of the page measures what it says: its graphs, its sizes, its rivals' pages and its limits."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.page import rivals
from benchmarks.page.__main__ import LIMITS, Row, cells, check, parts
from benchmarks.page.graphs import subset
from benchmarks.page.measure import percentile
from kg.tables import Tables
from tests.browser import payload, write_graph
from tests.view_sample import large, small


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=30, terms=80)


def test_a_subset_holds_the_best_supported_entities_and_all_between_them(tables: Tables, tmp_path: Path) -> None:
    few = subset(tables, 20, tmp_path / "few")
    chosen = {entity.id: entity.support for entity in few.entities()}
    others = [entity.support for entity in tables.entities() if entity.id not in chosen]
    assert len(chosen) == 20 and min(chosen.values()) >= max(others)
    inside = [row for row in tables.relations() if row.head in chosen and row.tail in chosen]
    assert inside and [row for row in few.relations() if row.head in chosen] == inside
    keys = {(row.head, row.type, row.tail) for row in few.relations()}
    assert {(row.head, row.type, row.tail) for row in few.evidence()} <= keys


def test_the_parts_of_a_page_add_up(tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    html = write_graph(tables, tmp_path / "plain.html").read_bytes()
    found = parts(html)
    assert found["page"] == len(html) == found["code"] + found["data"]
    assert found["plain"] > found["code"] > 10_000
    monkeypatch.setattr("kg.view.page.PACKED", 0)
    packed = parts(write_graph(tables, tmp_path / "packed.html").read_bytes())
    assert packed["code"] == pytest.approx(found["code"], abs=100)
    assert packed["data"] < found["data"]


def test_the_code_of_the_page_is_within_its_budget(tmp_path: Path) -> None:
    html = write_graph(small(tmp_path), tmp_path / "small.html").read_bytes()
    assert parts(html)["code"] <= LIMITS[1000]["code"]


def test_the_rivals_draw_the_same_graph(tables: Tables, tmp_path: Path) -> None:
    data = payload(write_graph(tables, tmp_path / "page.html").read_bytes())
    held = sum(confidence > 0 for confidence in data["edges"]["confidence"])
    found = re.search(r"const data = (\{.*\});\n", rivals.sigma_page(data, ["", ""]))
    assert found
    sigma = json.loads(found[1])
    assert (len(sigma["nodes"]), len(sigma["edges"])) == (len(data["nodes"]["id"]), held)
    for still in (False, True):
        html = rivals.pyvis_page(data, still=still)
        nodes = re.search(r"nodes = new vis.DataSet\((\[.*?\])\);", html)
        edges = re.search(r"edges = new vis.DataSet\((\[.*?\])\);", html)
        assert nodes and edges
        assert (len(json.loads(nodes[1])), len(json.loads(edges[1]))) == (len(data["nodes"]["id"]), held)


def test_limits_widen_on_a_slow_machine_and_never_narrow() -> None:
    good = {"code": 1.0, "page": 1.0, "first": 0.9, "longest": 0.1, "pan": 20.0}
    for loop, first, over in ((1.0, 0.9, False), (1.0, 1.1, True), (1e6, 1.1, False), (1e6, 1e9, True)):
        row = Row("kg", 1000, 1, loop, {**good, "first": first})
        check(row, 1000, 1.0)
        assert bool(row.over) == over
    never = Row("kg", 1000, 1, 1.0, {"code": 1.0, "page": 1.0, "first": None})
    check(never, 1000, 1.0)
    assert never.over and "never" in cells(never)


def test_the_95th_percentile_is_a_value_of_the_list() -> None:
    assert percentile([16.0] * 95 + [300.0] * 5, 0.95) == 16.0
    assert percentile([16.0] * 94 + [300.0] * 6, 0.95) == 300.0
