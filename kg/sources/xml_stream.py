"""Read the records of an XML file one after the other, in flat memory and without trust in the file.

The standard library's expat does the parsing. Entity declarations are refused whole, which leaves neither entity bombs
nor external entities; no DTD is ever fetched; names of characters that only a DTD could explain (``&eacute;``) are
those of HTML. A library that hardens ElementTree would be one more dependency for what a handler does here.
"""

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable
from kg.sources.opening import CHUNK, Stream, not_utf8
from kg.sources.wrapping import one_line
from kg.text import clean

#: What the largest record may weigh (its characters, and a hundred for each element), and bytes of the largest tag.
LARGEST_RECORD, LARGEST_TOKEN = 1 << 26, 1 << 22

#: Elements inside each other.
DEEPEST = 200

#: Characters of a rejected record that are kept.
EXCERPT = 120

#: Codecs of Python that are no encodings of files.
_NO_ENCODINGS = frozenset(("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"))

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]*)""")
_TAG = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")

#: What expat says where one document follows another, as ``cat`` makes them.
_NEXT_DOCUMENT = frozenset(
    expat.errors.codes[text]
    for text in (expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT, expat.errors.XML_ERROR_MISPLACED_XML_PI)
)


@dataclass(frozen=True, slots=True)
class Found:
    """An element with the names and attributes of those it stands in, outermost first; no name has a prefix."""

    element: Element
    above: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What the records of a format are called, what else is wanted on the way, and what is passed over."""

    reader: str
    records: frozenset[str]
    context: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()


def root(head: str) -> str:
    """Name the outermost element of an XML text by its beginning, without a prefix, or nothing.

    >>> root("<?xml version='1.0'?><!DOCTYPE feed><!-- <a> --><a:feed xmlns:a='http://www.w3.org/2005/Atom'>")
    'feed'
    """
    at = len(head) - len(head.lstrip("\ufeff \t\r\n"))
    while head.startswith("<", at):
        if match := _TAG.match(head, at):
            return match[1]
        closing = "?>" if head.startswith("<?", at) else "-->" if head.startswith("<!--", at) else ">"
        subset, end = head.find("[", at), head.find(closing, at)
        if closing == ">" and 0 <= subset < end:
            end = head.find("]>", at) + 1
        if end <= 0:
            return ""
        at = end + len(closing)
        at += len(head[at:]) - len(head[at:].lstrip())
    return ""


def read_records(
    stream: Stream,
    form: Form,
    make: Callable[[Found, Source], Paper],
    *,
    note: Callable[[Found], None] | None = None,
    rejects: Callable[[Reject], None],
) -> Iterator[Paper]:
    """Make a paper of each record; what cannot be one is rejected, and so is the rest of a file that is no XML."""
    number = 0
    for found in _elements(stream, form):
        if isinstance(found, Found) and found.element.tag in form.context:
            if note is not None:
                note(found)
            continue
        number += 1
        if isinstance(found, Unusable):  # not raised, for then it would hold the open file by its traceback
            rejects(Reject(stream.name, number, found.reason, found.excerpt))
            continue
        try:
            yield make(found, Source(form.reader, stream.name, number))
        except Unusable as unusable:
            excerpt = one_line(" ".join(found.element.itertext()))
            rejects(Reject(stream.name, number, unusable.reason, clean(excerpt[:EXCERPT])))


def _elements(stream: Stream, form: Form) -> Iterator[Found | Unusable]:
    """Give records and context in file order; where the XML breaks, an `Unusable` ends them."""
    parser = _Parser(form, stream.shown)
    try:
        for text in _texts(stream):
            try:
                parser.feed(text)
            finally:
                ready = list(parser.ready)
                parser.ready.clear()
                # What stood before a fault is good.
                yield from ready
        if not stream.damage:  # a cut is reported for the whole file
            parser.close()
    except _Fault as fault:
        if not stream.damage:
            yield Unusable(f"{fault}; what stood before was used. Mend the file there or fetch it again")


class _Fault(Exception):
    """Why reading cannot go on, and where."""


def _texts(stream: Stream) -> Iterator[str]:
    """Decode by the encoding that the file declares; illegal control characters are made visible."""
    encoding = _encoding(stream)
    decoder, line, column = codecs.getincrementaldecoder(encoding)("strict"), 1, 1
    while True:
        data = stream.bytes.read(CHUNK)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding)
            yield clean(good)
            line, column = _moved(line, column, good)
            what = not_utf8(error.object, error.start, stream.shown) if encoding == "utf-8" else f"not {encoding}"
            raise _Fault(f"line {line}, column {column}: {what}") from error
        yield clean(text)
        line, column = _moved(line, column, text)
        if not data:
            return


def _moved(line: int, column: int, text: str) -> tuple[int, int]:
    r"""Give the place behind a text that stands at a place.

    >>> _moved(1, 5, "ab"), _moved(1, 5, "a\nb")
    ((1, 7), (2, 2))
    """
    last = text.rfind("\n")
    return line + text.count("\n"), len(text) - last if last >= 0 else column + len(text)


def _encoding(stream: Stream) -> str:
    match = _DECLARED.match(stream.head.lstrip())
    name = match[1].decode("ascii").lower().replace("_", "-") if match else "utf-8"
    if name.startswith(("utf-8", "utf8", "utf-16", "utf-32", "ucs", "us-ascii", "iso-10646")):
        return "utf-8"  # wide encodings were recoded when the stream was opened, and ASCII is part of UTF-8
    try:
        if name not in _NO_ENCODINGS:
            "".encode(name)
            return codecs.lookup(name).name
    except LookupError:
        pass
    raise InputError(
        f"{stream.shown}: declares the encoding {name!r}, which is not known; convert it to UTF-8 with iconv and "
        "change the first line"
    )


class _Parser:
    """Build the wanted elements; nothing else is kept."""

    def __init__(self, form: Form, shown: str) -> None:
        self.ready: deque[Found] = deque()
        self._wanted = form.records | form.context
        self._skipped = form.skipped
        self._shown = shown
        self._above: list[tuple[str, Mapping[str, str]]] = []
        self._builder: TreeBuilder | None = None
        self._depth = self._skipping = 0
        self._lines = self._fed = self._weight = 0
        self._start_document()

    def feed(self, text: str) -> None:
        """Parse a piece; a fault is raised when all before it is ready."""
        data = text.encode("utf-8")
        if not self._fed and not self._lines:
            data = data.lstrip()
            self._lines = text.count("\n", 0, len(text) - len(text.lstrip()))
        while data:
            try:
                self._expat.Parse(data)
            except expat.ExpatError as error:
                offset = self._expat.ErrorByteIndex - self._fed
                if error.code not in _NEXT_DOCUMENT or self._depth or offset < 0:
                    raise self._fault(str(expat.ErrorString(error.code)), error.lineno, error.offset) from error
                self._lines += error.lineno - 1
                self._start_document()
                data = data[offset:]
            else:
                self._fed += len(data)
                break
        if self._fed - self._expat.CurrentByteIndex > LARGEST_TOKEN:
            raise self._fault(f"a tag or comment of more than {LARGEST_TOKEN >> 20} MB")
        if self._weight > LARGEST_RECORD:
            raise self._fault(f"a record of more than {LARGEST_RECORD >> 20} MB")

    def close(self) -> None:
        """Check that the document is whole."""
        try:
            self._expat.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._fault("the file ends too early", error.lineno, error.offset) from error

    def _start_document(self) -> None:
        self._fed = self._depth = self._skipping = 0
        self._above.clear()
        self._expat = expat.ParserCreate("utf-8")
        self._expat.buffer_text = True
        self._expat.buffer_size = CHUNK
        self._expat.UseForeignDTD(True)  # so that unknown character names are handed over, not an error
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data
        self._expat.SkippedEntityHandler = self._named_character
        self._expat.EntityDeclHandler = self._refuse

    def _fault(self, what: str, line: int = 0, offset: int = -1) -> _Fault:
        line, offset = (line, offset) if line else (self._expat.CurrentLineNumber, self._expat.CurrentColumnNumber)
        return _Fault(f"no well-formed XML from line {line + self._lines}, column {offset + 1} on ({what})")

    def _refuse(self, name: str, *_declaration: object) -> None:
        raise InputError(
            f"{self._shown}, line {self._expat.CurrentLineNumber + self._lines}: declares the entity {name!r}; kg "
            "expands no declared entities, for they can blow up a file or read others. Write out what it stands for"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fault(f"elements more than {DEEPEST} deep inside each other")
        if self._skipping:
            self._skipping += 1
            return
        tag = name.rpartition(":")[2]
        if ":" in "".join(attributes):
            attributes = {key.rpartition(":")[2]: value for key, value in attributes.items() if key[:6] != "xmlns:"}
        if self._builder is None and tag in self._wanted:
            self._builder = TreeBuilder()
            self._weight = 0
            self._record_depth = self._depth
        if self._builder is None:
            self._above.append((tag, attributes))
        elif tag in self._skipped:
            self._skipping = 1
        else:
            self._weight += 100 + sum(map(len, attributes.values()))
            self._builder.start(tag, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipping:
            self._skipping -= 1
        elif self._builder is None:
            self._above.pop()
        else:
            self._builder.end(name.rpartition(":")[2])
            if self._depth < self._record_depth:
                self.ready.append(Found(self._builder.close(), tuple(self._above)))
                self._builder = None

    def _data(self, text: str) -> None:
        if self._builder is not None and not self._skipping:
            self._weight += len(text)
            self._builder.data(text)

    def _named_character(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._data(html5.get(f"{name};", f"&{name};"))
