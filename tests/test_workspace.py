"""Tests of kg.workspace: one whole build at any moment, and nobody else's files."""

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kg.checksums import LIST, digest
from kg.errors import WorkspaceError
from kg.model import Paper
from kg.tables import Replacement, write_rows
from kg.workspace import MARK, Manifest, Workspace

EMPTY = Manifest("1", "code", "mark", {"names": ["a"]}, "hash", {}, {}, {}, {})


def publish(space: Workspace, text: str) -> None:
    """Publish a build of one page."""
    with space.writing(), space.publishing() as folder:
        (folder / "graph.html").write_text(text)
        (folder / "store").mkdir()
        (folder / "store" / "CURRENT").touch()
        manifest = replace(EMPTY, files={"graph.html": digest(folder / "graph.html")})
        (folder / "manifest.json").write_text(manifest.to_json())


def test_a_build_is_published_and_linked(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "deep" / "output")
    publish(space, "one")
    assert (space.path / "graph.html").read_text() == "one"
    assert (space.path / "graph.html").is_symlink()
    assert not os.path.lexists(space.path / "graph.ttl")
    assert space.build().is_intact()
    assert space.file("store").is_dir()


def test_the_files_of_a_first_build_are_there_as_soon_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    real = Path.replace

    def watched(path: Path, target: Path) -> Path:
        moved = real(path, target)
        made.append(((tmp_path / "current").exists(), (tmp_path / "graph.html").exists()))
        return moved

    monkeypatch.setattr(Path, "replace", watched)
    publish(Workspace(tmp_path), "one")
    assert (True, True) in made
    assert (True, False) not in made


def test_readers_keep_the_build_they_opened(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")
    held = space.build()
    publish(space, "two")
    assert held.file("graph.html").read_text() == "one"
    assert space.file("graph.html").read_text() == "two"
    publish(space, "three")
    assert sorted(path.name for path in (tmp_path / "builds").iterdir()) == ["0002", "0003"]


def test_a_moved_workspace_works(tmp_path: Path) -> None:
    publish(Workspace(tmp_path / "one"), "text")
    (tmp_path / "one").rename(tmp_path / "two")
    assert Workspace(tmp_path / "two").file("graph.html").read_text() == "text"


def test_a_failed_build_leaves_the_last_one(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")
    with pytest.raises(ZeroDivisionError), space.writing(), space.publishing() as folder:
        (folder / "graph.html").write_text("half")
        raise ZeroDivisionError
    assert space.file("graph.html").read_text() == "one"
    assert [path.name for path in (tmp_path / "builds").iterdir()] == ["0001"]


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")
    (tmp_path / "builds" / ".new-99" / "tables").mkdir(parents=True)
    (tmp_path / "builds" / "0002").mkdir()
    (tmp_path / "current.new").symlink_to("builds/0002")
    (tmp_path / "report.md").symlink_to("current/report.md")
    with space.writing():
        pass
    assert [path.name for path in (tmp_path / "builds").iterdir()] == ["0001"]
    assert not (tmp_path / "current.new").is_symlink()
    assert not (tmp_path / "report.md").is_symlink()


def test_a_finished_build_without_its_link_is_taken_up(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")
    (tmp_path / "current").unlink()
    with pytest.raises(WorkspaceError, match="nothing was built"):
        space.build()
    with space.writing():
        assert space.file("graph.html").read_text() == "one"


def test_a_foreign_directory_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(WorkspaceError, match=r"not kg's \(thesis.tex\)"), Workspace(tmp_path).writing():
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(WorkspaceError, match="no workspace of kg"):
        Workspace(tmp_path).build()


def test_a_readme_is_no_foreign_file(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("builds go here")
    publish(Workspace(tmp_path), "one")
    assert (tmp_path / "README.md").read_text() == "builds go here"


def test_a_users_own_file_is_not_replaced_by_a_link(tmp_path: Path) -> None:
    publish(Workspace(tmp_path), "one")
    (tmp_path / "graph.html").unlink()
    (tmp_path / "graph.html").write_text("mine")
    publish(Workspace(tmp_path), "two")
    assert (tmp_path / "graph.html").read_text() == "mine"


@pytest.mark.parametrize(("text", "message"), [('{"format": 99}', "layout 99"), ("{", "no readable mark")])
def test_an_unknown_layout_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / MARK).write_text(text)
    with pytest.raises(WorkspaceError, match=message), Workspace(tmp_path).writing():
        pass


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="cannot be written"), Workspace(tmp_path / "file").writing():
        pass


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    with (
        space.writing(),
        pytest.raises(WorkspaceError, match=f"process {os.getpid()}"),
        Workspace(tmp_path).writing(),
    ):
        pass
    with space.writing():
        pass


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, kg.workspace as w\n"
        f"with w.Workspace(pathlib.Path({str(tmp_path)!r})).writing():\n    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    publish(Workspace(tmp_path), "one")


def test_a_full_disk_leaves_the_last_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/file")

    monkeypatch.setattr("kg.workspace.os.fsync", full)
    with pytest.raises(WorkspaceError, match=r"/somewhere/file: cannot be written .*free some space"):
        publish(space, "two")
    assert space.file("graph.html").read_text() == "one"
    assert [path.name for path in (tmp_path / "builds").iterdir()] == ["0001"]


def test_a_damaged_build_is_noticed(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")
    space.file("graph.html").write_text("hacked")
    assert not space.build().is_intact()
    space.file("manifest.json").write_text("{}")
    with pytest.raises(WorkspaceError, match="no readable manifest"):
        space.manifest()


def test_a_damaged_store_is_noticed_and_one_without_checksums_is_not_refused(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    publish(space, "one")
    (space.file("store") / "LOG").write_text("what a reader may leave")
    assert space.build().is_intact()
    (space.file("store") / "CURRENT").write_text("hacked")
    assert not space.build().is_intact()
    (space.file("store") / LIST).unlink()
    assert space.build().is_intact()
    (space.file("store") / "CURRENT").unlink()
    assert not space.build().is_intact()


def test_nothing_built_yet(tmp_path: Path) -> None:
    with Workspace(tmp_path).writing():
        pass
    with pytest.raises(WorkspaceError, match="nothing was built here yet"):
        Workspace(tmp_path).tables()
    with pytest.raises(WorkspaceError, match="no workspace of kg"):
        Workspace(tmp_path / "absent").manifest()


def test_a_missing_file_of_a_build_is_named(tmp_path: Path) -> None:
    publish(Workspace(tmp_path), "one")
    with pytest.raises(WorkspaceError, match=r"holds no graph\.ttl"):
        Workspace(tmp_path).file("graph.ttl")


def test_manifest_survives_json(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(EMPTY.to_json(), encoding="utf-8")
    assert Manifest.read(tmp_path / "manifest.json") == EMPTY
    assert EMPTY.same_input(replace(EMPTY, counts={"papers": 1}))
    assert not EMPTY.same_input(replace(EMPTY, fingerprint="other"))


def test_identity_only_grows(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    first, second = Replacement("paper:b", "paper:c", "why"), Replacement("paper:a", "paper:c", "why")
    space.append_identity([first])
    space.append_identity([second, first])
    assert space.identity() == [first, second]


def test_records_are_read_back(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    with space.writing(), space.publishing() as folder:
        write_rows(folder / "records.parquet", Paper, [Paper("T", authors=("A", "B"))])
        (folder / "rejects.jsonl").write_text("")
    assert list(space.build().records()) == [Paper("T", authors=("A", "B"))]
    assert space.build().rejects() == []
