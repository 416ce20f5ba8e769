"""The data of a page: one JSON object of columns, whole numbers and strings only, in a fixed order.

Its fields are described beside the functions that make them; a node, edge, paper, sentence or evidence is known by
its number, from 0.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from math import sqrt
from typing import Any

from kg.model import KINDS, Entity, Relation
from kg.readings import RELATIONS
from kg.tables import PaperRow
from kg.view.choice import Choice, Graph, degrees
from kg.view.communities import Weights, communities, tops, weigh
from kg.view.layout import Layout, place, place_between
from kg.view.proofs import Key, Proof, Quotes, by_year, key_of, paper_columns

#: The version of the form of the data.
VERSION = 1
#: Characters of a label and number of alternative labels kept on the page.
LONGEST, ALT_LABELS = 300, 20


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a page tells: evidence per edge, claims of papers per entity and relation, papers per entity."""

    evidence: int = 8
    claims: int = 8
    papers: int = 24


@dataclass(slots=True)
class Picture:
    """What is shown and where: the choice with its communities and places, made once for any detail."""

    choice: Choice
    weights: Weights = field(default_factory=dict)
    parts: list[list[int]] = field(default_factory=list)
    layout: Layout = field(default_factory=lambda: Layout([], []))


def draw(graph: Graph, choice: Choice) -> Picture:
    """Find the communities of the chosen entities and place them."""
    weights = weigh(choice.entities, choice.links, graph.papers_of)
    parts = communities(choice.entities, weights)
    layout = place(parts, weights, [float(radius(entity)) for entity in choice.entities])
    return Picture(choice, weights, parts, layout)


def radius(entity: Entity) -> int:
    """Give the radius of an entity's node, growing with its support.

    >>> radius(Entity("entity:a", "Method", "A", support=1))
    6
    """
    return round(min(4 + 2.2 * sqrt(max(entity.support, 1)), 34))


def payload(graph: Graph, picture: Picture, proofs: Mapping[Key, Proof], detail: Detail) -> dict[str, Any]:
    """Make the data of a page except what it says of itself (title, message, mode)."""
    choice = picture.choice
    place_of = {entity.id: number for number, entity in enumerate(choice.entities)}
    claims, left = chosen_claims(graph, place_of, detail.claims)
    links = sorted(choice.links, key=lambda link: (-link.support, -link.confidence, link.head, link.type, link.tail))
    listed = {entity.id: _newest(graph, entity.id, detail.papers) for entity in choice.entities}
    told = [proofs[key_of(link)] for link in (*links, *claims)]
    named = {paper for papers in listed.values() for paper in papers} | {link.head for link in claims}
    named |= {item.paper for proof in told for item in proof.best[: detail.evidence]}
    rows = sorted((graph.papers[name] for name in named if name in graph.papers), key=lambda row: row.id)
    rows.sort(key=lambda row: row.paper.date, reverse=True)
    papers = {row.id: number for number, row in enumerate(rows)}
    quotes = Quotes(graph.papers, papers)
    relations = _in_order({link.type for link in (*links, *claims)})
    edges = _edges(links, proofs, quotes, detail) | {
        "source": [place_of[link.head] for link in links],
        "target": [place_of[link.tail] for link in links],
        "type": [relations.index(link.type) for link in links],
        "support": [link.support for link in links],
    }
    stated = _edges(claims, proofs, quotes, detail) | {
        "paper": [papers[link.head] for link in claims],
        "node": [place_of[link.tail] for link in claims],
        "type": [relations.index(link.type) for link in claims],
    }
    del stated["years"]
    return {
        "v": VERSION,
        "kinds": list(KINDS),
        "relations": relations,
        "readings": [list(RELATIONS[name]) if name in RELATIONS else [name, name] for name in relations],
        "nodes": _nodes(graph, picture, listed, papers) | {"claims_left": left},
        "edges": edges,
        "claims": stated,
        "papers": paper_columns(rows) | _paper_places(rows, claims, listed, picture),
        "sentences": quotes.sentences,
        "evidence": quotes.evidence,
        "communities": _communities(picture),
        "others": _others(graph, choice, place_of),
        "focus": place_of.get(choice.focus, -1),
        "compare": None,
    }


def _in_order(relations: set[str]) -> list[str]:
    """Sort relations as the details list them, unknown ones last."""
    order = {kind: number for number, kind in enumerate(RELATIONS)}
    return sorted(relations, key=lambda kind: (order.get(kind, len(order)), kind))


def chosen_claims(graph: Graph, place_of: Mapping[str, int], most: int) -> tuple[list[Relation], list[int]]:
    """Choose of each entity and relation the ``most`` surest claims of papers; count per entity those left out."""
    found: dict[tuple[int, str], list[Relation]] = defaultdict(list)
    for link in graph.claims:
        if link.tail in place_of and link.confidence > 0 and link.head in graph.papers:
            found[place_of[link.tail], link.type].append(link)
    left = [0] * len(place_of)
    kept: list[Relation] = []
    for (number, _), links in sorted(found.items()):
        best = nsmallest(most, links, key=lambda link: (-link.confidence, link.head))
        left[number] += len(links) - len(best)
        kept += best
    return kept, left


def _newest(graph: Graph, entity: str, count: int) -> list[str]:
    """Name the latest papers that mention an entity, undated ones last."""
    papers = sorted(name for name in graph.papers_of.get(entity, ()) if name in graph.papers)
    return sorted(papers, key=lambda name: graph.papers[name].paper.date, reverse=True)[:count]


def _edges(
    links: Sequence[Relation], proofs: Mapping[Key, Proof], quotes: Quotes, detail: Detail
) -> dict[str, list[Any]]:
    """Describe what relations of entities and claims of papers have in common."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("confidence", "origin", "flags", "years", "evidence", "left")
    }
    for link in links:
        proof = proofs[key_of(link)]
        best = proof.best[: detail.evidence]
        columns["confidence"].append(round(link.confidence * 1000))
        columns["origin"].append(proof.origin)
        columns["flags"].append(proof.flags)
        columns["years"].append(proof.years)
        columns["evidence"].append([quotes.add(item) for item in best])
        columns["left"].append(proof.left + len(proof.best) - len(best))
    return columns


def _nodes(
    graph: Graph, picture: Picture, listed: Mapping[str, list[str]], papers: Mapping[str, int]
) -> dict[str, list[Any]]:
    """Describe the entities; ``more`` counts the papers that ``papers`` leaves out."""
    entities = picture.choice.entities
    degree = degrees(picture.choice.links)
    home = {member: number for number, part in enumerate(picture.parts) for member in part}
    mentioning = {
        entity.id: [graph.papers[name] for name in graph.papers_of.get(entity.id, ()) if name in graph.papers]
        for entity in entities
    }
    return {
        "id": [entity.id for entity in entities],
        "label": [entity.label[:LONGEST] for entity in entities],
        "alt": [[label[:LONGEST] for label in entity.alt_labels[:ALT_LABELS]] for entity in entities],
        "kind": [KINDS.index(entity.kind) for entity in entities],
        "x": [x for x, _ in picture.layout.points],
        "y": [y for _, y in picture.layout.points],
        "r": [radius(entity) for entity in entities],
        "community": [home[number] for number in range(len(entities))],
        "support": [entity.support for entity in entities],
        "papers": [[papers[name] for name in listed[entity.id]] for entity in entities],
        "more": [len(mentioning[entity.id]) - len(listed[entity.id]) for entity in entities],
        "years": [by_year(mentioning[entity.id]) for entity in entities],
        "degree": [degree[entity.id] for entity in entities],
        "linked": [int(degree[entity.id] > 0) for entity in entities],
    }


def _paper_places(
    rows: Sequence[PaperRow], claims: Sequence[Relation], listed: Mapping[str, list[str]], picture: Picture
) -> dict[str, list[int]]:
    """Place papers between the entities that they claim something of, or else mention."""
    place_of = {entity.id: number for number, entity in enumerate(picture.choice.entities)}
    near: dict[str, list[int]] = defaultdict(list)
    for link in claims:
        near[link.head].append(place_of[link.tail])
    beside: dict[str, list[int]] = defaultdict(list)
    for name, papers in listed.items():
        for paper in papers:
            beside[paper].append(place_of[name])
    spots = place_between(picture.layout.points, [near[row.id] or beside[row.id] for row in rows], 24)
    return {"x": [x for x, _ in spots], "y": [y for _, y in spots]}


def _communities(picture: Picture) -> dict[str, list[Any]]:
    """Describe the communities, named by the entities that stand for them."""
    entities, discs = picture.choice.entities, picture.layout.discs
    named = tops(picture.parts, entities, picture.weights)
    return {
        "label": [", ".join(entities[number].label[:60] for number in best) for best in named],
        "size": [len(part) for part in picture.parts],
        "x": [disc.x for disc in discs],
        "y": [disc.y for disc in discs],
        "r": [disc.r for disc in discs],
        "top": named,
    }


def _others(graph: Graph, choice: Choice, place_of: Mapping[str, int]) -> dict[str, list[Any]]:
    """List the entities that are not on the page, for its search."""
    rest = [entity for name, entity in graph.entities.items() if name not in place_of]
    rest.sort(key=lambda entity: (-entity.support, entity.id))
    return {
        "label": [entity.label[:LONGEST] for entity in rest],
        "kind": [KINDS.index(entity.kind) for entity in rest],
        "support": [entity.support for entity in rest],
        "near": [place_of[choice.near[entity.id]] if entity.id in choice.near else -1 for entity in rest],
    }
