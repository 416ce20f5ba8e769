"""The bundled corpus."""

from collections.abc import Iterator
from importlib.resources import files

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import jsonl
from kg.sources.opening import Stream
from kg.sources.options import Options


def read_sample() -> Iterator[Paper]:
    """Read the corpus that comes with kg: landmark papers with abstracts in our own words."""
    resource = files("kg") / "data" / "sample.jsonl"
    if not resource.is_file():
        raise InputError("the bundled corpus is missing; install kg again, or give your own input")
    stream = Stream(resource.open("rb"), name="sample.jsonl", shown="the bundled corpus")
    yield from jsonl.read(stream, options=Options(), rejects=_refuse, reader="sample")


def _refuse(reject: Reject) -> None:
    """Take a record of ours that cannot be read for a broken installation."""
    raise InputError(f"the bundled corpus, line {reject.record}: {reject.reason}; install kg again")
