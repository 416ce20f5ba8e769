"""`kg vocabulary`: ask the vocabulary and the rules about names."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import emit, load_config, output_option
from kg.cli.vocabulary_files import check, import_
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.resolve.names import Verdict


@click.group()
def vocabulary() -> None:
    """Judge names; import and check further vocabularies.

    \b
    Example:
      kg vocabulary same "deep Q-network" DQN
    """


vocabulary.add_command(import_)
vocabulary.add_command(check)


@vocabulary.command()
@click.argument("names", nargs=-1, metavar="[A B]")
@click.option("--pairs", metavar="FILE", help="File with two names a line, tab-separated; - for standard input.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    show_default="kg.toml here, if there is one",
    help="Settings; their vocabularies count too.",
)
@output_option
def same(*, names: tuple[str, ...], pairs: str | None, config_file: Path | None, output: str) -> None:
    """Tell whether two names are one thing, and why.

    Judges by the names and the vocabulary alone, not by any paper. Prints "same" or "different", a tab and the reason,
    a line for each pair.

    \b
    Example:
      kg vocabulary same "deep Q-network" DQN
      kg vocabulary same --pairs pairs.tsv
    """
    if (pairs is None) == (not names) or (names and len(names) != 2):
        raise click.UsageError("Give two names, or a file of pairs with --pairs.")
    asked = [(names[0], names[1])] if pairs is None else _read_pairs(pairs)
    from kg.resolve.names import judge
    from kg.vocabulary import load

    terms = load(load_config(config_file).vocabularies)
    emit(output, "".join(_line(judge(a, b, terms)) for a, b in asked))


def _line(verdict: "Verdict") -> str:
    """Lay a verdict out."""
    return f"{'same' if verdict.same else 'different'}\t{verdict.reason}\n"


def _read_pairs(name: str) -> list[tuple[str, str]]:
    """Read pairs of names; a line that is none is an error that names it."""
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    place = "standard input" if name == "-" else name
    pairs = []
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        try:
            fields = line.decode("utf-8").split("\t")
        except UnicodeDecodeError as error:
            raise InputError(f"{place}, line {number}: no UTF-8 ({error.reason}); save the file as UTF-8") from error
        if len(fields) != 2 or not all(field.strip() for field in fields):
            found = f"{len(fields)} field{'s' * (len(fields) != 1)}" if len(fields) != 2 else "an empty name"
            raise InputError(f"{place}, line {number}: {found}; a line has two names with a tab between them")
        pairs.append((fields[0].strip(), fields[1].strip()))
    return pairs
