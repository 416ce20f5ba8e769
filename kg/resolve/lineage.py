"""Link each version of a thing to the nearest more general thing in the graph: Llama-3-8B to Llama 3 to Llama."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from kg.model import Entity, Evidence
from kg.namespaces import short_hash
from kg.resolve import version_names
from kg.resolve.versions import Versioned, generals, parse, take_apart
from kg.text import normal_form
from kg.vocabulary import Vocabulary

#: Probability of a version read from a name: of those read by hand 97 in 100 hold.
VERSION_PROBABILITY = 0.95

#: Sizes in such units count rows, not parameters, so a method of that size is a data set taken for one.
_ROWS = re.compile(r"\d[\d.]*k|(?:\d|[1-5]\d|\d+\.\d+)m")

#: Sizes that count parameters: ReasonMed-7B is a model made with ReasonMed.
_PARAMETERS = re.compile(r"(?:\d\d?|\d\.\d+)b")

#: Names of more characters are phrases, not families.
_LONGEST = 60

_NONE: AbstractSet[str] = frozenset()

#: A number after brackets inside a word is no version: O(OD)2.
_GROUPED = re.compile(r"\w[(\[]|[)\]]\w")

_SEPARATORS = re.compile(r"[\W_]+")

#: Characters of a name by which families are told apart in advance.
_PREFIXES = (6, 5, 4, 3, 2)

#: Words that may stand before the name of a family.
_BEFORE = re.compile("|".join(sorted(version_names.BEFORE)), re.I)

_GIVEN = re.compile(r"[A-Z\d+]")

_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class _Named:
    """An entity under one of its names."""

    entity: Entity
    name: str
    is_label: bool


def from_versions(
    entities: Mapping[str, Entity], papers: Mapping[str, AbstractSet[str]], vocabulary: Vocabulary
) -> Iterator[Evidence]:
    """Give ``version_of`` from each entity whose name tells a version to the nearest more general entity of its kind.

    ``entities`` maps identity keys to entities, ``papers`` CURIEs of entities to the papers that name them.
    """
    found = {key: found for key, entity in entities.items() if (found := list(_versions(entity)))}
    known = _index(
        entities, {_SEPARATORS.sub("", one.family)[: _PREFIXES[0]] for ones in found.values() for _, one in ones}
    )
    for key in sorted(found):
        entity = entities[key]
        tail = _general(entity, found[key], known, papers, vocabulary)
        if tail:
            name = short_hash(entity.id, "version_of", tail.id, "rule:version", length=16)
            yield Evidence(
                head=entity.id,
                type="version_of",
                tail=tail.id,
                id=f"evidence:{name}",
                origin="rule",
                extractor="rule:version",
                probability=VERSION_PROBABILITY,
            )


def version_order(entity: Entity) -> int:
    """Give the place of a version among those of its family, 0 where none of its names tells it."""
    found = (parse(name) for name in _names(entity))
    return next((one.order for one in found if one and one.version), 0)


def _names(entity: Entity) -> tuple[str, ...]:
    return (entity.label, *entity.alt_labels)


def _versions(entity: Entity) -> Iterator[tuple[str, Versioned]]:
    """Give the names of an entity that tell a version of its kind, with what they say."""
    for name in _names(entity):
        found = parse(name) if _is_proper(name) and not _GROUPED.search(name) else None
        if found and _is_version(found, entity.kind):
            yield name, found


def _begins(name: str, starts: AbstractSet[str]) -> bool:
    """Tell whether the solid form of a name may begin with one of these; names beyond ASCII and prefixes may."""
    solid = _SEPARATORS.sub("", name).lower()
    return not name.isascii() or bool(_BEFORE.match(name)) or any(solid[:size] in starts for size in _PREFIXES)


def _index(entities: Mapping[str, Entity], starts: AbstractSet[str]) -> dict[tuple[Versioned, str], _Named]:
    """Map each name, taken apart, and kind to the entity it belongs to, for families with such starts.

    Of several whose label it is that with most papers has it; what several are also called belongs to none.
    """
    owners: dict[tuple[Versioned, str], list[_Named]] = {}
    for _, entity in sorted(entities.items(), key=lambda item: (-item[1].support, item[1].id)):
        for name in _names(entity):
            if len(name) <= _LONGEST and _begins(name, starts) and (name == entity.label or _is_proper(name)):
                place = owners.setdefault((take_apart(name), entity.kind), [])
                place.append(_Named(entity, name, name == entity.label))
    known = {}
    for key, found in owners.items():
        found = [one for one in found if _is_proper(one.name)] or found
        labelled = [one for one in found if one.is_label]
        if labelled or len({one.entity.id for one in found}) == 1:
            known[key] = (labelled or found)[0]
    return known


def _general(
    entity: Entity,
    versions: Iterable[tuple[str, Versioned]],
    known: Mapping[tuple[Versioned, str], _Named],
    papers: Mapping[str, AbstractSet[str]],
    vocabulary: Vocabulary,
) -> Entity | None:
    """Find what an entity is a version of by what its names say of versions."""
    for name, found in versions:
        for general in generals(found):
            tail = known.get((general, entity.kind))
            if tail and tail.entity.id != entity.id and _is_family(tail, found):
                together = papers.get(entity.id, _NONE) & papers.get(tail.entity.id, _NONE)
                if together or (_is_alike(name, tail, found) and (tail.is_label or _is_known(tail, vocabulary))):
                    return tail.entity
    return None


def _is_version(found: Versioned, kind: str) -> bool:
    """Tell whether what follows a name makes a version of such a thing: "LLaSO-Instruct" is a data set of LLaSO."""
    if kind == "Dataset":
        parameters = any(_PARAMETERS.fullmatch(part) for part in found.variant)
        return not parameters and not set(found.variant) & (version_names.MODEL_WORDS - version_names.DATA_WORDS)
    tuned_only = not found.version and set(found.variant) <= version_names.TUNING
    return not tuned_only and not any(_ROWS.fullmatch(part) for part in found.variant)


def _is_family(tail: _Named, found: Versioned) -> bool:
    """Tell whether a thing can be what a version is of: not one of its versions that is also called by its name.

    A name in small letters will do for a plus alone: k-means++.
    """
    if not _is_proper(tail.name):
        return found.variant in (("+",), ("++",))
    other = None if tail.is_label else parse(tail.entity.label)
    return other is None or other.family != found.family


def _is_known(tail: _Named, vocabulary: Vocabulary) -> bool:
    """Tell whether the vocabulary gives this name to the thing."""
    term = vocabulary.find(tail.name)
    return term is not None and term.id == tail.entity.term


def _is_alike(name: str, tail: _Named, found: Versioned) -> bool:
    """Tell whether two papers spell a family's name alike: not REACT++ and ReAct, nor UniRES++ and UnIRe.

    Numbers after a name that the vocabulary has are trusted: LLAMA-3 is a Llama.
    """
    one, two = _WORD.search(name), _WORD.search(tail.name)
    if one is None or two is None or (found.version and tail.entity.term):
        return True
    ours, rest = one[0][: len(two[0])], one[0][len(two[0]) :]
    return ours.isupper() == two[0].isupper() and not rest.startswith("S")


def _is_proper(name: str) -> bool:
    """Tell whether a name is one that was given: after words such as "model" are gone it still looks like one."""
    if not _GIVEN.search(name):
        return False
    words = name.split()
    while len(words) > 1 and normal_form(words[-1]) in version_names.CARRIERS:
        words.pop()
    rest = " ".join(words)
    if len(words) == len(name.split()):
        return bool(_GIVEN.search(rest))
    return bool(_GIVEN.search(rest, 1))
