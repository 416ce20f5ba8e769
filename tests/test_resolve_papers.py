"""Merging the records of one paper."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kg.model import Paper, Source
from kg.namespaces import paper_curie
from kg.resolve.papers import merge_records
from kg.sources import read

WORDS = (
    "we study how networks learn from noise and show that a bound holds for every loss on data with few labels".split()
)


def text(seed: int, length: int = 120) -> str:
    """Give words in an order of their own; two seeds have nothing in common."""
    rng = random.Random(seed)
    return " ".join(f"{rng.choice(WORDS)}{rng.randrange(9)}" for _ in range(length))


def changed(abstract: str, count: int) -> str:
    words = abstract.split()
    for place in range(count):
        words[place * 17 % len(words)] = f"other{place}"
    return " ".join(words)


def merged(*records: Paper) -> list[Paper]:
    return [paper for paper, _ in merge_records(records)]


def reasons(*records: Paper) -> list[str]:
    return [why for _, why in merge_records(records)]


def test_same_identifier() -> None:
    a = Paper("Old Title", "Short.", arxiv="2401.00001", sources=(Source("jsonl", "a", 1),))
    b = Paper("New Title", "A longer abstract.", arxiv="2401.00001", doi="10.1/x", sources=(Source("jsonl", "b", 1),))
    c = Paper("Printed Title", "", doi="10.1/x", authors=("A",), date="2024", sources=(Source("jsonl", "c", 1),))
    (paper,) = merged(a, b, c)
    assert (paper.title, paper.abstract, paper.arxiv, paper.doi) == (
        "New Title",
        "A longer abstract.",
        "2401.00001",
        "10.1/x",
    )
    assert (paper.authors, paper.date, paper.flags) == (("A",), "2024", ())
    assert [source.name for source in paper.sources] == ["a", "b", "c"]
    assert reasons(a, b, c) == ["same DOI; same arXiv id"]


def test_every_version_of_a_paper_counts() -> None:
    identified = (
        Paper("Old Title", text(1, 130), arxiv="2401.00001"),
        Paper("New Title", text(2), arxiv="2401.00001"),
    )
    assert len(merged(*identified, Paper("New title", text(2)))) == 1
    assert len(merged(*identified, Paper("New title"))) == 1


def test_same_title_and_near_equal_abstract() -> None:
    abstract = text(1)
    page = Paper("Sparse Nets: A Study", changed(abstract, 2))
    listed = Paper("Sparse nets - a study", abstract, arxiv="2401.00001")
    assert merged(page, listed) == [listed]
    assert reasons(page, listed) == ["same title, abstracts 0.94 alike (MinHash, Jaccard of word shingles)"]
    assert reasons(page, replace(page, key="again")) == ["same title and abstract"]


def test_an_identifier_comes_before_a_longer_abstract() -> None:
    abstract = text(1)
    (paper,) = merged(Paper("T", f"{abstract} and more"), Paper("T", abstract, doi="10.1/x"))
    assert (paper.abstract, paper.doi) == (abstract, "10.1/x")


def test_changed_titles() -> None:
    abstract = text(1)
    a = Paper("Sparse Nets for Vision Tasks", abstract)
    b = Paper("SNet: Sparse Nets for Vision", changed(abstract, 2))
    assert len(merged(a, b)) == 1
    assert reasons(a, b)[0].startswith("like titles, abstracts 0.94 alike")
    assert len(merged(a, replace(b, title="Another Matter"))) == 2
    assert len(merged(a, replace(b, title=""))) == 1
    assert len(merged(replace(a, abstract="Withdrawn."), replace(b, abstract="Withdrawn."))) == 2


def test_different_papers_of_one_title_stay_apart_and_get_their_own_names() -> None:
    papers = [Paper("Introduction", text(seed)) for seed in range(3)]
    found = merged(*papers)
    assert len(found) == 3
    assert len({paper_curie(paper) for paper in found}) == 3
    assert {paper.flags for paper in found} == {("shared-title",)}
    assert merged(*found) == found
    (alone,) = merged(found[0])
    assert paper_curie(alone) == paper_curie(papers[0])


def test_different_identifiers_of_one_kind_stay_apart() -> None:
    a, b = Paper("T", text(1), arxiv="2401.00001"), Paper("T", text(1), arxiv="2401.00002")
    assert len(merged(a, b)) == 2
    found = merged(a, b, Paper("T", text(1), sources=(Source("jsonl", "x", 1),)))
    assert [(paper.arxiv, len(paper.sources)) for paper in found] == [("2401.00001", 1), ("2401.00002", 0)]
    assert len(merged(a, replace(b, arxiv="", doi="10.1/x"))) == 1


def test_a_title_only_record_joins_the_one_paper_of_that_title() -> None:
    bare = Paper("Sparse Nets", flags=("title-only",), date="2024-01")
    full = Paper("Sparse nets", text(1))
    (paper,) = merged(bare, full)
    assert (paper.title, paper.date, paper.flags) == ("Sparse nets", "2024-01", ())
    assert reasons(bare, full) == ["same title, one record without an abstract"]
    assert len(merged(bare, full, Paper("Sparse nets", text(2)))) == 3
    assert merged(bare, replace(bare, key="k")) == [replace(bare, key="k")]


def test_dates() -> None:
    def date(*dates: tuple[str, bool]) -> tuple[str, bool]:
        records = [Paper("T", "A", arxiv="2401.00001", date=when, date_inferred=inferred) for when, inferred in dates]
        (paper,) = merged(*records)
        return paper.date, paper.date_inferred

    assert date(("2023-01-01", True), ("2024-05", False), ("", False)) == ("2024-05", False)
    assert date(("2024", False), ("2024-03-07", False), ("2024-05-01", False)) == ("2024-03-07", False)
    assert date(("2025-12-01", True), ("2025-11-01", True)) == ("2025-11-01", True)


ABSTRACTS = ["", "Short.", text(1), changed(text(1), 2), changed(text(1), 5), text(2)]
RECORDS = st.builds(
    Paper,
    title=st.sampled_from(["", "Sparse Nets", "sparse nets!", "Sparse Nets II", "Other"]),
    abstract=st.sampled_from(ABSTRACTS),
    arxiv=st.sampled_from(["", "", "2401.00001", "2401.00002"]),
    doi=st.sampled_from(["", "", "", "10.1/x"]),
    authors=st.sampled_from([(), ("A",), ("B", "C")]),
    date=st.sampled_from(["", "2024", "2024-02", "2024-02-03"]),
    date_inferred=st.booleans(),
    sources=st.integers(1, 3).map(lambda number: (Source("jsonl", "a", number),)),
).filter(lambda paper: bool(paper.title or paper.abstract))


@given(st.lists(RECORDS, max_size=8), st.randoms())
def test_the_order_and_repetition_of_records_change_nothing(records: list[Paper], rng: random.Random) -> None:
    found = merge_records(records)
    again = [*records, *records[:3]]
    rng.shuffle(again)
    assert merge_records(again) == found


VERSIONS = st.builds(
    Paper,
    title=st.sampled_from(["Sparse Nets", "sparse nets!"]),
    abstract=st.sampled_from([text(1), changed(text(1), 2), changed(text(1), 5)]),
    arxiv=st.sampled_from(["", "2401.00001"]),
    sources=st.integers(1, 9).map(lambda number: (Source("jsonl", "a", number),)),
)
OTHERS = st.builds(Paper, title=st.just("Sparse nets"), abstract=st.sampled_from(["Short.", text(2), text(3)]))


@given(st.lists(VERSIONS | OTHERS, max_size=8), st.integers(0, 8))
def test_merged_parts_merge_like_their_records(plain: list[Paper], cut: int) -> None:
    found = merged(*plain)
    assert merged(*found) == found
    again = merged(*merged(*plain[:cut]), *merged(*plain[cut:]))
    assert [(paper_curie(paper), paper.sources) for paper in again] == [
        (paper_curie(paper), paper.sources) for paper in found
    ]


@given(st.lists(RECORDS, max_size=8))
def test_nothing_is_lost_and_names_are_distinct(records: list[Paper]) -> None:
    found = merged(*records)
    assert {source for paper in found for source in paper.sources} == {s for record in records for s in record.sources}
    assert {paper.arxiv for paper in found} - {""} == {record.arxiv for record in records} - {""} or any(
        record.doi for record in records
    )
    curies = [paper_curie(paper) for paper in found]
    assert curies == sorted(set(curies))


def test_merging_does_not_depend_on_the_hash_seed() -> None:
    script = (
        "import sys\n"
        "from tests.test_resolve_papers import ABSTRACTS\n"
        "from kg.model import Paper\n"
        "from kg.resolve.papers import merge_records\n"
        "records = [Paper(title, abstract, key=str(n)) for n in range(3) for title in ('T', 't', 'U') "
        "for abstract in ABSTRACTS]\n"
        "sys.stdout.write(repr(merge_records(records)))\n"
    )
    root = Path(__file__).resolve().parent.parent
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_work_is_near_linear_for_boilerplate() -> None:
    same_title = [Paper("Editorial", text(seed, 40)) for seed in range(1500)]
    same_text = [Paper(f"Note {seed} {seed + 1} {seed + 2}", f"{text(1)} {seed}") for seed in range(1500)]
    assert len(merged(*same_title, *same_text)) >= 1500


def test_the_five_pages(shared: Path) -> None:
    records = list(read([str(shared / "corpus" / "hf-daily")], rejects=print))
    found = merge_records(records)
    assert len(found) == 403
    assert sum(len(paper.sources) for paper, _ in found) == 467
    assert {why for _, why in found} == {"", "same title and abstract"}
    assert all((len(paper.sources) > 1) == bool(why) for paper, why in found)
