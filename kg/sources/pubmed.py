"""PubMed and MEDLINE citations in XML, as NLM publishes them (https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/)."""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from kg.model import Paper, Reject, Source
from kg.sources.fields import MONTHS, Unusable, as_number, iso, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.xml_stream import Form, Found, read_records, root
from kg.sources.xml_text import blocks_of, one_line_of

#: Articles and chapters; what they cite is passed over.
FORM = Form(
    "pubmed",
    records=frozenset(("PubmedArticle", "PubmedBookArticle", "MedlineCitation")),
    skipped=frozenset(("ReferenceList", "CommentsCorrectionsList", "AffiliationInfo", "History")),
)

_IN_BRACKETS = re.compile(r"\[(.*)\]")
_MEDLINE_DATE = re.compile(r"(?P<year>\d{4})(?:\s*(?P<month>[A-Za-z]{3}))?")


def detect(head: str) -> bool:
    """Tell whether a text starts like such a file."""
    return root(head) in ("PubmedArticleSet", "MedlineCitationSet", "PubmedBookArticleSet", *FORM.records)


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read citations in file order with flat memory; ``options`` mean nothing here."""
    yield from read_records(stream, FORM, _paper, rejects=rejects)


def _paper(found: Found, source: Source) -> Paper:
    element = found.element
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else element.find("BookDocument")
    if article is None:
        raise Unusable("no Article in this citation")
    title = article.find("ArticleTitle")
    if title is None:
        title = article.find("Book/BookTitle")
    number = one_line_of((citation if citation is not None else article).find("PMID"))
    return paper(
        {
            "id": f"pmid:{number}" if number else "",
            "title": _title(one_line_of(title)),
            "abstract": "\n".join(_sections(article)),
            "authors": [name for author in article.findall("AuthorList/Author") if (name := _name(author))],
            "date": _date(article),
            "doi": _doi(element, article),
        },
        source,
    )


def _title(text: str) -> str:
    """Take off what PubMed adds: the full stop, and the brackets around a translation.

    >>> _title("[Networks that forget.]"), _title("Do networks forget?")
    ('Networks that forget', 'Do networks forget?')
    """
    inside = _IN_BRACKETS.fullmatch(text.removesuffix("."))
    text = inside[1] if inside else text
    return text if text.endswith("..") else text.removesuffix(".")


def _sections(article: Element) -> Iterator[str]:
    """Give the parts of an abstract, each after its label if it has one."""
    for part in article.findall("Abstract/AbstractText"):
        label, text = part.get("Label", ""), blocks_of(part)
        if text:
            yield f"{label}: {text}" if label and label != "UNLABELLED" else text


def _name(author: Element) -> str:
    given = one_line_of(author.find("ForeName")) or one_line_of(author.find("Initials"))
    parts = (given, one_line_of(author.find("LastName")), one_line_of(author.find("Suffix")))
    return " ".join(part for part in parts if part) or one_line_of(author.find("CollectiveName"))


def _date(article: Element) -> str:
    """Give the day of the electronic article, or the date of the issue as precisely as it is known."""
    for path in ("ArticleDate", "Journal/JournalIssue/PubDate", "Book/PubDate"):
        found = article.find(path)
        if found is None:
            continue
        year, month, day = (one_line_of(found.find(tag)) for tag in ("Year", "Month", "Day"))
        if written := iso(as_number(year), _month(month), as_number(day) if _month(month) else 0):
            return written
        if match := _MEDLINE_DATE.match(one_line_of(found.find("MedlineDate"))):
            return iso(int(match["year"]), _month(match["month"] or ""))
    return ""


def _month(text: str) -> int:
    return as_number(text) or MONTHS.get(text[:3].lower(), 0)


def _doi(element: Element, article: Element) -> str:
    for place in article.findall("ELocationID[@EIdType='doi']"):
        if place.get("ValidYN", "Y") == "Y":
            return one_line_of(place)
    listed = element.find("PubmedData/ArticleIdList/ArticleId[@IdType='doi']")
    return one_line_of(listed if listed is not None else article.find("ArticleIdList/ArticleId[@IdType='doi']"))
