"""Why each relation on a page is held: the best of its evidence, and sums over all of it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from kg.model import Evidence, Paper, Relation
from kg.table_columns import records
from kg.tables import Tables

T = TypeVar("T")

#: Numbers that stand for where an evidence comes from, and for what sort of relation it makes.
ORIGINS = {"text": 1, "rule": 2, "vocabulary": 4}
HEDGED, DENIED, DISPUTED = 1, 2, 4

_YEAR = re.compile(r"\d{4}")

#: Head, type and tail of a relation.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Proof(Generic[T]):
    """Why one relation is held: the best evidence, the number left out, and sums over all of it."""

    best: list[T]
    left: int
    origin: int
    flags: int
    years: list[list[int]]


def key_of(link: Relation) -> Key:
    """Give what names a relation."""
    return (link.head, link.type, link.tail)


def section(paper: Paper, name: str) -> str:
    """Give the text of a paper's section."""
    return paper.title if name == "title" else paper.abstract


def gather(
    tables: Tables, links: Iterable[Relation], dates: Mapping[str, str], *, most: int
) -> dict[Key, Proof[Evidence]]:
    """Gather the evidence of some relations, of each at most ``most`` pieces; ``dates`` are those of the papers."""
    found: dict[Key, list[Evidence]] = {key_of(link): [] for link in links}
    for item in records(tables, "evidence", ("head", "type", "tail"), lambda *key: key in found):
        found[item.head, item.type, item.tail].append(item)
    return {key: _sum_up(items, dates, most) for key, items in found.items()}


def _sum_up(items: list[Evidence], dates: Mapping[str, str], most: int) -> Proof[Evidence]:
    """Keep the best evidence of a relation, and sum up all of it."""
    stated = [item for item in items if item.polarity != "negated"]
    origin = 0
    for item in stated or items:
        origin |= ORIGINS.get(item.origin, 0)
    flags = DENIED if items and not stated else DISPUTED if len(stated) < len(items) else 0
    if stated and all(item.modality == "hedged" for item in stated):
        flags |= HEDGED
    said = {item.paper for item in stated or items if item.paper in dates}
    best = sorted(items, key=_rank)[:most]
    return Proof(best, len(items) - len(best), origin, flags, by_year(dates[paper] for paper in said))


def _rank(item: Evidence) -> tuple[bool, bool, bool, float, str]:
    """Sort evidence: sentences first, then stated, asserted and probable ones."""
    return (item.origin != "text", item.polarity == "negated", item.modality == "hedged", -item.probability, item.id)


@cache
def year(date: str) -> int:
    """Give the year of a date, 0 where it is not known.

    >>> year("2024-03"), year("")
    (2024, 0)
    """
    found = _YEAR.match(date)
    return int(found[0]) if found else 0


def by_year(dates: Iterable[str]) -> list[list[int]]:
    """Count papers by year as sorted pairs, the undated ones as year 0.

    >>> by_year(["2024-03", "", "2024"])
    [[0, 1], [2024, 2]]
    """
    return [list(pair) for pair in sorted(Counter(map(year, dates)).items())]
