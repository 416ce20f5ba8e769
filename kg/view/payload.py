"""The data of a page: one JSON object of columns, whole numbers and strings only, in a fixed order.

Its fields are described beside the functions that make them; a node, edge, paper, sentence or evidence is known by
its number, from 0.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from kg.model import KINDS, Entity, Relation
from kg.readings import RELATIONS
from kg.tables import Tables
from kg.view.choice import Choice, Graph, degrees
from kg.view.communities import Weights, communities, tops, weigh
from kg.view.layout import Layout, place, place_between
from kg.view.passages import Card, Passage, Quotes, paper_columns, tell
from kg.view.proofs import Key, Proof, by_year, gather, key_of

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


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown, where, and why it is held: all that a page of any detail is made of.

    ``links`` come the best supported first, ``claims`` by entity and relation, the surest first. ``papers`` name for
    each entity those that mention it, the newest first; ``years`` count these. ``cards`` are the papers told of, the
    newest first.
    """

    choice: Choice
    links: list[Relation]
    claims: list[list[Relation]]
    papers: list[list[str]]
    years: list[list[list[int]]]
    weights: Weights
    parts: list[list[int]]
    layout: Layout
    proofs: Mapping[Key, Proof[Passage]]
    cards: list[Card]
    others: dict[str, list[Any]]

    @property
    def place_of(self) -> dict[str, int]:
        """Number the entities."""
        return {entity.id: number for number, entity in enumerate(self.choice.entities)}


def draw(tables: Tables, graph: Graph, choice: Choice, most: Detail, *, others: bool) -> Picture:
    """Place what is chosen and read why it is held, for a detail of at most ``most``; list ``others`` for a search."""
    weights = weigh(choice.entities, choice.links, graph.papers_of)
    parts = communities(choice.entities, weights)
    claims = _claims(graph, choice)
    papers = [_newest(graph, entity.id) for entity in choice.entities]
    shown = [*choice.links, *_surest(claims, most.claims)]
    listed = {name for names in papers for name in names[: most.papers]} | {link.head for link in shown}
    proofs, cards = tell(tables, gather(tables, shown, graph.dates, most=most.evidence), listed)
    return Picture(
        choice,
        sorted(choice.links, key=lambda link: (-link.support, -link.confidence, link.head, link.type, link.tail)),
        claims,
        papers,
        [by_year(graph.dates[name] for name in names) for names in papers],
        weights,
        parts,
        place(parts, weights, [float(radius(entity)) for entity in choice.entities]),
        proofs,
        [cards[name] for name in sorted(sorted(cards), key=graph.dates.__getitem__, reverse=True)],
        _others(graph, choice) if others else {name: [] for name in ("label", "kind", "support", "near")},
    )


def radius(entity: Entity) -> int:
    """Give the radius of an entity's node, growing with its support.

    >>> radius(Entity("entity:a", "Method", "A", support=1))
    6
    """
    return round(min(4 + 2.2 * sqrt(max(entity.support, 1)), 34))


def payload(picture: Picture, detail: Detail) -> dict[str, Any]:
    """Make the data of a page except what it says of itself (title, message, mode)."""
    place_of, links = picture.place_of, picture.links
    claims = _surest(picture.claims, detail.claims)
    listed = [names[: detail.papers] for names in picture.papers]
    named = {name for names in listed for name in names} | {link.head for link in claims}
    named |= {item.paper for link in (*links, *claims) for item in picture.proofs[key_of(link)].best[: detail.evidence]}
    cards = [card for card in picture.cards if card.id in named]
    papers = {card.id: number for number, card in enumerate(cards)}
    quotes = Quotes(papers)
    relations = _in_order({link.type for link in (*links, *claims)})
    edges = _edges(links, picture.proofs, quotes, detail) | {
        "source": [place_of[link.head] for link in links],
        "target": [place_of[link.tail] for link in links],
        "type": [relations.index(link.type) for link in links],
        "support": [link.support for link in links],
    }
    stated = _edges(claims, picture.proofs, quotes, detail) | {
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
        "nodes": _nodes(picture, listed, papers) | {"claims_left": _left(picture, claims)},
        "edges": edges,
        "claims": stated,
        "papers": paper_columns(cards) | _paper_places(cards, claims, listed, picture),
        "sentences": quotes.sentences,
        "evidence": quotes.evidence,
        "communities": _communities(picture),
        "others": picture.others,
        "focus": place_of.get(picture.choice.focus, -1),
        "compare": None,
    }


def _in_order(relations: set[str]) -> list[str]:
    """Sort relations as the details list them, unknown ones last."""
    order = {kind: number for number, kind in enumerate(RELATIONS)}
    return sorted(relations, key=lambda kind: (order.get(kind, len(order)), kind))


def _claims(graph: Graph, choice: Choice) -> list[list[Relation]]:
    """Sort the claims of papers by entity and relation, the surest first."""
    place_of = {entity.id: number for number, entity in enumerate(choice.entities)}
    found: dict[tuple[int, str], list[Relation]] = defaultdict(list)
    for link in graph.claims:
        if link.tail in place_of and link.confidence > 0 and link.head in graph.dates:
            found[place_of[link.tail], link.type].append(link)
    return [sorted(links, key=lambda link: (-link.confidence, link.head)) for _, links in sorted(found.items())]


def _surest(claims: Iterable[list[Relation]], most: int) -> list[Relation]:
    """Choose of each entity and relation the ``most`` surest claims."""
    return [link for links in claims for link in links[:most]]


def _left(picture: Picture, claims: Iterable[Relation]) -> list[int]:
    """Count for each entity the claims that are not among those told."""
    left = Counter(links[0].tail for links in picture.claims for _ in links)
    left.subtract(link.tail for link in claims)
    return [left[entity.id] for entity in picture.choice.entities]


def _newest(graph: Graph, entity: str) -> list[str]:
    """Name the papers that mention an entity, the latest first and undated ones last."""
    papers = sorted(name for name in graph.papers_of.get(entity, ()) if name in graph.dates)
    return sorted(papers, key=graph.dates.__getitem__, reverse=True)


def _edges(
    links: Sequence[Relation], proofs: Mapping[Key, Proof[Passage]], quotes: Quotes, detail: Detail
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


def _nodes(picture: Picture, listed: Sequence[list[str]], papers: Mapping[str, int]) -> dict[str, list[Any]]:
    """Describe the entities; ``more`` counts the papers that ``papers`` leaves out."""
    entities = picture.choice.entities
    degree = degrees(picture.choice.links)
    home = {member: number for number, part in enumerate(picture.parts) for member in part}
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
        "papers": [[papers[name] for name in names] for names in listed],
        "more": [len(every) - len(told) for every, told in zip(picture.papers, listed, strict=True)],
        "years": picture.years,
        "degree": [degree[entity.id] for entity in entities],
        "linked": [int(degree[entity.id] > 0) for entity in entities],
    }


def _paper_places(
    cards: Sequence[Card], claims: Sequence[Relation], listed: Sequence[list[str]], picture: Picture
) -> dict[str, list[int]]:
    """Place papers between the entities that they claim something of, or else mention."""
    place_of = picture.place_of
    near: dict[str, list[int]] = defaultdict(list)
    for link in claims:
        near[link.head].append(place_of[link.tail])
    beside: dict[str, list[int]] = defaultdict(list)
    for number, papers in enumerate(listed):
        for paper in papers:
            beside[paper].append(number)
    spots = place_between(picture.layout.points, [near[card.id] or beside[card.id] for card in cards], 24)
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


def _others(graph: Graph, choice: Choice) -> dict[str, list[Any]]:
    """List the entities that are not on the page, for its search."""
    place_of = {entity.id: number for number, entity in enumerate(choice.entities)}
    rest = [entity for name, entity in graph.entities.items() if name not in place_of]
    rest.sort(key=lambda entity: (-entity.support, entity.id))
    return {
        "label": [entity.label[:LONGEST] for entity in rest],
        "kind": [KINDS.index(entity.kind) for entity in rest],
        "support": [entity.support for entity in rest],
        "near": [place_of[choice.near[entity.id]] if entity.id in choice.near else -1 for entity in rest],
    }
