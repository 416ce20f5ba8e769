"""Measure what the README claims: build time, rebuild time, memory, start-up.

Run it on a quiet machine: ``make bench``, or ``python benchmarks/run.py INPUT...`` for papers of your own.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(arguments: list[str]) -> tuple[float, str]:
    """Run ``kg`` with arguments and give its wall-clock seconds and standard output."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "kg", *arguments], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout


def peak_of_children() -> float:
    """Give the largest resident size among finished child processes, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure and print one line of JSON per figure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("inputs", nargs="*", help="papers to build from; the bundled sample if none")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "graph")
        rows = {
            "kg --help": min(measure(["--help"])[0] for _ in range(5)),
            "kg build": measure(["build", *arguments.inputs, "-w", place])[0],
            "kg build, nothing new": measure(["build", *arguments.inputs, "-w", place])[0],
            "kg query": measure(["query", "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "-w", place])[0],
            "kg validate": measure(["validate", "-w", place])[0],
        }
    machine = f"{platform.python_implementation()} {platform.python_version()} {platform.machine()}"
    for name, seconds in rows.items():
        print(json.dumps({"what": name, "seconds": round(seconds, 2), "machine": machine}))
    print(json.dumps({"what": "largest process", "megabytes": round(peak_of_children()), "machine": machine}))


if __name__ == "__main__":
    main()
