"""`kg query` and `kg recipe`: SPARQL over the store of a build."""

import io
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import (
    Registered,
    build_config_option,
    config_of,
    emit,
    opened,
    output_option,
    say,
    stdout_console,
    workspace_option,
)
from kg.errors import QueryError

if TYPE_CHECKING:
    from kg.query import Result

format_option = click.option(
    "--format",
    "format_",
    type=Registered("kg.query", "FORMATS"),
    show_default="a table",
    help="Form of the answer: the first four for tables, the others for graphs.",
)


@click.command()
@click.argument("query", metavar="QUERY")
@format_option
@workspace_option
@output_option
@build_config_option
def query(query: str, *, format_: str | None, workspace: Path, output: str, config_file: Path | None) -> None:
    """Answer a SPARQL query.

    QUERY is the query's text, @FILE, or - for standard input. The prefixes of the graph are known. Updates, SERVICE and
    graphs from elsewhere are refused.

    \b
    Example:
      kg query 'SELECT ?name WHERE { ?x a kg:Dataset ; skos:prefLabel ?name } LIMIT 5'
      kg query @question.rq --format csv -o answer.csv
    """
    from kg.query import run
    from kg.workspace import Workspace

    build = Workspace(workspace).build()
    result = run(build.file("store"), _text(query), config=config_of(build, config_file))
    for note in result.notes:
        say(f"Note: {note}")
    _answer(result, format_, output)


@click.command()
@click.argument("name", metavar="[NAME]", required=False, type=Registered("kg.query", "RECIPES"))
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Value of a recipe's parameter.")
@click.option("--show", is_flag=True, help="Write the recipe itself: its parameters and its SPARQL.")
@format_option
@workspace_option
@output_option
@build_config_option
def recipe(
    name: str | None,
    *,
    params: tuple[str, ...],
    show: bool,
    format_: str | None,
    workspace: Path,
    output: str,
    config_file: Path | None,
) -> None:
    """Answer a named question, one of the shipped recipes.

    Without NAME, list the recipes.

    \b
    Example:
      kg recipe top --param limit=5
      kg recipe top --show
    """
    from kg.query import RECIPES
    from kg.query import recipe as run
    from kg.text import counted
    from kg.workspace import Workspace

    if name is None:
        emit(output, _listing())
        return
    if show:
        emit(output, RECIPES[name].text)
        return
    build, given = Workspace(workspace).build(), _params(params)
    store, config = build.file("store"), config_of(build, config_file)
    result = run(store, name, given, config=config)
    _answer(result, format_, output)
    has_threshold = any(item.name == "threshold" for item in RECIPES[name].parameters)
    if not result.rows and has_threshold and "threshold" not in given:
        weak = run(store, name, {**given, "threshold": "0"}, config=config).rows
        if weak:
            say(f"{counted(weak, 'row')} below the threshold: --param threshold=0")


def _listing() -> str:
    """List the recipes by what they ask about; parameters in brackets may be left out."""
    from kg.query import GROUPS, RECIPES

    lines = []
    for heading, names in GROUPS.items():
        lines.append(heading)
        for name in names:
            item = RECIPES[name]
            given = [f"{p.name}={shlex.quote(p.example)}" for p in item.parameters if p.required]
            free = [p.name for p in item.parameters if not p.required]
            lines.append(f"  {name}: {item.help}")
            lines += [f"      {' '.join([*given, *(f'[{word}]' for word in free)])}"] if item.parameters else []
        lines.append("")
    lines.append(
        "kg recipe NAME --param PARAMETER=VALUE answers; kg recipe NAME --show gives its parameters and its SPARQL"
    )
    return "\n".join(lines) + "\n"


def _params(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read NAME=VALUE pairs."""
    for pair in pairs:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--param")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def _text(query: str) -> str:
    """Give a query's text, from a file or standard input where it is there."""
    if query != "-" and not query.startswith("@"):
        return query
    place = "standard input" if query == "-" else query[1:]
    try:
        return sys.stdin.buffer.read().decode() if query == "-" else Path(place).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(
            f"{place}: not UTF-8 ({error.reason} at byte {error.start}); save the query as UTF-8"
        ) from error


def _answer(result: "Result", format_: str | None, output: str) -> None:
    """Write a result: as a table unless a format is named; say so if it has no rows."""
    if result.kind == "bindings" and not result.rows:
        say("no rows")
    if format_ is not None:
        with opened(output) as stream:
            stream.write(result.serialize(format_))
    elif output == "-" and (result.kind != "bindings" or result.rows):
        stdout_console().print(result.table())
    elif output != "-":
        emit(output, _as_text(result))


def _as_text(result: "Result") -> str:
    """Lay a result out as a table in plain text."""
    from rich.console import Console

    text = io.StringIO()
    Console(file=text, width=10_000, color_system=None, highlight=False).print(result.table())
    return text.getvalue()
