"""Assertions and their evidence as triples."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.exporters.terms import Terms, decimal, integer
from kg.model import Evidence, Relation, Span
from kg.namespaces import assertion_curie, short_hash, slug


@dataclass(slots=True)
class Claims:
    """Writes assertions, their evidence and the spans of text that evidence rests on.

    ``texts`` maps a paper to its title and abstract. A span or an extractor that several pieces of
    evidence share is written once.
    """

    terms: Terms
    texts: dict[str, tuple[str, str]]
    _written: set[str] = field(default_factory=set)

    def triples(self, relation: Relation, evidence: list[Evidence]) -> Iterator[ox.Triple]:
        """Write the assertion of a relation, and another one for its negation where a paper states that."""
        stated = [item for item in evidence if item.polarity != "negated"]
        negated = [item for item in evidence if item.polarity == "negated"]
        if stated or not negated:
            yield from self._assertion(relation, "stated", stated)
        if negated:
            denial = Relation(relation.head, relation.type, relation.tail, *strength(negated))
            yield from self._assertion(denial, "negated", negated)

    def _assertion(self, relation: Relation, polarity: str, evidence: list[Evidence]) -> Iterator[ox.Triple]:
        """Write one assertion and its evidence."""
        terms = self.terms
        id_ = assertion_curie(relation.head, relation.type, relation.tail, polarity)
        yield terms.link(id_, "rdf:type", "kg:Assertion")
        yield terms.link(id_, "rdf:type", "rdf:Statement")
        yield terms.link(id_, "rdf:subject", relation.head)
        yield terms.link(id_, "rdf:predicate", f"kg:{relation.type}")
        yield terms.link(id_, "rdf:object", relation.tail)
        yield terms.value(id_, "kg:polarity", polarity)
        yield terms.value(id_, "kg:support", integer(relation.support))
        yield terms.value(id_, "kg:confidence", decimal(relation.confidence))
        for item in evidence:
            yield terms.link(id_, "kg:evidence", evidence_curie(item))
            yield from self._evidence(item)

    def _evidence(self, item: Evidence) -> Iterator[ox.Triple]:
        """Write one piece of evidence with its sentences and mentions."""
        terms, id_ = self.terms, evidence_curie(item)
        yield terms.link(id_, "rdf:type", "kg:Evidence")
        yield terms.value(id_, "kg:origin", item.origin)
        yield terms.value(id_, "kg:probability", decimal(item.probability))
        yield terms.value(id_, "kg:polarity", item.polarity)
        yield terms.value(id_, "kg:modality", item.modality)
        yield from self._extractor(id_, item.extractor)
        if item.paper:
            yield terms.link(id_, "prov:wasDerivedFrom", item.paper)
        for span in dict.fromkeys(item.sentences):
            yield from self._span(item, "kg:sentence", span)
        for name, mention in (("kg:head_mention", item.head_mention), ("kg:tail_mention", item.tail_mention)):
            if mention is not None:
                yield from self._span(item, name, mention)

    def _extractor(self, evidence: str, name: str) -> Iterator[ox.Triple]:
        """Say which activity made a piece of evidence, and describe that activity once."""
        id_ = f"run:{slug(name)}-{short_hash(name)}"
        yield self.terms.link(evidence, "prov:wasGeneratedBy", id_)
        if id_ not in self._written:
            self._written.add(id_)
            yield self.terms.link(id_, "rdf:type", "prov:Activity")
            yield self.terms.value(id_, "kg:extractor", name)
            yield self.terms.link(id_, "prov:wasAssociatedWith", "run:kg")

    def _span(self, item: Evidence, predicate: str, span: Span) -> Iterator[ox.Triple]:
        """Link a piece of evidence to a span of its paper, and describe that span once."""
        terms = self.terms
        id_ = f"mention:{item.paper.partition(':')[2]}-{span.section}-{span.start}-{span.end}"
        yield terms.link(evidence_curie(item), predicate, id_)
        kind = "nif:Sentence" if predicate == "kg:sentence" else "nif:Phrase"
        if id_ + kind not in self._written:
            self._written.add(id_ + kind)
            yield terms.link(id_, "rdf:type", kind)
        if id_ in self._written:
            return
        self._written.add(id_)
        title, abstract = self.texts.get(item.paper, ("", ""))
        text = (title if span.section == "title" else abstract)[span.start : span.end]
        yield terms.link(id_, "kg:paper", item.paper)
        yield terms.value(id_, "kg:section", span.section)
        yield terms.value(id_, "nif:beginIndex", integer(span.start))
        yield terms.value(id_, "nif:endIndex", integer(span.end))
        yield terms.value(id_, "nif:anchorOf", text)


def evidence_curie(item: Evidence) -> str:
    """Give the CURIE of a piece of evidence, whose id may be one already."""
    return item.id if item.id.startswith("evidence:") else f"evidence:{item.id}"


def strength(evidence: Iterable[Evidence]) -> tuple[int, float]:
    """Count the papers of text evidence and join their best probabilities: 1 - prod(1 - p)."""
    best: dict[str, float] = {}
    for item in evidence:
        if item.origin == "text":
            best[item.paper] = max(best.get(item.paper, 0.0), item.probability)
    doubt = 1.0
    for _, probability in sorted(best.items()):
        doubt *= 1.0 - probability
    return len(best), 1.0 - doubt
