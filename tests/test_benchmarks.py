"""What the benchmarks count is what they say."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.model import Extraction, LocalEntity
from kg.vocabulary import Term, build
from kg.workspace import Workspace
from tests.builds import spoil
from tests.test_cli_build import invoke


def load_benchmark(name: str) -> Any:
    sys.path[:0] = [folder := str(Path(__file__).parent.parent / "benchmarks")]  # as for a script there
    try:
        return _load(name)
    finally:
        sys.path.remove(folder)


def _load(name: str) -> Any:
    source = Path(__file__).parent.parent / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, source)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
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


@pytest.fixture(scope="module")
def faults() -> Any:
    return load_benchmark("faults")


def test_faults_fall_on_every_stage_and_every_sort_of_build(faults: Any) -> None:
    drawn = list(faults.plans(3, 54, 9))
    assert drawn == list(faults.plans(3, 54, 9)) != list(faults.plans(4, 54, 9))
    assert set(Counter(plan.stage for plan in drawn if plan.signal == "kill").values()) == {6}
    assert {(plan.command, plan.workers) for plan in drawn} == {
        (command, workers) for command in ("first", "again", "add") for workers in (1, 2)
    }
    assert all(0 <= plan.share < 1 for plan in drawn)


def test_the_disk_tells_the_stage_of_a_build(faults: Any, tmp_path: Path) -> None:
    space, folder = Workspace(tmp_path), tmp_path / "builds" / ".new-1"
    steps = [
        ("start", tmp_path / "lock"),
        ("extract", tmp_path / "cache.sqlite-wal"),
        ("resolve", folder / "records.parquet"),
        ("tables", folder / "tables" / "papers.parquet"),
        ("rdf", folder / "graph.nq.gz"),
        ("store", folder / "store" / "LOG"),
        ("page", folder / "graph.html"),
        ("publish", folder / "report.md"),
        ("switch", tmp_path / "builds" / "0002" / "report.md"),
    ]
    for name, path in steps:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        assert faults.stage(space, "0002") == name
    assert tuple(name for name, _ in steps) == faults.STAGES


def test_a_build_that_cannot_be_read_is_seen(faults: Any, tmp_path: Path) -> None:
    unreadable = sys.modules["reading"].unreadable
    papers = tmp_path / "papers.jsonl"
    papers.write_text('{"title": "LoRA for BERT", "abstract": "We fine-tune BERT with LoRA on GLUE."}\n')
    space = Workspace(tmp_path / "graph")
    assert list(unreadable(space, {}, must=False)) == []
    assert list(unreadable(space, {}, must=True)) == ["no build is in use"]
    invoke("build", papers, "-w", space.path, "--model", "fast", "--workers", "1")
    known = {space.manifest().to_json(): space}
    assert list(unreadable(space, known, must=True)) == []
    content = sys.modules["reading"].content(space)
    assert {"graph.nq.gz", "store", "tables/papers.parquet", "identity.parquet"} <= content.keys()
    assert list(unreadable(space, {"": space}, must=True)) == ["the manifest is that of no whole build"]
    spoil(space.build().folder / "graph.html", "changed")
    assert list(unreadable(space, known, must=True)) == ["a file has other bytes than the manifest says"]
    (space.path / "builds" / ".new-1").mkdir()
    assert sys.modules["reading"].content(space)[".new-1"] == "left behind"
