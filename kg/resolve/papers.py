"""Merge the records of one paper.

Records with the same arXiv id or DOI are one paper. Others are one where their titles have the same words and their
abstracts resemble each other, or where the abstracts are near-equal and the titles alike; candidates come from
title blocks and MinHash (`kg.resolve.similar`), so the work is near-linear. Records with different
identifiers of one kind are never joined by their text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter, itemgetter

from kg.model import Paper
from kg.namespaces import SHARED_TITLE, paper_curie, title_key
from kg.resolve.similar import WINDOW, Hashes, candidates, near, resemblance, shingles

#: Abstracts under one title are of one paper from this resemblance on. Of different papers they stay below 0.1, of
#: revised versions above 0.27 (60 870 records).
SAME_TITLE = 0.25

#: Abstracts under different titles are of one paper from this resemblance on, if the titles share `TITLE_WORDS` of
#: their words: some lists print one paper's abstract under another's title.
OTHER_TITLE, TITLE_WORDS = 0.8, 0.3

#: An abstract of fewer characters says too little to join records of different titles.
SHORTEST = 200

_CANONICAL = attrgetter(
    "title", "abstract", "arxiv", "doi", "key", "authors", "date", "date_inferred", "categories", "flags", "sources"
)
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Link:
    """Two papers that are one by their texts; the most alike are joined first."""

    likeness: float
    same_title: bool
    a: int
    b: int

    @property
    def order(self) -> tuple[float, bool, int, int]:
        """Sort by likeness, falling."""
        return -self.likeness, not self.same_title, self.a, self.b

    @property
    def reason(self) -> str:
        """Say why the two are one."""
        if self.same_title and self.likeness == 1:
            return "same title and abstract"
        titles = "same title" if self.same_title else "like titles"
        return f"{titles}, abstracts {self.likeness:.2f} alike (MinHash, Jaccard of word shingles)"


@dataclass(slots=True)
class _Sets:
    """Disjoint sets of papers (union-find), each with its identifiers and the reasons for it."""

    arxivs: list[str]
    dois: list[str]
    parents: list[int] = field(default_factory=list)
    reasons: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> "_Sets":
        """Start with every paper by itself."""
        sets = cls([paper.arxiv for paper in papers], [paper.doi for paper in papers])
        sets.parents = list(range(len(papers)))
        return sets

    def root(self, member: int) -> int:
        """Give the least member of a set."""
        while self.parents[member] != member:
            self.parents[member] = member = self.parents[self.parents[member]]
        return member

    def conflict(self, a: int, b: int) -> bool:
        """Tell whether the sets of two papers hold different identifiers of one kind."""
        a, b = self.root(a), self.root(b)
        return any(bool(ids[a] and ids[b] and ids[a] != ids[b]) for ids in (self.arxivs, self.dois))

    def join(self, a: int, b: int, reason: str) -> None:
        """Join the sets of two papers."""
        first, second = sorted((self.root(a), self.root(b)))
        self.reasons[first] |= {reason} | self.reasons.pop(second, set())
        if first != second:
            self.parents[second] = first
            for ids in (self.arxivs, self.dois):
                ids[first] = ids[first] or ids[second]

    def groups(self) -> Iterator[tuple[list[int], set[str]]]:
        """Give the members of each set and the reasons for it."""
        members = defaultdict(list)
        for member in range(len(self.parents)):
            members[self.root(member)].append(member)
        for root, group in members.items():
            yield group, self.reasons.get(root, set())


def merge_records(records: Iterable[Paper]) -> list[tuple[Paper, str]]:
    """Merge records of the same paper; give the papers sorted by CURIE, each with why it was merged, or "".

    The result depends on the set of records alone, not on their order. Titles and abstracts come from the record
    with an identifier, then the longest abstract, then the least bytes; all sources are kept.

    >>> [(paper.abstract, why) for paper, why in merge_records(
    ...     [Paper("LoRA", "Old.", arxiv="2106.09685"), Paper("Lora", "Newer.", arxiv="2106.09685")])]
    [('Newer.', 'same arXiv id')]
    """
    papers = [_unshared(paper) for paper in sorted(set(records), key=_CANONICAL)]
    keys = [title_key(paper) for paper in papers]
    sets = _Sets.of(papers)
    _join_identified(papers, sets)
    for link in sorted(_links(papers, keys, sets), key=attrgetter("order")):
        if not sets.conflict(link.a, link.b):
            sets.join(link.a, link.b, link.reason)
    _join_without_abstract(papers, keys, sets)
    groups = list(sets.groups())
    minted = _minted([_joined([papers[i] for i in group]) for group, _ in groups])
    merged = [(curie, paper, "; ".join(sorted(why))) for (curie, paper), (_, why) in zip(minted, groups, strict=True)]
    return [(paper, why) for _, paper, why in sorted(merged, key=itemgetter(0))]


def _join_identified(papers: Sequence[Paper], sets: _Sets) -> None:
    for name, reason in (("arxiv", "same arXiv id"), ("doi", "same DOI")):
        first: dict[str, int] = {}
        for i, paper in enumerate(papers):
            identifier = getattr(paper, name)
            if identifier and first.setdefault(identifier, i) != i:
                sets.join(first[identifier], i, reason)


def _links(papers: Sequence[Paper], keys: Sequence[str], sets: _Sets) -> Iterator[_Link]:
    """Compare the candidate pairs and give those that are one paper."""
    known: dict[int, Hashes] = {}
    for a, b in sorted(set(_pairs(papers, keys))):
        if sets.root(a) == sets.root(b) or sets.conflict(a, b):
            continue
        for i in (a, b):
            if i not in known:
                known[i] = shingles(papers[i].abstract)
        likeness = resemblance(known[a], known[b])
        same_title = keys[a] == keys[b]
        enough = SAME_TITLE if same_title else OTHER_TITLE
        if likeness >= enough and (same_title or _like_titles(papers[a], papers[b])):
            yield _Link(likeness, same_title, a, b)


def _pairs(papers: Sequence[Paper], keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    blocks = defaultdict(list)
    for i, paper in enumerate(papers):
        if paper.abstract:
            blocks[keys[i]].append((paper.abstract, i))
    for block in blocks.values():
        if len(block) > 1:
            yield from ((min(pair), max(pair)) for pair in near([i for _, i in sorted(block)]))
    if all(paper.arxiv for paper in papers):
        return  # the same or different, whatever the texts say
    long = [i for i, paper in enumerate(papers) if len(paper.abstract) >= SHORTEST and _WORDS.search(paper.abstract)]
    yield from ((long[a], long[b]) for a, b in candidates([papers[i].abstract for i in long]))


def _like_titles(a: Paper, b: Paper) -> bool:
    """Tell whether two titles share enough words, or one is missing."""
    words = [set(_WORDS.findall(paper.title.casefold())) for paper in (a, b)]
    return not all(words) or len(words[0] & words[1]) >= TITLE_WORDS * len(words[0] | words[1])


def _join_without_abstract(papers: Sequence[Paper], keys: Sequence[str], sets: _Sets) -> None:
    """Join papers that have a title only with the one paper of that title, if it is one."""
    full = {sets.root(i) for i, paper in enumerate(papers) if paper.abstract}
    blocks = defaultdict(list)
    for i, paper in enumerate(papers):
        if paper.title:
            blocks[keys[i]].append(i)
    for block in blocks.values():
        bare = [i for i in block if sets.root(i) not in full]
        for a, b in pairwise(bare):
            if not sets.conflict(a, b):
                sets.join(a, b, "same title, no abstract")
        others = sorted({sets.root(i) for i in block} & full)
        if len(others) > WINDOW:
            continue  # a title like "Introduction" names no paper
        for i in sorted({sets.root(i) for i in bare}):
            fitting = {sets.root(other) for other in others if not sets.conflict(i, other)}
            if len(fitting) == 1:
                sets.join(i, fitting.pop(), "same title, one record without an abstract")
                full.add(sets.root(i))


def _unshared(paper: Paper) -> Paper:
    """Drop the mark of a shared title, which earlier merging may have left; it is set anew."""
    if SHARED_TITLE not in paper.flags:
        return paper
    return replace(paper, flags=tuple(flag for flag in paper.flags if flag != SHARED_TITLE))


def _joined(papers: Sequence[Paper]) -> Paper:
    """Make one paper of several, each field from the first in rank that has it."""
    if len(papers) == 1:
        return papers[0]
    ranked = sorted(papers, key=lambda paper: (not (paper.arxiv or paper.doi), -len(paper.abstract), _CANONICAL(paper)))
    date, inferred = _date(papers)
    paper = Paper(
        title=next((paper.title for paper in ranked if paper.title), ""),
        abstract=next((paper.abstract for paper in ranked if paper.abstract), ""),
        arxiv=min({paper.arxiv for paper in papers} - {""}, default=""),
        doi=min({paper.doi for paper in papers} - {""}, default=""),
        key=next((paper.key for paper in ranked if paper.key), ""),
        authors=next((paper.authors for paper in ranked if paper.authors), ()),
        date=date,
        date_inferred=inferred,
        categories=next((paper.categories for paper in ranked if paper.categories), ()),
        sources=tuple(sorted({source for paper in papers for source in paper.sources})),
    )
    return replace(paper, flags=_flags(papers, paper))


def _date(papers: Sequence[Paper]) -> tuple[str, bool]:
    """Choose an explicit date before an inferred one, then the earliest, then the most precise."""
    dates = [(paper.date_inferred, f"{paper.date}~", paper.date) for paper in papers if paper.date]
    inferred, _, date = min(dates, default=(False, "", ""))
    return date, inferred


def _flags(papers: Sequence[Paper], paper: Paper) -> tuple[str, ...]:
    """Keep the flags that are still true of the merged paper."""
    settled = {
        "title-only": bool(paper.abstract),
        "abstract-only": bool(paper.title),
        "date-without-year": bool(paper.date),
        "unread-date": bool(paper.date),
        "unread-authors": bool(paper.authors),
        "unread-categories": bool(paper.categories),
        "unread-arxiv": bool(paper.arxiv),
        "unread-doi": bool(paper.doi),
    }
    return tuple(sorted({flag for one in papers for flag in one.flags if not settled.get(flag, False)}))


def _minted(papers: Sequence[Paper]) -> list[tuple[str, Paper]]:
    """Mint CURIEs; different papers of one title are flagged, which puts their abstracts into the hash."""
    curies = [paper_curie(paper) for paper in papers]
    often = Counter(curies)
    minted = []
    for curie, paper in zip(curies, papers, strict=True):
        if often[curie] > 1:
            apart = replace(paper, flags=tuple(sorted({*paper.flags, SHARED_TITLE})))
            minted.append((paper_curie(apart), apart))
        else:
            minted.append((curie, paper))
    return minted
