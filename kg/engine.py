"""Where the extraction runs: in this process or on a pool of processes, with the same result."""

import multiprocessing
import os
import signal
import sys
import threading
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from kg.cache import Cache, key
from kg.config import Config
from kg.errors import KGError
from kg.model import Extraction, Paper

if TYPE_CHECKING:
    from kg.extract.pipeline import Extractor

#: Papers per unit of work: what is lost when a process dies, and what is committed at once.
SHARD = 32

#: Up to so many papers are done in this process: loading the models elsewhere would take longer.
FEW = 6 * SHARD

#: Told how many papers are done, and how many there are.
Progress = Callable[[int, int], None]

#: What is done with a shard; it and its result travel between processes.
Work = Callable[[list[Paper]], list[Extraction]]


def default_workers() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def extract(papers: Iterable[Paper], config: Config, *, workers: int | None = None) -> Iterator[Extraction]:
    """Extract from each paper, in the order given; ``workers`` defaults to one per core."""
    for extractions in _map(_shards(papers), config, default_workers() if workers is None else workers):
        yield from extractions


def run(
    papers: Sequence[Paper],
    config: Config,
    *,
    cached: Cache,
    fingerprint: str,
    workers: int | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Extraction]:
    """Extract from each paper, taking from the cache what is there and keeping there what was not.

    Papers with the same title and abstract are done once. Each finished shard is committed.
    """
    keys = [key(paper, fingerprint) for paper in papers]
    found = cached.find(keys)
    missing = {name: paper for name, paper in zip(keys, papers, strict=True) if name not in found}
    total = len(found) + len(missing)
    progress(len(found), total)
    names = iter(missing)
    for extractions in _map(_shards(missing.values()), config, default_workers() if workers is None else workers):
        rows = list(zip(islice(names, len(extractions)), extractions, strict=True))
        cached.store(rows, fingerprint)
        found.update(rows)
        progress(len(found), total)
    return [found[name] for name in keys]


def _shards(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    """Cut papers into shards."""
    source = iter(papers)
    while shard := list(islice(source, SHARD)):
        yield shard


def _map(shards: Iterator[list[Paper]], config: Config, workers: int) -> Iterator[list[Extraction]]:
    """Extract shard by shard, in order, here or on a pool."""
    if workers < 1:
        raise KGError(f"--workers is {workers}; it must be 1 or more")
    first = list(islice(shards, FEW // SHARD + 1))
    work = partial(_work, config)
    if workers == 1 or len(first) * SHARD <= FEW:
        yield from map(work, chain(first, shards))
    else:
        yield from _pooled(work, chain(first, shards), workers)


@cache
def _extractor(config: Config) -> "Extractor":
    """Load the models once in a process."""
    from kg.extract.pipeline import Extractor

    return Extractor(config)


def _work(config: Config, shard: list[Paper]) -> list[Extraction]:
    """Extract from the papers of one shard, one at a time so that no result depends on its neighbours."""
    extractor = _extractor(config)
    return [extractor.extract(paper) for paper in shard]


def _pooled(work: Work, shards: Iterator[list[Paper]], workers: int) -> Iterator[list[Extraction]]:
    """Do the work on a pool; where a process dies, do its shards on a second pool, then give up."""
    waiting: deque[list[Paper]] = deque()
    for last in (False, True):
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_start)
        running: deque[Future[list[Extraction]]] = deque()
        try:
            with _without_main():
                running.extend(pool.submit(work, shard) for shard in waiting)
            while True:
                with _without_main():
                    for shard in islice(shards, 2 * workers - len(running)):
                        waiting.append(shard)
                        running.append(pool.submit(work, shard))
                if not running:
                    return
                result = running[0].result()
                running.popleft()
                waiting.popleft()
                yield result
        except BrokenProcessPool as error:
            if last:
                raise KGError(
                    f"a worker process died twice near the paper {waiting[0][0].title!r}, perhaps for lack of memory; "
                    "run again with --workers 1, finished papers are kept"
                ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _start() -> None:
    """Set up a worker: leave Ctrl-C to the parent, and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """Wait for the parent to end, killed or not, and end too."""
    parent.join()
    os._exit(1)


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the caller's script from new processes, which would otherwise run it once more."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script
