"""Join what texts, names and the vocabulary say of kinds and versions into one hierarchy without cycles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.model import Entity, Evidence, Mention
from kg.resolve.cycles import Edge, closing, redundant
from kg.resolve.hierarchy import from_names, from_vocabulary
from kg.resolve.lineage import from_versions, version_order
from kg.vocabulary import Vocabulary

#: Relations that say that the first is narrower than the second.
HIERARCHY = ("is_a", "version_of")


@dataclass(frozen=True, slots=True)
class Settled:
    """The evidence that stays, and the order of each version by its CURIE.

    ``cyclic`` counts the pairs left out because others, more sure, say the reverse.
    """

    evidence: list[Evidence]
    orders: Mapping[str, int]
    cyclic: int = 0


def settle(
    stated: Sequence[Evidence], entities: Mapping[str, Entity], mentions: Iterable[Mention], vocabulary: Vocabulary
) -> Settled:
    """Add the evidence of rules and vocabulary to what texts state, and refuse what makes a cycle.

    A pair whose statements close a cycle of surer ones loses them all. Of a rule or the vocabulary, what a longer way
    of rules and vocabulary says too is left out, and so is ``is_a`` where ``version_of`` says more; evidence from texts
    that makes no cycle always stays.
    """
    papers: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        papers[mention.entity].add(mention.paper)
    versions = list(from_versions(entities, papers, vocabulary))
    told = {(item.head, item.tail) for item in versions}
    kinds = [*from_vocabulary(entities, vocabulary), *from_names(entities)]
    kinds = [item for item in kinds if (item.head, item.tail) not in told]
    everything = list({item.id: item for item in [*stated, *versions, *kinds]}.values())
    refused = closing(_strengths(everything))
    kept = [item for item in everything if not (_narrows(item) and (item.head, item.tail) in refused)]
    spare = redundant((item.head, item.tail) for item in kept if item.type == "is_a" and item.origin != "text")
    kept = [
        item for item in kept if item.origin == "text" or item.type != "is_a" or (item.head, item.tail) not in spare
    ]
    by_id = {entity.id: entity for entity in entities.values()}
    orders = {item.head: version_order(by_id[item.head]) for item in kept if item.type == "version_of"}
    return Settled(kept, orders, len(refused))


def _narrows(item: Evidence) -> bool:
    """Tell whether a piece of evidence puts one thing below another."""
    return item.type in HIERARCHY and item.polarity == "stated"


def _strengths(evidence: Iterable[Evidence]) -> dict[Edge, tuple[float, ...]]:
    """Give each pair the probability of its statements, taken for independent ones, and their number."""
    best: dict[Edge, dict[str, float]] = defaultdict(dict)
    for item in evidence:
        if _narrows(item):
            sources = best[item.head, item.tail]
            source = item.paper or item.extractor
            sources[source] = max(item.probability, sources.get(source, 0.0))
    strengths: dict[Edge, tuple[float, ...]] = {}
    for edge, sources in best.items():
        doubt = 1.0
        for source in sorted(sources):
            doubt *= 1.0 - sources[source]
        strengths[edge] = (round(1.0 - doubt, 4), float(len(sources)))
    return strengths
