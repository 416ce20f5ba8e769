"""`kg view`: write a page and open it."""

import webbrowser
from pathlib import Path

import click

from kg.cli.common import build_config_option, config_of, opened, say, workspace_option


@click.command()
@click.option("--around", metavar="NAME", help="Show the entity called NAME and its neighbours.")
@click.option("--limit", type=click.IntRange(min=1), default=150, show_default=True, help="Entities on the page.")
@click.option("--open/--no-open", "open_", default=True, show_default=True, help="Open the page in a browser.")
@click.option("-o", "--output", metavar="FILE", show_default="view.html in the workspace", help="File for the page.")
@workspace_option
@build_config_option
def view(
    *, around: str | None, limit: int, open_: bool, output: str | None, workspace: Path, config_file: Path | None
) -> None:
    """Write a page of the graph, which needs no network, and open it.

    \b
    Example:
      kg view
      kg view --around "diffusion model" --no-open -o diffusion.html
    """
    from kg.view.page import write_page
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    target = str(workspace / "view.html") if output is None else output
    with opened(target) as stream:
        info = write_page(build.tables(), config_of(build, config_file), stream, around=around, limit=limit)
    say(info.message)
    if target == "-":
        return
    say(f"page: {target}")
    if open_ and not webbrowser.open(Path(target).resolve().as_uri()):
        say("No browser could be started here: open the page yourself.")
