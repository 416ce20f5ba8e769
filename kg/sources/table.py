"""Tables as text: comma, tab, semicolon or bar separated, with a line of column names (RFC 4180 and its kin)."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.columns import assigned, known, record
from kg.sources.fields import Unusable, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.text import clean

#: What may stand between columns.
SEPARATORS = ",\t;|"

#: A value of so many characters is none.
LONGEST_VALUE = 1 << 22

#: A first line by which spreadsheets tell each other the separator.
_SPREADSHEET = re.compile(r"sep=.?[\r\n]*", re.I)

#: A name of a column is no longer.
_LONGEST_NAME = 100


def detect(head: str) -> bool:
    """Tell whether the first line names columns: one of titles, or two others that papers have, and one more."""
    names = _names(head)
    fields = known(names)
    if len(names) < 2 or any(len(name) > _LONGEST_NAME for name in names):
        return False
    return ("title" in fields and len(fields) > 1) or (len(fields) > 2 and {"abstract", "doi", "authors"} <= fields)


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read rows in file order, numbered by the line they start on; the column names are line 1.

    Rows with too many or too few values are rejected, for their values may stand in wrong columns.
    """
    head = stream.head.decode("utf-8", "replace")
    separator = _separator(head)
    rows = _rows(stream, {"delimiter": separator, "quoting": _quoting(_names(head))})
    first, names = next(rows, (0, []))
    if first == 1 and isinstance(names, list) and _SPREADSHEET.match(names[0]):
        _, names = next(rows, (0, []))
    if isinstance(names, Unusable):
        raise InputError(f"{stream.shown}, line 1: {names.reason}")
    places = assigned(names, options.columns, stream.shown)
    for line, row in rows:
        try:
            if isinstance(row, Unusable):
                raise row
            if len(row) != len(names) and (len(row) < len(names) or any(row[len(names) :])):
                raise Unusable(f"{len(row)} values for {len(names)} columns; quote values that hold {separator!r}")
            if wrong := stream.misread(separator.join(row)):
                raise Unusable(wrong)
            made = paper(record(row.__getitem__, places), Source("csv", stream.name, line))
        except Unusable as unusable:
            excerpt = separator.join(row) if isinstance(row, list) else unusable.excerpt
            rejects(Reject(stream.name, line, unusable.reason, clean(" ".join(excerpt[:240].split())[:120])))
        else:
            yield made


def _rows(stream: Stream, form: Mapping[str, Any]) -> Iterator[tuple[int, list[str] | Unusable]]:
    """Give the rows that hold something with the line each starts on; the last one of a cut file is left out."""
    source = _Lines(stream.lines())
    limit = csv.field_size_limit()
    reader = csv.reader(source, strict=True, **form)
    while True:
        start = source.number + 1
        csv.field_size_limit(LONGEST_VALUE)
        try:
            row: list[str] | Unusable = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = source.text
            reason = f"no valid table row from here to line {source.number} ({error}); check its quotes"
            row = Unusable(reason, text[:120])
            reader = csv.reader(source, strict=True, **form)
        finally:
            csv.field_size_limit(limit)
        if stream.damage and not stream.bytes.peek(1) and not source.text.endswith(("\n", "\r")):
            return  # the cut is reported for the whole file
        if isinstance(row, Unusable) or any(value.strip() for value in row):
            yield start, row


class _Lines:
    """Lines for the parser, with the number and the text of the last one; a NUL becomes visible."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = iter(lines)
        self.number = 0
        self.text = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, text = next(self._lines)
        self.text = text.replace("\0", "\ufffd")
        return self.text


def _separator(head: str) -> str:
    """Choose the separator that makes the first line name most fields, then most columns."""
    return max(SEPARATORS, key=lambda sign: (len(known(_split(head, sign))), len(_split(head, sign)), sign == ","))


def _names(head: str) -> list[str]:
    return _split(head, _separator(head))


def _quoting(names: list[str]) -> int:
    """Tell whether quotes mean anything: in the tab-delimited files of Web of Science they do not."""
    return csv.QUOTE_NONE if names[:2] == ["PT", "AU"] else csv.QUOTE_MINIMAL


def _split(head: str, separator: str) -> list[str]:
    lines = _SPREADSHEET.sub("", head.lstrip()).replace("\0", "\ufffd").splitlines(keepends=True)
    try:
        return next(csv.reader(lines, delimiter=separator), [])
    except csv.Error:
        return []
