"""arXiv: the answers of the query interface, as Atom.

https://info.arxiv.org/help/api/user-manual.html: a request every three seconds, pages by ``start`` and
``max_results`` of at most 2000, 30 000 papers a query; results change once a day. An error comes as a feed whose entry
is called "Error". Pages may be empty where they should not be, which passes.
"""

import datetime
import xml.etree.ElementTree as ElementTree
from urllib.parse import urlencode

from kg.errors import FetchError
from kg.fetch.answers import changed
from kg.fetch.http import Answer, Passing, excerpt
from kg.fetch.sweep import Part, even_pages

#: Where the service is.
ADDRESS = "https://export.arxiv.org/api/query"

#: Seconds between requests, as the manual asks.
PAUSE = 3.0

#: Papers a page; the manual allows 2000, smaller ones come more reliably.
LARGEST_PAGE = 500

#: The service gives no more than this of one query.
LARGEST_QUERY = 30_000

_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


class Arxiv:
    """One query to arXiv, newest papers first."""

    name = "arxiv"
    suffix = ".xml"
    first = "0"
    overlap = 7

    def __init__(
        self, query: str, *, since: str = "", until: str = "", most: int | None = None, address: str = ADDRESS
    ) -> None:
        """Take a query in arXiv's own syntax and the days between which papers were first submitted."""
        self.query, self.since, self.until, self._address = query, since, until, address
        self._size = even_pages(most, LARGEST_PAGE)
        self._doubted: set[str] = set()

    @property
    def request(self) -> dict[str, str]:
        """Give what tells one request from another."""
        return {"query": self.query, "since": self.since, "until": self.until}

    def address(self, position: str, since: str) -> str:
        """Give the address of an answer; ``position`` is the number of papers before it."""
        query = self.query
        if since or self.until:
            last = self.until.replace("-", "") or f"{datetime.date.max.year}1231"
            query = f"({query}) AND submittedDate:[{since.replace('-', '') or '19910101'}0000 TO {last}2359]"
        fields = {
            "search_query": query,
            "start": position,
            "max_results": str(min(self._size, LARGEST_QUERY - int(position))),
            "sortBy": "submittedDate",
            "sortOrder": "descending",
        }
        return f"{self._address}?{urlencode(fields)}"

    def read(self, answer: Answer, position: str) -> Part:
        """Take a feed apart."""
        feed = _feed(answer)
        entries = feed.findall(f"{_ATOM}entry")
        total, start = _number(feed, "totalResults", answer), int(position)
        if entries and _text(entries[0], "title") == "Error":
            raise FetchError(f"arXiv refuses {self.query!r}: {_text(entries[0], 'summary')}; mend the query")
        if not entries and (total > start or answer.url not in self._doubted):
            # An answer without papers is believed when it comes twice.
            self._doubted.add(answer.url)
            raise Passing(f"an empty page where papers {start + 1} to {total} should be" if total else "no papers")
        ids = tuple(_text(entry, "id").rpartition("/abs/")[2] for entry in entries)
        dates = [_text(entry, "published")[:10] for entry in entries]
        if not all(ids) or not all(dates):
            raise changed(answer, "id and published in each entry")
        following = start + len(entries)
        more = entries and following < min(total, LARGEST_QUERY)
        return Part(tuple(_bare(name) for name in ids), max(dates, default=""), str(following) if more else None, total)


def _feed(answer: Answer) -> ElementTree.Element:
    """Parse a feed; what is cut off, or no feed, may come right at the next try."""
    try:
        root = ElementTree.fromstring(answer.body)
    except ElementTree.ParseError as error:
        raise Passing(f"no whole Atom feed ({error}) but {excerpt(answer.body)}") from error
    if root.tag != f"{_ATOM}feed":
        raise Passing(f"no Atom feed but {excerpt(answer.body)}")
    return root


def _number(feed: ElementTree.Element, name: str, answer: Answer) -> int:
    """Read a number of the OpenSearch extension."""
    text = feed.findtext(f"{_SEARCH}{name}", "").strip()
    if not text.isdigit():
        raise changed(answer, f"a number in opensearch:{name}")
    return int(text)


def _text(entry: ElementTree.Element, name: str) -> str:
    """Give the text of a child on one line."""
    return " ".join(entry.findtext(f"{_ATOM}{name}", "").split())


def _bare(identifier: str) -> str:
    """Take the version off an id.

    >>> _bare("2301.00001v2"), _bare("hep-th/9901001v1")
    ('2301.00001', 'hep-th/9901001')
    """
    head, sign, tail = identifier.rpartition("v")
    return head if sign and tail.isdigit() else identifier
