"""Clashes within and between vocabularies are found, each by its own rule."""

from pathlib import Path

import pytest

from kg.errors import VocabularyError
from kg.vocabulary import shipped_files
from kg.vocabulary_check import check

_HEADER = """@prefix kg: <https://w3id.org/paper-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix term: <https://w3id.org/paper-kg/vocabulary/> .
term:fine a skos:Concept, kg:Method ; skos:prefLabel "fine mill" .
"""


def write(folder: Path, body: str, name: str = "own.ttl") -> Path:
    file = folder / name
    file.write_text(_HEADER + body, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            'term:a a skos:Concept, kg:Method ; skos:prefLabel "Fine Mills" .',
            "label 'Fine Mills' is also one of term:fine",
        ),
        (
            'term:a a skos:Concept, kg:Method ; skos:prefLabel "x y" ; skos:broader term:zz .',
            "broader term:zz is no term",
        ),
        ('term:a a skos:Concept, kg:Dataset ; skos:prefLabel "x y" ; skos:broader term:fine .', "is a Dataset, but"),
        ('term:a a skos:Concept, kg:Task ; skos:prefLabel "x y" ; skos:broader term:fine .', "is a Task, but"),
        ('term:a a skos:Concept, kg:Method ; skos:prefLabel "x y" ; skos:altLabel "()" .', "is empty once normalised"),
        ('term:a a skos:Concept, kg:Method ; skos:prefLabel "Models" .', "'Models' is a general word"),
        ('term:a a skos:Concept, kg:Method ; skos:prefLabel "the" .', "'the' is a general word"),
        ('term:a a skos:Concept ; skos:prefLabel "x y" .', "no preferred label or no kind"),
        ('<http://x/a> a skos:Concept, kg:Method ; skos:prefLabel "x y" .', "is no name under the prefix term:"),
    ],
)
def test_each_sort_of_clash(tmp_path: Path, body: str, problem: str) -> None:
    found = check([write(tmp_path, body)])
    assert any(problem in clash.problem for clash in found), found
    assert {clash.file for clash in found} == {str(tmp_path / "own.ttl")}


def test_a_circle_is_told_of_once_with_its_way(tmp_path: Path) -> None:
    links = [("b", "c"), ("c", "d"), ("d", "b"), ("e", "b")]
    body = "\n".join(
        f'term:{a} a skos:Concept, kg:Method ; skos:prefLabel "mill {a * 2}" ; skos:broader term:{b} .'
        for a, b in links
    )
    found = [clash.problem for clash in check([write(tmp_path, body)])]
    assert found == ["lies on a circle of broader links: term:b > term:c > term:d > term:b"]


def test_a_file_is_held_against_others(tmp_path: Path) -> None:
    body = 'term:lora a skos:Concept, kg:Method ; skos:prefLabel "low-rank adaptation" .'
    found = {clash.problem.split(" in ")[0] for clash in check([write(tmp_path, body)], against=shipped_files())}
    assert "is defined" in found
    body = 'term:own a skos:Concept, kg:Method ; skos:prefLabel "low-rank adaptation" .'
    assert [clash.term for clash in check([write(tmp_path, body)], against=shipped_files())] == ["term:own"]


def test_the_shipped_files_have_none() -> None:
    assert check(shipped_files()) == []


def test_no_turtle_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("nothing", encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"bad\.ttl"):
        check([tmp_path / "bad.ttl"])
