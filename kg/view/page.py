"""Write the graph page: choose how much of the graph it holds, say so, and keep within the budget of bytes."""

import base64
import gzip
import io
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, BinaryIO

from kg import quotes
from kg.config import Config
from kg.selection import Selection, conditions, missing_dates, select
from kg.tables import Tables
from kg.view.bundle import fill
from kg.view.choice import Choice, Graph, choose, choose_around, read
from kg.view.escape import as_json
from kg.view.payload import Detail, Picture, draw, payload
from kg.view.sides import Sides, compared
from kg.view.wording import Asked, PageInfo, Totals, describe, opening, told_claims

#: Entities up to which all are drawn at once, those a page holds at most, and those a summary holds.
ALL, MOST, SUMMARY = 2_000, 20_000, 5_000
#: Entities from which on, and bytes from which on, a page is a summary: communities and the best entities.
HUGE, LARGEST = 100_000, 20_000_000

#: Bytes of a page by its number of entities; between two of these, in proportion.
BUDGET = ((0, 1_000_000), (1_000, 1_000_000), (5_000, 4_000_000), (20_000, 4_000_000))
#: Bytes of data from which on they are compressed.
PACKED = 600_000
#: Bytes that a byte of data takes at least when it is packed.
_PACKING = 0.33

#: How much is told, from all to little: the first that fits the budget is taken.
DETAILS = (
    Detail(8, 10_000, 10_000),
    Detail(8, 8, 24),
    Detail(6, 4, 12),
    Detail(4, 2, 8),
    Detail(3, 1, 5),
    Detail(2, 0, 3),
)

#: Bytes that the code of a page takes at most.
_CODE = 60_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a page is about: the tables and what was read of them, the title, and what was asked for."""

    tables: Tables
    graph: Graph
    totals: Totals
    selection: Selection
    threshold: float
    title: str = "Knowledge graph"
    dates: str = ""
    sides: Sides | None = None


def write_page(
    tables: Tables, config: Config, stream: BinaryIO, *, selection: Selection | None = None, limit: int | None = None
) -> PageInfo:
    """Write the page of a build, or of the part that ``selection`` names, with at most ``limit`` entities.

    An unknown name is a `KGError` that lists the nearest ones. The same tables give the same bytes.
    """
    return write(content(tables, config, selection or Selection()), stream, limit=limit)


def content(tables: Tables, config: Config, selection: Selection) -> Content:
    """Read the part of a build that a selection names; its neighbourhood is found when the page is written."""
    threshold = selection.min_confidence or config.export_threshold
    part = select(tables, replace(selection, around="", hops=1), threshold=threshold)
    graph = read(part, threshold)
    totals = Totals.of(graph if part is tables else read(tables, threshold))
    if selection.around:  # the conditions may not apply to it
        center = quotes.find(tables, selection.around)[0]
        graph.entities.setdefault(center.id, center)
    return Content(part, graph, totals, selection, threshold, dates=missing_dates(tables.papers(), selection))


def write(about: Content, stream: BinaryIO, *, limit: int | None = None) -> PageInfo:
    """Write a page in the greatest detail that its budget of bytes allows."""
    for mode in _modes(min(len(about.graph.entities), limit or len(about.graph.entities))):
        choice = chosen(about, min(limit or MOST, SUMMARY if mode == "summary" else MOST))
        asked = Asked(conditions(about.selection), about.dates, about.selection.hops, about.sides)
        info = describe(about.totals, about.graph, choice, mode, asked)
        page, info = _fit(about, choice, info)
        if len(page) <= LARGEST:
            break
    stream.write(page)
    return info


def chosen(about: Content, limit: int) -> Choice:
    """Choose what a page holds of its content: the best entities, or those around one."""
    if about.selection.around:
        return choose_around(about.graph, about.selection.around, about.selection.hops, limit)
    return choose(about.graph, limit)


def _modes(count: int) -> tuple[str, ...]:
    """Name the level of detail of a page of some entities, and the next one if it gets too large.

    >>> _modes(800)[0], _modes(8_000)[0], _modes(80_000)[0], _modes(800_000)[0]
    ('all', 'communities', 'backbone', 'summary')
    """
    if count > HUGE:
        return ("summary",)
    return ("all" if count <= ALL else "communities" if count <= MOST else "backbone", "summary")


def _fit(about: Content, choice: Choice, info: PageInfo) -> tuple[bytes, PageInfo]:
    """Make the most detailed page that fits the budget."""
    picture = draw(about.tables, about.graph, choice, DETAILS[0], others=info.mode == "backbone")
    room = budget(len(choice.entities)) - _CODE
    for detail in DETAILS:
        text, said = _data(about, picture, info, detail)
        if detail is not DETAILS[-1] and len(text) * _PACKING > room:
            continue
        element = as_element(text)
        if len(element) <= room:
            break
    return fill(element, title=about.title).encode("utf-8"), said


def _data(about: Content, picture: Picture, info: PageInfo, detail: Detail) -> tuple[str, PageInfo]:
    """Write the data of a page in some detail, and complete what it says of itself."""
    data = payload(picture, detail)
    count = len(picture.choice.entities)
    drawn = count if info.mode in ("all", "communities") else min(ALL, count)
    told = told_claims(len(data["claims"]["node"]), sum(len(links[: DETAILS[0].claims]) for links in picture.claims))
    opens = opening(info.mode, drawn, count, len(data["others"]["label"]))
    said = replace(info, message=" ".join(filter(None, (info.message, told, opens))))
    sides = compared(about.sides, data, picture.choice)
    return as_json(_top(about, said, drawn) | data | {"compare": sides}), said


def _top(about: Content, info: PageInfo, drawn: int) -> dict[str, Any]:
    """Give what a page says of itself."""
    return {
        "title": about.title,
        "message": info.message,
        "mode": info.mode,
        "threshold": round(about.threshold * 1000),
        "graph": asdict(about.totals) | {"drawn": drawn},
    }


def budget(count: int) -> int:
    """Give the bytes that a page of some entities may have.

    >>> budget(3_000)
    2500000
    """
    for (low, small), (high, large) in pairwise(BUDGET):
        if count <= high:
            return small + (large - small) * (count - low) // (high - low)
    return BUDGET[-1][1]


def as_element(text: str) -> str:
    """Put JSON into an inert script element, compressed where it is long (RFC 1952, RFC 4648)."""
    if len(text) < PACKED:
        return f'<script type="application/json" id="data">{text}</script>'
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as stream:
        stream.write(text.encode("ascii"))
    encoded = base64.b64encode(packed.getvalue()).decode("ascii")
    return f'<script type="application/octet-stream;base64" id="data-gz">{encoded}</script>'
