"""What a paper names in its title, first, often or as its subject is what it is about."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import PAPER, Extraction, LocalEntity, LocalRelation, Paper, Span
from kg.salience import SUBJECT, salience

PAPER_OF_100 = Paper("A title", "x" * 100)


def entity(*places: int, title: bool = False, name: str = "e1") -> LocalEntity:
    """Make an entity named at these places of the abstract, and perhaps in the title."""
    spans = [Span("abstract", place, place + 3) for place in places]
    return LocalEntity(name, "Method", "Foo", 0.9, (Span("title", 0, 3), *spans)[not title :], ("Foo",))


def says(kind: str, confidence: float, *, polarity: str = "stated", head: str = PAPER) -> LocalRelation:
    return LocalRelation(head, kind, "e1", confidence, (), "test", polarity=polarity)


def of(found: LocalEntity, *relations: LocalRelation) -> float:
    return salience(PAPER_OF_100, Extraction((found,), relations))["e1"]


def test_each_ground_counts() -> None:
    assert of(entity(50)) == 0.075  # half of 0.3 for standing in the middle
    assert of(entity(0)) == 0.15
    assert of(entity(0, 50)) == 0.225
    assert of(entity(title=True)) == 0.35
    assert of(entity(50), says("introduces", 0.8)) == 0.475
    assert of(entity(50), says("introduces", 0.4), says("addresses", 0.8)) == 0.475
    assert of(entity(*range(0, 100, 2), title=True), says("introduces", 1.0)) == pytest.approx(1, abs=0.01)


def test_other_relations_denials_and_relations_between_entities_do_not_count() -> None:
    plain = of(entity(50))
    assert of(entity(50), says("uses", 1.0)) == plain
    assert of(entity(50), says("introduces", 1.0, polarity="negated")) == plain
    assert of(entity(50), says("introduces", 1.0, head="e2")) == plain


def test_a_paper_without_abstract_and_a_thing_without_place() -> None:
    assert salience(Paper("Foo"), Extraction((entity(title=True),))) == {"e1": 0.35}
    assert salience(Paper("Foo"), Extraction((entity(),))) == {"e1": 0.0}
    assert salience(Paper("Foo"), Extraction()) == {}


@given(st.lists(st.integers(0, 99), unique=True, min_size=1), st.booleans(), st.floats(0, 1), st.integers(0, 99))
def test_it_lies_between_0_and_1_and_one_more_mention_never_lowers_it(
    places: list[int], title: bool, confidence: float, more: int
) -> None:
    said = says("addresses", confidence)
    before = of(entity(*places, title=title), said)
    assert 0 <= before <= 1
    assert of(entity(*places, more, title=title), said) >= before
    assert of(entity(*places, title=True), said) >= before
    assert of(replace(entity(*places, title=title), confidence=0.1), said) == before


def _places(names: list[str], text: str, section: str) -> list[Span]:
    """Find the names in a text, the longest ones first, without overlap."""
    any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return [Span(section, found.start(), found.end()) for found in re.finditer(any_name, text)]


def _ranks(paper: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Give the salience, from places alone, of the subjects of a gold paper and of its other entities."""
    subjects = {tail for head, kind, tail in paper["relations"] if head == PAPER and kind in SUBJECT}
    found: tuple[list[float], list[float]] = ([], [])
    entities = []
    for item in paper["entities"]:
        spans = [span for text in ("title", "abstract") for span in _places(item["mentions"], paper[text], text)]
        if spans and not item["optional"]:
            entities.append(LocalEntity(item["id"], item["type"], "", 1.0, tuple(spans), ()))
    for name, value in salience(Paper(paper["title"], paper["abstract"]), Extraction(tuple(entities))).items():
        found[name not in subjects].append(value)
    return found


@pytest.mark.shared
def test_the_subjects_of_annotated_papers_rank_above_the_rest_by_their_places_alone(shared: Path) -> None:
    lines = (shared / "gold" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    areas = []
    for subjects, others in (_ranks(json.loads(line)) for line in lines):
        if subjects and others:
            won = sum((a > b) + (a == b) / 2 for a in subjects for b in others)
            areas.append(won / len(subjects) / len(others))
    assert len(areas) > 500
    assert sum(areas) / len(areas) > 0.78
