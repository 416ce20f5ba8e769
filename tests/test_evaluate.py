"""Scoring follows the annotation guidelines, and calibration is measured as it says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.evaluate import calibration_of, fold, pair, score, summarise, tally
from kg.gold import read_gold, read_predictions

GOLD: list[dict[str, Any]] = [
    {
        "id": "p",
        "title": "t",
        "entities": [
            {"id": "a", "type": "Method", "mentions": ["Fast Net", "FN"]},
            {"id": "b", "type": "Dataset", "mentions": ["TinySet"]},
            {"id": "c", "type": "Task", "alt_types": ["Method"], "mentions": ["labelling"]},
            {"id": "o", "type": "Concept", "mentions": ["machine learning"], "optional": True},
        ],
        "relations": [["PAPER", "introduces", "a"], ["PAPER", "evaluates_on", "b"], ["PAPER", "addresses", "o"]],
    }
]


def entity(id_: str, kind: str, *names: str, confidence: float = 1.0) -> dict[str, Any]:
    return {"id": id_, "type": kind, "mentions": [{"text": name} for name in names], "confidence": confidence}


def predicted(*entities: dict[str, Any], relations: list[Any] | None = None) -> dict[str, dict[str, Any]]:
    return {"p": {"id": "p", "entities": list(entities), "relations": relations or []}}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Fast-Nets", "the fast net"),
        ("Boxes", "box"),
        ("policies", "policy"),
        ("Schrödinger bridge", 'Schr\\"odinger bridge'),
        ("Area (AUC) score", "area score"),
        ("CIFAR-10", "cifar 10"),
    ],
)
def test_names_that_fold_alike(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@pytest.mark.parametrize(
    ("left", "right"), [("C++", "C"), ("A*", "A"), ("virus", "viru"), ("loss", "los"), ("AUC", "AU")]
)
def test_names_that_fold_apart(left: str, right: str) -> None:
    assert fold(left) != fold(right)


def test_counts_hits_alarms_misses_and_leaves_optional_out() -> None:
    found = predicted(
        entity("1", "Method", "FN"),
        entity("2", "Concept", "TinySet"),
        entity("3", "Method", "something else"),
        entity("4", "Concept", "machine learning"),
        relations=[
            {"head": "PAPER", "type": "introduces", "tail": "1"},
            {"head": "PAPER", "type": "uses", "tail": "3"},
            {"head": "PAPER", "type": "uses", "tail": "4"},
        ],
    )
    figures = {name: (row.tp, row.fp, row.fn) for name, row in score(GOLD, found).items()}
    assert figures["entity"] == (2, 1, 1)
    assert figures["typed"] == (1, 2, 2)
    assert figures["typed:Dataset"] == (0, 0, 1)
    assert figures["relation"] == (1, 1, 1)
    assert "relation:addresses" not in figures


def test_same_kind_is_paired_first() -> None:
    gold = [{"id": "x", "type": "Dataset", "mentions": ["K"]}, {"id": "y", "type": "Method", "mentions": ["K"]}]
    assert pair(gold, [entity("1", "Method", "K"), entity("2", "Dataset", "K")]) == {"1": "y", "2": "x"}


def test_a_task_counts_as_a_concept_and_alternative_types_are_right() -> None:
    for kind in ("Concept", "Metric", "Method"):
        assert score(GOLD, predicted(entity("1", kind, "labelling")))["typed"].tp == 1


def test_a_paper_without_prediction_counts_as_empty() -> None:
    assert score(GOLD, {})["entity"].fn == 3


def test_an_unmatched_end_is_no_gold_entity_even_if_spelt_alike() -> None:
    found = predicted(entity("a", "Method", "unknown"), relations=[["PAPER", "introduces", "a"]])
    assert score(GOLD, found)["relation"].tp == 0


def test_calibration_leaves_optional_out_and_takes_confidence() -> None:
    found = predicted(
        entity("1", "Method", "FN", confidence=0.9),
        entity("2", "Method", "nothing", confidence=0.4),
        entity("3", "Concept", "machine learning", confidence=0.1),
        relations=[{"head": "PAPER", "type": "introduces", "tail": "1", "confidence": 0.8}],
    )
    measured = calibration_of(tally(GOLD, found))
    assert measured["entity"].predictions == 2
    assert measured["entity"].ece == pytest.approx((0.1 + 0.4) / 2)
    assert measured["relation"].ece == pytest.approx(0.2)


def test_a_summary_joins_files_as_if_they_were_one() -> None:
    right = predicted(entity("1", "Method", "FN", confidence=0.9), relations=[["PAPER", "introduces", "1"]])
    wrong = predicted(entity("1", "Method", "nothing", confidence=0.2))
    parts = [tally(GOLD, right), tally(GOLD, wrong), tally(GOLD, {})]
    whole = summarise([own for part in parts for own in part])
    row = whole.figures["entity"]
    assert (whole.papers, row.tp, row.fp, row.fn) == (3, 1, 1, 8)
    assert whole.calibration["entity"].predictions == 2
    assert whole.figures.keys() == whole.intervals.keys()
    low, high = whole.intervals["entity"]["f1"]
    assert low < row.f1 < high
    told = json.loads(json.dumps(whole.as_dict()))
    assert told["figures"]["entity"] == {**row.as_dict(), "interval": json.loads(json.dumps(whole.intervals["entity"]))}
    assert told["calibration"]["relation"]["n"] == 1


def _spoil(gold: list[dict[str, Any]], every: int) -> list[dict[str, Any]]:
    """Make predictions of gold: drop some entities, mistype some, rename some, bend some relations."""
    kinds = ["Method", "Dataset", "Task", "Concept", "Metric"]
    spoilt = []
    for place, paper in enumerate(gold):
        entities = []
        for number, item in enumerate(paper["entities"]):
            turn = (place + number) % every
            if turn == 0:
                continue
            names = item["mentions"][-1:] if turn % 2 else [f"The {item['mentions'][0]}s"]
            kind = kinds[(kinds.index(item["type"]) + (turn == 1)) % 5]
            entities.append(entity(item["id"], kind, *(names if turn != 2 else ["made up"]), confidence=turn / every))
        relations = [
            {"head": head, "type": name if (place + number) % every else "uses", "tail": tail}
            for number, (head, name, tail) in enumerate(paper["relations"])
        ]
        spoilt.append({"id": paper["id"], "entities": entities, "relations": relations})
    return spoilt[:-2]


@pytest.mark.shared
@pytest.mark.parametrize("every", [2, 3, 4, 7])
@pytest.mark.parametrize("name", ["dev.jsonl", "dev-arxiv.jsonl"])
def test_figures_equal_those_of_the_reference_scorer(shared: Path, tmp_path: Path, name: str, every: int) -> None:
    gold = shared / "gold" / name
    mine = tmp_path / "predicted.jsonl"
    rows = _spoil(read_gold(gold), every)
    mine.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, str(shared / "gold" / "score.py"), str(gold), str(mine), "--json"]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = {row: figures.as_dict() for row, figures in score(read_gold(gold), read_predictions(mine)).items()}
    assert ours.keys() == theirs.keys()
    for row, figures in theirs.items():
        assert ours[row] == pytest.approx(figures, abs=1e-4), row
