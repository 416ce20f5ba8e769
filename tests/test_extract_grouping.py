"""Which places of one paper name one thing."""

from collections.abc import Sequence

import numpy as np
import pytest
from spacy.tokens import Doc

from kg.extract.abbreviations import kg_abbreviations
from kg.extract.grouping import KINDS_BY_COLUMN, group
from kg.extract.tokens import tagger
from kg.text import normal_form

TAGGER = tagger()
CALIBRATION = {"intercept": (0.0,), "weights": (1.0, 0.0)}


def grouped(text: str, names: Sequence[tuple[str, str]], terms: dict[str, str] | None = None) -> list[set[str]]:
    """Group the places of names of given kinds in a text, and give the names of each thing."""
    doc: Doc = kg_abbreviations(TAGGER(text))
    chosen, rows = [], []
    for name, kind in names:
        for start in range(len(doc)):
            end = next((end for end in range(start + 1, len(doc) + 1) if doc[start:end].text == name), None)
            if end is not None:
                chosen.append(((start, end), normal_form(name)))
                rows.append([0.0, *(3.0 if column == kind else 0.0 for column in KINDS_BY_COLUMN)])
    texts = {span: doc[span[0] : span[1]].text for span, _ in chosen}
    doc._.terms = {span: ((terms or {})[text], "Method") for span, text in texts.items() if text in (terms or {})}
    things = group(doc, chosen, np.array(rows), CALIBRATION, {})
    return [{doc[start:end].text for start, end in thing.spans} for thing in things]


def test_a_defined_abbreviation_and_its_expansion_are_one() -> None:
    found = grouped(
        "We use low-rank adaptation (LoRA). LoRA is cheap.", [("low-rank adaptation", "Method"), ("LoRA", "Method")]
    )
    assert found == [{"low-rank adaptation", "LoRA"}]


@pytest.mark.parametrize(
    ("kinds", "things"), [(("Method", "Method"), 1), (("Method", "Dataset"), 2)], ids=["same kind", "other kind"]
)
def test_an_undefined_abbreviation_is_the_one_name_of_its_kind_that_fits(kinds: tuple[str, str], things: int) -> None:
    text = "GPEM: depth for segmentation. Our geometric prior enhancement module helps. GPEM is small."
    assert len(grouped(text, [("GPEM", kinds[0]), ("geometric prior enhancement module", kinds[1])])) == things


def test_an_abbreviation_that_fits_two_names_stays_alone() -> None:
    text = "We test RL. It needs reinforcement learning. It needs representation learning."
    names = [("RL", "Concept"), ("reinforcement learning", "Concept"), ("representation learning", "Concept")]
    assert len(grouped(text, names)) == 3


@pytest.mark.parametrize(
    ("kind", "things"), [("Method", 1), ("Task", 2)], ids=["a method and its head", "a task and a module for it"]
)
def test_a_generic_head_makes_no_other_thing_unless_it_is_of_another_kind(kind: str, things: int) -> None:
    text = "We study sound generation. The sound generation module is a transformer."
    assert len(grouped(text, [("sound generation", kind), ("sound generation module", "Method")])) == things


def test_a_word_before_a_name_makes_another_thing() -> None:
    text = "Conversational prompting has a variant, simple conversational prompting (SCP)."
    names = [("Conversational prompting", "Method"), ("simple conversational prompting", "Method"), ("SCP", "Method")]
    assert grouped(text, names) == [{"Conversational prompting"}, {"simple conversational prompting", "SCP"}]


@pytest.mark.parametrize(
    ("long", "short", "is_term"),
    [
        ("convex semidefinite programming", "SDP", True),
        ("deep modulated semidefinite programming", "DMSDP", False),
    ],
)
def test_an_abbreviation_with_more_words_than_a_term_is_another_thing(long: str, short: str, is_term: bool) -> None:
    term = "semidefinite programming"
    names = [(long, "Method"), (short, "Method"), (term, "Method")]
    text = f"We use {long} ({short}). We know {term}."
    found = grouped(text, names, dict.fromkeys((short, term), "term:semidefinite-programming"))
    assert any({short, term} <= thing for thing in found) == is_term
