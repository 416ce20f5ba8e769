"""First pages of papers as PDF (ISO 32000): the title by its size, the abstract by its heading.

pdfminer.six finds the lines and their columns. What is not recognised is rejected, never guessed.
"""

import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, arxiv_id, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.pdf_layout import Line, abstract, stamp, title
from kg.text import clean

#: Pages that are looked at.
PAGES = 2

_NAMED = re.compile(r"(?<!\d)(\d{4}\.\d{4,5})(?:v\d+)?(?!\d)")


def detect(head: str) -> bool:
    """Tell whether a file starts like a PDF."""
    return head.startswith("%PDF")


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read the one paper of a file; ``options`` mean nothing here."""
    if stream.binary != "pdf":
        raise InputError(f"{stream.shown}: this is no PDF document; leave out --from, or name another form")
    try:
        import pdfminer
    except ImportError as error:
        raise InputError(
            f"{stream.shown}: this is a PDF document, and what reads them is not installed; "
            "install it with: pip install 'paper-kg[pdf]'"
        ) from error
    logging.getLogger(pdfminer.__name__).setLevel(logging.ERROR)  # it warns of every oddity of a font
    try:
        with stream.seekable() as file:
            lines = _lines(file)
        yield _paper(lines, stream)
    except Unusable as unusable:
        if stream.damage:
            return  # the cut is reported for the whole file
        rejects(Reject(stream.name, 1, unusable.reason, clean(unusable.excerpt[:120])))


def _paper(lines: list[Line], stream: Stream) -> Paper:
    if not any(line.text for line in lines):
        raise Unusable("no text on the first pages; run text recognition (OCR) on it, or give its title and abstract")
    heading = title(lines)
    text = abstract(lines)
    if not heading or not text:
        what = "title" if not heading else "abstract"
        raise Unusable(f"no {what} recognised on the first pages; give title and abstract in another form", heading)
    named = _NAMED.search(stream.name)
    arxiv, category, date = stamp(lines)
    record = {
        "title": heading,
        "abstract": text,
        "arxiv": arxiv or (arxiv_id(named[1]) if named else ""),
        "date": date,
        "categories": [category] if category else None,
    }
    return paper(record, Source("pdf", stream.name, 1))


def _lines(file: IO[bytes]) -> list[Line]:
    """Give the lines of the first pages in the order of reading."""
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams

    found: list[Line] = []
    try:
        pages = extract_pages(cast(io.IOBase, file), maxpages=PAGES, laparams=LAParams(boxes_flow=None))
        for number, page in enumerate(pages):
            found.extend(_of(page, number, (page.width or 1, page.height or 1)))
    except Exception as error:  # a broken file may raise anything in the parser
        if not found:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
            raise Unusable(f"a PDF document that cannot be read ({reason}); fetch it again") from error
    return found


def _of(element: Any, page: int, extent: tuple[float, float]) -> Iterator[Line]:
    """Give the lines of a part of a page, whose ``extent`` is its width and height."""
    from pdfminer.layout import LTChar, LTContainer, LTTextLine

    if isinstance(element, LTTextLine):
        signs = [sign for sign in element if isinstance(sign, LTChar)]
        text = " ".join(element.get_text().split())
        if signs and text:
            sizes = sorted(sign.size for sign in signs)
            bold = sum("bold" in sign.fontname.lower() or "cmbx" in sign.fontname.lower() for sign in signs)
            yield Line(
                text,
                page,
                left=element.x0 / extent[0],
                right=element.x1 / extent[0],
                bottom=element.y0 / extent[1],
                size=sizes[len(sizes) * 9 // 10],  # large enough for small capitals, not for one large initial
                upright=sum(sign.upright for sign in signs) * 2 > len(signs),
                bold=bold * 2 > len(signs),
            )
    elif isinstance(element, LTContainer):
        for inner in element:
            yield from _of(inner, page, extent)
