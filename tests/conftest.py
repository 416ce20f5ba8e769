"""Fixtures and rules for all tests."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
def browser() -> Iterator["Browser"]:
    """Start Chromium once for all tests that need a page."""
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(program).exists():
        pytest.skip("no Chromium: apt-get install chromium")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    offline = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*quiet, *offline])
        yield chromium
        chromium.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the fixtures ``shared`` and ``browser``, so that ``-m`` can choose them."""
    for item in items:
        for name in {"shared", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(name)
