"""Make the pictures of the README from the bundled sample: `python -m docs.tools.pictures`.

It builds the sample, or takes the workspace that is named and holds it, writes the pages of `kg view`, and
photographs them offline with Debian's Chromium.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import Browser, Page, sync_playwright

from kg.cli import main as kg

#: Where the pictures go.
PICTURES = Path(__file__).resolve().parents[1] / "pictures"
#: Bytes a picture may have.
LARGEST = 200_000

#: The entity whose strongest relation is shown, and the paper.
ENTITY, PAPER = "latent diffusion model", "2305.14314"
#: Width and height of a picture.
SIZE = (1280, 800)


def main() -> None:
    """Make all pictures."""
    program = shutil.which("chromium")
    if not program:
        sys.exit("no Chromium: apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        space = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "sample"
        if len(sys.argv) == 1:
            run("build", "-w", str(space))
        whole = Path(folder) / "graph.html"
        run("view", "-w", str(space), "--no-open", "-o", str(whole))
        paper = Path(folder) / "paper.html"
        run("view", "-w", str(space), "--no-open", "--paper", PAPER, "-o", str(paper))
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            photograph(browser, whole, "graph.png")
            photograph(browser, whole, "evidence.png", evidence=True)
            photograph(browser, paper, "paper.png", drawn=False)
            browser.close()


def run(*words: str) -> None:
    """Run a command of kg."""
    done = CliRunner().invoke(kg, list(words), catch_exceptions=False)
    if done.exit_code:
        sys.exit(done.output)


def photograph(browser: Browser, page: Path, name: str, *, drawn: bool = True, evidence: bool = False) -> None:
    """Write a picture of a page, with the sentences of an edge where these are asked for."""
    context = browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, offline=True, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(120_000)
    opened = context.new_page()
    opened.goto(page.resolve().as_uri())
    if drawn:
        opened.wait_for_selector("html[data-ready='1']")
    if evidence:
        show_evidence(opened)
    opened.wait_for_timeout(500)
    path = PICTURES / name
    opened.screenshot(path=path)
    context.close()
    if path.stat().st_size > LARGEST:
        smaller(path)
    print(f"{path}: {path.stat().st_size:,} bytes")


def show_evidence(opened: Page) -> None:
    """Find an entity by its name and open the sentences of its first relation, as a person does by keyboard."""
    opened.keyboard.press("/")
    opened.keyboard.type(ENTITY)
    opened.wait_for_selector("#hits [role=option]")
    opened.keyboard.press("Enter")
    opener = opened.locator("#details .row > button").first
    opener.wait_for()
    opener.click()
    opened.locator("#details blockquote").first.wait_for()


def smaller(path: Path) -> None:
    """Write a picture again with 256 colours; rare ones, such as those of a kind of few entities, are kept."""
    from PIL import Image

    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
