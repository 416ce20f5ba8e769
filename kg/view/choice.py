"""Choose the part of the graph that a page holds: its entities, their relations, and what papers say of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from kg import quotes
from kg.errors import KGError
from kg.model import Entity, Relation
from kg.table_columns import values
from kg.tables import Tables

#: Share of the places that go to the best supported entities whatever they are linked to.
BEST_SHARE = 2 / 3


@dataclass(slots=True)
class Graph:
    """What a page can show of a build, or of a selection of it.

    ``entities`` have their names, kind and support only; of papers there are the dates. ``links`` join two entities;
    one of confidence 0 is only denied. ``claims`` lead from papers to entities, without ``mentions``, which are the
    sorted papers of an entity in ``papers_of``.
    """

    entities: dict[str, Entity] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    links: list[Relation] = field(default_factory=list)
    claims: list[Relation] = field(default_factory=list)
    papers_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def held(self) -> int:
        """Count the relations between entities that are not only denied."""
        return sum(link.confidence > 0 for link in self.links)

    @property
    def undated(self) -> int:
        """Count the papers without a date."""
        return sum(not date for date in self.dates.values())


@dataclass(slots=True)
class Choice:
    """What a page holds of a graph, the best entities first; ``near`` names the best held entity of others."""

    entities: list[Entity]
    links: list[Relation]
    focus: str = ""
    near: dict[str, str] = field(default_factory=dict)


def is_paper(curie: str) -> bool:
    """Tell whether a CURIE names a paper."""
    return curie.startswith("paper:")


def read(tables: Tables, threshold: float) -> Graph:
    """Read what a page can show: relations at least as sure as ``threshold``, and those that are only denied."""
    graph = Graph(dates=dict(values(tables, "papers", "id", "paper.date")))
    for name, kind, label, others, support in values(
        tables, "entities", "id", "kind", "label", "alt_labels", "support"
    ):
        graph.entities[name] = Entity(name, kind, label, tuple(others), support=support)
    for head, kind, end, support, sure in values(tables, "relations", "head", "type", "tail", "support", "confidence"):
        tail = graph.entities.get(end)
        if tail is None:
            continue
        if kind == "mentions":
            graph.papers_of[tail.id].append(head)
        elif sure >= threshold or sure == 0:
            (graph.claims if is_paper(head) else graph.links).append(Relation(head, kind, tail.id, support, sure))
    return graph


def degrees(links: Iterable[Relation]) -> Counter[str]:
    """Count the links of each entity, without those that are only denied."""
    return Counter(end for link in links if link.confidence > 0 for end in {link.head, link.tail})


def choose(graph: Graph, limit: int) -> Choice:
    """Choose at most ``limit`` well-supported, connected entities and the links among them."""
    _check(limit)
    degree = degrees(graph.links)
    ranked = ranked_by_support(graph.entities.values(), degree)
    names = _connected(ranked, graph.links, limit) if len(ranked) > limit else set(graph.entities)
    return _choice(graph, [entity for entity in ranked if entity.id in names])


def choose_around(graph: Graph, name: str, hops: int, limit: int) -> Choice:
    """Choose an entity and at most ``limit - 1`` of those within ``hops`` links of it, the nearest and best first.

    An unknown name is an error that says which are near.
    """
    _check(limit)
    center = quotes.pick(graph.entities.values(), name)[0].id
    near = _neighbours(graph.links)
    distance, reached = {center: 0}, [center]
    for hop in range(1, hops + 1):
        reached = sorted({other for entity in reached for other in near[entity]} - distance.keys())
        distance |= dict.fromkeys(reached, hop)
    degree = degrees(graph.links)
    ranked = ranked_by_support((graph.entities[entity] for entity in distance), degree)
    ranked.sort(key=lambda entity: distance[entity.id])
    choice = _choice(graph, ranked[:limit])
    choice.focus = center
    return choice


def near_counts(graph: Graph, choice: Choice) -> tuple[int, int]:
    """Count the neighbours of the focus of a choice, and those of them that it holds."""
    near = _neighbours(graph.links)[choice.focus]
    return len(near), sum(entity.id in near for entity in choice.entities)


def _check(limit: int) -> None:
    """Refuse a page of nothing."""
    if limit < 1:
        raise KGError(f"a page of {limit} entities shows nothing; give a limit of at least 1")


def ranked_by_support(entities: Iterable[Entity], degree: Mapping[str, int]) -> list[Entity]:
    """Sort entities by support, then number of relations, then id."""
    return sorted(entities, key=lambda entity: (-entity.support, -degree.get(entity.id, 0), entity.id))


def _neighbours(links: Iterable[Relation]) -> dict[str, set[str]]:
    """Map each entity to the other ones that a relation links it to."""
    near: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.head != link.tail and link.confidence > 0:
            near[link.head].add(link.tail)
            near[link.tail].add(link.head)
    return near


def _connected(ranked: Sequence[Entity], links: Iterable[Relation], limit: int) -> set[str]:
    """Name the best-supported entities, and in the last third of the places those that are best linked to them.

    A relation weighs as much as it is sure, and twice where it links an entity that would else stand alone.
    """
    best = {entity.id for entity in ranked[: ceil(limit * BEST_SHARE)]}
    held = [link for link in links if link.confidence > 0 and link.head != link.tail]
    alone = best.difference(*({link.head, link.tail} for link in held if {link.head, link.tail} <= best))
    sure: dict[tuple[str, str], float] = defaultdict(float)
    for link in held:
        for name, other in ((link.head, link.tail), (link.tail, link.head)):
            if other in best and name not in best:
                # What no text states counts less.
                sure[name, other] = max(sure[name, other], link.confidence if link.support else 0.3)
    weight: dict[str, float] = defaultdict(float)
    for (name, other), confidence in sorted(sure.items()):
        weight[name] += confidence * (2 if other in alone else 1)
    linked = [entity.id for entity in ranked if entity.id in weight]
    linked = sorted(linked, key=lambda name: -round(weight[name], 6))[: limit - len(best)]
    taken = best.union(linked)
    rest = [entity.id for entity in ranked if entity.id not in taken]
    return taken.union(rest[: limit - len(taken)])


def _choice(graph: Graph, entities: list[Entity]) -> Choice:
    """Keep the links among entities; name for each entity left out the best one held that it is linked to."""
    place = {entity.id: number for number, entity in enumerate(entities)}
    choice = Choice(entities, [])
    for link in graph.links:
        inside = [link.head in place, link.tail in place]
        if all(inside):
            choice.links.append(link)
        elif any(inside) and link.confidence > 0:
            mine, other = (link.head, link.tail) if inside[0] else (link.tail, link.head)
            known = choice.near.get(other)
            if known is None or place[mine] < place[known]:
                choice.near[other] = mine
    return choice
