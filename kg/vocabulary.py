"""Read the shipped SKOS vocabulary, and a user's own, into terms and an index of labels."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from kg.errors import VocabularyError
from kg.model import KINDS
from kg.namespaces import ONTOLOGY, Namespaces
from kg.text import normal_form

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the vocabulary; ``id`` and ``broader`` are CURIEs, ``hidden`` labels are found but not shown."""

    id: str
    label: str
    kind: str
    alt_labels: tuple[str, ...] = ()
    hidden_labels: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    exact_match: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, the preferred one first."""
        return (self.label, *self.alt_labels, *self.hidden_labels)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms by id, and ids by the normal form of every label."""

    terms: dict[str, Term]
    index: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, name: str) -> Term | None:
        """Give the only term with this label, or None where there is none or more than one."""
        ids = self.index.get(normal_form(name), ())
        return self.terms[ids[0]] if len(ids) == 1 else None


def shipped_files() -> list[Path]:
    """List the vocabulary files that come with kg, sorted by name."""
    return sorted(Path(str(path)) for path in _folder().joinpath("vocabulary").iterdir() if path.name.endswith(".ttl"))


def _folder() -> Path:
    """Find ``ontology/``: inside the installed package, else beside it in a checkout."""
    inside = Path(str(resources.files("kg"))) / "ontology"
    return inside if inside.is_dir() else inside.parent.parent / "ontology"


def ontology_file(name: str) -> Path:
    """Give the path of a file of ``ontology/``, such as ``kg.ttl`` or ``shapes.ttl``."""
    return _folder() / name


def read_terms(path: Path) -> list[Term]:
    """Read the terms of one Turtle file, sorted by id."""
    import pyoxigraph as ox

    names = Namespaces()
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    try:
        quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    except (SyntaxError, OSError) as error:
        raise VocabularyError(f"{path}: no readable Turtle ({error})") from error
    for quad in quads:
        if not isinstance(quad.object, ox.Triple):  # statements about statements say nothing of a term
            values[str(quad.subject.value)][quad.predicate.value].add(quad.object.value)
    terms = []
    for iri, found in sorted(values.items()):
        kinds = sorted(kind for kind in found[_RDF_TYPE] if kind.startswith(ONTOLOGY))
        if _SKOS + "prefLabel" not in found or not kinds:
            continue
        kind = kinds[0].removeprefix(ONTOLOGY)
        if len(kinds) > 1 or kind not in KINDS or len(found[_SKOS + "prefLabel"]) > 1:
            raise VocabularyError(f"{path}: {iri} needs one preferred label and one kind of {', '.join(KINDS)}")
        curies = {name: tuple(sorted(map(names.compress, found[_SKOS + name]))) for name in ("broader", "exactMatch")}
        terms.append(
            Term(
                id=names.compress(iri),
                label=next(iter(found[_SKOS + "prefLabel"])),
                kind=kind,
                alt_labels=tuple(sorted(found[_SKOS + "altLabel"])),
                hidden_labels=tuple(sorted(found[_SKOS + "hiddenLabel"])),
                broader=curies["broader"],
                exact_match=curies["exactMatch"],
            )
        )
    return terms


def build(terms: Iterable[Term]) -> Vocabulary:
    """Index terms by the normal form of their labels; the same id twice is an error."""
    by_id: dict[str, Term] = {}
    index: dict[str, set[str]] = defaultdict(set)
    for term in terms:
        if term.id in by_id:
            raise VocabularyError(f"{term.id} is defined twice: {by_id[term.id].label!r} and {term.label!r}")
        by_id[term.id] = term
        for label in term.labels:
            index[normal_form(label)].add(term.id)
    return Vocabulary(by_id, {form: tuple(sorted(ids)) for form, ids in sorted(index.items())})


@cache
def load(extra: tuple[str, ...] = ()) -> Vocabulary:
    """Read the shipped vocabulary and the files named in ``extra``."""
    paths = [*shipped_files(), *map(Path, extra)]
    return build(term for path in paths for term in read_terms(path))
