"""Folders of exports: replaced as a whole, never over somebody's own files."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import KGError
from kg.exporters.files import MARK, Files, write_folder


def writer(**contents: str) -> Callable[[Files], None]:
    def write(files: Files) -> None:
        for name, text in contents.items():
            with files.open(name.replace("__", "/") + ".md") as stream:
                stream.write(text.encode())

    return write


def listing(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARK
    }


def test_a_second_export_replaces_the_first_and_keeps_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_folder(folder, "obsidian", writer(a="1", sub__b="2", sub__deep__c="3"))
    (folder / "mine.md").write_text("mine", encoding="utf-8")
    write_folder(folder, "obsidian", writer(a="1", d="4"))
    assert listing(folder) == {"a.md": "1", "d.md": "4", "mine.md": "mine"}
    assert not (folder / "sub").exists()


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x", encoding="utf-8")
    with pytest.raises(KGError, match=r"no export of kg \(thesis.tex\)"):
        write_folder(tmp_path, "csv", writer(a="1"))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_export_of_another_format_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", "csv", writer(a="1"))
    with pytest.raises(KGError, match="holds an export as csv"):
        write_folder(tmp_path / "out", "neo4j", writer(a="1"))


def test_a_file_changed_by_hand_is_not_lost(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", "obsidian", writer(a="1"))
    (tmp_path / "out" / "a.md").write_text("my thoughts", encoding="utf-8")
    with pytest.raises(KGError, match=r"changed since, the first is a\.md"):
        write_folder(tmp_path / "out", "obsidian", writer(a="2"))
    assert listing(tmp_path / "out") == {"a.md": "my thoughts"}


def test_a_new_note_does_not_replace_somebodys_own(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", "obsidian", writer(a="1"))
    (tmp_path / "out" / "b.md").write_text("mine", encoding="utf-8")
    with pytest.raises(KGError, match=r"b\.md: is a file of yours"):
        write_folder(tmp_path / "out", "obsidian", writer(a="2", b="3"))
    assert listing(tmp_path / "out") == {"a.md": "1", "b.md": "mine"}


@pytest.mark.parametrize("exists", [False, True])
def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "out"
    if exists:
        write_folder(folder, "csv", writer(a="1"))

    def fail(files: Files) -> None:
        writer(a="2")(files)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_folder(folder, "csv", fail)
    assert folder.exists() is exists
    assert not exists or listing(folder) == {"a.md": "1"}
    assert not list(tmp_path.rglob(".kg-export-*"))


def test_what_a_killed_export_left_does_not_hinder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_folder(folder, "csv", writer(a="1", b="1"))
    mark = json.loads((folder / MARK).read_text("utf-8"))
    (folder / MARK).write_text(json.dumps(mark | {"whole": False}), encoding="utf-8")
    (folder / "a.md").write_text("2", encoding="utf-8")
    (folder / ".kg-export-old").mkdir()
    (folder / ".kg-export-old" / "b.md").write_text("2", encoding="utf-8")
    write_folder(folder, "csv", writer(a="3"))
    assert {name: text for name, text in listing(folder).items() if not name.startswith(".")} == {"a.md": "3"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "csv", "whole": true, "files": {"../a": "0"}}'])
def test_a_damaged_or_hostile_mark_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text("precious", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / MARK).write_text(text, encoding="utf-8")
    with pytest.raises(KGError, match="choose an empty or new folder"):
        write_folder(folder, "csv", writer(a="1"))
    assert (tmp_path / "a").read_text("utf-8") == "precious"


def test_a_file_or_a_missing_parent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KGError, match="is no folder"):
        write_folder(tmp_path / "file", "csv", writer(a="1"))
    with pytest.raises(KGError, match="does not exist; make it first"):
        write_folder(tmp_path / "no" / "out", "csv", writer(a="1"))


def test_a_zip_has_no_clock_and_is_the_same_in_a_pipe() -> None:
    from kg.exporters.files import zipped

    def write(tables: object, config: object, files: Files) -> None:
        writer(a="1", b="2")(files)

    stream = io.BytesIO()
    zipped(write)(None, None, stream)  # type: ignore[arg-type]
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as pipe:
        zipped(write)(None, None, pipe)  # type: ignore[arg-type]
    with os.fdopen(read_end, "rb") as pipe:
        assert pipe.read() == stream.getvalue()
    with zipfile.ZipFile(stream) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
