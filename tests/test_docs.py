"""The documentation: links lead somewhere, commands exist, generated pages follow the code, shown output is true."""

import doctest
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from docs.tools import reference, sessions, source
from kg.cli import main
from kg.model import GRAPH_RELATIONS, KINDS, RELATIONS

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [
    ROOT / "README.md",
    *DOCS,
    *(
        ROOT / name
        for name in ("ontology/README.md", "output/README.md", "training/README.md", "training/MODEL_CARD.md")
    ),
]
ALL = [*PAGES, *sorted((ROOT / "notebooks").glob("*.ipynb"))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _prose(text: str) -> str:
    """Give a page without its fences."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def _anchors(path: Path) -> set[str]:
    """Give the anchors that GitHub makes of the headings of a page."""
    heads = re.findall(r"^#+ +(.+?) *$", _prose(path.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", ALL, ids=_name)
def test_links_lead_to_files_and_headings(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text if path.suffix == ".ipynb" else _prose(text))
    wrong = []
    for link in links:
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or ROOT not in target.parents:
            wrong.append(link)
        elif anchor and anchor not in _anchors(target):
            wrong.append(f"{link}: no such heading, there are {sorted(_anchors(target))}")
    assert not wrong


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (path.parent / link.partition("#")[0]).resolve()
        for path in ALL
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
        if not link.startswith("http") and link.partition("#")[0]
    }
    index = ROOT / "docs" / "README.md"
    pages = {*DOCS, *(ROOT / "notebooks").glob("*.ipynb")} - {index}
    assert sorted(_name(page) for page in pages - linked) == []


def _typed(text: str) -> Iterator[str]:
    """Give the command lines of fences, without those that are shown because they fail."""
    for language, _, content in sessions.blocks(text):
        if language == "console":
            yield from (step.command for step in sessions.steps(content) if not step.command.endswith("|| true"))
        elif language == "sh":
            yield from content.replace("\\\n", " ").splitlines()


def _calls(line: str) -> Iterator[list[str]]:
    """Give the arguments of each call of kg in a command line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    call: list[str] | None = None
    for word in [*lexer, ";"]:
        if re.fullmatch(r"[|;&<>]+", word):
            if call is not None:
                yield call
            call = None
        elif call is not None:
            call.append(word)
        elif word == "kg" or word.endswith("/kg"):
            call = []


def _check(arguments: list[str]) -> None:
    """Parse a call as click would, down to the options of the command, without running it."""
    command: click.Command = main
    context = main.make_context("kg", list(arguments))
    while isinstance(command, click.Group):
        left = [*context._protected_args, *context.args]
        name, below, rest = command.resolve_command(context, left)
        assert below is not None and name is not None
        command, context = below, below.make_context(name, list(rest), parent=context)


@pytest.mark.parametrize("path", [page for page in PAGES if "reference" not in page.parts], ids=_name)
def test_every_command_parses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wrong = []
    shown = [(line, _check) for line in _typed(text)] + [
        (line, _exists) for line in re.findall(r"`(kg [^`]+)`", _prose(text)) if "'" not in line
    ]
    for line, check in shown:
        for arguments in _calls(line):
            try:
                check(arguments)
            except (click.UsageError, AssertionError) as error:
                wrong.append(f"{line}: {error.format_message() if isinstance(error, click.ClickException) else error}")
    assert not wrong


def _exists(arguments: list[str]) -> None:
    """Check the command and the options of a call in running text, where values are left out or stand for others."""
    command: click.Command = main
    for word in arguments:
        below = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        command = below or command
    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {
        "--help",
        "--version",
    }
    assert command is not main or arguments[:1] in ([], ["--help"], ["--version"], ["COMMAND"]), (
        f"no command {arguments}"
    )
    assert {word for word in arguments if word.startswith("-") and len(word) > 1} <= known


def test_a_wrong_command_or_option_is_found() -> None:
    with pytest.raises(click.UsageError):
        _check(["build", "--no-such-option"])
    with pytest.raises(click.UsageError):
        _check(["bild", "x"])
    with pytest.raises(AssertionError):
        _exists(["show", "NAME", "--wy"])
    assert list(_calls("kg export nq | wc -l; kg view")) == [["export", "nq"], ["view"]]


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_follows_the_code(name: str) -> None:
    text = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert text == reference.page(name), "stale: run `make docs`"


def test_the_reference_has_all_registries() -> None:
    from kg.exporters import EXPORTERS
    from kg.query import RECIPES
    from kg.sources import READERS

    read = {name: (reference.FOLDER / name).read_text(encoding="utf-8") for name in reference.PAGES}
    assert all(f"| `{name}` |" in read["formats.md"] for name in (*READERS, *EXPORTERS))
    assert all(f"\n### {name}\n" in read["recipes.md"] for name in RECIPES)
    assert all(f"`kg:{name}`" in read["ontology.md"] for name in (*KINDS, *RELATIONS, *GRAPH_RELATIONS))


def test_all_public_names_are_in_the_reference() -> None:
    import kg

    text = (reference.FOLDER / "python.md").read_text(encoding="utf-8")
    missing = [name for name in kg.__all__ if name != "__version__" and not re.search(rf"\b{name}\b", text)]
    assert not missing


def test_signatures_are_written_with_their_types() -> None:
    import ast

    (node,) = ast.parse('def f(self, a: int = 1, *, b: "str | None" = None) -> "bool": ...').body
    assert isinstance(node, ast.FunctionDef)
    assert source.signature(node) == "f(a: int = 1, *, b: str | None = None) -> bool"


def test_the_picture_of_the_model_has_every_kind_and_relation() -> None:
    text = (ROOT / "docs" / "data-model.svg").read_text(encoding="utf-8")
    assert [name for name in (*KINDS, *RELATIONS, *GRAPH_RELATIONS) if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("module", [sessions, source], ids=lambda module: str(module.__name__))
def test_the_examples_of_the_tools_hold(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried and not failed


def test_output_is_cut_as_the_page_asks() -> None:
    assert sessions.cut("a\nb\nc\n", ["x", "..."]) == ["a", "..."]
    assert sessions.cut("a\nb\nc\n", ["... 2"]) == ["a", "b", "..."]
    assert sessions.cut("a\n", ["*"]) == ["a"]
    assert sessions.cut("a\n", []) == []
    (step,) = sessions.steps("$ kg query 'a\n> b' -w x\none\n  > two\n")
    assert (step.command, step.shown) == ("kg query 'a\nb' -w x", ["one", "  > two"])


def test_a_page_says_what_failed_and_what_changed(tmp_path: Path) -> None:
    page = "```txt a.txt\nhello\n```\n```console\n$ cat a.txt\nbye\n$ exit 3\n```\n"
    now, failed = sessions.play(page, tmp_path)
    assert "$ cat a.txt\nhello\n$ exit 3\n" in now
    assert failed == ["$ exit 3: exit status 3\n"]


@pytest.mark.slow
def test_the_commands_of_the_pages_print_what_is_shown() -> None:
    command = [sys.executable, "-m", "docs.tools.sessions", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nif this is meant, run `make docs`"
