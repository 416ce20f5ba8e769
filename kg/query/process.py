"""The parent's side of the child process that queries run in."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from kg.config import Config
from kg.errors import QueryError, WorkspaceError
from kg.namespaces import Namespaces
from kg.query.result import Result

#: Seconds a child process may take to start.
START_SECONDS = 60.0


class Worker:
    """A child process that answers queries on one store, started at need and kept warm between them."""

    def __init__(self, store: Path, config: Config | None = None) -> None:
        self.store = store
        self.config = config or Config()
        self.names = Namespaces(self.config.base_iri)
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        if not self.store.is_dir():
            raise WorkspaceError(f"{self.store}: no store; run `kg build` first")
        home = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kg.query.worker", str(self.store), json.dumps(self.names.prefixes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._buffer = b""
        try:
            self._receive(START_SECONDS)
        except QueryError:
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
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

    def run(self, sparql: str, *, rows: int | None = None, ours: bool = False) -> Result:
        """Run one query; ``rows`` overrides the configured limit.

        ``ours`` says that the text is a recipe with RDF terms in it, and no stranger's: it is not checked first,
        which costs more than running it.
        """
        self.start()
        assert self._process is not None and self._process.stdin is not None
        seconds = self.config.query_seconds
        request = {"query": sparql, "rows": rows or self.config.query_rows, "seconds": seconds, "ours": ours}
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._ended() from None
        header, body = self._receive(seconds)
        return Result(str(header["kind"]), int(header["rows"]), body, self.names, tuple(header["notes"]))

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
            raise QueryError(str(header["error"]))
        return header, body[:size]

    def _fill(self, deadline: float, seconds: float) -> None:
        """Read more of the answer, or end the process at the deadline."""
        assert self._process is not None and self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                self.close()
                raise QueryError(
                    f"the query took longer than {seconds:g} s and was ended; make it more specific, "
                    "or raise query_seconds in kg.toml"
                )
        data = os.read(self._process.stdout.fileno(), 1 << 20)
        if not data:
            raise self._ended()
        self._buffer += data

    def _ended(self) -> QueryError:
        """Say that the process died, with what it wrote to standard error on memory, or its last line."""
        assert self._process is not None and self._errors is not None
        status = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        self.close()
        reason = next((line for line in said if "memory" in line), said[-1] if said else f"status {status}")
        return QueryError(
            f"the query process ended ({reason}); the query may need too much memory, make it more specific"
        )
