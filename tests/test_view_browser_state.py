"""What leaves the graph page in a real browser: the address that shares a view, pictures, tables, print."""

import csv
import io
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from kg.tables import Tables
from tests.browser import Opened, Visits, is_blank, picture_colours, screenshot_colours, write_graph
from tests.view_sample import large

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


@pytest.fixture(scope="module")
def path(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_graph(tables, tmp_path_factory.mktemp("page") / "large.html")


def busiest(opened: Opened, number: int = 0) -> str:
    """Give one of the entities that have most relations."""
    edges = opened.kg("kg.shown().edges")
    ends = [end for head, _, tail in edges for end in (head, tail)]
    return sorted(set(ends), key=lambda end: (-ends.count(end), end))[number]


def choose(opened: Opened, name: str) -> None:
    """Choose an entity by clicking on it."""
    opened.click_on(name)
    assert opened.kg("kg.selected().id") == name


def chosen_node(opened: Opened) -> None:
    choose(opened, busiest(opened))


def two_hops_and_no_methods(opened: Opened) -> None:
    opened.page.locator("input[data-filter=kind][data-value=Method]").uncheck()
    opened.settle()
    choose(opened, busiest(opened))
    opened.press("2")


def chosen_edge(opened: Opened) -> None:
    choose(opened, busiest(opened))
    opened.press("n")
    assert opened.kg("kg.selected().kind") == "edge"


def filters(opened: Opened) -> None:
    opened.page.locator("input[data-filter=relation][data-value=is_a]").uncheck()
    for field, value in (("#min-confidence", "0.7"), ("#year-from", "2022"), ("#year-to", "2024")):
        opened.page.locator(field).fill(value)
        opened.page.locator(field).dispatch_event("change")


def table_of_papers(opened: Opened) -> None:
    opened.press("r", "t")


def a_path(opened: Opened) -> None:
    first, last = busiest(opened), busiest(opened, 7)
    choose(opened, first)
    opened.press("f")
    opened.click_on(last)
    assert opened.kg("kg.selected().kind") == "way"


def a_nearer_look(opened: Opened) -> None:
    opened.page.locator("#canvas").focus()
    opened.press("+", "+", "ArrowLeft")
    opened.page.wait_for_timeout(400)


@pytest.mark.parametrize(
    "act", [chosen_node, two_hops_and_no_methods, chosen_edge, filters, table_of_papers, a_path, a_nearer_look]
)
def test_an_address_brings_the_view_back(visit: Visits, path: Path, act: Any) -> None:
    opened = visit(path)
    bare = opened.kg("kg.hash()")
    act(opened)
    opened.page.wait_for_timeout(600)
    address = opened.page.evaluate("location.hash")
    assert address not in ("", "#", bare)
    again = visit(path, hash=address)
    again.page.wait_for_timeout(600)
    for what in ("kg.selected()", "kg.shown()", "kg.hash()"):
        assert again.kg(what) == opened.kg(what), what
    assert again.page.locator("#counts").inner_text() == opened.page.locator("#counts").inner_text()
    assert again.page.locator("#details").inner_text() == opened.page.locator("#details").inner_text()
    again.quiet()


def test_going_back_in_the_history_brings_the_view_back(visit: Visits, path: Path) -> None:
    opened = visit(path)
    name = busiest(opened)
    opened.page.evaluate("(name) => { location.hash = 'n=' + encodeURIComponent(name); }", name)
    opened.page.wait_for_timeout(500)
    assert opened.kg("kg.selected().id") == name
    opened.quiet()


@pytest.mark.parametrize(
    "address",
    [
        "#n=entity%3Anone&h=99&mc=-5&ms=1e9&y=a-b&o=999,-1,x&v=NaN,Infinity,0&c=12345",
        "#%E0%A4%A&n=%",
        "#n=<img src=x onerror=alert(1)>&k=<script>alert(1)</script>&e=a b c d",
        "#__proto__=1&constructor=2&n=__proto__&k=constructor&to=toString",
        "#" + "x" * 100_000,
        "#v=1e308,-1e308,1e308&mc=1e400",
        "#n=" + "%00" * 50 + "&d=purple&t=7",
    ],
)
def test_a_wrong_address_is_ignored(visit: Visits, path: Path, address: str) -> None:
    good = visit(path)
    opened = visit(path, hash=address)
    assert opened.shown()[0] == good.shown()[0]
    assert opened.kg("kg.selected().kind") == ""
    assert not is_blank(screenshot_colours(opened.page, "#canvas"))
    opened.quiet()


def saved(opened: Opened, key: str) -> tuple[str, bytes]:
    """Press a key that saves something; give the name and the content of the file."""
    with opened.page.expect_download() as waiting:
        opened.page.keyboard.press(key)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("dark", [False, True])
def test_a_saved_png_shows_the_graph(visit: Visits, path: Path, dark: bool) -> None:
    opened = visit(path, dark=dark)
    name, content = saved(opened, "s")
    assert name.endswith(".png") and content.startswith(b"\x89PNG\r\n\x1a\n")
    colours = picture_colours(content)
    assert not is_blank(colours)
    opened.quiet()


@pytest.mark.parametrize("dark", [False, True])
def test_a_saved_svg_is_a_picture_of_what_is_shown(visit: Visits, path: Path, dark: bool) -> None:
    opened = visit(path, dark=dark)
    choose(opened, busiest(opened))
    label = opened.page.locator("#details h2").inner_text()
    opened.press("1")
    opened.page.wait_for_timeout(800)
    nodes, _ = opened.shown()
    name, content = saved(opened, "v")
    assert name.endswith(".svg")
    root = ET.fromstring(content)
    assert root.tag == f"{SVG}svg" and root.get("viewBox")
    assert label in {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    shapes = sum(len(list(root.iter(SVG + tag))) for tag in ("circle", "rect", "polygon", "path"))
    assert shapes > len(nodes)
    assert not {element.tag for element in root.iter()} & {f"{SVG}script", f"{SVG}foreignObject", f"{SVG}image"}
    assert not any(key.lower().startswith("on") or key.endswith("href") for each in root.iter() for key in each.attrib)
    picture = visit.folder / "saved.svg"
    picture.write_bytes(content)
    alone = visit.open(picture, ready="true")
    assert not is_blank(picture_colours(alone.page.screenshot()))
    alone.quiet()
    opened.quiet()


def test_the_saved_relations_are_those_shown(visit: Visits, path: Path) -> None:
    opened = visit(path)
    opened.page.locator("input[data-filter=kind][data-value=Method]").uncheck()
    _, edges = opened.shown()
    name, content = saved(opened, "c")
    assert name.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(edges)
    opened.quiet()


def test_on_paper_the_picture_and_the_details_stay(visit: Visits, path: Path) -> None:
    opened = visit(path)
    choose(opened, busiest(opened))
    opened.page.emulate_media(media="print")
    opened.settle()
    assert opened.page.locator("#canvas").is_visible()
    assert opened.page.locator("#details h2").is_visible()
    assert opened.page.locator("#search").is_hidden()
    assert opened.page.pdf().startswith(b"%PDF-")
    opened.quiet()


def test_without_motion_a_view_stands_at_once(browser: Any, path: Path) -> None:
    with browser.new_context(reduced_motion="reduce", viewport={"width": 1000, "height": 700}) as context:
        opened = Opened(context.new_page(), path.as_uri(), ready="document.documentElement.dataset.ready === '1'")
        name = busiest(opened)
        opened.page.locator("#canvas").focus()
        opened.press("+")
        at = opened.kg("kg.position(values[0])", name)
        opened.page.wait_for_timeout(400)
        assert opened.kg("kg.position(values[0])", name) == at
        opened.quiet()


def test_two_builds_give_the_same_bytes(tables: Tables, path: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.browser import write_graph; from kg.tables import Tables; "
        "write_graph(Tables(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    root = str(Path(__file__).parent.parent)
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.html"
        command = [sys.executable, "-c", code, str(tables.folder), str(target)]
        subprocess.run(command, check=True, cwd=root, env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": root})
        assert target.read_bytes() == path.read_bytes()
