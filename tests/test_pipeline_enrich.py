"""Enriching through a build: the same bytes whichever way the set of papers came about, and what the user is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import kg
from kg import pipeline
from kg.cli import main
from kg.config import Config
from kg.errors import InputError
from kg.model import Source
from kg.workspace import Workspace

FAST = Config(model="fast")


def write(path: Path, *papers: object) -> str:
    """Write JSON lines, a string being a line as it is."""
    path.write_text("".join((item if isinstance(item, str) else json.dumps(item)) + "\n" for item in papers))
    return str(path)


def bare(number: int) -> dict[str, str]:
    text = (
        f"We route tokens with GateNet {number} on a made-up task. It beats a plain gate by a third in case {number}."
    )
    return {"title": f"Made-up routing of small experts, part {number}", "abstract": text}


def full(number: int, **more: str) -> dict[str, str]:
    about = {
        "id": f"2506.{number:05d}",
        "authors": "Ada Example",
        "date": f"2025-06-{number:02d}",
        "categories": "cs.LG",
    }
    return bare(number) | about | more


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return {
        "a": write(tmp_path / "a.jsonl", bare(1), bare(2)),
        "b": write(tmp_path / "b.jsonl", bare(3), {"title": bare(4)["title"]}, full(2, date="")),
        "f": write(tmp_path / "f.jsonl", *(full(number) for number in range(1, 9))),
        "g": write(tmp_path / "g.jsonl", *(full(number, doi=f"10.5555/{number}") for number in (4, 3)), "no JSON"),
    }


def promised(space: Workspace) -> dict[str, bytes]:
    """Read every file of the current build but the store."""
    folder = space.build().folder
    paths = [path for path in folder.rglob("*") if path.is_file() and "store" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_build_is_enriched_and_says_so(files: dict[str, str], tmp_path: Path) -> None:
    told: list[str] = []
    space = Workspace(tmp_path / "graph")
    manifest = pipeline.build(
        [files["a"], files["b"]], space, config=FAST, workers=1, enrichment=[files["f"]], notify=told.append
    )
    papers = [row.paper for row in space.tables().papers()]
    assert [paper.arxiv for paper in papers] == [f"2506.0000{number}" for number in (1, 2, 3, 4)]
    assert all(paper.date for paper in papers)
    assert Source("enrich:jsonl", "f.jsonl", 1) in papers[0].sources
    assert "enriched-abstract" in papers[3].flags
    assert (manifest.counts["records"], manifest.counts["papers"], manifest.counts["enriched"]) == (5, 4, 4)
    assert told == ["enriched 4 of 4 papers (date 4, authors 3, arxiv 3, categories 3, abstract 1)"]
    report = (space.path / "report.md").read_text()
    assert report.splitlines()[2].startswith("5 records of 4 papers; 0 records rejected")
    assert "| arxiv | 3 |" in report.partition("## Enriched")[2]
    graph = (space.path / "graph.ttl").read_text()
    assert "enriched-date" in graph
    assert "enrich:jsonl:f.jsonl#1" in graph


def test_the_way_does_not_matter(files: dict[str, str], tmp_path: Path) -> None:
    def run(name: str, *steps: tuple[str, list[str], list[str]]) -> dict[str, bytes]:
        space = Workspace(tmp_path / name)
        for step, inputs, enrichment in steps:
            call = pipeline.build if step == "build" else pipeline.add
            call(
                [files[one] for one in inputs], space, config=FAST, workers=1, enrichment=[files[e] for e in enrichment]
            )
        return promised(space)

    whole = run("whole", ("build", ["a", "b"], ["f", "g"]))
    assert run("turned", ("build", ["b", "a"], ["g", "f"])) == whole
    assert run("added", ("build", ["a"], ["f", "g"]), ("add", ["b"], ["f", "g"])) == whole
    assert run("later", ("build", ["a"], []), ("add", ["b"], []), ("add", [], ["f"]), ("add", [], ["g"])) == whole
    assert json.loads(whole["rejects.jsonl"])["name"] == "g.jsonl"


def test_removing_gives_the_build_without(files: dict[str, str], tmp_path: Path) -> None:
    whole, part = Workspace(tmp_path / "whole"), Workspace(tmp_path / "part")
    pipeline.build([files["a"], files["b"]], whole, config=FAST, workers=1, enrichment=[files["f"]])
    # Papers go by the names that the graph shows, which came from the enrichment.
    pipeline.remove(["arXiv:2506.00003", "paper:arxiv-2506.00004"], whole, config=FAST, workers=1)
    rest = write(tmp_path / "b.jsonl", "", "", full(2, date=""))
    pipeline.build([files["a"], rest], part, config=FAST, workers=1, enrichment=[files["f"]])
    assert promised(whole) == promised(part)


def test_enriching_again_changes_nothing(files: dict[str, str], tmp_path: Path) -> None:
    space, told = Workspace(tmp_path / "graph"), list[str]()
    kg.build(files["a"], space.path, config=FAST, workers=1, enrich=files["f"])
    before = space.build()
    pipeline.add([], space, config=FAST, workers=1, enrichment=[files["f"]], notify=told.append)
    assert space.build() == before
    assert told[0] == "nothing new: the current build holds just this"


def test_bad_enrichment_is_told(files: dict[str, str], tmp_path: Path) -> None:
    space = Workspace(tmp_path / "graph")
    with pytest.raises(InputError, match=r"g\.jsonl, record 3.*mend them"):
        pipeline.build([files["a"]], space, config=FAST, enrichment=[files["g"]], strict=True)
    with pytest.raises(InputError, match="no such file"):
        pipeline.build([files["a"]], space, config=FAST, enrichment=["missing.jsonl"])
    with pytest.raises(InputError, match="can be read once"):
        pipeline.build(["-"], space, config=FAST, enrichment=["-"])
    with pytest.raises(InputError, match="nothing here to enrich"):
        pipeline.add([], space, config=FAST, enrichment=[files["f"]])
    assert not space.has_build()


def test_the_command(files: dict[str, str], tmp_path: Path) -> None:
    where = ["-w", str(tmp_path / "graph"), "--workers", "1"]
    done = CliRunner().invoke(main, ["build", files["a"], *where, "--model", "fast", "--enrich", files["f"]])
    assert done.exit_code == 0, done.output
    assert "enriched 2 of 2 papers" in done.stderr
    assert CliRunner().invoke(main, ["add", *where]).exit_code == 2
