"""Made-up tables, large enough to look at, for the tests of the page: the papers do not exist."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from kg.model import Entity, Evidence, Mention, Paper, Relation, Source, Span
from kg.namespaces import entity_curie, paper_curie
from kg.tables import RECORDS, PaperRow, Tables, write_table

#: Relation -> a sentence with its two ends, for entities and for papers.
BETWEEN = {
    "used_for": "In this setting {a} is applied to {b} with little tuning.",
    "based_on": "At its core, {a} builds on {b} and inherits its guarantees.",
    "outperforms": "Across all runs {a} clearly surpasses {b}.",
    "part_of": "Each block contains {a}, which is one component of {b}.",
    "is_a": "Note that {a} is a special case of {b}.",
}
FROM_PAPER = {
    "introduces": "Here we propose {b}, and study when it works.",
    "uses": "Our experiments rely on {b} throughout.",
    "addresses": "We look at the problem of {b} from a new side.",
}

#: The text of the one paper of the small graph.
TEXT = "Foo 𝔽its Bar well. Foo does not beat Bar. Perhaps Foo helps Baz."
PAPER = Paper("On Foo", TEXT, arxiv="2101.00001", authors=("Ada Example", "Bo Sample"), date="2021-01-05")


#: Words that names are made of: qualities, subjects, and the last words of each kind.
QUALITIES = "latent sparse causal robust adaptive deep graph neural spectral masked dual hybrid local mutual".split()
SUBJECTS = "diffusion attention reward policy speech image token kernel flow memory retrieval".split()
KIND_WORDS = {
    "Method": "sampler network transformer pruning distillation".split(),
    "Dataset": "Bench QA Corpus".split(),
    "Concept": "shift prior collapse".split(),
    "Task": "detection forecasting".split(),
    "Metric": "score error".split(),
}


@dataclass(frozen=True)
class Name:
    """A made-up thing; ``broader`` is the id of the one its name contains."""

    id: str
    label: str
    kind: str
    broader: str = ""


def names() -> list[Name]:
    """Make names such as "sparse attention pruning" of all kinds, each with the one it is a kind of."""
    found = []
    for kind, words in KIND_WORDS.items():
        for word, subject in product(words, SUBJECTS):
            short = f"{subject.title()}{word}" if kind == "Dataset" else f"{subject} {word}"
            found.append(Name(f"made:{short}", short, kind))
            for quality in QUALITIES[:: 2 if kind == "Method" else 5]:
                long = f"{quality.title()}{short}" if kind == "Dataset" else f"{quality} {short}"
                found.append(Name(f"made:{long}", long, kind, f"made:{short}"))
    return found


def write(folder: Path, **rows: Iterable[Any]) -> Tables:
    """Write tables with the given rows, sorted, the tables not named empty."""
    for name in RECORDS:
        write_table(folder, name, sorted(rows.get(name, ())))
    return Tables(folder)


def relation(head: str, kind: str, tail: str, evidence: Iterable[Evidence]) -> Relation:
    """Sum up evidence as the graph does."""
    stated = [item for item in evidence if item.origin == "text" and item.polarity == "stated"]
    if not stated:
        sure = any(item.origin != "text" for item in evidence)
        return Relation(head, kind, tail, 0, 1.0 if sure else 0.0)
    doubt = 1.0
    for item in stated:
        doubt *= 1 - item.probability
    return Relation(head, kind, tail, len({item.paper for item in stated}), round(1 - doubt, 6))


class Maker:
    """Make papers whose sentences state relations between made-up names."""

    def __init__(self, seed: int, terms: int) -> None:
        self.chance = random.Random(seed)
        self.terms = self.chance.sample(names(), terms)
        self.evidence: dict[tuple[str, str, str], list[Evidence]] = {}
        self.papers: list[PaperRow] = []
        self.mentions: list[Mention] = []

    def pick(self) -> Name:
        """Pick a term, the first ones more often."""
        return self.terms[min(int(self.chance.paretovariate(0.35)) - 1, len(self.terms) - 1)]

    def paper(self, number: int) -> None:
        """Write one paper."""
        text = ""
        facts: list[tuple[Name | None, str, Name, Span, Span | None]] = []
        for _ in range(self.chance.randint(3, 6)):
            a, b = self.pick(), self.pick()
            from_paper = self.chance.random() < 0.4
            kind = self.chance.choice(sorted(FROM_PAPER if from_paper else BETWEEN))
            if a is b and not from_paper:
                continue
            pattern = (FROM_PAPER if from_paper else BETWEEN)[kind]
            sentence = pattern.format(a=a.label, b=b.label)
            start = len(text)
            head = None if from_paper else self._span(text, sentence, a.label)
            facts.append((None if from_paper else a, kind, b, Span("abstract", start, start + len(sentence)), head))
            text += sentence + " "
        subject = facts[0][2].label if facts else "nothing"
        paper = Paper(
            title=f"On {subject}, part {number}",
            abstract=text.strip(),
            arxiv=f"{2300 + number % 12 + 1:04d}.{number:05d}",
            authors=("Ada Example", "Bo Sample"),
            date=f"202{number % 6}-0{number % 9 + 1}-11",
            sources=(Source("made", "up", number),),
        )
        row = PaperRow(paper_curie(paper), paper)
        self.papers.append(row)
        for a, kind, b, span, head in facts:
            self._state(row, (a, kind, b), span, head)

    @staticmethod
    def _span(text: str, sentence: str, label: str) -> Span:
        start = len(text) + sentence.index(label)
        return Span("abstract", start, start + len(label))

    def _state(self, row: PaperRow, fact: tuple[Name | None, str, Name], span: Span, head: Span | None) -> None:
        a, kind, b = fact
        sentence = row.paper.abstract[span.start : span.end]
        start = span.start + sentence.rindex(b.label)
        tail = Span("abstract", start, start + len(b.label))
        ends = (row.id if a is None else entity_curie(a.id), kind, entity_curie(b.id))
        for term, place in ((a, head), (b, tail)):
            if term is not None and place is not None:
                words = row.paper.abstract[place.start : place.end]
                self.mentions.append(Mention(row.id, "abstract", place.start, place.end, entity_curie(term.id), words))
        found = self.evidence.setdefault(ends, [])
        found.append(
            Evidence(
                *ends,
                id=f"evidence:{len(self.papers)}-{len(found)}",
                origin="text",
                extractor="patterns",
                probability=round(self.chance.uniform(0.55, 0.97), 3),
                paper=row.id,
                sentences=(span,),
                head_mention=head,
                tail_mention=tail,
                polarity="negated" if self.chance.random() < 0.03 else "stated",
                modality="hedged" if self.chance.random() < 0.08 else "asserted",
            )
        )


def large(folder: Path, *, papers: int = 400, terms: int = 300, seed: int = 1) -> Tables:
    """Write tables of made-up papers, with rule and vocabulary evidence among them."""
    made = Maker(seed, terms)
    for number in range(1, papers + 1):
        made.paper(number)
    used = {mention.entity for mention in made.mentions}
    chosen = {term.id: term for term in made.terms if entity_curie(term.id) in used}
    for term in chosen.values():
        if term.broader in chosen:
            ends = (entity_curie(term.id), "is_a", entity_curie(term.broader))
            origin = made.chance.choice(("rule", "vocabulary"))
            item = Evidence(*ends, id=f"evidence:{term.id}", origin=origin, extractor=origin, probability=1.0)
            made.evidence.setdefault(ends, []).append(item)
    where: dict[str, set[str]] = {}
    for mention in made.mentions:
        where.setdefault(mention.entity, set()).add(mention.paper)
    entities = [
        Entity(entity_curie(term.id), term.kind, term.label, (), "", len(where[entity_curie(term.id)]))
        for term in chosen.values()
    ]
    relations = [relation(*ends, items) for ends, items in made.evidence.items()]
    relations += [Relation(paper, "mentions", name, 1, 1.0) for name, found in where.items() for paper in found]
    everything = [item for items in made.evidence.values() for item in items]
    return write(
        folder,
        papers=made.papers,
        mentions=set(made.mentions),
        entities=entities,
        relations=relations,
        evidence=everything,
    )


def said(head: str, kind: str, tail: str, sentence: str, marks: tuple[str, str], **more: Any) -> Evidence:
    """Make evidence from PAPER's abstract."""
    start = TEXT.index(sentence)
    spans = [Span("abstract", TEXT.index(mark, start), TEXT.index(mark, start) + len(mark)) for mark in marks]
    probability = more.pop("probability", 0.9)
    where = (Span("abstract", start, start + len(sentence)),)
    return Evidence(
        head,
        kind,
        tail,
        f"evidence:{len(sentence)}",
        "text",
        "patterns",
        probability,
        paper_curie(PAPER),
        where,
        *spans,
        **more,
    )


def small(folder: Path) -> Tables:
    """Write three entities with a parallel, a denied, a hedged, a vocabulary, a rule and a looping relation."""
    foo, bar, baz = "entity:foo", "entity:bar", "entity:baz"
    evidence = [
        said(foo, "used_for", bar, "Foo 𝔽its Bar well.", ("Foo", "Bar")),
        said(foo, "outperforms", bar, "Foo does not beat Bar.", ("Foo", "Bar"), polarity="negated"),
        said(foo, "part_of", baz, "Perhaps Foo helps Baz.", ("Foo", "Baz"), modality="hedged"),
        Evidence(foo, "is_a", bar, "evidence:v", "vocabulary", "vocabulary", 1.0),
        Evidence(baz, "is_a", bar, "evidence:r", "rule", "kind in name", 1.0),
        Evidence(foo, "based_on", foo, "evidence:l", "rule", "kind in name", 1.0),
    ]
    links = [relation(item.head, item.type, item.tail, [item]) for item in evidence]
    paper = paper_curie(PAPER)
    return write(
        folder,
        papers=[PaperRow(paper, PAPER)],
        entities=[
            Entity(foo, "Method", "Foo", ("Foo Net",), support=3),
            Entity(bar, "Task", "Bar", support=2),
            Entity(baz, "Dataset", "Baz", support=1),
        ],
        relations=[*links, *(Relation(paper, "mentions", name, 1, 1.0) for name in (foo, bar, baz))],
        evidence=evidence,
    )
