"""Mark stretches of a text in HTML, however they nest or overlap."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A stretch ``[start, end)`` to mark, the class of the mark, and the name it tells."""

    start: int
    end: int
    kind: str
    name: str


def marked(text: str, marks: Iterable[Mark]) -> str:
    """Escape a text and wrap marks around its stretches, the longer ones outside; what overlaps is split.

    >>> marked("a & b", [Mark(0, 5, "K", "whole"), Mark(4, 5, "L", "part")]).count("<mark")
    3
    """
    inside = sorted({Mark(max(one.start, 0), min(one.end, len(text)), one.kind, one.name) for one in marks})
    inside = [one for one in inside if one.start < one.end]
    edges = sorted({0, len(text), *(edge for one in inside for edge in (one.start, one.end))})
    parts, waiting, open_ = [], list(reversed(inside)), list[Mark]()
    for start, end in pairwise(edges):
        while waiting and waiting[-1].start <= start:
            open_.append(waiting.pop())
        open_ = [one for one in open_ if one.end > start]
        piece = html.escape(text[start:end])
        # The shortest is wrapped first, so that it is innermost.
        for one in sorted(open_, key=lambda one: (one.end - one.start, one)):
            piece = f"<mark {_attributes(one, last=one.end == end, first=one.start == start)}>{piece}</mark>"
        parts.append(piece)
    return "".join(parts)


def short(kind: str) -> str:
    """Abbreviate a kind: by its first letter, or two where another kind has it.

    >>> short("Method"), short("Metric")
    ('M', 'Me')
    """
    return kind[:2] if kind == "Metric" else kind[:1]


def _attributes(mark: Mark, *, first: bool, last: bool) -> str:
    """Write the attributes of a piece of a mark; only its last piece shows the letter of its kind."""
    classes = " ".join([html.escape(mark.kind), *(["on"] if not first else []), *(["cut"] if not last else [])])
    letter = f' data-kind="{html.escape(short(mark.kind))}"' if last else ""
    told = mark.name if mark.kind in ("head", "tail") else f"{mark.name} ({mark.kind})"
    return f'class="{classes}" title="{html.escape(told)}"{letter}'
