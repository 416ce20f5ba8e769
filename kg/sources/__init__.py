"""Read papers from files, folders and standard input, one record at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import hf_daily, jsonl
from kg.sources.opening import Stream, open_input
from kg.sources.options import Options


class Read(Protocol):
    """Read the records of one stream; a bad one goes to ``rejects`` and reading goes on."""

    def __call__(self, stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
        """Give the records in their order."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: how to recognise it by its first 64 KB of text, how to read it, and what it is."""

    detect: Callable[[str], bool]
    read: Read
    description: str


#: The formats, in the order in which they are tried.
READERS: dict[str, Reader] = {
    "hf-daily": Reader(hf_daily.detect, hf_daily.read, "Hugging Face Daily Papers pages saved as text"),
    "jsonl": Reader(jsonl.detect, jsonl.read, "JSON lines or a JSON array; the arXiv metadata file"),
}

#: Nothing told.
_NO_OPTIONS = Options()

#: Files that lie beside papers in a folder and are passed over without a word.
BESIDE = frozenset(
    """.md .rst .html .htm .css .js .py .pyc .ipynb .toml .yaml .yml .ini .cfg .lock .log .sh .ttl .nt .nq .rdf .rq
    .owl .png .jpg .jpeg .gif .svg .webp .ico .pdf .parquet .sqlite .db .zip .tar .tgz .bin .pickle .pkl .npy .npz
    .tmp .swp .bak .part""".split()
)


def read(
    inputs: Sequence[str],
    *,
    reader: str | None = None,
    options: Options = _NO_OPTIONS,
    rejects: Callable[[Reject], None],
) -> Iterator[Paper]:
    """Read the records of files, folders and standard input (``-``), un-merged, each with its one source.

    The format is ``reader`` or known by content. An input that cannot be used at all is an InputError, and so is
    a result without any paper; a bad record, or a bad file inside a folder, goes to ``rejects``.
    """
    if reader is not None and reader not in READERS:
        raise InputError(f"there is no reader {reader!r}; known are {', '.join(READERS)}")
    if inputs.count("-") > 1:
        raise InputError("standard input (-) was given twice; it can be read once")
    for name in inputs:
        if name != "-" and not Path(name).exists():
            raise InputError(f"{name}: there is no such file or folder; check the name")
    return _read_all(inputs, reader, options, rejects)


def recognise(head: str) -> str:
    """Name the reader for a text by its beginning, or nothing."""
    return next((name for name, reader in READERS.items() if reader.detect(head)), "")


def _read_all(
    inputs: Sequence[str], reader: str | None, options: Options, rejects: Callable[[Reject], None]
) -> Iterator[Paper]:
    tally = _Tally(rejects)
    for name in inputs:
        if name != "-" and Path(name).is_dir():
            yield from _read_folder(Path(name), reader, options, tally)
        else:
            for paper in _read_stream(open_input(name), reader, options, tally):
                tally.papers += 1
                yield paper
    if inputs and not tally.papers:
        raise InputError(f"no paper in {', '.join(inputs)}: {tally.summary()}")


class _Tally:
    """Count papers and rejects, and remember the first reject for a message."""

    def __init__(self, rejects: Callable[[Reject], None]) -> None:
        self.papers = 0
        self.rejected = 0
        self.first = ""
        self._rejects = rejects

    def reject(self, reject: Reject) -> None:
        """Count a reject and pass it on."""
        self.rejected += 1
        self.first = self.first or f"{reject.name}, record {reject.record}: {reject.reason}"
        self._rejects(reject)

    def summary(self) -> str:
        """Say how many records were rejected and why the first one was."""
        if not self.rejected:
            return "it holds no record"
        return f"{self.rejected} record{'s' if self.rejected > 1 else ''} rejected; {self.first}"


def _read_folder(folder: Path, reader: str | None, options: Options, tally: _Tally) -> Iterator[Paper]:
    before, rejected = tally.papers, tally.rejected
    for path in _files(folder):
        try:
            for paper in _read_stream(open_input(str(path)), reader, options, tally):
                tally.papers += 1
                yield paper
        except InputError as error:
            reason = str(error).removeprefix(str(path)).removeprefix(": ").removeprefix(", ")
            tally.reject(Reject(path.name, 0, reason))
    if tally.papers == before:
        why = tally.summary() if tally.rejected > rejected else "nothing in it looks like papers"
        raise InputError(f"{folder}: no paper in this folder ({why}); kg reads " + _formats())


def _files(folder: Path) -> Iterator[Path]:
    """Walk a folder in sorted order, without hidden files, workspaces of kg and what lies beside papers."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder  # opening it says why
        return
    if any(entry.name == "kg-workspace.json" for entry in entries):
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # a link may lead in a circle
                yield from _files(entry)
        elif entry.is_file() and entry.suffix.lower() not in BESIDE:
            yield entry


def _read_stream(stream: Stream, reader: str | None, options: Options, tally: _Tally) -> Iterator[Paper]:
    name = reader or recognise(stream.head.decode("utf-8", "replace"))
    if not name:
        if stream.damage:
            raise InputError(f"{stream.shown}: {stream.damage}; fetch the file again")
        raise InputError(f"{stream.shown}: not a format kg knows; it reads {_formats()}. Name one with --from")
    yield from READERS[name].read(stream, options=options, rejects=tally.reject)
    if stream.damage:
        tally.reject(Reject(stream.name, 0, f"{stream.damage}; what came before was used, fetch the file again"))


def _formats() -> str:
    return "; ".join(f"{name}: {reader.description}" for name, reader in READERS.items())
