"""Columns and chosen records are what the records of a table hold, and damage is told as for these."""

import random
import re
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kg.errors import WorkspaceError
from kg.model import Entity, Evidence, Paper, Relation, Source, Span
from kg.selection import Selection, select
from kg.table_columns import records, values
from kg.tables import RECORDS, PaperRow, Tables, write_table
from tests.view_sample import large

#: Rows of relations: more than are decoded at once.
MANY = 12_003


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


def evidence(number: int) -> Evidence:
    """Make an evidence of which some fields are not there."""
    there = Span("abstract", number, number + 4) if number % 3 else None
    return Evidence(
        f"entity:{number // 5}",
        "used_for",
        f"entity:ü{number % 7}",
        f"{number:05}",
        "text" if number % 2 else "rule",
        "made",
        number / MANY,
        paper=f"paper:{number}" if number % 2 else "",
        sentences=(Span("title", 0, number), Span("abstract", 1, 2))[: number % 3],
        head_mention=there,
    )


def test_columns_are_those_of_the_records(tables: Tables) -> None:
    asked = {
        "papers": ("id", "paper.date", "paper.title", "paper.date_inferred"),
        "entities": ("label", "id", "support", "kind"),
        "relations": ("head", "type", "tail", "support", "confidence", "salience"),
        "evidence": ("id", "probability", "polarity"),
        "mentions": ("paper", "start"),
        "merges": ("a", "score"),
    }
    assert asked.keys() == RECORDS.keys()
    for name, columns in asked.items():
        found = list(values(tables, name, *columns))
        assert found == [attrgetter(*columns)(row) for row in tables.rows(name)], name
    assert next(values(tables, "papers", "id", "paper.date"), None)


def test_lists_and_what_is_not_there_stay(tmp_path: Path) -> None:
    write_table(tmp_path, "entities", [Entity("entity:a", "Method", "A", ("α", "a")), Entity("entity:b", "Task", "B")])
    write_table(tmp_path, "evidence", map(evidence, range(4)))
    tables = Tables(tmp_path)
    assert list(values(tables, "entities", "id", "alt_labels")) == [("entity:a", ["α", "a"]), ("entity:b", [])]
    assert list(values(tables, "evidence", "id", "head_mention.start")) == [
        ("00000", None),
        ("00001", 1),
        ("00002", 2),
        ("00003", None),
    ]


def test_equal_strings_are_held_once(tmp_path: Path) -> None:
    write_table(tmp_path, "relations", [Relation(f"paper:{n}", "uses", "entity:a", 1, 0.5) for n in range(300)])
    found = list(values(Tables(tmp_path), "relations", "type", "tail"))
    assert len({id(tail) for _, tail in found}) == len({id(kind) for kind, _ in found}) == 1


def test_chosen_records_are_whole_wherever_they_stand(tmp_path: Path) -> None:
    rows = [evidence(number) for number in range(MANY)]
    write_table(tmp_path, "evidence", rows)
    drawn = random.Random(3)
    wanted = {(row.head, row.tail) for row in drawn.sample(rows, 400)} | {("entity:0", "entity:ü0"), ("", "")}
    found = list(records(Tables(tmp_path), "evidence", ("head", "tail"), lambda *key: key in wanted))
    assert found == [row for row in rows if (row.head, row.tail) in wanted]
    assert len(found) >= 400
    assert list(records(Tables(tmp_path), "evidence", ("id",), lambda name: name == rows[-1].id)) == [rows[-1]]
    assert list(records(Tables(tmp_path), "evidence", ("id",), lambda _: False)) == []


def test_a_paper_found_by_a_field_is_whole(tmp_path: Path) -> None:
    paper = Paper("T", "A.", authors=("Ada Example",), date="2024-05", sources=(Source("json", "a.json", 1),))
    rows = [PaperRow("paper:a", paper), PaperRow("paper:b", Paper("U"))]
    write_table(tmp_path, "papers", rows)
    found = records(Tables(tmp_path), "papers", ("id", "paper.date"), lambda _, date: date > "2024")
    assert list(found) == rows[:1]


def test_a_part_of_a_build_gives_its_own_rows(tables: Tables) -> None:
    part = select(tables, Selection(kinds=("Method",), since="2020"))
    kept = list(part.relations())
    assert 0 < len(kept) < len(list(tables.relations()))
    assert list(values(part, "relations", "head", "tail")) == [(row.head, row.tail) for row in kept]
    end = kept[-1].tail
    found = records(part, "relations", ("tail", "head"), lambda tail, _: tail == end)
    assert list(found) == [row for row in kept if row.tail == end]
    dated = records(part, "papers", ("paper.date", "id"), lambda date, _: date >= "2021")
    assert list(dated) == [row for row in part.papers() if row.paper.date >= "2021"]


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    write_table(tmp_path, "papers", [])
    assert list(values(Tables(tmp_path), "papers", "id", "paper.date")) == []
    assert list(records(Tables(tmp_path), "papers", ("id",), lambda _: True)) == []


READS: list[Callable[[Tables], list[Any]]] = [
    lambda tables: list(values(tables, "relations", "head", "type", "tail", "support", "confidence", "salience")),
    lambda tables: list(records(tables, "relations", ("tail",), lambda _: True)),
    lambda tables: list(tables.relations()),
]


@pytest.mark.parametrize("read", READS, ids=["values", "records", "rows"])
def test_a_table_of_another_version_is_refused_with_what_to_do(
    tmp_path: Path, read: Callable[[Tables], list[Any]]
) -> None:
    write_table(tmp_path, "relations", [Relation("paper:a", "uses", "entity:b", 1, 0.5)])
    path = tmp_path / "relations.parquet"
    pq.write_table(
        pq.read_table(path).rename_columns(["head", "type", "tail", "support", "confidence", "weight"]), path
    )
    with pytest.raises(WorkspaceError, match=r"relations\.parquet: .*another version of kg; run `kg build` again"):
        read(Tables(tmp_path))
    path.unlink()
    with pytest.raises(WorkspaceError, match=r"relations\.parquet: no readable table .*run `kg build` again"):
        read(Tables(tmp_path))


@pytest.mark.parametrize("read", READS, ids=["values", "records", "rows"])
def test_damage_is_told_in_one_line_and_never_read(tmp_path: Path, read: Callable[[Tables], list[Any]]) -> None:
    write_table(tmp_path, "relations", [Relation(f"paper:{n}", "uses", "entity:ü", n, 0.5) for n in range(200)])
    sound = read(Tables(tmp_path))
    assert len(sound) == 200
    path = tmp_path / "relations.parquet"
    data = path.read_bytes()
    drawn = random.Random(1)
    told = 0
    for _ in range(200):
        place, width = drawn.randrange(len(data)), drawn.choice((1, 16))
        hurt = data[:place] + drawn.randbytes(width) + data[place + width :]
        path.write_bytes(drawn.choice((hurt, data[:place])))
        try:
            assert read(Tables(tmp_path)) == sound
        except WorkspaceError as error:
            told += 1
            assert re.fullmatch(rf"{path}: .*run `kg build` again", str(error))
    assert told > 150
