"""Sentences are cut where they end, names marked where they stand, and names found as a person means them."""

from pathlib import Path

import pytest

from kg import quotes
from kg.errors import KGError
from kg.model import Entity, Evidence, Mention, Paper, Span
from kg.tables import RECORDS, PaperRow, Tables, write_table

ROW = PaperRow("paper:x", Paper("On  Foo", "First one. We use Foo v1.5 here, e.g. twice! Last Foo.", doi="10.1/x"))


def test_a_mention_is_quoted_with_its_sentence() -> None:
    quote = quotes.of_mention(ROW, Mention("paper:x", "abstract", 18, 21, "entity:foo", "Foo"))
    assert quote.marked("[", "]") == "We use [Foo] v1.5 here, e.g. twice!"
    assert quote.title == "On Foo (doi:10.1/x)"
    assert quotes.of_mention(ROW, Mention("paper:x", "title", 4, 7, "entity:foo", "Foo")).marked() == "On  «Foo»"


def test_evidence_is_quoted_sentence_by_sentence_with_the_names_inside_it() -> None:
    evidence = Evidence(
        head="paper:x",
        type="uses",
        tail="entity:foo",
        id="1",
        origin="text",
        extractor="pattern",
        probability=0.5,
        paper="paper:x",
        sentences=(Span("abstract", 0, 11), Span("abstract", 11, 45)),
        tail_mention=Span("abstract", 18, 21),
        modality="hedged",
        polarity="negated",
    )
    first, second = quotes.of_evidence(ROW, evidence)
    assert (first.marked(), second.marked()) == ("First one.", "We use «Foo» v1.5 here, e.g. twice!")
    assert first.note == "0.50 pattern, hedged, negated"


def test_overlapping_names_are_marked_once() -> None:
    spans = (Span("abstract", 18, 21), Span("abstract", 18, 26))
    evidence = Evidence("a", "is_a", "b", "1", "text", "x", 1.0, "paper:x", (Span("abstract", 11, 45),), *spans)
    assert quotes.of_evidence(ROW, evidence)[0].marked().count("«") == 1


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    rows = [
        Entity("entity:a-1", "Method", "Foo Net", ("FN",), support=3),
        Entity("entity:b-2", "Dataset", "FN", (), support=1),
        Entity("entity:c-3", "Concept", "foo nets", (), support=9),
    ]
    for name in RECORDS:
        write_table(tmp_path, name, rows if name == "entities" else [])
    return Tables(tmp_path)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("entity:a-1", ["entity:a-1"]),
        ("Foo Net", ["entity:a-1"]),
        ("FN", ["entity:b-2"]),
        ("fn", ["entity:b-2"]),
        ("foo-net", ["entity:c-3", "entity:a-1"]),
    ],
)
def test_the_closest_sense_of_a_name_is_found(tables: Tables, name: str, found: list[str]) -> None:
    assert [entity.id for entity in quotes.find(tables, name)] == found


@pytest.mark.parametrize("name", ["Fooo Net", "", "   ", "\x00", "zzzz"])
def test_an_unknown_name_is_an_error_that_may_suggest(tables: Tables, name: str) -> None:
    with pytest.raises(KGError, match="no entity is called") as caught:
        quotes.find(tables, name)
    assert ("did you mean" in str(caught.value)) == (name == "Fooo Net")
