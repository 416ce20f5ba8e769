"""Five tasks on the page of the bundled sample by keyboard alone, and how many actions each takes.

usage: python -m tests.view_tasks

prints a table. A press is one key; an action is one key, or a word typed whole.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser import Opened, Visits, start, write_graph

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: What the tasks speak of; all in the bundled sample.
CACHE, METHOD, YEAR, FROM, TO = "KV cache", "DreamerV3", "2024", "LoRA", "diffusion model"


@dataclass
class Keyboard:
    """The keys of an opened page, counted; nothing else may touch the page."""

    opened: Opened
    presses: int = 0
    actions: int = 0
    saved: list[Any] = field(default_factory=list)

    def press(self, key: str) -> None:
        """Press one key."""
        self.opened.page.keyboard.press(key)
        self.opened.settle()
        self.presses += 1
        self.actions += 1

    def type(self, word: str) -> None:
        """Type a word."""
        self.opened.page.keyboard.type(word)
        self.opened.settle()
        self.presses += len(word)
        self.actions += 1

    def tab_to(self, selector: str, limit: int = 60) -> None:
        """Press Tab until the focus is on an element."""
        for _ in range(limit):
            if self.opened.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{limit} tabs did not lead to {selector}")


def read(keys: Keyboard, selector: str) -> list[str]:
    """Read the visible texts of the elements, as a person would."""
    return [" ".join(text.split()) for text in keys.opened.page.locator(f"{selector}:visible").all_inner_texts()]


def strongest_sentence(keys: Keyboard) -> list[str]:
    """Find "KV cache" and read a sentence that supports its strongest relation."""
    keys.press("/")
    keys.type(CACHE)
    keys.press("Enter")
    keys.press("n")
    return read(keys, ".proof blockquote")


def datasets(keys: Keyboard) -> list[str]:
    """List the datasets on which a method is evaluated."""
    keys.press("/")
    keys.type(METHOD)
    keys.press("Enter")
    return read(keys, "#shown")


def new_in_a_year(keys: Keyboard) -> list[str]:
    """Restrict to one year and see what is new."""
    keys.press("y")
    keys.type(YEAR)
    keys.press("Tab")
    keys.type(YEAR)
    keys.tab_to("#new-only")
    keys.press("Space")
    return read(keys, "#counts")


def connection(keys: Keyboard) -> list[str]:
    """Find how two entities connect."""
    keys.press("/")
    keys.type(FROM)
    keys.press("Enter")
    keys.press("f")
    keys.type(TO)
    keys.press("Enter")
    return read(keys, "#shown")


def export(keys: Keyboard) -> list[str]:
    """Export the current view."""
    with keys.opened.page.expect_download() as waiting:
        keys.press("s")
    keys.saved.append(waiting.value)
    return [waiting.value.suggested_filename]


#: The tasks with the most presses and actions each may take.
TASKS: dict[str, tuple[Callable[[Keyboard], list[str]], int, int]] = {
    "find KV cache and read a sentence for its strongest relation": (strongest_sentence, 12, 4),
    "list the datasets a method is evaluated on": (datasets, 12, 3),
    "restrict to one year and see what is new": (new_in_a_year, 12, 6),
    "find how two entities connect": (connection, 24, 6),
    "export the current view": (export, 2, 2),
}


@contextmanager
def sample_page() -> Iterator[tuple["Browser", Path]]:
    """Build the sample, write its page and start Chromium."""
    from playwright.sync_api import sync_playwright

    import kg
    from kg.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        space = Path(folder) / "graph"
        kg.build(workspace=space)
        page = write_graph(Workspace(space).build().tables(), Path(folder) / "graph.html")
        browser = start(driver, shutil.which("chromium") or "/usr/bin/chromium", gpu=False)
        yield browser, page
        browser.close()


def main() -> None:
    """Do the tasks and print how many presses and actions each took."""
    with sample_page() as (browser, page):
        print("| task | presses | actions | told |", "| --- | --- | --- | --- |", sep="\n")
        for name, (act, _, _) in TASKS.items():
            visits = Visits(browser, page.parent)
            keys = Keyboard(visits.open(page))
            told = " / ".join(act(keys))
            print(f"| {name} | {keys.presses} | {keys.actions} | {told[:160]} |", flush=True)
            visits.close()


if __name__ == "__main__":
    main()
