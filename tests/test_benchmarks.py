"""What the benchmarks count is what they say."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from kg.model import Extraction, LocalEntity
from kg.vocabulary import Term, build


def load_benchmark(name: str) -> Any:
    source = Path(__file__).parent.parent / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, source)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def keyphrases() -> Any:
    return load_benchmark("keyphrases")


def entity(confidence: float, *names: str) -> LocalEntity:
    return LocalEntity("e", "Method", names[0], confidence, (), names)


def test_keywords_count_where_they_stand_in_the_text_and_are_found_by_any_name(keyphrases: Any) -> None:
    record = {
        "title": "Deep Q-Networks (DQN)",
        "abstract": "We train graph neural networks. Robots learn.",
        "keywords": ["DQN", "Graph Neural Network", "robot", "neural network", "planning"],
    }
    found = keyphrases.measure(
        record, Extraction((entity(0.9, "graph neural networks"), entity(0.5, "Deep Q-Networks", "DQN")))
    )
    assert found.keywords["folded"] == {"dqn", "graph neural network", "robot", "neural network"}
    row = keyphrases.row([found], 0.4)
    assert (row["folded"], row["normal"], row["entities"]) == (0.5, 0.5, 2)
    row = keyphrases.row([found, keyphrases.Found({"folded": set(), "normal": set()}, [])], 0.6)
    assert (row["folded"], row["entities"]) == (0.25, 0.5)


@pytest.fixture(scope="module")
def coverage() -> Any:
    return load_benchmark("coverage")


def test_gold_names_leave_out_what_the_paper_introduces(coverage: Any) -> None:
    record = {
        "entities": [
            {"id": "e1", "mentions": ["OurNet"]},
            {"id": "e2", "mentions": ["KV caches", "KV caches", "QuQu"]},
            {"id": "e3", "mentions": [{"text": "Zork"}]},
        ],
        "relations": [["PAPER", "introduces", "e1"], {"head": "e2", "type": "used_for", "tail": "e3"}],
    }
    assert list(coverage.gold_things([record])) == [["KV caches", "QuQu"], ["Zork"]]


def test_a_name_is_covered_by_one_term_only(coverage: Any, capsys: pytest.CaptureFixture[str]) -> None:
    terms = [Term("term:a", "first mill", "Method", ("AB",)), Term("term:b", "second mill", "Task", ("AB",))]
    coverage.tell("mills", ["First Mills", "AB", "third", "third"], build(terms), 1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["mills", "1", "4", "0.250"]
    assert [line.split() for line in lines[1:]] == [["2", "third"]]
