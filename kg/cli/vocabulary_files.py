"""`kg vocabulary import` and `kg vocabulary check`: further vocabularies, and what is wrong with them."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import config as settings
from kg.cli.common import Registered, config_option, emit, output_option, say
from kg.errors import InputError
from kg.model import KINDS
from kg.text import counted

if TYPE_CHECKING:
    from kg.model import Reject
    from kg.vocabulary_terms import Adopted


class UnderOption(click.ParamType[tuple[str, str]]):
    """A label and the kind of what stands under it, as LABEL=KIND."""

    name = "LABEL=KIND"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Take the two parts."""
        label, sign, kind = str(value).rpartition("=")
        if not sign or not label.strip() or kind not in KINDS:
            self.fail(f"{value!r} is no LABEL=KIND with a kind of {', '.join(KINDS)}", param, ctx)
        return label.strip(), kind


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=Registered("kg.vocabulary_import", "READERS"),
    help="Form of FILE, where its name and content do not tell.",
)
@click.option("--name", metavar="NAME", show_default="that of FILE", help="Start of the identifiers: term:NAME-...")
@click.option("--kind", type=click.Choice(KINDS), default="Concept", show_default=True, help="Kind of all terms.")
@click.option(
    "--under", multiple=True, type=UnderOption(), metavar="LABEL=KIND", help="Kind of an entry and all below it."
)
@click.option("--language", default="en", show_default=True, metavar="TAG", help="Language of the labels to read.")
@click.option("--add", is_flag=True, help="Also name the new file in kg.toml.")
@output_option
@config_option
def import_(
    file: Path,
    *,
    format_: str | None,
    name: str | None,
    kind: str,
    under: tuple[tuple[str, str], ...],
    language: str,
    add: bool,
    output: str,
    config_file: Path | None,
) -> None:
    """Turn another vocabulary into a file of terms that kg reads.

    FILE is SKOS or OWL in any form of RDF, OBO, or a CSV table with the columns label, alt_labels, kind, broader (one
    cell holds several, parted by |). What the vocabulary of kg has already is left out, and so is what cannot be used.

    \b
    Example:
      kg vocabulary import CSO.ttl -o cso.ttl --add
      kg vocabulary import aio.obo -o aio.ttl --under Layer=Method
    """
    from kg.vocabulary import load
    from kg.vocabulary_import import read_entries
    from kg.vocabulary_terms import adopt, to_turtle

    if add and output == "-":
        raise click.UsageError("--add needs a file to name; give it with -o")
    source = read_entries(file, format_, language=language)
    others = tuple(path for path in settings.load(config_file).vocabularies if not _is_one(path, output))
    known = load(others)
    adopted = adopt(source.entries, name=name or file.stem, known=known, kind=kind, under=dict(under), source=file.name)
    if not adopted.terms:
        _report(source.rejects, adopted)
        raise InputError(f"{file}: no entry is left that would be a new term; nothing was written")
    about = f"Made by kg vocabulary import from {file.name}; its licence is that of {file.name}."
    emit(output, to_turtle(adopted.terms, comment=about))
    read = len(source.entries) + len(source.rejects)
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(Counter(t.kind for t in adopted.terms).items()))
    say(f"{counted(read, 'entry', 'entries')} read, {counted(len(adopted.terms), 'new term')} ({kinds})")
    _report(source.rejects, adopted)
    if add:
        _add(config_file or Path("kg.toml"), output)
    elif output != "-":
        say(f'To use it, write into kg.toml: vocabularies = ["{output}"]')


def _is_one(path: str, output: str) -> bool:
    """Tell whether two paths name one file."""
    return Path(path).absolute() == Path(output).absolute()


def _report(rejects: Iterable["Reject"], adopted: "Adopted") -> None:
    """Say how many entries and labels were left out, why, and what one of each is."""
    out = [*rejects, *adopted.rejects]
    for one, what, found in (("entry", "entries", out), ("label or link", "labels and links", adopted.dropped)):
        reasons = Counter(item.reason for item in found)
        if reasons:
            say(f"{len(found)} {what} left out:" if len(found) > 1 else f"1 {one} left out:")
        for reason, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
            first = next(item for item in found if item.reason == reason)
            say(f"  {number} {reason}, such as {first.excerpt!r}")


def _add(path: Path, output: str) -> None:
    """Name a vocabulary in a file of settings, leaving all else as it is."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    from kg.overrides_file import replace_file

    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no valid TOML ({error})") from error
    named = document.setdefault("vocabularies", [])
    if any(_is_one(str(name), output) for name in named):
        say(f"{path} names {output} already")
        return
    named.append(output)
    replace_file(path, tomlkit.dumps(document))
    say(f"{path}: vocabularies = {[str(name) for name in named]}; the next build reads it")


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@config_option
@output_option
def check(files: tuple[Path, ...], *, config_file: Path | None, output: str) -> None:
    """Find clashes in vocabulary files, and between them and the shipped ones.

    Clashes are labels of two terms, broader links that lead nowhere, in a circle or to a kind that cannot be above,
    empty labels, and labels that are general words. Without FILE the shipped files and those in kg.toml are checked.
    Exit status 1 says that there are clashes.

    \b
    Example:
      kg vocabulary check my-field.ttl
    """
    from kg.vocabulary import shipped_files
    from kg.vocabulary_check import check as clashes_of

    shipped = shipped_files()
    named = [Path(name) for name in settings.load(config_file).vocabularies]
    if files:
        others = [path for path in named if not any(_is_one(str(path), str(file)) for file in files)]
        found = clashes_of(files, against=[*shipped, *others])
    else:
        found = clashes_of([*shipped, *named])
    emit(output, "".join(f"{clash.file}: {clash.term} {clash.problem}\n" for clash in found))
    checked = counted(len(files) or len(shipped) + len(named), "file")
    say(f"{counted(len(found), 'clash', 'clashes')} in {checked}")
    if found:
        sys.exit(1)
