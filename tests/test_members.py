"""Tests of kg.members: the paper a user means."""

import pytest

from kg.errors import KGError
from kg.members import find, without
from kg.model import Paper, Source

LORA = Paper("A low-rank way", "Of tuning.", arxiv="2101.00001", doi="10.1000/XY", sources=(Source("jsonl", "a", 1),))
OTHER = Paper("Another way", "Of sampling.", sources=(Source("jsonl", "a", 1),))


@pytest.mark.parametrize(
    "name",
    [
        "paper:arxiv-2101.00001",
        "2101.00001",
        "arXiv:2101.00001v3",
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


def test_a_title_of_two_papers_is_asked_back() -> None:
    twin = Paper("A low-rank way", "Of something else.", arxiv="2202.00002")
    with pytest.raises(KGError, match=r"2 papers are called .*2101.00001.*2202.00002"):
        find([LORA, twin], "A low-rank way")


def test_nothing_like_it() -> None:
    with pytest.raises(KGError, match="give its CURIE, arXiv id, DOI or exact title"):
        find([LORA], "zzz")
