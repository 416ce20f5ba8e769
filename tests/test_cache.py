"""Tests of kg.cache: what was extracted is found again, whatever happens to the file."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.cache import KEPT_FINGERPRINTS, Cache, decode, encode, key
from kg.errors import WorkspaceError
from kg.model import KINDS, PAPER, Extraction, LocalEntity, LocalRelation, Paper, Span

TEXT = st.text(max_size=8)
SPAN = st.builds(Span, TEXT, st.integers(0, 99), st.integers(0, 99))
SPANS = st.lists(SPAN, max_size=2).map(tuple)
ENTITY = st.builds(
    LocalEntity,
    TEXT,
    st.sampled_from(KINDS),
    TEXT,
    st.floats(0, 1),
    SPANS,
    st.lists(TEXT, max_size=2).map(tuple),
    TEXT,
    TEXT,
)
RELATION = st.builds(
    LocalRelation, TEXT, TEXT, TEXT, st.floats(0, 1), SPANS, TEXT, st.none() | SPAN, st.none() | SPAN, TEXT, TEXT
)
EXTRACTION = st.builds(Extraction, st.lists(ENTITY, max_size=3).map(tuple), st.lists(RELATION, max_size=3).map(tuple))

SMALL = Extraction(
    (LocalEntity("e1", "Method", "Foo", 0.5, (Span("title", 0, 3),), ("Foo",)),),
    (LocalRelation(PAPER, "uses", "e1", 0.25, (), "x"),),
)


@given(EXTRACTION)
def test_an_extraction_survives(extraction: Extraction) -> None:
    assert decode(encode(extraction)) == extraction


def test_a_key_is_of_text_and_fingerprint_only() -> None:
    paper = Paper("Title", "Abstract")
    assert key(paper, "f") == key(replace(paper, arxiv="2101.00001"), "f")
    assert len({key(paper, "f"), key(paper, "g"), key(Paper("Titl", "eAbstract"), "f"), key(Paper("\ud800"), "f")}) == 4


def test_stored_and_found_after_opening_again(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache.sqlite") as cached:
        cached.store([(b"a", SMALL)], "f")
    with Cache(tmp_path / "cache.sqlite") as cached:
        assert cached.find([b"a", b"b"]) == {b"a": SMALL}


@pytest.mark.parametrize("text", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_put_aside(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(text)
    told: list[str] = []
    with Cache(path, notify=told.append) as cached:
        assert cached.find([b"a"]) == {}
        cached.store([(b"a", SMALL)], "f")
        assert cached.find([b"a"]) == {b"a": SMALL}
    assert (tmp_path / "cache.sqlite.damaged").read_bytes() == text
    assert len(told) == 1
    assert "damaged" in told[0]


def test_a_file_damaged_in_the_middle_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    rows = [(bytes([number]) * 32, SMALL) for number in range(200)]
    with Cache(path) as cached:
        cached.store(rows, "f")
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    told: list[str] = []
    with Cache(path, notify=told.append) as cached:
        cached.find([name for name, _ in rows])
        cached.store(rows, "f")
        assert len(cached.find([name for name, _ in rows])) == len(rows)
    assert len(told) == 1


def test_a_damaged_value_counts_as_absent(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with Cache(path) as cached:
        cached.store([(b"a", SMALL), (b"b", SMALL)], "f")
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE extractions SET value = x'00' WHERE key = ?", (b"a",))
    connection.close()
    with Cache(path) as cached:
        assert cached.find([b"a", b"b"]) == {b"b": SMALL}


def test_extractions_of_old_fingerprints_are_dropped(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache.sqlite") as cached:
        for number in range(KEPT_FINGERPRINTS + 1):
            cached.store([(bytes([number]), SMALL)], f"f{number}")
        assert set(cached.find([bytes([number]) for number in range(9)])) == {b"\1", b"\2", b"\3"}


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"cache.sqlite: cannot be used"):
        Cache(tmp_path / "absent" / "cache.sqlite").find([b"a"])
