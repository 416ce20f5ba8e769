"""Turn the values of foreign records into the fields of a `Paper`."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence

from kg.model import Paper, Source
from kg.text import clean

#: A longer text is no abstract.
LONGEST_ABSTRACT = 100_000

#: A longer text is no title.
LONGEST_TITLE = 2_000

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}

_ARXIV = re.compile(
    r"(?:arxiv:|(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf|html)/|(?:https?://)?(?:dx\.)?(?:doi\.org/)?10\.48550/arxiv\.)?"
    r"(?:(?P<new>\d\d(?:0[1-9]|1[0-2])\.\d{4,5})|(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2})?/(?P<old>\d{7}))"
    r"(?:v\d+)?(?:\.pdf)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(?P<doi>10\.\d{4,9}/\S+)", re.IGNORECASE)
_ISO = re.compile(r"(?P<year>\d{4})(?:[-/](?P<month>\d{1,2})(?:[-/](?P<day>\d{1,2})(?:[T ].*)?)?)?")
_MONTH_FIRST = re.compile(r"(?P<month>[A-Za-z]{3})[a-z]*\.? (?:(?P<day>\d{1,2}),? )?(?P<year>\d{4})")
_DAY_FIRST = re.compile(r"(?:[A-Za-z]{3}, )?(?P<day>\d{1,2}) (?P<month>[A-Za-z]{3})[a-z]*\.?,? (?P<year>\d{4})(?: .*)?")

#: The word that joins names; tried once for a run of blanks, however long.
_AND = r"(?<!\s)\s+and\s+"

#: Two names that a comma joins: neither side is a family name alone, which may start with a particle ("van").
_TWO_NAMES = re.compile(r"\s*[A-Z]\S*\s[^,]*,\s*[A-Z]\S*\s(?:(?!\sand\s)[^,])*")

_TYPES = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


class Unusable(Exception):
    """Why a record cannot become a paper, and what stood there if the record itself is not at hand."""

    def __init__(self, reason: str, excerpt: str = "") -> None:
        """Keep the reason and the excerpt."""
        super().__init__(reason)
        self.reason = reason
        self.excerpt = excerpt


def arxiv_id(text: str) -> str:
    """Give the arXiv id in ``text`` without its version, or nothing.

    >>> arxiv_id("arXiv:2106.09685v2"), arxiv_id("math.GT/0309136"), arxiv_id("s017")
    ('2106.09685', 'math/0309136', '')
    """
    match = _ARXIV.fullmatch(text.strip())
    if match is None:
        return ""
    return match["new"] or f"{match['archive'].lower()}/{match['old']}"


def doi(text: str) -> str:
    """Give the DOI in ``text`` in lower case, or nothing.

    >>> doi("https://doi.org/10.1000/ABC.1"), doi("12")
    ('10.1000/abc.1', '')
    """
    match = _DOI.fullmatch(text.strip())
    return match["doi"].lower() if match else ""


def date(text: str) -> str:
    """Give a date in ISO 8601 as precisely as ``text`` has it, or nothing.

    >>> date("2024-03-07T10:00:00Z"), date("Jul 21, 2023"), date("7 March 2024"), date("2024"), date("soon")
    ('2024-03-07', '2023-07-21', '2024-03-07', '2024', '')
    """
    text = text.strip()
    match = _ISO.fullmatch(text) or _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if match is None:
        return ""
    month = match["month"] or ""
    number = MONTHS.get(month.lower(), 0) if month.isalpha() else int(month or 0)
    if month and not number:
        return ""
    return iso(int(match["year"]), number, int(match["day"] or 0))


def as_number(text: str) -> int:
    """Give the number that a few digits are, or 0: years, months and days have no more.

    >>> as_number("07"), as_number("²"), as_number("9" * 5000)
    (7, 0, 0)
    """
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def iso(year: int, month: int = 0, day: int = 0) -> str:
    """Write a date, 0 standing for what is not known; a day that never was gives nothing.

    >>> iso(2024, 2, 29), iso(2023, 2, 29), iso(2023)
    ('2024-02-29', '', '2023')
    """
    try:
        datetime.date(year, month or 1, day or 1)
    except ValueError:
        return ""
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def authors(value: object) -> tuple[str, ...] | None:
    """Give names of a list, or of a string that joins them; None where it is neither.

    >>> authors("Ada Byron, Alan Turing and Grace Hopper")
    ('Ada Byron', 'Alan Turing', 'Grace Hopper')
    >>> authors("Byron, Ada and Turing, Alan")
    ('Byron, Ada', 'Turing, Alan')
    >>> authors("Ada Byron, Alan Turing"), authors("van Rossum, Guido")
    (('Ada Byron', 'Alan Turing'), ('van Rossum, Guido',))
    """
    if isinstance(value, str):
        if ";" in value:
            return _texts(value.split(";"))
        parts = re.split(_AND, value)
        if all(part.count(",") == 1 for part in parts) and not _TWO_NAMES.fullmatch(value):  # family name, given name
            return _texts(parts)
        return _texts(re.split(rf",\s*(?:and\s+)?|{_AND}", value))
    if isinstance(value, Sequence):
        return _texts([item.get("name") if isinstance(item, Mapping) else item for item in value])
    return None


def categories(value: object) -> tuple[str, ...] | None:
    """Give a list of categories, or those a string separates by spaces or commas."""
    if isinstance(value, str):
        return _texts(re.split(r"[\s,;]+", value))
    return _texts(value) if isinstance(value, Sequence) else None


def paper(record: Mapping[str, object], source: Source) -> Paper:
    """Make a paper of a record; raise `Unusable` where it cannot be one."""
    title = _text(record, ("title",))
    abstract = _text(record, ("abstract", "summary"))
    if not title.strip() and not abstract.strip():
        raise Unusable("no title and no abstract")
    if len(title) > LONGEST_TITLE:
        raise Unusable(f"title of {len(title)} characters, more than {LONGEST_TITLE}: not a title")
    if len(abstract) > LONGEST_ABSTRACT:
        raise Unusable(f"abstract of {len(abstract)} characters, more than {LONGEST_ABSTRACT}: not an abstract")
    flags = set(text_flags(title, abstract))
    key = _text(record, ("id",), number=True)
    arxiv = _checked(record, ("arxiv", "arxiv_id"), arxiv_id, "arxiv", flags) or arxiv_id(key)
    doi_text = _text(record, ("doi",))
    if not arxiv and (arxiv := arxiv_id(doi_text)):  # arXiv's own DOIs name nothing new
        doi_text = ""
    return Paper(
        title=title if title.strip() else "",
        abstract=abstract if abstract.strip() else "",
        arxiv=arxiv,
        doi="" if arxiv_id(doi_text) else _checked({"doi": doi_text}, ("doi",), doi, "doi", flags),
        key=key,
        authors=_listed(record, "authors", authors, flags),
        date=_checked(record, ("date", "first_listed", "published", "year"), date, "date", flags),
        categories=_listed(record, "categories", categories, flags),
        flags=tuple(sorted(flags)),
        sources=(source,),
    )


def text_flags(title: str, abstract: str) -> tuple[str, ...]:
    """Say which of the two texts is missing."""
    return (
        *(("abstract-only",) if not title.strip() else ()),
        *(("title-only",) if not abstract.strip() else ()),
    )


def _text(record: Mapping[str, object], names: Sequence[str], *, number: bool = False) -> str:
    """Give the first of the named values that is there; a value that is no text is Unusable."""
    for name in names:
        value = record.get(name)
        if value is None or value == "":
            continue
        if number and type(value) in (int, float):
            return str(value)
        if not isinstance(value, str):
            raise Unusable(f"{name} is {_TYPES.get(type(value), 'no text')}; it must be text")
        return clean(value)
    return ""


def _checked(
    record: Mapping[str, object], names: Sequence[str], parse: Callable[[str], str], label: str, flags: set[str]
) -> str:
    """Parse the first of the named values that can be; one that cannot raises a flag, not a reject."""
    for name in names:
        value = record.get(name)
        if value is None or value == "":
            continue
        read = parse(clean(str(value))) if isinstance(value, str | int) else ""
        if read:
            return read
        flags.add(f"unread-{label}")
    return ""


def _listed(
    record: Mapping[str, object], name: str, parse: Callable[[object], tuple[str, ...] | None], flags: set[str]
) -> tuple[str, ...]:
    value = record.get(name)
    if value is None:
        return ()
    read = parse(value)
    if read is None:
        flags.add(f"unread-{name}")
    return read or ()


def _texts(values: Sequence[object]) -> tuple[str, ...] | None:
    """Give the stripped, non-empty strings among ``values``; None where one is no string."""
    if not all(isinstance(value, str) for value in values):
        return None
    return tuple(text for value in values if (text := clean(str(value)).strip()))
