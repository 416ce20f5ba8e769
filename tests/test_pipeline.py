"""Tests of kg.pipeline: the set of papers decides what a workspace holds. Small stages stand in for the slow ones."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg import engine, origin, pipeline
from kg.config import Config
from kg.errors import InputError, KGError, WorkspaceError
from kg.model import PAPER, Extraction, LocalEntity, LocalRelation, Paper, Span
from kg.workspace import Workspace


class Fake:
    """An extractor that takes words in capitals for methods."""

    def extract(self, paper: Paper) -> Extraction:
        entities, relations = [], []
        for number, found in enumerate(re.finditer(r"[A-Z]{2,}", paper.abstract), 1):
            span = Span("abstract", *found.span())
            entities.append(LocalEntity(f"e{number}", "Method", found[0], 0.9, (span,), (found[0],)))
            relations.append(LocalRelation(PAPER, "uses", f"e{number}", 0.8, (span,), "fake", tail_mention=span))
        return Extraction(tuple(entities), tuple(relations))


def _rdf(folder: Path, *_: object) -> int:
    """Stand in for the graph files and the store."""
    (folder / "store").mkdir()
    (folder / "store" / "CURRENT").touch()
    return 0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_extractor", lambda config: Fake())
    monkeypatch.setattr(pipeline, "_write_rdf", _rdf)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "output")


def write(path: Path, *papers: dict[str, str] | str) -> str:
    """Write JSON lines, a string being a line as it is."""
    path.write_text("".join((item if isinstance(item, str) else json.dumps(item)) + "\n" for item in papers))
    return str(path)


def paper(number: int, **more: str) -> dict[str, str]:
    names = ("ALPHA", "BETA", "GAMMA", "DELTA")
    text = f"Study number {number} runs {names[number % 4]} beside {names[(number + 1) % 4]} on a task of its own."
    return {
        "id": f"2101.{number:05d}",
        "title": f"Paper {number}",
        "abstract": text,
        "date": f"2021-01-{number + 1:02d}",
    } | more


def promised(space: Workspace) -> dict[str, bytes]:
    """Read every file of the current build but the store."""
    folder = space.build().folder
    files = [path for path in folder.rglob("*") if path.is_file() and "store" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_build_holds_its_inputs(space: Workspace, tmp_path: Path) -> None:
    manifest = pipeline.build([write(tmp_path / "a.jsonl", paper(1), paper(2))], space)
    assert manifest == space.manifest()
    assert manifest.counts["records"] == manifest.counts["papers"] == 2
    assert manifest.relations["uses"] == 4
    assert set(manifest.files) == set(promised(space)) - {"manifest.json"}
    assert "2 papers" in (space.path / "report.md").read_text()
    assert next(space.tables().papers()).paper.title == "Paper 1"


def test_no_clock_and_no_path_in_a_build(space: Workspace, tmp_path: Path) -> None:
    pipeline.build([write(tmp_path / "a.jsonl", paper(1))], space)
    for name, data in promised(space).items():
        assert str(tmp_path).encode() not in data, name
        assert tmp_path.name.encode() not in data, name


def test_without_input_the_sample_is_built_and_named(space: Workspace) -> None:
    told: list[str] = []
    manifest = pipeline.build([], space, workers=1, notify=told.append)
    assert manifest.counts["papers"] >= 60
    assert "sample" in told[0]


def test_nothing_new_writes_nothing(space: Workspace, tmp_path: Path) -> None:
    names = [write(tmp_path / "a.jsonl", paper(1), paper(2))]
    first = pipeline.build(names, space)
    before = space.build()
    told: list[str] = []
    assert pipeline.build(names, space, notify=told.append) == first
    assert pipeline.add(names, space) == first
    assert space.build() == before
    assert told == ["nothing new: the current build holds just this"]


def test_other_settings_or_a_damaged_file_build_anew(space: Workspace, tmp_path: Path) -> None:
    names = [write(tmp_path / "a.jsonl", paper(1), paper(2))]
    pipeline.build(names, space)
    pipeline.build(names, space, config=Config(export_threshold=0.7))
    assert space.build().folder.name == "0002"
    good = promised(space)
    space.file("report.md").write_text("vandalism")
    pipeline.build(names, space, config=Config(export_threshold=0.7))
    assert space.build().folder.name == "0003"
    space.file("manifest.json").write_text("{")
    pipeline.build(names, space, config=Config(export_threshold=0.7))
    assert promised(space) == good


def test_at_once_and_by_steps_are_the_same(tmp_path: Path) -> None:
    a = write(tmp_path / "a.jsonl", paper(1), paper(2), paper(3))
    b = write(
        tmp_path / "b.jsonl", paper(3, abstract="A longer text on ALPHA and GAMMA than before, by far."), paper(4)
    )
    c = write(tmp_path / "c.jsonl", paper(5), "{", paper(6))
    spaces = [Workspace(tmp_path / f"w{number}") for number in range(4)]
    pipeline.build([a, b], spaces[0])
    pipeline.build([b, a], spaces[1])
    pipeline.add([b], spaces[2])
    pipeline.add([a], spaces[2])
    pipeline.build([c, a, b], spaces[3])
    pipeline.remove(["2101.00005", "paper 6"], spaces[3])
    assert promised(spaces[0]) == promised(spaces[1]) == promised(spaces[2]) == promised(spaces[3])
    pipeline.build([a], spaces[3])
    pipeline.build([a], Workspace(tmp_path / "alone"))
    assert promised(spaces[3]) == promised(Workspace(tmp_path / "alone"))


def test_removing_drops_all_records_of_a_paper(space: Workspace, tmp_path: Path) -> None:
    a = write(tmp_path / "a.jsonl", paper(1), paper(2))
    b = write(tmp_path / "b.jsonl", paper(1, abstract="Another account of BETA."))
    assert pipeline.build([a, b], space).counts["records"] == 3
    manifest = pipeline.remove(["paper:arxiv-2101.00001"], space)
    assert (manifest.counts["records"], manifest.counts["papers"]) == (1, 1)


def test_the_last_paper_can_be_removed(space: Workspace, tmp_path: Path) -> None:
    pipeline.build([write(tmp_path / "a.jsonl", paper(1))], space)
    assert pipeline.remove(["2101.00001"], space).counts["papers"] == 0


def test_removing_what_is_not_there_names_near_ones(space: Workspace, tmp_path: Path) -> None:
    pipeline.build([write(tmp_path / "a.jsonl", paper(1), paper(2))], space)
    before = space.build()
    with pytest.raises(KGError, match=r"no paper here is 'Papr 1'; near ones are .*Paper 1"):
        pipeline.remove(["Papr 1"], space)
    assert space.build() == before
    with pytest.raises(WorkspaceError, match="no workspace"):
        pipeline.remove(["x"], Workspace(tmp_path / "absent"))
    assert not (tmp_path / "absent").exists()


def test_bad_records_are_kept_with_where_and_why(space: Workspace, tmp_path: Path) -> None:
    a = write(tmp_path / "a.jsonl", paper(1), '{"title": "Trunc', {"authors": "nobody"})
    manifest = pipeline.build([a], space)
    assert (manifest.counts["papers"], manifest.counts["rejects"]) == (1, 2)
    rejects = space.build().rejects()
    assert [(reject.name, reject.record) for reject in rejects] == [("a.jsonl", 2), ("a.jsonl", 3)]
    assert "a.jsonl" in (space.path / "report.md").read_text()
    b = write(tmp_path / "b.jsonl", paper(2))
    assert pipeline.add([b], space).counts["rejects"] == 2
    assert pipeline.build([b], space).counts["rejects"] == 0


def test_strict_makes_a_bad_record_an_error(space: Workspace, tmp_path: Path) -> None:
    a = write(tmp_path / "a.jsonl", paper(1), "{")
    with pytest.raises(InputError, match=r"a\.jsonl, record 2"):
        pipeline.build([a], space, strict=True)
    assert not space.has_build()


def test_inputs_without_a_paper_leave_the_last_build(space: Workspace, tmp_path: Path) -> None:
    pipeline.build([write(tmp_path / "a.jsonl", paper(1))], space)
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    for name in ("empty", "folder", "absent"):
        with pytest.raises(InputError):
            pipeline.build([str(tmp_path / name)], space)
    with pytest.raises(InputError, match="nothing to add"):
        pipeline.add([], space)
    assert space.manifest().counts["papers"] == 1


def test_a_paper_that_gains_an_arxiv_id_is_followed(space: Workspace, tmp_path: Path) -> None:
    record = paper(1) | {"id": "s1"}
    pipeline.build([write(tmp_path / "a.jsonl", record)], space)
    old = next(space.tables().papers()).id
    pipeline.add([write(tmp_path / "b.jsonl", record | {"arxiv": "2101.00001"})], space)
    assert space.manifest().counts["papers"] == 1
    assert [(row.old, row.new) for row in space.identity()] == [(old, "paper:arxiv-2101.00001")]


def test_extractions_are_used_again(space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a = write(tmp_path / "a.jsonl", paper(1), paper(2))
    pipeline.build([a], space)
    monkeypatch.setattr(Fake, "extract", lambda self, paper: pytest.fail("extracted again"))
    pipeline.remove(["2101.00001"], space)
    pipeline.add([a], space)
    space.cache.write_bytes(b"damaged")
    monkeypatch.undo()
    monkeypatch.setattr(engine, "_extractor", lambda config: Fake())
    monkeypatch.setattr(pipeline, "_write_rdf", _rdf)
    told: list[str] = []
    pipeline.remove(["2101.00001"], space, notify=told.append)
    assert "damaged" in told[0]


def test_stages_are_told_in_order(space: Workspace, tmp_path: Path) -> None:
    told: list[str] = []
    a = write(tmp_path / "a.jsonl", paper(1))
    pipeline.build([a], space, progress=lambda stage, done, total: told.append(stage))
    stages = list(dict.fromkeys(told))
    assert stages == [stage for stage in pipeline.STAGES if stage in stages]
    assert {"read", "extract", "resolve", "tables", "publish"} <= set(stages)


def test_a_failure_at_any_stage_leaves_the_last_build(
    space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build([write(tmp_path / "a.jsonl", paper(1))], space)
    before = promised(space)
    b = write(tmp_path / "b.jsonl", paper(2))

    for name in ("_extract", "_write_tables", "_write_rdf", "_write_pages", "_digests"):
        with monkeypatch.context() as patch:

            def full(*args: object) -> None:
                raise OSError(28, "No space left on device", str(space.path / "builds" / "x"))

            patch.setattr(pipeline, name, full)
            with pytest.raises(WorkspaceError, match="free some space"):
                pipeline.build([b], space)
        assert promised(space) == before
        assert len(list((space.path / "builds").iterdir())) == 1


def test_the_same_set_has_the_same_hash_whatever_its_order() -> None:
    records = [Paper("A", authors=("X",)), Paper("B")]
    assert origin.set_hash(records, []) != origin.set_hash(records[:1], [])
    assert origin.set_hash(records, []) == origin.set_hash(list(map(dataclasses.replace, records)), [])


def test_the_api_is_light() -> None:
    script = (
        "import sys, kg; heavy = {'spacy', 'pyarrow', 'pyoxigraph', 'networkx', 'rdflib', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\nassert all(hasattr(kg, name) for name in kg.__all__)"
    )
    root = Path(kg.__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | {"PYTHONPATH": str(root)})


def test_load_gives_the_graph(space: Workspace, tmp_path: Path) -> None:
    pipeline.build([write(tmp_path / "a.jsonl", paper(1))], space)
    graph = kg.load(space.path)
    assert graph.nodes["paper:arxiv-2101.00001"]["kind"] == "Paper"
    assert graph.number_of_edges() == space.manifest().counts["relations"]
    sure = kg.load(space.path, min_confidence=1.0)
    assert set(sure) == set(graph)
    links = graph.edges(keys=True, data="confidence")
    kept = {(*link, name) for *link, name, sureness in links if name == "mentions" or sureness == 1.0}
    assert set(sure.edges(keys=True)) == kept


def test_a_single_input_needs_no_list(space: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", paper(1))
    assert kg.build(str(file), space.path).counts["papers"] == 1
    assert kg.build(tmp_path / "a.jsonl", space.path).counts["papers"] == 1


def test_add_and_remove_count_papers(space: Workspace, tmp_path: Path) -> None:
    told: list[str] = []
    pipeline.build([write(tmp_path / "a.jsonl", paper(1), paper(2))], space)
    pipeline.add([write(tmp_path / "b.jsonl", paper(2), paper(3))], space, notify=told.append)
    pipeline.remove(["2101.00001", "2101.00003"], space, notify=told.append)
    assert told == ["1 paper added, 1 already there; 3 in all", "2 papers removed; 1 in all"]


def test_functions_and_packages_of_one_name_live_together() -> None:
    script = (
        "import kg; before = kg.extract, kg.query\n"
        "import kg.extract.tokens, kg.query\n"
        "assert list(kg.extract([])) == [] and kg.extract.tokens\n"
        "try:\n    kg.query('absent', 'ASK {}')\nexcept kg.WorkspaceError:\n    print('called')"
    )
    root = Path(kg.__file__).parent.parent
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", script], check=True, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "called"
