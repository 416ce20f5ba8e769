"""Measure the graph page against its budget at several sizes, with pyvis and sigma 3 beside it in the same run.

usage: python -m benchmarks.page WORKSPACE [--sizes 1000 5000 20000] [--cache DIR] [-o FILE.json] [--ours]

WORKSPACE is a build of enough papers; its best-supported entities make the graphs. sigma comes from the npm registry
into the cache (needs npm once). A fixed loop, timed before each page, scales the limits: on a machine, or at a moment,
half as fast, they are twice as wide; they are never narrower than written. Exit status 1 when a limit is passed.
"""

import argparse
import base64
import gzip
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.page import rivals
from benchmarks.page.graphs import subset
from benchmarks.page.measure import calibrate, calibrate_python, see
from benchmarks.results import about, save
from kg.config import Config
from kg.tables import Tables
from kg.view import page as kg_page
from kg.workspace import Workspace
from tests.browser import QUIET, payload

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Milliseconds of the fixed loops on the machine whose figures the limits are made for, when it is quiet.
QUIET_LOOP, QUIET_PYTHON = 15.0, 88.0

#: Size -> the most each figure may be: bytes, seconds (first, longest, layout) and milliseconds (pan, search).
LIMITS: dict[int, dict[str, float]] = {
    1000: {"code": 60_000, "page": 1_000_000, "first": 1.0},
    5000: {"code": 60_000, "page": 4_000_000, "first": 3.0, "longest": 1.5, "pan": 100, "pan_open": 100, "layout": 5},
    20000: {"code": 60_000, "data": 3_000_000, "first": 6.0, "search": 50, "layout": 30},
}

#: Figures that a slower machine makes larger, with the loop that tells how much.
SCALED = {"first": "loop", "longest": "loop", "pan": "loop", "pan_open": "loop", "search": "loop", "layout": "python"}

#: Columns of the table: figure, heading, digits after the point, divisor.
COLUMNS = (
    ("page", "page kB", 0, 1000),
    ("data", "data kB", 0, 1000),
    ("code", "code kB", 1, 1000),
    ("plain", "unpacked", 1, 1000),
    ("first", "usable s", 2, 1),
    ("longest", "longest task s", 2, 1),
    ("pan", "pan p95 ms", 0, 1),
    ("pan_open", "all shown ms", 0, 1),
    ("search", "key ms", 0, 1),
    ("layout", "layout s", 1, 1),
    ("write", "write s", 1, 1),
)


@dataclass(slots=True)
class Row:
    """The figures of one page; ``over`` names those beyond their limit."""

    page: str
    entities: int
    relations: int
    loop: float
    figures: dict[str, float | None] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)


def parts(html: bytes) -> dict[str, float]:
    """Give the bytes of our page, of its data (compressed, without base64, where they are) and of its code.

    The code travels compressed as well; ``plain`` is what it is as the browser runs it.
    """
    inside = {}
    for name in (b'id="data', b'id="code"'):
        start = html.index(b">", html.index(name)) + 1
        inside[name] = html[start : html.index(b"</script>", start)]
    data, code = inside.values()
    rest = len(html) - len(data)
    plain = rest - len(code) + len(gzip.decompress(base64.b64decode(code)))
    packed = b'id="data-gz"' in html
    return {"page": len(html), "data": len(data) * 3 // 4 if packed else len(data), "code": rest, "plain": plain}


def write_ours(tables: Tables, path: Path) -> dict[str, float]:
    """Write our page; give its sizes and the seconds of writing and, as part of it, of layout and communities."""
    spent = 0.0
    draw = kg_page.draw

    def timed(*values: Any, **options: Any) -> Any:
        nonlocal spent
        start = time.perf_counter()
        try:
            return draw(*values, **options)
        finally:
            spent += time.perf_counter() - start

    kg_page.draw = timed
    start = time.perf_counter()
    try:
        with path.open("wb") as stream:
            kg_page.write_page(tables, Config(), stream)
    finally:
        kg_page.draw = draw
    return {"write": time.perf_counter() - start, "layout": spent, **parts(path.read_bytes())}


def check(row: Row, size: int, python: float) -> None:
    """Note the figures of our page that are beyond their limits, scaled by the speed of the machine at the moment."""
    speed = {"loop": max(1.0, row.loop / QUIET_LOOP), "python": max(1.0, python / QUIET_PYTHON)}
    for name, most in LIMITS.get(size, {}).items():
        found = row.figures.get(name)
        limit = most * (speed[SCALED[name]] if name in SCALED else 1.0)
        # What a page of this size does not have, such as a switch to show all, has no figure.
        if (found is None and name in ("first", "longest", "pan")) or (found is not None and found > limit):
            row.over.append(f"{name} {found} > {limit:.3g}")


def pages(tables: Tables, size: int, folder: Path, code: list[str] | None) -> Iterator[tuple[str, str, Path, Any]]:
    """Write the pages of one graph; give the name, the way to look at it, the file and what writing told of each."""
    ours = folder / f"{size}.html"
    told = write_ours(tables, ours)
    data = payload(ours.read_bytes())
    yield "kg", "kg", ours, (told, data)
    if code is None:
        return
    for name, kind, text in (
        ("sigma 3", "sigma 3", rivals.sigma_page(data, code)),
        ("pyvis, still", "pyvis", rivals.pyvis_page(data, still=True)),
        ("pyvis", "pyvis", rivals.pyvis_page(data, still=False)),
    ):
        path = folder / f"{size}-{name.replace(', ', '-').replace(' ', '-')}.html"
        path.write_bytes(text.encode("utf-8"))
        yield name, kind, path, ({"page": float(len(text.encode("utf-8")))}, data)


def measure(browser: "Browser", tables: Tables, size: int, folder: Path, code: list[str] | None) -> Iterator[Row]:
    """Measure all pages of the graph of the ``size`` best-supported entities."""
    few = subset(tables, size, folder / f"tables{size}")
    python = calibrate_python()
    for name, kind, path, (told, data) in pages(few, size, folder, code):
        loop = calibrate(browser)
        seen = asdict(see(browser, path, kind))
        held = sum(confidence > 0 for confidence in data["edges"]["confidence"])
        row = Row(name, len(data["nodes"]["id"]), held, round(loop, 1), {**told, **seen})
        if name == "kg":
            check(row, size, python)
        yield row


def line(cells: list[str]) -> str:
    """Write a row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def cells(row: Row) -> list[str]:
    """Give the cells of a row; a dash where there is no figure, "never" where a page did not come to it."""
    found = [row.page, f"{row.entities:,}", f"{row.relations:,}"]
    for name, _, digits, divisor in COLUMNS:
        value = row.figures.get(name)
        missing = "never" if name == "first" else "–"
        found.append(missing if value is None else f"{value / divisor:,.{digits}f}")
    return [*found, f"{row.loop:.0f}"]


def main() -> None:
    """Measure, print a Markdown table, write JSON where asked, and fail beyond a limit."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workspace", type=Path, help="a build with enough entities")
    parser.add_argument("--sizes", type=int, nargs="+", default=sorted(LIMITS), help="entities of the graphs")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "kg-page", help="for pages and packages")
    parser.add_argument("-o", "--output", type=Path, help="file for the figures as JSON")
    parser.add_argument("--ours", action="store_true", help="leave out pyvis and sigma")
    arguments = parser.parse_args()
    from playwright.sync_api import sync_playwright

    arguments.cache.mkdir(parents=True, exist_ok=True)
    code = None if arguments.ours else rivals.fetch_sigma(arguments.cache)
    tables = Workspace(arguments.workspace).build().tables()
    rows: list[Row] = []
    headings = ["page", "entities", "relations", *(heading for _, heading, _, _ in COLUMNS), "loop ms"]
    print(line(headings), line(["---"] * len(headings)), sep="\n", flush=True)
    with sync_playwright() as driver:
        # WebGL in software, which sigma needs on a machine without GPU; the same browser for all.
        switches = [*QUIET, "--enable-unsafe-swiftshader"]
        program = shutil.which("chromium") or "/usr/bin/chromium"
        browser = driver.chromium.launch(executable_path=program, args=switches)
        version = browser.version
        for size in arguments.sizes:
            for row in measure(browser, tables, size, arguments.cache, code):
                rows.append(row)
                print(line(cells(row)), flush=True)
        browser.close()
    if arguments.output:
        part = {"about": about(chromium=version), "complete": True, "rows": [asdict(row) for row in rows]}
        save(arguments.output, "page", part)
    over = [f"{row.entities:,} entities: {each}" for row in rows for each in row.over]
    print(*(f"over the limit: {each}" for each in over), sep="\n", file=sys.stderr)
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
