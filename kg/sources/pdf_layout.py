"""Find title, abstract and arXiv stamp among the lines of a paper's first pages."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kg.sources.fields import arxiv_id, date

#: A longer stretch of large type is no title.
LONGEST_TITLE = 400

#: A shorter stretch under the heading is no abstract.
SHORTEST_ABSTRACT = 100

_HEADING = re.compile(r"(?:a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|s\s?ummary)\s*(?:[.:—–-]+\s*(?P<same>.*))?", re.I)
_RUN_IN = re.compile(
    r"(?:abstract|summary)\s*(?:[.:—–]+|-+\s)\s*(?P<same>\S.*)|abstract\s+(?P<said>(?-i:[A-Z])\S* .*)", re.I
)
_STOP = re.compile(
    r"(?:(?:\d+|I)\.?\s+)?(?:introduction|i\s?ntroduction|1\s+intro)\b.{0,20}"
    r"|(?:keywords?|key\s?words|index\s+terms|ccs\s+concepts|categories and subject descriptors|acm reference format"
    r"|general terms|additional key words)\b.*|1\.?(?:\s+[A-Z].{0,60})?|[∗*†‡]\s?(?:equal|corresponding|work done).*"
    r"|(?:code|project page|website)\s*:\s*http.*",
    re.I,
)
_FURNITURE = re.compile(
    r"(?:arxiv:|preprint|published as|under review|accepted|proceedings of|journal of|ieee transactions|vol\.|doi:"
    r"|https?:|copyright|©|\d{1,4}$)",
    re.I,
)
_STAMP = re.compile(
    r"arxiv:(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?:\[(?P<category>[\w.-]+)\])?"
    r"(?P<day>\d{1,2})?(?P<month>[a-z]{3})?(?P<year>\d{4})?",
    re.I,
)
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its page (from 0), its box as shares of the page from below left, how large and how set."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    upright: bool = True
    bold: bool = False


def title(lines: Sequence[Line]) -> str:
    """Give the largest text of the upper half of the first page, or the bold one where all is of one size."""
    top = [line for line in lines if line.page == 0 and line.upright and line.bottom > 0.4]
    top.sort(key=lambda line: (-line.bottom, line.left))
    named = (_HEADING.fullmatch(line.text) or _RUN_IN.match(line.text) for line in top)
    ends = next((place for place, found in enumerate(named) if found), None)
    top = [line for line in top[:ends] if not _FURNITURE.match(line.text)]
    letters = [line for line in top if sum(sign.isalpha() for sign in line.text) > 3]
    if not letters:
        return ""
    size = max(line.size for line in letters)
    body = median(line.size for line in lines if line.upright)
    found: list[Line] = []
    for line in letters:
        large = line.size > size - 0.6 if size > body * 1.08 else line.bold
        if large:
            if found and found[-1].bottom - line.bottom > 0.07:
                break
            found.append(line)
        elif found:
            break
    text = joined([line.text for line in found])
    return text if len(text) <= LONGEST_TITLE else ""


def abstract(lines: Sequence[Line]) -> str:
    """Give the text between the heading of the abstract and what follows it, in its own column."""
    for head in lines:
        match = _HEADING.fullmatch(head.text) or _RUN_IN.fullmatch(head.text)
        if match is None or not head.upright:
            continue
        groups = match.groupdict()
        same = groups.get("same") or groups.get("said") or ""
        text = joined([*([same] if same else []), *_below(head, lines)])
        if len(text) >= SHORTEST_ABSTRACT:
            return text
    return ""


def _below(head: Line, lines: Sequence[Line]) -> list[str]:
    """Give the lines of the heading's column below it, as far as the next heading."""
    under = [line for line in lines if line.page == head.page and line.upright and line.bottom < head.bottom - 0.001]
    under.sort(key=lambda line: (-line.bottom, line.left))
    column = [line for line in under if line.left < head.right and line.right > head.left][:3]
    if not column:
        return []
    left, right = min(line.left for line in column) - 0.02, max(line.right for line in column) + 0.02
    found: list[str] = []
    above = head.bottom
    for line in under:
        if not (left <= line.left and line.right <= right):
            continue
        if _STOP.fullmatch(line.text) or (found and above - line.bottom > 0.06) or line.size > head.size + 3:
            break
        found.append(line.text)
        above = line.bottom
    return found


def stamp(lines: Sequence[Line]) -> tuple[str, str, str]:
    """Give arXiv id, category and date of the stamp in the margin, which stands upright, or nothing for each."""
    turned = sorted((line for line in lines if line.page == 0 and not line.upright), key=lambda line: line.bottom)
    match = _STAMP.search(re.sub(r"\s", "", "".join(line.text for line in turned)))
    if match is None:
        return "", "", ""
    parts = (match["day"], match["month"], match["year"])
    return arxiv_id(match["id"]), match["category"] or "", date(" ".join(parts)) if all(parts) else ""


def joined(lines: Sequence[str]) -> str:
    """Join lines, undoing the breaks of words and the joins of letters.

    >>> joined(["An eﬃcient lan-", "guage model of state-of-the-", "art size"])
    'An efficient language model of state-of-the-art size'
    """
    text = ""
    for line in lines:
        line = line.translate(_LIGATURES).replace("\u00ad", "-").strip()
        last = text.rpartition(" ")[2]
        if last.endswith("-") and line[:1].islower() and len(last) > 1:
            text = (text if "-" in last[:-1] else text[:-1]) + line
        else:
            text = f"{text} {line}" if text and not last.endswith(("-", "/")) else text + line
    return " ".join(text.split())
