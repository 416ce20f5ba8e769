"""Count the records of an input by other means than kg's, where that can be done; None where it cannot."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from xml.etree import ElementTree
from xml.parsers.expat import errors

from kg.text import clean

#: What expat says that is no fault for kg: one document follows another, or a prefix of names is not declared.
_NO_FAULT = frozenset(
    errors.codes[text]
    for text in (
        errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT,
        errors.XML_ERROR_MISPLACED_XML_PI,
        errors.XML_ERROR_UNBOUND_PREFIX,
    )
)


def json_lines(content: bytes) -> int | None:
    r"""Count the lines that hold something, or the elements of an array.

    >>> json_lines(b'{"title": "a"}\n\n[]\n'), json_lines(b'[{"title": "a"}, 3]')
    (2, 2)
    """
    try:
        text = content.decode("utf-8")
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None if text_starts_document(content) else sum(1 for line in content.split(b"\n") if line.strip())
    if isinstance(whole, list):
        return len(whole)
    return None if isinstance(whole, dict) else 1


def text_starts_document(content: bytes) -> bool:
    """Tell whether an input may be one JSON value over several lines, whose lines are no records."""
    first = content.lstrip().partition(b"\n")[0]
    try:
        return not isinstance(json.loads(first), dict) or b'"' not in first or _holds_list(json.loads(first))
    except (ValueError, RecursionError):
        return True


def _holds_list(value: dict[str, object]) -> bool:
    return any(isinstance(item, list | dict) for item in value.values())


def rows(content: bytes) -> int | None:
    r"""Count the rows below the first line of a table whose quotes and line ends are plain.

    >>> rows(b"title,year\na,1\n\nb\n")
    2
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if '"' in text or "\r" in text or "\0" in text or text[:1].isspace() or text.lower().startswith("sep="):
        return None
    lines = list(csv.reader(io.StringIO(text)))
    return sum(any(re.sub(r"[\s,;|]", "", cell) for cell in row) for row in lines[1:])


def elements(*names: str) -> Callable[[bytes], int | None]:
    """Give a function that counts the outermost elements of some names in well-formed XML.

    >>> elements("b")(b"<a><b/><b><b/></b></a>"), elements("b")(b"<a>")
    (2, 1)
    """

    def count(content: bytes) -> int | None:
        if b"&" in content or b"<!ENTITY" in content or b"encoding" in content:
            return None  # kg knows more names of characters, and all encodings
        try:
            root = ElementTree.fromstring(clean(content.decode("utf-8").lstrip()))
        except ElementTree.ParseError as error:
            # What is not well-formed is told at least.
            return 1 if content.strip() and error.code not in _NO_FAULT else None
        except (ValueError, RecursionError):
            return None
        return _outermost(root, frozenset(names))

    return count


def _outermost(element: ElementTree.Element, names: frozenset[str]) -> int:
    found, waiting = 0, [element]
    while waiting:
        one = waiting.pop()
        if one.tag.rpartition("}")[2] in names:
            found += 1
        else:
            waiting.extend(one)
    return found


def parquet_rows(content: bytes) -> int | None:
    """Count the rows of a table that Arrow can open and read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(pa.BufferReader(content)).num_rows
    except (pa.ArrowException, OSError, ValueError):
        return None


def ris_records(content: bytes) -> int | None:
    """Count the records of RIS, which end with a tag of their own."""
    if not content.startswith(b"TY  - ") or b"\r" in content or b"\x0c" in content or b"\x0b" in content:
        return None
    lines = content.split(b"\n")
    begun = [place for place, line in enumerate(lines) if line.startswith(b"TY  - ")]
    ends = [place for place, line in enumerate(lines) if re.fullmatch(rb"ER  - ?", line)]
    return len(begun) if len(begun) == len(ends) and all(a < b for a, b in zip(begun, ends, strict=True)) else None


def one(content: bytes) -> int | None:
    """Count the one record of a document."""
    return 1 if content.strip() else None


#: Reader -> how many records it must at least give or reject.
COUNTS: Mapping[str, Callable[[bytes], int | None]] = MappingProxyType(
    {
        "jsonl": json_lines,
        "csv": rows,
        "ris": ris_records,
        "parquet": parquet_rows,
        "pdf": one,
        "markdown": one,
        "arxiv-atom": elements("entry", "item"),
        "oai-pmh": elements("record", "error"),
        "acl": elements("paper"),
        "pubmed": elements("PubmedArticle", "PubmedBookArticle", "MedlineCitation"),
    }
)
