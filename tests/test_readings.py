"""Relations read well from both ends, alone and above a list."""

import re

import pytest

from kg.model import GRAPH_RELATIONS, RELATIONS
from kg.readings import RELATIONS as READINGS
from kg.readings import reading


def test_every_relation_that_is_shown_has_readings() -> None:
    assert READINGS.keys() == {*RELATIONS, *GRAPH_RELATIONS} - {"mentions"}


def test_no_two_readings_are_the_same() -> None:
    texts = [text for both in READINGS.values() for text in both]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_is_english_from_both_ends(name: str) -> None:
    there, back = reading(name)
    assert there == name.replace("_", " ")
    for text in (there, back):
        assert re.fullmatch(r"[a-z]+( [a-z]+)*", text)
        assert not re.search(r"\b(on|with|of|for|in|by) (on|with|of|for|in|by)$", text), "two prepositions in a row"
    assert "inverse" not in back
