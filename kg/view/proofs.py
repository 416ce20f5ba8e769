"""Why each relation on a page is held: sentences, marks on the mentions, papers; columns of plain data."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any
from urllib.parse import quote

from kg.model import Evidence, Paper, Relation, Span
from kg.tables import PaperRow, Tables

#: A longer sentence is cut to this many characters around its mentions.
LONGEST = 1200
#: Characters of a title and of the authors.
_TITLE, _AUTHORS = 300, 100

#: Numbers that stand for where an evidence comes from, and for what sort of relation it makes.
ORIGINS = {"text": 1, "rule": 2, "vocabulary": 4}
HEDGED, DENIED, DISPUTED = 1, 2, 4

_ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_YEAR = re.compile(r"\d{4}")

#: The columns of the evidence.
_COLUMNS = ("sentences", "head", "tail", "paper", "confidence", "extractor", "origin", "polarity", "modality")

#: Head, type and tail of a relation.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """Why one relation is held: the best evidence, the number left out, and sums over all of it."""

    best: list[Evidence]
    left: int
    origin: int
    flags: int
    years: list[list[int]]


@dataclass(slots=True)
class Quotes:
    """The sentences and the evidence of a page as columns, each sentence once; ``papers`` numbers the papers."""

    rows: Mapping[str, PaperRow]
    papers: Mapping[str, int]
    known: dict[tuple[str, str], int] = field(default_factory=dict)
    sentences: dict[str, list[Any]] = field(default_factory=lambda: {"text": [], "paper": []})
    evidence: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _COLUMNS})

    def add(self, item: Evidence) -> int:
        """Add an evidence and give its number."""
        windows = [_window(span, item) for span in item.sentences] if item.paper in self.papers else []
        row = {
            "sentences": [self._sentence(item.paper, window) for window in windows],
            "head": self._mark(item, item.head_mention, windows),
            "tail": self._mark(item, item.tail_mention, windows),
            "paper": self.papers.get(item.paper, -1),
            "confidence": round(item.probability * 1000),
            "extractor": item.extractor,
            "origin": ORIGINS.get(item.origin, 0),
            "polarity": int(item.polarity == "negated"),
            "modality": int(item.modality == "hedged"),
        }
        for name, column in self.evidence.items():
            column.append(row[name])
        return len(self.evidence["origin"]) - 1

    def _sentence(self, paper: str, span: Span) -> int:
        """Give the number of a stretch of a paper's title or abstract, a new one where it has none."""
        key = (paper, section(self.rows[paper].paper, span.section)[span.start : span.end])
        if key not in self.known:
            self.known[key] = len(self.known)
            self.sentences["text"].append(key[1])
            self.sentences["paper"].append(self.papers[paper])
        return self.known[key]

    def _mark(self, item: Evidence, mention: Span | None, windows: list[Span]) -> list[int] | None:
        """Place a mention within the first quoted stretch that holds it, in UTF-16 units."""
        for number, window in enumerate(windows):
            if mention and mention.section == window.section and window.start <= mention.start < window.end:
                text = section(self.rows[item.paper].paper, window.section)
                end = min(mention.end, window.end)
                start = utf16(text[window.start : mention.start])
                return [start, start + utf16(text[mention.start : end]), number]
        return None


def key_of(link: Relation) -> Key:
    """Give what names a relation."""
    return (link.head, link.type, link.tail)


def utf16(text: str) -> int:
    """Give the length of a text as JavaScript counts it.

    >>> utf16("a𝔽")
    3
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def section(paper: Paper, name: str) -> str:
    """Give the text of a paper's section."""
    return paper.title if name == "title" else paper.abstract


def gather(tables: Tables, links: Iterable[Relation], papers: Mapping[str, PaperRow], *, most: int) -> dict[Key, Proof]:
    """Gather the evidence of some relations, of each at most ``most`` pieces."""
    found: dict[Key, list[Evidence]] = {key_of(link): [] for link in links}
    for item in tables.evidence():
        key = (item.head, item.type, item.tail)
        if key in found:
            found[key].append(item)
    return {key: _sum_up(items, papers, most) for key, items in found.items()}


def _sum_up(items: list[Evidence], papers: Mapping[str, PaperRow], most: int) -> Proof:
    """Keep the best evidence of a relation, and sum up all of it."""
    stated = [item for item in items if item.polarity != "negated"]
    origin = 0
    for item in stated or items:
        origin |= ORIGINS.get(item.origin, 0)
    flags = DENIED if items and not stated else DISPUTED if len(stated) < len(items) else 0
    if stated and all(item.modality == "hedged" for item in stated):
        flags |= HEDGED
    said = {item.paper for item in stated or items if item.paper in papers}
    best = nsmallest(most, items, key=_rank)
    return Proof(best, len(items) - len(best), origin, flags, by_year(papers[paper] for paper in said))


def _rank(item: Evidence) -> tuple[bool, bool, bool, float, str]:
    """Sort evidence: sentences first, then stated, asserted and probable ones."""
    return (item.origin != "text", item.polarity == "negated", item.modality == "hedged", -item.probability, item.id)


def year(paper: Paper) -> int:
    """Give the year of a paper, 0 where it is not known.

    >>> year(Paper("T", date="2024-03")), year(Paper("T"))
    (2024, 0)
    """
    found = _YEAR.match(paper.date)
    return int(found[0]) if found else 0


def by_year(rows: Iterable[PaperRow]) -> list[list[int]]:
    """Count papers by year as sorted pairs, the undated ones as year 0."""
    return [list(pair) for pair in sorted(Counter(year(row.paper) for row in rows).items())]


def paper_columns(rows: Iterable[PaperRow]) -> dict[str, list[Any]]:
    """Describe papers: id, title, authors, year and the address each can be read at, or an empty one."""
    columns: dict[str, list[Any]] = defaultdict(list)
    for name in ("id", "title", "authors", "year", "link"):
        columns[name] = []
    for row in rows:
        columns["id"].append(row.id)
        columns["title"].append(" ".join(row.paper.title.split())[:_TITLE] or "(no title)")
        columns["authors"].append(_authors(row.paper))
        columns["year"].append(year(row.paper))
        columns["link"].append(address(row.paper))
    return dict(columns)


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
