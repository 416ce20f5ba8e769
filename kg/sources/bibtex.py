"""Bibliographies in BibTeX and BibLaTeX, as Zotero, JabRef, Google Scholar, DBLP and the ACL Anthology write them.

The format is that of BibTeX's own manual (btxdoc) with the fields of the BibLaTeX manual, appendix A. bibtexparser
splits entries into fields; it gets a stretch of whole entries at a time, so that memory stays flat.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.bibtex_values import names, plain, resolved
from kg.sources.fields import Unusable, arxiv_id, as_number, date, iso, paper
from kg.sources.identifiers import arxiv_within, doi_within, month, not_after_id
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.text import clean

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry

#: Characters of whole entries that are parsed at a time.
STRETCH = 1 << 16

#: An entry of so many characters is none.
LONGEST_ENTRY = 1 << 24

#: Types of entries that hold papers and are none.
VOLUMES = frozenset({"proceedings", "mvproceedings", "periodical", "mvcollection", "mvbook"})

#: Types of entries that others may refer to.
PARENTS = VOLUMES | {"book", "collection"}

#: Fields that name the arXiv id, the surest first.
_ARXIV_FIELDS = ("arxivid", "arxiv", "url", "journal", "journaltitle", "volume", "howpublished", "number", "note")

#: Fields that are looked at.
_FIELDS = frozenset(
    """title subtitle abstract author year month day date doi eprint archiveprefix eprinttype primaryclass eprintclass
    crossref""".split()
).union(_ARXIV_FIELDS)

#: Where the parser takes up again after a broken entry, too.
_START = re.compile(r"[ \t]*@\w*[ \t]*[{(]")
_ENTRY = re.compile(
    r"^[ \t]*@(?:(?:string|preamble|comment)\s*[{(]|[a-z]+\s*[{(]\s*[^\s,={}]*\s*,\s*(?:[a-z][\w-]*\s*=|\}))",
    re.I | re.M,
)
_AUXILIARY = re.compile(
    r"\s*(?:\\relax|\\begin\{thebibliography\}|\\bibcite|\\abx@aux|% \$ biblatex (?:auxiliary|bbl))"
)


def detect(head: str) -> bool:
    """Tell whether a text has an entry at the start of a line, or is what LaTeX makes of a bibliography."""
    if _AUXILIARY.match(head):
        return True
    if head.startswith(("---", "+++")):
        return False  # a note that quotes an entry
    match = _ENTRY.search(head)
    return match is not None and "```" not in head[: match.start()]


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read entries in file order, numbered by the line they start on; ``options`` mean nothing here.

    Abbreviations are written out. An entry that has no date of its own gets that of its ``crossref``, which stands
    behind it: such papers come last.
    """
    if _AUXILIARY.match(stream.head[:4096].decode("utf-8", "replace")):
        raise InputError(
            f"{stream.shown}: this is what LaTeX makes of a bibliography (.aux or .bbl); give the .bib file itself"
        )
    state = _State(stream, rejects)
    for line, text in _stretches(stream, rejects):
        yield from state.papers(text, line)
    yield from state.waiting()


def _stretches(stream: Stream, rejects: Callable[[Reject], None]) -> Iterator[tuple[int, str]]:
    """Cut the text where entries start; give each piece with the number of the line before it."""
    lines: list[str] = []
    size = before = last = 0
    skipping = False
    for number, line in stream.lines():
        if _START.match(line):
            if size >= STRETCH:
                yield before, "".join(lines)
                lines, size, before = [], 0, number - 1
            last, skipping = len(lines), False
        if skipping:
            continue
        lines.append(line)
        size += len(line)
        if size > LONGEST_ENTRY:
            yield before, "".join(lines[:last])
            reason = f"no new entry within {LONGEST_ENTRY >> 20} MB; close the braces of this one"
            rejects(Reject(stream.name, before + last + 1, reason, clean(lines[last][:120])))
            lines, size, before, last, skipping = [], STRETCH, number, 0, True
    if lines:
        yield before, "".join(lines)


@dataclass(slots=True)
class _State:
    """What one stretch of a bibliography leaves for the next."""

    stream: Stream
    rejects: Callable[[Reject], None]
    #: Abbreviations by their names in lower case.
    strings: dict[str, str] = field(default_factory=dict)
    #: Dates of entries that others may refer to, by their keys in lower case.
    dates: dict[str, str] = field(default_factory=dict)
    #: Entries without a date that refer to another one: line, values, key of the other.
    referring: list[tuple[int, dict[str, object], str]] = field(default_factory=list)

    def papers(self, text: str, line: int) -> Iterator[Paper]:
        """Give the papers of a stretch of whole entries that begins after ``line`` lines."""
        for block in _split(text).blocks:
            number = line + (block.start_line or 0) + 1
            try:
                made = self._of(block, number)
            except Unusable as unusable:
                excerpt = unusable.excerpt or " ".join((block.raw or "")[:240].split())
                self.rejects(Reject(self.stream.name, number, clean(unusable.reason), clean(excerpt[:120])))
            else:
                if made is not None:
                    yield made

    def waiting(self) -> Iterator[Paper]:
        """Give the papers that waited for the date of another entry."""
        for line, values, key in self.referring:
            try:
                yield paper({**values, "date": self.dates.get(key, "")}, self._source(line))
            except Unusable as unusable:
                self.rejects(Reject(self.stream.name, line, unusable.reason, ""))

    def _of(self, block: "Block", line: int) -> Paper | None:
        """Give the paper of a block, if it is one that needs no other."""
        from bibtexparser import model

        if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
            block = block.ignore_error_block or block  # of a field given twice the first counts, as for BibTeX
        if isinstance(block, model.String):
            self.strings[block.key.lower()] = resolved(str(block.value), self.strings)
            return None
        if isinstance(block, model.ParsingFailedBlock):
            if self.stream.damage and not self.stream.bytes.peek(1):
                return None  # the cut is reported for the whole file
            raise Unusable(_failure(block))
        if not isinstance(block, model.Entry):
            return None
        if wrong := self.stream.misread(block.raw or ""):
            raise Unusable(wrong)
        return self._paper(block, line)

    def _paper(self, entry: "Entry", line: int) -> Paper | None:
        given: dict[str, str] = {}
        for item in entry.fields:
            if (key := item.key.lower()) in _FIELDS:
                given.setdefault(key, item.value)
        values = _Values({key: resolved(text, self.strings) for key, text in given.items()})
        day = values.date()
        kind = entry.entry_type.lower()
        if kind in PARENTS and day:
            self.dates[entry.key.lower()] = day
        if kind in VOLUMES:
            raise Unusable(f"an entry @{kind} is a volume, not a paper")
        record: dict[str, object] = {"id": entry.key, **values.record()}
        crossref = values.fields.get("crossref", "").strip().lower()
        if crossref and not day:
            self.referring.append((line, record, crossref))
            return None
        told = not_after_id(day, values.arxiv()) or values.fields.get("date") or values.fields.get("year")
        return paper({**record, "date": told}, self._source(line))

    def _source(self, line: int) -> Source:
        return Source("bibtex", self.stream.name, line)


@dataclass(frozen=True, slots=True)
class _Values:
    """The fields of an entry, by their names in lower case, with abbreviations written out."""

    fields: dict[str, str]

    def record(self) -> dict[str, object]:
        """Give what `fields.paper` needs, but for date and key."""
        get = self.fields.get
        link = get("url", "")
        category = get("primaryclass") or get("eprintclass") or ""
        return {
            "title": ": ".join(plain(part) for part in (get("title", ""), get("subtitle", "")) if part),
            "abstract": plain(get("abstract", ""), inner=False),
            "authors": names(get("author", "")),
            "doi": plain(get("doi", "")) or doi_within(link),
            "arxiv": self.arxiv(),
            "categories": [plain(category)] if category and self.arxiv() else None,
        }

    def arxiv(self) -> str:
        """Give the arXiv id, wherever it stands."""
        eprint = plain(self.fields.get("eprint", ""))
        archive = (self.fields.get("archiveprefix") or self.fields.get("eprinttype") or "arxiv").strip().lower()
        if archive == "arxiv" and (found := arxiv_id(eprint) or arxiv_within([eprint])):
            return found
        texts = [plain(self.fields.get(name, "")) for name in _ARXIV_FIELDS]
        found = arxiv_id(texts[0]) or arxiv_id(texts[1]) or arxiv_id(self.fields.get("doi", ""))
        if not texts[-1].lower().startswith(("arxiv", "http")):
            texts[-1] = ""  # a note may speak of another paper
        return found or arxiv_within(texts)

    def date(self) -> str:
        """Give the date, or nothing where none can be read."""
        whole = date(plain(self.fields.get("date", "")).partition("/")[0])
        year = plain(self.fields.get("year", "")).strip()
        if whole or not (as_number(year) and len(year) == 4):
            return whole
        number = month(self.fields.get("month", ""))
        day = as_number(self.fields.get("day", "").strip())
        return iso(as_number(year), number, day if number and day < 100 else 0) or year


def _split(text: str) -> "Library":
    """Split a text into blocks; what the parser would tell the log is in the blocks too."""
    from bibtexparser.splitter import Splitter

    logger = logging.getLogger("bibtexparser")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return Splitter(text).split()


def _failure(block: object) -> str:
    error = getattr(block, "error", None)
    reason = " ".join(str(getattr(error, "abort_reason", error)).split()).rstrip(".")
    return f"no valid BibTeX ({reason}); check braces, quotes and commas of this entry"
