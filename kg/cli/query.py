"""`kg query` and `kg recipe`: SPARQL over the store of a build."""

import io
import shlex
import sys
from contextlib import suppress
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
    from collections.abc import Callable

    from kg.query import Result
    from kg.query.recipes import Recipe

#: Rows that are counted where an answer has none.
_MANY = "10000"

format_option = click.option(
    "--format",
    "format_",
    type=Registered("kg.query", "FORMATS"),
    show_default="a table",
    help="Form of the answer: the first four for tables, the others for graphs.",
)


@click.command()
@click.argument("query", metavar="QUERY", required=False)
@click.option(
    "--schema", is_flag=True, help="Tell what can be asked for: classes and properties, each with an example."
)
@format_option
@workspace_option
@output_option
@build_config_option
def query(
    query: str | None,
    *,
    schema: bool,
    format_: str | None,
    workspace: Path,
    output: str,
    config_file: Path | None,
) -> None:
    """Answer a SPARQL query.

    QUERY is the query's text, @FILE, or - for standard input. The prefixes of the graph are known. Updates, SERVICE and
    graphs from elsewhere are refused.

    \b
    Example:
      kg query 'SELECT ?name WHERE { ?x a kg:Dataset ; skos:prefLabel ?name } LIMIT 5'
      kg query @question.rq --format csv -o answer.csv
      kg query --schema
    """
    from kg.query import Worker
    from kg.query import schema as describe
    from kg.workspace import Workspace

    if schema == (query is not None):
        raise click.UsageError("give either a QUERY or --schema")
    text = None if query is None else _text(query)
    build = Workspace(workspace).build()
    with Worker(build.file("store"), config_of(build, config_file)) as worker:
        result = describe(worker) if text is None else worker.run(text)
    for note in result.notes:
        say(f"Note: {note}")
    _answer(result, format_, output)


@click.command()
@click.argument("name", metavar="[NAME]", required=False, type=Registered("kg.query", "RECIPES"))
@click.argument("values", metavar="[VALUE]...", nargs=-1)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Value of a recipe's parameter.")
@click.option("--show", is_flag=True, help="Write the recipe itself: its parameters and its SPARQL.")
@format_option
@workspace_option
@output_option
@build_config_option
def recipe(
    name: str | None,
    values: tuple[str, ...],
    *,
    params: tuple[str, ...],
    show: bool,
    format_: str | None,
    workspace: Path,
    output: str,
    config_file: Path | None,
) -> None:
    """Answer a named question, one of the shipped recipes.

    Without NAME, list the recipes. Each VALUE is one of a parameter that the recipe needs, in the order of the list;
    --param gives the others. A table on the screen leaves out the nodes that it names; --format json has them.

    \b
    Example:
      kg recipe top --param limit=5
      kg recipe evaluated-on CIFAR-10 --param threshold=0.8
      kg recipe top --show
    """
    from kg.query import RECIPES
    from kg.query import recipe as run
    from kg.workspace import Workspace

    if name is None:
        emit(output, _listing())
        return
    if show:
        emit(output, RECIPES[name].text)
        return
    given = _given(RECIPES[name], values, _params(params))
    build = Workspace(workspace).build()
    store, config = build.file("store"), config_of(build, config_file)
    result = run(store, name, given, config=config)
    _answer(result, format_, output, brief=True)
    if not result.rows:
        _tell_of_weaker(RECIPES[name], given, lambda wider: run(store, name, wider, config=config).rows)


def _given(item: "Recipe", values: tuple[str, ...], params: dict[str, str]) -> dict[str, str]:
    """Give values to the parameters a recipe needs, in order, beside those that are named."""
    from kg.text import counted

    free = [p.name for p in item.parameters if p.required and p.name not in params]
    if len(values) > len(free):
        taken = f"{counted(len(free), 'value')} ({', '.join(free)})" if free else "no value"
        rest = [p for p in item.parameters if p.name not in free and p.name not in params]
        shown = [values[len(free)] if p.type == "entity" else p.example for p in rest]
        others = f"; name others, such as --param {rest[0].name}={shlex.quote(shown[0])}" if rest else ""
        quoted = "; put one of several words in quotes" if free else ""
        raise click.UsageError(f"{item.name} takes {taken}, and here are {len(values)}{quoted}{others}")
    return {**dict(zip(free, values, strict=False)), **params}


def _tell_of_weaker(item: "Recipe", given: dict[str, str], count: "Callable[[dict[str, str]], int]") -> None:
    """Say how many rows a recipe without any would have below its threshold, or with rules and the vocabulary."""
    from kg.text import counted

    takes = {p.name: p.default for p in item.parameters}
    wider = {**given, **({"limit": _MANY} if "limit" in takes else {})}
    low = {"threshold": "0"} if "threshold" in takes else {}
    inferred = {"inferred": "yes"} if given.get("inferred", takes.get("inferred")) in ("no", "false") else {}
    tries = [(low, "below the threshold"), (inferred, "by rules and the vocabulary")]
    tries += [({**low, **inferred}, "by rules, below the threshold")] if low and inferred else []
    for change, place in tries:
        if not change:
            continue
        if rows := count({**wider, **change}):
            options = " ".join(f"--param {name}={value}" for name, value in change.items())
            say(f"{counted(rows, 'row')} {place}: {options}")
            return


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
        "kg recipe NAME VALUE... --param PARAMETER=VALUE answers; kg recipe NAME --show gives its parameters and SPARQL"
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
        with suppress(OSError, ValueError):  # a query is too long for the name of a file, as a rule
            if Path(query).is_file():
                raise QueryError(f"{query} is a file; a file is given as @{query}")
        return query
    place = "standard input" if query == "-" else query[1:]
    try:
        return sys.stdin.buffer.read().decode() if query == "-" else Path(place).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(
            f"{place}: not UTF-8 ({error.reason} at byte {error.start}); save the query as UTF-8"
        ) from error


def _answer(result: "Result", format_: str | None, output: str, *, brief: bool = False) -> None:
    """Write a result: as a table unless a format is named; say so if it has no rows."""
    if result.kind == "bindings" and not result.rows:
        say("no rows")
    if format_ is not None:
        with opened(output) as stream:
            stream.write(result.serialize(format_))
    elif output == "-" and (result.kind != "bindings" or result.rows):
        console = stdout_console()
        console.print(result.table(width=console.width, brief=brief))
    elif output != "-":
        emit(output, _as_text(result, brief=brief))


def _as_text(result: "Result", *, brief: bool) -> str:
    """Lay a result out as a table in plain text."""
    from rich.console import Console

    text = io.StringIO()
    Console(file=text, width=10_000, color_system=None, highlight=False).print(result.table(brief=brief))
    return text.getvalue()
