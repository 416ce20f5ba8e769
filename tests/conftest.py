"""Fixtures and rules for all tests."""

import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.browser import Visits, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from kg.workspace import Workspace
    from tests.builds import Inputs

#: Set by CI, where every program and file a test may want is installed: a skip is then a failure.
NO_SKIP = os.environ.get("KG_NO_SKIP") == "1"

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("kg", derandomize=True, deadline=None, database=None, max_examples=60)
settings.load_profile("kg")


def _forbid_skip(report: Any) -> None:
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, which KG_NO_SKIP=1 forbids: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of the project's reference data."""
    path = Path(os.environ.get("KG_SHARED") or ROOT.parent / "shared")
    if not (path / "gold").is_dir():
        pytest.skip(f"no reference data in {path}; name its folder with KG_SHARED")
    return path


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    """Start what drives the browsers, once for all tests."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of Debian's Chromium."""
    program = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(program).exists():
        pytest.skip("no Chromium: apt-get install chromium")
    return program


@pytest.fixture(scope="session")
def browser(playwright: "Playwright", chromium: str) -> Iterator["Browser"]:
    """Start Chromium without GPU and WebGL once for all tests that need a page."""
    started = start(playwright, chromium, gpu=False)
    yield started
    started.close()


@pytest.fixture(scope="session")
def plain_browser(playwright: "Playwright", chromium: str) -> Iterator["Browser"]:
    """Start Chromium as it is, with what drawing help the machine has."""
    started = start(playwright, chromium, gpu=True)
    yield started
    started.close()


@pytest.fixture(scope="session")
def firefox() -> str:
    """Give the path of Debian's Firefox."""
    program = shutil.which("firefox-esr")
    if program is None:
        pytest.skip("no Firefox: apt-get install firefox-esr")
    return program


@pytest.fixture(scope="session")
def sample_space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the bundled sample."""
    import kg

    folder = tmp_path_factory.mktemp("sample") / "graph"
    kg.build(workspace=folder)
    return folder


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> "Inputs":
    """Cut the sample into three files."""
    from tests.builds import cut_sample

    return cut_sample(tmp_path_factory.mktemp("inputs"))


@pytest.fixture
def space(base: "Workspace", tmp_path: Path) -> "Workspace":
    """Give a copy of the last good build, which the module's fixture ``base`` makes."""
    shutil.copytree(base.path, tmp_path / "graph", symlinks=True)
    return replace(base, path=tmp_path / "graph")


@pytest.fixture
def visit(browser: "Browser", tmp_path: Path) -> Iterator[Visits]:
    """Open pages offline from files, in a Chromium without any drawing help."""
    visits = Visits(browser, tmp_path)
    yield visits
    visits.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need reference data or a browser, so that ``-m`` can choose them."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "shared" in fixtures:
            item.add_marker("shared")
        if fixtures & {"chromium", "firefox"}:
            item.add_marker("browser")
