"""Where the extraction runs: in this process, on a pool of processes or on a Dask cluster, with the same result."""

import atexit
import logging
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from itertools import chain, islice
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

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


def extract(
    papers: Iterable[Paper], config: Config, *, workers: int | None = None, cluster: str | None = None
) -> Iterator[Extraction]:
    """Extract from each paper, in the order given; ``workers`` defaults to one per core.

    ``cluster`` is the address of a Dask scheduler, such as ``tcp://host:8786``; empty, it is a cluster of ``workers``
    processes on this machine.
    """
    for extractions in _map(_shards(papers), config, workers, cluster):
        yield from extractions


def run(
    papers: Sequence[Paper],
    config: Config,
    *,
    cached: Cache,
    fingerprint: str,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Extraction]:
    """Extract from each paper, taking from the cache what is there and keeping there what was not.

    Papers with the same title and abstract are done once. Each finished shard is committed. ``workers`` and ``cluster``
    are those of `extract`.
    """
    keys = [key(paper, fingerprint) for paper in papers]
    found = cached.find(keys)
    missing = {name: paper for name, paper in zip(keys, papers, strict=True) if name not in found}
    total = len(found) + len(missing)
    progress(len(found), total)
    names = iter(missing)
    for extractions in _map(_shards(missing.values()), config, workers, cluster):
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


def _map(
    shards: Iterator[list[Paper]], config: Config, workers: int | None, cluster: str | None
) -> Iterator[list[Extraction]]:
    """Extract shard by shard, in order, here, on a pool or on a cluster."""
    workers = default_workers() if workers is None else workers
    if workers < 1:
        raise KGError(f"--workers is {workers}; it must be 1 or more")
    work = partial(_work, config)
    if cluster is not None:
        yield from _clustered(work, shards, cluster, workers, partial(_mark, config))
        return
    first = list(islice(shards, FEW // SHARD + 1))
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
    from threadpoolctl import threadpool_limits

    extractor = _extractor(config)
    # The matrices of one paper are small: more threads would burn the other cores with waiting.
    with threadpool_limits(1):
        return [extractor.extract(paper) for paper in shard]


def _pooled(work: Work, shards: Iterator[list[Paper]], workers: int) -> Iterator[list[Extraction]]:
    """Do the work on a pool; where a process dies, do its shards on a second pool, then give up."""
    waiting: deque[list[Paper]] = deque()
    for last in (False, True):
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_start)
        running: deque[Future[list[Extraction]]] = deque()
        try:
            with _starting():
                running.extend(pool.submit(work, shard) for shard in waiting)
            while True:
                with _starting():
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


def _clustered(
    work: Work, shards: Iterator[list[Paper]], scheduler: str, workers: int, mark: Callable[[], str]
) -> Iterator[list[Extraction]]:
    """Do the work on a Dask cluster, which does the shards of a lost worker again; ``mark`` tells what extracts."""
    try:
        from distributed import Client, KilledWorker, LocalCluster
    except ImportError as error:
        raise KGError("--engine dask needs Dask: run `pip install 'paper-kg[cluster]'`") from error
    with ExitStack() as stack:
        if not scheduler:
            with _starting():
                local = LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers,
                    threads_per_worker=1,
                    memory_limit=0,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,  # errors come as exceptions too; Ctrl-C logs a page of them
                )
            stack.enter_context(local)
        try:
            client = stack.enter_context(Client(scheduler or local))  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise KGError(f"{scheduler}: no Dask scheduler answers there ({error}); check --scheduler") from error
        _check_same(client.run(mark), mark())
        running: deque[Any] = deque()
        try:
            while True:
                ahead = max(2, 2 * len(client.nthreads()))  # fewer than before where a worker was lost
                for shard in islice(shards, max(0, ahead - len(running))):
                    running.append(client.submit(work, shard, pure=False))
                if not running:
                    return
                yield running.popleft().result()
        except KilledWorker as error:
            raise KGError(
                "several workers of the Dask cluster died at one shard, perhaps for lack of memory; "
                "run again with more memory for each, finished papers are kept"
            ) from error


def _check_same(marks: Mapping[str, str], mine: str) -> None:
    """Refuse workers that would extract otherwise than this process."""
    other = sorted(address for address, mark in marks.items() if mark != mine)
    if not marks:
        raise KGError("the Dask cluster has no workers; start some with `dask worker`")
    if other:
        raise KGError(f"{other[0]}: a worker with another version of kg or of its models; install the same everywhere")


def _mark(config: Config) -> str:
    """Tell what would extract here: the program and its models."""
    from kg.extract.fingerprint import fingerprint

    return fingerprint(config)


@contextmanager
def beside(work: Callable[..., None], *arguments: object, wanted: bool = True) -> Iterator[Callable[[], None]]:
    """Do work in a process of its own while the block runs, and give what waits for its end.

    It is done here, then, where this is not ``wanted``, or where that process fails, so that an error comes up here.
    """
    process = multiprocessing.get_context("spawn").Process(target=_aside, args=(work, arguments), daemon=True)
    if wanted:
        with _starting():
            process.start()

    def wait() -> None:
        if wanted:
            process.join()
        if not wanted or process.exitcode:
            work(*arguments)

    try:
        yield wait
    finally:
        if wanted:
            process.kill()
            process.join()


def _aside(work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    """Do work in a process of its own, saying nothing of an error."""
    _start()
    with suppress(BaseException):
        work(*arguments)
        os._exit(0)
    os._exit(1)


def _start() -> None:
    """Set up a worker: end when the parent is gone, and without taking models apart piece by piece."""
    atexit.register(os._exit, 0)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """Wait for the parent to end, killed or not, and end too."""
    parent.join()
    os._exit(1)


@contextmanager
def _starting() -> Iterator[None]:
    """Keep Ctrl-C and the caller's script from new processes, which would end with a trace or run it once more.

    They and their threads inherit that the signal is blocked; one that comes meanwhile reaches this process at the end.
    """
    resource_tracker.ensure_running()  # it unblocks the signal when it starts
    script = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
