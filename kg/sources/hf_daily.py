"""Hugging Face Daily Papers pages saved as text, in the three layouts they come in.

Compact pages give titles and abstracts in turn, one a line, the first title glued to "Subscribe".
Spaced pages have blank lines between them, with or without author counts and dates after each abstract.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.fields import MONTHS, Unusable, iso, paper
from kg.sources.opening import Stream
from kg.sources.options import Options

#: How lines start that only these pages have.
MARKS = re.compile(
    r"^[^\w\n]*(?:Get trending papers in your email inbox|by ?AK and the research community)", re.MULTILINE
)

#: Lines around the papers.
FURNITURE = frozenset(
    """new|Get trending papers in your email inbox!|Get trending papers in your email inbox once a day!|Subscribe
    |Daily Papers|byAK and the research community|by AK and the research community|·|•|Upvote|-|Previous|Next|Daily
    |Weekly|Monthly|Trending Papers|Models|Datasets|Spaces|Docs|Pricing|Log In|Sign Up|Company|TOS|Privacy|About
    |Careers|Website|System theme""".replace("\n    ", "").split("|")
)

#: A text of this many characters is an abstract, whatever it ends with.
SURELY_ABSTRACT = 300

_DATE = re.compile(
    rf"(?P<month>{'|'.join(name.title() for name in MONTHS)}) (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?(?: \d+)?"
)
_AUTHORS = re.compile(r"(?:.{0,60} )?[•·]\s*\d+ authors?(?: [·•].*)?|\d+ authors?")
_COUNTS = re.compile(r"[+▲]?\s*\d[\d.,]*k?(?: (?:comments?|repl(?:y|ies)|upvotes?|votes?))?|Submitted by .+")


@dataclass(slots=True)
class _Draft:
    """A paper while its lines are gathered."""

    title: str = ""
    abstract: list[str] = field(default_factory=list)
    month: int = 0
    day: int = 0
    year: int = 0
    closed: bool = False


def detect(head: str) -> bool:
    """Tell whether a text is such a page."""
    return MARKS.search(head) is not None


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read the papers of one page in their order.

    A date without a year gets the page's own: ``options.page_year``, or the year after the latest one written
    out, because the site omits the year only of the current one. Such a date is marked as inferred; without any
    year to go by it is left out and the paper flagged ``date-without-year``.
    """
    lines = list(_lines(stream.text()))
    if stream.damage:
        del lines[-1:]
    drafts = list(_drafts(lines))
    if stream.damage and drafts and not drafts[-1].closed:
        drafts.pop()  # its abstract is not whole
    if not any(draft.title and draft.abstract for draft in drafts):
        raise InputError(
            f"{stream.shown}: no paper found on this page, its layout may have changed; expected a line 'Subscribe' "
            "and then titles, each followed by its abstract on a line of its own. Save the page again as text, "
            "or turn it into JSON lines"
        )
    latest = max(draft.year for draft in drafts)
    year = options.page_year or (latest + 1 if latest else 0)
    for number, draft in enumerate(drafts, start=1):
        try:
            yield _paper(draft, year, Source("hf-daily", stream.name, number))
        except Unusable as unusable:
            rejects(Reject(stream.name, number, unusable.reason, (draft.title or draft.abstract[0])[:120]))


def _paper(draft: _Draft, page_year: int, source: Source) -> Paper:
    inferred = bool(draft.month and not draft.year)
    year = draft.year or page_year
    date = iso(year, draft.month, draft.day) if draft.month and year else ""
    made = paper({"title": draft.title, "abstract": "\n".join(draft.abstract), "date": date}, source)
    if not inferred:
        return made
    if date:
        return replace(made, date_inferred=True)
    return replace(made, flags=tuple(sorted({*made.flags, "date-without-year"})))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the page and what it is: ``text``, ``date`` or other ``meta`` data of a paper."""

    text: str
    kind: str = "text"

    @property
    def long(self) -> bool:
        """Tell whether the line cannot be a title."""
        return self.kind == "text" and len(self.text) >= SURELY_ABSTRACT

    @property
    def like_abstract(self) -> bool:
        """Tell whether the line reads like an abstract rather than a title."""
        return self.long or (self.kind == "text" and len(self.text) >= 80 and self.text.endswith("."))


def _lines(text: str) -> Iterator[_Line]:
    """Give the lines that matter, without the page's furniture and the date in its head."""
    subscribed = begun = skip = False
    for raw in text.split("\n"):
        line = raw.strip()
        if not subscribed and line.startswith("Subscribe"):
            subscribed, line = True, line.removeprefix("Subscribe").strip()
        if not line or line in FURNITURE or skip:
            skip = skip and not line
            continue
        skip = line == "Submitted by"  # a user's name follows
        if skip or _AUTHORS.fullmatch(line) or _COUNTS.fullmatch(line):
            kind = "meta"
        else:
            kind = "date" if _DATE.fullmatch(line) else "text"
        begun = begun or kind == "text"
        if begun:
            yield _Line(line, kind)


def _drafts(lines: list[_Line]) -> Iterator[_Draft]:
    """Gather the lines of each paper."""
    separated = 2 * sum(line.kind != "text" for line in lines) > sum(line.long for line in lines)
    draft = _Draft(closed=True)
    for line, after in zip(lines, [*lines, _Line("", "end")][1:], strict=True):
        if line.kind != "text":
            _add_date(draft, line)
            draft.closed = True
        elif not draft.closed and _belongs(line, after, draft, separated=separated):
            draft.abstract.append(line.text)
        else:
            if draft.title or draft.abstract:
                yield draft
            draft = _Draft(abstract=[line.text]) if line.long else _Draft(title=line.text)
    if draft.title or draft.abstract:
        yield draft


def _belongs(line: _Line, after: _Line, draft: _Draft, *, separated: bool) -> bool:
    """Tell whether a line goes on with the draft's abstract rather than starting a new paper."""
    if not draft.abstract:
        return line.like_abstract or ((separated or line.text.endswith(".")) and not after.like_abstract)
    # Without author lines between papers a second long text may be another paper whose title got lost.
    if line.long or after.kind in ("date", "meta"):
        return separated
    return line.like_abstract and not after.like_abstract


def _add_date(draft: _Draft, line: _Line) -> None:
    match = _DATE.fullmatch(line.text)
    if match and not draft.month:
        draft.month, draft.day, draft.year = MONTHS[match["month"].lower()], int(match["day"]), int(match["year"] or 0)
