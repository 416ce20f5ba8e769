"""Choose the part of the graph that a page shows: the entities, their relations and a few papers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest
from itertools import chain, groupby
from math import ceil

from kg import quotes
from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Relation
from kg.tables import Tables

#: Papers named per entity and relation, and papers listed per entity; fewer for an entity that is not drawn.
PAPERS_PER_ENTITY, PAPERS_PER_OUTER = 8, 3
#: Papers drawn at most when papers are asked for; all their relations are told.
PAPERS = 150
#: Further papers are told in full while the page has fewer relations of papers than this.
PAPER_LINKS = 2000
#: Share of the places that go to the best supported entities whatever they are linked to.
BEST_SHARE = 2 / 3
#: Relations per entity that are told though their other end is not drawn.
OUTER_PER_ENTITY = 10
#: Entities named in a paper's details because the paper is most about them.
ABOUT = 5
#: A neighbourhood smaller than this is filled up with neighbours of neighbours.
SMALL = 40


@dataclass(slots=True)
class Subgraph:
    """What a page shows, best first, and how much it leaves out.

    With a ``center``, which then stands first, ``neighbours`` counts all entities it is linked to; without one,
    ``joined`` counts the entities that are shown because they are linked to better supported ones.
    ``links`` join entities, ``paper_links`` lead from papers to entities, and ``outer_links`` are the best
    of those that join an entity to one of the ``outer`` entities, which are not drawn. ``drawn_papers`` are the
    papers with most links to shown entities. ``papers_of`` lists the papers that mention an entity, ``about`` the
    entities, shown or not, that are most salient in one of these papers,
    ``together`` counts the papers that two entities share, ``beyond`` counts the relations of an entity or paper
    that are left out, and ``more_papers`` the papers of an entity left out per relation.
    """

    entities: list[Entity]
    center: str = ""
    neighbours: int = 0
    joined: int = 0
    links: list[Relation] = field(default_factory=list)
    paper_links: list[Relation] = field(default_factory=list)
    outer: list[Entity] = field(default_factory=list)
    outer_links: list[Relation] = field(default_factory=list)
    drawn_papers: list[str] = field(default_factory=list)
    papers_of: dict[str, list[str]] = field(default_factory=dict)
    about: dict[str, list[Entity]] = field(default_factory=dict)
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
    """Choose at most ``limit`` well-supported, connected entities, or those around the one called ``around``."""
    if limit < 1:
        raise KGError(f"a page of {limit} nodes shows nothing; give a limit of at least 1")
    links, stated = _read(tables, config.export_threshold)
    held = [link for link in links if link.confidence > 0]
    degree = Counter(end for link in held for end in {link.head, link.tail})
    entities = {entity.id: entity for entity in tables.entities()}
    ranked = _ranked(entities.values(), degree)
    center, neighbours, joined = "", 0, 0
    if around is None:
        best, linked = _connected(ranked, held, limit)
        names = {*best, *linked}
        shown, joined = [entity for entity in ranked if entity.id in names], len(linked)
    else:
        center = quotes.find(tables, around)[0].id
        near = _near(held, entities)
        neighbours = len(near[center])
        shown = [entities[name] for name in _neighbourhood(center, near, ranked, limit)]
    graph = Subgraph(shown, center, neighbours, joined, all_entities=len(entities), all_links=len(held))
    _keep_links(graph, links, entities)
    _keep_papers(graph, stated, entities)
    _count_rest(graph, degree, stated)
    _keep_mentions(graph, tables, entities)
    return graph


def _read(tables: Tables, threshold: float) -> tuple[list[Relation], list[Relation]]:
    """Read the relations between entities, and the asserted ones of papers."""
    links, stated = [], []
    for relation in tables.relations():
        if joins_entities(relation, threshold):
            links.append(relation)
        elif is_paper(relation.head) and relation.type != "mentions" and relation.confidence >= threshold:
            stated.append(relation)
    return links, stated


def _connected(ranked: Sequence[Entity], held: Iterable[Relation], limit: int) -> tuple[list[str], list[str]]:
    """Name the best-supported entities, and those that relations stated in papers link to them.

    The second ones take the places the first leave, by the confidence of these relations, then by support. A link
    to an entity that would else stand alone counts double.
    """
    if len(ranked) <= limit:
        return [entity.id for entity in ranked], []
    best = {entity.id for entity in ranked[: ceil(limit * BEST_SHARE)]}
    alone = best.difference(*({link.head, link.tail} for link in held if {link.head, link.tail} <= best))
    sure: dict[tuple[str, str], float] = defaultdict(float)
    for link in held:
        for name, other in ((link.head, link.tail), (link.tail, link.head)):
            if link.support and other in best and name not in best:
                sure[name, other] = max(sure[name, other], link.confidence)
    weight: dict[str, float] = defaultdict(float)
    for (name, other), confidence in sorted(sure.items()):
        weight[name] += confidence * (2 if other in alone else 1)
    linked = [entity.id for entity in ranked if entity.id in weight]
    linked = sorted(linked, key=lambda name: -round(weight[name], 6))[: limit - len(best)]
    rest = [entity.id for entity in ranked if entity.id not in best.union(linked)]
    return [*sorted(best), *rest[: limit - len(best) - len(linked)]], linked


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
    for found in outer.values():
        kept.update(nsmallest(OUTER_PER_ENTITY, found, key=lambda link: (-link.support, -link.confidence, link)))
    graph.outer_links = sorted(kept)
    ends = {end for link in kept for end in (link.head, link.tail)}
    graph.outer = [entities[name] for name in sorted(ends - shown)]


def _keep_papers(graph: Subgraph, stated: Iterable[Relation], entities: Mapping[str, Entity]) -> None:
    """Keep the most certain links from papers to each entity, and all links of the papers linked to most entities."""
    shown = {entity.id for entity in graph.entities}
    of_paper: dict[str, list[Relation]] = defaultdict(list)
    typed: dict[tuple[str, str], list[Relation]] = defaultdict(list)
    for link in stated:
        if link.tail in entities:
            of_paper[link.head].append(link)
            typed[link.tail, link.type].append(link)
    ties = Counter(link.head for link in chain(*of_paper.values()) if link.tail in shown)
    papers = sorted(ties, key=lambda paper: (-ties[paper], paper))
    graph.drawn_papers = papers[:PAPERS]
    kept: set[Relation] = set()
    for number, paper in enumerate(papers):
        if number < PAPERS or len(kept) < PAPER_LINKS:
            kept.update(of_paper[paper])
    ends = {link.tail for link in kept}.union(entity.id for entity in graph.outer)
    graph.outer = [entities[name] for name in sorted(ends - shown)]
    outer = {entity.id for entity in graph.outer}
    for (tail, kind), found in typed.items():
        if tail in shown or (tail in outer and kind == "introduces"):
            number = PAPERS_PER_ENTITY if tail in shown else PAPERS_PER_OUTER
            kept.update(nlargest(number, found, key=lambda link: (link.confidence, link.head)))
    graph.paper_links = sorted(kept, key=lambda link: (link.tail, link.type, -link.confidence, link.head))


def _count_rest(graph: Subgraph, degree: Counter[str], stated: Iterable[Relation]) -> None:
    """Count what the page does not tell of the entities and papers on it."""
    told = Counter(end for link in graph.told if link.confidence > 0 for end in {link.head, link.tail})
    from_papers = Counter(link.tail for link in graph.paper_links)
    for entity in chain(graph.entities, graph.outer):
        graph.beyond[entity.id] = degree[entity.id] - (told[entity.id] - from_papers[entity.id])
    named = {entity.id for entity in chain(graph.entities, graph.outer)}
    for link in stated:
        graph.beyond[link.head] += 1
        if link.tail in named:
            graph.more_papers[link.tail, link.type] += 1
    for link in graph.paper_links:
        graph.beyond[link.head] -= 1
        graph.more_papers[link.tail, link.type] -= 1


def _keep_mentions(graph: Subgraph, tables: Tables, entities: Mapping[str, Entity]) -> None:
    """Keep which papers mention the entities, which shown entities papers share, and what these papers are about."""
    shown = {entity.id for entity in graph.entities}
    named = shown.union(entity.id for entity in graph.outer)
    told = {link.head for link in graph.paper_links}
    papers_of: dict[str, list[str]] = defaultdict(list)
    mentions = (row for row in tables.relations() if row.type == "mentions" and is_paper(row.head))
    for paper, rows in groupby(mentions, key=lambda row: row.head):
        found = [row for row in rows if row.tail in entities]
        names = [row.tail for row in found if row.tail in named]
        if names or paper in told:
            best = nsmallest(ABOUT, found, key=lambda row: (-row.salience, -row.confidence, row.tail))
            graph.about[paper] = [entities[row.tail] for row in best if row.salience]
        for name in names:
            papers_of[name].append(paper)
        drawn = [name for name in names if name in shown]
        graph.together.update((a, b) for a in drawn for b in drawn if a < b)
    graph.papers_of = dict(sorted(papers_of.items()))
