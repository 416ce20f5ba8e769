"""Tests of kg.checksums: a folder knows when one of its files is not what it was."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kg.checksums import LIST, digest, is_whole, write_list


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b c", "LOG", "LOG.old"):
        (tmp_path / name).write_text(name)
    (tmp_path / "inner").mkdir()
    write_list(tmp_path, leaving=("LOG",))
    return tmp_path


def test_the_list_is_that_of_sha256sum(folder: Path) -> None:
    lines = (folder / LIST).read_text().splitlines()
    assert lines == [f"{digest(folder / name)}  {name}" for name in ("a", "b c")]
    program = shutil.which("sha256sum")
    if program:
        subprocess.run([program, "--check", "--strict", LIST], cwd=folder, check=True, capture_output=True)
    write_list(folder, leaving=("LOG",))
    assert (folder / LIST).read_text().splitlines() == lines


@pytest.mark.parametrize(
    ("name", "text"), [("a", "b"), ("b c", ""), ("a", None), (LIST, ""), (LIST, "no list"), (LIST, None)]
)
def test_what_changed_is_noticed(folder: Path, name: str, text: str | None) -> None:
    assert is_whole(folder)
    (folder / "LOG").write_text("more")
    assert is_whole(folder)
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    assert not is_whole(folder)
