"""What a page tells of papers: the passages that state its relations, marked, and where each paper can be read."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

from kg.model import Evidence, Paper, Span
from kg.table_columns import records
from kg.tables import PaperRow, Tables
from kg.view.proofs import ORIGINS, Key, Proof, section, year

#: A longer sentence is cut to this many characters around its mentions.
LONGEST = 1200
#: Characters of a title and of the authors.
_TITLE, _AUTHORS = 300, 100

_ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")

#: The columns of the evidence, in the order of the fields of a passage.
_COLUMNS = ("sentences", "head", "tail", "paper", "confidence", "extractor", "origin", "polarity", "modality")


@dataclass(frozen=True, slots=True)
class Passage:
    """One evidence as a page tells it: what it quotes, the two mentions there, its paper, and figures of it."""

    texts: tuple[str, ...]
    head: list[int] | None
    tail: list[int] | None
    paper: str
    confidence: int
    extractor: str
    origin: int
    polarity: int
    modality: int

    @classmethod
    def of(cls, item: Evidence, paper: Paper | None) -> "Passage":
        """Quote an evidence, or only describe it where its paper is not there."""
        windows = [_window(span, item) for span in item.sentences] if paper else []
        texts = [section(paper, window.section) for window in windows] if paper else []
        return cls(
            tuple(text[window.start : window.end] for text, window in zip(texts, windows, strict=True)),
            _mark(item.head_mention, windows, texts),
            _mark(item.tail_mention, windows, texts),
            item.paper,
            round(item.probability * 1000),
            item.extractor,
            ORIGINS.get(item.origin, 0),
            int(item.polarity == "negated"),
            int(item.modality == "hedged"),
        )


@dataclass(frozen=True, slots=True)
class Card:
    """A paper as a page tells it: id, title, authors, year and the address it can be read at, or an empty one."""

    id: str
    title: str
    authors: str
    year: int
    link: str

    @classmethod
    def of(cls, row: PaperRow) -> "Card":
        """Describe a paper."""
        paper = row.paper
        title = " ".join(paper.title.split())[:_TITLE] or "(no title)"
        return cls(row.id, title, _authors(paper), year(paper.date), address(paper))


@dataclass(slots=True)
class Quotes:
    """The sentences and the evidence of a page as columns, each sentence once; ``papers`` numbers the papers."""

    papers: Mapping[str, int]
    known: dict[tuple[str, str], int] = field(default_factory=dict)
    sentences: dict[str, list[Any]] = field(default_factory=lambda: {"text": [], "paper": []})
    evidence: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _COLUMNS})

    def add(self, item: Passage) -> int:
        """Add an evidence and give its number."""
        row = (
            [self._sentence(item.paper, text) for text in item.texts],
            item.head,
            item.tail,
            self.papers.get(item.paper, -1),
            item.confidence,
            item.extractor,
            item.origin,
            item.polarity,
            item.modality,
        )
        for column, value in zip(self.evidence.values(), row, strict=True):
            column.append(value)
        return len(self.evidence["origin"]) - 1

    def _sentence(self, paper: str, text: str) -> int:
        """Give the number of a stretch of a paper's title or abstract, a new one where it has none."""
        key = (paper, text)
        if key not in self.known:
            self.known[key] = len(self.known)
            self.sentences["text"].append(text)
            self.sentences["paper"].append(self.papers[paper])
        return self.known[key]


def tell(
    tables: Tables, proofs: Mapping[Key, Proof[Evidence]], others: Collection[str]
) -> tuple[dict[Key, Proof[Passage]], dict[str, Card]]:
    """Quote the evidence of some relations, and describe its papers and ``others``; the papers are read once."""
    items = [item for proof in proofs.values() for item in proof.best]
    of_paper: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        of_paper[item.paper].append(number)
    passages: dict[int, Passage] = {}
    cards: dict[str, Card] = {}
    named = of_paper.keys() | others
    for row in records(tables, "papers", ("id",), lambda name: name in named):
        cards[row.id] = Card.of(row)
        passages |= {number: Passage.of(items[number], row.paper) for number in of_paper.get(row.id, ())}
    told = (passages.get(number) or Passage.of(item, None) for number, item in enumerate(items))
    return {key: _told(proof, told) for key, proof in proofs.items()}, cards


def _told(proof: Proof[Evidence], passages: Iterator[Passage]) -> Proof[Passage]:
    """Give a proof with the next passages as its evidence."""
    return Proof([*islice(passages, len(proof.best))], proof.left, proof.origin, proof.flags, proof.years)


def utf16(text: str) -> int:
    """Give the length of a text as JavaScript counts it.

    >>> utf16("a𝔽")
    3
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def paper_columns(cards: Iterable[Card]) -> dict[str, list[Any]]:
    """Describe papers as columns."""
    cards = list(cards)
    return {name: [getattr(card, name) for card in cards] for name in ("id", "title", "authors", "year", "link")}


def _authors(paper: Paper) -> str:
    """Name the first author.

    >>> _authors(Paper("T", authors=("Ada Example", "Bo Sample")))
    'Ada Example et al.'
    """
    return (paper.authors[0] + " et al." * (len(paper.authors) > 1))[:_AUTHORS] if paper.authors else ""


def address(paper: Paper) -> str:
    """Give the address a paper can be read at, made of its identifiers, or an empty one.

    >>> address(Paper("T", arxiv="2101.00001")), address(Paper("T", doi="javascript:alert(1)"))
    ('https://arxiv.org/abs/2101.00001', '')
    """
    if _ARXIV.fullmatch(paper.arxiv):
        return f"https://arxiv.org/abs/{paper.arxiv}"
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", paper.doi.strip(), flags=re.IGNORECASE)
    return "https://doi.org/" + quote(doi, safe="/:;()._-") if _DOI.fullmatch(doi) else ""


def _window(span: Span, item: Evidence) -> Span:
    """Cut a very long sentence to the part around its mentions."""
    if span.end - span.start <= LONGEST:
        return span
    both = (item.head_mention, item.tail_mention)
    inside = [one.start for one in both if one and one.section == span.section and span.start <= one.start < span.end]
    start = max(span.start, min(inside, default=span.start) - LONGEST // 4)
    return Span(span.section, start, min(span.end, start + LONGEST))


def _mark(mention: Span | None, windows: Sequence[Span], texts: Sequence[str]) -> list[int] | None:
    """Place a mention within the first quoted stretch that holds it, in UTF-16 units; ``texts`` are uncut."""
    for number, (window, text) in enumerate(zip(windows, texts, strict=True)):
        if mention and mention.section == window.section and window.start <= mention.start < window.end:
            end = min(mention.end, window.end)
            start = utf16(text[window.start : mention.start])
            return [start, start + utf16(text[mention.start : end]), number]
    return None
