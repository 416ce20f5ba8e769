"""OpenAlex: the works that a search or a filter finds, as JSON.

https://developers.openalex.org/guides/page-through-results and /api-reference/authentication: pages of at most 100
works; with a key (free) any number of them by cursor, without one the first 10 000 by page number and a small daily
budget. Filters on the dates of creation and update need a plan, so new works are found by their publication date.
"""

from typing import Any
from urllib.parse import urlencode

from kg.fetch.answers import changed, loaded
from kg.fetch.http import Answer, Passing
from kg.fetch.sweep import Part, even_pages

#: Where the service is.
ADDRESS = "https://api.openalex.org/works"

#: Seconds between requests: ten a second, a tenth of what is allowed.
PAUSE = 0.1

#: Works a page.
LARGEST_PAGE = 100

#: Paging by number ends here.
LARGEST_NUMBERED = 10_000


class OpenAlex:
    """One query to OpenAlex, newest works first."""

    name = "openalex"
    suffix = ".json"
    #: Works are listed late and with dates of issues that are still to come.
    overlap = 30

    def __init__(
        self,
        query: str,
        *,
        filters: tuple[str, ...] = (),
        since: str = "",
        until: str = "",
        most: int | None = None,
        key: str = "",
        contact: str = "",
        address: str = ADDRESS,
    ) -> None:
        """Take words to search, further filters in OpenAlex's own syntax, and the days of publication."""
        self.query, self.filters, self.since, self.until = query, filters, since, until
        self._size = even_pages(most, LARGEST_PAGE)
        self._key, self._contact, self._address = key, contact, address

    @property
    def first(self) -> str:
        """Give the position of the first answer: a cursor, or page number and size."""
        return "*" if self._key else f"1/{self._size}"

    @property
    def request(self) -> dict[str, str]:
        """Give what tells one request from another."""
        return {"query": self.query, "filters": ",".join(self.filters), "since": self.since, "until": self.until}

    def address(self, position: str, since: str) -> str:
        """Give the address of an answer."""
        filters = [
            *self.filters,
            *((f"from_publication_date:{since}",) if since else ()),
            *((f"to_publication_date:{self.until}",) if self.until else ()),
        ]
        number, slash, size = position.partition("/")
        numbered = slash and number.isdigit() and size.isdigit()
        fields = {
            "search": self.query,
            "filter": ",".join(filters),
            "sort": "publication_date:desc",
            "per_page": size if numbered else str(self._size),
            "page" if numbered else "cursor": number if numbered else position,
            "mailto": self._contact,
            "api_key": self._key,
        }
        return f"{self._address}?{urlencode({name: value for name, value in fields.items() if value})}"

    def read(self, answer: Answer, position: str) -> Part:
        """Take an answer apart."""
        value = loaded(answer)
        meta = value.get("meta") if isinstance(value, dict) else None
        works = value.get("results") if isinstance(value, dict) else None
        if not isinstance(meta, dict) or not isinstance(works, list) or not isinstance(meta.get("count"), int):
            raise changed(answer, "meta.count and a list of results")
        ids = tuple(work["id"] for work in works if isinstance(work, dict) and isinstance(work.get("id"), str))
        if len(ids) < len(works):
            raise changed(answer, "an id for each work")
        dates = [str(work.get("publication_date") or "") for work in works]
        return Part(ids, max(dates, default=""), self._following(position, meta, len(works), answer), meta["count"])

    def _following(self, position: str, meta: dict[str, Any], found: int, answer: Answer) -> str | None:
        """Give the position of the next answer."""
        number, slash, size = position.partition("/")
        if not (slash and number.isdigit() and size.isdigit()):
            cursor = meta.get("next_cursor", 0)
            if cursor is not None and not isinstance(cursor, str):
                raise changed(answer, "meta.next_cursor")
            return cursor if found else None
        seen = int(number) * int(size)
        if found == 0 and seen - int(size) < meta["count"]:
            raise Passing(f"an empty page where works {seen - int(size) + 1} to {meta['count']} should be")
        more = seen < meta["count"] and seen + int(size) <= LARGEST_NUMBERED
        return f"{int(number) + 1}/{size}" if more else None
