"""The pages against axe-core in light, dark and narrow, and what axe cannot see: focus, target sizes, contrast."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.tables import Tables
from tests.browser import Opened, Visits, write_graph
from tests.view_sample import large

if TYPE_CHECKING:
    from playwright.sync_api import Locator

#: Window width and dark theme: light, dark, narrow, narrow and dark.
LOOKS = [(1280, False), (1280, True), (400, False), (400, True)]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


@pytest.fixture(scope="module")
def path(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_graph(tables, tmp_path_factory.mktemp("page") / "large.html")


def violations(opened: Opened) -> list[str]:
    """Give what axe-core finds wrong, each with the elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(opened.page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def at_start(opened: Opened) -> None:
    """Leave the page as it opens."""


def with_a_node(opened: Opened) -> None:
    opened.page.locator("#search").fill("network")
    opened.settle()
    opened.press("Enter")
    assert opened.kg("kg.selected().kind") == "node"


def with_evidence(opened: Opened) -> None:
    with_a_node(opened)
    opener = opened.page.locator(".opener").first
    opener.click()
    opened.settle()
    assert opener.get_attribute("aria-expanded") == "true"


def with_an_edge(opened: Opened) -> None:
    with_a_node(opened)
    opened.press("n")
    assert opened.kg("kg.selected().kind") == "edge"


def with_hits(opened: Opened) -> None:
    opened.page.locator("#search").fill("a")
    opened.settle()
    assert opened.page.locator("#hits").is_visible()


def with_the_table(opened: Opened) -> None:
    opened.press("t")
    assert opened.page.locator("#nodes-table").is_visible()


def with_help(opened: Opened) -> None:
    opened.press("?")
    assert opened.page.locator("dialog#keys").is_visible()


def with_a_neighbourhood(opened: Opened) -> None:
    with_a_node(opened)
    opened.press("2", "r")


def with_the_save_menu(opened: Opened) -> None:
    opened.page.locator("#save").click()
    assert opened.page.locator("#save-png").is_visible()


def with_filters(opened: Opened) -> None:
    if opened.page.locator("#filters").is_visible():
        opened.page.locator("#filters").click()
    opened.page.locator("#year-from").fill("2024")
    opened.page.locator("#year-from").dispatch_event("change")
    opened.settle()


STATES = [
    at_start,
    with_a_node,
    with_evidence,
    with_an_edge,
    with_hits,
    with_the_table,
    with_help,
    with_a_neighbourhood,
    with_the_save_menu,
    with_filters,
]


@pytest.mark.parametrize(("width", "dark"), LOOKS, ids=["light", "dark", "narrow", "narrow dark"])
@pytest.mark.parametrize("act", STATES)
def test_axe_finds_nothing(visit: Visits, path: Path, act: Any, width: int, dark: bool) -> None:
    opened = visit(path, width=width, dark=dark)
    act(opened)
    assert violations(opened) == []
    opened.quiet()


def test_axe_finds_what_is_wrong(visit: Visits) -> None:
    opened = visit(b"<!doctype html><title>x</title><button></button><p style='color:#ccc'>pale</p>")
    found = {line.split(":")[0] for line in violations(opened)}
    assert {"button-name", "color-contrast", "html-has-lang"} <= found


def tab_stops(opened: Opened, limit: int = 400) -> list[str]:
    """Press Tab until the focus is where it was first; give a description of every stop."""
    stops: list[str] = []
    describe = """() => {
      const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== "none";
      return [here.tagName, here.id, here.dataset.value ?? "", seen ? "" : "unseen"].join(" ") + "@" + [box.x, box.y];
    }"""
    for _ in range(limit):
        opened.page.keyboard.press("Tab")
        stop = opened.page.evaluate(describe)
        if stop.startswith("BODY"):
            continue
        if stops and stop == stops[0]:
            return [line.split("@")[0].strip() for line in stops]
        stops.append(stop)
    raise AssertionError(f"more than {limit} stops")


def test_every_control_is_reached_by_tab_with_a_focus_that_is_seen(visit: Visits, path: Path) -> None:
    opened = visit(path)
    with_a_node(opened)
    opened.press("Escape")
    # Nothing in the header moves, so the round ends where it began.
    opened.page.locator("#search").focus()
    stops = tab_stops(opened)
    assert not [stop for stop in stops if stop.endswith("unseen")]
    reached = {stop.split()[1] for stop in stops if len(stop.split()) > 1}
    buttons = opened.page.locator("button[id]:visible, input[id]:visible").evaluate_all(
        "all => all.filter((each) => !each.disabled && each.tabIndex >= 0).map((each) => each.id)"
    )
    assert set(buttons) <= reached
    assert "canvas" in reached
    opened.quiet()


def small_ones(targets: "Locator") -> list[str]:
    """Give the targets of less than 24 pixels that have no 24 pixels of their own around their middle either."""
    boxes = targets.evaluate_all(
        """all => all.map((each) => {
          const outer = each.closest("label") ?? each;
          const box = outer.getBoundingClientRect();
          return { name: outer.id || outer.textContent.trim().slice(0, 40), x: box.x + box.width / 2,
                   y: box.y + box.height / 2, w: box.width, h: box.height };
        }).filter((box) => box.w > 0)"""
    )
    return [box["name"] for box in boxes if min(box["w"], box["h"]) < 23.5]


@pytest.mark.parametrize("width", [1280, 400])
def test_targets_are_24_pixels(visit: Visits, path: Path, width: int) -> None:
    opened = visit(path, width=width)
    with_evidence(opened)
    assert small_ones(opened.page.locator("button:visible, input:visible, summary:visible, select:visible")) == []


def test_the_dialog_gives_the_focus_back(visit: Visits, path: Path) -> None:
    opened = visit(path)
    opened.page.locator("#help").focus()
    opened.press("Enter")
    assert opened.page.evaluate("document.activeElement.closest('dialog') !== null")
    opened.press("Escape")
    assert opened.page.evaluate("document.activeElement.id") == "help"


def test_what_changes_is_said(visit: Visits, path: Path) -> None:
    opened = visit(path)
    for name in ("#counts", "#said"):
        assert opened.page.locator(name).get_attribute("aria-live") == "polite"
    with_a_node(opened)
    assert opened.page.locator("#details h2").inner_text() in opened.page.locator("#said").inner_text()
    before = opened.page.locator("#counts").inner_text()
    opened.press("1")
    assert opened.page.locator("#counts").inner_text() != before


def luminance(colour: tuple[int, int, int]) -> float:
    """Give the relative luminance of a colour as WCAG 2.2 defines it."""
    parts = [value / 255 for value in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_has_a_contrast_of_three_to_one(visit: Visits, path: Path, dark: bool) -> None:
    from tests.browser import screenshot_colours

    opened = visit(path, dark=dark)
    kinds = opened.page.locator("input[data-filter=kind]").evaluate_all("all => all.map((each) => each.dataset.value)")
    ground = max(screenshot_colours(opened.page, "#canvas").items(), key=lambda item: item[1])[0]
    for kind in kinds:
        opened.page.locator("#reset").click()
        for other in kinds:
            if other != kind:
                opened.page.locator(f"input[data-filter=kind][data-value={other}]").uncheck()
        opened.page.locator("#fit").click()
        opened.page.wait_for_timeout(400)
        colours = screenshot_colours(opened.page, "#canvas")
        vivid = {colour: count for colour, count in colours.items() if max(colour) - min(colour) > 40}
        drawn = max(vivid or {k: v for k, v in colours.items() if k != ground}, key=lambda colour: colours[colour])
        high, low = sorted((luminance(drawn), luminance(ground)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3, (kind, drawn, ground)
