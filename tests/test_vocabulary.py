"""The shipped vocabulary is large enough, consistent, and free of names that mean two things."""

import re
from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from kg import vocabulary
from kg.errors import VocabularyError
from kg.model import KINDS
from kg.text import normal_form

_HEADER = """@prefix kg: <https://w3id.org/paper-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix term: <https://w3id.org/paper-kg/vocabulary/> .
"""


@pytest.fixture(scope="module")
def terms() -> list[vocabulary.Term]:
    """Read every term of every shipped file."""
    return [term for path in vocabulary.shipped_files() for term in vocabulary.read_terms(path)]


def test_there_are_enough_terms_of_every_kind(terms: list[vocabulary.Term]) -> None:
    kinds = Counter(term.kind for term in terms)
    assert len(terms) >= 600
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 20, kinds


def test_no_term_is_defined_twice(terms: list[vocabulary.Term]) -> None:
    assert [name for name, count in Counter(term.id for term in terms).items() if count > 1] == []


def test_every_subject_of_a_file_is_a_complete_term() -> None:
    """A term without a label or a kind would be passed over in silence, so count the subjects too."""
    for path in vocabulary.shipped_files():
        subjects = re.findall(r"^term:(\S+) a skos:Concept\b", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert len(subjects) == len(vocabulary.read_terms(path)), path.name


def test_ids_are_slugs(terms: list[vocabulary.Term]) -> None:
    wrong = [term.id for term in terms if not re.fullmatch(r"term:[a-z0-9]+(-[a-z0-9]+)*", term.id)]
    assert wrong == []


def test_broader_terms_exist(terms: list[vocabulary.Term]) -> None:
    known = {term.id for term in terms}
    assert [(term.id, up) for term in terms for up in term.broader if up not in known] == []


def test_broader_has_no_cycle(terms: list[vocabulary.Term]) -> None:
    TopologicalSorter({term.id: term.broader for term in terms}).prepare()


def test_no_label_belongs_to_two_terms(terms: list[vocabulary.Term]) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for term in terms:
        for label in term.labels:
            owners[normal_form(label)].add(term.id)
    assert {label: sorted(ids) for label, ids in owners.items() if len(ids) > 1} == {}


def test_no_label_is_a_generic_word(terms: list[vocabulary.Term]) -> None:
    generic = {"model", "method", "approach", "framework", "data", "dataset", "training", "network", "algorithm"}
    assert [term.id for term in terms for label in term.labels if normal_form(label) in generic] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LLMs", "large language model"),
        ("Large Language Models", "large language model"),
        ("key-value cache", "KV cache"),
        ("low-rank adaptation", "LoRA"),
        ("latent diffusion", "latent diffusion model"),
        ("GPT-3.5", "GPT-3.5"),
        ("GPT-4", "GPT-4"),
        ("automatic speech recognition", "automatic speech recognition"),
    ],
)
def test_find_by_any_label(name: str, expected: str) -> None:
    found = vocabulary.load().find(name)
    assert found is not None
    assert found.label == expected


def test_unknown_and_ambiguous_names_are_not_found() -> None:
    twice = [
        vocabulary.Term("term:a", "first", "Method", ("AB",)),
        vocabulary.Term("term:b", "second", "Task", ("AB",)),
    ]
    built = vocabulary.build(twice)
    assert built.find("AB") is None
    assert built.find("third") is None
    assert built.find("First") == twice[0]


@pytest.mark.parametrize(
    "body",
    [
        'term:a a skos:Concept, kg:Method, kg:Task ; skos:prefLabel "a thing"@en .',
        'term:a a skos:Concept, kg:Animal ; skos:prefLabel "a thing"@en .',
        'term:a a skos:Concept, kg:Method ; skos:prefLabel "a thing"@en, "another"@en .',
        "term:a a skos:Concept kg:Method",
    ],
)
def test_a_malformed_file_is_an_error_that_names_it(tmp_path: Path, body: str) -> None:
    file = tmp_path / "own.ttl"
    file.write_text(_HEADER + body, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"own\.ttl"):
        vocabulary.read_terms(file)


def test_the_same_id_twice_is_an_error() -> None:
    term = vocabulary.Term("term:a", "first", "Method")
    with pytest.raises(VocabularyError, match="term:a"):
        vocabulary.build([term, term])
