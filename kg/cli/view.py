"""`kg view`: write a page and open it."""

import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from kg.cli.common import build_config_option, config_of, opened, say, workspace_option
from kg.cli.selecting import selection_options

if TYPE_CHECKING:
    from kg.selection import Selection
    from kg.view.paper import PaperInfo
    from kg.view.wording import PageInfo

#: Writes a page and gives what it says of itself.
Writer = Callable[[BinaryIO], "PageInfo | PaperInfo"]

#: What can draw a page.
ENGINES = ("canvas", "pyvis")


@click.command()
@selection_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Entities on the page at most, the best ones.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="What draws: our own page, or pyvis for up to 150 entities.",
)
@click.option(
    "--compare",
    nargs=2,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="A B",
    help="Show what two workspaces share and do not.",
)
@click.option("--paper", metavar="ID", help="Show one paper: its text with the mentions, and its relations.")
@click.option("--open/--no-open", "open_", default=True, show_default=True, help="Open the page in a browser.")
@click.option("-o", "--output", metavar="FILE", show_default="view.html in the workspace", help="File for the page.")
@workspace_option
@build_config_option
def view(
    *,
    limit: int | None,
    engine: str,
    compare: tuple[Path, Path] | None,
    paper: str | None,
    open_: bool,
    output: str | None,
    workspace: Path,
    config_file: Path | None,
    **selected: Any,
) -> None:
    """Write a page of the graph, which needs no network, and open it.

    The page holds the whole graph, or the part that the conditions name. Above 2,000 entities it opens on communities
    or on the best supported ones, and says so.

    \b
    Example:
      kg view
      kg view --around "KV cache" --hops 2
      kg view --kind Method --since 2024 --no-open -o methods.html
      kg view --compare last-year this-year
      kg view --paper 2305.14314
    """
    from kg.selection import Selection

    selection = Selection(**selected)
    _check(selection, limit, engine, compare, paper)
    target = str((compare[1] if compare else workspace) / "view.html") if output is None else output
    # A workspace that is not there is told before its folder is missed.
    if compare:
        write = _comparison(compare, selection, limit, config_file)
    elif paper is not None:
        write = _paper(workspace, paper, config_file)
    else:
        write = _graph(workspace, selection, limit, engine, config_file=config_file)
    with opened(target) as stream:
        message = write(stream).message
    say(message)
    if target == "-":
        return
    say(f"page: {target}")
    if open_ and not webbrowser.open(Path(target).resolve().as_uri()):
        say("No browser could be started here: open the page yourself.")


def _check(
    selection: "Selection", limit: int | None, engine: str, compare: tuple[Path, Path] | None, paper: str | None
) -> None:
    """Refuse what cannot be asked for together."""
    from kg.selection import Selection

    if paper is not None and (selection != Selection() or compare or limit or engine != ENGINES[0]):
        raise click.UsageError("--paper shows one paper; give it without conditions, --compare, --limit and --engine.")
    if compare and engine != ENGINES[0]:
        raise click.UsageError("--compare needs the page's own engine; leave out --engine pyvis.")
    if selection.hops != 1 and not selection.around:
        raise click.UsageError("--hops needs --around NAME.")


def _graph(
    workspace: Path, selection: "Selection", limit: int | None, engine: str, *, config_file: Path | None
) -> Writer:
    """Give what writes a page of the graph or a part of it."""
    from kg.view import network
    from kg.view.page import write_page
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    config = config_of(build, config_file)
    write = network.write_page if engine == "pyvis" else write_page
    return lambda stream: write(build.tables(), config, stream, selection=selection, limit=limit)


def _comparison(
    compare: tuple[Path, Path], selection: "Selection", limit: int | None, config_file: Path | None
) -> Writer:
    """Give what writes a page of two workspaces."""
    from kg.view.compare import write_comparison
    from kg.workspace import Workspace

    first, second = (Workspace(path).build() for path in compare)
    names = (compare[0].resolve().name, compare[1].resolve().name)
    if names[0] == names[1]:
        names = (str(compare[0]), str(compare[1]))
    config = config_of(second, config_file)
    tables = (first.tables(), second.tables())
    return lambda stream: write_comparison(tables, names, config, stream, selection=selection, limit=limit)


def _paper(workspace: Path, paper: str, config_file: Path | None) -> Writer:
    """Give what writes the page of one paper."""
    from kg.view.paper import write_paper
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    config = config_of(build, config_file)
    return lambda stream: write_paper(build.tables(), config, paper, stream)
