"""The scripts of the page: their own tests, their types, their size, and what they must never do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kg.view import bundle

VIEW = Path(bundle.__file__).parent
SCRIPTS = Path(__file__).parent / "js"
MODULES = [VIEW / f"{name}.js" for name in bundle.MODULES]

#: Bytes of script, style and frame that a page may carry besides its data.
BUDGET = 60_000
#: Lines of one module.
LONGEST = 400
#: Ways by which text becomes markup or code.
UNSAFE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|document\.write|\beval\b|new Function|"
    r"srcdoc|setAttribute\(\"on|setTimeout\(\s*[\"'`]|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon"
)


def node() -> str:
    """Give the path of node, or skip."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node: apt-get install nodejs")
    return found


def run(*command: str) -> str:
    """Run a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=VIEW.parent.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_scripts_pass_their_own_tests() -> None:
    files = sorted(map(str, SCRIPTS.glob("*.test.js")))
    said = run(node(), "--test", "--test-reporter=tap", *files)
    passed = re.search(r"^# pass (\d+)$", said, re.MULTILINE)
    wanted = sum(len(re.findall(r"^test\(", Path(file).read_text(encoding="utf-8"), re.MULTILINE)) for file in files)
    assert passed is not None and int(passed[1]) == wanted > 20


def test_types_hold() -> None:
    compiler = SCRIPTS / "node_modules/.bin/tsc"
    if not compiler.exists():
        pytest.skip("no TypeScript: npm ci --prefix tests/js")
    run(str(compiler), "--project", str(SCRIPTS))


def test_joined_script_is_one_module(tmp_path: Path) -> None:
    joined = tmp_path / "page.mjs"
    joined.write_text(bundle.script(), encoding="utf-8")
    # A name that two modules declare is a syntax error of the joined script.
    run(node(), "--check", str(joined))
    assert not re.search(r"^(import|export)\b", bundle.script(), re.MULTILINE)
    assert "/**" not in bundle.script()


def test_every_module_is_joined_after_those_it_imports() -> None:
    assert {path.stem for path in MODULES} == {path.stem for path in VIEW.glob("*.js")} - {"loader", "pyvis"}
    for place, path in enumerate(MODULES):
        needed = re.findall(r'^import .*? from "\./(\w+)\.js";', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(needed) <= set(bundle.MODULES[:place]), path.name


@pytest.mark.parametrize("path", [*MODULES, VIEW / "loader.js"], ids=lambda path: path.name)
def test_scripts_are_short_and_build_no_markup_from_text(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST
    assert UNSAFE.search(source) is None
    assert max(map(len, source.splitlines())) <= 180


def test_frame_holds_no_handler_and_no_address() -> None:
    frame = (VIEW / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"\son\w+=|\sstyle=|https?://|//", frame)
    assert not re.search(r"url\(|@import|https?:", bundle.style())


def test_code_keeps_its_budget() -> None:
    assert len(bundle.fill("", title="Knowledge graph").encode()) <= BUDGET


def test_page_names_all_it_runs_and_nothing_else() -> None:
    page = bundle.fill("<i></i>", title="A <b> & @@DATA@@")
    assert page.count("<i></i>") == 1
    assert "<title>A &lt;b&gt; &amp; @@DATA@@</title>" in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert policy[1].count("'sha256-") == 3
    assert "unsafe" not in policy[1]
