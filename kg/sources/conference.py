"""Papers of conferences as JSON, in the shapes that are passed around.

Lists as https://github.com/papercopilot/paperlists collects them (authors in one text ``author``), and the events of
virtual conference sites such as https://neurips.cc/static/virtual/data/neurips-2024-orals-posters.json (``name`` for
the title, ``fullname`` of authors). Keywords are free words and do not become categories; a primary area does.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, arxiv_id, iso, paper
from kg.sources.json_fields import first_text, names_at, text_at
from kg.sources.json_outline import outline
from kg.sources.json_stream import read_records
from kg.sources.opening import Stream
from kg.sources.options import Options

#: Keys of a collected list; a paper of one has its title, its authors and some of these.
_OF_LIST = frozenset("track status site aff gs_citation primary_area or_profile proceeding".split())

#: Keys that only events of virtual conferences have.
_OF_EVENT = frozenset(
    "authors.fullname eventtype event_type virtualsite_url poster_position speakers/authors UID".split()
)

#: What the type of an event is called if the event presents a paper; sessions hold papers and are none.
_PRESENTS = re.compile(r"poster|oral|spotlight|paper|journal|proceeding|demo|dataset|benchmark|track", re.IGNORECASE)
_SESSION = re.compile(r"session|reception", re.IGNORECASE)

_YEAR = re.compile(r"\byear\s*=\s*[{\"]?\s*((?:19|20)\d\d)")
_FIRST_YEAR = re.compile(r"(?:19|20)\d\d")


def detect(head: str) -> bool:
    """Tell whether a text starts like a list of papers of a conference."""
    keys = outline(head).keys
    listed = keys >= {"title", "author"} and bool(keys & _OF_LIST)
    return listed or (bool(keys & _OF_EVENT) and bool(keys & {"name", "title"}))


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read papers in their order; ``options`` mean nothing here. Events that present no paper are rejected."""
    yield from read_records(stream, "conference", presented, rejects=rejects)


def presented(record: Mapping[str, object], source: Source) -> Paper:
    """Make a paper of an item of a list or an event; raise `Unusable` where it is none."""
    kind = first_text(record, "eventtype", "event_type", "type")
    if kind and (not _PRESENTS.search(kind) or _SESSION.search(kind)):
        raise Unusable(f"an event of the type {kind[:60]!r}, no paper")
    title = record.get("title")
    links = (text_at(record, key) for key in ("arxiv", "arxiv_id", "pdf", "paper_pdf_url", "paper_url", "url"))
    area = text_at(record, "primary_area")
    return paper(
        {
            "id": first_text(record, "id", "uid", "UID"),
            "title": title if title not in (None, "") else record.get("name"),
            "abstract": record.get("abstract"),
            "arxiv": next((found for link in links if (found := arxiv_id(link))), text_at(record, "arxiv")),
            "doi": text_at(record, "doi"),
            "authors": _authors(record),
            "date": _date(record),
            "categories": [area] if area else None,
        },
        source,
    )


def _authors(record: Mapping[str, object]) -> object:
    value = next((record[key] for key in ("authors", "author", "speakers/authors") if record.get(key)), None)
    if isinstance(value, str):  # one comma parts two authors here, never a family name and a given name
        return next((value.split(sign) for sign in "|;" if sign in value), value.split(","))
    return names_at(value, "fullname", "name")


def _date(record: Mapping[str, object]) -> str:
    """Give the date of a paper, or the year of the conference; the day of a talk is not that of the paper."""
    if date := first_text(record, "date", "year"):
        return date
    found = _YEAR.search(text_at(record, "bibtex")) or _FIRST_YEAR.match(text_at(record, "starttime"))
    return iso(int(found[found.lastindex or 0])) if found else ""
