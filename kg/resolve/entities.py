"""Turn what each paper says into the rows of one graph: entities, mentions, relations and their evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

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
    extractions = separated(papers, extractions, vocabulary, config.overrides)
    decided = decide(identify(extractions, vocabulary), extractions, vocabulary, config.overrides)
    extractions, everything = without_hidden(papers, extractions, decided)
    identity = _sure(everything, extractions, config.entity_threshold)
    rows = [PaperRow(paper_curie(paper), paper) for paper in papers]
    pairs = list(zip(rows, extractions, identity.keys, strict=True))
    mentions = sorted({mention for row in pairs for mention in _mentions(*row)})
    entities = _entities(replace(decided, identity=identity), mentions, rows, vocabulary)
    kinds = {entity.id: entity.kind for entity in entities.values()}
    stated = [item for row in pairs for item in _evidence(*row)]
    held = [item for item in stated if _allowed(item, kinds)]
    settled = settle(held, entities, mentions, vocabulary)
    evidence = sorted(settled.evidence, key=_order)
    relations = sorted([*sum_up(evidence), *_mention_relations(pairs)])
    introduced = _introducers(relations, config.export_threshold)
    return Resolution(
        papers=sorted(rows),
        mentions=mentions,
        entities=sorted(_completed(entity, introduced, settled.orders) for entity in entities.values()),
        relations=relations,
        evidence=evidence,
        merges=list(identity.merges),
        refused=len(stated) - len(held),
        unsure=len(everything.clusters) - len(identity.clusters),
        unmatched=decided.unmatched,
        cyclic=settled.cyclic,
    )


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


def _order(item: Evidence) -> tuple[str, str, str, str]:
    return item.head, item.type, item.tail, item.id


def _text(paper: Paper, span: Span) -> str:
    return (paper.title if span.section == "title" else paper.abstract)[span.start : span.end]


def _mentions(row: PaperRow, extraction: Extraction, keys: Mapping[str, str]) -> Iterable[Mention]:
    for entity in extraction.entities:
        if entity.id in keys:
            curie = entity_curie(keys[entity.id])
            for span in entity.spans:
                yield Mention(row.id, span.section, span.start, span.end, curie, _text(row.paper, span))


def _entities(
    decided: Decided, mentions: Iterable[Mention], papers: Iterable[PaperRow], vocabulary: Vocabulary
) -> dict[str, Entity]:
    """Make the entities, by identity key."""
    dates = {row.id: row.paper.date for row in papers}
    seen: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        seen[mention.entity].add(mention.paper)
    return {
        key: _entity(key, decided, seen[entity_curie(key)], dates, vocabulary)
        for key in decided.identity.clusters
        if seen[entity_curie(key)]
    }


def _entity(key: str, decided: Decided, papers: set[str], dates: Mapping[str, str], vocabulary: Vocabulary) -> Entity:
    cluster = decided.identity.clusters[key]
    found = label_of(cluster, vocabulary)
    label = decided.labels.get(key, found)
    term = vocabulary.terms.get(key)
    hidden = decided.hidden.get(key, frozenset())
    others = {name for name in (found, *cluster.names) if name.casefold() != label.casefold()}
    others |= {name for name in (term.alt_labels if term else ()) if name != label}
    return Entity(
        id=entity_curie(key),
        kind=decided.kinds.get(key) or kind_of(cluster, vocabulary),
        label=label,
        alt_labels=tuple(sorted(name for name in others if not hidden or normal_form(name) not in hidden)),
        term=term.id if term else "",
        support=len(papers),
        first_seen=min((dates[paper] for paper in papers if dates[paper]), default=""),
        exact_match=(term.id, *term.exact_match) if term else (),
    )


def _evidence(row: PaperRow, extraction: Extraction, keys: Mapping[str, str]) -> Iterable[Evidence]:
    for relation in extraction.relations:
        ends = [row.id if end == PAPER else keys.get(end, "") for end in (relation.head, relation.tail)]
        if not all(ends) or ends[0] == ends[1]:
            continue
        head = ends[0] if relation.head == PAPER else entity_curie(ends[0])
        yield _text_evidence(row.id, head, entity_curie(ends[1]), relation)


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


def _mention_relations(
    pairs: Iterable[tuple[PaperRow, Extraction, Mapping[str, str]]],
) -> Iterable[Relation]:
    """Give ``mentions`` from each paper to each of its entities, as sure and as salient as the entity is there."""
    for row, extraction, keys in pairs:
        weight = salience(row.paper, extraction)
        found: dict[str, tuple[float, float]] = {}
        for entity in extraction.entities:
            if entity.id in keys:
                curie = entity_curie(keys[entity.id])
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
