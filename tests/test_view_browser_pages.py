"""The other pages of `kg view` in a real browser: a paper, two builds compared, pyvis; and all in Firefox."""

import os
import re
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

import kg
from kg.cli import main
from kg.config import Config
from kg.workspace import Workspace
from tests.browser import LOADED, Opened, Visits, is_blank, picture_colours, screenshot_colours, write_graph
from tests.test_view_browser_access import LOOKS, violations
from tests.test_view_browser_safety import ATTACK, hostile
from tests.view_sample import large

#: A paper of the bundled sample that the pages below speak of.
KIVI = "2402.02750"


@pytest.fixture(scope="module")
def other_space(sample_space: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sample once more without its last thirty papers."""
    folder = tmp_path_factory.mktemp("other")
    space = folder / "fewer"
    shutil.copytree(sample_space, space, symlinks=True)
    lines = (resources.files("kg") / "data" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    papers = folder / "fewer.jsonl"
    papers.write_text("\n".join(lines[:-30]) + "\n", encoding="utf-8")
    kg.build(papers, space)
    return space


def view(*words: object) -> str:
    """Run `kg view` and give what it says."""
    result = CliRunner().invoke(main, ["view", "--no-open", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stderr


@pytest.fixture(scope="module")
def paper_page(sample_space: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "paper.html"
    view("-w", sample_space, "--paper", KIVI, "-o", path)
    return path


@pytest.fixture(scope="module")
def compare_page(sample_space: Path, other_space: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compare") / "compare.html"
    view("--compare", sample_space, other_space, "-o", path)
    return path


@pytest.fixture(scope="module")
def pyvis_page(sample_space: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pyvis") / "pyvis.html"
    view("-w", sample_space, "--engine", "pyvis", "--around", "BERT", "-o", path)
    return path


def words(text: str) -> str:
    """Write a text with single spaces."""
    return " ".join(text.split())


def test_a_paper_is_shown_with_its_mentions_and_relations(visit: Visits, paper_page: Path, sample_space: Path) -> None:
    opened = visit.open(paper_page, ready=LOADED)
    tables = Workspace(sample_space).build().tables()
    row = next(row for row in tables.papers() if row.paper.arxiv == KIVI)
    text = words(opened.page.locator("body").inner_text())
    assert words(row.paper.title) in text
    assert words(row.paper.abstract) in text
    marked = [words(mark) for mark in opened.page.locator("mark").all_inner_texts()]
    mentioned = {words(mention.text) for mention in tables.mentions() if mention.paper == row.id}
    assert len(marked) > 5 and {"KIVI"} <= set(marked) & mentioned
    relations = [each for each in tables.relations() if each.head == row.id and each.confidence >= 0.55]
    label = {entity.id: entity.label for entity in tables.entities()}
    assert all(label[each.tail] in text for each in relations if each.type != "mentions")
    assert opened.page.locator(f"a[href='https://arxiv.org/abs/{KIVI}']").count() >= 1
    opened.quiet()
    assert len(opened.requests) == 1


def test_the_view_of_a_paper_shows_kinds_by_more_than_colour(visit: Visits, paper_page: Path) -> None:
    opened = visit.open(paper_page, ready=LOADED)
    looks = opened.page.locator(".abstract mark[data-kind]").evaluate_all(
        """all => all.map((each) => {
          const style = getComputedStyle(each);
          const line = [style.borderBottomStyle, style.textDecorationStyle, style.borderStyle];
          const before = getComputedStyle(each, "::before").content, after = getComputedStyle(each, "::after").content;
          return [each.dataset.kind, JSON.stringify([...line, before, after])];
        })"""
    )
    kinds = dict(looks)
    assert len(kinds) >= 2
    assert len(set(kinds.values())) == len(kinds)


@pytest.mark.parametrize("number", range(11))
def test_the_view_of_a_hostile_paper_is_quiet(visit: Visits, tmp_path: Path, number: int) -> None:
    from kg.view.paper import write_paper

    tables = hostile(tmp_path)
    row = list(tables.papers())[number]
    path = tmp_path / "paper.html"
    with path.open("wb") as stream:
        write_paper(tables, Config(), row.id, stream)
    opened = visit.open(path, ready=LOADED)
    assert opened.page.locator("img, iframe, svg[onload], a[href^='javascript']").count() == 0
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.quiet()


def test_a_comparison_counts_what_both_and_each_alone_have(
    visit: Visits, compare_page: Path, sample_space: Path, other_space: Path
) -> None:
    least = Config().export_threshold
    ours, theirs = (
        {(row.head, row.type, row.tail) for row in Workspace(space).build().tables().relations()
         if row.confidence >= least and row.head.startswith("entity:")}
        for space in (sample_space, other_space)
    )  # fmt: skip
    opened = visit.open(compare_page)
    shown = {tuple(edge) for edge in opened.kg("kg.shown().edges")}
    assert shown == ours | theirs
    boxes = opened.page.locator("input[data-filter=compare]")
    names = boxes.evaluate_all("all => all.map((each) => each.dataset.value)")
    assert len(names) == 3
    found = []
    for name in names:
        for each in names:
            opened.page.locator(f"input[data-filter=compare][data-value='{each}']").set_checked(each == name)
        opened.settle()
        found.append({tuple(edge) for edge in opened.kg("kg.shown().edges")})
    assert found[0] <= ours & theirs and found[1] <= ours - theirs and found[2] <= theirs - ours
    assert found[1]
    opened.quiet()


def test_two_equal_builds_differ_in_nothing(visit: Visits, sample_space: Path, tmp_path: Path) -> None:
    path = tmp_path / "same.html"
    view("--compare", sample_space, sample_space, "-o", path)
    opened = visit.open(path)
    for value in ("1", "2", "a", "b"):
        assert opened.page.locator(f"input[data-filter=compare][data-value='{value}'] ~ .number").count() <= 1
    assert opened.kg("kg.counts().edges") > 100
    opened.quiet()


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=["light", "dark", "narrow", "narrow dark"])
@pytest.mark.parametrize("name", ["paper_page", "compare_page"])
def test_axe_finds_nothing_on_the_other_pages(
    visit: Visits, request: pytest.FixtureRequest, name: str, width: int, dark: bool
) -> None:
    ready = {"ready": LOADED} if name == "paper_page" else {}
    opened = visit.open(request.getfixturevalue(name), width=width, dark=dark, **ready)
    assert violations(opened) == []
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.quiet()


def test_the_page_of_pyvis_is_drawn_offline_and_quiet(visit: Visits, pyvis_page: Path, sample_space: Path) -> None:
    opened = visit.open(pyvis_page, ready="document.querySelector('canvas') !== null")
    opened.page.wait_for_timeout(1500)
    assert not is_blank(screenshot_colours(opened.page, "canvas"))
    opened.quiet()
    assert len(opened.requests) == 1
    graph = kg.load(sample_space, min_confidence=Config().export_threshold)
    center = next(name for name, label in graph.nodes(data="label") if label == "BERT")
    plain = nx.Graph(graph.to_undirected(as_view=True)).subgraph([name for name in graph if name[:6] != "paper:"])
    near = nx.single_source_shortest_path_length(plain, center, cutoff=1)
    assert opened.page.evaluate("network.body.data.nodes.length") >= min(len(near), 150)


def test_the_page_of_pyvis_stops_moving(visit: Visits, pyvis_page: Path) -> None:
    opened = visit.open(pyvis_page, ready="document.querySelector('canvas') !== null")
    opened.page.wait_for_timeout(2500)
    first = opened.page.evaluate("JSON.stringify(network.getPositions())")
    opened.page.wait_for_timeout(500)
    assert opened.page.evaluate("JSON.stringify(network.getPositions())") == first


def test_the_page_of_pyvis_blocks_what_is_injected(visit: Visits, pyvis_page: Path, tmp_path: Path) -> None:
    html = pyvis_page.read_bytes()
    assert b"bootstrap" not in html.lower() and html.count(b"<body") == 1
    start = html.index(b">", html.index(b"<body")) + 1
    path = tmp_path / "injected.html"
    path.write_bytes(html[:start] + f"{ATTACK}<script>alert(1)</script>".encode() + html[start:])
    opened = visit.open(path, ready="document.querySelector('canvas') !== null")
    assert opened.dialogs == []
    assert any("Content Security Policy" in message for message in opened.messages)


def test_pyvis_beyond_its_limit_names_the_engine_to_use(sample_space: Path, tmp_path: Path) -> None:
    wanted = ["view", "--no-open", "-w", str(sample_space), "--engine", "pyvis", "-o", str(tmp_path / "x.html")]
    result = CliRunner().invoke(main, wanted)
    assert result.exit_code in (1, 2)
    assert re.search(r"canvas", result.stderr) and "pyvis" in result.stderr


class Slow(BaseHTTPRequestHandler):
    """Sends the end of a page late: Firefox takes its picture when a page has loaded, which is before it is drawn."""

    page = b""

    def do_GET(self) -> None:
        """Send the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page.removesuffix(b"</html>\n"))
        self.wfile.flush()
        time.sleep(4)
        self.wfile.write(b"</html>\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def firefox_picture(firefox: str, path: Path, folder: Path) -> dict[tuple[int, int, int], int]:
    """Let Firefox take a picture of a page, with a profile of its own; give the colours."""
    picture = folder / "firefox.png"
    profile = folder / "profile"
    profile.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Slow,), {"page": path.read_bytes()}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [firefox, "--headless", "--no-remote", "--profile", str(profile), "--window-size=1200,800"]
    command += ["--screenshot", str(picture), f"http://127.0.0.1:{server.server_port}/"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=180, env=os.environ | {"HOME": str(folder)})
    finally:
        server.shutdown()
        server.server_close()
    return picture_colours(picture.read_bytes())


@pytest.mark.parametrize("packed", [False, True])
def test_firefox_draws_the_graph(firefox: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    if packed:
        monkeypatch.setattr("kg.view.page.PACKED", 0)
    path = write_graph(large(tmp_path, papers=60, terms=120), tmp_path / "large.html")
    assert (b'id="data-gz"' in path.read_bytes()) == packed
    colours = firefox_picture(firefox, path, tmp_path)
    assert not is_blank(colours)
    # The drawing itself: the colours of several kinds, each on a good number of pixels.
    vivid = [colour for colour, count in colours.items() if max(colour) - min(colour) > 60 and count > 150]
    assert len(vivid) >= 3


@pytest.mark.parametrize("name", ["paper_page", "compare_page", "pyvis_page"])
def test_firefox_draws_the_other_pages(firefox: str, request: pytest.FixtureRequest, name: str, tmp_path: Path) -> None:
    assert not is_blank(firefox_picture(firefox, request.getfixturevalue(name), tmp_path))


def test_a_packed_page_holds_the_same(visit: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = large(tmp_path, papers=60, terms=120)
    plain: Opened = visit(tables)
    monkeypatch.setattr("kg.view.page.PACKED", 0)
    packed: Opened = visit(tables)
    assert packed.page.locator("#data-gz").count() == 1
    for what in ("kg.shown()", "kg.counts()", "kg.search('net')"):
        assert packed.kg(what) == plain.kg(what)
    packed.quiet()


@pytest.mark.parametrize("harm", ["cut", "letters", "other"])
def test_damaged_data_are_told(visit: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    monkeypatch.setattr("kg.view.page.PACKED", 0)
    html = write_graph(large(tmp_path, papers=20, terms=60), tmp_path / "good.html").read_bytes()
    start = html.index(b">", html.index(b'id="data-gz"')) + 1
    end = html.index(b"</script>", start)
    data = html[start:end]
    broken = {"cut": data[: len(data) // 2], "letters": b"!" + data[1:], "other": b"AAAA"}[harm]
    path = tmp_path / "bad.html"
    path.write_bytes(html[:start] + broken + html[end:])
    opened = visit.open(path, ready="document.documentElement.dataset.failed !== undefined")
    assert opened.page.evaluate("document.documentElement.dataset.failed")
    assert "could not" in opened.page.locator("body").inner_text()
    assert opened.dialogs == []
