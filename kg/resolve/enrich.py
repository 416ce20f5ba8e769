"""Fill what papers lack from records of the same papers elsewhere, without adding papers.

Which records are of use is told from single records (`Wanted`), so that keeping them commutes with adding and removing
papers. A record fits a paper with its arXiv id or DOI, else with its title in a strict normal form, if no identifier
contradicts and the abstracts, where both are there, resemble each other. Without abstracts to compare, a title must say
something and authors, where both are there, must share a family name. What fits in two ways is left alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kg.model import Paper, Source
from kg.namespaces import SHARED_TITLE, paper_curie, title_key
from kg.resolve.papers import SAME_TITLE, merge_records
from kg.resolve.similar import resemblance, shingles
from kg.text import normal_form, readable

#: The fields that are filled, in the order in which they are reported.
FIELDS = ("date", "authors", "arxiv", "doi", "categories", "abstract")

#: Flags of a paper whose field was filled begin so.
FLAG = "enriched-"

#: Readers of sources that a field was filled from begin so.
READER = "enrich:"

#: A title of fewer words or letters names no paper by itself.
FEWEST_WORDS, FEWEST_LETTERS = 3, 15

#: Titles that begin so are shared by many papers.
_GENERIC = re.compile(
    r"(?:guest |from the )?(?:editors?|editorial|foreword|preface|introduction|special issue|table of contents|"
    r"book review|front matter|back matter|title page|erratum|errata|corrigendum|correction|addendum|retraction|"
    r"withdrawn|reply|response|comments?|discussion|rejoinder|obituary|in memoriam|index|acknowledge?ments?|"
    r"proceedings|welcome|message from|call for papers|poster abstract|news|letters?)\b"
)

#: Flags that a filled field settles.
_SETTLED = {
    "abstract": ("title-only",),
    "date": ("date-without-year", "unread-date"),
    "authors": ("unread-authors",),
    "arxiv": ("unread-arxiv",),
    "doi": ("unread-doi",),
    "categories": ("unread-categories",),
}


@lru_cache(maxsize=1 << 16)
def title_form(title: str) -> str:
    r"""Give the words of a title, markup read, for comparison; nothing for no title.

    >>> title_form("A  $\\alpha$-Study: Of “Things”") == title_form("a α study of things")
    True
    """
    text = readable(title).text.strip()
    return title_key(Paper(text)) if text else ""


def is_telling(form: str) -> bool:
    """Tell whether a title in normal form can name a paper by itself.

    >>> is_telling("attention is all you need"), is_telling("editorial for the special issue"), is_telling("bert")
    (True, False, False)
    """
    letters = sum(sign.isalpha() for sign in form)
    return len(form.split()) >= FEWEST_WORDS and letters >= FEWEST_LETTERS and not _GENERIC.match(form)


class Wanted:
    """What the records of a set of papers lack, by their titles and identifiers."""

    def __init__(self, records: Iterable[Paper]) -> None:
        """Gather what is lacking, by title and identifier."""
        self._lacking: dict[str, set[str]] = defaultdict(set)
        for record in records:
            if lacking := [name for name in FIELDS if not getattr(record, name)]:
                for key in _keys(record):
                    self._lacking[key].update(lacking)

    def takes(self, record: Paper) -> bool:
        """Tell whether a record may fill something."""
        lacking = {name for key in _keys(record) for name in self._lacking.get(key, ())}
        return any(getattr(record, name) for name in lacking)

    def of(self, records: Iterable[Paper]) -> Iterator[Paper]:
        """Give the records that may fill something, marked as such."""
        return (_marked(record) for record in records if self.takes(record))


@dataclass(frozen=True, slots=True)
class Enriched:
    """Papers with what was filled: how many of each field, and the titles that fit in several ways."""

    papers: list[tuple[Paper, str]]
    filled: int
    fields: dict[str, int] = field(default_factory=dict)
    ambiguous: tuple[tuple[str, str], ...] = ()


def enrich(merged: Sequence[tuple[Paper, str]], records: Iterable[Paper]) -> Enriched:
    """Fill what merged papers, sorted by CURIE, lack from records; give them sorted again.

    The result depends on the two sets alone. A paper whose identifier would be that of another paper is left alone.

    >>> record = Paper("Attention is all you need", arxiv="1706.03762", date="2017-06-12")
    >>> enrich([(Paper("Attention Is All You Need"), "")], [record]).papers[0][0].date
    '2017-06-12'
    """
    others = [paper for paper, _ in merge_records(records)]
    if not others:
        return Enriched(list(merged), 0)
    candidates = _Candidates(others)
    found = [candidates.fitting(paper) for paper, _ in merged]
    done = [
        _filled(paper, fitting[0]) if len(fitting) == 1 else paper
        for (paper, _), fitting in zip(merged, found, strict=True)
    ]
    often = Counter(paper_curie(paper) for paper in done)
    ambiguous, rows = [], []
    counts: Counter[str] = Counter()
    for (before, why), after, fitting in zip(merged, done, found, strict=True):
        paper = after
        if len(fitting) > 1:
            ambiguous.append((paper_curie(before), "; ".join(sorted(map(paper_curie, fitting)))))
        elif paper_curie(after) != paper_curie(before) and often[paper_curie(after)] > 1:
            ambiguous.append((paper_curie(before), f"{paper_curie(after)}, which fits another paper too"))
            paper = before
        counts.update(name for name in FIELDS if getattr(paper, name) != getattr(before, name))
        rows.append((paper_curie(paper), paper, why, paper != before))
    rows.sort(key=lambda row: row[:3])
    fields = {name: counts[name] for name in FIELDS if counts[name]}
    return Enriched([row[1:3] for row in rows], sum(row[3] for row in rows), fields, tuple(sorted(ambiguous)))


class _Candidates:
    """The papers that may fill something, by identifier and title."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._named: dict[str, list[Paper]] = defaultdict(list)
        for paper in papers:
            for key in _keys(paper):
                self._named[key].append(paper)

    def fitting(self, paper: Paper) -> list[Paper]:
        """Give the papers that are this one and have something it lacks; several where that is not clear."""
        lacking = [name for name in FIELDS if not getattr(paper, name)]
        if not lacking:
            return []
        *identifiers, title = [*_identifiers(paper), title_form(paper.title)]
        fitting = {other for key in identifiers for other in self._named.get(key, ()) if not _contradict(paper, other)}
        if not fitting and title:
            titled = [other for other in self._named.get(f"title:{title}", ()) if not _contradict(paper, other)]
            alike = {other for other in titled if _alike(paper, other)}
            fitting = alike or {other for other in titled if _may_be(paper, other, title)}
        useful = sorted(other for other in fitting if any(getattr(other, name) for name in lacking))
        return sorted(fitting) if useful and len(fitting) > 1 else useful


def _identifiers(paper: Paper) -> list[str]:
    """Give the identifiers of a paper as keys."""
    return [f"{name}:{value.lower()}" for name, value in (("arxiv", paper.arxiv), ("doi", paper.doi)) if value]


def _keys(paper: Paper) -> list[str]:
    """Give what a paper can be found by; a title that does not tell counts only with an abstract to compare."""
    form = title_form(paper.title)
    titled = form and (paper.abstract or is_telling(form))
    return [*_identifiers(paper), *([f"title:{form}"] if titled else [])]


def _contradict(a: Paper, b: Paper) -> bool:
    """Tell whether two papers have different identifiers of one kind."""
    return any(x and y and x.lower() != y.lower() for x, y in ((a.arxiv, b.arxiv), (a.doi, b.doi)))


def _alike(paper: Paper, other: Paper) -> bool:
    """Tell whether the abstracts of two papers of one title say that they are one."""
    if not paper.abstract or not other.abstract:
        return False
    same = " ".join(paper.abstract.split()) == " ".join(other.abstract.split())
    return same or resemblance(shingles(paper.abstract), shingles(other.abstract)) >= SAME_TITLE


def _may_be(paper: Paper, other: Paper, form: str) -> bool:
    """Tell whether two papers of one title, of which one has no abstract, are one as far as can be seen."""
    if paper.abstract and other.abstract:
        return False
    families = [_families(one.authors) for one in (paper, other)]
    return is_telling(form) and (not all(families) or bool(families[0] & families[1]))


def _families(authors: Iterable[str]) -> set[str]:
    """Give the family names of authors, without case and accents.

    >>> sorted(_families(["Müller, Jörg", "Ada Byron"]))
    ['byron', 'muller']
    """
    names = (name.partition(",")[0] if "," in name else name.rpartition(" ")[2] for name in authors)
    return {normal_form(name) for name in names if name.strip()}


def _marked(record: Paper) -> Paper:
    """Mark the sources of a record as those of an enrichment."""
    if all(source.reader.startswith(READER) for source in record.sources):
        return record
    return replace(record, sources=tuple(Source(f"{READER}{s.reader}", s.name, s.record) for s in record.sources))


def _filled(paper: Paper, other: Paper) -> Paper:
    """Fill what a paper lacks, with a flag for each field, and name the sources."""
    lacking = [name for name in FIELDS if not getattr(paper, name) and getattr(other, name)]
    values = {name: getattr(other, name) for name in lacking}
    gone = {flag for name in lacking for flag in _SETTLED[name]}
    if values.keys() & {"arxiv", "doi"}:
        gone.add(SHARED_TITLE)
    flags = {flag for flag in paper.flags if flag not in gone} | {f"{FLAG}{name}" for name in lacking}
    if "date" in values and other.date_inferred:
        values["date_inferred"] = True
    return replace(paper, **values, flags=tuple(sorted(flags)), sources=tuple(sorted({*paper.sources, *other.sources})))
