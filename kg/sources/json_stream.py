"""Give the records of JSON, whatever holds them, one at a time with flat memory.

Records stand on lines of their own, in an array, or in the list of papers of an object such as the answer of a service
(``{"count": 2, "results": […]}``); an object may also hold them by their ids, or be one itself, over several lines.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable
from kg.sources.json_document import EXCERPT, LONGEST, PAPER_KEYS, Document, Window, decoded, has_own_text
from kg.sources.json_outline import CONTAINERS, outline
from kg.sources.opening import Stream
from kg.text import clean


def read_records(
    stream: Stream,
    reader: str,
    make: Callable[[Mapping[str, object], Source], Paper],
    *,
    rejects: Callable[[Reject], None],
    looks: str = '{"title": …}',
) -> Iterator[Paper]:
    """Make papers of the records in their order with ``make``; ``looks`` shows in a message what one is.

    In JSON lines a record's number is its line, elsewhere its place among the records.
    """
    for number, value in records(stream):
        try:
            if isinstance(value, Unusable):
                raise value
            if not isinstance(value, dict):
                raise Unusable(f"no JSON object but {json.dumps(value)[:40]}; a record looks like {looks}")
            yield make(value, Source(reader, stream.name, number))
        except Unusable as unusable:
            excerpt = unusable.excerpt or (json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "")
            rejects(Reject(stream.name, number, unusable.reason, clean(excerpt[:EXCERPT])))


def records(stream: Stream) -> Iterator[tuple[int, object]]:
    """Give the numbered values where records are expected, an `Unusable` for what is no JSON."""
    if outline(stream.head.decode("utf-8", "replace")).shape in ("array", "object"):
        return _document(stream)
    return _lines(stream)


def _document(stream: Stream) -> Iterator[tuple[int, object]]:
    window = Window(stream.bytes.read, stream.misread)
    number = 0
    try:
        for value in Document(window).records():
            number += 1
            yield number, value
    except (ValueError, RecursionError) as error:
        if not stream.damage:  # a cut is reported for the whole file
            excerpt = window.text[window.position :][:EXCERPT]
            yield number + 1, Unusable(f"no valid JSON from here on: {_what(error)}; mend or fetch the file", excerpt)


def _lines(stream: Stream) -> Iterator[tuple[int, object]]:
    number = held = 0
    while line := stream.bytes.readline(LONGEST):
        number += 1
        if len(line) == LONGEST:
            raise InputError(
                f"{stream.shown}, line {number}: longer than {LONGEST >> 20} MB, so these are no JSON lines; "
                "put one record on each line"
            )
        if not line.strip():
            continue
        text = line.decode("utf-8", "surrogateescape").strip(" \t\r\n")
        value = _value(text, number)
        if stream.damage and not line.endswith(b"\n") and isinstance(value, Unusable):
            return  # the cut is reported for the whole file
        if not _may_hold_papers(value):
            misread = "" if text.isascii() else stream.misread(text)
            yield number, Unusable(misread, text[:EXCERPT]) if misread else value
            continue
        found = list(Document(Window(io.BytesIO(line).read, stream.misread)).records())
        for one in found:  # in lines that are whole answers papers are counted, not lines
            held += 1
            yield (number if one == value else held), one


def _may_hold_papers(value: object) -> bool:
    if not isinstance(value, dict) or has_own_text(value):
        return False
    return bool(value.keys() & CONTAINERS) or not value.keys() & PAPER_KEYS


def _value(text: str, number: int) -> object:
    try:
        value, end = decoded(text)
        if end < len(text):
            raise json.JSONDecodeError("more after the end of the value", text, end)
        return value
    except (ValueError, RecursionError) as error:
        column = f", column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return Unusable(f"no valid JSON in line {number} ({_what(error)}{column}); complete or delete the line", text)


def _what(error: Exception) -> str:
    """Say what a fault is, without a place: that would be one in the stretch of text at hand."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)
