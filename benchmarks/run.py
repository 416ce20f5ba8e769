"""Measure what the README claims: seconds and memory of builds, rebuilds, queries and start-up.

Run it on a quiet machine: ``make bench``, or ``python benchmarks/run.py INPUT...`` for papers of your own.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Seconds between two looks at the memory of the processes.
INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall-clock seconds and the peak memory of a command's processes together, in megabytes (0 if unknown)."""

    seconds: float
    megabytes: int


def descendants(pid: int) -> Iterator[int]:
    """Give a process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from descendants(int(child))


def memory(pid: int) -> dict[str, int]:
    """Sum the proportional and resident set sizes of a process tree, in kilobytes; one that is ending counts as 0."""
    total = {"Pss:": 0, "Rss:": 0}
    try:
        for number in descendants(pid):
            for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
                name, *rest = line.split()
                if name in total:
                    total[name] += int(rest[0])
    except OSError:
        pass
    return total


def measure(arguments: list[str]) -> Measured:
    """Run ``kg`` with arguments; a failure ends the benchmark."""
    start, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "-m", "kg", *arguments], stdout=said, stderr=said)
        while process.poll() is None:
            peak = max(peak, memory(process.pid)["Pss:"])
            time.sleep(min(INTERVAL, 0.002 + (time.perf_counter() - start) / 20))
        seconds = time.perf_counter() - start
        if process.returncode:
            said.seek(0)
            sys.exit(f"kg {' '.join(arguments)} failed: {said.read().decode(errors='replace')}")
    return Measured(seconds, round(peak / 1024))


def main() -> None:
    """Measure and print one line of JSON per figure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", help="papers to build from; the bundled sample if none")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = ["-w", str(Path(folder) / "graph")]
        commands = {
            "kg --help": ["--help"],
            "kg build": ["build", *arguments.inputs, *place],
            "kg build, nothing new": ["build", *arguments.inputs, *place],
            "kg query": ["query", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", *place],
            "kg validate": ["validate", *place],
        }
        machine = f"{platform.python_implementation()} {platform.python_version()} {platform.machine()}"
        for name, command in commands.items():
            found = measure(command)
            row = {"what": name, "seconds": round(found.seconds, 2), "megabytes": found.megabytes, "on": machine}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
