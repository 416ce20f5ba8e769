"""Bibliographies of lines with tags: RIS, the plain text of Web of Science, and PubMed's MEDLINE (.nbib).

RIS is Research Information Systems' format as Zotero, Mendeley, EndNote and publishers write it. Web of Science
explains its tags in "Web of Science Core Collection Field Tags", the National Library of Medicine its own in
"MEDLINE/PubMed Data Element (Field) Descriptions".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, arxiv_id, date, doi, iso, paper
from kg.sources.identifiers import arxiv_within, doi_within, month, not_after_id, slashed
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.text import clean

#: A record of so many lines is none.
LONGEST_RECORD = 1 << 16

#: Tags with their values in the order of the file.
_Tags = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Dialect:
    """A format of tagged lines: how a record and a tag look, and which tags hold what."""

    start: re.Pattern[str]
    tag: re.Pattern[str]
    #: Field of a record -> the tags that may hold it, the best first.
    tags: Mapping[str, tuple[str, ...]]


_RIS = _Dialect(
    re.compile(r"\s*TY  ?- ?"),
    re.compile(r"\s*([A-Z][A-Z0-9])  ?-(?: |$)(.*)", re.DOTALL),
    {
        "title": ("TI", "T1", "CT", "BT"),
        "abstract": ("AB", "N2"),
        "authors": ("AU", "A1"),
        "date": ("DA", "PY", "Y1"),
        "doi": ("DO", "M3", "UR"),
        "id": ("ID",),
        "arxiv": ("AN", "UR", "L1", "L2", "M1", "JO", "JF", "T2", "PB", "C1", "DO"),
    },
)
_MEDLINE = _Dialect(
    re.compile(r"PMID- "),
    re.compile(r"([A-Z]{2,4}) {0,2}- (.*)", re.DOTALL),
    {
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("FAU", "AU"),
        "date": ("DP", "DEP"),
        "doi": ("LID", "AID"),
        "id": ("PMID",),
        "arxiv": ("AID", "LID", "PMC"),
    },
)
_WEB_OF_SCIENCE = _Dialect(
    re.compile(r"PT "),
    re.compile(r"([A-Z][A-Z0-9])(?: |$)(.*)", re.DOTALL),
    {
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("AF", "AU"),
        "date": ("PY",),
        "month": ("PD",),
        "doi": ("DI",),
        "id": ("UT",),
        "arxiv": ("AR", "DI"),
    },
)

_DETECTED = re.compile(r"\s*(?:TY  ?- ?[A-Z]|PMID- ?\d|FN [^\n]+\nVR |PT [A-Z]\n)")
_END = re.compile(r"\s*E[RF]\s*(?:-\s*)?$")


def detect(head: str) -> bool:
    """Tell whether a text starts like a record of tagged lines."""
    return _DETECTED.match(head.replace("\r\n", "\n").replace("\r", "\n")) is not None


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read records in file order, numbered by the line they start on; ``options`` mean nothing here."""
    dialect = _dialect(stream.head.decode("utf-8", "replace"))
    for line, lines in _records(stream, dialect):
        text = "".join(lines)
        if stream.damage and not stream.bytes.peek(1) and not _END.match(lines[-1]):
            return  # the cut is reported for the whole file
        try:
            if wrong := stream.misread(text):
                raise Unusable(wrong)
            if len(lines) > LONGEST_RECORD:
                raise Unusable(f"a record of {len(lines)} lines or more; end records with an ER line")
            yield paper(_record(_tags(lines, dialect), dialect), Source("ris", stream.name, line))
        except Unusable as unusable:
            rejects(Reject(stream.name, line, unusable.reason, clean(" ".join(text[:240].split())[:120])))


def _dialect(head: str) -> _Dialect:
    if _MEDLINE.start.match(head.lstrip()):
        return _MEDLINE
    return _WEB_OF_SCIENCE if re.match(r"(?:FN|VR|PT) ", head.lstrip()) else _RIS


def _records(stream: Stream, dialect: _Dialect) -> Iterator[tuple[int, list[str]]]:
    """Cut the file into records: each begins with its first tag, whether the one before was ended or not."""
    lines: list[str] = []
    begun = 0
    for number, line in stream.lines():
        if dialect.start.match(line):
            if lines:
                yield begun, lines
            lines, begun = [line], number
        elif lines and len(lines) <= LONGEST_RECORD:
            lines.append(line)
            if _END.match(line):
                yield begun, lines
                lines = []
    if lines:
        yield begun, lines


def _tags(lines: list[str], dialect: _Dialect) -> _Tags:
    """Gather the values of each tag; a line without a tag goes on with the one before."""
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for line in lines:
        if match := dialect.tag.match(line):
            last = found.setdefault(match[1], [])
            last.append(match[2].strip())
        elif last is found.get("AU") or last is found.get("AF"):  # Web of Science: a name a line
            last.append(line.strip())
        elif last and line.strip():
            last[-1] = f"{last[-1]} {line.strip()}"
    return found


def _record(tags: _Tags, dialect: _Dialect) -> dict[str, object]:
    """Give what `fields.paper` needs."""
    values = {
        name: [text for tag in found for text in tags.get(tag, ()) if text] for name, found in dialect.tags.items()
    }
    ids = (arxiv_id(text) for text in values["arxiv"])
    arxiv = next(filter(None, ids), "") or arxiv_within(values["arxiv"])
    authors = next((tags[tag] for tag in dialect.tags["authors"] if tags.get(tag)), [])
    return {
        "id": next(iter(values["id"]), ""),
        "title": next(iter(values["title"]), ""),
        "abstract": next(iter(values["abstract"]), ""),
        "authors": [name for name in authors if name],
        "date": not_after_id(_date(values["date"], next(iter(values.get("month", ())), "")), arxiv),
        "doi": next((found for text in values["doi"] if (found := _doi(text))), ""),
        "arxiv": arxiv,
    }


def _date(texts: list[str], months: str) -> str:
    """Give the most exact of some dates; the first one as it stands where none can be read."""
    found = [when for text in texts if (when := date(text) or slashed(text) or _pubmed(text))]
    best = max(found, key=len, default="")
    if len(best) == 4 and (number := month(months)):
        return iso(int(best), number)
    return best or next(iter(texts), "")


def _pubmed(text: str) -> str:
    """Read a date as PubMed writes it: 2021 Jun 17, 2021 Jun-Jul, 20210617."""
    match = re.match(r"(\d{4})(?: ([A-Za-z]{3})(?: (\d{1,2}))?|(\d\d)(\d\d)$)?", text)
    if match is None:
        return ""
    number = month(match[2]) if match[2] else int(match[4] or 0)
    return iso(int(match[1]), number, int(match[3] or match[5] or 0) if number else 0) or match[1]


def _doi(text: str) -> str:
    """Give the DOI of a value such as ``10.1000/a [doi]``, a link to it, or a bare one."""
    return doi(text.removesuffix("[doi]")) or doi_within(text)
