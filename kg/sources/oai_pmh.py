"""Answers of repositories in the Open Archives Initiative's protocol, arXiv's among them.

The protocol is https://www.openarchives.org/OAI/openarchivesprotocol.html; arXiv describes its formats at
https://info.arxiv.org/help/oa/index.html. An answer holds one part of a list: its ``resumptionToken`` asks the
repository for the next (``?verb=ListRecords&resumptionToken=…``), and parts are given to kg together, in any order.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element

from kg.model import Paper, Reject, Source
from kg.sources import arxiv_atom, jats
from kg.sources.fields import Unusable, arxiv_id, date, doi, paper
from kg.sources.identifiers import not_after_id
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.wrapping import paragraphs
from kg.sources.xml_stream import Form, Found, read_records, root
from kg.sources.xml_text import blocks_of, lines_of, one_line_of

#: Records, and the repository's errors, which stand where records would.
FORM = Form("oai-pmh", records=frozenset(("record", "error")), skipped=jats.SKIPPED)

_COMMENT = re.compile(r"Comments?:\s")


def detect(head: str) -> bool:
    """Tell whether a text starts like such an answer."""
    return root(head) in ("OAI-PMH", "ListRecords", "GetRecord")


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read records in file order with flat memory; ``options`` mean nothing here.

    A record that the repository deleted says nothing about its paper: it is rejected with that reason, and so is an
    error of the repository, with its code.
    """
    yield from read_records(stream, FORM, _paper, rejects=rejects)


def _paper(found: Found, source: Source) -> Paper:
    record = found.element
    if record.tag == "error":
        code, said = record.get("code", "unknown"), one_line_of(record)
        raise Unusable(f"the repository answered with the error {code} ({said}); correct the request and fetch again")
    header, metadata = record.find("header"), record.find("metadata")
    if header is not None and header.get("status") == "deleted":
        raise Unusable("deleted in the repository: there is no paper to read")
    if metadata is None or not len(metadata):
        raise Unusable("no metadata; fetch with verb=ListRecords or GetRecord, not ListIdentifiers")
    content = metadata[0]
    if content.tag == "article":
        return jats.article(content, source)
    if content.tag not in _FORMATS:
        raise Unusable(f"metadata in the format {content.tag}; fetch with metadataPrefix=arXiv, arXivRaw or oai_dc")
    key = one_line_of(header.find("identifier")) if header is not None else ""
    return paper({"id": key.removeprefix("oai:arXiv.org:"), **_FORMATS[content.tag](content)}, source)


def _arxiv(content: Element) -> dict[str, object]:
    key = one_line_of(content.find("id"))
    names = [
        " ".join(part for tag in ("forenames", "keyname", "suffix") if (part := one_line_of(author.find(tag))))
        for author in content.findall("authors/author")
    ]
    return _common(content, key) | {"authors": names, "date": not_after_id(one_line_of(content.find("created")), key)}


def _arxiv_raw(content: Element) -> dict[str, object]:
    written = arxiv_atom.names(one_line_of(content.find("authors")))
    first = content.find("version[@version='v1']/date")
    return _common(content, one_line_of(content.find("id"))) | {"authors": written, "date": one_line_of(first)}


def _common(content: Element, key: str) -> dict[str, object]:
    return {
        "id": key,
        "title": one_line_of(content.find("title")),
        "abstract": paragraphs(content.findtext("abstract", "")),
        "categories": one_line_of(content.find("categories")),
        "doi": one_line_of(content.find("doi")).partition(" ")[0],  # some name several
    }


def _dublin_core(content: Element) -> dict[str, object]:
    """Read https://www.openarchives.org/OAI/2.0/oai_dc/, where every element may come several times."""
    told = lines_of(content, "identifier") + lines_of(content, "relation")
    bodies = [text for child in content.findall("description") if not _COMMENT.match(text := _description(child))]
    days = sorted(day for text in lines_of(content, "date") if (day := date(text)))
    return {
        "title": next(iter(lines_of(content, "title")), ""),
        "abstract": max(bodies, key=len, default=""),
        "authors": [_turned(name) for name in lines_of(content, "creator")],
        "date": days[0] if days else "",
        "categories": lines_of(content, "subject"),
        "arxiv": next((found for text in told if (found := arxiv_id(text))), ""),
        "doi": next((found for text in told if not arxiv_id(text) and (found := doi(text))), ""),
    }


def _description(element: Element) -> str:
    return paragraphs("".join(element.itertext())) if not len(element) else blocks_of(element)


def _turned(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and "," not in given else name


#: Metadata element -> how its fields are read.
_FORMATS: Mapping[str, Callable[[Element], dict[str, object]]] = MappingProxyType(
    {"arXiv": _arxiv, "arXivRaw": _arxiv_raw, "dc": _dublin_core}
)
