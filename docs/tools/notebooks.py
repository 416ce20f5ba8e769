"""Run the notebooks anew, and write their outputs or tell whether the committed ones are still true.

``python -m docs.tools.notebooks`` runs and writes. With ``--check`` it runs and compares the texts of the outputs;
pictures are drawn, but not compared.
"""

import argparse
import base64
import difflib
import io
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from docs.tools.machine import is_exact

ROOT = Path(__file__).resolve().parents[2]

#: The notebooks, in the order of reading.
NOTEBOOKS = tuple(ROOT / "notebooks" / name for name in ("explore-a-field.ipynb", "from-saved-pages-to-answers.ipynb"))

#: What no output may hold: it would differ from run to run, or show where a notebook was run.
UNSTABLE = re.compile(r"0x[0-9a-f]{6,}|/tmp/|/home/|/Users/|" + re.escape(str(ROOT)))

#: Colours of a picture.
COLOURS = 48

#: Seconds a cell may take.
PATIENCE = 600


def packed(picture: str) -> str:
    """Write a picture, PNG in base64, with few colours: drawings of lines and dots lose nothing to see."""
    from PIL import Image

    small = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def execute(path: Path) -> Any:
    """Run a notebook in its folder and give it with its outputs, without traces of time and place."""
    book: Any = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(book, timeout=PATIENCE, kernel_name="python3", resources=place).execute()
    for cell in book.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = {}
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = packed(output.data["image/png"])
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return book


def texts(book: Any) -> list[str]:
    """Give the lines of all outputs, each picture as a line that says its type."""
    lines = []
    for number, cell in enumerate(book.cells, start=1):
        for output in cell.get("outputs", ()):
            data = {output.name: output.text} if output.output_type == "stream" else output.get("data", {})
            for kind, value in sorted(data.items()):
                text = value if isinstance(value, str) and not kind.startswith("image/") else ""
                lines += [f"cell {number}: {kind}", *text.splitlines()]
    return lines


def faults(book: Any) -> list[str]:
    """Say what in the outputs is no result: warnings, errors, addresses, paths."""
    found = []
    for number, cell in enumerate(book.cells, start=1):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" or output.get("name") == "stderr":
                found.append(f"cell {number} writes to standard error")
    return found + [f"not the same in every run: {line}" for line in texts(book) if UNSTABLE.search(line)]


def difference(old: Any, new: Any, *, exact: bool) -> list[str]:
    """Give the lines in which outputs differ; where figures are not exact, only which cells give what."""
    before, after = texts(old), texts(new)
    if not exact:
        before, after = ([line for line in lines if re.match(r"cell \d+: ", line)] for lines in (before, after))
    return list(difflib.unified_diff(before, after, "committed", "run now", lineterm="", n=1))


def main() -> int:
    """Run every notebook; exit status 1 says that one fails or is stale."""
    parser = argparse.ArgumentParser(description="Run the notebooks and write or check their outputs.")
    parser.add_argument("--check", action="store_true", help="write nothing; tell what differs")
    parser.add_argument("notebooks", nargs="*", type=Path, default=NOTEBOOKS)
    chosen = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IPYTHONDIR"] = os.environ["MPLCONFIGDIR"] = folder  # no settings of the user's own
        for path in chosen.notebooks:
            book = execute(path)
            found = faults(book)
            if chosen.check:
                found += difference(nbformat.read(path, as_version=4), book, exact=is_exact())
            else:
                nbformat.write(book, path)
            wrong += [f"{path.name}: {line}" for line in found]
    print(*wrong, sep="\n") if wrong else print(f"{len(chosen.notebooks)} notebooks run as they are written")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
