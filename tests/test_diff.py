"""What two builds differ in, on real builds: the report, the JSON, and the RDF Patch applied."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.diff import Change, compare
from kg.workspace import Workspace
from tests.test_cli_identity import PAPERS


def invoke(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(item) for item in arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the first paper, keep a copy of that graph as ``old``, and add the second paper."""
    folder = tmp_path_factory.mktemp("grown")
    for number, paper in enumerate(PAPERS):
        (folder / f"{number}.jsonl").write_text(json.dumps(paper) + "\n", encoding="utf-8")
    for name in ("old", "graph"):
        invoke("build", folder / "0.jsonl", "-w", folder / name, "--model", "fast", "--workers", "1")
    invoke("add", folder / "1.jsonl", "-w", folder / "graph", "--workers", "1")
    return folder


def by_name(changes: tuple[Change, ...]) -> dict[str, Change]:
    return {change.name: change for change in changes}


def test_what_a_paper_brought(grown: Path) -> None:
    found = compare(Workspace(grown / "old").tables(), Workspace(grown / "graph").tables())
    assert by_name(found.papers).keys() == {PAPERS[1]["title"]}
    entities = by_name(found.entities)
    assert entities["LoRA (Method)"].sort == "appeared"
    assert all(change.sort in ("appeared", "gained") for change in found.entities)
    assert found.same["papers"] == 1
    assert found.same["entities"] > 0
    assert any(change.name.endswith("uses LoRA") for change in found.relations)


def test_the_other_way_round_everything_vanishes(grown: Path) -> None:
    there = compare(Workspace(grown / "old").tables(), Workspace(grown / "graph").tables())
    back = compare(Workspace(grown / "graph").tables(), Workspace(grown / "old").tables())
    turned = {"appeared": "vanished", "vanished": "appeared", "gained": "lost", "lost": "gained", "changed": "changed"}
    for name in ("papers", "entities", "relations"):
        forward = {(change.what, turned[change.sort]) for change in getattr(there, name)}
        assert forward == {(change.what, change.sort) for change in getattr(back, name)}
    assert there.same == back.same


def test_patch_turns_the_one_graph_into_the_other(grown: Path) -> None:
    files = [Workspace(grown / name).file("graph.nq.gz") for name in ("old", "graph")]
    old, new = (set(gzip.decompress(path.read_bytes()).split(b"\n")) - {b""} for path in files)
    invoke("diff", grown / "old", grown / "graph", "--format", "patch", "-o", grown / "changes.rdfp")
    head, *lines, tail, _ = (grown / "changes.rdfp").read_bytes().split(b"\n")
    assert (head, tail) == (b"TX .", b"TC .")
    deleted = {line[2:] for line in lines if line.startswith(b"D ")}
    added = {line[2:] for line in lines if line.startswith(b"A ")}
    assert len(deleted) + len(added) == len(lines)
    assert deleted <= old
    assert not added & old
    assert (old - deleted) | added == new


def test_one_workspace_is_compared_with_its_build_before(grown: Path) -> None:
    text = invoke("diff", "-w", grown / "graph", "--limit", "2")
    assert text == invoke("diff", grown / "graph", "--limit", "2")
    assert f"+ {PAPERS[1]['title']}" in text
    assert "more that appeared" in text
    data = json.loads(invoke("diff", "-w", grown / "graph", "--format", "json"))
    assert [change["name"] for change in data["papers"]] == [PAPERS[1]["title"]]
    assert invoke("diff", grown / "old", grown / "old") == (
        "The two graphs hold the same papers, entities and relations.\n"
    )


def test_a_merged_entity_is_said_to_stand_for_another(grown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(grown)
    invoke("build", "0.jsonl", "1.jsonl", "-w", "merged", "--model", "fast", "--workers", "1")
    invoke("merge", "SwiftNet", "QuickNet", "-w", "merged")
    invoke("build", "0.jsonl", "1.jsonl", "-w", "merged", "--model", "fast", "--workers", "1")
    found = compare(Workspace(grown / "graph").tables(), Workspace(grown / "merged").tables())
    notes = [note for change in found.entities for note in change.notes]
    assert any(note.startswith("stands for entity:") for note in notes)
    assert not found.papers


def test_what_is_wrong_is_said(grown: Path) -> None:
    assert "holds a single build" in invoke("diff", "-w", grown / "old", code=1)
    assert "3 workspaces are named" in invoke("diff", "a", "b", "c", code=2)
    assert "no workspace of kg" in invoke("diff", grown / "old", grown / "nothing", code=1)
