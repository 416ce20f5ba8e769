"""Turn what each paper says into the rows of one graph: entities, mentions, relations and their evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import prod
from operator import attrgetter

from kg.config import Config
from kg.model import (
    PAPER,
    RELATIONS,
    Entity,
    Evidence,
    Extraction,
    LocalRelation,
    Mention,
    Merge,
    Paper,
    Relation,
    Span,
)
from kg.namespaces import entity_curie, paper_curie, short_hash
from kg.resolve.collecting import no_collection
from kg.resolve.identity import Identity, identify, kind_of, label_of
from kg.resolve.overriding import Decided, decide, separated, without_hidden
from kg.resolve.settle import settle
from kg.salience import salience
from kg.tables import PaperRow
from kg.text import normal_form
from kg.vocabulary import Vocabulary
from kg.vocabulary import load as load_vocabulary


@dataclass(frozen=True, slots=True)
class Resolution:
    """The rows of all tables, sorted.

    ``refused`` counts relations whose ends have kinds they may not have, ``unsure`` the names that all papers together
    are less sure of than ``entity_threshold``, ``unmatched`` lists the names in the user's overrides that nothing has,
    ``cyclic`` counts pairs of narrower and broader left out because surer ones say the reverse.
    """

    papers: list[PaperRow]
    mentions: list[Mention]
    entities: list[Entity]
    relations: list[Relation]
    evidence: list[Evidence]
    merges: list[Merge]
    refused: int = 0
    unsure: int = 0
    unmatched: tuple[str, ...] = ()
    cyclic: int = 0


@no_collection()
def resolve(papers: Sequence[Paper], extractions: Sequence[Extraction], config: Config) -> Resolution:
    """Join the extractions of ``papers`` (in the same order) into one graph.

    The result does not depend on the order of papers. Relations need kinds that `kg.model.RELATIONS` allows.
    """
    vocabulary = load_vocabulary(config.vocabularies)
    nodes = _nodes(papers, extractions, config, vocabulary)
    kinds = {entity.id: entity.kind for entity in nodes.entities.values()}
    stated = [item for place in nodes.places for item in _evidence(*place)]
    held = [item for item in stated if _allowed(item, kinds)]
    refused = len(stated) - len(held)
    del stated
    settled = settle(held, nodes.entities, nodes.mentions, vocabulary)
    del held
    evidence = sorted(settled.evidence, key=attrgetter("head", "type", "tail", "id"))
    relations = sorted(
        chain(sum_up(evidence), _mention_relations(nodes.places)), key=attrgetter("head", "type", "tail")
    )
    introduced = _introducers(relations, config.export_threshold)
    entities = (_completed(entity, introduced, settled.orders) for entity in nodes.entities.values())
    return Resolution(
        papers=[row for row, _, _ in nodes.places],
        mentions=nodes.mentions,
        entities=sorted(entities, key=attrgetter("id")),
        relations=relations,
        evidence=evidence,
        merges=nodes.merges,
        refused=refused,
        unsure=nodes.unsure,
        unmatched=nodes.unmatched,
        cyclic=settled.cyclic,
    )


#: A paper, what was extracted from it, and the CURIE of each local entity that is kept.
_Place = tuple[PaperRow, Extraction, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Nodes:
    """What stands in the graph before anything is related: ``places`` sorted by paper, ``entities`` by identity key."""

    places: list[_Place]
    mentions: list[Mention]
    entities: dict[str, Entity]
    merges: list[Merge]
    unsure: int
    unmatched: tuple[str, ...]


def _nodes(
    papers: Sequence[Paper], extractions: Sequence[Extraction], config: Config, vocabulary: Vocabulary
) -> _Nodes:
    """Identify the entities; what that needs is let go of when this returns."""
    extractions = separated(papers, extractions, vocabulary, config.overrides)
    decided = decide(identify(extractions, vocabulary), extractions, vocabulary, config.overrides)
    extractions, everything = without_hidden(papers, extractions, decided)
    identity = _sure(everything, extractions, config.entity_threshold)
    curies = {key: entity_curie(key) for key in identity.clusters}
    local: list[Mapping[str, str]] = [{name: curies[key] for name, key in row.items()} for row in identity.keys]
    rows = [PaperRow(paper_curie(paper), paper) for paper in papers]
    places = sorted(zip(rows, extractions, local, strict=True), key=lambda place: (place[0].id, place[0].paper))
    mentions = [mention for place in places for mention in _mentions(*place)]
    entities = _entities(replace(decided, identity=identity), curies, mentions, rows, vocabulary)
    unsure = len(everything.clusters) - len(identity.clusters)
    return _Nodes(places, mentions, entities, list(identity.merges), unsure, decided.unmatched)


def _sure(identity: Identity, extractions: Sequence[Extraction], threshold: float) -> Identity:
    """Keep the clusters whose probability over all papers, 1 - prod(1 - p), reaches the threshold."""
    doubts: dict[str, list[float]] = defaultdict(list)
    for extraction, keys in zip(extractions, identity.keys, strict=True):
        best: dict[str, float] = {}
        for entity in extraction.entities:
            if entity.id in keys:
                key = keys[entity.id]
                best[key] = min(1.0 - entity.confidence, best.get(key, 1.0))
        for key, doubt in best.items():
            doubts[key].append(doubt)
    clusters = {
        key: cluster for key, cluster in identity.clusters.items() if 1.0 - prod(sorted(doubts[key])) >= threshold
    }
    kept = [{name: key for name, key in row.items() if key in clusters} for row in identity.keys]
    curies = {entity_curie(key) for key in identity.clusters.keys() - clusters.keys()}
    return Identity(clusters, kept, [merge for merge in identity.merges if merge.entity not in curies])


def _text(paper: Paper, span: Span) -> str:
    return (paper.title if span.section == "title" else paper.abstract)[span.start : span.end]


def _mentions(row: PaperRow, extraction: Extraction, curies: Mapping[str, str]) -> list[Mention]:
    """Give the places that name an entity in one paper, sorted, each once; keys compare faster than records."""
    found = {
        (span.section, span.start, span.end, curies[entity.id]): span
        for entity in extraction.entities
        if entity.id in curies
        for span in entity.spans
    }
    return [
        Mention(row.id, *place[:3], entity=place[3], text=_text(row.paper, found[place])) for place in sorted(found)
    ]


def _entities(
    decided: Decided,
    curies: Mapping[str, str],
    mentions: Iterable[Mention],
    papers: Iterable[PaperRow],
    vocabulary: Vocabulary,
) -> dict[str, Entity]:
    """Make the entities, by identity key."""
    dates = {row.id: row.paper.date for row in papers}
    seen: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        seen[mention.entity].add(mention.paper)
    return {
        key: _entity(key, curie, decided, [dates[paper] for paper in seen[curie]], vocabulary)
        for key, curie in curies.items()
        if curie in seen
    }


def _entity(key: str, curie: str, decided: Decided, dates: Sequence[str], vocabulary: Vocabulary) -> Entity:
    """Make an entity named by papers of these dates."""
    cluster = decided.identity.clusters[key]
    found = label_of(cluster, vocabulary)
    label = decided.labels.get(key, found)
    term = vocabulary.terms.get(key)
    hidden = decided.hidden.get(key, frozenset())
    others = {name for name in (found, *cluster.names) if name.casefold() != label.casefold()}
    others |= {name for name in (term.alt_labels if term else ()) if name != label}
    return Entity(
        id=curie,
        kind=decided.kinds.get(key) or kind_of(cluster, vocabulary),
        label=label,
        alt_labels=tuple(sorted(name for name in others if not hidden or normal_form(name) not in hidden)),
        term=term.id if term else "",
        support=len(dates),
        first_seen=min(filter(None, dates), default=""),
        exact_match=(term.id, *term.exact_match) if term else (),
    )


def _evidence(row: PaperRow, extraction: Extraction, curies: Mapping[str, str]) -> Iterable[Evidence]:
    for relation in extraction.relations:
        head, tail = (row.id if end == PAPER else curies.get(end, "") for end in (relation.head, relation.tail))
        if head and tail and head != tail:
            yield _text_evidence(row.id, head, tail, relation)


def _text_evidence(paper: str, head: str, tail: str, relation: LocalRelation) -> Evidence:
    places = repr((relation.sentences, relation.head_mention, relation.tail_mention))
    name = short_hash(paper, head, relation.type, tail, relation.extractor, relation.polarity, places, length=16)
    return Evidence(
        head=head,
        type=relation.type,
        tail=tail,
        id=f"evidence:{name}",
        origin="text",
        extractor=relation.extractor,
        probability=relation.confidence,
        paper=paper,
        sentences=relation.sentences,
        head_mention=relation.head_mention,
        tail_mention=relation.tail_mention,
        polarity=relation.polarity,
        modality=relation.modality,
    )


def _allowed(item: Evidence, kinds: Mapping[str, str]) -> bool:
    """Tell whether the kinds of both ends are in the relation's domain and range."""
    heads, tails = RELATIONS[item.type]
    head = kinds.get(item.head, PAPER)
    return (heads is None or head in heads) and (tails is None or kinds[item.tail] in tails)


def sum_up(evidence: Iterable[Evidence]) -> Iterable[Relation]:
    """Sum evidence up: support counts papers, confidence is 1 - prod(1 - p) over papers and other origins."""
    best: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for item in evidence:
        sources = best[item.head, item.type, item.tail]
        if item.polarity == "stated":
            source = item.paper or item.extractor
            sources[source] = max(item.probability, sources.get(source, 0.0))
    for (head, relation, tail), sources in best.items():
        doubt = 1.0
        for source in sorted(sources):
            doubt *= 1.0 - sources[source]
        papers = sum(source.startswith("paper:") for source in sources)
        yield Relation(head, relation, tail, papers, round(1.0 - doubt, 4))


def _mention_relations(places: Iterable[_Place]) -> Iterable[Relation]:
    """Give ``mentions`` from each paper to each of its entities, as sure and as salient as the entity is there."""
    for row, extraction, curies in places:
        weight = salience(row.paper, extraction)
        found: dict[str, tuple[float, float]] = {}
        for entity in extraction.entities:
            if entity.id in curies:
                curie = curies[entity.id]
                sure, salient = found.get(curie, (0.0, 0.0))
                found[curie] = max(entity.confidence, sure), max(weight[entity.id], salient)
        for curie, (sure, salient) in found.items():
            yield Relation(row.id, "mentions", curie, 1, sure, salient)


def _introducers(relations: Iterable[Relation], threshold: float) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for relation in relations:
        if relation.type == "introduces" and relation.support and relation.confidence >= threshold:
            found[relation.tail].append(relation.head)
    return {entity: tuple(sorted(papers)) for entity, papers in found.items()}


def _completed(entity: Entity, introduced: Mapping[str, tuple[str, ...]], orders: Mapping[str, int]) -> Entity:
    """Add what the relations tell of an entity."""
    return replace(entity, introduced_by=introduced.get(entity.id, ()), version_order=orders.get(entity.id, 0))
