"""The page of two builds: what they share, what only one has, figures over both."""

import io
from pathlib import Path
from typing import Any

import pytest

from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Evidence, Paper, Relation, Span
from kg.selection import Selection
from kg.tables import RECORDS, PaperRow, Tables
from kg.view.compare import Joined, write_comparison
from tests.browser import payload
from tests.view_sample import large, write


def build(folder: Path, names: str, links: list[tuple[str, str, int]]) -> Tables:
    """Write entities of one letter, and relations that some paper states."""
    folder.mkdir()
    numbers = {number for *_, number in links}
    where = (Span("title", 0, 1),)
    evidence = [
        Evidence(f"entity:{a}", "is_a", f"entity:{b}", f"evidence:{n}", "text", "x", 0.6, f"paper:{n}", where)
        for a, b, n in links
    ]
    return write(
        folder,
        papers=[PaperRow(f"paper:{number}", Paper(f"T{number}", date="2020" if number else "")) for number in numbers],
        entities=[Entity(f"entity:{name}", "Method", name, support=1) for name in names],
        relations=[
            *(Relation(item.head, item.type, item.tail, 1, 0.6) for item in evidence),
            *(Relation(f"paper:{n}", "mentions", f"entity:{end}", 1, 1.0) for a, b, n in links for end in (a, b)),
        ],
        evidence=evidence,
    )


@pytest.fixture
def two(tmp_path: Path) -> tuple[Tables, Tables]:
    first = build(tmp_path / "one", "abc", [("a", "b", 1), ("b", "c", 1)])
    return first, build(tmp_path / "two", "abd", [("a", "b", 2), ("b", "d", 0)])


def page(two: tuple[Tables, Tables], **options: Any) -> tuple[str, dict[str, Any]]:
    """Write the page of two builds."""
    stream = io.BytesIO()
    info = write_comparison(two, ("one", "two"), Config(), stream, **options)
    return info.message, payload(stream.getvalue())


def test_sides_of_entities_and_relations(two: tuple[Tables, Tables]) -> None:
    message, data = page(two)
    sides = dict(zip(data["nodes"]["label"], data["compare"]["node"], strict=True))
    assert sides == {"a": 0, "b": 0, "c": 1, "d": 2}
    ends = zip(data["edges"]["source"], data["edges"]["target"], strict=True)
    label = data["nodes"]["label"]
    named = [label[a] + label[b] for a, b in ends]
    assert dict(zip(named, data["compare"]["edge"], strict=True)) == {"ab": 0, "bc": 1, "bd": 2}
    assert message.startswith(
        "one and two share 2 entities and 1 relation; only one has 1 entity and 1 relation, only two 1 entity and 1 "
        "relation. All 4 entities and 3 relations, from 3 papers. 1 paper of 3 is without a date."
    )
    assert (data["compare"]["a"], data["compare"]["b"]) == ("one", "two")


def test_figures_are_counted_over_both(two: tuple[Tables, Tables]) -> None:
    data = page(two)[1]
    number = next(n for n, side in enumerate(data["compare"]["edge"]) if side == 0)
    assert (data["edges"]["support"][number], data["edges"]["confidence"][number]) == (2, 840)
    assert len(data["edges"]["evidence"][number]) == 2
    assert data["nodes"]["support"][data["nodes"]["label"].index("b")] == 3


def test_a_part_of_two_builds(two: tuple[Tables, Tables]) -> None:
    message, data = page(two, selection=Selection(since="2020"))
    assert sorted(data["nodes"]["label"]) == ["a", "b", "c"]
    assert "1 paper without a date is left out." in message
    assert data["graph"]["entities"] == 4
    near = page(two, selection=Selection(around="d"))[1]
    assert near["nodes"]["label"] == ["d", "b"]
    with pytest.raises(KGError, match="no entity is called 'zzz'"):
        page(two, selection=Selection(around="zzz"))


def test_a_build_joined_with_itself_is_itself(tmp_path: Path) -> None:
    tables = large(tmp_path, papers=30, terms=40)
    joined = Joined(tables.folder, (tables, tables))
    for name in RECORDS:
        if name != "relations":
            assert list(joined.rows(name)) == list(tables.rows(name))
    figures = [[(row.head, row.type, row.tail, row.support) for row in one.relations()] for one in (tables, joined)]
    assert figures[0] == figures[1]


def test_the_order_of_the_two_only_swaps_the_sides(two: tuple[Tables, Tables]) -> None:
    one, other = page(two)[1], page((two[1], two[0]))[1]
    assert [{1: 2, 2: 1}.get(side, side) for side in one["compare"]["node"]] == other["compare"]["node"]
    assert one["nodes"] == other["nodes"]
