"""Measure a page in Chromium: when it can be used, its longest task, frames while panning, keys while searching."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: When each page has drawn: an expression on its window.
DRAWN = {
    "kg": "document.documentElement.dataset.ready === '1'",
    "sigma 3": "window.drawn === true",
    "pyvis": "(typeof network === 'object' && network.on && (window.hooked ??= (network.once('afterDrawing', () => "
    "{ window.drawn = true; }), network.redraw(), true)), window.drawn === true)",
}

#: Run before the page's own code: collects long tasks and slow events, and marks the first usable frame.
_WATCH = """
window.seen = {{ first: 0, tasks: [], events: [] }};
new PerformanceObserver((list) => list.getEntries().forEach((each) => seen.tasks.push([each.startTime, each.duration])))
  .observe({{ type: "longtask", buffered: true }});
new PerformanceObserver((list) => list.getEntries().forEach((each) => seen.events.push([each.name, each.duration])))
  .observe({{ type: "event", durationThreshold: 16, buffered: true }});
const look = () => {{
  let drawn = false;
  try {{ drawn = {drawn}; }} catch {{ /* not there yet */ }}
  if (drawn) requestAnimationFrame(() => requestAnimationFrame(() => {{ seen.first = performance.now(); }}));
  else setTimeout(look, 4);
}};
look();
"""

_FRAMES = """(milliseconds) => new Promise((done) => {
  const times = [];
  const tick = (now) => {
    times.push(now);
    if (now - times[0] < milliseconds) requestAnimationFrame(tick); else done(times);
  };
  requestAnimationFrame(tick);
})"""

#: The fixed loop that tells how fast a machine is at the moment, in milliseconds.
_LOOP = """() => {
  const start = performance.now();
  let x = 1, sum = 0;
  const list = new Float64Array(4096);
  for (let turn = 0; turn < 6e6; turn += 1) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    sum += list[x & 4095] += Math.sqrt(x);
  }
  return sum > 0 ? performance.now() - start : 0;
}"""


@dataclass(slots=True)
class Seen:
    """What a page did; times in seconds, frame gaps and keys in milliseconds; None where it never came to it."""

    first: float | None = None
    longest: float | None = None
    pan: float | None = None
    pan_open: float | None = None
    search: float | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that at least ``share`` of all do not exceed.

    >>> percentile([3, 1, 2, 4], 0.5), percentile([5], 0.95)
    (2, 5)
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def calibrate(browser: "Browser") -> float:
    """Time the fixed loop in a page of its own: the middle of five runs, in milliseconds."""
    with browser.new_context() as context:
        page = context.new_page()
        return median(page.evaluate(_LOOP) for _ in range(5))


def calibrate_python() -> float:
    """Time a fixed loop of numpy and plain Python, as the layout is: the middle of five runs, in milliseconds."""
    import numpy as np

    def once() -> float:
        start = time.perf_counter()
        points = np.random.default_rng(1).random((700, 2))
        for _ in range(3):
            apart = points[:, None, :] - points[None, :, :]
            points = points + 1e-3 * (apart / (1e-3 + (apart**2).sum(axis=2))[..., None]).sum(axis=1)
        sum(number % 7 for number in range(400_000))
        return 1000 * (time.perf_counter() - start)

    return median(once() for _ in range(5))


def see(browser: "Browser", path: Path, kind: str, *, patience: float = 120) -> Seen:
    """Open a page offline and use it; one that does not draw within ``patience`` seconds is given up."""
    from playwright.sync_api import Error

    seen = Seen()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    page.set_default_timeout(1000 * patience)
    page.add_init_script(_WATCH.format(drawn=DRAWN[kind]))
    try:
        page.goto(path.as_uri(), wait_until="commit")
        end = time.perf_counter() + patience
        # Not wait_for_function: it evaluates strings inside the page, which our content policy forbids.
        while not (first := page.evaluate("window.seen ? seen.first : 0")):
            if time.perf_counter() > end:
                return seen
            time.sleep(0.05)
        seen.first = first / 1000
        page.wait_for_timeout(500)
        seen.pan = pan(page)
        if kind == "kg":
            _ours(page, seen)
        seen.longest = max([duration for _, duration in page.evaluate("seen.tasks")], default=0.0) / 1000
    except Error as error:
        if "imeout" not in str(error):
            raise
    finally:
        context.close()
    return seen


def _ours(page: "Page", seen: Seen) -> None:
    """Do what only our page can: pan with everything shown, and search."""
    seen.search = search(page)
    if page.locator("#all").is_visible():
        page.locator("#all").click()
        page.wait_for_timeout(500)
        seen.pan_open = pan(page)


def pan(page: "Page", seconds: float = 2.5) -> float:
    """Drag the drawing to and fro; give the 95th percentile of the gaps between frames in milliseconds."""
    stage = page.locator("#canvas, #stage, #mynetwork").first.bounding_box()
    assert stage is not None
    x, y = stage["x"] + 0.5 * stage["width"], stage["y"] + 0.5 * stage["height"]
    # From an empty spot, so that no node is dragged: the corner.
    x0, y0 = stage["x"] + 12, stage["y"] + stage["height"] - 12
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.evaluate(f"(milliseconds) => {{ window.frames_seen = ({_FRAMES})(milliseconds); }}", 1000 * seconds)
    end = time.perf_counter() + seconds
    step = 0
    while time.perf_counter() < end:
        step += 1
        swing = abs((step % 80) - 40) / 40
        page.mouse.move(x0 + swing * (x - x0) * 0.8, y0 + swing * (y - y0) * 0.8)
        time.sleep(0.01)
    times: list[float] = page.evaluate("window.frames_seen")
    page.mouse.up()
    return percentile([after - before for before, after in pairwise(times)], 0.95)


def search(page: "Page", words: Sequence[str] = ("attention", "model", "zero-shot", "ai")) -> float:
    """Type into the search box; give the longest time from a key to the next frame in milliseconds.

    The browser reports keys of 16 ms and more, in steps of 8 ms; long tasks while typing count too.
    """
    slowest = 16.0
    page.locator("#search").focus()
    for word in words:
        page.locator("#search").fill("")
        page.wait_for_timeout(300)
        page.evaluate("seen.events.length = 0; seen.mark = performance.now()")
        for letter in word:
            page.keyboard.press(letter)
            page.wait_for_timeout(120)
        page.wait_for_timeout(300)
        found: dict[str, Any] = page.evaluate("({ events: seen.events, tasks: seen.tasks, mark: seen.mark })")
        keys = [duration for name, duration in found["events"] if name.startswith(("key", "input", "beforeinput"))]
        tasks = [duration for start, duration in found["tasks"] if start > found["mark"]]
        slowest = max([slowest, *keys, *tasks])
    page.locator("#search").fill("")
    page.keyboard.press("Escape")
    return slowest
