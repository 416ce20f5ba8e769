"""Notes of OpenReview, of both versions of its API (https://docs.openreview.net/reference/api-v2/entities/note).

In version 1 the content of a note is ``{"title": "…"}``, in version 2 ``{"title": {"value": "…"}}``. Keywords are free
words and do not become categories; the primary area, which authors choose from the venue's list, does.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, arxiv_id, paper
from kg.sources.json_fields import at, first_text, names_at, text_at
from kg.sources.json_outline import outline
from kg.sources.json_stream import read_records
from kg.sources.opening import Stream
from kg.sources.options import Options

#: Keys of a note beside its content.
_OF_NOTE = frozenset("forum invitation invitations signatures replyto cdate tcdate notes".split())

#: Keys of the content of a submission.
_OF_CONTENT = frozenset("content.title content.abstract content.authors content.venue".split())

#: When a note was published, first shown, made; in milliseconds since 1970.
_DATES = ("pdate", "odate", "cdate", "tcdate")

#: A later time, in milliseconds, is none.
LATEST = 4_000_000_000_000

_EPOCH = datetime.date(1970, 1, 1)
_DAY = 86_400_000

_LOOKS = '{"forum": …, "content": {"title": …, "abstract": …}}'


def detect(head: str) -> bool:
    """Tell whether a text starts like notes."""
    keys = outline(head).keys
    return bool(keys & _OF_CONTENT) and bool(keys & _OF_NOTE)


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read submissions in their order; ``options`` mean nothing here. Reviews and other replies are rejected."""
    yield from read_records(stream, "openreview", note, rejects=rejects, looks=_LOOKS)


def note(record: Mapping[str, object], source: Source) -> Paper:
    """Make a paper of a submission; raise `Unusable` where a note is none.

    Without an abstract the authors' TL;DR stands in for it, and the paper is flagged ``tldr``.
    """
    content = record.get("content")
    if not isinstance(content, Mapping):
        raise Unusable(f"no content; a note looks like {_LOOKS}")
    forum = text_at(record, "forum") or text_at(record, "id")
    if text_at(record, "replyto") and text_at(record, "replyto") != text_at(record, "id"):
        raise Unusable(f"a reply in the forum {forum or 'of a paper'}, no paper")
    values = {str(key): _value(value) for key, value in content.items()}
    abstract = values.get("abstract")
    short = "" if abstract not in (None, "") else first_text(values, "TL;DR", "TLDR", "tldr")
    links = (text_at(values, key) for key in ("arxiv", "pdf", "html", "ee", "doi"))
    made = paper(
        {
            "id": forum,
            "title": values.get("title"),
            "abstract": short or abstract,
            "arxiv": next((found for link in links if (found := arxiv_id(link))), ""),
            "doi": text_at(values, "doi"),
            "authors": names_at(values.get("authors"), "fullname", "name"),
            "date": next((day for key in _DATES if (day := _date(record.get(key)))), ""),
            "categories": [area] if (area := text_at(values, "primary_area")) else None,
        },
        source,
    )
    return replace(made, flags=tuple(sorted({*made.flags, "tldr"}))) if short else made


def _value(value: object) -> object:
    """Give the value of a field of either version."""
    return at(value, "value") if isinstance(value, Mapping) else value


def _date(milliseconds: object) -> str:
    """Give the day, in UTC, of a time in milliseconds since 1970; nothing for what is none.

    >>> _date(1704067200000), _date("soon"), _date(None), _date(10**30)
    ('2024-01-01', '', '', '')
    """
    if not isinstance(milliseconds, int | float) or not 1 < milliseconds < LATEST:
        return ""
    return (_EPOCH + datetime.timedelta(days=int(milliseconds // _DAY))).isoformat()
