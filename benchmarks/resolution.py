"""Measure how the time and memory of resolution grow with the number of papers.

usage: python -m benchmarks.resolution FILE [--sizes 15000 60000] [--cache cache.sqlite] [--model fast]

FILE is anything that `kg build` reads. Extractions are kept in the cache, so that only the first run is slow; each size
is then resolved in a process of its own, and its CPU seconds, its peak memory and what came out are printed. The memory
of the papers and extractions alone, before anything is resolved, is given beside it.
"""

import argparse
import multiprocessing
import time
from collections import Counter
from pathlib import Path

from benchmarks.processes import own_peak
from kg import engine
from kg.cache import Cache
from kg.config import Config
from kg.extract.fingerprint import fingerprint
from kg.model import Paper, Reject
from kg.resolve.entities import resolve
from kg.resolve.papers import merge_records
from kg.sources import read
from kg.vocabulary import load


def measure(papers: list[Paper], cache: Path, config: Config, workers: int | None) -> None:
    """Resolve papers and print what it took."""
    with Cache(cache, notify=print) as cached:
        mark = fingerprint(config)
        extractions = engine.run(papers, config, cached=cached, fingerprint=mark, workers=workers)
    load(config.vocabularies)
    before, start = own_peak(), time.process_time()
    found = resolve(papers, extractions, config)
    seconds = time.process_time() - start
    decisions = ", ".join(
        f"{number:,} {name}" for name, number in sorted(Counter(m.decision for m in found.merges).items())
    )
    print(f"{len(papers):7,} papers  {seconds:7.1f} CPU s  {own_peak():6,} MB ({before:,} MB before)", flush=True)
    print(
        f"        {len(found.entities):,} entities, {len(found.relations):,} relations; merges: {decisions}", flush=True
    )


def main() -> None:
    """Read the papers and measure each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("file")
    parser.add_argument("--sizes", type=int, nargs="+", default=[15_000, 60_000])
    parser.add_argument("--cache", type=Path, default=Path("resolution-cache.sqlite"))
    parser.add_argument("--model", choices=("accurate", "fast"), default="fast")
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    rejects: list[Reject] = []
    papers = [paper for paper, _ in merge_records(list(read([options.file], rejects=rejects.append)))]
    config = Config(model=options.model)
    for size in options.sizes:
        # A process of its own, so that its peak is its own.
        work = multiprocessing.get_context("spawn").Process(
            target=measure, args=(papers[:size], options.cache, config, options.workers)
        )
        work.start()
        work.join()
        if work.exitcode:
            raise SystemExit(work.exitcode)


if __name__ == "__main__":
    main()
