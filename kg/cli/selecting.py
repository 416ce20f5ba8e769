"""The options that choose a part of the graph, for all commands that take them."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kg.model import GRAPH_RELATIONS, KINDS, RELATIONS

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--around", default="", metavar="NAME", help="Only an entity and its neighbourhood."),
    click.option(
        "--hops",
        type=click.IntRange(min=0),
        default=1,
        metavar="N",
        show_default=True,
        help="Relations to go with --around.",
    ),
    click.option("--papers-of", default="", metavar="NAME", help="Only the papers that mention an entity."),
    click.option("--since", default="", metavar="DATE", help="Only papers from YYYY, YYYY-MM or YYYY-MM-DD on."),
    click.option("--until", default="", metavar="DATE", help="Only papers up to YYYY, YYYY-MM or YYYY-MM-DD."),
    click.option(
        "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only entities of this kind; can be repeated."
    ),
    click.option(
        "--relation",
        "types",
        type=click.Choice([*RELATIONS, *(name for name in GRAPH_RELATIONS if name != "mentions")]),
        metavar="NAME",
        multiple=True,
        help="Only relations of this name, and mentions; can be repeated.",
    ),
    click.option(
        "--min-support",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Only entities of at least N papers, and relations that as many state or none.",
    ),
    click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        default=0.0,
        metavar="P",
        help="Only relations at least this sure.",
    ),
)


def selection_options(command: F) -> F:
    """Give a command the options whose values `kg.selection.Selection` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
