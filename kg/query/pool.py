"""A fixed number of warm processes for the queries of many clients."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kg.config import Config
from kg.errors import KGError, QueryBusyError
from kg.query.process import MEMORY, Worker
from kg.query.result import Result


class Pool:
    """Workers on one store that threads share: each query has one for itself.

    A worker whose process ended, at a limit or called off, starts again in the background before it is given out.
    """

    def __init__(
        self, store: Path, config: Config | None = None, *, size: int = 4, waiting: int = 64, memory: int = MEMORY
    ) -> None:
        self.store = store
        self.size = size
        self.waiting = waiting
        self._all = [Worker(store, config, memory=memory) for _ in range(size)]
        self._free = list(self._all)
        self._queue = 0
        self._closed = False
        self._changed = threading.Condition()

    def start(self) -> None:
        """Start every process; a store that cannot be read is an error."""
        starters = [threading.Thread(target=_try_start, args=(worker,)) for worker in self._all[1:]]
        for starter in starters:
            starter.start()
        try:
            self._all[0].start()
        finally:
            for starter in starters:
                starter.join()

    def run(self, sparql: str, *, patience: float = 5.0, **options: Any) -> Result:
        """Run one query in a free worker; ``options`` are those of `Worker.run`."""
        with self.worker(patience=patience) as worker:
            return worker.run(sparql, **options)

    @contextmanager
    def worker(self, *, patience: float = 5.0) -> Iterator[Worker]:
        """Give a worker that no one else uses, waiting for one for ``patience`` seconds at most."""
        worker = self._take(patience)
        try:
            yield worker
        finally:
            self._give_back(worker)

    def close(self, *, patience: float = 0.0) -> None:
        """Give no worker out any more, end those that run after ``patience`` seconds, and then all."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._free) == self.size, patience)
        for worker in self._all:
            worker.close()

    @property
    def load(self) -> tuple[int, int]:
        """Count the workers in use and the threads that wait for one."""
        with self._changed:
            return self.size - len(self._free), self._queue

    def _take(self, patience: float) -> Worker:
        """Wait for a free worker."""
        deadline = time.monotonic() + patience
        with self._changed:
            if not self._free and self._queue >= self.waiting:
                raise QueryBusyError(f"{self._queue} queries wait already; try again later")
            self._queue += 1
            try:
                ready = self._changed.wait_for(lambda: self._free or self._closed, deadline - time.monotonic())
            finally:
                self._queue -= 1
            if self._closed:
                raise QueryBusyError("no more queries are taken here; try again")
            if not ready:
                raise QueryBusyError(f"no process was free for {patience:g} s; try again later")
            return self._free.pop()

    def _give_back(self, worker: Worker) -> None:
        """Take a worker back, after its process runs again."""
        if worker.alive or self._closed:
            self._put(worker)
        else:
            threading.Thread(target=self._revive, args=(worker,), daemon=True).start()

    def _revive(self, worker: Worker) -> None:
        """Start a worker's process again; one that cannot start says why to the next who uses it."""
        _try_start(worker)
        self._put(worker)

    def _put(self, worker: Worker) -> None:
        """Make a worker free."""
        with self._changed:
            self._free.append(worker)
            self._changed.notify()
            if self._closed:
                self._changed.notify_all()
                worker.close()


def _try_start(worker: Worker) -> None:
    """Start a worker's process if that can be done."""
    with suppress(KGError, OSError):
        worker.start()
