"""Works of OpenAlex: pages of the API, single works, JSON lines of a snapshot.

The fields are those of https://docs.openalex.org/api-entities/works/work-object. Topics, concepts and keywords do not
become categories: OpenAlex gives them by a model from the same title and abstract, so they are no statement of a
source, and they would stand beside arXiv's categories as if authors had chosen them.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, arxiv_id, paper
from kg.sources.json_fields import at, list_at, text_at
from kg.sources.json_outline import outline
from kg.sources.json_stream import read_records
from kg.sources.opening import Stream
from kg.sources.options import Options

#: Keys that only works have, whatever fields were selected, or pages of them.
_SIGNS = frozenset(
    "abstract_inverted_index authorships ids.openalex referenced_works primary_topic best_oa_location "
    "meta.db_response_time_ms".split()
)

#: How the ids of works start.
_PREFIX = "https://openalex.org/W"

#: The heading that pages of publishers put into the text; not the first word of "Abstract reasoning is hard".
_HEADING = re.compile(
    r"(?:ABSTRACT\b[.:]?|Abstract[.:—-])\s*|Abstract (?=(?:We|The|This|These|In|A|An|Background|Objectives?|Purpose) )"
)

_LOOKS = '{"id": "https://openalex.org/W…", "title": …}'


def detect(head: str) -> bool:
    """Tell whether a text starts like works."""
    keys = outline(head).keys
    return bool(keys & _SIGNS) or ("display_name" in keys and f'"{_PREFIX}' in head)


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read works in their order; ``options`` mean nothing here."""
    yield from read_records(stream, "openalex", work, rejects=rejects, looks=_LOOKS)


def work(record: Mapping[str, object], source: Source) -> Paper:
    """Make a paper of a work; raise `Unusable` where it cannot be one."""
    title = record.get("title")
    return paper(
        {
            "id": (text_at(record, "id") or text_at(record, "ids", "openalex")).rstrip("/").rpartition("/")[2],
            "title": title if title not in (None, "") else record.get("display_name"),
            "abstract": _abstract(record),
            "arxiv": _arxiv(record),
            "doi": text_at(record, "doi") or text_at(record, "ids", "doi"),
            "authors": [name for item in list_at(record, "authorships") if (name := _author(item))],
            "date": record.get("publication_date"),
            "year": record.get("publication_year"),
        },
        source,
    )


def inverted(index: Mapping[str, object]) -> str:
    """Give the text of an inverted index: word -> its places, some of which may be missing or taken twice.

    >>> inverted({"We": [0, 3], "measure.": [1], "again.": [5]})
    'We measure. We again.'
    """
    places: dict[int, str] = {}
    for word, positions in index.items():
        for place in positions if isinstance(positions, list) else ():
            # The first word in the order of the file stays at a place that two claim: nothing is put together anew.
            if type(place) is int:
                places.setdefault(place, word)
    return " ".join(places[place] for place in sorted(places))


def _abstract(record: Mapping[str, object]) -> object:
    index = record.get("abstract_inverted_index")
    if index is None:
        return record.get("abstract")  # tools that restore the text put it here
    if isinstance(index, str):
        return index
    if not isinstance(index, Mapping):
        raise Unusable("abstract_inverted_index is no object of words and their places")
    text = inverted(index)
    return text[heading.end() :] if (heading := _HEADING.match(text)) else text


def _arxiv(record: Mapping[str, object]) -> str:
    """Give the arXiv id among the DOIs and the addresses of a work."""
    places = [at(record, "primary_location"), at(record, "best_oa_location"), *list_at(record, "locations")]
    links = [text_at(place, key) for place in places for key in ("landing_page_url", "pdf_url")]
    texts = [text_at(record, "doi"), text_at(record, "ids", "doi"), text_at(record, "ids", "arxiv"), *links]
    return next((found for text in texts if (found := arxiv_id(text))), "")


def _author(item: object) -> str:
    return text_at(item, "author", "display_name") or text_at(item, "raw_author_name")
