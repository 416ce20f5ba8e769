"""Keep a hierarchy a hierarchy: no way leads back, and no rule says what others together say already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

#: An edge: what is narrower, what is broader.
Edge = tuple[str, str]


def closing(strengths: Mapping[Edge, tuple[float, ...]]) -> set[Edge]:
    """Give the edges to leave out so that no cycle is left, of each cycle the weakest.

    Edges are taken in, the strongest first and equals by name; one whose end leads to its start by now is left out.

    >>> sorted(closing({("a", "b"): (0.9,), ("b", "c"): (0.9,), ("c", "a"): (0.5,), ("d", "d"): (1.0,)}))
    [('c', 'a'), ('d', 'd')]
    """
    refused: set[Edge] = set()
    kept: dict[str, set[str]] = defaultdict(set)
    for edge in sorted(_on_cycles(strengths), key=lambda edge: ([-part for part in strengths[edge]], edge)):
        if edge[0] in _reached(edge[1], kept):
            refused.add(edge)
        else:
            kept[edge[0]].add(edge[1])
    return refused


def redundant(edges: Iterable[Edge]) -> set[Edge]:
    """Give the edges of an acyclic graph that a longer way says too (all but its transitive reduction).

    >>> redundant([("a", "b"), ("b", "c"), ("a", "c")])
    {('a', 'c')}
    """
    above: dict[str, set[str]] = defaultdict(set)
    for low, high in edges:
        above[low].add(high)
    known: dict[str, set[str]] = {}
    for low in above:
        _close(low, above, known)
    return {
        (low, high)
        for low, highs in above.items()
        for high in highs
        if any(high in known[other] for other in highs if other != high)
    }


def _close(start: str, above: Mapping[str, set[str]], known: dict[str, set[str]]) -> None:
    """Write down all that lies above ``start``, and above each of those."""
    waiting = [start]
    while waiting:
        node = waiting[-1]
        highs = above.get(node, ())
        unknown = [high for high in highs if high not in known]
        if unknown:
            waiting += unknown
            continue
        known[node] = {reached for high in highs for reached in (high, *known[high])}
        waiting.pop()


def _on_cycles(edges: Iterable[Edge]) -> list[Edge]:
    """Give the edges within a strongly connected part, and those from a node to itself."""
    import networkx as nx

    graph = nx.DiGraph(list(edges))
    part = {node: number for number, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    return [(low, high) for low, high in graph.edges if part[low] == part[high]]


def _reached(start: str, above: Mapping[str, set[str]]) -> set[str]:
    """Give a node and all that lies above it."""
    seen, waiting = {start}, [start]
    while waiting:
        fresh = above.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return seen
