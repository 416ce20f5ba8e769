"""Tests of kg.identity: what a CURIE of an earlier build stands for now."""

from pathlib import Path

from kg.identity import replaced
from kg.model import Entity, Paper, Source
from kg.tables import PaperRow, Tables, write_table

SOURCE = Source("jsonl", "a.jsonl", 1)


def tables(folder: Path, papers: list[PaperRow], entities: list[Entity]) -> Tables:
    folder.mkdir()
    write_table(folder, "papers", papers)
    write_table(folder, "entities", entities)
    return Tables(folder)


def test_papers_are_followed_by_source_and_entities_by_name(tmp_path: Path) -> None:
    old = tables(
        tmp_path / "old",
        [PaperRow("paper:gone", Paper("X")), PaperRow("paper:title-x", Paper("X", sources=(SOURCE,)))],
        [
            Entity("entity:gone", "Method", "Vanished"),
            Entity("entity:kept", "Method", "Kept"),
            Entity("entity:short", "Method", "LLM", ("large language model",)),
        ],
    )
    new = tables(
        tmp_path / "new",
        [PaperRow("paper:arxiv-1", Paper("X", sources=(SOURCE,)))],
        [
            Entity("entity:kept", "Method", "Kept", ("LLM family",)),
            Entity("entity:llm", "Method", "Large language model", ("LLM",)),
        ],
    )
    assert [(row.old, row.new) for row in replaced(old, new)] == [
        ("paper:title-x", "paper:arxiv-1"),
        ("entity:short", "entity:llm"),
    ]
    assert not list(replaced(new, new))
