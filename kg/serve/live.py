"""The build that is served: found anew at each request, so that a new one is served without a restart.

Whoever answers a request borrows a `Snapshot`; it stays open until the last of its borrowers is done, though newer
requests get a newer one. Strangers' queries and our own pages run in separate processes, so a long query keeps no page
waiting.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from kg.config import Config
from kg.errors import KGError, QueryBusyError
from kg.namespaces import Namespaces
from kg.query import Pool
from kg.query.process import MEMORY
from kg.workspace import Build, Manifest, Workspace

#: Processes that answer what our own pages ask.
_PAGE_WORKERS = 1

#: Rows that a query of our own pages may read; the limit of strangers' answers does not apply to it.
_PAGE_ROWS = 10_000_000

#: Bytes of address space without which a process cannot open a store.
_LEAST = 1 << 30

#: Requests that wait for a process at most, for each process.
WAITING = 64


@dataclass(slots=True)
class Snapshot:
    """One build with its settings and the processes that query its store."""

    build: Build
    config: Config
    manifest: Manifest
    strangers: Pool
    pages: Pool
    borrowers: int = 0
    retired: bool = False
    closed: bool = False

    @property
    def names(self) -> Namespaces:
        """Give the prefixes of the graph."""
        return Namespaces(self.config.base_iri)

    def warm(self) -> None:
        """Start the processes before they are needed; one that cannot start says so when it is."""
        with suppress(KGError, OSError):
            self.pages.start()
            self.strangers.start()
        if self.closed:  # meanwhile, by another thread
            self.close()

    def close(self) -> None:
        """End the processes."""
        self.closed = True
        self.strangers.close()
        self.pages.close()


@dataclass(slots=True)
class Live:
    """The newest build of a workspace; ``settings`` gives the settings a build is served with."""

    space: Workspace
    settings: Callable[[Build], Config]
    concurrency: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _snapshot: Snapshot | None = None
    _closed: bool = False

    @contextmanager
    def borrow(self) -> Iterator[Snapshot]:
        """Give the newest build and keep it open meanwhile."""
        with self._lock:
            if self._closed:
                raise QueryBusyError("the server is ending")
            snapshot = self._newest()
            snapshot.borrowers += 1
        try:
            yield snapshot
        finally:
            with self._lock:
                snapshot.borrowers -= 1
                done = snapshot.retired and snapshot.borrowers == 0
            if done:
                snapshot.close()

    def refresh(self) -> None:
        """Look for a newer build, and let go of the files of the old one."""
        with self.borrow():
            pass

    def close(self) -> None:
        """End all processes, those of running queries too."""
        with self._lock:
            self._closed = True
            snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            snapshot.close()

    def _newest(self) -> Snapshot:
        """Give the snapshot of the current build; where none can be opened now, the last one stays."""
        last = self._snapshot
        try:
            build = self.space.build()
            if last is not None and last.build.folder == build.folder:
                return last
            fresh = self._opened(build)
        except (KGError, OSError):
            if last is None:
                raise
            return last
        self._snapshot = fresh
        if last is not None:
            last.retired = True
            if last.borrowers == 0:
                last.close()
        return fresh

    def _opened(self, build: Build) -> Snapshot:
        """Open a build."""
        config, store, memory = self.settings(build), build.file("store"), share(self.concurrency + _PAGE_WORKERS)
        strangers = Pool(store, config, size=self.concurrency, waiting=WAITING * self.concurrency, memory=memory)
        roomy = replace(config, query_rows=_PAGE_ROWS)
        pages = Pool(store, roomy, size=_PAGE_WORKERS, waiting=WAITING, memory=memory)
        snapshot = Snapshot(build, config, build.manifest(), strangers, pages)
        threading.Thread(target=snapshot.warm, daemon=True).start()
        return snapshot


def share(processes: int) -> int:
    """Give the bytes each of some processes may use, so that together they leave this machine a quarter."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(_LEAST, min(MEMORY, whole * 3 // 4 // processes))
