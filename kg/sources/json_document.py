"""Walk through a JSON document of any size and give the records in it, one at a time.

Own code and no library for it: ijson, the one that is kept up, refuses control characters and NaN, makes question marks
of lone surrogates, and gives nothing back of a record in another encoding; the decoder of Python takes all that.
"""

import codecs
import json
from collections.abc import Callable, Generator, Iterator, Mapping

from kg.sources.fields import Unusable
from kg.sources.json_outline import CONTAINERS
from kg.sources.opening import CHUNK

#: A longer value is no record.
LONGEST = 1 << 26

#: Keys by which an object is known as a paper rather than as what holds papers.
PAPER_KEYS = frozenset(("title", "abstract", "summary", "paper", "paperId", "content", "display_name"))

#: Keys of lists of papers that are a detail of the paper around them.
DETAILS = frozenset("references citations citedBy related related_works bibliography bib_entries".split())

#: Characters of a rejected record that are kept.
EXCERPT = 120

#: Control characters inside strings are let through; `clean` makes them visible.
_DECODER = json.JSONDecoder(strict=False)

#: For integers of more digits than Python converts.
_WIDE_DECODER = json.JSONDecoder(strict=False, parse_int=float)

_NOTHING = object()


def decoded(text: str, start: int = 0) -> tuple[object, int]:
    """Decode the JSON value that starts at a place, and give the place after it.

    >>> decoded('[{"a": 1}, 2]', 1)
    ({'a': 1}, 9)
    """
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer of thousands of digits
        return _WIDE_DECODER.raw_decode(text, start)


def has_own_text(record: Mapping[str, object]) -> bool:
    """Tell whether an object is a record itself, whatever it holds."""
    return len(record.keys() & {"title", "abstract", "summary"}) > 1


class Window:
    """A stretch of a text: what was read and is not yet used."""

    def __init__(self, read: Callable[[int], bytes], misread: Callable[[str], str]) -> None:
        """Read bytes by ``read``; ``misread`` says of text what in it is no UTF-8."""
        self.text = ""
        self.position = 0
        #: What is wrong with the last value if it holds bytes that are no UTF-8.
        self.fault: Unusable | None = None
        self._read = read
        self._misread = misread
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

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
                value, end = decoded(self.text, self.position)
            except ValueError:
                # The value may go on in what is not yet read; steps double so that a long one is tried few times.
                if len(self.text) - self.position > LONGEST or not self._grow(size):
                    raise
            else:
                # A number at the edge may go on behind it.
                if end < len(self.text) or isinstance(value, str | dict | list) or not self._grow(size):
                    taken = self.text[self.position : end]
                    reason = "" if taken.isascii() else self._misread(taken)
                    self.fault = Unusable(reason, taken[:EXCERPT]) if reason else None
                    self.position = end
                    return value
            size *= 2

    def _grow(self, size: int) -> bool:
        data = self._read(size)
        more = self._decoder.decode(data, final=not data)
        self.text, self.position = self.text[self.position :] + more, 0
        return bool(data or more)


class Document:
    """The records of a document: arrays of them, objects that hold them, objects that are one, in any sequence."""

    def __init__(self, window: Window) -> None:
        """Read from ``window`` on."""
        self.window = window

    def records(self) -> Iterator[object]:
        """Give the values where records are expected, an `Unusable` for one in another encoding.

        A fault is a ValueError or a RecursionError; all before it were given.
        """
        begun = False
        while sign := self.window.sign():
            if sign == "[":
                yield from self._elements()
            elif sign == "{":
                yield from self._object()
            else:
                raise ValueError(f"there is more after the end of the {'document' if begun else 'beginning'}")
            begun = True

    def _elements(self) -> Iterator[object]:
        window = self.window
        window.take("[")
        first = True
        while not window.take("]"):
            if not first and not window.take(","):
                raise ValueError("there is no comma or bracket after the last record")
            if not first and window.take("]"):
                return  # a comma too many does no harm
            first = False
            value = window.value()
            yield window.fault or value

    def _object(self) -> Iterator[object]:
        """Give the records that an object holds, or the object."""
        window = self.window
        window.take("{")
        own: dict[str, object] = {}
        holds, first = False, True
        fault: Unusable | None = None
        while not window.take("}"):
            if not first and not window.take(","):
                raise ValueError("there is no comma or bracket after the last value")
            if not first and window.take("}"):
                break
            first = False
            key = self._name()
            if window.sign() == "[":
                given = yield from self._list(key, own)
                holds = holds or given
                fault = fault or (None if given else window.fault)
            elif window.sign() == "{" and key in CONTAINERS and not own.keys() & PAPER_KEYS:
                yield from self._object()
                holds = True
            else:
                value = window.value()
                if _is_keyed(key, value, own):
                    yield window.fault or _with_id(key, value)
                    holds = True
                else:
                    own[key] = value
                    fault = fault or window.fault
        if not holds or has_own_text(own):
            yield fault or own

    def _name(self) -> str:
        key = self.window.value()
        if not isinstance(key, str) or not self.window.take(":"):
            raise ValueError("there is no key with a colon where one belongs")
        return key

    def _list(self, key: str, own: dict[str, object]) -> Generator[object, None, bool]:
        """Give the elements if they are records, else keep them in ``own``; return which."""
        elements = self._elements()
        first = next(elements, _NOTHING)
        if _are_records(key, first, own):
            if first is not _NOTHING:
                yield first
                yield from elements
            return True
        kept = [first, *elements] if first is not _NOTHING else []
        own[key] = kept
        # One element in another encoding is a fault of the object that the list belongs to.
        self.window.fault = next((value for value in kept if isinstance(value, Unusable)), None)
        return False


def _are_records(key: str, first: object, own: Mapping[str, object]) -> bool:
    """Tell whether a list that starts with ``first`` is one of papers and no detail of the object ``own``."""
    papers = isinstance(first, dict) and bool(first.keys() & PAPER_KEYS)
    if own.keys() & PAPER_KEYS:
        return papers and key in CONTAINERS
    if key in CONTAINERS:
        return not isinstance(first, str | int | float | list)
    return papers and key not in DETAILS


def _is_keyed(key: str, value: object, own: Mapping[str, object]) -> bool:
    """Tell whether a value is one of papers that an object holds by their ids."""
    if not isinstance(value, dict) or key in PAPER_KEYS or own.keys() & PAPER_KEYS:
        return False
    return "title" in value or "abstract" in value


def _with_id(key: str, value: object) -> object:
    return value if not isinstance(value, dict) or "id" in value else {"id": key, **value}
