"""What a page says of itself: how much of the graph it holds, what it leaves out, and how it opens."""

from dataclasses import dataclass

from kg.view.choice import Choice, Graph, near_counts
from kg.view.sides import Sides


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What a page holds and leaves out of the build; ``message`` says it in sentences."""

    nodes: int
    edges: int
    left_out_nodes: int
    left_out_edges: int
    message: str
    mode: str = "all"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a build holds: entities, relations between them as sure as the page's, papers and those without a date."""

    entities: int
    relations: int
    papers: int
    undated: int

    @classmethod
    def of(cls, graph: Graph) -> "Totals":
        """Count what a graph holds."""
        return cls(len(graph.entities), graph.held, len(graph.dates), graph.undated)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for: the conditions in words, and what they say of papers without an exact date."""

    conditions: str = ""
    dates: str = ""
    hops: int = 1
    sides: Sides | None = None


def plural(count: int, one: str, many: str = "") -> str:
    """Count things in words.

    >>> plural(1, "entity", "entities"), plural(1200, "relation")
    ('1 entity', '1,200 relations')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def describe(totals: Totals, graph: Graph, choice: Choice, mode: str, asked: Asked) -> PageInfo:
    """Count what a page holds and leaves out, and say it."""
    nodes, edges = len(choice.entities), sum(link.confidence > 0 for link in choice.links)
    more_nodes, more_edges = totals.entities - nodes, totals.relations - edges
    parts = [asked.sides.said()] if asked.sides else []
    parts.append(_shown(graph, choice, asked, edges))
    if more_nodes or more_edges:
        are = "is" if more_nodes + more_edges == 1 else "are"
        rest = f"{plural(more_nodes, 'entity', 'entities')} and {plural(more_edges, 'relation')}"
        parts.append(f"{rest} of the graph {are} left out.")
    if asked.dates:
        parts.append(asked.dates)
    elif graph.undated:
        parts.append(f"{plural(graph.undated, 'paper')} of {len(graph.dates):,} {_are(graph.undated)} without a date.")
    if asked.conditions or choice.focus:
        parts.append("Figures of entities and relations are those of the whole graph.")
    return PageInfo(nodes, edges, more_nodes, more_edges, " ".join(parts), mode)


def _are(count: int) -> str:
    """Give the verb for a number of things."""
    return "is" if count == 1 else "are"


def _shown(graph: Graph, choice: Choice, asked: Asked, edges: int) -> str:
    """Say what is shown."""
    nodes, relations = len(choice.entities), plural(edges, "relation")
    fit = f" that fit {asked.conditions}" if asked.conditions else ""
    if choice.focus:
        return f"“{choice.entities[0].label[:60]}” with {_around(graph, choice, asked)}{fit}, {relations} among them."
    if nodes < len(graph.entities):
        all_of_them = plural(len(graph.entities), "entity", "entities")
        return (
            f"{nodes:,} of {all_of_them}{fit}, the best supported and those best linked to them, "
            f"and the {relations} among them, from {plural(len(graph.dates), 'paper')}."
        )
    return f"All {plural(nodes, 'entity', 'entities')} and {relations}{fit}, from {plural(len(graph.dates), 'paper')}."


def _around(graph: Graph, choice: Choice, asked: Asked) -> str:
    """Say how much of a neighbourhood is shown."""
    direct, shown = near_counts(graph, choice)
    others = len(choice.entities) - 1
    all_of_them = plural(direct, "neighbour")
    said = f"its {all_of_them}" if direct == shown else f"{shown:,} of its {all_of_them}"
    if not direct:
        said = "no neighbours"
    if others > shown:
        said += f" and {plural(others - shown, 'entity', 'entities')} up to {plural(asked.hops, 'step')} away"
    return said


def opening(mode: str, drawn: int, nodes: int, others: int) -> str:
    """Say how a page opens that does not draw all it holds.

    >>> opening("all", 10, 10, 0)
    ''
    """
    if mode == "communities":
        return "It opens on communities; click one, or show all."
    if mode == "backbone":
        rest = f"; search finds the other {nodes - drawn:,} too"
        named = f", and names {others:,} more that the page does not hold" if others else ""
        return f"Drawn at first are the best {drawn:,}{rest}{named}."
    if mode == "summary":
        return "This graph is too large for one page: these are its communities and best entities."
    return ""


def told_claims(told: int, claims: int) -> str:
    """Say how many claims of papers a page tells, where it does not tell all.

    >>> told_claims(10, 12)
    'Of 12 claims of papers about entities it holds the 10 surest.'
    """
    if told == claims:
        return ""
    if not told:
        return f"It holds none of the {claims:,} claims of papers about entities."
    return f"Of {claims:,} claims of papers about entities it holds the {told:,} surest."
