"""What several commands share: options, output, progress."""

import dataclasses
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from kg import config as settings
from kg import overrides as decided
from kg.config import Config
from kg.errors import InputError
from kg.model import Reject

if TYPE_CHECKING:
    from rich.console import Console

    from kg.workspace import Build, Workspace

_Command = TypeVar("_Command", bound=Callable[..., Any])

workspace_option = click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output"),
    show_default=True,
    envvar="KG_WORKSPACE",
    show_envvar=True,
    help="Folder that holds the graph.",
)
output_option = click.option(
    "-o", "--output", default="-", metavar="FILE", show_default="standard output", help="File for the result."
)
workers_option = click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", show_default="one per core", help="Processes that extract."
)


def _cluster(ctx: click.Context, param: click.Parameter, scheduler: str | None) -> str | None:
    """Give the scheduler of the cluster that extracts: empty for one on this machine, None for no cluster."""
    if ctx.params.pop("engine") == "dask":
        return scheduler or ""
    if scheduler:
        raise click.BadParameter("needs --engine dask beside it", ctx=ctx, param=param)
    return None


def engine_options(command: _Command) -> _Command:
    """Add --engine and --scheduler, which a command receives as ``cluster``."""
    engine = click.option(
        "--engine",
        type=click.Choice(["pool", "dask"]),
        default="pool",
        show_default=True,
        is_eager=True,
        help="Where to extract: on processes of kg, or on a Dask cluster (needs paper-kg[cluster]).",
    )
    scheduler = click.option(
        "--scheduler",
        "cluster",
        metavar="ADDRESS",
        callback=_cluster,
        show_default="a Dask cluster of --workers processes here",
        help="Dask scheduler, such as tcp://host:8786.",
    )
    return engine(scheduler(command))


config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    show_default="kg.toml here, if there is one",
    help="Settings.",
)
build_config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Settings in place of those the graph was built with.",
)
overrides_option = click.option(
    "--overrides",
    "overrides_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    show_default="overrides.toml beside the settings, if there is one",
    help="What you decided about names.",
)
model_option = click.option(
    "--model",
    type=click.Choice(settings.MODELS),
    show_default=settings.MODELS[0],
    help="What extracts: the more exact model, or the one for large corpora.",
)
page_year_option = click.option(
    "--page-year",
    type=click.IntRange(min=1900, max=2999),
    metavar="YEAR",
    help="Year of dates without one on saved pages, where it cannot be inferred.",
)


class Registered(click.ParamType[str]):
    """A name out of a registry, which is imported only when a value is checked or listed."""

    name = "name"

    def __init__(self, module: str, registry: str) -> None:
        self.module, self.registry = module, registry

    def names(self) -> list[str]:
        """List the names of the registry."""
        known: Mapping[str, Any] = getattr(import_module(self.module), self.registry)
        return list(known)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Take a known name, or say which are known."""
        known = self.names()
        name = str(value) if value in known else str(value).replace("_", "-")
        if name not in known:
            near = get_close_matches(name, known, n=1)
            guess = f"did you mean {near[0]}? There" if near else "there"
            self.fail(f"{value!r} is unknown; {guess} are {', '.join(known)}", param, ctx)
        return name

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show the names in the help."""
        return f"[{'|'.join(self.names())}]"


reader_option = click.option(
    "--from",
    "reader",
    type=Registered("kg.sources", "READERS"),
    help="Form of the input, where its content does not tell.",
)


def _columns(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Read FIELD=NAME, as often as it was given."""
    from kg.sources.columns import FIELDS

    pairs = [item.partition("=") for item in given]
    for field, sign, name in pairs:
        if field not in FIELDS or not sign or not name.strip():
            wanted = f"wanted is FIELD=NAME with FIELD one of {', '.join(FIELDS)}"
            raise click.BadParameter(f"{field + sign + name!r}; {wanted}", ctx=ctx, param=param)
    return {field: name for field, _, name in pairs}


column_option = click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="FIELD=NAME",
    help="Column of a table that holds a field, such as title=Headline; repeatable.",
)


enrich_option = click.option(
    "--enrich",
    "enrichment",
    multiple=True,
    metavar="FILE",
    help="Fill dates, authors, identifiers, categories and abstracts that papers lack from the records of FILE, "
    "by identifier or title, without adding papers; repeatable.",
)


def load_config(path: Path | None, **overrides: Any) -> Config:
    """Read the settings, with what the command line overrides; None overrides nothing."""
    return overridden(settings.load(path), **overrides)


def overridden(config: Config, **values: Any) -> Config:
    """Replace the settings whose value is given."""
    return dataclasses.replace(config, **{name: value for name, value in values.items() if value is not None})


def kept_config(space: "Workspace", path: Path | None, overrides: Path | None = None, **values: Any) -> Config:
    """Give the settings a changed build keeps: those named or in ``kg.toml``, else those it was made with.

    The file of overrides counts in either case, where there is one.
    """
    given = None if overrides is None else decided.read(overrides)
    if path is not None or Path("kg.toml").exists() or not space.has_build():
        return load_config(path, overrides=given, **values)
    beside = settings.overrides_file()
    found = given or (decided.read(beside) if beside.exists() else None)
    return overridden(config_of(space.build(), None), overrides=found, **values)


def config_of(build: "Build", path: Path | None) -> Config:
    """Give the settings a build was made with, or those of ``path``."""
    if path is not None:
        return settings.load(path)
    return settings.from_dict(build.manifest().config, where=str(build.folder / "manifest.json"))


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a result for writing: standard output for ``-``, else a file that appears when it is whole."""
    try:
        with _opened(Path(name)) if name != "-" else _stdout() as stream:
            yield stream
    except OSError as error:
        if error.filename is None and not isinstance(error, BrokenPipeError):
            error.filename = "standard output" if name == "-" else name
        raise


@contextmanager
def _stdout() -> Iterator[BinaryIO]:
    """Give standard output, written out at the end."""
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that replaces the one at ``path`` when all is written; devices and pipes are written directly."""
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    if not path.parent.is_dir():
        raise InputError(f"{path}: the folder {path.parent} does not exist; make it first")
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        error.filename = str(path)  # not the temporary name, which tells a user nothing
        raise
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Give the mode bits that new files of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def emit(name: str, text: str) -> None:
    """Write text as the result of a command, in UTF-8."""
    with opened(name) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def say(message: str) -> None:
    """Tell the user something that is no result."""
    click.echo(message, err=True)


def where(record: Reject) -> str:
    """Name the place of a record."""
    return f"{record.name}, record {record.record}"


def report_rejects(rejects: list[Reject], *, shown: int = 5) -> None:
    """Say how many records could not be used, and why for the first ones."""
    if not rejects:
        return
    say(f"{len(rejects)} record{'s' * (len(rejects) != 1)} could not be used:")
    for record in rejects[:shown]:
        say(f"  {where(record)}: {record.reason}")
    if len(rejects) > shown:
        say(f"  ... and {len(rejects) - shown} more")


def stdout_console() -> "Console":
    """Give a console on standard output that breaks no line where a program reads it."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=10_000, color_system=None)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on standard error, fed with (stage, done, total); where nobody watches, show nothing."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("start", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total or None)
