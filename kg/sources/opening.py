"""Open inputs: files, standard input, compressed streams, text encodings.

Whatever the input, a reader sees a `Stream`: decompressed bytes in UTF-8 without a byte order mark. A format that is
no text and needs to jump about in its file gets that file, or a temporary copy, from `Stream.seekable`.
"""

import codecs
import io
import lzma
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from kg.errors import InputError

#: Bytes read at a time, and bytes a reader may look at to recognise its format.
CHUNK = 1 << 16

#: What standard input is called in messages.
STDIN = "standard input"

#: A line of text of so many bytes is none.
LONGEST_TEXT_LINE = 1 << 26

#: Compressed bytes unpacked at a time.
SLICE = 1 << 10

#: Compressions by the bytes they start with.
MAGIC = {b"\x1f\x8b": "gz", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zst"}

#: Binary formats people hand over by mistake, by the bytes they start with, and what to do.
FOREIGN = {
    b"PK\x03\x04": ("a zip archive", "unpack it and give the folder"),
    b"BZh": ("a bzip2 file", "unpack it with bunzip2"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it and give the folder"),
    b"\x89PNG": ("a PNG image", "give text"),
    b"\xff\xd8\xff": ("a JPEG image", "give text"),
    b"SQLite format 3": ("an SQLite database", "export its papers as JSON lines"),
}

#: Formats that are no text: the bytes they start with, their reader's name, and what they are.
BINARY = {b"%PDF": ("pdf", "a PDF document"), b"PAR1": ("parquet", "a Parquet file")}

#: Byte order marks; UTF-32 stands first because its mark starts with that of UTF-16.
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


#: Bytes that `Stream.lines` could not decode.
_ESCAPED = re.compile("[\udc80-\udcff]")


class _Machine(Protocol):
    """A decompressor of one stream, as zlib, lzma and zstandard make them."""

    @property
    def eof(self) -> bool:
        """Tell whether the compressed stream has ended."""

    @property
    def unused_data(self) -> bytes:
        """Give what follows the end of the compressed stream."""

    def decompress(self, data: bytes, /) -> bytes:
        """Decompress what can be decompressed so far."""


class _Chunks(io.RawIOBase):
    """Make a raw stream of an iterator of byte strings."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        """Say that the stream can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with the rest of the last chunk or the next one."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


class Stream:
    """An opened input: UTF-8 bytes, what they are called, and the damage met while reading."""

    def __init__(self, raw: IO[bytes], *, name: str, shown: str, path: Path | None = None) -> None:
        """Start to read ``raw``, the content of ``path``; ``name`` goes into records, ``shown`` into messages."""
        self.name = name
        self.shown = shown
        #: Why reading ended early; empty while all is well.
        self.damage = ""
        self._path = path
        chunks = self._decompressed(_pieces(raw, shown))
        self.head = _fill(chunks, b"")
        #: Name of the reader of a format that is no text; empty for text.
        found = (names for magic, names in BINARY.items() if self.head.startswith(magic))
        self.binary, self.what = next(found, ("", "text"))
        if not self.binary:
            self._refuse_foreign()
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if self.head.startswith(mark):
                chunks = self._recoded(self.head, chunks, encoding)
                self.head = _fill(chunks, b"")
                break
        self.bytes = io.BufferedReader(_Chunks(_chain(self.head, chunks)), CHUNK)

    def text(self) -> str:
        """Read all of it as UTF-8; other encodings are an InputError that says what they look like."""
        data = self.bytes.read()
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(f"{self.shown}, line {line}: {not_utf8(data, error.start, self.shown)}") from error

    def lines(self) -> Iterator[tuple[int, str]]:
        """Give the lines with their numbers, from 1; a byte that is no UTF-8 is left for `misread` to explain."""
        number = 0
        while line := self.bytes.readline(LONGEST_TEXT_LINE):
            number += 1
            if len(line) == LONGEST_TEXT_LINE:
                long = f"longer than {LONGEST_TEXT_LINE >> 20} MB"
                raise InputError(f"{self.shown}, line {number}: {long}; break the file into lines, or name its form")
            yield number, line.decode("utf-8", "surrogateescape")

    def misread(self, text: str) -> str:
        """Say what is wrong with text out of `lines` that holds bytes of another encoding; nothing if none do."""
        if not _ESCAPED.search(text):
            return ""
        data = text.encode("utf-8", "surrogateescape")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            return not_utf8(data, error.start, self.shown)
        return ""

    @contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """Give the bytes as a file in which one can jump about: the input itself, or a copy that goes away."""
        if self._path is not None and self._path.is_file():
            self.bytes.close()
            with self._path.open("rb") as file:
                yield file
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(self.bytes, copy, CHUNK)
            copy.seek(0)
            yield copy

    def _decompressed(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        start = _fill(pieces, b"", size=8)
        pieces = _chain(start, pieces)
        kind = next((kind for magic, kind in MAGIC.items() if start.startswith(magic)), "")
        if kind:
            self._path = None
        return self._unpacked(pieces, kind) if kind else pieces

    def _unpacked(self, pieces: Iterator[bytes], kind: str) -> Iterator[bytes]:
        """Decompress, member after member; a damaged or cut end is noted and ends the stream."""
        new, errors = _decompressor(kind)
        machine, begun = new(), False
        try:
            for piece in _slices(pieces):
                data = piece
                # Zeros between members are padding; everything else starts a new one.
                while data := data if begun else data.lstrip(b"\x00"):
                    yield machine.decompress(data)
                    data, begun = machine.unused_data, not machine.eof
                    if not begun:
                        machine = new()
        except errors as error:
            self.damage = f"the {kind} data is damaged ({error})"
            return
        if begun:
            self.damage = f"the {kind} data is cut off"

    def _recoded(self, head: bytes, chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding != "utf-8-sig" else "surrogateescape")
        errors = "surrogatepass" if encoding != "utf-8-sig" else "surrogateescape"
        for chunk in _chain(head, chunks):
            yield decoder.decode(chunk).encode("utf-8", errors)
        yield decoder.decode(b"", final=True).encode("utf-8", errors)

    def _refuse_foreign(self) -> None:
        head = self.head
        if not head.strip():
            cut = f"; {self.damage}" if self.damage else ""
            raise InputError(f"{self.shown}: the file is empty{cut}; give a file with papers")
        if head.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in head[:4096]:
            raise InputError(f"{self.shown}: this is a document of Word, Excel or PowerPoint; save it as text or CSV")
        for magic, (what, remedy) in FOREIGN.items():
            if head.startswith(magic):
                raise InputError(f"{self.shown}: this is {what}; {remedy}")
        if head.startswith(tuple(BYTE_ORDER_MARKS)):
            return
        zeros = (head[0::2].count(0), head[1::2].count(0))
        if max(zeros) > len(head) // 5 and min(zeros) <= len(head) // 50:
            encoding = "UTF-16LE" if zeros[1] > zeros[0] else "UTF-16BE"
            raise InputError(f"{self.shown}: this looks like {encoding}; {_iconv(encoding, self.shown)}")
        control = sum(head.count(code) for code in range(32) if code not in b"\t\n\v\f\r\x1b")
        if control > len(head) // 20 or (control and not _is_utf8(head)):
            raise InputError(f"{self.shown}: this is a binary file; give text (JSON lines or a saved page)")


def open_input(path: str) -> Stream:
    """Open a path, or standard input for ``-``."""
    if path == "-":
        if sys.stdin is None:
            raise InputError(f"{STDIN} is closed; pipe papers into kg or name a file")
        return Stream(sys.stdin.buffer, name="-", shown=STDIN)
    try:
        return Stream(Path(path).open("rb"), name=Path(path).name, shown=path, path=Path(path))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the name and the permissions") from error


def not_utf8(data: bytes, position: int, shown: str) -> str:
    """Say that ``data`` is no UTF-8 from ``position`` on, what it looks like, and how to convert it."""
    encoding = looks_like(data[max(0, position - 2000) : position + 2000])
    return f"not UTF-8 (byte 0x{data[position]:02x}), it looks like {encoding}; {_iconv(encoding, shown)}"


def looks_like(data: bytes) -> str:
    """Guess the encoding of bytes that are no UTF-8, as iconv names it.

    >>> looks_like("Schrödinger bridges".encode("latin-1")), looks_like("扩散模型".encode("gb18030"))
    ('WINDOWS-1252', 'GB18030')
    """
    high = [byte > 127 for byte in data]
    around = zip([False, *high], high, [*high[1:], False], strict=False)
    alone = sum(here and not before and not after for before, here, after in around)
    if alone * 2 > sum(high):
        return "WINDOWS-1252"
    for name in ("GB18030", "SHIFT_JIS", "EUC-KR"):
        with io.BytesIO(data) as trial:
            decoded = codecs.getreader(name)(trial, "replace").read()
        if decoded.count("\ufffd") <= 2:  # the stretch may start or end inside a character
            return name
    return "WINDOWS-1251"


def _iconv(encoding: str, shown: str) -> str:
    file = "FILE" if shown == STDIN else shown
    return f"convert it with: iconv -f {encoding} -t UTF-8 {file}"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _decompressor(kind: str) -> tuple[Callable[[], _Machine], tuple[type[Exception], ...]]:
    if kind == "gz":
        return lambda: zlib.decompressobj(wbits=31), (zlib.error,)
    if kind == "xz":
        return lzma.LZMADecompressor, (lzma.LZMAError,)
    import zstandard  # a few milliseconds that only .zst files need

    return lambda: zstandard.ZstdDecompressor().decompressobj(), (zstandard.ZstdError,)


def _pieces(raw: IO[bytes], shown: str) -> Iterator[bytes]:
    try:
        while piece := raw.read(CHUNK):
            yield piece
    except OSError as error:
        raise InputError(f"{shown}: reading failed ({error.strerror}); check the disk or fetch it again") from error
    finally:
        if shown != STDIN:
            raw.close()


def _slices(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Cut pieces so small that even the densest data unpacks to a few megabytes at a time."""
    for piece in pieces:
        yield from (piece[start : start + SLICE] for start in range(0, len(piece), SLICE))


def _fill(chunks: Iterator[bytes], head: bytes, *, size: int = CHUNK) -> bytes:
    """Take chunks until ``size`` bytes are there."""
    parts, length = [head], len(head)
    while length < size and (chunk := next(chunks, None)) is not None:
        parts.append(chunk)
        length += len(chunk)
    return b"".join(parts)


def _chain(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks
