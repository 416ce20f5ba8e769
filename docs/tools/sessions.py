"""Run the commands that the tutorial and the how-to pages show, and write or compare what they print.

``python -m docs.tools.sessions`` runs and writes; with ``--check`` it runs and compares.

A ``console`` block holds commands after ``$`` and what they print. Output that ends in a line ``...`` is cut to as many
lines as stand above it; where none is shown, the command only has to succeed. A fence with a file name behind its
language, such as ``toml kg.toml``, is that file. Every page starts with the build of the bundled sample in ``output``.
Blocks called ``sh`` are not run: they need the network or another program.
"""

import argparse
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docs.tools.machine import is_exact

ROOT = Path(__file__).resolve().parents[2]

#: The pages, in the order of reading.
PAGES = (ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md")))

#: Longer lines of output are cut.
WIDTH = 116

#: Seconds a command may take.
PATIENCE = 600

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


@dataclass(slots=True)
class Step:
    """A command and the lines shown below it."""

    command: str
    shown: list[str] = field(default_factory=list)


def blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Give the language, file name and content of each fence."""
    for match in _FENCE.finditer(text):
        yield match[1], match[2] or "", match[3]


def steps(content: str) -> list[Step]:
    r"""Read a console block; lines after ``>`` go on with a command whose quotes are open.

    >>> [(step.command, step.shown) for step in steps("$ kg query 'a\n> b'\none\n$ kg view\n")]
    [("kg query 'a\nb'", ['one']), ('kg view', [])]
    """
    found: list[Step] = []
    for line in content.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:]))
        elif found and not found[-1].shown and line.startswith("> ") and _is_open(found[-1].command):
            found[-1].command += "\n" + line[2:]
        elif found:
            found[-1].shown.append(line)
    return found


def _is_open(command: str) -> bool:
    """Tell whether a command goes on in the next line."""
    try:
        shlex.split(command)
    except ValueError:
        return True
    return command.endswith("\\")


def cut(output: str, shown: list[str]) -> list[str]:
    r"""Cut output as the page does: ``... 5`` asks for five lines, ``*`` for all, ``...`` for as many as it has.

    >>> cut("a\nb\nc\n", ["x", "..."]), cut("a\nb\nc\n", ["... 2"]), cut("a\n", ["... 2"])
    (['a', '...'], ['a', 'b', '...'], ['a'])
    """
    lines = [line.rstrip() for line in output.splitlines()]
    lines = [line if len(line) <= WIDTH else line[: WIDTH - 4].rstrip() + " ..." for line in lines]
    asked = re.fullmatch(r"\.\.\.(?: (\d+))?", shown[-1]) if shown else None
    if not shown or asked is None:
        return lines if shown else []
    number = int(asked[1]) if asked[1] else len(shown) - 1
    return [*lines[:number], "..."] if len(lines) > number else lines


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line in a folder with the ``kg`` of this Python."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    outer = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment = {**outer, "PATH": path, "COLUMNS": "110", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def play(text: str, folder: Path) -> tuple[str, list[str]]:
    """Run a page's commands in a folder; give the page with their output, and what failed."""
    failed: list[str] = []

    def replace(match: re.Match[str]) -> str:
        """Give a fence with what its commands print now."""
        language, name, content = match[1], match[2], match[3]
        if name:
            (folder / name).write_text(content, encoding="utf-8")
        if language != "console":
            return match[0]
        lines: list[str] = []
        for step in steps(content):
            done = run(step.command, folder)
            if done.returncode:
                failed.append(f"$ {step.command}: exit status {done.returncode}\n{done.stdout}")
            lines += [
                "$ " + step.command.replace("\n", "\n> "),
                *cut(done.stdout.replace(str(folder), "."), step.shown),
            ]
        return "\n".join(["```console", *lines, "```"])

    return _FENCE.sub(replace, text), failed


def sample(folder: Path) -> Path:
    """Build the bundled sample once, for all pages."""
    done = run("kg build", folder)
    if done.returncode:
        raise SystemExit(done.stdout)
    return folder / "output"


def main() -> int:
    """Play every page; exit status 1 says that a command fails or a page is stale."""
    parser = argparse.ArgumentParser(description="Run the commands that the documentation shows.")
    parser.add_argument("--check", action="store_true", help="write nothing; tell what differs")
    parser.add_argument("pages", nargs="*", type=Path, default=PAGES)
    chosen = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        built = sample(Path(scratch))
        for page in chosen.pages:
            folder = Path(scratch) / page.stem
            shutil.copytree(built, folder / "output", symlinks=True)
            text = page.read_text(encoding="utf-8")
            now, failed = play(text, folder)
            wrong += [f"{page.name}: {message}" for message in failed]
            if not chosen.check:
                page.write_text(now, encoding="utf-8")
            elif is_exact():
                wrong += difflib.unified_diff(
                    text.splitlines(), now.splitlines(), page.name, "run now", lineterm="", n=1
                )
    if wrong:
        print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
