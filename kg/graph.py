"""The tables as a NetworkX graph, and back, with nothing lost; keep and merge graphs.

A node key is a CURIE, an edge key the name of the relation, and all data plain JSON:

| of        | data                                                                                        |
| --------- | ------------------------------------------------------------------------------------------- |
| entity    | kind, label, alt_labels, support, first_seen, links (exact_match, introduced_by), term,     |
|           | version_order                                                                               |
| paper     | kind "Paper", label, alt_labels, support, first_seen, links, paper (the record)             |
| edge      | support, confidence, evidence (list; of a ``mentions`` edge its places, origin "mention"),  |
|           | polarity ("stated", or "negated" where all evidence denies it), salience (of ``mentions``)  |
| the graph | merges (list of identity decisions)                                                         |
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.compute as pc

from kg.errors import KGError
from kg.model import Entity, Evidence, Mention, Merge, Paper, Relation
from kg.tables import PaperRow, Tables, batches, from_plain, to_plain

#: Kind of the nodes that are papers.
PAPER_KIND = "Paper"

#: Origin of the places where a paper names an entity, among the evidence of ``mentions`` edges.
MENTION = "mention"

_EDGE = ("head", "type", "tail")


@dataclass(frozen=True, slots=True)
class Records:
    """The records of all tables, each in its table's order."""

    papers: tuple[PaperRow, ...] = ()
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    merges: tuple[Merge, ...] = ()


def count_edges(tables: Tables, *, min_confidence: float = 0.0) -> int:
    """Count the relations of whole tables, or the ``mentions`` and those at least as sure, without reading the rest."""
    columns = batches(tables.folder / "relations.parquet", Relation, columns=["type", "confidence"], rows=100_000)
    if min_confidence <= 0:
        return sum(batch.num_rows for batch in columns)
    return sum(pc.sum(_sure(batch, min_confidence), min_count=0).as_py() for batch in columns)


def _sure(batch: pa.RecordBatch, least: float) -> pa.BooleanArray:
    """Tell of each relation whether `prune` would keep it."""
    return pc.or_(pc.equal(batch["type"], "mentions"), pc.greater_equal(batch["confidence"], least))


def check_size(edges: int, most: int, *, where: str) -> None:
    """Refuse a graph of more edges than NetworkX should hold, and say what to use instead."""
    if edges > most:
        raise KGError(
            f"{where}: {edges} relations, more than max_graph_edges ({most}) lets NetworkX hold; ask with `kg query`, "
            "write all with `kg export csv` or `kg export parquet`, or a part for NetworkX with "
            "`kg export json --around NAME`; take the surer ones with min_confidence, or raise max_graph_edges"
        )


def to_networkx(tables: Tables) -> "nx.MultiDiGraph[str]":
    """Make the graph of a build: a node per paper and entity, an edge per relation with its evidence."""
    return from_records(
        Records(
            papers=tuple(tables.papers()),
            mentions=tuple(tables.mentions()),
            entities=tuple(tables.entities()),
            relations=tuple(tables.relations()),
            evidence=tuple(tables.evidence()),
            merges=tuple(tables.merges()),
        )
    )


def from_records(records: Records) -> "nx.MultiDiGraph[str]":
    """Make the graph of records; a relation whose ends are not there is an error."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(merges=[to_plain(merge) for merge in records.merges])
    graph.add_nodes_from((row.id, paper_data(row)) for row in records.papers)
    graph.add_nodes_from((entity.id, entity_data(entity)) for entity in records.entities)
    for relation in records.relations:
        if relation.head not in graph or relation.tail not in graph:
            raise KGError(f"relation {relation.head} {relation.type} {relation.tail} has an end that is no node")
        graph.add_edge(
            relation.head,
            relation.tail,
            relation.type,
            support=relation.support,
            confidence=relation.confidence,
            evidence=[],
            **({"salience": relation.salience} if relation.type == "mentions" else {}),
        )
    for evidence in records.evidence:
        _reasons(graph, evidence.head, evidence.tail, evidence.type).append(evidence_data(evidence))
    for mention in records.mentions:
        place = {"section": mention.section, "start": mention.start, "end": mention.end, "text": mention.text}
        _reasons(graph, mention.paper, mention.entity, "mentions").append({"origin": MENTION, **place})
    for *_, data in graph.edges(data=True):
        data["polarity"] = polarity(data["evidence"])
    return graph


def from_networkx(graph: "nx.MultiDiGraph[str]") -> Records:
    """Give the records of a graph, the inverse of `from_records`."""
    papers, entities = [], []
    for node, data in graph.nodes(data=True):
        if data["kind"] == PAPER_KIND:
            papers.append(PaperRow(node, from_plain(Paper, data["paper"])))
        else:
            entities.append(_entity(node, data))
    mentions, relations, reasons = [], [], []
    for head, tail, name, data in graph.edges(keys=True, data=True):
        relations.append(Relation(head, name, tail, data["support"], data["confidence"], data.get("salience", 0.0)))
        for item in data["evidence"]:
            if item["origin"] == MENTION:
                place = {key: item[key] for key in ("section", "start", "end", "text")}
                mentions.append(Mention(paper=head, entity=tail, **place))
            else:
                reasons.append(from_plain(Evidence, {"head": head, "type": name, "tail": tail, **item}))
    return Records(
        papers=tuple(sorted(papers, key=lambda row: row.id)),
        mentions=tuple(sorted(mentions)),
        entities=tuple(sorted(entities, key=lambda entity: entity.id)),
        relations=tuple(sorted(relations, key=lambda row: (row.head, row.type, row.tail))),
        evidence=tuple(sorted(reasons, key=lambda row: (row.head, row.type, row.tail, row.id))),
        merges=tuple(from_plain(Merge, merge) for merge in graph.graph["merges"]),
    )


def prune(
    graph: "nx.MultiDiGraph[str]", *, min_confidence: float = 0.0, min_support: int = 0
) -> "nx.MultiDiGraph[str]":
    """Keep the entities that ``min_support`` papers name and the relations as sure and as well supported.

    Papers stay, and so do relations that no text states (of rules and the vocabulary) where both ends stay.
    """
    kept = graph.subgraph(
        [node for node, data in graph.nodes(data=True) if data["kind"] == PAPER_KIND or data["support"] >= min_support]
    ).copy()
    weak = [
        (head, tail, name)
        for head, tail, name, data in kept.edges(keys=True, data=True)
        if name != "mentions" and not _is_kept(data, min_confidence, min_support)
    ]
    kept.remove_edges_from(weak)
    return kept


def merge(graphs: Iterable["nx.MultiDiGraph[str]"]) -> "nx.MultiDiGraph[str]":
    """Join graphs: alternative labels and evidence are united, support and confidence counted anew.

    Where nodes differ in kind, label or record, the first graph's stand.
    """
    joined: nx.MultiDiGraph[str] = nx.MultiDiGraph(merges=[])
    for graph in graphs:
        for decision in graph.graph["merges"]:
            if decision not in joined.graph["merges"]:
                joined.graph["merges"].append(decision)
        for node, data in graph.nodes(data=True):
            joined.add_node(node, **_joined_node(joined.nodes[node], data) if node in joined else data)
        for head, tail, name, data in graph.edges(keys=True, data=True):
            if joined.has_edge(head, tail, name):
                data = _joined_edge(joined.edges[head, tail, name], data)
            joined.add_edge(head, tail, name, **data)
    for node, data in joined.nodes(data=True):
        if data["kind"] != PAPER_KIND:
            data["support"] = sum(1 for _, _, name in joined.in_edges(node, keys=True) if name == "mentions")
    return joined


def confidence(evidence: Iterable[dict[str, Any]]) -> tuple[int, float]:
    """Count the papers whose text asserts a relation, and give 1 - prod(1 - p) over their best evidence.

    It assumes that papers are independent. Negated evidence never counts.

    >>> said = {"origin": "text", "polarity": "stated", "paper": "paper:a", "probability": 0.5}
    >>> confidence([said, said | {"paper": "paper:b"}, said | {"polarity": "negated", "paper": "paper:c"}])
    (2, 0.75)
    """
    best: dict[str, float] = defaultdict(float)
    ruled = False
    for item in evidence:
        if item["origin"] == "text" and item["polarity"] == "stated":
            best[item["paper"]] = max(best[item["paper"]], item["probability"])
        ruled = ruled or item["origin"] in ("rule", "vocabulary")
    if not best:
        return 0, 1.0 if ruled else 0.0
    return len(best), 1.0 - math.prod(1.0 - best[paper] for paper in sorted(best))


def polarity(evidence: Collection[dict[str, Any]]) -> str:
    """Give ``negated`` where there is evidence and all of it denies the relation, else ``stated``."""
    denied = evidence and all(item.get("polarity") == "negated" for item in evidence)
    return "negated" if denied else "stated"


def _is_kept(data: dict[str, Any], min_confidence: float, min_support: int) -> bool:
    """Tell whether a relation is sure and well supported enough."""
    unstated = data["support"] == 0 and data["confidence"] == 1.0
    return bool(data["confidence"] >= min_confidence and (unstated or data["support"] >= min_support))


def _reasons(graph: "nx.MultiDiGraph[str]", head: str, tail: str, name: str) -> list[dict[str, Any]]:
    """Give the evidence list of an edge."""
    data = graph.get_edge_data(head, tail, name)
    if data is None:
        raise KGError(f"evidence for {head} {name} {tail}, which is no relation of this graph")
    reasons: list[dict[str, Any]] = data["evidence"]
    return reasons


def paper_data(row: PaperRow) -> dict[str, Any]:
    """Give the node data of a paper."""
    return {
        "kind": PAPER_KIND,
        "label": row.paper.title,
        "alt_labels": [],
        "support": 1,
        "first_seen": row.paper.date,
        "links": {"exact_match": [], "introduced_by": []},
        "paper": to_plain(row.paper),
    }


def entity_data(entity: Entity) -> dict[str, Any]:
    """Give the node data of an entity."""
    return {
        "kind": entity.kind,
        "label": entity.label,
        "alt_labels": list(entity.alt_labels),
        "support": entity.support,
        "first_seen": entity.first_seen,
        "links": {"exact_match": list(entity.exact_match), "introduced_by": list(entity.introduced_by)},
        "term": entity.term,
        "version_order": entity.version_order,
    }


def evidence_data(evidence: Evidence) -> dict[str, Any]:
    """Give a piece of evidence as it stands in an edge's list."""
    return {name: value for name, value in to_plain(evidence).items() if name not in _EDGE}


def _entity(node: str, data: dict[str, Any]) -> Entity:
    """Make an entity of its node data."""
    return Entity(
        id=node,
        kind=data["kind"],
        label=data["label"],
        alt_labels=tuple(data["alt_labels"]),
        term=data["term"],
        support=data["support"],
        first_seen=data["first_seen"],
        exact_match=tuple(data["links"]["exact_match"]),
        introduced_by=tuple(data["links"]["introduced_by"]),
        version_order=data["version_order"],
    )


def _joined_node(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Unite the data of a node that two graphs have."""
    labels = sorted({*mine["alt_labels"], *other["alt_labels"], other["label"]} - {mine["label"]})
    dates = [date for date in (mine["first_seen"], other["first_seen"]) if date]
    links = {name: sorted({*mine["links"][name], *other["links"][name]}) for name in mine["links"]}
    alone = mine["kind"] == PAPER_KIND
    return mine | {
        "alt_labels": mine["alt_labels"] if alone else labels,
        "first_seen": min(dates, default=""),
        "links": links,
    }


def _joined_edge(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Unite the data of an edge that two graphs have."""
    evidence = mine["evidence"] + [item for item in other["evidence"] if item not in mine["evidence"]]
    if any(item["origin"] == MENTION for item in evidence):
        return mine | {"evidence": evidence, "salience": max(mine["salience"], other["salience"])}
    support, sure = confidence(evidence)
    return {"support": support, "confidence": sure, "evidence": evidence, "polarity": polarity(evidence)}
