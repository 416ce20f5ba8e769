"""The page that pyvis draws: small, closed, at rest."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Relation
from kg.selection import Selection
from kg.tables import Tables
from kg.view import network
from tests.view_sample import large, small, write


def page(tables: Tables, **options: Any) -> tuple[str, str]:
    """Write a page and give what it says and its text."""
    stream = io.BytesIO()
    info = network.write_page(tables, Config(), stream, **options)
    return info.message, stream.getvalue().decode("utf-8")


def data_of(html: str) -> dict[str, Any]:
    """Read the data back out of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_neighbourhood_is_drawn_with_the_sentences_of_its_edges(tmp_path: Path) -> None:
    message, html = page(small(tmp_path), selection=Selection(around="Foo"))
    data = data_of(html)
    assert message.startswith("“Foo” with its 2 neighbours, 5 relations among them.")
    assert message in html
    assert [node["label"] for node in data["nodes"]] == ["Foo", "Bar", "Baz"]
    assert "used for\nFoo 𝔽its Bar well.\n— On Foo" in [edge["title"] for edge in data["edges"]]
    assert len({json.dumps(edge["dashes"]) for edge in data["edges"]}) == 5
    assert data["options"]["physics"]["stabilization"]["iterations"] == 150


def test_more_than_pyvis_can_draw_is_refused_with_the_way_out(tmp_path: Path) -> None:
    tables = large(tmp_path, papers=300, terms=300)
    with pytest.raises(KGError, match=r"at most 150 .*use --engine canvas, or .*--around NAME and --limit 150"):
        page(tables)
    with pytest.raises(KGError, match="would hold 151 entities"):
        page(tables, limit=151)
    assert len(data_of(page(tables, limit=150)[1])["nodes"]) == 150


def test_the_page_asks_nothing_of_the_network_and_allows_only_its_own_code(tmp_path: Path) -> None:
    html = page(small(tmp_path))[1]
    code = html.replace(network.library(), "")
    assert not re.search(r'(src|href)="', code)
    assert "unsafe-inline" not in code
    assert "sourceMappingURL" not in html
    assert "Apache 2.0 License" in html
    assert html.count("'sha256-") == 3
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("):
        assert forbidden not in code
    assert "bootstrap" not in html
    assert "cdn" not in code.lower()


def test_names_stay_text(tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=alert(1)> href @@DATA@@ \u202e"
    tables = write(
        tmp_path,
        entities=[Entity("entity:a", "Method", hostile, support=1), Entity("entity:b", "Method", "B")],
        relations=[Relation("entity:a", "is_a", "entity:b", 0, 1.0)],
    )
    html = page(tables, selection=Selection(around="entity:a"))[1]
    assert "<img" not in html.replace(network.library(), "")
    title = data_of(html)["nodes"][0]["title"]
    assert title == f"{hostile.removesuffix(' ' + chr(0x202E))}\nMethod, 1 paper"


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    tables = large(tmp_path, papers=40, terms=60)
    assert page(tables, limit=50) == page(tables, limit=50)


def test_labels_are_cut_and_cleaned() -> None:
    assert network.short_label("\u202e" + "a" * 50 + "\x00") == "a" * 18 + "\n" + "a" * 15 + "…"
    assert network.short_label("\u200f") == "?"
