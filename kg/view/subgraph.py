"""Choose the part of the graph that a page shows: the entities, their relations and a few papers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest

from kg import quotes
from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Relation
from kg.tables import Tables

#: Papers named per entity and relation, and papers listed per entity.
PAPERS_PER_ENTITY = 8
#: Relations per entity that are told though their other end is not drawn.
OUTER_PER_ENTITY = 10
#: A neighbourhood smaller than this is filled up with neighbours of neighbours.
SMALL = 40


@dataclass(slots=True)
class Subgraph:
    """What a page shows, best first, and how much it leaves out.

    With a ``center``, which then stands first, ``neighbours`` counts all entities it is linked to.
    ``links`` join entities, ``paper_links`` lead from papers to entities, and ``outer_links`` are the best
    of those that join an entity to one of the ``outer`` entities, which are not drawn. ``papers_of`` lists some of
    the papers that mention an entity, ``together`` counts the papers that two entities share,
    ``beyond`` counts the relations of an entity that are left out, and ``more_papers`` its paper links
    left out per relation.
    """

    entities: list[Entity]
    center: str = ""
    neighbours: int = 0
    links: list[Relation] = field(default_factory=list)
    paper_links: list[Relation] = field(default_factory=list)
    outer: list[Entity] = field(default_factory=list)
    outer_links: list[Relation] = field(default_factory=list)
    papers_of: dict[str, list[str]] = field(default_factory=dict)
    together: Counter[tuple[str, str]] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    more_papers: Counter[tuple[str, str]] = field(default_factory=Counter)
    all_entities: int = 0
    all_links: int = 0

    @property
    def told(self) -> list[Relation]:
        """All relations the page tells of, in the order that numbers them."""
        return [*self.links, *self.paper_links, *self.outer_links]


def is_paper(curie: str) -> bool:
    """Tell whether a CURIE names a paper."""
    return curie.startswith("paper:")


def joins_entities(relation: Relation, threshold: float) -> bool:
    """Tell whether a relation is one the page draws between entities; denied ones (0) are kept apart."""
    return not is_paper(relation.head) and (relation.confidence >= threshold or relation.confidence == 0)


def choose(tables: Tables, config: Config, *, around: str | None, limit: int) -> Subgraph:
    """Choose at most ``limit`` entities, best supported first, or those around the one called ``around``."""
    if limit < 1:
        raise KGError(f"a page of {limit} nodes shows nothing; give a limit of at least 1")
    links = [relation for relation in tables.relations() if joins_entities(relation, config.export_threshold)]
    held = [link for link in links if link.confidence > 0]
    degree = Counter(end for link in held for end in {link.head, link.tail})
    entities = {entity.id: entity for entity in tables.entities()}
    ranked = _ranked(entities.values(), degree)
    center, neighbours = "", 0
    if around is None:
        shown = ranked[:limit]
    else:
        center = quotes.find(tables, around)[0].id
        near = _near(held, entities)
        neighbours = len(near[center])
        shown = [entities[name] for name in _neighbourhood(center, near, ranked, limit)]
    graph = Subgraph(shown, center, neighbours, all_entities=len(entities), all_links=len(held))
    _keep_links(graph, links, entities)
    _keep_papers(graph, tables, config)
    return graph


def _ranked(entities: Iterable[Entity], degree: Counter[str]) -> list[Entity]:
    """Sort entities by support, then relations, then id."""
    return sorted(entities, key=lambda entity: (-entity.support, -degree[entity.id], entity.id))


def _near(links: Iterable[Relation], entities: Collection[str]) -> dict[str, set[str]]:
    """Map each entity to the other ones that a relation links it to."""
    near: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.head != link.tail and link.head in entities and link.tail in entities:
            near[link.head].add(link.tail)
            near[link.tail].add(link.head)
    return near


def _neighbourhood(center: str, near: dict[str, set[str]], ranked: Sequence[Entity], limit: int) -> list[str]:
    """List the center, its neighbours, and for a small neighbourhood theirs, best supported first."""
    place = {entity.id: number for number, entity in enumerate(ranked)}
    first = sorted(near[center], key=place.__getitem__)
    shown = [center, *first][:limit]
    room = min(limit, SMALL) - len(shown)
    if room > 0:
        second = {name for neighbour in first for name in near[neighbour]}
        shown += nsmallest(room, second.difference(shown), key=place.__getitem__)
    return shown


def _keep_links(graph: Subgraph, links: Iterable[Relation], entities: Mapping[str, Entity]) -> None:
    """Keep the links whose two ends are shown, and for each entity the best of those with one end shown."""
    shown = {entity.id for entity in graph.entities}
    outer: dict[str, list[Relation]] = defaultdict(list)
    for link in links:
        ends = {link.head, link.tail}
        if ends <= shown:
            graph.links.append(link)
        elif link.confidence > 0 and ends <= entities.keys():
            for end in ends & shown:
                outer[end].append(link)
    kept = set()
    for name, found in sorted(outer.items()):
        best = nsmallest(OUTER_PER_ENTITY, found, key=lambda link: (-link.support, -link.confidence, link))
        graph.beyond[name] = len(found) - len(best)
        kept.update(best)
    graph.outer_links = sorted(kept)
    ends = {end for link in kept for end in (link.head, link.tail)}
    graph.outer = [entities[name] for name in sorted(ends - shown)]


def _keep_papers(graph: Subgraph, tables: Tables, config: Config) -> None:
    """Keep the most certain links from papers to shown entities, and which entities papers share."""
    shown = {entity.id for entity in graph.entities}
    typed: dict[tuple[str, str], list[Relation]] = defaultdict(list)
    mentioned: dict[str, list[str]] = defaultdict(list)
    for relation in tables.relations():
        if not is_paper(relation.head) or relation.tail not in shown:
            continue
        if relation.type == "mentions":
            mentioned[relation.head].append(relation.tail)
        elif relation.confidence >= config.export_threshold:
            typed[relation.tail, relation.type].append(relation)
    papers_of: dict[str, list[str]] = defaultdict(list)
    for paper, names in mentioned.items():
        for name in names:
            papers_of[name].append(paper)
        graph.together.update((a, b) for a in names for b in names if a < b)
    for (tail, kind), found in sorted(typed.items()):
        best = nlargest(PAPERS_PER_ENTITY, found, key=lambda relation: (relation.confidence, relation.head))
        graph.paper_links += best
        graph.more_papers[tail, kind] = len(found) - len(best)
    graph.papers_of = dict(sorted(papers_of.items()))
