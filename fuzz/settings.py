"""Files that a user writes: ``kg.toml``, ``overrides.toml`` and vocabularies to import.

They are read, or a child of KGError says what is wrong; what kg writes of them it reads back as the same.
"""

import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from fuzz.target import ROOT, Target, hold
from kg import config, overrides, overrides_file, vocabulary
from kg.errors import ConfigError, VocabularyError
from kg.overrides import Overrides, Pair
from kg.text import normal_form
from kg.vocabulary import Vocabulary
from kg.vocabulary_import import READERS, Source, read_entries
from kg.vocabulary_terms import adopt, to_turtle

_VOCABULARIES = ROOT / "tests" / "data" / "vocabulary_import"

#: The ways to read a vocabulary: as what it looks like by its name, or as what the user says.
_SUFFIXES = (".csv", ".obo", ".ttl", ".owl", ".nt", ".txt", ".jsonld", ".tsv")

SETTINGS = (
    'base_iri = "https://example.org/kg/"\nmodel = "fast"\nexport_threshold = 0.5\nquery_rows = 10\n',
    'vocabularies = ["a.ttl"]\npage_year = 2024\nmax_turtle_triples = 1\nmin_entity_confidence = 1\n',
    '[overrides]\nsame = [["LoRA", "low-rank adapter"]]\ndrop = ["our method"]\n',
)

OVERRIDES = (
    '# mine\nsame = [["LoRA", "low-rank adapter"], { names = ["ViT", "vision transformer"], note = "ours" }]\n'
    'different = [\n  ["SAM", "sharpness-aware minimization"], # no\n]\ndrop = ["our method", { name = "x y" }]\n'
    '[rename]\n"kv caches" = "KV cache"\n[kind]\n"MMLU" = { kind = "Dataset", note = "why" }\n',
    '[[same]]\nnames = ["a b", "c d"]\nnote = "tables"\n[[same]]\nnames = ["c d", "e f"]\n[[drop]]\nname = "g"\n',
)


def check_settings(data: bytes) -> None:
    """Read settings from a file, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="kg-fuzz-") as folder:
        path = Path(folder) / "kg.toml"
        path.write_bytes(data)
        try:
            made = config.load(path)
        except ConfigError as error:
            hold(str(error).strip(), "an error says why")
            return
    again = config.from_dict(made.as_dict())
    hold(again == made, "settings come back from the plain data of the manifest")
    ox.NamedNode(made.base_iri + "entity/x")  # a ValueError if this is no IRI


def check_overrides(data: bytes) -> None:
    """Read decisions, and change them as ``kg merge`` and ``kg split`` do."""
    text = data.decode("utf-8", "replace")
    with tempfile.TemporaryDirectory(prefix="kg-fuzz-") as folder:
        path = Path(folder) / "overrides.toml"
        path.write_bytes(text.encode())
        try:
            made = overrides.read(path)
            begun, is_new = overrides_file.start(path, made)
        except ConfigError as error:
            hold(str(error).strip(), "an error says why")
            return
        hold(begun == text and not is_new, "a file is changed from what it holds")
    hold(overrides.parse(tomllib.loads(overrides_file.written(made))) == made, "decisions come back as they are")
    hold(overrides.parse(made.as_dict()) == made, "decisions come back from plain data")
    pair = Pair("LoRA", "vision transformer")
    for change in (overrides_file.merged, overrides_file.parted):
        try:
            changed = change(text, pair)
        except ConfigError:  # the new pair contradicts a name of the file, and the message says which
            continue
        _check_change(made, changed)


def _check_change(made: Overrides, changed: overrides_file.Change) -> None:
    after = overrides.parse(tomllib.loads(changed.text))
    hold(len(after) == len(made) - len(changed.removed) + (not changed.known), "a change adds a pair and loses none")
    hold((after.rename, after.kind, after.drop) == (made.rename, made.kind, made.drop), "other decisions stay")


@cache
def _nothing() -> Vocabulary:
    return Vocabulary({}, {})


def check_vocabulary(data: bytes) -> None:
    """Read a vocabulary, make terms of it, write them and read them back."""
    head = data[:2].ljust(2, b"\0")
    suffix = _SUFFIXES[head[0] % len(_SUFFIXES)]
    format_ = (None, *READERS)[head[1] % (len(READERS) + 1)]
    with tempfile.TemporaryDirectory(prefix="kg-fuzz-") as folder:
        path = Path(folder) / f"vocabulary{suffix}"
        path.write_bytes(data[2:])
        try:
            vocabulary.read_terms(path)
        except VocabularyError as error:
            hold(str(error).strip(), "an error says why")
        try:
            found = read_entries(path, format_)
        except VocabularyError as error:
            hold(str(error).strip(), "an error says why")
            return
        hold(found == read_entries(path, format_), "the same file is read the same twice")
        _check_terms(found, Path(folder) / "terms.ttl")


def _check_terms(found: Source, path: Path) -> None:
    hold(all(entry.label.strip() for entry in found.entries), "an entry has a label")
    made = adopt(found.entries, name="fuzz", known=_nothing())
    hold(len(made.terms) + len(made.rejects) == len(found.entries), "every entry becomes a term or a reject")
    path.write_text(to_turtle(made.terms, comment="a comment\nof two lines"), encoding="utf-8", newline="")
    again = {term.id: term for term in vocabulary.read_terms(path)}
    hold(len(again) == len(made.terms), "every term is written once")
    for term in made.terms:
        back = again[term.id]
        hold((back.label, back.kind) == (term.label, term.kind), "a term comes back", term.label)
        hold(set(back.alt_labels) == set(term.alt_labels), "other labels come back", term.label)
        hold(set(back.broader) == set(term.broader), "broader terms come back", term.label)
    index = vocabulary.build(again.values()).index
    hold(all(normal_form(term.label) in index for term in made.terms), "every term is found by its label")


def _of_texts(texts: tuple[str, ...]) -> Iterator[bytes]:
    yield from (text.encode() for text in texts)


def _vocabularies() -> Iterator[bytes]:
    for path in sorted(_VOCABULARIES.iterdir()):
        for way in range(2):
            yield bytes((_SUFFIXES.index(path.suffix), way)) + path.read_bytes()
    yield b"\x02\x00@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n<a:a> a s:Concept ; s:prefLabel 'x y'@en, 'z'."


def targets() -> dict[str, Target]:
    """Give a target for each sort of file."""
    toml = "same different rename kind drop names note name label = [ ] { } \" ' \n \\u0000 # [[ ]] 1979-05-27 nan true"
    forms = (
        "skos:prefLabel skos:broader a owl:Class rdfs:subClassOf @en @prefix . ; , <> [] _:b <<( )>> << >> [Term] id: "
        "name: is_a: synonym: EXACT [] | label kind broader Method \" '' \\u0041 rdf:about= ^^ xsd:boolean true"
    )
    return {
        "settings": Target("kg.toml: settings or a ConfigError", check_settings, lambda: _of_texts(SETTINGS), (
            *toml.split(" "), "base_iri", "model", "query_seconds", "page_year", "vocabularies", "overrides",
        ), longest=1500),
        "overrides": Target(
            "overrides.toml: decisions or a ConfigError, and changed without loss",
            check_overrides, lambda: _of_texts(OVERRIDES), tuple(toml.split(" ")), longest=1500,
        ),
        "vocabulary": Target(
            "vocabularies to import: terms or a VocabularyError, no entry lost, read back as written",
            check_vocabulary, _vocabularies, tuple(forms.split(" ")), longest=4096,
        ),
    }  # fmt: skip
