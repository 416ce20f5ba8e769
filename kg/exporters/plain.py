"""What formats for other tools share: legal characters, plain rows of nodes and edges, and sentences as text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from kg.exporters.characters import legal, one_line
from kg.exporters.statements import year_of
from kg.graph import MENTION, PAPER_KIND, entity_data, evidence_data, paper_data, polarity
from kg.model import Evidence, Mention, Paper, Relation, Span
from kg.tables import Tables, join


def decimal(number: float) -> float:
    """Round to the six places that all formats give."""
    return round(number, 6)


def web_page(paper: Paper) -> str:
    """Give the address of a paper's page, or an empty string.

    >>> web_page(Paper("LoRA", arxiv="2106.09685"))
    'https://arxiv.org/abs/2106.09685'
    """
    if paper.arxiv:
        return f"https://arxiv.org/abs/{paper.arxiv}"
    return f"https://doi.org/{paper.doi}" if paper.doi else ""


class Passages:
    """The texts of all papers, to cut sentences and mentions out of."""

    def __init__(self, tables: Tables) -> None:
        self._texts = {row.id: (row.paper.title, row.paper.abstract) for row in tables.papers()}

    def text(self, paper: str, span: Span) -> str:
        """Give a stretch of a paper; empty where the paper is not among the tables."""
        title, abstract = self._texts.get(paper, ("", ""))
        return (title if span.section == "title" else abstract)[span.start : span.end]

    def sentences(self, evidence: Evidence) -> list[str]:
        """Give the sentences of a piece of evidence, each on one line."""
        return [one_line(self.text(evidence.paper, span)) for span in evidence.sentences]

    def surest(self, evidence: Iterable[Evidence]) -> str:
        """Give the sentences of the most probable piece of evidence, the first by id of several."""
        best = min(evidence, key=lambda item: (not item.sentences, -item.probability, item.id), default=None)
        return " ".join(self.sentences(best)) if best else ""


def network_nodes(tables: Tables) -> Iterator[tuple[str, dict[str, Any]]]:
    """Stream the nodes that `kg.graph.to_networkx` makes with their data, sorted by id."""
    yield from ((entity.id, entity_data(entity)) for entity in tables.entities())
    yield from ((row.id, paper_data(row)) for row in tables.papers())


def network_edges(tables: Tables) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Stream the edges that `kg.graph.to_networkx` makes: head, tail, relation and data, sorted by the triple."""
    places = _Places(tables.mentions())
    for relation, evidence in join(tables.relations(), tables.evidence()):
        reasons = [evidence_data(item) for item in evidence]
        data: dict[str, Any] = {"support": relation.support, "confidence": relation.confidence, "evidence": reasons}
        if relation.type == "mentions":
            data["salience"] = relation.salience
            reasons += [
                {"origin": MENTION, "section": item.section, "start": item.start, "end": item.end, "text": item.text}
                for item in places.of(relation)
            ]
        yield relation.head, relation.tail, relation.type, data | {"polarity": polarity(reasons)}


class _Places:
    """The mentions of one paper at a time, for relations that come sorted by head."""

    def __init__(self, mentions: Iterator[Mention]) -> None:
        self._mentions = mentions
        self._next = next(mentions, None)
        self._paper = ""
        self._found: dict[str, list[Mention]] = {}

    def of(self, relation: Relation) -> list[Mention]:
        """Give the mentions behind a ``mentions`` relation."""
        if relation.head != self._paper:
            self._paper, self._found = relation.head, defaultdict(list)
            while self._next is not None and self._next.paper <= relation.head:
                if self._next.paper == relation.head:
                    self._found[self._next.entity].append(self._next)
                self._next = next(self._mentions, None)
        return self._found.get(relation.tail, [])


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation as a row: what it joins, its figures, the papers behind it and the surest sentence.

    ``since`` is the first date at which the claim can have stood: that of its first paper, else that of both ends.
    """

    head: str
    type: str
    tail: str
    support: int
    confidence: float
    salience: float
    polarity: str
    papers: tuple[str, ...]
    sentence: str
    since: str


def edges(tables: Tables) -> Iterator[Edge]:
    """Stream the relations as rows, in their order."""
    passages = Passages(tables)
    dates = {row.id: row.paper.date for row in tables.papers()}
    for entity in tables.entities():
        dates[entity.id] = entity.first_seen
    for relation, evidence in join(tables.relations(), tables.evidence()):
        denied = bool(evidence) and all(item.polarity == "negated" for item in evidence)
        papers = sorted({item.paper for item in evidence if item.paper})
        own = [date for paper in papers if (date := dates.get(paper, ""))]
        ends = [dates.get(relation.head, ""), dates.get(relation.tail, "")]
        yield Edge(
            head=relation.head,
            type=relation.type,
            tail=relation.tail,
            support=relation.support,
            confidence=decimal(relation.confidence),
            salience=decimal(relation.salience),
            polarity="negated" if denied else "stated",
            papers=tuple(papers),
            sentence=passages.surest(evidence),
            since=min(own) if own else max(ends),
        )


def nodes(tables: Tables) -> Iterator[dict[str, Any]]:
    """Stream entities, then papers, as rows of id, kind, label and what is known of them: text, numbers and lists."""
    return chain(_entity_rows(tables), _paper_rows(tables))


def _entity_rows(tables: Tables) -> Iterator[dict[str, Any]]:
    """Stream the entities as rows."""
    for entity in tables.entities():
        yield {
            "id": entity.id,
            "kind": entity.kind,
            "label": one_line(entity.label),
            "alt_labels": [one_line(label) for label in entity.alt_labels],
            "support": entity.support,
            "date": entity.first_seen,
            "year": year_of(entity.first_seen),
            "term": entity.term,
            "version_order": entity.version_order,
        }


def _paper_rows(tables: Tables) -> Iterator[dict[str, Any]]:
    """Stream the papers as rows."""
    for row in tables.papers():
        paper = row.paper
        yield {
            "id": row.id,
            "kind": PAPER_KIND,
            "label": one_line(paper.title),
            "authors": [one_line(name) for name in paper.authors],
            "date": paper.date,
            "year": year_of(paper.date),
            "arxiv": one_line(paper.arxiv),
            "doi": one_line(paper.doi),
            "url": one_line(web_page(paper)),
            "categories": [one_line(name) for name in paper.categories],
            "abstract": legal(paper.abstract),
        }
