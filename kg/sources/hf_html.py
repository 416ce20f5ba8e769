"""Hugging Face Daily Papers pages as a browser saves them: the list of a day, week or month, and the page of one paper.

The pages carry their data as JSON in the attribute ``data-props`` of the elements that the site brings to life; where a
browser or a tool dropped it, the cards of a list still show titles and arXiv ids, and a paper's page its abstract.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources import hf_papers
from kg.sources.fields import Unusable
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.wrapping import one_line
from kg.sources.xml_stream import EXCERPT, root
from kg.text import clean

_MARKS = re.compile(
    r"huggingface\.co/papers|data-target=[\"'](?:DailyPapers|PaperContent)|<title>(?:Daily Papers|Paper page) - "
)
_LINK = re.compile(r"(?:https?://huggingface\.co)?/papers/(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?/?(?:[?#].*)?")
_ARXIV_LINK = re.compile(r"https?://arxiv\.org/abs/([^?#]+)")

_PROPS = re.compile(r"\bdata-props\s*=\s*([\"'])")
_HREF = re.compile(r"\bhref\s*=\s*([\"'])([^\"']*)\1")

#: Headings, paragraphs and links; other tags; text.
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>h[123]|p|a)(?=[\s>/])(?P<attributes>[^<>]*)>|<[/!?A-Za-z][^<>]*>|(?P<text>[^<]+)|<",
    re.IGNORECASE,
)


def detect(head: str) -> bool:
    """Tell whether a text starts like a web page of the Daily Papers."""
    return root(head).lower() in ("html", "head", "body", "main") and _MARKS.search(head) is not None


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read the papers of one page in their order; ``options`` mean nothing here."""
    records = list(_records(_Page(stream.text())))
    if not records and stream.damage:
        raise InputError(f"{stream.shown}: {stream.damage}, and no paper stands before that; fetch the file again")
    if not records:
        raise InputError(
            f"{stream.shown}: a web page without papers of Hugging Face Daily Papers; open "
            "https://huggingface.co/papers in a browser, wait until the papers show, and save the page"
        )
    for number, record in enumerate(records, start=1):
        try:
            if isinstance(record, Unusable):
                raise record
            yield hf_papers.entry(record, Source("hf-html", stream.name, number))
        except Unusable as unusable:
            excerpt = unusable.excerpt or json.dumps(record, ensure_ascii=False, default=str)
            rejects(Reject(stream.name, number, unusable.reason, clean(excerpt[:EXCERPT])))


def _records(page: "_Page") -> Iterator[Mapping[str, object] | Unusable]:
    """Give the data inside the page, or what its cards show, or the one paper it is about."""
    found = False
    for props in page.props:
        for record in _entries(props):
            found = found or not isinstance(record, Unusable)
            yield record
    if found:
        return
    if page.cards:
        yield from ({"id": key, "title": title} for key, title in page.cards)
    elif page.title and (page.abstract or page.arxiv):
        yield {"id": page.arxiv, "title": page.title, "summary": "\n\n".join(page.abstract)}


def _entries(props: str) -> Iterator[Mapping[str, object] | Unusable]:
    """Give the papers in the data of one element, if papers are what it holds."""
    if '"dailyPapers"' not in props and '"paper"' not in props:
        return
    try:
        data = json.loads(props, strict=False)
    except (ValueError, RecursionError) as error:
        yield Unusable(f"the data inside the page is no valid JSON ({error}); save the page again", props)
        return
    if not isinstance(data, dict):
        return
    listed = data.get("dailyPapers")
    if isinstance(listed, list):
        yield from (
            each if isinstance(each, dict) else Unusable("an entry of dailyPapers that is no object", json.dumps(each))
            for each in listed
        )
    elif isinstance(paper := data.get("paper"), dict) and "summary" in paper:
        yield data


class _Page:
    """The data, the cards and the visible parts of a paper on a page.

    The few elements that matter are sought in one pass; the standard library's parser takes quadratic time on some
    broken pages.
    """

    def __init__(self, text: str) -> None:
        #: The data of elements, undecoded.
        self.props = list(_props(text))
        #: arXiv id and title of each card.
        self.cards: list[tuple[str, str]] = []
        self.title = ""
        self.arxiv = ""
        self.abstract: list[str] = []
        self._in_abstract = False
        self._card = ""
        self._tag = ""
        self._text: list[str] = []
        for token in _TOKEN.finditer(text):
            if token["text"]:
                self._text.append(token["text"])
            elif token["name"]:
                self._take(token["name"].lower(), token["attributes"], ended=bool(token["end"]))

    def _take(self, tag: str, attributes: str, *, ended: bool) -> None:
        """Start to gather the text of a heading or paragraph, end it, or note a link."""
        if tag == "a":
            if not ended and (match := _HREF.search(attributes)):
                self._link(html.unescape(match[2]))
        elif not ended:
            self._tag, self._text, self._card = tag, [], ""
        elif tag == self._tag:
            self._file(tag, one_line(html.unescape("".join(self._text))))
            self._tag = ""

    def _file(self, tag: str, text: str) -> None:
        if tag == "h3" and self._card:
            self.cards.append((self._card, text))
        elif tag == "h1" and not self.title:
            self.title = text
        elif tag == "h2":
            self._in_abstract = text == "Abstract"
        elif tag == "p" and self._in_abstract and text:
            self.abstract.append(text)

    def _link(self, target: str) -> None:
        if self._tag == "h3" and (match := _LINK.fullmatch(target)):
            self._card = match[1]
        elif not self.arxiv and (match := _ARXIV_LINK.fullmatch(target)):
            self.arxiv = match[1]


def _props(text: str) -> Iterator[str]:
    """Give the values of all ``data-props``.

    >>> list(_props("<div data-props='{&quot;a&quot;:1}'></div>"))
    ['{"a":1}']
    """
    for match in _PROPS.finditer(text):
        end = text.find(match[1], match.end())
        if end < 0:  # the page is cut
            return
        yield html.unescape(text[match.end() : end])
