"""The bundled corpus is well formed, covers the fields it promises, and is in the form of a user's own file."""

import json
import re
from importlib import resources
from typing import Any

import pytest

from kg.sources.sample import read_sample

_FIELDS = (
    "diffusion model",
    "OOD detection",
    "KV cache",
    "language model",
    "Transformer",
    "reinforcement learning",
    "graph",
    "federated learning",
    "speech recognition",
    "stochastic gradient descent",
    "calibration",
    "segmentation",
)


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    """Read the lines of the corpus as plain JSON."""
    text = resources.files("kg").joinpath("data", "sample.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_there_are_enough_papers_and_none_twice(records: list[dict[str, Any]]) -> None:
    assert len(records) >= 66
    for key in ("id", "title", "abstract"):
        assert len({record[key] for record in records}) == len(records), key


def test_every_record_is_complete(records: list[dict[str, Any]]) -> None:
    for record in records:
        assert list(record) == ["id", "title", "abstract", "authors", "categories", "date"], record["id"]
        assert re.fullmatch(r"\d{4}\.\d{4,5}", record["id"])
        assert record["authors"]
        assert record["categories"]
        assert 4 <= len(re.findall(r"[.?](?= [A-Z]|$)", record["abstract"])) <= 10, record["id"]


def test_the_month_is_the_one_of_the_identifier(records: list[dict[str, Any]]) -> None:
    assert [record["id"] for record in records if record["date"] != f"20{record['id'][:2]}-{record['id'][2:4]}"] == []


@pytest.mark.parametrize(
    "name",
    _FIELDS,
)
def test_the_fields_are_covered(records: list[dict[str, Any]], name: str) -> None:
    assert sum(name.lower() in f"{record['title']} {record['abstract']}".lower() for record in records) >= 2


def test_every_record_is_read_as_one_paper(records: list[dict[str, Any]]) -> None:
    papers = list(read_sample())
    assert [paper.arxiv for paper in papers] == [record["id"] for record in records]
    assert [paper.title for paper in papers] == [record["title"] for record in records]
    assert all(len(paper.sources) == 1 for paper in papers)
