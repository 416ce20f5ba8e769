"""Measure `kg serve`: 64 clients at once for a minute, each answer compared with what the store gives.

    python -m benchmarks.serve [WORKSPACE] [--clients 64] [--seconds 60]

Without a workspace, the bundled sample is built into a temporary folder. It says how many queries were answered, how
long they took, how much memory the server and its processes used at most, and fails on any wrong answer.
"""

import argparse
import http.client
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.processes import kg, memory
from kg.config import Config
from kg.query import Worker
from kg.workspace import Workspace

#: Queries of several sorts, most of them quick, all with one right answer.
QUERIES = (
    "ASK { ?e a kg:Method }",
    "SELECT ?label ?support { ?e a kg:Dataset ; skos:prefLabel ?label ; kg:support ?support } "
    "ORDER BY DESC(?support) ?label ?e LIMIT 50",
    "SELECT (COUNT(*) AS ?n) { ?paper kg:mentions ?e }",
    "SELECT ?year (COUNT(?paper) AS ?papers) { ?paper a fabio:ResearchPaper ; kg:year ?year } "
    "GROUP BY ?year ORDER BY ?year",
    "SELECT ?label { ?e kg:search_form ?form ; skos:prefLabel ?label FILTER(CONTAINS(?form, 'learning')) } "
    "ORDER BY ?label ?e",
    "SELECT ?head ?tail ?confidence { ?a rdf:predicate kg:outperforms ; rdf:subject ?head ; rdf:object ?tail ; "
    "kg:confidence ?confidence } ORDER BY DESC(?confidence) ?head ?tail LIMIT 200",
    "SELECT ?title { ?paper a fabio:ResearchPaper ; dcterms:title ?title } ORDER BY ?title ?paper LIMIT 500",
)


@dataclass
class Tally:
    """What the clients met."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def expected(workspace: Path) -> list[bytes]:
    """Give the right answers, asked of the store without the server."""
    with Worker(Workspace(workspace).file("store"), Config()) as worker:
        return [worker.run(query, forms={"bindings": "json", "boolean": "json"}).body for query in QUERIES]


def client(url: str, seed: int, until: float, right: list[bytes], tally: Tally) -> None:
    """Ask queries until the time is over."""
    parts, chance = urlsplit(url), random.Random(seed)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
    while time.monotonic() < until:
        number = chance.randrange(len(QUERIES))
        start = time.monotonic()
        connection.request("POST", "/sparql", urlencode({"query": QUERIES[number]}), form)
        answer = connection.getresponse()
        body = answer.read()
        took = time.monotonic() - start
        with tally.lock:
            tally.statuses[answer.status] += 1
            tally.seconds.append(took)
            if answer.status == 200 and body != right[number]:
                tally.wrong.append(f"query {number}: {body[:200]!r}")
    connection.close()


def measure(workspace: Path, clients: int, seconds: float) -> bool:
    """Run the clients against a server of a workspace, and say what came of it."""
    right = expected(workspace)
    server = subprocess.Popen(kg("serve", "-w", workspace, "--port", "0"), stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    url = next(line.split()[1] for line in server.stderr if line.startswith("endpoint: "))
    tally, peaks = Tally(), [memory(server.pid).pss]
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(clients) as threads:
        running = [threads.submit(client, url, seed, until, right, tally) for seed in range(clients)]
        while not all(each.done() for each in running):
            time.sleep(0.5)
            peaks.append(memory(server.pid).pss)
        for each in running:
            each.result()
    alive = server.poll() is None
    server.send_signal(signal.SIGINT)
    server.wait()
    took = sorted(tally.seconds)
    print(f"{clients} clients, {seconds:g} s, {os.cpu_count()} cores")
    print(f"answers by status: {dict(tally.statuses)}; {sum(tally.statuses.values()) / seconds:.0f} a second")
    print(f"seconds an answer: median {statistics.median(took):.3f}, 95 of 100 {took[int(len(took) * 0.95)]:.3f}")
    half = peaks[len(peaks) // 2 :]
    print(
        f"memory of all processes: first half at most {max(peaks[: len(peaks) // 2 + 1]) / 1024:.0f} MB, "
        f"second half at most {max(half) / 1024:.0f} MB"
    )
    print(f"wrong answers: {len(tally.wrong)}; server alive at the end: {alive}; exit status {server.returncode}")
    for line in tally.wrong[:5]:
        print("  ", line)
    return alive and not tally.wrong and server.returncode == 0 and set(tally.statuses) <= {200, 503}


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = given.workspace
        if workspace is None:
            workspace = Path(folder)
            subprocess.run(kg("build", "-w", folder), check=True, stderr=subprocess.DEVNULL)
        sys.exit(0 if measure(workspace, given.clients, given.seconds) else 1)


if __name__ == "__main__":
    main()
