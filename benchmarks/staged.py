"""Run `kg build` as its command does, and write the moments at which its stages began.

usage: python staged.py MARKS.json build ARGUMENT...
"""

import json
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.cli import build


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Note when each stage is first spoken of, and when the last one ends."""
    begun = {"read": time.time()}
    yield lambda stage, done, total: begun.update({stage: begun.get(stage, time.time())})
    begun["end"] = time.time()
    MARKS.write_text(json.dumps(begun), encoding="utf-8")


if __name__ == "__main__":
    MARKS = Path(sys.argv[1])
    sys.argv = ["kg", *sys.argv[2:]]
    build.stages = stages
    runpy.run_module("kg", run_name="__main__")
