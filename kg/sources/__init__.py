"""Read papers from files, folders and standard input, one record at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import (
    acl,
    arxiv_atom,
    bibtex,
    conference,
    hf_api,
    hf_daily,
    hf_html,
    jats,
    jsonl,
    markdown,
    oai_pmh,
    openalex,
    openreview,
    parquet,
    pdf,
    pubmed,
    ris,
    semantic_scholar,
    table,
)
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
    "hf-html": Reader(hf_html.detect, hf_html.read, "Hugging Face Daily Papers pages saved as HTML"),
    "arxiv-atom": Reader(arxiv_atom.detect, arxiv_atom.read, "answers of arXiv's API and its daily feeds"),
    "oai-pmh": Reader(oai_pmh.detect, oai_pmh.read, "OAI-PMH answers with arXiv, arXivRaw or oai_dc records"),
    "pubmed": Reader(pubmed.detect, pubmed.read, "PubMed or MEDLINE citations in XML"),
    "acl": Reader(acl.detect, acl.read, "ACL Anthology volumes in XML"),
    "jats": Reader(jats.detect, jats.read, "articles in JATS XML"),
    "hf-daily": Reader(hf_daily.detect, hf_daily.read, "Hugging Face Daily Papers pages saved as text"),
    "hf-api": Reader(hf_api.detect, hf_api.read, "the JSON of Hugging Face's API of Daily Papers"),
    "openalex": Reader(openalex.detect, openalex.read, "works of OpenAlex: pages, single ones, JSON lines"),
    "semantic-scholar": Reader(semantic_scholar.detect, semantic_scholar.read, "records of Semantic Scholar"),
    "openreview": Reader(openreview.detect, openreview.read, "notes of OpenReview, of both versions of its API"),
    "conference": Reader(conference.detect, conference.read, "lists and events of conferences as JSON"),
    "jsonl": Reader(jsonl.detect, jsonl.read, "JSON lines, arrays and lists of papers; the arXiv metadata file"),
    "parquet": Reader(parquet.detect, parquet.read, "Parquet tables with a column of titles"),
    "pdf": Reader(pdf.detect, pdf.read, "first pages of papers as PDF (pip install 'paper-kg[pdf]')"),
    "bibtex": Reader(bibtex.detect, bibtex.read, "BibTeX and BibLaTeX bibliographies"),
    "ris": Reader(ris.detect, ris.read, "RIS, PubMed (.nbib) and Web of Science bibliographies"),
    "csv": Reader(table.detect, table.read, "tables as CSV or TSV with a column of titles"),
    "markdown": Reader(markdown.detect, markdown.read, "a paper as Markdown or text, with front matter or an abstract"),
}

#: Nothing told.
_NO_OPTIONS = Options()

#: The manifest that `kg fetch` leaves beside the answers of a service.
FETCHED = "kg-fetch.json"

#: Files that lie beside papers in a folder and are passed over without a word.
BESIDE = frozenset(
    """.rst .css .js .py .pyc .ipynb .toml .yaml .yml .ini .cfg .lock .log .sh .ttl .nt .nq .rdf .rq
    .owl .png .jpg .jpeg .gif .svg .webp .ico .sqlite .db .zip .tar .tgz .bin .pickle .pkl .npy .npz
    .tmp .swp .bak .part .tex .aux .bbl .bcf .blg .bst .cls .sty .out .toc .fls .fdb_latexmk .eps .ps .canvas
    .mp3 .mp4 .mov .woff .woff2 .download""".split()
)

#: Files that hold a paper at times: passed over without a word where they are not recognised.
PERHAPS = frozenset(".md .markdown .html .htm .mhtml".split())

#: Names (without what follows the dot) of files that speak about a folder.
ABOUT = frozenset("readme license licence changelog contributing code_of_conduct citation authors notice".split())

#: What browsers put behind the name of a saved page for the folder of its pictures and scripts.
_SAVED = ("_files", "-files", "_fichiers", "-dateien", "_archivos", "_bestanden", "_ficheiros", "_file")


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
            stream = open_input(str(path))
            if reader is None and path.suffix.lower() in PERHAPS and not _known(stream):
                continue
            for paper in _read_stream(stream, reader, options, tally):
                tally.papers += 1
                yield paper
        except InputError as error:
            reason = str(error).removeprefix(str(path)).removeprefix(": ").removeprefix(", ")
            tally.reject(Reject(path.name, 0, reason))
    if tally.papers == before:
        why = tally.summary() if tally.rejected > rejected else "nothing in it looks like papers"
        raise InputError(f"{folder}: no paper in this folder ({why}); kg reads {', '.join(READERS)}")


def _files(folder: Path) -> Iterator[Path]:
    """Walk a folder in sorted order, without hidden files, workspaces of kg and what lies beside papers."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder  # opening it says why
        return
    if any(entry.name == "kg-workspace.json" for entry in entries):
        return
    pages = {entry.stem for entry in entries if entry.suffix.lower() in (".html", ".htm")}
    for entry in entries:
        about = entry.stem.lower() in ABOUT and entry.suffix.lower() in ("", ".txt", *PERHAPS)
        if entry.name.startswith(".") or (about and entry.is_file()):
            continue
        if any(entry.name.lower().endswith(end) and entry.name[: -len(end)] in pages for end in _SAVED):
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # a link may lead in a circle
                yield from _files(entry)
        elif entry.is_file() and entry.suffix.lower() not in BESIDE and entry.name != FETCHED:
            yield entry


def _known(stream: Stream) -> str:
    """Name the reader for a stream, or nothing."""
    return recognise(stream.head.decode("utf-8", "replace"))


def _is_table(name: str) -> bool:
    """Tell whether a file is called a table, whatever its columns are called."""
    return any(suffix in (".csv", ".tsv") for suffix in PurePath(name.lower()).suffixes)


def _read_stream(stream: Stream, reader: str | None, options: Options, tally: _Tally) -> Iterator[Paper]:
    name = reader or _known(stream) or ("csv" if options.columns or _is_table(stream.name) else "")
    if not name:
        if stream.damage:
            raise InputError(f"{stream.shown}: {stream.damage}; fetch the file again")
        raise InputError(
            f"{stream.shown}: not a format kg knows; if it is one of {', '.join(READERS)}, name it with --from"
        )
    if stream.binary and stream.binary != name:
        raise InputError(f"{stream.shown}: this is {stream.what}, not {name}; leave out --from {name}")
    yield from READERS[name].read(stream, options=options, rejects=tally.reject)
    if stream.damage:
        tally.reject(Reject(stream.name, 0, f"{stream.damage}; what came before was used, fetch the file again"))
