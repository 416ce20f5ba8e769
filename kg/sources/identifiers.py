"""Find arXiv ids where bibliographies and tables hide them: in links, notes and names of journals."""

import re
from collections.abc import Iterable

from kg.sources.fields import MONTHS, arxiv_id, as_number, doi, iso

_WITHIN = re.compile(
    r"(?:arxiv(?:\.org)?\s?[:/]\s*(?:(?:abs|pdf|html)/)?|\b(?:abs|corr)/)\s*"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?!\d)",
    re.IGNORECASE,
)
_DOI_WITHIN = re.compile(r"doi\.org/(10\.\d{4,9}/[^\s?#]+)", re.IGNORECASE)
_SLASHED = re.compile(r"(?P<year>\d{4})/(?P<month>\d{1,2})?/?(?P<day>\d{1,2})?/?.*")


def arxiv_within(texts: Iterable[str]) -> str:
    """Give the first arXiv id that one of some texts names, or nothing.

    >>> arxiv_within(["Some Journal", "arXiv preprint arXiv:2106.09685"]), arxiv_within(["CoRR", "abs/1706.03762"])
    ('2106.09685', '1706.03762')
    >>> arxiv_within(["https://arxiv.org/pdf/2305.14314v1", ""]), arxiv_within(["Journal of Maps 2106.09685"])
    ('2305.14314', '')
    """
    for text in texts:
        if "/" in text or ":" in text:
            match = _WITHIN.search(text)
            if match and (found := arxiv_id(match[1])):
                return found
    return ""


def doi_within(link: str) -> str:
    """Give the DOI of a link to it, or nothing.

    >>> doi_within("https://doi.org/10.1000/abc"), doi_within("https://example.org/10.1000/abc")
    ('10.1000/abc', '')
    """
    match = _DOI_WITHIN.search(link)
    return doi(match[1]) if match else ""


def month(text: str) -> int:
    """Give the number of a month that is written in words or digits, or 0.

    >>> month("June"), month("jun."), month("06"), month("5 Jan"), month("spring")
    (6, 6, 6, 1, 0)
    """
    words = re.findall(r"[A-Za-z]{3,}", text)
    if words:
        return MONTHS.get(words[0][:3].lower(), 0)
    digits = text.strip(" {}.")
    return as_number(digits) if as_number(digits) <= 12 else 0


def not_after_id(day: str, key: str) -> str:
    """Give a date, or the month in an arXiv id where the date is less precise or that of a later version.

    >>> not_after_id("2007-03-31", "0704.0001"), not_after_id("2026-08-30", "1601.04794")
    ('2007-03-31', '2016-01')
    >>> not_after_id("2016", "1601.04794"), not_after_id("2024", "")
    ('2016-01', '2024')
    """
    digits = arxiv_id(key).rpartition("/")[2][:4]
    if not digits or not day:
        return day
    century = "19" if digits[:2] > "90" else "20"
    month = f"{century}{digits[:2]}-{digits[2:]}"
    return month if day[:7] > month or month.startswith(day) else day


def slashed(text: str) -> str:
    """Give a date of reference managers, year/month/day/anything, in ISO 8601, or nothing.

    >>> slashed("2021/06/17/"), slashed("2021///"), slashed("2021/6"), slashed("2021/13/1/")
    ('2021-06-17', '2021', '2021-06', '2021')
    """
    match = _SLASHED.fullmatch(text.strip())
    if match is None:
        return ""
    year, number, day = int(match["year"]), int(match["month"] or 0), int(match["day"] or 0)
    return (iso(year, number, day) if number else "") or iso(year)
