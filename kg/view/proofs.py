"""Gather why each shown relation is held: sentences, marks on the mentions, papers; all of it plain data."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any
from urllib.parse import quote

from kg.model import Evidence, Paper, Relation, Span
from kg.tables import Tables

#: Evidence shown per edge; the number left out is told.
PER_EDGE = 8
#: A longer sentence is cut to this many characters around its mentions.
LONGEST = 1200

_ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")

Key = tuple[str, str, str]


@dataclass(slots=True)
class Proofs:
    """Evidence of the links by (head, type, tail), the sentences it quotes and the papers it names.

    A sentence is ``[paper, text]``; evidence points to it by number, with the ``[start, end, role]`` of
    the mentions in it (role 0 for the head, 1 for the tail), in code points.
    """

    evidence: dict[Key, list[dict[str, Any]]] = field(default_factory=dict)
    held: dict[Key, str] = field(default_factory=dict)
    more: dict[Key, int] = field(default_factory=dict)
    sentences: list[tuple[str, str]] = field(default_factory=list)
    papers: dict[str, dict[str, str]] = field(default_factory=dict)


def gather(tables: Tables, links: Iterable[Relation], also: Iterable[str]) -> Proofs:
    """Gather the evidence of ``links`` and describe the papers it names and those in ``also``."""
    found: dict[Key, list[Evidence]] = {(link.head, link.type, link.tail): [] for link in links}
    for item in tables.evidence():
        key = (item.head, item.type, item.tail)
        if key in found:
            found[key].append(item)
    proofs = Proofs()
    for key, items in found.items():
        proofs.held[key] = _held(items)
        best = nsmallest(PER_EDGE, items, key=_rank)
        proofs.more[key] = len(items) - len(best)
        found[key] = best
    quoted = {item.paper for items in found.values() for item in items if item.paper}
    named = quoted.union(also, (link[0] for link in found if link[0].startswith("paper:")))
    papers = {}
    for row in tables.papers():
        if row.id in named:
            proofs.papers[row.id] = _paper(row.paper)
        if row.id in quoted:
            papers[row.id] = row.paper
    numbers: dict[tuple[str, str, int, int], int] = {}
    for key, items in found.items():
        proofs.evidence[key] = [_evidence(item, papers, numbers) for item in items]
    proofs.sentences = [_sentence(papers, key) for key in numbers]
    return proofs


def _rank(item: Evidence) -> tuple[bool, bool, bool, float, str]:
    """Sort evidence: sentences first, then stated, asserted and probable ones."""
    return (item.origin != "text", item.polarity == "negated", item.modality == "hedged", -item.probability, item.id)


def _held(items: Iterable[Evidence]) -> str:
    """Name the strongest ground a link stands on; one of `looks.HELD`."""
    grounds = set()
    for item in items:
        if item.polarity == "negated":
            grounds.add("negated")
        elif item.origin != "text":
            grounds.add(item.origin)
        else:
            grounds.add("hedged" if item.modality == "hedged" else "text")
    order = ("text", "hedged", "vocabulary", "rule", "negated")
    return next((ground for ground in order if ground in grounds), "rule")


def _paper(paper: Paper) -> dict[str, str]:
    """Describe a paper: title, date and the address it can be read at, or an empty one."""
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", paper.doi.strip(), flags=re.IGNORECASE)
    link = ""
    if _ARXIV.fullmatch(paper.arxiv):
        link = f"https://arxiv.org/abs/{paper.arxiv}"
    elif _DOI.fullmatch(doi):
        link = "https://doi.org/" + quote(doi, safe="/:;()._-")
    authors = paper.authors[0] + (" et al." if len(paper.authors) > 1 else "") if paper.authors else ""
    return {"title": paper.title[:300] or "(no title)", "date": paper.date, "link": link, "by": authors[:100]}


def _evidence(
    item: Evidence, papers: dict[str, Paper], numbers: dict[tuple[str, str, int, int], int]
) -> dict[str, Any]:
    """Describe one evidence, numbering the stretches of text it quotes."""
    quotes = []
    for span in item.sentences:
        if item.paper not in papers:
            continue
        window = _window(span, item)
        number = numbers.setdefault((item.paper, window.section, window.start, window.end), len(numbers))
        quotes.append([number, _marks(window, item)])
    described = {"origin": item.origin, "by": item.extractor, "p": round(item.probability, 3), "quotes": quotes}
    if item.paper in papers:
        described["paper"] = item.paper
    return described | {
        name: True
        for name, is_so in (("negated", item.polarity == "negated"), ("hedged", item.modality == "hedged"))
        if is_so
    }


def _mentions(item: Evidence, section: str) -> list[tuple[int, int, int]]:
    """List the mentions of an evidence in one section as (start, end, role)."""
    both = ((item.head_mention, 0), (item.tail_mention, 1))
    return sorted((span.start, span.end, role) for span, role in both if span is not None and span.section == section)


def _window(span: Span, item: Evidence) -> Span:
    """Cut a very long sentence to the part around its mentions."""
    if span.end - span.start <= LONGEST:
        return span
    inside = [start for start, _, _ in _mentions(item, span.section) if span.start <= start < span.end]
    start = max(span.start, min(inside, default=span.start) - LONGEST // 4)
    return Span(span.section, start, min(span.end, start + LONGEST))


def _marks(window: Span, item: Evidence) -> list[list[int]]:
    """Place the mentions relative to the quoted stretch, without overlap."""
    marks: list[list[int]] = []
    last = window.start
    for start, end, role in _mentions(item, window.section):
        start, end = max(start, last), min(end, window.end)
        if start < end:
            marks.append([start - window.start, end - window.start, role])
            last = end
    return marks


def _sentence(papers: dict[str, Paper], key: tuple[str, str, int, int]) -> tuple[str, str]:
    """Quote a stretch of a paper's title or abstract."""
    paper, section, start, end = key
    text = papers[paper].title if section == "title" else papers[paper].abstract
    return paper, text[start:end]


def newest(papers: Iterable[str], proofs: Proofs, count: int) -> list[str]:
    """List the ``count`` latest of some papers, undated ones last."""
    dated = defaultdict(str, {name: proofs.papers[name]["date"] for name in papers if name in proofs.papers})
    return sorted(sorted(dated), key=dated.__getitem__, reverse=True)[:count]
