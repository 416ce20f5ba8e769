"""The JSON of Hugging Face Daily Papers (https://huggingface.co/api/daily_papers) and of its paper records."""

from collections.abc import Callable, Iterator

from kg.model import Paper, Reject
from kg.sources.hf_papers import entry
from kg.sources.json_outline import outline
from kg.sources.json_stream import read_records
from kg.sources.opening import Stream
from kg.sources.options import Options

#: Two of these are found in every entry of the list,
_OF_ENTRY = frozenset(("paper.id", "paper.title", "paper.summary", "paper.publishedAt", "paper.upvotes", "numComments"))

#: and all of these in a paper's own record.
_OF_RECORD = frozenset(("id", "summary", "publishedAt", "upvotes"))

_LOOKS = '{"paper": {"id": …, "title": …, "summary": …}}'


def detect(head: str) -> bool:
    """Tell whether a text starts like an answer of the API."""
    keys = outline(head).keys
    return len(keys & _OF_ENTRY) > 1 or keys >= _OF_RECORD


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read entries of a list, or records of papers; ``options`` mean nothing here.

    Summaries and keywords that the site had made by a model are left aside: they are not the authors' words.
    """
    yield from read_records(stream, "hf-api", entry, rejects=rejects, looks=_LOOKS)
