"""`kg show`: one entity, its relations with their sentences, its papers, and why it is one thing; or one paper."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import config_of, say, stdout_console, workspace_option
from kg.errors import KGError

if TYPE_CHECKING:
    from rich.text import Text

    from kg.tables import Tables

#: Relations of one sort, and papers, shown unless --all is given.
FEW = 8


@click.command()
@click.argument("name")
@click.option("--why", is_flag=True, help="Also show why its names are taken for one thing.")
@click.option("--all", "everything", is_flag=True, help="Show every relation, sentence and paper.")
@workspace_option
def show(name: str, *, why: bool, everything: bool, workspace: Path) -> None:
    """Show an entity with its relations and sentences, or a paper.

    NAME is a label, another name of the entity, or its identifier in the graph. A paper is named by its arXiv id, DOI
    or exact title. After a sentence, [0.84 model:context] gives the probability that the sentence says so, and what
    found it: a rule of the patterns (rules:NAME) or the trained model (model:NAME).

    \b
    Example:
      kg show "KV cache"
      kg show LoRA --why -w my-graph
      kg show arXiv:2106.09685
    """
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    most = 10**9 if everything else FEW
    lines, others = _lines(build.tables(), name, config_of(build, None).export_threshold, most=most, why=why)
    console = stdout_console()
    for line in lines:
        console.print(line, soft_wrap=not console.is_terminal)
    if others:
        say(f"Also called {name!r}: {', '.join(others)}")


def _lines(tables: "Tables", name: str, threshold: float, *, most: int, why: bool) -> tuple[list["Text"], list[str]]:
    """Describe the entity called ``name``, or else the paper, and name the others called so."""
    from kg import members, quotes
    from kg.cli.cards import EntityCard, PaperCard

    try:
        entity, *entities = quotes.find(tables, name)
    except KGError:
        rows = {row.paper: row for row in tables.papers()}
        papers = [rows[paper] for paper in members.matching(rows, name)]
        if not papers:
            raise
        return PaperCard(tables, papers[0], threshold, most=most).lines(), [quotes.cite(row) for row in papers[1:]]
    card = EntityCard(tables, entity, threshold, most=most)
    lines = [*card.head(), *card.relations(), *card.papers(), *(card.reasons() if why else [])]
    return lines, [f"{item.label} ({item.kind}, {item.id})" for item in entities]
