"""Articles in the Journal Article Tag Suite (https://jats.nlm.nih.gov/), as PubMed Central and publishers have them."""

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, as_number, iso, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.xml_stream import Form, read_records, root
from kg.sources.xml_text import blocks_of, lines_of, one_line_of

#: The full text and what belongs to it; only what stands before it is read.
SKIPPED = frozenset(("body", "back", "floats-group", "sub-article", "response", "aff", "permissions", "counts"))

FORM = Form("jats", records=frozenset(("article",)), skipped=SKIPPED)

#: Kinds of abstract that are no abstract of the paper for its readers.
_OTHER_ABSTRACTS = frozenset("graphical teaser toc key-points highlights editor-summary plain-language-summary".split())


def detect(head: str) -> bool:
    """Tell whether a text starts like such articles."""
    return root(head) in ("article", "pmc-articleset", "articles") and "article-meta" in head


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read articles in file order with flat memory; ``options`` mean nothing here."""
    yield from read_records(stream, FORM, lambda found, source: article(found.element, source), rejects=rejects)


def article(element: Element, source: Source) -> Paper:
    """Make a paper of an ``article`` element; raise `Unusable` where it cannot be one."""
    meta = element.find("front/article-meta")
    if meta is None:
        raise Unusable("no front/article-meta in this article")
    keys = {each.get("pub-id-type", ""): one_line_of(each) for each in meta.findall("article-id")}
    title = one_line_of(meta.find("title-group/article-title"))
    subtitle = one_line_of(meta.find("title-group/subtitle"))
    return paper(
        {
            "id": next(
                (f"{kind}:{keys[kind]}" for kind in ("pmid", "pmcid", "pmc", "publisher-id") if kind in keys), ""
            ),
            "title": f"{title.removesuffix(':')}: {subtitle}" if title and subtitle else title,
            "abstract": _abstract(meta),
            "authors": [name for group in meta.findall("contrib-group") for name in _names(group)],
            "date": _date(meta),
            "arxiv": keys.get("arxiv", ""),
            "doi": keys.get("doi", ""),
        },
        source,
    )


def _abstract(meta: Element) -> str:
    """Give the first abstract that is one, without its heading."""
    found = next((each for each in meta.findall("abstract") if each.get("abstract-type") not in _OTHER_ABSTRACTS), None)
    if found is None:
        return ""
    if (heading := found.find("title")) is not None:
        found.remove(heading)
    return blocks_of(found)


def _names(group: Element) -> Iterator[str]:
    for each in group.findall("contrib"):
        if each.get("contrib-type", "author") != "author":
            continue
        name = each.find("name")
        if name is None:
            name = each.find("name-alternatives/name")
        if name is not None:
            yield " ".join(text for tag in ("given-names", "surname", "suffix") for text in lines_of(name, tag))
        else:
            yield from lines_of(each, "collab") or lines_of(each, "string-name")


def _date(meta: Element) -> str:
    """Give the earliest date of publication."""
    found = []
    for each in meta.findall("pub-date"):
        year, month, day = (one_line_of(each.find(tag)) for tag in ("year", "month", "day"))
        numbers = [as_number(text) for text in (year, month, day if month else "")]
        if numbers[0] and (written := iso(*numbers)):
            found.append(written)
    return min(found, key=lambda text: (text + "-13-32"[len(text) - 4 :], text), default="")
