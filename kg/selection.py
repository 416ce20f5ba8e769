"""Choose a part of the graph: tables that give only the papers, entities and relations asked for."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kg import quotes
from kg.errors import KGError
from kg.model import KINDS, Entity, Evidence, Relation
from kg.tables import Tables, join

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to keep; all conditions that are given must hold.

    ``around`` names an entity: kept are the entities within ``hops`` relations of it, the papers that mention it and
    those that state a kept relation. ``papers_of`` names an entity whose papers are kept, ``since`` is the first
    date of papers (one that is not known to be as late is left out); both keep only entities those papers mention.
    ``kinds`` are kinds of entity, ``min_support`` the least number of papers of an entity and of a relation that text
    states, ``min_confidence`` the least confidence of relations.
    """

    around: str = ""
    hops: int = 1
    papers_of: str = ""
    kinds: tuple[str, ...] = ()
    min_support: int = 0
    min_confidence: float = 0.0
    since: str = ""

    def __post_init__(self) -> None:
        """Refuse values that can select nothing."""
        if self.since and not _DATE.fullmatch(self.since):
            raise KGError(f"{self.since!r} is no date; give YYYY, YYYY-MM or YYYY-MM-DD")
        if self.hops < 0:
            raise KGError(f"{self.hops} hops are less than none; give 0 or more")
        if unknown := [kind for kind in self.kinds if kind not in KINDS]:
            raise KGError(f"{unknown[0]!r} is no kind of entity; the kinds are {', '.join(KINDS)}")


@dataclass(frozen=True, slots=True)
class Selected(Tables):
    """The tables of a part of a build, streamed in the same order; supports and confidences stay those of the whole.

    A relation needs both ends, and evidence that is of no paper or of a kept one.
    """

    paper_ids: frozenset[str]
    entity_ids: frozenset[str]
    min_support: int = 0
    min_confidence: float = 0.0

    def rows(self, name: str) -> Iterator[Any]:
        """Stream the kept records of the table ``name``."""
        if name == "relations":
            yield from (relation for relation, _ in self.claims())
        elif name == "evidence":
            for _, evidence in self.claims():
                yield from evidence
        elif name == "papers":
            yield from (row for row in Tables.rows(self, name) if row.id in self.paper_ids)
        elif name == "entities":
            yield from map(self._narrowed, (row for row in Tables.rows(self, name) if row.id in self.entity_ids))
        else:  # mentions and merges
            for row in Tables.rows(self, name):
                if row.entity in self.entity_ids and (name == "merges" or row.paper in self.paper_ids):
                    yield row

    def claims(self) -> Iterator[tuple[Relation, list[Evidence]]]:
        """Pair each kept relation with its kept evidence."""
        for relation, evidence in join(Tables.rows(self, "relations"), Tables.rows(self, "evidence")):
            if relation.tail not in self.entity_ids or not self._is_there(relation.head) or self._is_weak(relation):
                continue
            kept = [item for item in evidence if not item.paper or item.paper in self.paper_ids]
            if kept or not evidence:
                yield relation, kept

    def _is_there(self, head: str) -> bool:
        """Tell whether the head of a relation is kept."""
        return head in self.entity_ids or head in self.paper_ids

    def _is_weak(self, relation: Relation) -> bool:
        """Tell whether a relation is less sure or less supported than asked; no text states those of support 0."""
        if relation.type == "mentions":
            return False
        unstated = relation.support == 0 and relation.confidence == 1.0
        scarce = relation.support < self.min_support and not unstated
        return relation.confidence < self.min_confidence or (scarce and relation.head in self.entity_ids)

    def _narrowed(self, entity: Entity) -> Entity:
        """Give an entity without the papers that are not kept."""
        return replace(entity, introduced_by=tuple(paper for paper in entity.introduced_by if paper in self.paper_ids))


def select(tables: Tables, selection: Selection, *, threshold: float = 0.0) -> Tables:
    """Give the tables of a part of a build; hops go over relations at least as sure as ``threshold``.

    An unknown name is an error that says which are near.
    """
    if selection == Selection():
        return tables
    centre = quotes.find(tables, selection.around)[0].id if selection.around else ""
    papers = {row.id for row in tables.papers() if row.paper.date >= selection.since}
    entities = {
        entity.id
        for entity in tables.entities()
        if entity.id == centre
        or (entity.support >= selection.min_support and (not selection.kinds or entity.kind in selection.kinds))
    }
    if selection.papers_of:
        papers &= _papers_of(tables, quotes.find(tables, selection.papers_of)[0].id)
    if selection.papers_of or selection.since:
        named = (row.tail for row in tables.relations() if row.type == "mentions" and row.head in papers)
        entities &= {centre, *named}
    part = _part(tables, selection, papers, entities)
    return _around(part, tables, selection, centre, threshold) if centre else part


def _part(tables: Tables, selection: Selection, papers: set[str], entities: set[str]) -> Selected:
    """Give the tables of some papers and entities."""
    ends = frozenset(papers), frozenset(entities)
    return Selected(tables.folder, *ends, selection.min_support, selection.min_confidence)


def _around(part: Selected, tables: Tables, selection: Selection, centre: str, threshold: float) -> Selected:
    """Narrow a part to the neighbourhood of an entity."""
    near: dict[str, set[str]] = defaultdict(set)
    for relation in part.relations():
        if relation.head in part.entity_ids and relation.confidence >= max(threshold, 1e-9):
            near[relation.head].add(relation.tail)
            near[relation.tail].add(relation.head)
    reached = {centre}
    for _ in range(selection.hops):
        reached |= {name for entity in reached for name in near[entity]}
    closer = _part(tables, selection, set(part.paper_ids), reached)
    stating = {item.paper for item in closer.evidence() if item.head in reached}
    papers = part.paper_ids & (stating | _papers_of(part, centre))
    return _part(tables, selection, set(papers), reached)


def _papers_of(tables: Tables, entity: str) -> set[str]:
    """Give the papers that mention an entity."""
    return {row.head for row in tables.relations() if row.type == "mentions" and row.tail == entity}
