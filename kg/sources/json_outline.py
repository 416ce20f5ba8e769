"""See what JSON a text starts: its shape, and which keys its records have.

A detector gets the first 64 KB only, mostly cut off inside a value, so a parser of whole documents does not help. Keys
are told from values by their place: words inside an abstract are never taken for a key.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

#: Keys under which an object keeps its list of papers, in the answers of services and in files people pass around.
CONTAINERS = frozenset(
    "papers results data items records notes works documents entries articles dailyPapers recommendedPapers".split()
)

#: Keys that lie deeper are not told; an inverted abstract alone has hundreds.
DEEPEST = 3

_TOKEN = re.compile(r'\s*+("(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the beginning of a JSON text shows."""

    #: ``array``, ``object`` (one that goes over lines, or whose list of papers has not ended), ``lines``, or nothing.
    shape: str
    #: Keys of the records and of an object around them; those of an object inside are joined by dots: ``ids.doi``.
    keys: frozenset[str]


@lru_cache(maxsize=2)
def outline(head: str) -> Outline:
    r"""Tell what JSON ``head`` starts; a text that is none has no shape and no keys.

    >>> seen = outline('{"meta": {}, "results": [{"id": "W1", "ids": {"doi": null}, "title": "no \\"key\\": 1"')
    >>> seen.shape, sorted(seen.keys)
    ('object', ['id', 'ids', 'ids.doi', 'meta', 'results', 'title'])
    >>> outline('{"title": "A"}\n{"title": "B"}').shape, outline('{"title":\n "A"}').shape, outline("Title").shape
    ('lines', 'object', '')
    """
    start = len(head) - len(head.lstrip())
    if head[start : start + 1] not in ("{", "["):
        return Outline("", frozenset())
    keys: set[str] = set()
    first = walk = _Walk(head, start, keys)
    while (fault := walk.run()) >= 0:
        line = head.find("\n{", fault)  # one bad line does not hide what the next ones hold
        if line < 0:
            break
        walk = _Walk(head, line + 1, keys)
    shape = "array" if head[start] == "[" else "object" if first.one_object() else "lines"
    return Outline(shape, frozenset(keys))


class _Walk:
    """Follow the grammar of JSON token by token from a place on, noting keys."""

    def __init__(self, head: str, place: int, keys: set[str]) -> None:
        self._head = head
        self._place = place
        self._keys = keys
        #: Open brackets, each with the key under which it stands.
        self._open: list[tuple[str, str]] = []
        self._key = ""
        #: What comes next: ``key``, ``:``, ``value`` or ``,`` (or the closing bracket).
        self._next = "value"
        self._over_lines = self._closed = self._unended = False

    def run(self) -> int:
        """Take tokens up to one that does not fit and give its place, or -1 at the end of what can be told."""
        while match := _TOKEN.match(self._head, self._place):
            token = match[1]
            if match.end() == len(self._head) and token[0] not in '{}[],:"':
                break  # a number or a word that may go on
            self._unended = bool(self._open)
            if not self._fits(token[0]):
                return match.start(1)
            self._over_lines |= bool(self._open) and not self._closed and "\n" in match[0][: -len(token)]
            self._take(token)
            self._place = match.end()
        self._unended = bool(self._open)
        return -1

    def one_object(self) -> bool:
        """Tell whether the first value goes over lines, or the list inside it does not end."""
        if self._over_lines or self._closed:
            return self._over_lines
        return self._unended and any(kind == "[" and key in CONTAINERS for kind, key in self._open)

    def _fits(self, kind: str) -> bool:
        if kind in "}]":
            return bool(self._open) and self._open[-1][0] + kind in ("{}", "[]") and self._next != ":"
        if kind in ",:":
            return bool(self._open) and self._next == kind
        return self._next == "value" or (self._next == "key" and kind == '"')

    def _take(self, token: str) -> None:
        after = "," if self._open else "value"
        if token in ("{", "["):
            self._open.append((token, self._key))
            self._next, self._key = ("key" if token == "{" else "value"), ""
        elif token in ("}", "]"):
            self._open.pop()
            self._closed |= not self._open
            self._next = "," if self._open else "value"
        elif token == ",":
            self._next, self._key = ("key" if self._open[-1][0] == "{" else "value"), ""
        elif token == ":":
            self._next = "value"
        elif self._next == "key":
            self._key, self._next = token[1:-1], ":"
            self._note()
        else:
            self._next, self._key = after, ""

    def _note(self) -> None:
        """Note the key just read by its path from the record that holds it."""
        record = 0
        while record + 1 < len(self._open) and (
            self._open[record][0] == "[" or self._open[record + 1][1] in CONTAINERS
        ):
            record += 1
        path = [key for _, key in self._open[record + 1 :] if key]
        if len(path) < DEEPEST:
            self._keys.add(".".join((*path, self._key)))
