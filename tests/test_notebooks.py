"""The notebooks: they run from a clean clone, and their committed outputs are what they give."""

import copy
import subprocess
import sys
from typing import Any

import nbformat
import pytest

from docs.tools import notebooks
from kg.sources import hf_daily
from kg.sources.opening import open_input
from kg.sources.options import Options

ROOT = notebooks.ROOT


@pytest.fixture(params=notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def book(request: pytest.FixtureRequest) -> Any:
    """Read a committed notebook."""
    return nbformat.read(request.param, as_version=4)


def test_all_notebooks_are_run() -> None:
    assert sorted((ROOT / "notebooks").glob("*.ipynb")) == sorted(notebooks.NOTEBOOKS)


def test_notebooks_are_valid_small_and_have_outputs(book: Any) -> None:
    nbformat.validate(book)
    assert all(cell.execution_count for cell in book.cells if cell.cell_type == "code")
    assert sum(output.output_type == "display_data" for cell in book.cells for output in cell.get("outputs", ())) >= 2
    for path in notebooks.NOTEBOOKS:
        assert path.stat().st_size < 150_000


def test_committed_outputs_hold_nothing_of_time_and_place(book: Any) -> None:
    assert notebooks.faults(book) == []
    assert not any(cell.metadata for cell in book.cells)
    text = nbformat.writes(book)
    assert "../shared" not in text and str(ROOT) not in text


def test_faults_and_differences_are_found(book: Any) -> None:
    changed = copy.deepcopy(book)
    cell = next(cell for cell in changed.cells if cell.get("outputs"))
    cell.outputs[0] = nbformat.v4.new_output("stream", name="stderr", text="Warning in /tmp/x at 0x7f00deadbeef\n")
    assert len(notebooks.faults(changed)) == 2
    assert notebooks.difference(book, changed, exact=True)
    assert notebooks.difference(book, changed, exact=False)
    assert notebooks.difference(book, book, exact=True) == []


def test_the_saved_page_is_read_whole() -> None:
    name = ROOT / "notebooks" / "data" / "daily-papers.txt"
    rejects: list[object] = []
    papers = list(hf_daily.read(open_input(str(name)), options=Options(), rejects=rejects.append))
    assert (len(papers), rejects) == (40, [])
    assert all(paper.title and len(paper.abstract) > 250 for paper in papers)
    assert {paper.date[:4] for paper in papers if not paper.date_inferred} == {"2024"}
    assert {paper.date[:4] for paper in papers if paper.date_inferred} == {"2025"}


@pytest.mark.slow
def test_notebooks_run_and_give_their_committed_outputs() -> None:
    command = [sys.executable, "-m", "docs.tools.notebooks", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nif this is meant, run `make notebooks`"
