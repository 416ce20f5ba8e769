"""Five tasks on the page of the sample by keyboard alone: each gives the right answer in few actions."""

from pathlib import Path
from urllib.parse import unquote

import networkx as nx
import pytest

from kg.config import Config
from kg.graph import to_networkx
from kg.tables import Tables
from kg.workspace import Workspace
from tests.browser import Visits, is_blank, picture_colours, write_graph
from tests.view_tasks import CACHE, FROM, METHOD, TASKS, TO, YEAR, Keyboard, new_in_a_year


@pytest.fixture(scope="module")
def tables(sample_space: Path) -> Tables:
    return Workspace(sample_space).build().tables()


@pytest.fixture(scope="module")
def path(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_graph(tables, tmp_path_factory.mktemp("sample") / "graph.html")


@pytest.fixture(scope="module")
def graph(tables: Tables) -> "nx.MultiDiGraph[str]":
    """Give the sample's entities and the relations sure enough for the page."""
    whole = to_networkx(tables)
    whole.remove_nodes_from([node for node, kind in whole.nodes(data="kind") if kind == "Paper"])
    least = Config().export_threshold
    whole.remove_edges_from([edge for edge in whole.edges(keys=True) if whole.edges[edge]["confidence"] < least])
    return whole


def named(graph: "nx.MultiDiGraph[str]", label: str) -> str:
    """Find an entity by its label."""
    return next(node for node, found in graph.nodes(data="label") if found == label)


def do(visit: Visits, path: Path, number: int) -> tuple[Keyboard, list[str]]:
    """Do a task and check the number of actions and that the page stays silent."""
    act, presses, actions = list(TASKS.values())[number]
    keys = Keyboard(visit.open(path))
    told = act(keys)
    assert keys.presses <= presses and keys.actions <= actions
    keys.opened.quiet()
    return keys, told


def test_a_sentence_for_the_strongest_relation(
    visit: Visits, path: Path, graph: "nx.MultiDiGraph[str]", tables: Tables
) -> None:
    keys, told = do(visit, path, 0)
    node = named(graph, CACHE)
    edges = [*graph.in_edges(node, data=True, keys=True), *graph.out_edges(node, data=True, keys=True)]
    head, tail, type_, data = max(edges, key=lambda edge: (edge[3]["support"], edge[3]["confidence"]))
    assert [unquote(part) for part in keys.opened.kg("kg.selected().id").split(" ")] == [head, type_, tail]
    best = max(data["evidence"], key=lambda item: item["probability"])
    text = next(row.paper for row in tables.papers() if row.id == best["paper"])
    span = best["sentences"][0]
    sentence = getattr(text, span["section"])[span["start"] : span["end"]]
    assert told[0] == " ".join(sentence.split())


def test_the_datasets_of_a_method(visit: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    _, told = do(visit, path, 1)
    node = named(graph, METHOD)
    found = [
        graph.nodes[tail]["label"] for _, tail, type_ in graph.out_edges(node, keys=True) if type_ == "evaluated_on"
    ]
    assert len(found) > 3
    assert all(label in told[0] for label in found)


def test_what_is_new_in_a_year(visit: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    keys, told = do(visit, path, 2)
    new = {node for node, first in graph.nodes(data="first_seen") if first.startswith(YEAR)}
    nodes, _ = keys.opened.shown()
    assert len(new) > 10 and nodes == new
    assert told[0].split()[0] == str(len(new))


def test_how_two_entities_connect(visit: Visits, path: Path, graph: "nx.MultiDiGraph[str]") -> None:
    keys, told = do(visit, path, 3)
    plain = nx.Graph(graph.to_undirected(as_view=True))
    steps = nx.shortest_path_length(plain, named(graph, FROM), named(graph, TO))
    assert keys.opened.kg("kg.selected().kind") == "way"
    assert FROM in told[0] and TO in told[0]
    assert f"{steps} " in told[0]


def test_the_view_is_saved(visit: Visits, path: Path) -> None:
    keys, told = do(visit, path, 4)
    assert told[0].endswith(".png")
    assert not is_blank(picture_colours(Path(keys.saved[0].path()).read_bytes()))


def test_the_year_filter_comes_back_with_the_address(visit: Visits, path: Path) -> None:
    keys = Keyboard(visit.open(path))
    new_in_a_year(keys)
    keys.opened.page.wait_for_timeout(600)
    again = visit.open(path, hash=keys.opened.page.evaluate("location.hash"))
    assert again.shown() == keys.opened.shown()


def test_the_list_of_names_stays_for_who_types_the_next_name_at_once(visit: Visits, path: Path) -> None:
    keys = Keyboard(visit.open(path))
    keys.press("/")
    keys.type(FROM)
    keys.press("Enter")
    keys.press("f")
    keys.type(TO)
    keys.opened.page.wait_for_timeout(400)  # by then the box would have closed the list of the first name
    keys.press("Enter")
    assert keys.opened.kg("kg.selected().kind") == "way"
