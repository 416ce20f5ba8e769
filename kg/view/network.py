"""The nodes and edges of a page as pyvis and vis-network want them, with their positions."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import nlargest
from importlib import resources
from math import log2, sqrt
from textwrap import wrap
from typing import Any

from kg.model import Entity
from kg.view import looks
from kg.view.layout import place, place_between
from kg.view.subgraph import Subgraph, is_paper

#: Characters a label on the canvas may have, and in one line of it.
_LABEL, _LINE = 34, 18

#: pyvis is asked for a still picture: positions are given, so nothing moves after opening.
_OPTIONS: dict[str, Any] = {
    "autoResize": True,
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "physics": {"enabled": False, "stabilization": {"enabled": False, "iterations": 150}},
    "interaction": {
        "hover": True,
        "hoverConnectedEdges": False,
        "keyboard": {"enabled": True, "bindToWindow": False, "autoFocus": False},
        "multiselect": False,
        "selectConnectedEdges": False,
        "zoomSpeed": 0.6,
    },
    "nodes": {
        "borderWidth": 1,
        "scaling": {"label": {"drawThreshold": 1, "maxVisible": 100}},
        "labelHighlightBold": False,
    },
    "edges": {
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.45}},
        "arrowStrikethrough": False,
        "hoverWidth": 1,
        "selectionWidth": 1,
        "selfReference": {"size": 16, "renderBehindTheNode": False},
    },
}


def library() -> str:
    """Read the vis-network code that the installed pyvis carries (Apache-2.0 or MIT; its notice stays on top)."""
    folder = resources.files("pyvis") / "templates" / "lib" / "vis-9.1.2"
    code = (folder / "vis-network.min.js").read_text(encoding="utf-8").replace("\r\n", "\n")
    # The page must not look for a source map.
    return re.sub(r"\n//# sourceMappingURL=\S*", "", code)


def short_label(label: str, length: int = _LABEL) -> str:
    r"""Cut a label for the canvas, on one or two lines, without control and direction characters.

    >>> short_label("out-of-distribution detection")
    'out-of-\ndistribution\ndetection'
    """
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in label[: 4 * length])
    plain = " ".join(plain.split())
    if len(plain) > length:
        plain = plain[: length - 1].rstrip() + "…"
    return "\n".join(wrap(plain, _LINE)) or "?"


def _size(entity: Entity) -> float:
    """Give the radius of an entity's node, growing with its support."""
    return round(min(7 + 2.2 * sqrt(max(entity.support, 1)), 26), 1)


def _font(entity: Entity) -> int:
    """Give the letter size of an entity's label, growing with its support."""
    return min(14 + round(log2(max(entity.support, 1))), 21)


def _box(entity: Entity) -> tuple[float, float]:
    """Give the room a node needs with its label under it."""
    lines = short_label(entity.label).split("\n")
    letters = max(map(len, lines)) * _font(entity) * 0.56
    return max(letters, 2 * _size(entity)) + 14, 2 * _size(entity) + len(lines) * _font(entity) * 1.15 + 14


def _weights(graph: Subgraph) -> dict[tuple[str, str], float]:
    """Weigh pairs of entities for the layout: by relations, and less by the papers they share.

    Shared papers only draw entities together; a line on the page is always a relation.
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for link in graph.links:
        a, b = sorted((link.head, link.tail))
        weights[a, b] += 2.0 + sqrt(link.support)
    support = {entity.id: max(entity.support, 1) for entity in graph.entities}
    close: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (a, b), count in graph.together.items():
        likeness = count / sqrt(support[a] * support[b])
        close[a].append((likeness, b))
        close[b].append((likeness, a))
    pairs = {
        (min(name, other), max(name, other)): likeness
        for name, found in close.items()
        for likeness, other in nlargest(3, found)
    }
    for pair, likeness in pairs.items():
        weights[pair] += likeness
    return dict(weights)


def draw(graph: Subgraph, numbers: dict[str, str], held: dict[tuple[str, str, str], str]) -> dict[str, Any]:
    """Give pyvis's nodes, edges and options; ``numbers`` maps CURIEs to ids on the page."""
    from pyvis.network import Network

    network = Network(directed=True)
    network.options = _OPTIONS
    boxes = [_box(entity) for entity in graph.entities]
    points = place(
        [entity.id for entity in graph.entities],
        _weights(graph),
        boxes,
        [2 * _size(entity) + 8 for entity in graph.entities],
    )
    for entity, (x, y) in zip(graph.entities, points, strict=True):
        network.add_node(
            numbers[entity.id],
            label=short_label(entity.label),
            shape=looks.KINDS[entity.kind]["shape"],
            color=looks.KINDS[entity.kind]["light"],
            group=entity.kind,
            size=_size(entity),
            font={"size": _font(entity)},
            x=x,
            y=y,
        )
    _add_papers(network, graph, numbers, points)
    _add_edges(network, graph, numbers, held)
    nodes, edges, *_ = network.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": network.options}


def _add_papers(network: Any, graph: Subgraph, numbers: dict[str, str], points: Sequence[tuple[int, int]]) -> None:
    """Add the papers as small nodes between the entities they link to."""
    place_of = {entity.id: number for number, entity in enumerate(graph.entities)}
    near: dict[str, list[int]] = defaultdict(list)
    for link in graph.paper_links:
        if link.tail in place_of:
            near[link.head].append(place_of[link.tail])
    where = place_between(points, [near[paper] for paper in graph.drawn_papers], 24)
    shape = looks.KINDS["Paper"]
    for paper, (x, y) in zip(graph.drawn_papers, where, strict=True):
        network.add_node(
            numbers[paper], label=" ", shape=shape["shape"], color=shape["light"], group="Paper", size=6, x=x, y=y
        )


def _add_edges(network: Any, graph: Subgraph, numbers: dict[str, str], held: dict[tuple[str, str, str], str]) -> None:
    """Add the links whose ends are drawn, numbered as on the page, bending those that join the same two nodes."""
    beside: Counter[tuple[str, str]] = Counter()
    for number, link in enumerate(graph.told):
        if not {numbers[link.head], numbers[link.tail]} <= network.node_map.keys():
            continue
        low, high = sorted((link.head, link.tail))
        lane = beside[low, high]
        beside[low, high] += 1
        dashes = looks.HELD[held[link.head, link.type, link.tail]][0]
        network.add_edge(
            numbers[link.head],
            numbers[link.tail],
            id=f"r{number}",
            width=1.0 if is_paper(link.head) else round(min(1.4 + 0.8 * log2(max(link.support, 1)), 5), 2),
            dashes=list(dashes) if dashes else False,
            **_bend(lane, loop=low == high, forward=link.head == low),
        )


def _bend(lane: int, *, loop: bool, forward: bool) -> dict[str, Any]:
    """Bend the second and further edges between two nodes (``lane`` 1, 2, …) to alternating sides."""
    if loop:
        return {"selfReference": {"size": 16 + 7 * lane, "renderBehindTheNode": False}, "smooth": False}
    if not lane:
        return {"smooth": False}
    clockwise = (lane % 2 == 1) == forward
    return {
        "smooth": {
            "enabled": True,
            "type": "curvedCW" if clockwise else "curvedCCW",
            "roundness": round(0.2 * ((lane + 1) // 2), 2),
        }
    }
