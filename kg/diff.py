"""What two builds differ in: papers, entities and relations that appeared, vanished, gained or lost support.

An entity of the first build that stands in the second under another CURIE is a replaced one, neither gone nor new.
Relations are compared without ``mentions``, which follow from the papers.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kg.identity import replaced
from kg.model import Entity, Relation
from kg.tables import PaperRow, Replacement, Tables

T = TypeVar("T")

#: Identifier of the relation between two things.
Link = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is in one build only, or another in both: ``before`` and ``after`` are its support in papers.

    None stands for a build that lacks it. ``notes`` say what else changed, such as its label or its CURIE.
    """

    what: str
    name: str
    before: int | None
    after: int | None
    notes: tuple[str, ...] = ()

    @property
    def sort(self) -> str:
        """Name the sort of change: appeared, vanished, gained, lost or changed.

        >>> Change("entity:x", "X", None, 3).sort, Change("entity:x", "X", 3, 1).sort
        ('appeared', 'lost')
        """
        if self.before is None:
            return "appeared"
        if self.after is None:
            return "vanished"
        return "gained" if self.after > self.before else "lost" if self.after < self.before else "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one build to another, each list sorted by what it is; ``same`` counts what did not change."""

    papers: tuple[Change, ...]
    entities: tuple[Change, ...]
    relations: tuple[Change, ...]
    same: dict[str, int]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing changed."""
        return not (self.papers or self.entities or self.relations)


def compare(old: Tables, new: Tables) -> Difference:
    """Compare the tables of two builds; memory grows with the entities and the changes, not with the relations."""
    moves = {row.old: row for row in replaced(old, new)}
    labels = {entity.id: entity.label for tables in (old, new) for entity in tables.entities()}
    same = dict.fromkeys(("papers", "entities", "relations"), 0)
    papers = _papers(_pairs(old.papers(), new.papers(), _id), moves, same)
    entities = _entities(_pairs(old.entities(), new.entities(), _id), moves, same)
    relations = [
        _relation(before, after, labels)
        for before, after in _pairs(_stated(old), _stated(new), _link)
        if _is_other(before, after, same, "relations", lambda relation: relation.support)
    ]
    moved = {old: row.new for old, row in moves.items()}
    return Difference(tuple(papers), tuple(entities), tuple(_joined(relations, moved)), same)


def patch(old: Path, new: Path) -> Iterator[bytes]:
    """Give the lines of an RDF Patch that turns the triples of one ``graph.nq.gz`` into those of another.

    The form is that of https://afs.github.io/rdf-delta/rdf-patch.html: one transaction, deletions and additions in the
    order of the canonical files.
    """
    yield b"TX .\n"
    with gzip.open(old, "rb") as first, gzip.open(new, "rb") as second:
        for before, after in _pairs(first, second, bytes):
            if before is None or after is None:
                yield (b"D " if after is None else b"A ") + (before or after or b"")
    yield b"TC .\n"


def _pairs(old: Iterable[T], new: Iterable[T], key: Callable[[T], Any]) -> Iterator[tuple[T | None, T | None]]:
    """Pair the items of two sorted streams by their keys; None stands for a missing one."""
    left, right = iter(old), iter(new)
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and key(a) < key(b)):
            yield a, None
            a = next(left, None)
        elif a is None or key(b) < key(a):
            yield None, b
            b = next(right, None)
        else:
            yield a, b
            a, b = next(left, None), next(right, None)


def _id(row: Any) -> str:
    return str(row.id)


def _link(relation: Any) -> Link:
    return relation.head, relation.type, relation.tail


def _stated(tables: Tables) -> Iterator[Relation]:
    return (relation for relation in tables.relations() if relation.type != "mentions")


def _is_other(before: T | None, after: T | None, same: dict[str, int], name: str, value: Callable[[T], object]) -> bool:
    """Tell whether two records differ in what is reported, and count those that do not."""
    if before is not None and after is not None and value(before) == value(after):
        same[name] += 1
        return False
    return True


def _papers(
    pairs: Iterable[tuple[PaperRow | None, PaperRow | None]], moves: dict[str, Replacement], same: dict[str, int]
) -> Iterator[Change]:
    """Give the papers that came and went; one that is listed under another CURIE now is said once."""
    arrived = {move.new: move for move in moves.values() if move.old.startswith("paper:")}
    for before, after in pairs:
        if not _is_other(before, after, same, "papers", lambda row: (row.paper.title, row.paper.abstract)):
            continue
        row = after or before
        assert row is not None
        if before is not None and after is not None:
            yield Change(row.id, row.paper.title, 1, 1, ("its title or abstract is another",))
        elif after is not None and row.id in arrived:
            move = arrived[row.id]
            yield Change(row.id, row.paper.title, 1, 1, (f"was {move.old}: {move.reason}",))
        elif before is None or row.id not in moves:
            yield Change(row.id, row.paper.title, 1 if before else None, 1 if after else None)


def _entities(
    pairs: Iterable[tuple[Entity | None, Entity | None]], moves: dict[str, Replacement], same: dict[str, int]
) -> Iterator[Change]:
    """Give the entities that came, went, or have another support, label or kind."""
    for before, after in pairs:
        if not _is_other(before, after, same, "entities", lambda entity: (entity.support, entity.label, entity.kind)):
            continue
        entity = after or before
        assert entity is not None
        notes = []
        if before is not None and after is not None:
            notes += [f"was called {before.label}"] if before.label != after.label else []
            notes += [f"was a {before.kind}, is a {after.kind}"] if before.kind != after.kind else []
        elif before is not None and before.id in moves:
            notes.append(f"stands for {moves[before.id].new} now: {moves[before.id].reason}")
        name = f"{entity.label} ({entity.kind})"
        yield Change(entity.id, name, _support(before), _support(after), tuple(notes))


def _relation(before: Relation | None, after: Relation | None, labels: dict[str, str]) -> tuple[Link, Change]:
    """Describe a relation that changed."""
    link = after or before
    assert link is not None
    ends = [labels.get(end, end) for end in (link.head, link.tail)]
    name = f"{ends[0]} {link.type} {ends[1]}"
    return _link(link), Change(" ".join(_link(link)), name, _support(before), _support(after))


def _support(side: Entity | Relation | None) -> int | None:
    return None if side is None else side.support


def _joined(changes: list[tuple[Link, Change]], moved: dict[str, str]) -> Iterator[Change]:
    """Leave out relations that only follow an end to its new CURIE."""
    added = {link: change for link, change in changes if change.sort == "appeared"}
    followed = set()
    for link, change in changes:
        target = (moved.get(link[0], link[0]), link[1], moved.get(link[2], link[2]))
        other = added.get(target)
        if change.sort == "vanished" and target != link and other is not None and other.after == change.before:
            followed |= {link, target}
    return (change for link, change in changes if link not in followed)
