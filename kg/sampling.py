"""Draw claims of a build with their sentences, for a person to judge.

A claim's place in the draw is a hash of the seed and the claim, so a draw does not depend on the order of the
tables, and a claim keeps its place when others come or go.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from kg import quotes
from kg.model import Entity, Evidence, Mention, Merge, Relation
from kg.namespaces import short_hash
from kg.overrides import REASON
from kg.quotes import Quote
from kg.tables import Tables
from kg.text import normal_form

#: Sentences shown with a claim at most.
MAX_QUOTES = 6

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a build holds to be true, with the text it rests on; ``left_out`` counts quotes not shown."""

    what: str
    statement: str
    notes: tuple[str, ...]
    quotes: tuple[Quote, ...]
    left_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Give the claim as plain data."""
        return asdict(self)


def draw(tables: Tables, what: str, *, number: int, seed: str, threshold: float = 0.0) -> list[Claim]:
    """Draw up to ``number`` claims of one of the sorts in `SORTS`, the same ones for the same seed.

    Relations are drawn from those whose confidence (0 to 1) reaches ``threshold``.
    """
    if what == "relations":
        return relations(tables, number, seed, threshold=threshold)
    return SORTS[what](tables, number, seed)


def relations(tables: Tables, number: int, seed: str, *, threshold: float = 0.0) -> list[Claim]:
    """Draw relations that some text states; rules, vocabulary and plain mentions are not drawn."""
    asserted = (row for row in tables.relations() if row.confidence >= threshold)
    rows = (row for row in asserted if row.type != "mentions" and row.support)
    drawn: list[Relation] = _least(rows, number, seed, lambda row: (row.head, row.type, row.tail))
    wanted = {(row.head, row.type, row.tail): row for row in drawn}
    reasons: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for item in tables.evidence():
        key = (item.head, item.type, item.tail)
        if key in wanted and item.origin == "text" and item.polarity == "stated":
            reasons[key].append(item)
    nodes = quotes.labels(tables, {end for row in drawn for end in (row.head, row.tail)})
    sources = quotes.papers(
        tables, {row.head for row in drawn} | {item.paper for items in reasons.values() for item in items}
    )

    def name(node: str) -> str:
        """Name an end of a relation for a reader."""
        if node in nodes:
            return _name(nodes[node])
        return f"paper “{quotes.cite(sources[node])}”" if node in sources else node

    claims = []
    for key, row in wanted.items():
        found = sorted(reasons[key], key=lambda item: (-item.probability, item.paper, item.id))
        shown = [quote for item in found for quote in quotes.of_evidence(sources[item.paper], item)]
        statement = f"{name(row.head)}  {row.type}  {name(row.tail)}"
        notes = (f"papers: {row.support}", f"confidence: {row.confidence:.2f}")
        claims.append(_claim("relation", statement, notes, shown))
    return claims


def entities(tables: Tables, number: int, seed: str) -> list[Claim]:
    """Draw entities, each with sentences that name it."""
    drawn: list[Entity] = _least((row for row in tables.entities() if row.support), number, seed, lambda row: (row.id,))
    wanted = {row.id for row in drawn}
    places = _mentions(tables, lambda item: item.entity in wanted, lambda item: (item.entity, ""))
    sources = quotes.papers(tables, {item.paper for items in places.values() for item in items})
    claims = []
    for row in drawn:
        shown = [quotes.of_mention(sources[item.paper], item) for item in places.get((row.id, ""), ())]
        notes = [f"papers: {row.support}"]
        notes += [f"also called: {', '.join(row.alt_labels)}"] if row.alt_labels else []
        notes += [f"vocabulary: {row.term}"] if row.term else []
        claims.append(_claim("entity", _name(row), tuple(notes), shown))
    return claims


def merges(tables: Tables, number: int, seed: str) -> list[Claim]:
    """Draw decisions on whether two names mean one thing, each with sentences that use the names."""
    # What a user decided, or the rules left open, is no claim.
    ruled = (row for row in tables.merges() if row.decision != "undecided" and not row.reason.startswith(REASON))
    drawn: list[Merge] = _least(ruled, number, seed, lambda row: (row.entity, row.a, row.b, row.decision))
    wanted = {(row.entity, normal_form(name)) for row in drawn for name in (row.a, row.b)}
    touched = {row.entity for row in drawn}

    def key(item: Mention) -> tuple[str, str]:
        """Name the entity and the form of its name that a mention uses."""
        return item.entity, normal_form(item.text) if item.entity in touched else ""

    places = _mentions(tables, lambda item: key(item) in wanted, key, most=2)
    nodes = quotes.labels(tables, touched)
    sources = quotes.papers(tables, {item.paper for items in places.values() for item in items})
    claims = []
    for row in drawn:
        found = [item for name in (row.a, row.b) for item in places.get((row.entity, normal_form(name)), ())]
        shown = [quotes.of_mention(sources[item.paper], item) for item in found]
        sign = "is the same as" if row.decision == "same" else "is not the same as"
        node = _name(nodes[row.entity]) if row.entity in nodes else row.entity
        notes = (f"entity: {node}", f"because: {row.reason} (score {row.score:.2f})")
        claims.append(_claim("merge", f"“{row.a}”  {sign}  “{row.b}”", notes, shown))
    return claims


#: What can be drawn.
SORTS: dict[str, Callable[[Tables, int, str], list[Claim]]] = {
    "relations": relations,
    "merges": merges,
    "entities": entities,
}


def _name(entity: Entity) -> str:
    """Name an entity with its kind."""
    return f"{entity.label} ({entity.kind})"


def _claim(what: str, statement: str, notes: tuple[str, ...], shown: list[Quote]) -> Claim:
    """Make a claim with as many of its quotes as a reader can use."""
    apart = list(dict.fromkeys(shown))
    return Claim(what, statement, notes, tuple(apart[:MAX_QUOTES]), max(0, len(apart) - MAX_QUOTES))


def _least(rows: Iterable[_Row], number: int, seed: str, key: Callable[[_Row], tuple[str, ...]]) -> list[_Row]:
    """Draw the rows whose hash with the seed is least."""
    return heapq.nsmallest(number, rows, key=lambda row: short_hash(seed, *key(row), length=64))


def _mentions(
    tables: Tables,
    keep: Callable[[Mention], bool],
    group: Callable[[Mention], tuple[str, str]],
    *,
    most: int = 3,
) -> dict[tuple[str, str], list[Mention]]:
    """Give the first mentions of each group, of distinct papers."""
    found: dict[tuple[str, str], dict[str, Mention]] = defaultdict(dict)
    for item in tables.mentions():
        if keep(item) and len(own := found[group(item)]) < most:
            own.setdefault(item.paper, item)
    return {key: list(items.values()) for key, items in found.items()}
