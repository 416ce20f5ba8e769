"""The readers of sources: every input ends in papers, rejects or an InputError, and no record is lost in between.

The first byte chooses the reader of the family, so that the first bytes of a format may be broken as well; the second
one packs the rest or cuts what is packed.
"""

import gzip
import io
import json
import lzma
import re
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from fuzz.counting import COUNTS
from fuzz.target import Target, hold
from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import READERS, recognise
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.tables import to_plain
from kg.text import clean
from tests.reader_sample import DATA

#: Readers that are fuzzed together, for their formats are alike, with the words of their formats.
FAMILIES: dict[str, tuple[str, ...]] = {
    "json": ("jsonl", "hf-api", "openalex", "semantic-scholar", "openreview", "conference"),
    "markup": ("arxiv-atom", "oai-pmh", "pubmed", "acl", "jats", "hf-html"),
    "text": ("csv", "ris", "bibtex", "markdown", "hf-daily"),
    "binary": ("parquet", "pdf"),
}

#: Bytes above which a seed is no help.
_LARGEST = 1 << 15

_DATE = re.compile(r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?)?", re.ASCII)

_DATA = Path(DATA)


def packings() -> list[tuple[str, bytes]]:
    """Name the ways to pack an input, with the one byte that asks for each."""
    return [(name, bytes((number,))) for number, name in enumerate(_PACKED)]


def _cut(data: bytes) -> bytes:
    """Pack and cut: the bytes stand as they are, so that the cut falls in a record."""
    packed = gzip.compress(data, 0, mtime=0)
    return packed[: len(packed) * 3 // 4]


#: Ways in which an input may reach a reader.
_PACKED = {
    "plain": bytes,
    "gz": partial(gzip.compress, compresslevel=1, mtime=0),
    "cut": _cut,
    "xz": partial(lzma.compress, preset=0),
    "utf-16": lambda data: data.decode("utf-8", "replace").encode("utf-16"),
    "bom": lambda data: b"\xef\xbb\xbf" + data,
}


def unpacked(family: str, data: bytes) -> tuple[str, str, bytes]:
    """Give the reader, the packing and the content that an input means."""
    names, ways = FAMILIES[family], list(_PACKED)
    head = data[:2].ljust(2, b"\0")
    return names[head[0] % len(names)], ways[head[1] % len(ways)], data[2:]


def check(family: str, data: bytes) -> None:
    """Read an input twice and hold the reader to what every reader promises."""
    name, packing, content = unpacked(family, data)
    given = _PACKED[packing](content)
    first, second = _read(name, given), _read(name, given)
    hold(first == second, f"{name} reads the same bytes the same way")
    papers, rejects, error, damage = first
    for paper in papers:
        _check_paper(name, paper)
    for reject in rejects:
        hold(reject.reason.strip(), f"a reject of {name} says why")
        hold(len(reject.excerpt) <= 120, f"a reject of {name} is cut short")
        json.dumps(to_plain(reject), ensure_ascii=False).encode()
    hold(not error or error.startswith("a.bin"), f"an error of {name} names the file")
    if not error and packing in ("plain", "gz", "xz", "bom") and name in COUNTS:
        wanted = COUNTS[name](content)
        found = len(papers) + len(rejects)
        hold(wanted is None or found >= wanted, f"{name} loses no record", wanted, found)
    hold(packing != "cut" or damage or error, f"a cut file of {name} is known as one")


def _read(name: str, data: bytes) -> tuple[list[Paper], list[Reject], str, str]:
    """Give papers, rejects, the error that ended reading, and the damage that was met."""
    papers: list[Paper] = []
    rejects: list[Reject] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            stream = Stream(io.BytesIO(data), name="a.bin", shown="a.bin")
            recognise(stream.head.decode("utf-8", "replace"))
            if stream.binary and stream.binary != name:
                return [], [], "a.bin", ""
            papers.extend(READERS[name].read(stream, options=Options(), rejects=rejects.append))
        except InputError as error:
            return papers, rejects, str(error), ""
    return papers, rejects, "", stream.damage


def _check_paper(name: str, paper: Paper) -> None:
    said = f"a paper of {name} "
    hold(paper.title.strip() or paper.abstract.strip(), said + "has a title or an abstract")
    for text in (paper.title, paper.abstract, paper.key, paper.arxiv, paper.doi, *paper.authors, *paper.categories):
        hold(text == clean(text), said + "has clean texts")
    hold(all(text.strip() for text in (*paper.authors, *paper.categories)), said + "has no empty names")
    hold(_DATE.fullmatch(paper.date), said + "has a date in ISO 8601", paper.date)
    hold(("title-only" in paper.flags) == (not paper.abstract), said + "is flagged where it has only a title")
    (source,) = paper.sources
    hold((source.reader, source.name) == (name, "a.bin") and source.record >= 1, said + "says where it comes from")
    json.dumps(to_plain(paper), ensure_ascii=False).encode()


def _seeds(family: str) -> Iterator[bytes]:
    for number, name in enumerate(FAMILIES[family]):
        for path in sorted(_DATA.iterdir()):
            content = path.read_bytes()
            if (
                path.suffix != ".gz"
                and len(content) <= _LARGEST
                and recognise(content[: 1 << 16].decode("utf-8", "replace")) == name
            ):
                yield bytes((number, 0)) + content
                if path.stem in name:
                    yield from (bytes((number,)) + mark + content for _, mark in packings()[1:])


_WORDS = {
    "json": "title abstract summary authors id arxiv doi date year content value notes results data papers null true "
    '1e999 NaN Infinity -0 \\ud800 \\u0000 {" "} [] {} ": ",\n',
    "markup": "<entry> </entry> <record> <title> </title> <summary> <PubmedArticle> <paper> <article> <!DOCTYPE "
    "<!ENTITY <![CDATA[ ]]> <!-- --> &amp; &eacute; &#0; &#xD800; xmlns= <?xml encoding= <Year> <year> <month> <p>",
    "text": 'TY  - ER  - TI  - AB  - PMID- FN  PT  ER @article{ @string{ @comment{ title={ }, author= and # \\"{o} '
    'title,abstract,authors " "" ; \t --- \n--- abstract: Abstract upvotes Published on',
    "binary": "%PDF-1.4 obj endobj stream endstream trailer startxref xref /Type /Page /Filter /FlateDecode PAR1",
}


def targets() -> dict[str, Target]:
    """Give a target for each family."""
    return {
        f"readers-{family}": Target(
            f"the readers {', '.join(names)}: no error but InputError, no record lost, the same twice",
            partial(check, family),
            partial(_seeds, family),
            tuple(_WORDS[family].split(" ")),
            longest=1 << 15,
        )
        for family, names in FAMILIES.items()
    }
