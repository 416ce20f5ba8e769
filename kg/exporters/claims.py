"""Assertions and their evidence as triples."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kg.exporters.terms import Terms, Triple, decimal, integer, text
from kg.model import Evidence, Relation, Span
from kg.namespaces import assertion_curie, short_hash, slug

#: What a span of text is where evidence rests on it as a sentence, and where as a mention.
SENTENCE, PHRASE = "nif:Sentence", "nif:Phrase"


@dataclass(slots=True)
class Claims:
    """Writes assertions and their evidence, a list of triples for each.

    ``note`` is told of each span of a paper that evidence rests on, and what it is; these are described elsewhere,
    since several pieces of evidence share one. With ``rdf12``, an assertion reifies its triple as RDF 1.2 does.
    """

    terms: Terms
    note: Callable[[str, Span, str], None]
    rdf12: bool = False
    _extractors: dict[str, str] = field(default_factory=dict)
    #: (head, tail) of each stated claim to outperform, and the pairs of assertions that cannot both hold.
    _better: set[tuple[str, str]] = field(default_factory=set)
    _opposed: list[tuple[str, str]] = field(default_factory=list)

    def triples(self, relation: Relation, evidence: list[Evidence]) -> Iterator[list[Triple]]:
        """Write the assertion of a relation, and another one for its negation where a paper states that."""
        stated = [item for item in evidence if item.polarity != "negated"]
        negated = [item for item in evidence if item.polarity == "negated"]
        if stated or not negated:
            yield self._assertion(relation, "stated", stated)
        if negated:
            denial = Relation(relation.head, relation.type, relation.tail, *strength(negated))
            yield self._assertion(denial, "negated", negated)
        for item in evidence:
            yield self.evidence(item)
        self._oppose(relation, is_stated=bool(stated or not negated), is_denied=bool(negated))

    def _oppose(self, relation: Relation, *, is_stated: bool, is_denied: bool) -> None:
        """Note what contradicts a claim: its own denial, and of two things that each outperforms the other."""
        head, name, tail = relation.head, relation.type, relation.tail
        stated = assertion_curie(head, name, tail, "stated")
        if is_stated and is_denied:
            self._opposed.append((stated, assertion_curie(head, name, tail, "negated")))
        if is_stated and name == "outperforms" and head != tail:
            self._better.add((head, tail))
            if (tail, head) in self._better:
                self._opposed.append((stated, assertion_curie(tail, name, head, "stated")))

    def contradictions(self) -> Iterator[list[Triple]]:
        """Link the assertions written so far that contradict each other, both ways."""
        opposed = self.terms.known["kg:contradicts"]
        for pair in self._opposed:
            one, two = map(self.terms.node, pair)
            yield from ([(one, opposed, two)], [(two, opposed, one)])

    def activities(self) -> Iterator[list[Triple]]:
        """Describe the activities that made the evidence written so far."""
        known = self.terms.known
        for name, id_ in self._extractors.items():
            yield [
                (id_, known["rdf:type"], known["prov:Activity"]),
                (id_, known["kg:extractor"], text(name)),
                (id_, known["prov:wasAssociatedWith"], self.terms.node("run:kg")),
            ]

    def _assertion(self, relation: Relation, polarity: str, evidence: list[Evidence]) -> list[Triple]:
        """Write one assertion."""
        terms, known = self.terms, self.terms.known
        id_ = terms.node(assertion_curie(relation.head, relation.type, relation.tail, polarity))
        grounds = known["kg:evidence"]
        return [
            (id_, known["rdf:type"], known["kg:Assertion"]),
            *statement(id_, relation, terms, rdf12=self.rdf12),
            (id_, known["kg:polarity"], text(polarity)),
            (id_, known["kg:support"], integer(relation.support)),
            (id_, known["kg:confidence"], decimal(relation.confidence)),
            *((id_, grounds, terms.node(evidence_curie(item))) for item in evidence),
        ]

    def evidence(self, item: Evidence) -> list[Triple]:
        """Write one piece of evidence with links to its sentences and mentions."""
        terms, known = self.terms, self.terms.known
        id_ = terms.node(evidence_curie(item))
        made = self._extractors.get(item.extractor) or self._extractor(item.extractor)
        found = [
            (id_, known["rdf:type"], known["kg:Evidence"]),
            (id_, known["kg:origin"], text(item.origin)),
            (id_, known["kg:probability"], decimal(item.probability)),
            (id_, known["kg:polarity"], text(item.polarity)),
            (id_, known["kg:modality"], text(item.modality)),
            (id_, known["prov:wasGeneratedBy"], made),
        ]
        if item.paper:
            found.append((id_, known["prov:wasDerivedFrom"], terms.node(item.paper)))
        for span in dict.fromkeys(item.sentences):
            found.append((id_, known["kg:sentence"], terms.node(span_curie(item.paper, span))))
            self.note(item.paper, span, SENTENCE)
        for name, mention in (("kg:head_mention", item.head_mention), ("kg:tail_mention", item.tail_mention)):
            if mention is not None:
                found.append((id_, known[name], terms.node(span_curie(item.paper, mention))))
                self.note(item.paper, mention, PHRASE)
        return found

    def _extractor(self, name: str) -> str:
        """Give the node of the activity that made a piece of evidence."""
        self._extractors[name] = id_ = self.terms.node(f"run:{slug(name)}-{short_hash(name)}")
        return id_


def statement(id_: str, relation: Relation, terms: Terms, *, rdf12: bool = False) -> list[Triple]:
    """Say which triple a node speaks of: as a reification, or as a reifier of RDF 1.2."""
    known = terms.known
    triple = terms.node(relation.head), known[f"kg:{relation.type}"], terms.node(relation.tail)
    if rdf12:
        return [(id_, known["rdf:reifies"], f"<<( {' '.join(triple)} )>>")]
    parts = zip(("rdf:subject", "rdf:predicate", "rdf:object"), triple, strict=True)
    return [(id_, known["rdf:type"], known["rdf:Statement"]), *((id_, known[name], part) for name, part in parts)]


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
