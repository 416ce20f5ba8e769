"""`kg diff`: what changed from one build to another."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import emit, opened, output_option, workspace_option
from kg.errors import WorkspaceError

if TYPE_CHECKING:
    from kg.diff import Change, Difference
    from kg.workspace import Build

#: The sorts of change, in the order they are reported in.
_SORTS = ("appeared", "gained", "lost", "changed", "vanished")


@click.command()
@click.argument("builds", metavar="[A] [B]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "patch"]),
    default="text",
    show_default=True,
    help="Form: text for a reader, JSON with every change, or an RDF Patch of the triples.",
)
@click.option("--limit", type=click.IntRange(min=1), default=15, show_default=True, help="Changes of a sort in text.")
@workspace_option
@output_option
def diff(builds: tuple[Path, ...], *, format_: str, limit: int, workspace: Path, output: str) -> None:
    """Tell what changed from one graph to another.

    A and B are workspaces. With A alone, or with none and -w, the build before is compared with the one in use, so that
    after `kg add` you see what the new papers brought.

    \b
    Example:
      kg diff -w my-graph
      kg diff last-month this-month --format json -o changes.json
      kg diff last-month this-month --format patch | rdf-patch-tool
    """
    from kg.diff import compare, patch

    old, new = _two(builds, workspace)
    if format_ == "patch":
        with opened(output) as stream:
            stream.writelines(patch(old.file("graph.nq.gz"), new.file("graph.nq.gz")))
        return
    found = compare(old.tables(), new.tables())
    emit(output, _json(found) if format_ == "json" else _text(found, limit))


def _two(builds: tuple[Path, ...], workspace: Path) -> tuple["Build", "Build"]:
    """Give the two builds that are compared."""
    from kg.workspace import Workspace

    if len(builds) > 2:
        raise click.UsageError(
            f"{len(builds)} workspaces are named; name two, or one to compare with its build before."
        )
    if len(builds) == 2:
        return Workspace(builds[0]).build(), Workspace(builds[1]).build()
    space = Workspace(builds[0] if builds else workspace)
    new, old = space.build(), space.previous()
    if old is None:
        raise WorkspaceError(f"{space.path}: holds a single build; name two workspaces, or `kg add` papers first")
    return old, new


def _json(found: "Difference") -> str:
    """Write every change as JSON."""

    def plain(changes: Iterable["Change"]) -> list[dict[str, object]]:
        return [
            {"id": c.what, "name": c.name, "change": c.sort, "before": c.before, "after": c.after, "notes": c.notes}
            for c in changes
        ]

    data = {"papers": plain(found.papers), "entities": plain(found.entities), "relations": plain(found.relations)}
    return json.dumps({**data, "same": found.same}, ensure_ascii=False, indent=1) + "\n"


def _text(found: "Difference", limit: int) -> str:
    """Lay the changes out, those with most support first."""
    if found.is_empty:
        return "The two graphs hold the same papers, entities and relations.\n"
    lines: list[str] = []
    for name, changes in (("papers", found.papers), ("entities", found.entities), ("relations", found.relations)):
        counts = Counter(change.sort for change in changes)
        said = [f"{counts[sort]:,} {sort}" for sort in _SORTS if counts[sort]]
        lines.append(f"{name}: {', '.join([*said, f'{found.same[name]:,} unchanged'])}")
        for sort in _SORTS:
            own = sorted((change for change in changes if change.sort == sort), key=_weight)
            lines += [f"  {_line(change)}" for change in own[:limit]]
            if len(own) > limit:
                lines.append(f"  ... and {len(own) - limit:,} more that {sort} (--limit, or --format json)")
        lines.append("")
    return "\n".join(lines)


def _weight(change: "Change") -> tuple[int, int, str]:
    """Order changes: the greatest change of support first, then the greatest support."""
    before, after = change.before or 0, change.after or 0
    return -abs(after - before), -max(before, after), change.name


def _line(change: "Change") -> str:
    """Say one change in a line."""
    signs = {"appeared": "+", "vanished": "-", "gained": "↑", "lost": "↓", "changed": "~"}
    paper = change.what.startswith("paper:") and " " not in change.what
    support = "" if paper else f"  {_support(change)}"
    return f"{signs[change.sort]} {change.name}{support}" + "".join(f"; {note}" for note in change.notes)


def _support(change: "Change") -> str:
    """Say how many papers support a thing, before and after."""
    numbers = [str(number) for number in (change.before, change.after) if number is not None]
    if set(numbers) == {"0"}:
        return "by rule or vocabulary"
    if len(numbers) == 2 and numbers[0] != numbers[1]:
        return f"{numbers[0]} → {numbers[1]} papers"
    return f"{numbers[-1]} paper" + ("" if numbers[-1] == "1" else "s")
