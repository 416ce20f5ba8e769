"""Feeds of arXiv: answers of its API, and its daily listings.

The API's manual (https://info.arxiv.org/help/api/user-manual.html) defines the Atom answers,
https://info.arxiv.org/help/rss_specifications.html the listings in RSS and Atom.
"""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.wrapping import one_line, paragraphs
from kg.sources.xml_stream import Form, Found, read_records, root
from kg.sources.xml_text import lines_of, one_line_of
from kg.text import readable

#: Entries of Atom and items of RSS.
FORM = Form("arxiv-atom", records=frozenset(("entry", "item")))

_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[\w-]+)\s+(?:Abstract:\s*)?")
_OLD_TITLE = re.compile(r"\s*\(arXiv:\S+ \[[^\]]*\][^)]*\)\s*$")
_BRACKET = re.compile(r"[()]")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def detect(head: str) -> bool:
    """Tell whether a text starts like a feed of arXiv."""
    return root(head) in ("feed", "rss", "RDF") and "arxiv.org" in head.lower()


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read entries in feed order with flat memory; ``options`` mean nothing here.

    The entry that stands for an error of the API is rejected with arXiv's own words. Listings of replaced papers
    tell the day of the replacement, so such a paper has no date.
    """
    yield from read_records(stream, FORM, _paper, rejects=rejects)


def _paper(found: Found, source: Source) -> Paper:
    entry = found.element
    key = one_line_of(_first(entry, "id", "guid", "link"))
    summary = "".join(part for child in _all(entry, "summary", "description") for part in child.itertext())
    if "/api/errors" in key:
        raise Unusable(f"arXiv answered with an error: {one_line(summary)}; correct the query and fetch again")
    announced = _ANNOUNCED.match(summary)
    kind = one_line_of(entry.find("announce_type")) or (announced["type"] if announced else "")
    title = _OLD_TITLE.sub("", one_line_of(entry.find("title")))
    date = one_line_of(_first(entry, "published", "pubDate", "date"))
    return paper(
        {
            "id": key.removeprefix("oai:arXiv.org:").rpartition("/abs/")[2],
            "title": title,
            "abstract": paragraphs(_TAG.sub("", summary[announced.end() :] if announced else _old_abstract(summary))),
            "authors": _authors(entry),
            "date": "" if kind.startswith("replace") else date,
            "categories": _categories(entry),
            "doi": one_line_of(_first(entry, "doi", "DOI")),
        },
        source,
    )


def _old_abstract(summary: str) -> str:
    """Take the paragraph marks off, which listings had until 2024."""
    return re.sub(r"^\s*<p>(.*?)</p>\s*$", r"\1", summary, flags=re.DOTALL)


def names(text: str) -> list[str]:
    r"""Give the names in a line of authors as arXiv writes it, without the affiliations in brackets.

    >>> names(r"Jos\'e Peque\~no (1 and (formerly) 2), Ada Kleinmann and Bo Li ((1) Here, (2) There)")
    ['José Pequeño', 'Ada Kleinmann', 'Bo Li']
    """
    parts = re.split(r",\s*(?:and\s)?|\sand\s", _without_brackets(text))
    return [name for part in parts if (name := one_line(readable(part).text))]


def _without_brackets(text: str) -> str:
    """Leave out what stands in brackets, which may stand inside each other; one that has no partner stays.

    >>> _without_brackets("a (b (c)) d (e")
    'a d (e'
    """
    opened: list[int] = []
    closes: dict[int, int] = {}
    for match in _BRACKET.finditer(text):
        if match[0] == "(":
            opened.append(match.start())
        elif opened:
            closes[opened.pop()] = match.end()
    parts, at = [], 0
    for start in sorted(closes):
        if start >= at:
            parts.append(text[at:start].rstrip())
            at = closes[start]
    return "".join(parts) + text[at:]


def _authors(entry: Element) -> list[str]:
    told = [name for author in entry.findall("author") for name in lines_of(author, "name")]
    return told or names(_TAG.sub("", ", ".join(lines_of(entry, "creator"))))


def _categories(entry: Element) -> list[str]:
    """Give the categories, the primary one first."""
    named = [child.get("term") or one_line_of(child) for child in _all(entry, "primary_category", "category")]
    return [name for name in dict.fromkeys(named) if name]


def _all(entry: Element, *names: str) -> list[Element]:
    return [child for name in names for child in entry.findall(name)]


def _first(entry: Element, *names: str) -> Element | None:
    return next(iter(_all(entry, *names)), None)
