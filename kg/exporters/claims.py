"""Assertions and their evidence as things."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.exporters.blocks import Facts, Thing
from kg.exporters.terms import Terms, decimal, integer, text
from kg.model import Evidence, Relation, Span
from kg.namespaces import assertion_curie, short_hash, slug

#: What a span of text is where evidence rests on it as a sentence, and where as a mention.
SENTENCE, PHRASE = "nif:Sentence", "nif:Phrase"


@dataclass(slots=True)
class Claims:
    """Describes assertions and their evidence.

    ``note`` is told of each span of a paper that evidence rests on, and what it is; these are described elsewhere,
    since several pieces of evidence share one. With ``rdf12``, an assertion reifies its triple as RDF 1.2 does.
    """

    terms: Terms
    note: Callable[[str, Span, str], None]
    rdf12: bool = False
    _extractors: dict[str, str] = field(default_factory=dict)
    #: (head, tail) of each stated claim to outperform -> its assertion, and the pairs that cannot both hold.
    _better: dict[tuple[str, str], str] = field(default_factory=dict)
    _opposed: list[tuple[str, str]] = field(default_factory=list)

    def things(self, relation: Relation, evidence: list[Evidence]) -> Iterator[Thing]:
        """Describe a relation: its assertion, one of its negation where a paper states that, and its evidence."""
        negated = [item for item in evidence if item.polarity == "negated"]
        stated = [item for item in evidence if item.polarity != "negated"] if negated else evidence
        ids = {}
        if stated or not negated:
            ids["stated"], *_ = made = self._assertion(relation, "stated", stated)
            yield made
        if negated:
            denial = Relation(relation.head, relation.type, relation.tail, *strength(negated))
            ids["negated"], *_ = made = self._assertion(denial, "negated", negated)
            yield made
        for item in evidence:
            yield self.evidence(item)
        self._oppose(relation, ids)

    def _oppose(self, relation: Relation, ids: Mapping[str, str]) -> None:
        """Note what contradicts a claim: its own denial, and of two things that each outperforms the other.

        ``ids`` are the nodes of its assertions by polarity.
        """
        if len(ids) == 2:
            self._opposed.append((ids["stated"], ids["negated"]))
        if relation.type == "outperforms" and relation.head != relation.tail and "stated" in ids:
            self._better[relation.head, relation.tail] = ids["stated"]
            if (other := self._better.get((relation.tail, relation.head))) is not None:
                self._opposed.append((ids["stated"], other))

    def contradictions(self) -> Iterator[Thing]:
        """Link the assertions written so far that contradict each other, both ways."""
        for one, two in self._opposed:
            yield one, (), {"kg:contradicts": two}, {}
            yield two, (), {"kg:contradicts": one}, {}

    def activities(self) -> Iterator[Thing]:
        """Describe the activities that made the evidence written so far."""
        for name, id_ in self._extractors.items():
            facts = {"kg:extractor": text(name), "prov:wasAssociatedWith": self.terms.node("run:kg")}
            yield id_, ("prov:Activity",), facts, {}

    def _assertion(self, relation: Relation, polarity: str, evidence: list[Evidence]) -> Thing:
        """Describe one assertion."""
        node = self.terms.node
        classes, facts = statement("kg:Assertion", relation, self.terms, rdf12=self.rdf12)
        facts["kg:polarity"] = text(polarity)
        facts["kg:support"] = integer(relation.support)
        facts["kg:confidence"] = decimal(relation.confidence)
        grounds = {"kg:evidence": [node(evidence_curie(item)) for item in evidence]}
        return node(assertion_curie(relation.head, relation.type, relation.tail, polarity)), classes, facts, grounds

    def evidence(self, item: Evidence) -> Thing:
        """Describe one piece of evidence with links to its sentences and mentions."""
        node, paper = self.terms.node, item.paper
        facts = {
            "kg:origin": text(item.origin),
            "kg:probability": decimal(item.probability),
            "kg:polarity": text(item.polarity),
            "kg:modality": text(item.modality),
            "prov:wasGeneratedBy": self._extractors.get(item.extractor) or self._extractor(item.extractor),
        }
        if paper:
            facts["prov:wasDerivedFrom"] = node(paper)
        if item.head_mention is not None:
            facts["kg:head_mention"] = self._span(paper, item.head_mention, PHRASE)
        if item.tail_mention is not None:
            facts["kg:tail_mention"] = self._span(paper, item.tail_mention, PHRASE)
        sentences = {self._span(paper, span, SENTENCE) for span in item.sentences}
        return node(evidence_curie(item)), ("kg:Evidence",), facts, {"kg:sentence": sentences}

    def _span(self, paper: str, span: Span, what: str) -> str:
        """Note a span of a paper that evidence rests on, and give its node."""
        self.note(paper, span, what)
        return self.terms.node(span_curie(paper, span))

    def _extractor(self, name: str) -> str:
        """Give the node of the activity that made a piece of evidence."""
        self._extractors[name] = id_ = self.terms.node(f"run:{slug(name)}-{short_hash(name)}")
        return id_


def statement(kind: str, relation: Relation, terms: Terms, *, rdf12: bool = False) -> tuple[tuple[str, ...], Facts]:
    """Say of a node of some class which triple it speaks of: as a reification, or as a reifier of RDF 1.2."""
    head, predicate, tail = terms.node(relation.head), terms.known[f"kg:{relation.type}"], terms.node(relation.tail)
    if rdf12:
        return (kind,), {"rdf:reifies": f"<<( {head} {predicate} {tail} )>>"}
    return (kind, "rdf:Statement"), {"rdf:subject": head, "rdf:predicate": predicate, "rdf:object": tail}


def span_curie(paper: str, span: Span) -> str:
    """Give the CURIE of a span of a paper.

    >>> span_curie("paper:arxiv-2106.09685", Span("abstract", 10, 14))
    'mention:arxiv-2106.09685-abstract-10-14'
    """
    return f"mention:{paper.partition(':')[2]}-{span.section}-{span.start}-{span.end}"


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
