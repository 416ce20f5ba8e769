"""Measure the extraction of kg against the bare parse of en_core_web_sm, in one process and on one thread.

All run in one process and take turns on blocks of papers, so that what else the machine does falls on each alike; start
and loading are left out. The parse is measured in its own batches and one paper a pass; the faster one of a block is
the measure. kg always reads one paper a pass, since a result must not depend on the papers around it.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.processes import python, run
from benchmarks.readers import READERS, Text, read_texts
from benchmarks.results import Row, add, times_as_fast
from benchmarks.setting import Setting

#: Papers that one candidate reads before the next one takes its turn, and papers that warm each up.
BLOCK, WARM = 100, 20

#: What kg is compared with.
PARSES = ("parse", "parse, one paper a pass")

#: Everything that can share a process: what has an environment of its own cannot.
CANDIDATES = (*PARSES, "noun phrases", "extraction, fast", "extraction, accurate")


def time_all(names: Sequence[str], texts: Sequence[Text], *, block: int = BLOCK) -> list[Row]:
    """Let readers take turns on blocks of texts; give a row for each, with a round for each block."""
    read = {name: READERS[name]() for name in names}
    for own in read.values():
        own(texts[:WARM])
    rows: list[Row] = []
    for number in range(len(texts) // block):
        part = texts[number * block : (number + 1) * block]
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            clock, processor = time.perf_counter(), time.process_time()
            found = read[name](part)
            spent = time.perf_counter() - clock, time.process_time() - processor
            seconds = {"seconds": [round(spent[0], 6)], "processor": [round(spent[1], 6)]}
            add(rows, {"what": name, "papers": block, "processes": 1, **seconds, "found": found})
    for row in rows:
        base = [other for other in rows if other["what"] in PARSES]
        row["speed"] = times_as_fast(row, base)
        row["processor_speed"] = times_as_fast(row, base, figure="processor")
    return sorted(rows, key=lambda row: names.index(row["what"]))


def measure(setting: Setting) -> Iterator[list[Row]]:
    """Measure in a process of its own, which reads no setting of this one's libraries."""
    names = [name for name in CANDIDATES if not setting.only or name in setting.only or name in PARSES]
    block = min(BLOCK, setting.count)
    spent = run(python("-m", "benchmarks.throughput", setting.papers, "--block", str(block), "--only", *names))
    yield json.loads(spent.output)


def main() -> None:
    """Measure here and print the rows as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("papers", type=Path, help="lines of JSON")
    parser.add_argument("--block", type=int, default=BLOCK)
    parser.add_argument("--only", nargs="+", choices=READERS, default=CANDIDATES)
    given = parser.parse_args()
    print(json.dumps(time_all(given.only, read_texts(given.papers), block=given.block)))


if __name__ == "__main__":
    main()
