"""Write the page of two builds: what they share and do not."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby
from typing import Any, BinaryIO

from kg.config import Config
from kg.model import Entity, Relation
from kg.resolve.entities import sum_up
from kg.selection import Selection, missing_dates
from kg.tables import Tables, join
from kg.view.choice import read
from kg.view.page import Content, content, write
from kg.view.proofs import key_of
from kg.view.sides import Sides
from kg.view.wording import PageInfo, Totals

_KEYS: dict[str, Callable[[Any], Any]] = {
    "papers": lambda row: row.id,
    "entities": lambda row: row.id,
    "relations": lambda row: (row.head, row.type, row.tail),
    "evidence": lambda row: (row.head, row.type, row.tail, row.id),
}


@dataclass(frozen=True, slots=True)
class Joined(Tables):
    """The tables of two builds as one: where both have a record, the first one's stands.

    The support of entities and the support and confidence of relations are counted anew over both.
    """

    parts: tuple[Tables, Tables]

    def rows(self, name: str) -> Iterator[Any]:
        """Stream the records of the table ``name``, each once."""
        if name == "relations":
            yield from self._relations()
        elif name == "entities":
            counts = Counter(row.tail for row in self._once("relations") if row.type == "mentions")
            yield from (self._counted(row, counts) for row in self._once(name))
        else:
            yield from self._once(name)

    def _once(self, name: str) -> Iterator[Any]:
        """Stream the records of both, the first one's alone where both have one."""
        key = _KEYS.get(name, lambda row: row)
        yield from (next(rows) for _, rows in groupby(merge(*(part.rows(name) for part in self.parts), key=key), key))

    def _relations(self) -> Iterator[Relation]:
        """Stream the relations with figures over the evidence of both."""
        for relation, evidence in join(self._once("relations"), self._once("evidence")):
            yield relation if relation.type == "mentions" else next(iter(sum_up(evidence)), relation)

    @staticmethod
    def _counted(entity: Entity, counts: Counter[str]) -> Entity:
        """Give an entity with the number of papers of both builds."""
        return replace(entity, support=counts[entity.id] or entity.support)


def write_comparison(
    tables: tuple[Tables, Tables],
    names: tuple[str, str],
    config: Config,
    stream: BinaryIO,
    *,
    selection: Selection | None = None,
    limit: int | None = None,
) -> PageInfo:
    """Write the page of two builds and of what they share; ``selection`` and ``limit`` as for one build."""
    selection = selection or Selection()
    bare = replace(selection, around="", hops=1)
    first, second = (content(one, config, bare) for one in tables)
    sides = Sides.of(first.graph, second.graph, names)
    both = Joined(first.tables.folder, (first.tables, second.tables))
    graph = read(both, first.threshold)
    # What neither build holds alone is not compared, though the evidence of both may make it sure.
    graph.links = [link for link in graph.links if not link.confidence or key_of(link) in sides.edges]
    about = Content(
        both,
        graph,
        Totals.of(graph) if bare == Selection() else _totals(tables, names, first.threshold),
        selection,
        first.threshold,
        title=f"{names[0]} and {names[1]}",
        dates=missing_dates(Joined(tables[0].folder, tables).papers(), selection),
        sides=sides,
    )
    return write(about, stream, limit=limit)


def _totals(tables: tuple[Tables, Tables], names: tuple[str, str], threshold: float) -> Totals:
    """Count what two builds hold together."""
    first, second = (read(one, threshold) for one in tables)
    sides = Sides.of(first, second, names)
    dates = first.dates | second.dates
    return Totals(len(sides.nodes), len(sides.edges), len(dates), sum(not date for date in dates.values()))
