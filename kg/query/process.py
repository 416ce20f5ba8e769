"""The parent's side of the child process that queries run in."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from kg import errors
from kg.config import Config
from kg.errors import QueryCancelledError, QueryError, QueryMemoryError, QueryTimeError, WorkspaceError
from kg.namespaces import Namespaces
from kg.query.result import NATIVE, Result

#: Seconds a child process may take to start.
START_SECONDS = 60.0

#: Bytes of address space a query may use beyond those of an open store, unless a caller says otherwise.
MEMORY = 4 << 30


class Worker:
    """A child process that answers queries on one store, started at need and kept warm between them.

    Threads may share it: their queries run one after the other, and any of them may `cancel` the one that runs.
    """

    def __init__(self, store: Path, config: Config | None = None, *, memory: int = MEMORY) -> None:
        self.store = store
        self.config = config or Config()
        self.names = Namespaces(self.config.base_iri)
        self.memory = memory
        self.busy = False
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._errors: IO[bytes] | None = None
        self._turn = threading.RLock()
        self._cancelled = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Tell whether the process runs."""
        process = self._process
        return process is not None and process.poll() is None

    def start(self) -> None:
        """Start the process unless it runs."""
        with self._turn:
            if self.alive:
                return
            self.close()
            if not self.store.is_dir():
                raise WorkspaceError(f"{self.store}: no store; run `kg build` first")
            self._spawn()
            self._buffer = b""
            try:
                self._receive(START_SECONDS)
            except BaseException:
                self.close()
                raise

    def _spawn(self) -> None:
        """Start the process."""
        home = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        given = (str(self.store), self.names.base, str(self.memory))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kg.query.worker", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={"MALLOC_ARENA_MAX": "2", **os.environ, "PYTHONPATH": path},  # few threads; each arena reserves 64 MB
        )

    def close(self) -> None:
        """End the process, and the query that runs in it."""
        self.cancel()
        with self._turn:
            process, self._process = self._process, None
            if process is not None:
                process.kill()
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        with contextlib.suppress(OSError):
                            pipe.close()
                process.wait()
            if self._errors is not None:
                self._errors.close()
                self._errors = None

    def cancel(self) -> None:
        """Call off the query that runs, if one does; for any thread."""
        process = self._process
        if self.busy and process is not None:
            self._cancelled = True
            process.kill()

    def run(
        self,
        sparql: str,
        *,
        rows: int | None = None,
        seconds: float | None = None,
        forms: Mapping[str, str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        ours: bool = False,
    ) -> Result:
        """Run one query; ``rows`` and ``seconds`` override the configured limits.

        ``forms`` says in which of the `FORMATS` the child process writes an answer of each kind; a kind that is not
        there is an error. ``default_graphs`` and ``named_graphs`` take the place of the query's FROM clauses.
        ``ours`` says that the text is a recipe with RDF terms in it, and no stranger's: it is not checked first,
        which costs more than running it.
        """
        limit = self.config.query_seconds if seconds is None else seconds
        request = {
            "query": sparql,
            "rows": self.config.query_rows if rows is None else rows,
            "seconds": limit,
            "ours": ours,
            "forms": dict(NATIVE if forms is None else forms),
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
        }
        with self._turn:
            self.start()
            self._cancelled, self.busy = False, True
            try:
                header, body = self._exchange(request, limit)
            finally:
                self.busy = False
        form = str(header["form"])
        return Result(header["kind"], int(header["rows"]), body, self.names, tuple(header["notes"]), form)

    def _exchange(self, request: dict[str, object], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a request and receive the answer."""
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._ended() from None
        return self._receive(seconds)

    def _receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Read one frame within the time limit; a failure or a late answer is an error."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            self._fill(deadline, seconds)
        line, _, rest = self._buffer.partition(b"\n")
        header: dict[str, Any] = json.loads(line)
        size = int(header.get("size", 0))
        parts, found = [rest], len(rest)
        while found < size:
            self._buffer = b""
            self._fill(deadline, seconds)
            parts.append(self._buffer)
            found += len(self._buffer)
        body = b"".join(parts)
        self._buffer = body[size:]
        if "error" in header:
            kind: type[QueryError] = getattr(errors, header.get("type", "QueryError"))
            if kind is QueryMemoryError:  # what ran out of memory once is in no known state
                self.busy = False
                self.close()
            raise kind(str(header["error"]))
        return header, body[:size]

    def _fill(self, deadline: float, seconds: float) -> None:
        """Read more of the answer, or end the process at the deadline."""
        assert self._process is not None and self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                self.busy = False
                self.close()
                raise QueryTimeError(
                    f"the query took longer than {seconds:g} s and was ended; make it more specific, "
                    "or raise query_seconds in kg.toml"
                )
        data = os.read(self._process.stdout.fileno(), 1 << 20)
        if not data:
            raise self._ended()
        self._buffer += data

    def _ended(self) -> QueryError:
        """Say why the process died: called off, or by what it wrote to standard error on memory, or its last line."""
        assert self._process is not None and self._errors is not None
        status = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        cancelled, self.busy = self._cancelled, False
        self.close()
        if cancelled:
            return QueryCancelledError("the query was called off")
        reason = next((line for line in said if "memory" in line), said[-1] if said else f"status {status}")
        return QueryMemoryError(
            f"the query process ended ({reason}); the query may need too much memory, make it more specific"
        )
