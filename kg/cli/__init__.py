"""The command line: arguments, calls, messages. Each command's module is imported when it is run."""

from importlib import import_module
from typing import IO, Any, cast

import click
from click.exceptions import NoSuchCommand

from kg import stopping
from kg.errors import KGError

#: Command -> module and function; ``kg --help`` lists them in this order.
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("kg.cli.build", "build"),
    "add": ("kg.cli.build", "add"),
    "remove": ("kg.cli.build", "remove"),
    "diff": ("kg.cli.diff", "diff"),
    "fetch": ("kg.cli.fetch", "fetch"),
    "extract": ("kg.cli.extract", "extract"),
    "query": ("kg.cli.query", "query"),
    "recipe": ("kg.cli.query", "recipe"),
    "view": ("kg.cli.view", "view"),
    "show": ("kg.cli.show", "show"),
    "serve": ("kg.cli.serve", "serve"),
    "vocabulary": ("kg.cli.vocabulary", "vocabulary"),
    "merge": ("kg.cli.identity", "merge"),
    "split": ("kg.cli.identity", "split"),
    "export": ("kg.cli.export", "export"),
    "validate": ("kg.cli.check", "validate"),
    "evaluate": ("kg.cli.check", "evaluate"),
    "sample": ("kg.cli.check", "sample"),
}


#: Commands that go on where they were stopped, as what was finished is kept.
GO_ON = frozenset({"build", "add", "remove", "merge", "split", "fetch"})


class Stopped(click.ClickException):
    """An end by Ctrl-C, with the exit status that shells expect of it."""

    exit_code = stopping.STATUS

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it without calling it an error."""
        click.echo(f"\n{self.message}", file=file, err=True)


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, and words its errors."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in their own order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and give a command."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        return cast(click.Command, getattr(import_module(module), function))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest one spelt much like it."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            raise NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what went wrong is one message and exit status 1."""
        try:
            stopping.as_exception()
            return super().invoke(ctx)
        except KGError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise
        except KeyboardInterrupt:
            keeps = ctx.invoked_subcommand in GO_ON
            more = " What was finished is kept; give the same command again to go on from there." if keeps else ""
            raise Stopped(f"Stopped.{more}") from None
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror or error}") from error


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="paper-kg", prog_name="kg")
def main() -> None:
    """Build a knowledge graph of machine-learning papers, and ask it questions.

    Everything runs on this machine. Results go to standard output, messages to standard error.

    \b
    Example:
      kg build papers.jsonl -w my-graph
      kg show "KV cache" -w my-graph
    """
