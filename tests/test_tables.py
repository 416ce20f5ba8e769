"""Tables hold records, and only those of this version of kg."""

from pathlib import Path

import pytest

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
