"""Which CURIEs of the previous build stand for something under another CURIE now.

A paper is followed by its sources: when a title-only record gains an arXiv id, or records merge otherwise, the
source stays. An entity is followed by its names.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from kg.model import Entity
from kg.tables import Replacement, Tables


def replaced(old: Tables, new: Tables) -> Iterator[Replacement]:
    """Give the papers and entities of ``old`` that have another CURIE in ``new``; what is gone for good is left out."""
    yield from _papers(old, new)
    yield from _entities(old, new)


def _papers(old: Tables, new: Tables) -> Iterator[Replacement]:
    """Follow papers by their sources."""
    homes = {source: row.id for row in new.papers() for source in row.paper.sources}
    present = set(homes.values())
    for row in old.papers():
        found = Counter(homes[source] for source in row.paper.sources if source in homes)
        if row.id not in present and found:
            yield Replacement(row.id, _most(found), "the same record, identified otherwise")


def _entities(old: Tables, new: Tables) -> Iterator[Replacement]:
    """Follow entities by their names, the preferred one counting most."""
    homes: dict[str, set[str]] = defaultdict(set)
    present = set()
    for entity in new.entities():
        present.add(entity.id)
        for name in _names(entity):
            homes[name].add(entity.id)
    for entity in old.entities():
        if entity.id in present:
            continue
        found: Counter[str] = Counter()
        for weight, name in zip((2, *(1 for _ in entity.alt_labels)), _names(entity), strict=True):
            found.update(dict.fromkeys(homes.get(name, ()), weight))
        if found:
            yield Replacement(entity.id, _most(found), f"the name {entity.label!r} belongs to it now")


def _names(entity: Entity) -> tuple[str, ...]:
    """Give the names of an entity without case, the preferred one first."""
    return tuple(name.casefold() for name in (entity.label, *entity.alt_labels))


def _most(found: Counter[str]) -> str:
    """Give the most frequent CURIE, the first by spelling of several."""
    return min(found, key=lambda curie: (-found[curie], curie))
