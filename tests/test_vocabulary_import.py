"""Vocabularies of others are read, and become terms of kg."""

from pathlib import Path

import pytest

from kg.errors import VocabularyError
from kg.vocabulary import Term, build, load, read_terms, shipped_files
from kg.vocabulary_check import check
from kg.vocabulary_import import Entry, read_entries
from kg.vocabulary_terms import adopt, to_turtle

DATA = Path(__file__).parent / "data" / "vocabulary_import"

KNOWN = build([Term("term:lstm", "long short-term memory", "Method", ("LSTM",))])


def labels(name: str, **options: str) -> dict[str, Entry]:
    return {entry.label: entry for entry in read_entries(DATA / name, **options).entries}


def test_skos_concepts_with_both_directions_of_broader() -> None:
    source = read_entries(DATA / "small.ttl")
    found = {entry.label: entry for entry in source.entries}
    assert found["quibble mill"].alt_labels == ("QMill", "grinder of quibbles")
    assert found["wind-driven quibble mill"].broader == (
        "http://example.org/field/mill",
        "http://example.org/field/nowhere",
    )
    assert {item.reason for item in source.rejects} == {"no label", "no label in en, only in de"}
    assert set(labels("small.ttl", language="de")) == {"Quibbelmühle", "Nörgelei"}


@pytest.mark.parametrize("name", ["small.owl", "small.obo"])
def test_only_exact_synonyms_of_classes_that_are_in_use(name: str) -> None:
    found = labels(name)
    assert set(found) == {"folding layer", "paper folding layer"}
    assert found["paper folding layer"].alt_labels == ("origami layer",)
    assert found["paper folding layer"].broader == (found["folding layer"].id,)
    assert [item.reason for item in read_entries(DATA / name).rejects] == ["deprecated"]


def test_a_panic_of_the_parser_is_an_error_that_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panics(stream: object) -> None:
        raise PanicException("entered unreachable code")

    monkeypatch.setattr("fastobo.load", panics)
    with pytest.raises(VocabularyError, match=r"small\.obo: no readable OBO \(entered unreachable"):
        read_entries(DATA / "small.obo")


def test_a_table_with_kinds() -> None:
    source = read_entries(DATA / "small.csv")
    assert [(entry.label, entry.kind, entry.number) for entry in source.entries] == [
        ("folding layer", "Method", 2),
        ("paper folding layer", "Method", 3),
        ("FoldBench", "Dataset", 4),
    ]
    assert source.entries[1].alt_labels == ("origami layer", "OriLay")
    assert [(item.record, item.reason.split(" is none")[0]) for item in source.rejects] == [
        (5, "kind 'Animal'"),
        (7, "no label"),
    ]


def test_topics_of_the_computer_science_ontology() -> None:
    found = labels("topics.nt")
    assert set(found) == {"quibbling", "fast quibbling"}
    assert found["fast quibbling"].alt_labels == ("quick quibbling",)
    assert found["fast quibbling"].broader == (found["quibbling"].id,)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.ttl", "@prefix x", "no readable RDF"),
        ("a.owl", '<?xml version="1.0"?>\n<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "convert it to Turtle"),
        ("a.ofn", "Prefix(:=<http://x/>)\nOntology()", "convert it to Turtle"),
        ("a.obo", "format-version: 1.2\n\n[Term]\nid X:1\n", "no readable OBO"),
        ("a.csv", "one,two\n1,2\n", "it must name the columns"),
        ("a.csv", "label,kind\n", "holds no entry"),
        ("a.csv", b"label\n\xff\n", "no text in UTF-8"),
        ("a.ttl", "", "holds no entry"),
        ("a.jsonld", "{", "no readable RDF"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_file(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(VocabularyError, match=name) as caught:
        read_entries(tmp_path / name)
    assert said in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(VocabularyError, match="give an existing file"):
        read_entries(DATA / "none.ttl")


def test_the_form_is_told_from_the_content_where_the_name_does_not_tell(tmp_path: Path) -> None:
    file = tmp_path / "thing.bin"
    for name in ("small.ttl", "small.owl", "small.obo"):
        file.write_bytes((DATA / name).read_bytes())
        assert [entry.label for entry in read_entries(file).entries] == list(labels(name))
    (tmp_path / "t.json").write_text(
        '{"@id": "http://x/1", "@type": "http://www.w3.org/2004/02/skos/core#Concept",'
        ' "http://www.w3.org/2004/02/skos/core#prefLabel": "json thing"}',
        encoding="utf-8",
    )
    assert [entry.label for entry in read_entries(tmp_path / "t.json", "skos").entries] == ["json thing"]


def test_what_is_known_becomes_no_term_but_stands_above_others() -> None:
    made = adopt(read_entries(DATA / "small.ttl").entries, name="Small Field", known=KNOWN)
    by_label = {term.label: term for term in made.terms}
    assert set(by_label) == {"Quibble Mills", "wind-driven quibble mill", "quibble gate"}
    gate = by_label["quibble gate"]
    assert (gate.id, gate.kind, gate.broader) == ("term:small-field-quibble-gate", "Method", ("term:lstm",))
    assert gate.exact_match == ("http://example.org/field/gate",)
    assert by_label["Quibble Mills"].alt_labels == ("QMill", "grinder of quibbles")
    assert sorted(item.reason for item in made.rejects) == [
        "in the vocabulary already",
        "label of another entry, joined with it",
        "label too general to name a thing",
    ]
    assert [item.reason for item in made.dropped] == ["broader entry that is no term"]


def test_kinds_come_from_above_and_circles_are_cut() -> None:
    entries = [
        Entry("1", "paper layer", ("LSTM", "pl1"), ("2",)),
        Entry("2", "folding layer", ("pl1",), ("1", "3")),
        Entry("3", "layers of all sorts"),
        Entry("4", "FoldBench", broader=("1",), kind="Dataset"),
        Entry("5", "?!"),
    ]
    made = adopt(entries, name="x", known=KNOWN, under={"Layers of all sorts": "Method"})
    assert {term.label: term.kind for term in made.terms} == {
        "paper layer": "Method",
        "folding layer": "Method",
        "layers of all sorts": "Method",
        "FoldBench": "Dataset",
    }
    assert {term.label: term.broader for term in made.terms}["folding layer"] == ("term:x-layers-of-all-sort",)
    assert {item.reason for item in made.dropped} == {
        "other label of another term",
        "broader link that closes a circle",
        "broader entry of another kind",
    }
    assert [item.reason for item in made.rejects] == ["label without a letter or digit"]
    with pytest.raises(VocabularyError, match="no entry is called"):
        adopt(entries, name="x", known=KNOWN, under={"zzz": "Method"})


@pytest.mark.parametrize("name", ["small.ttl", "small.owl", "small.obo", "small.csv", "topics.nt"])
def test_the_file_written_is_read_back_and_has_no_clash(tmp_path: Path, name: str) -> None:
    made = adopt(read_entries(DATA / name).entries, name=name, known=load())
    file = tmp_path / "own.ttl"
    file.write_text(to_turtle(made.terms, comment="one\ntwo"), encoding="utf-8")
    assert read_terms(file) == made.terms
    assert check([file], against=shipped_files()) == []


def test_awkward_labels_survive_turtle(tmp_path: Path) -> None:
    entry = Entry('http://x/a b"<>', 'say "thing" \\ twice', ("tab\tbed", "ünï 漢"))
    made = adopt([entry], name="x", known=KNOWN)
    file = tmp_path / "own.ttl"
    file.write_text(to_turtle(made.terms), encoding="utf-8")
    (term,) = read_terms(file)
    assert (term.label, term.alt_labels) == (entry.label, tuple(sorted(entry.alt_labels)))
    assert term.exact_match == ("http://x/a%20b%22%3C%3E",)
