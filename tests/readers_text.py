"""Samples of bibliographies, tables, notes and PDF documents for the contract test of the readers."""

import io
from collections.abc import Iterator

from tests.reader_sample import Sample

#: An abstract of 20 000 characters.
_LONG = "We carry few tokens across blocks of text and measure what that costs. " * 280


def _bibtex(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield (
            f"@article{{key{number},\n  title = {{{{F}}erryman, Part {number}}},\n  author = {{Aldana, Ines}},\n"
            f"  year = {{2023}},\n  eprint = {{2301.{number % 90000 + 10000}}},\n  abstract = {{{_LONG}}},\n}}\n\n"
        ).encode()


def _ris(count: int) -> Iterator[bytes]:
    for number in range(count):
        record = f"TY  - JOUR\nTI  - Ferryman, Part {number}\nAU  - Aldana, Ines\nPY  - 2023\nAB  - {_LONG}\nER  - \n"
        yield record.encode()


def _csv(count: int) -> Iterator[bytes]:
    yield b"title,abstract,authors,year\n"
    for number in range(count):
        yield f'"Ferryman, Part {number}","{_LONG}",Ines Aldana,2023\n'.encode()


def _parquet(count: int) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = io.BytesIO()
    schema = pa.schema([("title", pa.string()), ("abstract", pa.string()), ("vector", pa.list_(pa.int64()))])
    with pq.ParquetWriter(whole, schema, compression="none", use_dictionary=False) as writer:
        for start in range(0, count, 100):
            numbers = range(start, min(count, start + 100))
            titles = [f"Ferryman, Part {number}" for number in numbers]
            abstracts = [_LONG] * len(titles)
            writer.write_table(pa.table([titles, abstracts, [[number] for number in numbers]], schema=schema))
    whole.seek(0)
    while piece := whole.read(1 << 16):
        yield piece


#: The samples by the names of their readers.
SAMPLES = {
    "bibtex": Sample("zotero.bib", 20, "broken.bib", "no valid BibTeX (Unexpected block start", _bibtex),
    "ris": Sample("mendeley.ris", 3, "broken.ris", "no title and no abstract", _ris),
    "csv": Sample("scopus.csv", 2, "ragged.csv", "7 values for 6 columns", _csv),
    "parquet": Sample("corpus.parquet", 3, "bad-rows.parquet", "no title and no abstract", _parquet),
    "pdf": Sample("two-columns.pdf", 1, "minutes.pdf", "no abstract recognised", None),
    "markdown": Sample("note.md", 1, "bad-note.md", "front matter that is no YAML", None),
}
