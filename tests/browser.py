"""Pages in a real browser: what they say, ask for and try to show, and what their data holds."""

import base64
import gzip
import io
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from kg.config import Config
from kg.tables import Tables

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

#: When a page counts as open: any page, and the graph page, which must have drawn.
LOADED = "document.readyState === 'complete'"
DRAWN = "document.documentElement.dataset.ready === '1'"

#: Keep Chromium from calling home, which the tests would not see in the page's own requests.
QUIET = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

#: Chromium's switches for a machine without any drawing help: no GPU, no WebGL, no WebGL in software either.
NO_GPU = ("--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer", "--disable-accelerated-2d-canvas")

#: Milliseconds to wait for what a page should show at once: far more than it takes, on a busy machine too.
PATIENCE = 15_000

#: Addresses a page may ask for: itself, and what it made.
OWN = re.compile(r"file:|blob:|data:")


def start(playwright: "Playwright", program: str, *, gpu: bool) -> "Browser":
    """Start Debian's Chromium with or without the drawing help of the machine."""
    return playwright.chromium.launch(executable_path=program, args=[*QUIET, *(() if gpu else NO_GPU)])


class Opened:
    """A page in the browser with everything it said, asked for or tried to show."""

    def __init__(self, page: "Page", address: str, *, ready: str = LOADED) -> None:
        self.page = page
        self.messages: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.set_default_timeout(PATIENCE)
        page.context.set_offline(True)
        page.goto(address)
        self.wait_for(ready)
        self.settle()

    def quiet(self) -> None:
        """Check that nothing was said, shown or fetched."""
        assert self.messages == []
        assert self.dialogs == []
        assert [address for address in self.requests if not OWN.match(address)] == []

    def wait_for(self, expression: str) -> None:
        """Wait until an expression on the page is true.

        Playwright's own way of waiting evaluates strings inside the page, which its content policy forbids.
        """
        end = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"{expression} did not come true; messages: {self.messages}"
            self.page.wait_for_timeout(50)

    def settle(self) -> None:
        """Wait until two frames have been drawn, so that what was asked for can be seen."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def kg(self, expression: str, *values: Any) -> Any:
        """Give the value of an expression on the page's window to its state, such as ``kg.shown()``."""
        return self.page.evaluate(f"(values) => {expression}", list(values))

    def shown(self) -> tuple[set[str], set[tuple[str, ...]]]:
        """Give the entities and the relations that the page shows now."""
        self.settle()
        now = self.kg("kg.shown()")
        return set(now["nodes"]), {tuple(edge) for edge in now["edges"]}

    def click_on(self, name: str) -> None:
        """Click where a node stands on the canvas."""
        where = self.kg("kg.position(values[0])", name)
        self.page.mouse.click(where["x"], where["y"])
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()


def screenshot_colours(page: "Page", selector: str) -> dict[tuple[int, int, int], int]:
    """Count the colours in a picture of a part of the page."""
    return picture_colours(page.locator(selector).screenshot())


def picture_colours(png: bytes) -> dict[tuple[int, int, int], int]:
    """Count the colours of a picture, which must be a whole PNG."""
    with Image.open(io.BytesIO(png)) as picture:
        picture.load()
        pixels = picture.convert("RGB")
        counted = pixels.getcolors(maxcolors=pixels.width * pixels.height) or []
    return {colour: count for count, colour in counted}  # type: ignore[misc]


def is_blank(colours: dict[tuple[int, int, int], int]) -> bool:
    """Tell whether a picture is (nearly) one colour: less than one pixel in two hundred differs.

    >>> is_blank({(255, 255, 255): 1000, (0, 0, 0): 2}), is_blank({(255, 255, 255): 900, (0, 0, 0): 100})
    (True, False)
    """
    total = sum(colours.values())
    return total - max(colours.values()) < total / 200


def payload(page: bytes) -> dict[str, Any]:
    """Read a page's data, plain or compressed, and check that the holder cannot run or end early."""
    text = page.decode("utf-8")
    plain = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    packed = re.findall(r'<script type="application/octet-stream;base64" id="data-gz">(.*?)</script>', text, re.S)
    assert len(plain) + len(packed) == 1
    raw = plain[0] if plain else gzip.decompress(base64.b64decode(packed[0])).decode("utf-8")
    data: dict[str, Any] = json.loads(raw)
    return data


def write_graph(tables: Tables, path: Path, **options: Any) -> Path:
    """Write the graph page of tables to a file and give its path."""
    from kg.view.page import write_page

    with path.open("wb") as stream:
        write_page(tables, Config(), stream, **options)
    return path


class Visits:
    """Pages opened in windows of their own, all closed at the end."""

    def __init__(self, browser: "Browser", folder: Path) -> None:
        self.browser = browser
        self.folder = folder
        self.contexts: list[BrowserContext] = []

    def __call__(self, source: Tables | Path | bytes, **options: Any) -> Opened:
        """Open the page of tables, of given bytes or in a file; ``options`` go to `write_page` or to `open`."""
        mine = {name: options.pop(name) for name in ("width", "dark", "hash", "ready") if name in options}
        if isinstance(source, Path):
            return self.open(source, **mine)
        path = self.folder / f"page{len(self.contexts)}.html"
        if isinstance(source, bytes):
            path.write_bytes(source)
            return self.open(path, **{"ready": LOADED} | mine)
        return self.open(write_graph(source, path, **options), **mine)

    def open(self, path: Path, *, width: int = 1280, dark: bool = False, hash: str = "", ready: str = DRAWN) -> Opened:
        """Open a file in a window of its own."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        self.contexts.append(context)
        return Opened(context.new_page(), path.as_uri() + hash, ready=ready)

    def close(self) -> None:
        """Close all windows."""
        for context in self.contexts:
            context.close()
