"""`kg fetch`: records of web services into a folder that `kg build` reads."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import say
from kg.errors import FetchError
from kg.namespaces import slug

if TYPE_CHECKING:
    from kg.fetch.http import Client

#: Options of every service.
_SHARED = (
    click.option(
        "-o",
        "--output",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Folder for the answers; one under papers/ is chosen otherwise.",
    ),
    click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="Fetch about N papers at most."),
    click.option("--refresh", is_flag=True, help="Ask again for what is there already."),
    click.option(
        "--mailto",
        envvar="KG_MAILTO",
        default="",
        metavar="ADDRESS",
        help="Whom the service may write to; KG_MAILTO sets it for good.",
    ),
)


def _shared(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every service."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def _url(variable: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give the option that names another address of a service."""
    shown = f"Address of a mirror; {variable} sets it for good."
    return click.option("--url", envvar=variable, default="", metavar="URL", help=shown)


def _day(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Check a day."""
    from datetime import date

    if value:
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value) is None:
                raise ValueError("not of the form 2025-03-31")
            date.fromisoformat(value)
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is no day ({error}); write one such as 2025-03-31") from error
    return value


_since = click.option("--since", default="", callback=_day, metavar="DAY", help="Only papers of this day and later.")
_until = click.option("--until", default="", callback=_day, metavar="DAY", help="Only papers up to this day.")


@click.group(short_help="Fetch papers from arXiv, Hugging Face or OpenAlex.")
def fetch() -> None:
    """Fetch papers from arXiv, Hugging Face Daily Papers or OpenAlex into a folder.

    The answers are kept as the service gives them, with kg-fetch.json beside them. The same command goes on where an
    earlier one was stopped, and later fetches what is new. The name of the folder goes to standard output.

    \b
    Example:
      kg fetch arxiv "cat:cs.CL AND abs:retrieval" --max 500
      kg fetch hf 2025-03
      kg build papers/
    """


@fetch.command()
@click.argument("query")
@_since
@_until
@_shared
@_url("KG_ARXIV_URL")
def arxiv(query: str, *, since: str, until: str, **options: Any) -> None:
    """Fetch the papers that arXiv finds, newest first.

    QUERY is in arXiv's own syntax: ti: title, abs: abstract, au: author, cat: category, all: everything, joined by AND,
    OR and ANDNOT; words in double quotes stand together.

    \b
    Example:
      kg fetch arxiv "cat:cs.LG AND ti:diffusion" --since 2025-01-01
    """
    from kg.fetch.arxiv import ADDRESS, PAUSE, Arxiv

    service = Arxiv(query, since=since, until=until, most=options["most"], address=options.pop("url") or ADDRESS)
    _sweep(service, _named("arxiv", query), PAUSE, **options)


@fetch.command()
@click.argument("query", default="")
@_since
@_until
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME:VALUE",
    help="Filter in OpenAlex's own syntax, such as has_abstract:true; may be repeated.",
)
@click.option(
    "--key",
    envvar="OPENALEX_API_KEY",
    default="",
    metavar="KEY",
    help="Key for more than a few requests a day; OPENALEX_API_KEY sets it for good.",
)
@_shared
@_url("KG_OPENALEX_URL")
def openalex(
    query: str, *, since: str, until: str, filters: tuple[str, ...], key: str, mailto: str, **options: Any
) -> None:
    """Fetch the works that OpenAlex finds, newest first.

    QUERY is searched in titles, abstracts and full texts. A free key from openalex.org raises what may be asked a day
    and lifts the limit of 10 000 works.

    \b
    Example:
      kg fetch openalex "graph neural network" --since 2025-01-01 --filter has_abstract:true --max 200
    """
    from kg.fetch.openalex import ADDRESS, PAUSE, OpenAlex

    if not query and not filters:
        raise click.UsageError("nothing to look for; give QUERY or --filter")
    service = OpenAlex(
        query,
        filters=filters,
        since=since,
        until=until,
        most=options["most"],
        key=key,
        contact=mailto,
        address=options.pop("url") or ADDRESS,
    )
    _sweep(service, _named("openalex", " ".join((query, *filters))), PAUSE, mailto=mailto, **options)


@fetch.command()
@click.argument("date")
@_shared
@_url("KG_HF_URL")
def hf(date: str, *, output: Path | None, most: int | None, refresh: bool, mailto: str, url: str) -> None:
    """Fetch the lists of Hugging Face Daily Papers.

    DATE is a day (2025-03-31), a month (2025-03), a year or a range (2025-03-03..2025-03-07).

    \b
    Example:
      kg fetch hf 2025-03-03..2025-03-07
    """
    from kg.fetch import hf as service
    from kg.fetch.folder import held
    from kg.fetch.sweep import day_of

    client = _client(service.PAUSE, mailto)
    wanted = service.days(date, today=day_of(client))
    path = output or Path("papers") / "hf"
    with held(path, "hf", {}) as folder:
        new = service.fetch(
            wanted, folder, client, address=url or service.ADDRESS, most=most, refresh=refresh, notify=say
        )
        _end(path, new, len(folder.state.known()))


def _sweep(
    service: Any, path: Path, pause: float, *, output: Path | None, most: int | None, refresh: bool, mailto: str
) -> None:
    """Fetch the answers to a query."""
    from kg.fetch.folder import held
    from kg.fetch.sweep import sweep

    client = _client(pause, mailto)
    with held(output or path, service.name, service.request) as folder:
        new = sweep(service, folder, client, most=most, refresh=refresh, notify=say)
        _end(output or path, new, len(folder.state.known()))


def _client(pause: float, mailto: str) -> "Client":
    """Make the client for a service."""
    from kg.fetch.http import Client

    if mailto and not re.fullmatch(r"[^\s@;()]+@[^\s@;()]+", mailto):
        raise FetchError(f"--mailto {mailto!r} is no mail address; give one such as ada@example.org")
    return Client(pause, contact=mailto, notify=say)


def _named(service: str, query: str) -> Path:
    """Choose a folder for a query."""
    return Path("papers") / f"{service}-{slug(query, 50)}".rstrip("-")


def _end(path: Path, new: int, held: int) -> None:
    """Say what came, and give the folder."""
    from kg.text import counted

    if not held:
        say(f"{path}: no paper was found")
        return
    say(f"{path}: {counted(new, 'new paper')}, {held} in all; kg build {path} makes a graph of them")
    click.echo(str(path))
