"""The graph page in a real browser, with and without drawing help: silent, offline, true to the graph."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import networkx as nx
import pytest

from kg.config import Config
from kg.graph import to_networkx
from kg.tables import Tables
from tests.browser import Opened, Visits, is_blank, payload, screenshot_colours, write_graph
from tests.view_sample import large, small

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


@pytest.fixture(scope="module")
def path(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_graph(tables, tmp_path_factory.mktemp("page") / "large.html")


@pytest.fixture(scope="module")
def graph(tables: Tables) -> "nx.MultiDiGraph[str]":
    """Give what the page must show at first, worked out with NetworkX from the tables."""
    whole = to_networkx(tables)
    least = Config().export_threshold
    papers = [node for node, kind in whole.nodes(data="kind") if kind == "Paper"]
    whole.remove_nodes_from(papers)
    weak = [edge[:3] for edge in whole.edges(keys=True, data=True) if edge[3]["confidence"] < least]
    whole.remove_edges_from(weak)
    return whole


@pytest.fixture(params=["helped", "bare"])
def any_browser(request: pytest.FixtureRequest) -> "Browser":
    """Give Chromium as it is, then without GPU and WebGL."""
    found: Browser = request.getfixturevalue("plain_browser" if request.param == "helped" else "browser")
    return found


@pytest.fixture
def either(any_browser: "Browser", tmp_path: Path) -> Iterator[Visits]:
    visits = Visits(any_browser, tmp_path)
    yield visits
    visits.close()


def names(graph: "nx.MultiDiGraph[str]") -> tuple[set[str], set[tuple[str, ...]]]:
    """Give the nodes of a graph and its edges as head, type, tail."""
    return set(graph), {(head, type_, tail) for head, tail, type_ in graph.edges(keys=True)}


def hub(graph: "nx.MultiDiGraph[str]") -> str:
    """Give the entity with the most neighbours."""
    return max(sorted(graph), key=lambda node: len({*graph.successors(node), *graph.predecessors(node)}))


def counted(opened: Opened) -> list[int]:
    """Give the first two numbers of the line that counts what is shown."""
    words = opened.page.locator("#counts").inner_text().replace(",", "").split()
    return [int(word) for word in words if word.isdigit()][:2]


def agree(opened: Opened, wanted: "nx.MultiDiGraph[str]") -> None:
    """Check that the page shows exactly these nodes and edges and says how many."""
    nodes, edges = names(wanted)
    shown = opened.shown()
    assert shown == (nodes, edges)
    assert counted(opened) == [len(nodes), len(edges)]


def test_webgl_is_off_where_it_should_be(browser: "Browser", visit: Visits) -> None:
    opened = visit(b"<!doctype html><title>empty</title>")
    assert opened.page.evaluate("document.createElement('canvas').getContext('webgl')") is None


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (420, False)])
def test_it_opens_offline_without_a_word_and_draws(either: Visits, path: Path, width: int, dark: bool) -> None:
    opened = either(path, width=width, dark=dark)
    colours = screenshot_colours(opened.page, "#canvas")
    assert not is_blank(colours)
    (red, green, blue) = max(colours, key=lambda colour: colours[colour])
    assert (red + green + blue < 200) == dark
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.quiet()
    assert len(opened.requests) == 1


def test_every_kind_is_drawn(either: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    opened = either(path)
    before = opened.page.locator("#canvas").screenshot()
    for kind in sorted({kind for _, kind in graph.nodes(data="kind")}):
        box = opened.page.locator(f"input[data-filter=kind][data-value={kind}]")
        box.uncheck()
        opened.settle()
        assert opened.page.locator("#canvas").screenshot() != before
        box.check()
    opened.quiet()


def test_at_first_the_page_shows_the_graph(either: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    opened = either(path)
    agree(opened, graph)
    opened.quiet()


def test_the_keyboard_alone_leads_from_search_to_the_sentence(either: Visits, tmp_path: Path) -> None:
    opened = either(small(tmp_path))
    keys = opened.page.keyboard
    keys.press("/")
    keys.type("FOO-n")
    keys.press("Enter")
    assert opened.page.locator("#details h2").inner_text() == "Foo"
    assert "Foo" in opened.page.locator("#said").inner_text()
    reach(opened, "Bar", "1 paper")
    keys.press("Enter")
    opened.settle()
    assert opened.page.locator(".proof:visible mark").all_inner_texts() == ["Foo", "Bar"]
    assert opened.page.locator(".proof:visible blockquote").inner_text() == "Foo 𝔽its Bar well."
    source = opened.page.locator(".proof:visible a")
    assert (source.inner_text(), source.get_attribute("href")) == ("On Foo", "https://arxiv.org/abs/2101.00001")
    keys.press("Escape")
    opened.settle()
    assert opened.kg("kg.selected().id") in ("", None)
    opened.quiet()


def reach(opened: Opened, *texts: str, limit: int = 40) -> int:
    """Press Tab until an element with these texts that opens evidence has the focus; give the number of presses."""
    for number in range(1, limit + 1):
        opened.page.keyboard.press("Tab")
        focused = opened.page.evaluate("[document.activeElement.className, document.activeElement.textContent]")
        if "opener" in focused[0] and all(text in focused[1] for text in texts):
            return number
    raise AssertionError(f"{limit} tabs did not lead to {texts}")


def test_hiding_a_kind_and_a_relation_leaves_what_networkx_leaves(
    either: Visits, path: Path, graph: "nx.MultiDiGraph[str]"
) -> None:
    opened = either(path)
    opened.page.locator("input[data-filter=kind][data-value=Method]").uncheck()
    left = graph.subgraph([node for node, kind in graph.nodes(data="kind") if kind != "Method"]).copy()
    agree(opened, left)
    opened.page.locator("input[data-filter=relation][data-value=used_for]").uncheck()
    left.remove_edges_from([edge for edge in left.edges(keys=True) if edge[2] == "used_for"])
    opened.settle()
    assert opened.shown()[1] == names(left)[1]
    opened.page.locator("#reset").click()
    agree(opened, graph)
    opened.quiet()


def test_least_confidence_and_support_leave_what_networkx_leaves(
    either: Visits, path: Path, graph: "nx.MultiDiGraph[str]"
) -> None:
    opened = either(path)
    for field, value, name in (("#min-confidence", "0.8", "confidence"), ("#min-support", "2", "support")):
        opened.page.locator(field).fill(value)
        opened.page.locator(field).dispatch_event("change")
        wanted = {
            (head, type_, tail)
            for head, tail, type_, data in graph.edges(keys=True, data=True)
            if data[name] >= float(value)
        }
        assert opened.shown()[1] == wanted, field
        opened.page.locator("#reset").click()
    opened.quiet()


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_neighbourhoods_are_those_of_networkx(
    either: Visits, path: Path, graph: "nx.MultiDiGraph[str]", hops: int
) -> None:
    opened = either(path)
    start = hub(graph)
    find(opened, graph.nodes[start]["label"])
    assert opened.kg("kg.selected()") == {"kind": "node", "id": start}
    opened.page.locator("#only").click()
    opened.page.locator(f"#hops-{hops}").click()
    near = nx.single_source_shortest_path_length(graph.to_undirected(as_view=True), start, cutoff=hops)
    agree(opened, graph.subgraph(near))
    opened.quiet()


def find(opened: Opened, label: str) -> None:
    """Choose an entity by its whole name with the search box."""
    opened.page.locator("#search").fill(label)
    opened.settle()
    opened.page.keyboard.press("Enter")
    opened.settle()


def test_a_path_is_as_short_as_networkx_says(either: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    opened = either(path)
    plain = nx.Graph(graph.to_undirected(as_view=True))
    far = nx.single_source_shortest_path_length(plain, hub(graph))
    end = max(sorted(far), key=lambda node: far[node])
    find(opened, graph.nodes[hub(graph)]["label"])
    opened.page.locator("#path").click()
    find(opened, graph.nodes[end]["label"])
    assert opened.kg("kg.selected().kind") == "way"
    way = opened.kg("kg.path()")
    assert len(way) == far[end]
    at = hub(graph)
    for step in way:
        head, type_, tail = map(unquote, step.split(" "))
        assert graph.has_edge(head, tail, type_) and at in (head, tail)
        at = tail if head == at else head
    assert at == end
    said = " ".join(opened.page.locator("#shown").inner_text().split())
    assert graph.nodes[end]["label"] in said and graph.nodes[hub(graph)]["label"] in said
    opened.quiet()


def test_a_click_where_a_node_stands_chooses_it(either: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    opened = either(path)
    for name in sorted(graph, key=lambda node: -graph.nodes[node]["support"])[:5]:
        opened.click_on(name)
        assert opened.kg("kg.selected()") == {"kind": "node", "id": name}
        assert opened.page.locator("#details h2").inner_text() == graph.nodes[name]["label"]
        opened.press("Escape", "0")
    opened.quiet()


def test_a_click_between_two_nodes_shows_the_relation(either: Visits, tmp_path: Path) -> None:
    opened = either(small(tmp_path))
    ends = [opened.kg("kg.position(values[0])", name) for name in ("entity:baz", "entity:bar")]
    opened.page.mouse.click(*(sum(end[axis] for end in ends) / 2 for axis in "xy"))
    opened.settle()
    assert opened.kg("kg.selected().kind") == "edge"
    assert "rule" in opened.page.locator("#details").inner_text()
    opened.quiet()


def test_the_table_lists_what_is_shown_and_sorts(either: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    opened = either(path)
    opened.page.locator("input[data-filter=kind][data-value=Method]").uncheck()
    opened.press("t")
    nodes, edges = opened.shown()
    listed = opened.page.locator("#nodes-table tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.id)")
    assert set(listed) <= nodes
    assert len(listed) == min(len(nodes), len(listed)) > 50
    header = opened.page.locator("#nodes-table th button").first
    header.click()
    first = opened.page.locator("#nodes-table tbody tr").first.inner_text()
    header.click()
    assert opened.page.locator("#nodes-table tbody tr").first.inner_text() != first
    assert opened.page.locator("#nodes-table th[aria-sort]").count() >= 1
    assert opened.page.locator("#edges-table tbody tr").count() > 20
    assert len(edges) > 20
    opened.quiet()


def test_papers_are_nodes_only_when_asked_for(either: Visits, path: Path, tables: Tables) -> None:
    opened = either(path)
    assert opened.kg("kg.shown().papers") == []
    opened.page.locator("#papers").click()
    opened.settle()
    papers = set(opened.kg("kg.shown().papers"))
    assert papers and papers <= {row.id for row in tables.papers()}
    opened.quiet()


def test_the_page_holds_each_sentence_once_and_at_most_eight_for_an_edge(path: Path) -> None:
    data = payload(path.read_bytes())
    told = list(zip(data["sentences"]["paper"], data["sentences"]["text"], strict=True))
    assert told and len(set(told)) == len(told)
    assert max(map(len, data["edges"]["evidence"])) <= 8


def test_the_wheel_makes_near_things_large(either: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    opened = either(path)
    name = hub(graph)
    at: Any = opened.kg("kg.position(values[0])", name)
    opened.page.mouse.move(at["x"], at["y"])
    opened.page.mouse.wheel(0, -600)
    opened.page.wait_for_timeout(400)
    now = opened.kg("kg.position(values[0])", name)
    assert abs(now["x"] - at["x"]) < 3 and abs(now["y"] - at["y"]) < 3
    opened.quiet()
