"""What two builds share and do not: for each entity and relation the side that holds it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.view.choice import Choice, Graph
from kg.view.proofs import Key, key_of

#: Numbers of the sides on the page.
BOTH, FIRST, SECOND = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Sides:
    """The names of two builds, and which of them holds each entity and relation."""

    first: str
    second: str
    nodes: Mapping[str, int]
    edges: Mapping[Key, int]

    @classmethod
    def of(cls, first: Graph, second: Graph, names: tuple[str, str]) -> "Sides":
        """Tell apart what two graphs hold; a relation that is only denied is not held."""
        held = [{key_of(link) for link in graph.links if link.confidence > 0} for graph in (first, second)]
        return cls(*names, _sides(first.entities, second.entities), _sides(*held))

    def said(self) -> str:
        """Say how much is shared and how much is not."""
        nodes, edges = Counter(self.nodes.values()), Counter(self.edges.values())

        def both(side: int) -> str:
            entities = f"{nodes[side]:,} {'entity' if nodes[side] == 1 else 'entities'}"
            return f"{entities} and {edges[side]:,} {'relation' if edges[side] == 1 else 'relations'}"

        return (
            f"{self.first} and {self.second} share {both(BOTH)}; only {self.first} has {both(FIRST)}, "
            f"only {self.second} {both(SECOND)}."
        )


def _sides(first: Iterable[Hashable], second: Iterable[Hashable]) -> dict[Any, int]:
    """Give the side of everything that is in one of two collections.

    >>> _sides("ab", "bc")
    {'a': 1, 'b': 0, 'c': 2}
    """
    sides = dict.fromkeys(first, FIRST)
    for item in second:
        sides[item] = BOTH if item in sides else SECOND
    return sides


def compared(sides: Sides | None, data: Mapping[str, Any], choice: Choice) -> dict[str, Any] | None:
    """Describe the sides of the nodes and edges of a page, in its order."""
    if sides is None:
        return None
    ids, relations, edges = data["nodes"]["id"], data["relations"], data["edges"]
    keys = zip(edges["source"], edges["type"], edges["target"], strict=True)
    return {
        "a": sides.first,
        "b": sides.second,
        "node": [sides.nodes[entity.id] for entity in choice.entities],
        "edge": [sides.edges.get((ids[a], relations[kind], ids[b]), BOTH) for a, kind, b in keys],
    }
