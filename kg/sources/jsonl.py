"""Papers as JSON with the field names of kg or of the arXiv metadata file."""

from collections.abc import Callable, Iterator

from kg.model import Paper, Reject
from kg.sources.fields import paper
from kg.sources.json_stream import read_records
from kg.sources.opening import Stream
from kg.sources.options import Options


def detect(head: str) -> bool:
    """Tell whether a text starts like JSON."""
    return head.lstrip().startswith(("{", "["))


def read(
    stream: Stream, *, options: Options, rejects: Callable[[Reject], None], reader: str = "jsonl"
) -> Iterator[Paper]:
    """Read records in file order with flat memory; ``options`` mean nothing here.

    Lines with an object each, an array, an object, or an object that holds a list of papers. In JSON lines a record's
    number is its line, elsewhere its place.
    """
    yield from read_records(stream, reader, paper, rejects=rejects)
