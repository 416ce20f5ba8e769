"""The sentences behind entities and relations, ready to be read by a person."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kg.errors import KGError
from kg.model import Entity, Evidence, Mention, Paper, Span
from kg.tables import PaperRow, Tables
from kg.text import alike, normal_form

_SENTENCE_END = re.compile(r"[.!?][\"')\]]?\s+(?=[A-Z(\[])|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of a paper; ``marks`` are the ``[start, end)`` of names within ``text``, ``note`` says whose it is."""

    paper: str
    title: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    note: str = ""

    def marked(self, before: str = "«", after: str = "»") -> str:
        """Give the text with signs around the marked names.

        >>> Quote("paper:x", "T", "we use LoRA.", ((7, 11),)).marked()
        'we use «LoRA».'
        """
        parts, last = [], 0
        for start, end in self.marks:
            parts += [self.text[last:start], before, self.text[start:end], after]
            last = end
        return "".join([*parts, self.text[last:]])


def cite(row: PaperRow) -> str:
    """Name a paper in one line: its title and where it can be found."""
    paper = row.paper
    place = f"arXiv:{paper.arxiv}" if paper.arxiv else f"doi:{paper.doi}" if paper.doi else row.id
    return f"{_one_line(paper.title) or '(no title)'} ({place})"


def of_evidence(row: PaperRow, evidence: Evidence) -> list[Quote]:
    """Quote each sentence of a piece of evidence, with the two mentions marked."""
    doubt = "" if evidence.modality == "asserted" else f", {evidence.modality}"
    denial = "" if evidence.polarity == "stated" else f", {evidence.polarity}"
    note = f"{evidence.probability:.2f} {evidence.extractor}{doubt}{denial}"
    ends = [span for span in (evidence.head_mention, evidence.tail_mention) if span is not None]
    return [_quote(row, sentence, ends, note) for sentence in evidence.sentences]


def of_mention(row: PaperRow, mention: Mention) -> Quote:
    """Quote the sentence around a mention."""
    text = _section(row.paper, mention.section)
    breaks = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    start = max((place for place in breaks if place <= mention.start), default=0)
    end = min((place for place in breaks if place >= mention.end), default=len(text))
    own = Span(mention.section, mention.start, mention.end)
    return _quote(row, Span(mention.section, start, end), [own])


def find(tables: Tables, name: str) -> list[Entity]:
    """Find the entities called ``name`` (a CURIE, a label, another name), best supported first.

    A match of the label as it is written goes before one of its normal form, and that before other names.
    """
    return pick(tables.entities(), name)


def pick(entities: Iterable[Entity], name: str) -> list[Entity]:
    """Find those of some entities that are called ``name``, as `find` does; an unknown name is an error."""
    entities = list(entities)
    wanted, form = name.strip(), normal_form(name)
    ranked: list[tuple[int, Entity]] = []
    for entity in entities:
        if wanted in (entity.id, entity.label):
            ranked.append((0, entity))
        elif form and normal_form(entity.label) == form:
            ranked.append((1, entity))
        elif form and any(normal_form(other) == form for other in entity.alt_labels):
            ranked.append((2, entity))
    if not ranked:
        close = alike(wanted, (label for entity in entities for label in (entity.label, *entity.alt_labels)))
        hint = f"; did you mean {', '.join(map(repr, close))}?" if close else ""
        raise KGError(f"no entity is called {name!r}{hint}")
    best = min(rank for rank, _ in ranked)
    return sorted((entity for rank, entity in ranked if rank == best), key=lambda item: (-item.support, item.id))


def papers(tables: Tables, ids: Collection[str]) -> dict[str, PaperRow]:
    """Give the papers with these CURIEs."""
    return {row.id: row for row in tables.papers() if row.id in ids} if ids else {}


def labels(tables: Tables, ids: Collection[str]) -> dict[str, Entity]:
    """Give the entities with these CURIEs."""
    return {entity.id: entity for entity in tables.entities() if entity.id in ids} if ids else {}


def _quote(row: PaperRow, passage: Span, names: Iterable[Span], note: str = "") -> Quote:
    """Cut a passage out of a paper, with those of the names that lie in it."""
    whole = _section(row.paper, passage.section)[passage.start : passage.end]
    text = whole.strip()
    offset = passage.start + len(whole) - len(whole.lstrip())
    inside = sorted(
        (span.start - offset, span.end - offset)
        for span in names
        if span.section == passage.section and offset <= span.start and span.end <= offset + len(text)
    )
    apart = [mark for number, mark in enumerate(inside) if not number or mark[0] >= inside[number - 1][1]]
    return Quote(row.id, cite(row), re.sub(r"[\t\r\n]", " ", text), tuple(apart), note)


def _section(paper: Paper, name: str) -> str:
    """Give the text of a paper's section."""
    return paper.title if name == "title" else paper.abstract


def _one_line(text: str) -> str:
    """Join the lines of a text."""
    return " ".join(text.split())
