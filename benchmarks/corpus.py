"""The papers that a measurement reads: the first of a file, as lines of JSON."""

import sys
from itertools import islice
from pathlib import Path

from kg.errors import KGError
from kg.sources.opening import open_input

#: What is read where no file is given.
SAMPLE = Path(__file__).resolve().parent.parent / "kg" / "data" / "sample.jsonl"


def cut(source: Path, papers: int, target: Path) -> int:
    """Write the first papers of a file of JSON lines, which may be compressed, to ``target``; give their number."""
    try:
        with target.open("w", encoding="utf-8") as stream:
            lines = (line for _, line in open_input(str(source)).lines() if line.strip())
            return sum(bool(stream.write(f"{line.rstrip()}\n")) for line in islice(lines, papers))
    except KGError as error:
        sys.exit(str(error))
