"""Choose a part of the graph: tables that give only the papers, entities and relations asked for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kg import quotes
from kg.errors import KGError
from kg.model import GRAPH_RELATIONS, KINDS, RELATIONS, Entity, Evidence, Relation
from kg.tables import PaperRow, Tables, join
from kg.text import alike, counted

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to keep; all conditions that are given must hold.

    ``around`` names an entity: kept are the entities within ``hops`` relations of it, the papers that mention it and
    those that state a kept relation. ``papers_of`` names an entity whose papers are kept, ``since`` and ``until`` are
    the first and last date of papers (one not known to be as late or as early is left out); these keep only entities
    those papers mention. ``kinds`` are kinds of entity, ``types`` those of relation (``mentions`` are always kept),
    ``min_support`` the least number of papers of an entity and of a relation that text states, ``min_confidence`` the
    least confidence of relations.
    """

    around: str = ""
    hops: int = 1
    papers_of: str = ""
    kinds: tuple[str, ...] = ()
    min_support: int = 0
    min_confidence: float = 0.0
    since: str = ""
    until: str = ""
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that can select nothing."""
        for date in filter(None, (self.since, self.until)):
            if not _DATE.fullmatch(date):
                raise KGError(f"{date!r} is no date; give YYYY, YYYY-MM or YYYY-MM-DD")
        if self.until and self.since[: len(self.until)] > self.until:
            raise KGError(f"no paper is of {self.since} or later and of {self.until} or earlier; turn the two around")
        if self.hops < 0:
            raise KGError(f"{self.hops} hops are less than none; give 0 or more")
        if unknown := [kind for kind in self.kinds if kind not in KINDS]:
            raise KGError(f"{unknown[0]!r} is no kind of entity; the kinds are {', '.join(KINDS)}")
        known = (*RELATIONS, *GRAPH_RELATIONS)
        if unknown := [name for name in self.types if name not in known]:
            near = "".join(f"; did you mean {name!r}?" for name in alike(unknown[0], known, most=1))
            raise KGError(f"{unknown[0]!r} is no relation{near} The relations are {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Selected(Tables):
    """The tables of a part of a build, streamed in the same order; supports and confidences stay those of the whole.

    A relation needs both ends, and evidence that is of no paper or of a kept one.
    """

    paper_ids: frozenset[str]
    entity_ids: frozenset[str]
    min_support: int = 0
    min_confidence: float = 0.0
    types: tuple[str, ...] = ()

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
        """Tell whether a relation is not as sure or supported as asked, or not of the types; support 0 is no text's."""
        if relation.type == "mentions":
            return False
        if self.types and relation.type not in self.types:
            return True
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
    papers = {row.id for row in tables.papers() if fits(row.paper.date, selection)}
    entities = {
        entity.id
        for entity in tables.entities()
        if entity.id == centre
        or (entity.support >= selection.min_support and (not selection.kinds or entity.kind in selection.kinds))
    }
    if selection.papers_of:
        papers &= _papers_of(tables, quotes.find(tables, selection.papers_of)[0].id)
    if selection.papers_of or selection.since or selection.until:
        named = (row.tail for row in tables.relations() if row.type == "mentions" and row.head in papers)
        entities &= {centre, *named}
    part = _part(tables, selection, papers, entities)
    return _around(part, tables, selection, centre, threshold) if centre else part


def fits(date: str, selection: Selection) -> bool:
    """Tell whether a date is known to be in the time asked for.

    >>> [fits(date, Selection(since="2023", until="2024-03")) for date in ("2023-05", "2024-03-31", "2024", "")]
    [True, True, False, False]
    """
    last = selection.until
    early = not last or (bool(date) and date[: len(last)] <= last and not (last != date and last.startswith(date)))
    return date >= selection.since and early


def missing_dates(papers: Iterable[PaperRow], selection: Selection) -> str:
    """Say how many papers a time leaves out because their date is not known, or not exactly enough."""
    if not (selection.since or selection.until):
        return ""
    dates = [row.paper.date for row in papers]
    bare = sum(not date for date in dates)
    ends = [end for end in (selection.since, selection.until) if end]
    vague = sum(bool(date) and any(end != date and end.startswith(date) for end in ends) for date in dates)
    if not bare and not vague:
        return ""
    rough = f"{counted(vague, 'paper')} dated less exactly than asked" if vague else ""
    unknown = f"{counted(bare, 'paper')} without a date" if bare else ""
    left = "is left out" if bare + vague == 1 else "are left out"
    return f"{' and '.join(filter(None, (unknown, rough)))} {left}."


def conditions(selection: Selection) -> str:
    """Say what is asked of entities, relations and papers.

    >>> conditions(Selection(kinds=("Method",), since="2024"))
    'kind Method, papers since 2024'
    """
    said = {
        "papers that mention ": selection.papers_of,
        "kind ": " or ".join(selection.kinds),
        "relation ": " or ".join(selection.types),
        "papers since ": selection.since,
        "papers until ": selection.until,
        "support of at least ": selection.min_support,
        "confidence of at least ": f"{selection.min_confidence:g}" if selection.min_confidence else "",
    }
    return ", ".join(f"{words}{value}" for words, value in said.items() if value)


def _part(tables: Tables, selection: Selection, papers: set[str], entities: set[str]) -> Selected:
    """Give the tables of some papers and entities."""
    ends = frozenset(papers), frozenset(entities)
    return Selected(tables.folder, *ends, selection.min_support, selection.min_confidence, selection.types)


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
