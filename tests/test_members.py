"""Tests of kg.members: the paper a user means."""

from dataclasses import replace

import pytest

from kg.errors import KGError
from kg.members import find, matching, without
from kg.model import Paper, Source

LORA = Paper("A low-rank way", "Of tuning.", arxiv="2101.00001", doi="10.1000/XY", sources=(Source("jsonl", "a", 1),))
OTHER = Paper("Another way", "Of sampling.", sources=(Source("jsonl", "a", 1),))


@pytest.mark.parametrize(
    "name",
    [
        "paper:arxiv-2101.00001",
        "2101.00001",
        "arXiv:2101.00001v3",
        "ARXIV:2101.00001",
        "https://arxiv.org/abs/2101.00001",
        "10.1000/xy",
        "https://doi.org/10.1000/XY",
        "A low-rank way",
        " a LOW-rank  way ",
    ],
)
def test_a_paper_has_many_names(name: str) -> None:
    assert find([OTHER, LORA], name) is LORA


def test_files_of_one_name_are_kept_apart() -> None:
    assert without([LORA, OTHER], ["2101.00001"]) == [OTHER]


def test_the_own_id_of_any_record_names_its_paper() -> None:
    mine, twin = (replace(LORA, key=key) for key in ("r1", "r2"))
    other = replace(OTHER, key="r3")
    assert without([mine, twin, other], ["r2"]) == [other]
    assert without([mine, other], ["r3"]) == [mine]


def test_a_title_of_two_papers_is_asked_back() -> None:
    twin = Paper("A low-rank way", "Of something else.", arxiv="2202.00002")
    with pytest.raises(KGError, match=r"2 papers are called .*2101.00001.*2202.00002"):
        find([LORA, twin], "A low-rank way")


def test_nothing_like_it() -> None:
    assert matching([replace(OTHER, title="")], " ") == []
    with pytest.raises(KGError, match="give its arXiv id, DOI, exact title or own id"):
        find([LORA], "zzz")
