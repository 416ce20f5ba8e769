"""The page of one paper: marks that nest and overlap, relations with sentences, no way out of the text."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Mention, Paper, Relation
from kg.tables import PaperRow, Tables
from kg.view.highlight import Mark, marked
from kg.view.paper import PaperInfo, write_paper
from tests.view_sample import PAPER, TEXT, small, write


class Reader(HTMLParser):
    """Read the text of a page, and the text within each mark."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags, self.classes = "", list[str](), list[str]()
        self.inside: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "mark":
            self.classes.append(dict(attrs).get("title") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self.classes.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for name in self.classes:
            self.inside[name] = self.inside.get(name, "") + data


def read(html: str) -> Reader:
    """Read HTML."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def page(tables: Tables, name: str) -> tuple[PaperInfo, str]:
    """Write the page of a paper."""
    stream = io.BytesIO()
    info = write_paper(tables, Config(), name, stream)
    return info, stream.getvalue().decode("utf-8")


MARKS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 24), st.sampled_from(["Task", "Method", "Dataset"])))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20), MARKS)
def test_marks_hold_what_they_mark_however_they_overlap(text: str, places: list[tuple[int, int, str]]) -> None:
    marks = [Mark(start, end, kind, f"n{number}") for number, (start, end, kind) in enumerate(places)]
    found = read(marked(text, marks))
    assert found.text == text
    wanted = {f"{one.name} ({one.kind})": text[one.start : one.end] for one in marks if text[one.start : one.end]}
    assert found.inside == wanted
    assert not found.classes


def test_the_shorter_mark_is_inside_and_only_the_end_shows_the_kind() -> None:
    html = marked("latent diffusion model", [Mark(0, 22, "Method", "whole"), Mark(7, 22, "Task", "part")])
    assert re.findall(r'class="([^"]*)"', html) == ["Method cut", "Method on", "Task"]
    assert html.count("data-kind") == 2


def test_a_paper_shows_its_marked_text_and_its_relations_with_sentences(tmp_path: Path) -> None:
    tables = small(tmp_path)
    at = TEXT.index("Bar")
    places = [Mention("paper:arxiv-2101.00001", "abstract", 0, 3, "entity:foo", "Foo")]
    places.append(Mention(places[0].paper, "abstract", at, at + 3, "entity:bar", "Bar"))
    places.append(Mention(places[0].paper, "title", 3, 6, "entity:foo", "Foo"))
    tables = write(
        tmp_path,
        **{name: list(tables.rows(name)) for name in ("papers", "entities", "relations", "evidence")},
        mentions=places,
    )
    info, html = page(tables, "2101.00001")
    assert info.message == "“On Foo”: 3 mentions of 2 entities, 3 relations."
    found = read(html)
    assert found.inside["Foo (Method)"] == "FooFoo"
    assert found.inside["Bar (Task)"] == "Bar"
    assert found.inside["head"] == "FooFooFoo"
    for words in (TEXT, "Foo 𝔽its Bar well.", "Not asserted in the graph", "denied", "hedged", "0.90 by patterns"):
        assert words in found.text
    assert found.text.index("used for") < found.text.index("Not asserted") < found.text.index("outperforms")
    assert 'href="https://arxiv.org/abs/2101.00001"' in html
    assert page(tables, PAPER.title)[1] == page(tables, "paper:arxiv-2101.00001")[1] == html


def test_an_unknown_paper_is_explained(tmp_path: Path) -> None:
    with pytest.raises(KGError, match="no paper here is 'On Fooo'; near"):
        page(small(tmp_path), "On Fooo")


def test_text_of_a_paper_stays_text(tmp_path: Path) -> None:
    evil = "</p><script>alert(1)</script><img src=x onerror=alert(2)> \u202e @@STYLE@@ &lt;"
    row = PaperRow("paper:x", Paper(evil, evil, authors=(evil,), doi="javascript:alert(3)", date=evil))
    tables = write(
        tmp_path,
        papers=[row],
        entities=[Entity("entity:a", "Method", evil, support=1)],
        mentions=[Mention("paper:x", "title", 0, len(evil), "entity:a", evil)],
        relations=[Relation("paper:x", "mentions", "entity:a", 1, 1.0)],
    )
    _, html = page(tables, "paper:x")
    found = read(html)
    assert not {"script", "img", "a"} & set(found.tags)
    assert found.text.count(evil) >= 4
    assert "script-src" not in html
    assert "default-src 'none'" in html


def test_a_bare_title_has_a_page(tmp_path: Path) -> None:
    tables = write(tmp_path, papers=[PaperRow("paper:x", Paper("T"))])
    info, html = page(tables, "T")
    assert (info.mentions, info.relations) == (0, 0)
    assert "(no abstract)" in read(html).text


def test_places_outside_the_text_are_cut() -> None:
    assert read(marked("ab", [Mark(-3, 9, "Task", "x")])).inside == {"x (Task)": "ab"}
