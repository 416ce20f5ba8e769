"""Papers as JSON lines, one object a line, or as one JSON array of objects."""

import codecs
import json
from collections.abc import Callable, Iterator

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, paper
from kg.sources.opening import CHUNK, Stream, not_utf8
from kg.sources.options import Options
from kg.text import clean

#: A longer line is no record.
LONGEST_LINE = 1 << 26

#: Characters of a rejected record that are kept.
EXCERPT = 120

#: Control characters inside strings are let through; `clean` makes them visible.
_DECODER = json.JSONDecoder(strict=False)


def detect(head: str) -> bool:
    """Tell whether a text starts like JSON."""
    return head.lstrip().startswith(("{", "["))


def read(
    stream: Stream, *, options: Options, rejects: Callable[[Reject], None], reader: str = "jsonl"
) -> Iterator[Paper]:
    """Read records in file order with flat memory; ``options`` mean nothing here.

    In JSON lines a record's number is its line, in an array its place.
    """
    values = _array(stream) if stream.head.lstrip().startswith(b"[") else _lines(stream)
    for number, value in values:
        source = Source(reader, stream.name, number)
        try:
            if isinstance(value, Unusable):
                raise value
            if not isinstance(value, dict):
                raise Unusable(f'no JSON object but {json.dumps(value)[:40]}; a record looks like {{"title": …}}')
            yield paper(value, source)
        except Unusable as unusable:
            excerpt = unusable.excerpt or (json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "")
            rejects(Reject(stream.name, number, unusable.reason, clean(excerpt[:EXCERPT])))


def _lines(stream: Stream) -> Iterator[tuple[int, object]]:
    number = 0
    while line := stream.bytes.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise InputError(
                f"{stream.shown}, line {number}: longer than {LONGEST_LINE >> 20} MB, so these are no JSON lines; "
                "put one record on each line"
            )
        if not line.strip():
            continue
        if number == 1 and line.strip() == b"{":
            raise InputError(
                f"{stream.shown}: a JSON object over several lines; put one object on each line "
                "(jq -c . does that) or all of them into one array"
            )
        value = _value(line, number, stream)
        if stream.damage and not line.endswith(b"\n") and isinstance(value, Unusable):
            return  # the cut is reported for the whole file
        yield number, value


def _value(line: bytes, number: int, stream: Stream) -> object:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unusable(not_utf8(line, error.start, stream.shown), line[:EXCERPT].decode("utf-8", "replace"))
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return Unusable(_no_json(error, number), text)


def _no_json(error: Exception, number: int) -> str:
    what = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
    return f"no valid JSON in line {number} ({what}); complete or delete the line"


def _array(stream: Stream) -> Iterator[tuple[int, object]]:
    """Decode an array value by value; what stands before a fault is used."""
    window = _Window(stream)
    window.take("[")
    number = 0
    try:
        while window.sign() != "]":
            if number and not window.take(","):
                raise ValueError("there is no comma or bracket after the last record")
            if number and window.sign() == "]":
                break  # a comma too many does no harm
            value = window.value()
            number += 1
            yield number, value
        window.take("]")
        if window.sign():
            raise ValueError("there is more after the end of the array")
    except (ValueError, RecursionError) as error:
        if not stream.damage:  # a cut is reported for the whole file
            yield number + 1, Unusable(f"no valid JSON from here on: {error}", window.text[window.position :][:EXCERPT])


class _Window:
    """A stretch of a stream's text: what was read and is not yet used."""

    def __init__(self, stream: Stream) -> None:
        self.text = ""
        self.position = 0
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def sign(self) -> str:
        """Give the next character that is no white space, or nothing at the end."""
        while True:
            while self.position < len(self.text):
                if self.text[self.position] not in " \t\r\n":
                    return self.text[self.position]
                self.position += 1
            if not self._grow(CHUNK):
                return ""

    def take(self, sign: str) -> bool:
        """Step over the next sign if it is the given one."""
        found = self.sign() == sign
        self.position += found
        return found

    def value(self) -> object:
        """Decode the value that stands here; a fault is a ValueError."""
        self.sign()
        size = CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.position)
            except ValueError:
                # The value may go on in what is not yet read; steps double so that a long one is tried few times.
                if len(self.text) - self.position > LONGEST_LINE or not self._grow(size):
                    raise
                size *= 2
            else:
                self.position = end
                return value

    def _grow(self, size: int) -> bool:
        data = self._stream.bytes.read(size)
        try:
            more = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise InputError(f"{self._stream.shown}: {not_utf8(data, error.start, self._stream.shown)}") from error
        self.text, self.position = self.text[self.position :] + more, 0
        return bool(data)
