"""Saved Daily Papers pages."""

from pathlib import Path

import pytest

from kg.model import Paper, Reject
from kg.sources import read
from kg.sources.options import Options

PAGES = Path(__file__).parent / "data" / "pages"


def read_page(path: Path, page_year: int = 0) -> list[Paper]:
    rejects: list[Reject] = []
    papers = list(read([str(path)], options=Options(page_year=page_year), rejects=rejects.append))
    assert not rejects
    return papers


def page(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "page.txt"
    path.write_text("\n".join(["Get trending papers in your email inbox!", "Subscribe", *rows]), encoding="utf-8")
    return path


LONG = "This abstract goes on and on about small networks and what they learn from little data. " * 4


def test_compact() -> None:
    papers = read_page(PAGES / "compact.txt")
    assert [paper.title for paper in papers] == [
        "TinyRank: Low-Rank Adapters for Very Small Networks",
        "A Very Short Note",
        "What Do Small Networks Forget? A Study in Twelve Figures",
    ]
    assert papers[0].abstract.endswith("https://example.org/tinyrank.")
    assert papers[1].abstract == "We prove one bound."
    assert not any(paper.date or paper.flags for paper in papers)


def test_spaced() -> None:
    assert [paper.title for paper in read_page(PAGES / "spaced.txt")] == [
        "What Do Small Networks Forget? A Study in Twelve Figures",
        "Sampling by Coin Flips",
    ]


def test_dated() -> None:
    papers = read_page(PAGES / "dated.txt")
    assert [(paper.title, paper.date, paper.date_inferred, paper.flags) for paper in papers] == [
        ("Sampling by Coin Flips", "2023-07-21", False, ()),
        ("Counting Comments on Saved Pages", "2025-11-19", True, ()),
        ("A Title Without an Abstract", "2024-12-02", False, ("title-only",)),
    ]
    assert papers[1].abstract.endswith("We count them.\nTwo paragraphs are read as one abstract.")


def test_page_year_overrides() -> None:
    assert [paper.date for paper in read_page(PAGES / "dated.txt", 2031)] == ["2023-07-21", "2031-11-19", "2024-12-02"]


def test_a_date_without_any_year_to_go_by_is_left_out(tmp_path: Path) -> None:
    (paper,) = read_page(page(tmp_path, "A Title", LONG, "• 2 authors", "·", "Oct 8"))
    assert (paper.date, paper.date_inferred, paper.flags) == ("", False, ("date-without-year",))


def test_a_day_that_never_was_is_left_out(tmp_path: Path) -> None:
    (paper,) = read_page(page(tmp_path, "A Title", LONG, "• 2 authors", "·", "Feb 29, 2023"))
    assert paper.date == ""


def test_lines_about_a_paper_are_no_papers(tmp_path: Path) -> None:
    rows = ["Submitted by", "somebody", "", "112", "First", LONG, "Some Lab • 5 authors", "Jun 6, 2024", "4 comments"]
    papers = read_page(page(tmp_path, *rows, "Upvote", "37", "Second", LONG, "· 2 authors", "Submitted by x"))
    assert [paper.title for paper in papers] == ["First", "Second"]


def test_missing_texts(tmp_path: Path) -> None:
    papers = read_page(page(tmp_path, "Without an Abstract", "With One", LONG, LONG, "Last", LONG))
    assert [(paper.title, paper.flags) for paper in papers] == [
        ("Without an Abstract", ("title-only",)),
        ("With One", ()),
        ("", ("abstract-only",)),
        ("Last", ()),
    ]


def test_windows_line_ends(tmp_path: Path) -> None:
    text = (PAGES / "dated.txt").read_text(encoding="utf-8")
    (tmp_path / "dated.txt").write_bytes(text.replace("\n", "\r\n").encode())
    assert read_page(tmp_path / "dated.txt") == read_page(PAGES / "dated.txt")


@pytest.mark.parametrize("compact", ["compact.txt"])
def test_the_last_paper_of_a_cut_page_is_dropped(compact: str, tmp_path: Path) -> None:
    import gzip

    packed = gzip.compress((PAGES / compact).read_bytes())
    (tmp_path / "cut.gz").write_bytes(packed[:-150])
    rejects: list[Reject] = []
    papers = list(read([str(tmp_path / "cut.gz")], rejects=rejects.append))
    assert [paper.title for paper in papers] == [paper.title for paper in read_page(PAGES / compact)][: len(papers)]
    assert len(papers) == 2
    assert ["cut off" in reject.reason for reject in rejects] == [True]


def test_the_five_pages(shared: Path) -> None:
    papers = read_page(shared / "corpus" / "hf-daily")
    assert len(papers) == 467
    assert len({paper.title for paper in papers}) == 403
    assert len({paper.title for paper in papers if paper.date}) == 58
    assert all(len(paper.abstract) > 380 and len(paper.title) < 160 for paper in papers)
    assert not any(paper.flags for paper in papers)
    assert {paper.date[:4] for paper in papers if paper.date_inferred} == {"2025"}
