"""Tables hold records, and only those of this version of kg."""

import random
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kg.errors import WorkspaceError
from kg.model import Evidence, Relation, Span
from kg.tables import RECORDS, Tables, write_table


def test_a_relation_keeps_its_salience(tmp_path: Path) -> None:
    rows = [Relation("paper:a", "mentions", "entity:b", 1, 0.75, 0.5), Relation("paper:a", "uses", "entity:b", 1, 0.5)]
    write_table(tmp_path, "relations", rows)
    assert list(Tables(tmp_path).relations()) == rows


@pytest.mark.parametrize("spans", [(), (Span("title", 0, 4), Span("abstract", 3, 9))])
@pytest.mark.parametrize("mention", [None, Span("title", 1, 2)])
def test_evidence_may_lack_sentences_and_mentions(
    tmp_path: Path, spans: tuple[Span, ...], mention: Span | None
) -> None:
    link, made = ("paper:a", "uses", "entity:b"), ("evidence:1", "text", "rules:x", 0.5, "paper:a")
    rows = [Evidence(*link, *made, spans, head_mention=mention, tail_mention=None)]
    write_table(tmp_path, "evidence", rows)
    assert list(Tables(tmp_path).evidence()) == rows


@pytest.mark.parametrize("name", RECORDS)
def test_a_table_may_be_empty(tmp_path: Path, name: str) -> None:
    assert write_table(tmp_path, name, []) == 0
    assert list(Tables(tmp_path).rows(name)) == []


def test_a_table_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    write_table(tmp_path, "relations", [Relation("paper:a", "uses", "entity:b", 1, 0.5)])
    path = tmp_path / "relations.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["salience"]), path)
    with pytest.raises(WorkspaceError, match=r"relations\.parquet: .*another version of kg; run `kg build` again"):
        list(Tables(tmp_path).relations())


def test_damage_is_told_in_one_line_and_never_read_as_a_record(tmp_path: Path) -> None:
    rows = [Relation(f"paper:{number}", "uses", "entity:ü", number, 0.5) for number in range(200)]
    write_table(tmp_path, "relations", rows)
    path = tmp_path / "relations.parquet"
    data = path.read_bytes()
    drawn = random.Random(1)
    told = 0
    for _ in range(200):
        place, width = drawn.randrange(len(data)), drawn.choice((1, 16))
        hurt = data[:place] + drawn.randbytes(width) + data[place + width :]
        path.write_bytes(drawn.choice((hurt, data[:place])))
        try:
            assert list(Tables(tmp_path).relations()) == rows
        except WorkspaceError as error:
            told += 1
            assert re.fullmatch(rf"{path}: .*run `kg build` again", str(error))
    assert told > 150
