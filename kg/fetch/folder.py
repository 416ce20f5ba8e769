"""The folder a fetch fills: the raw answers of a service, and a manifest of what was asked and received.

    papers/arxiv-cat-cs-lg/
    ├── arxiv-00001.xml      answers as they came; `kg build` reads these
    ├── ...
    └── kg-fetch.json        the request, the answers with their ids, how far it got

Files appear whole and the manifest after them, so a killed fetch goes on where it stopped.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import kg
from kg.errors import FetchError
from kg.sources import FETCHED

#: Version of the manifest.
FORMAT = 1


@dataclass(slots=True)
class Stored:
    """An answer on disk: its file and SHA-256, what was asked, when, what it holds, and how to ask for a newer one."""

    file: str
    digest: str
    url: str
    received: str
    ids: list[str]
    etag: str = ""
    modified: str = ""


@dataclass(slots=True)
class Sweep:
    """One pass through the answers to a query: from which date on, how far it got and how many papers it took.

    ``following`` is the position of the next answer, or None at the end; ``day`` is when the pass began.
    """

    since: str
    following: str | None
    taken: int
    day: str


@dataclass(slots=True)
class State:
    """What the manifest holds."""

    service: str
    request: dict[str, str]
    pages: list[Stored] = field(default_factory=list)
    sweep: Sweep | None = None
    newest: str = ""
    #: Day asked for -> day on which it was asked for, where a service answers by day.
    asked: dict[str, str] = field(default_factory=dict)
    #: Files of an earlier fetch that a refresh has not yet replaced.
    stale: list[str] = field(default_factory=list)

    def known(self) -> set[str]:
        """Give the ids of all papers here."""
        return {name for page in self.pages for name in page.ids}


@dataclass(slots=True)
class Folder:
    """A folder with its manifest, held by one process."""

    path: Path
    state: State

    def holds(self, page: Stored) -> bool:
        """Tell whether the file of an answer is there as it came."""
        path = self.path / page.file
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == page.digest

    def store(self, body: bytes, page: Stored) -> None:
        """Write an answer and put it in the manifest, in place of one with the same file name."""
        self._write(page.file, body)
        page.digest = hashlib.sha256(body).hexdigest()
        state = self.state
        state.pages = sorted([*(old for old in state.pages if old.file != page.file), page], key=lambda one: one.file)
        state.stale = [name for name in state.stale if name != page.file]

    def save(self) -> None:
        """Write the manifest."""
        state = {"tool": f"kg {kg.__version__}", "format": FORMAT, **asdict(self.state)}
        self._write(FETCHED, (json.dumps(state, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))

    def next_name(self, suffix: str) -> str:
        """Give the name of the next numbered answer."""
        numbers = [int(page.file.rpartition("-")[2].partition(".")[0]) for page in self.state.pages]
        return f"{self.state.service}-{max(numbers, default=0) + 1:05d}{suffix}"

    def begin_anew(self) -> None:
        """Forget what was received; its files stay until they are replaced."""
        state = self.state
        state.stale = sorted({*state.stale, *(page.file for page in state.pages)})
        state.pages, state.sweep, state.newest, state.asked = [], None, "", {}

    def drop_stale(self) -> None:
        """Delete the files that a refresh did not replace."""
        for name in self.state.stale:
            (self.path / name).unlink(missing_ok=True)
        self.state.stale = []

    def _write(self, name: str, data: bytes) -> None:
        """Write a file that appears whole."""
        temporary = self.path / f".{name}.part"
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.path / name)


@contextmanager
def held(path: Path, service: str, request: dict[str, str]) -> Iterator[Folder]:
    """Open or make the folder of a request; one that holds another request, or is in use, is a FetchError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / ".kg-fetch.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise FetchError(f"{path}: cannot be written ({error.strerror}); choose another -o") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FetchError(f"{path}: another kg is fetching into it; wait for it or choose another -o") from None
        yield Folder(path, _opened(path, service, request))
    finally:
        os.close(lock)


def _opened(path: Path, service: str, request: dict[str, str]) -> State:
    """Read the manifest, or begin one."""
    manifest = path / FETCHED
    if not manifest.exists():
        return State(service, request)
    state = read(manifest)
    if (state.service, state.request) != (service, request):
        held_now, wanted = (_said(name, asked) for name, asked in ((state.service, state.request), (service, request)))
        raise FetchError(f"{path}: holds the answers to {held_now}, not to {wanted}; choose another folder with -o")
    return state


def read(manifest: Path) -> State:
    """Read a manifest."""
    try:
        values: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        if values.pop("format") != FORMAT:
            raise FetchError(f"{manifest}: written by another version of kg; choose another folder with -o")
        values.pop("tool")
        pages = [Stored(**page) for page in values.pop("pages")]
        sweep = values.pop("sweep")
        return State(**values, pages=pages, sweep=Sweep(**sweep) if sweep else None)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FetchError(
            f"{manifest}: no readable manifest ({error}); delete it and the answers beside it, or choose another -o"
        ) from error


def _said(service: str, request: dict[str, str]) -> str:
    """Write a request for a message."""
    return f"{service} " + ", ".join(f"{name} {value!r}" for name, value in request.items() if value)
