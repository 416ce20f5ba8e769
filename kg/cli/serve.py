"""`kg serve`: the graph as a web server on this machine."""

import dataclasses
import os
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import build_config_option, config_of, overridden, say, workspace_option

if TYPE_CHECKING:
    from kg.config import Config
    from kg.workspace import Build


@click.command()
@workspace_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is all there are.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    show_default="7878, or a free one",
    help="Port; 0 is a free one.",
)
@click.option("--seconds", type=float, metavar="N", show_default="30", help="Seconds a query may run.")
@click.option(
    "--rows", type=click.IntRange(min=1), metavar="N", show_default="100000", help="Rows of an answer at most."
)
@click.option(
    "--concurrency", type=click.IntRange(min=1), metavar="N", show_default="one per core", help="Queries run at once."
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    show_default="*, which is all",
    help="Web site whose pages may read the answers, or none; repeatable.",
)
@click.option("--open/--no-open", "open_", default=False, show_default=True, help="Open the home page in a browser.")
@build_config_option
def serve(
    *,
    workspace: Path,
    host: str,
    port: int | None,
    seconds: float | None,
    rows: int | None,
    concurrency: int | None,
    origins: tuple[str, ...],
    open_: bool,
    config_file: Path | None,
) -> None:
    """Serve a SPARQL endpoint, a query page and a page of each thing.

    The endpoint is at /sparql. A new build is served as soon as it is there. Control-C ends the server.

    \b
    Example:
      kg serve
      kg serve -w my-graph --port 8000 --seconds 10 --open
    """
    from kg.serve import Options
    from kg.serve import serve as run
    from kg.serve.run import is_local
    from kg.workspace import Workspace

    if seconds is not None and not 0 < seconds <= 86_400:
        raise click.BadParameter(f"{seconds:g} is not between 0 and 86400", param_hint="--seconds")

    def settings(build: "Build") -> "Config":
        return overridden(config_of(build, config_file), query_seconds=seconds, query_rows=rows)

    def ready(address: str) -> None:
        say(f"page:     {address}\nendpoint: {address}sparql\nControl-C ends the server.")
        if open_ and not webbrowser.open(address):
            say("No browser could be started here: open the page yourself.")

    options = Options(host, port, concurrency or os.cpu_count() or 1)
    if origins:
        options = dataclasses.replace(options, origins=() if origins == ("none",) else origins)
    if not is_local(host):
        say(f"Warning: {host} can be reached from other machines, and whoever reaches it can read the whole graph.")
    run(Workspace(workspace), settings, options, ready=ready)
    say("The server has ended.")
