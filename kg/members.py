"""Which records belong to a paper that a user names by identifier, arXiv id, DOI, own id of a record or title."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from kg.errors import KGError
from kg.model import Paper, Source
from kg.namespaces import paper_curie
from kg.resolve.enrich import READER, enrich
from kg.resolve.papers import merge_records

_ARXIV = re.compile(r"(?:https?://arxiv\.org/abs/|arxiv:)?(.+?)(?:v\d+)?", re.IGNORECASE)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\..+)", re.IGNORECASE)


def without(records: Sequence[Paper], names: Iterable[str], *, enrichment: Sequence[Paper] = ()) -> list[Paper]:
    """Give the records that are not of the named papers; a name nobody has, or two papers have, is an error.

    Papers also have the names that ``enrichment`` gives them.
    """
    # Base names of files may repeat, so records are numbered before they are merged.
    numbered = [replace(record, sources=(Source("", "", number),)) for number, record in enumerate(records)]
    papers = [_own(paper) for paper, _ in enrich(merge_records(numbered), enrichment).papers]
    keys: dict[str, set[int]] = defaultdict(set)
    for number, record in enumerate(records):
        keys[record.key].add(number)
    gone = {source.record for name in names for source in find(papers, name, keys=keys).sources}
    return [record for number, record in enumerate(records) if number not in gone]


def _own(paper: Paper) -> Paper:
    """Give a paper without the sources of what was filled."""
    return replace(paper, sources=tuple(one for one in paper.sources if not one.reader.startswith(READER)))


def find(papers: Sequence[Paper], name: str, *, keys: Mapping[str, Collection[int]] | None = None) -> Paper:
    """Give the only paper of this name; ``keys`` are the numbers of the records with an id of their own."""
    found = matching(papers, name, keys=keys)
    if not found:
        raise KGError(f"no paper here is {name!r}; {_near(papers, name)}")
    if len(found) > 1:
        curies = ", ".join(paper_curie(paper) for paper in found)
        raise KGError(f"{len(found)} papers are called {name!r}: {curies}; give one of these")
    return found[0]


def matching(papers: Iterable[Paper], name: str, *, keys: Mapping[str, Collection[int]] | None = None) -> list[Paper]:
    """Give the papers of this name by the strictest reading that any has."""
    papers = list(papers)
    if exact := [paper for paper in papers if paper_curie(paper) == name]:
        return exact
    name = name.strip()
    if not name:
        return []
    readings = _readings(name, frozenset((keys or {}).get(name, ())))
    return next((found for matches in readings if (found := [paper for paper in papers if matches(paper)])), [])


def _readings(name: str, numbers: Collection[int]) -> Iterable[Callable[[Paper], bool]]:
    """Give the ways to understand a name, the strictest first; ``numbers`` are the records with this own id."""
    arxiv = _ARXIV.fullmatch(name)
    doi = _DOI.fullmatch(name)
    yield lambda paper: paper_curie(paper) == name
    if arxiv:
        yield lambda paper: paper.arxiv.lower() == arxiv[1].lower()
    if doi:
        yield lambda paper: paper.doi.lower() == doi[1].lower()
    yield lambda paper: paper.key == name or any(source.record in numbers for source in paper.sources)
    yield lambda paper: _words(paper.title) == _words(name)


def _words(title: str) -> str:
    """Give a title without case and spacing."""
    return " ".join(title.casefold().split())


def _near(papers: Sequence[Paper], name: str) -> str:
    """Name the papers whose title or identifier looks most like ``name``."""
    names = {}
    for paper in papers:
        shown = f"{paper_curie(paper)} ({paper.title})"
        names.update(dict.fromkeys((_words(paper.title), paper_curie(paper), paper.arxiv or shown), shown))
    close = dict.fromkeys(names[word] for word in get_close_matches(_words(name), names, n=3, cutoff=0.5))
    return f"near ones are {'; '.join(close)}" if close else "give its arXiv id, DOI, exact title or own id"
