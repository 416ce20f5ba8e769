"""The files of a workspace: builds that are published whole, the lock, the mark that says it is ours.

    output/
    ├── kg-workspace.json    marks the directory as a workspace, with the version of this layout
    ├── current              link to the build in use, switched in one step
    ├── builds/0007/         tables/, graph.nq.gz, graph.html, ..., manifest.json, records.parquet, store/
    ├── graph.html, ...      links to the files of the current build
    ├── cache.sqlite         finished extractions by content; may be deleted
    ├── identity.parquet     CURIEs that were replaced, append-only
    └── lock                 held by the process that writes

Readers need no lock: a `Build` stays whole until two newer ones are published.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.checksums import LIST, digest, is_whole, write_list
from kg.errors import WorkspaceError
from kg.model import Paper, Reject
from kg.tables import Replacement, Tables, read_rows, write_rows

#: Version of the layout of a workspace.
FORMAT = 1

#: The file that marks a directory as a workspace.
MARK = "kg-workspace.json"

_MARK = json.dumps({"format": FORMAT, "tool": "kg"})

#: Names that a directory may hold and still become a workspace.
HARMLESS = frozenset({"README.md", ".gitignore", ".gitkeep", "lock", f"{MARK}.new"})

#: Files of a build that are linked from the top of the workspace.
LINKED = ("graph.html", "graph.nq.gz", "graph.ttl", "manifest.json", "rejects.jsonl", "report.md", "tables")

#: Files of the store that tell nothing.
_LOGS = ("LOG", "LOCK")

#: A build in the making has this prefix.
_NEW = ".new-"

_REMEDIES = {
    errno.ENOSPC: "free some space on that disk",
    errno.EDQUOT: "free some of your quota",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EACCES: "make it writable",
    errno.EPERM: "make it writable",
    errno.EROFS: "make it writable",
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made of and what it holds; no clock, no path, no number of workers."""

    version: str
    code: str
    fingerprint: str
    config: dict[str, object]
    records: str
    counts: dict[str, int]
    kinds: dict[str, int]
    relations: dict[str, int]
    files: dict[str, str]

    def to_json(self) -> str:
        """Write the manifest as JSON with sorted keys."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest written by `to_json`."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise WorkspaceError(f"{path}: no readable manifest ({error}); run `kg build` again") from error

    def same_input(self, other: "Manifest") -> bool:
        """Tell whether two builds are made of the same records by the same program and settings."""
        names = ("version", "code", "fingerprint", "config", "records")
        return all(getattr(self, name) == getattr(other, name) for name in names)


@dataclass(frozen=True, slots=True)
class Build:
    """One published build; it does not change."""

    folder: Path

    def tables(self) -> Tables:
        """Give the tables of the build."""
        return Tables(self.folder / "tables")

    def manifest(self) -> Manifest:
        """Read what the build was made of and what it holds."""
        return Manifest.read(self.folder / "manifest.json")

    def file(self, name: str) -> Path:
        """Give the path of a file or folder of the build, such as ``graph.ttl`` or ``store``."""
        path = self.folder / name
        if not path.exists():
            raise WorkspaceError(f"{path}: this build holds no {name}; run `kg build` again or `kg export`")
        return path

    def records(self) -> Iterator[Paper]:
        """Stream the records the build was made of, before those of one paper were merged."""
        return read_rows(self.folder / "records.parquet", Paper)

    def enrichment(self) -> list[Paper]:
        """Read the records that filled what papers lack, or may do so."""
        path = self.folder / "enrichment.parquet"
        return list(read_rows(path, Paper)) if path.exists() else []

    def rejects(self) -> list[Reject]:
        """Read the records that could not be used."""
        path = self.folder / "rejects.jsonl"
        try:
            return [Reject(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        except (OSError, ValueError, TypeError) as error:
            raise WorkspaceError(f"{path}: no readable list of rejects ({error}); run `kg build` again") from error

    def is_intact(self) -> bool:
        """Tell whether every file is there with the bytes that the manifest names, and the store too."""
        files = self.manifest().files
        whole = all((self.folder / name).is_file() and digest(self.folder / name) == files[name] for name in files)
        store = self.folder / "store"
        # A build of an earlier kg has no list.
        return whole and (is_whole(store) if (store / LIST).exists() else (store / "CURRENT").is_file())


@dataclass(frozen=True, slots=True)
class Workspace:
    """A directory that holds the builds of one set of papers."""

    path: Path

    def build(self) -> Build:
        """Give the build in use now; hold on to it to see one whole build."""
        if not (self.path / MARK).is_file():
            near = sorted(mark.parent.as_posix() for mark in Path().glob(f"*/{MARK}"))
            there = f"; there are {', '.join(near)}: name one with -w" if near else ""
            raise WorkspaceError(f"{self.path}: no workspace of kg; run `kg build -w {self.path}` first{there}")
        folder = self._current()
        if folder is None:
            raise WorkspaceError(f"{self.path}: nothing was built here yet; run `kg build -w {self.path}` first")
        return Build(folder)

    def previous(self) -> Build | None:
        """Give the build before the one in use, if it is still there."""
        current = self._current()
        builds = _numbered(self.path / "builds") if current is not None else []
        older = [path for path in builds if current is not None and int(path.name) < int(current.name)]
        return Build(older[-1]) if older else None

    def has_build(self) -> bool:
        """Tell whether a build was published here."""
        return (self.path / MARK).is_file() and self._current() is not None

    def tables(self) -> Tables:
        """Give the tables of the current build."""
        return self.build().tables()

    def manifest(self) -> Manifest:
        """Read the manifest of the current build."""
        return self.build().manifest()

    def file(self, name: str) -> Path:
        """Give the path of a file or folder of the current build."""
        return self.build().file(name)

    def identity(self) -> list[Replacement]:
        """Read which CURIEs of earlier builds were replaced, oldest first."""
        path = self.path / "identity.parquet"
        try:
            return list(read_rows(path, Replacement)) if path.exists() else []
        except WorkspaceError as error:
            why = str(error).removeprefix(f"{path}: ").rpartition("; ")[0]
            raise WorkspaceError(
                f"{path}: {why}; put back a copy, or move it away, and names replaced in the past are forgotten"
            ) from error

    @property
    def cache(self) -> Path:
        """Give the path of the cache of extractions."""
        return self.path / "cache.sqlite"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the only right to write here, making the directory a workspace and clearing what a killed build left."""
        with self._os_errors():
            self.path.mkdir(parents=True, exist_ok=True)
            self.check_ours()
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            with self._os_errors():
                self._take(lock)
                self._mark()
                self._sweep()
                yield
        finally:
            os.close(lock)

    @contextmanager
    def publishing(self) -> Iterator[Path]:
        """Give a folder to fill with a new build, and switch to it in one step when that ended well.

        Needs `writing`. Whatever goes wrong, the build in use stays in use.
        """
        builds = self.path / "builds"
        folder = builds / f"{_NEW}{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
            if (folder / "store").is_dir():
                write_list(folder / "store", leaving=_LOGS)
            _sync(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        number = max((int(path.name) for path in _numbered(builds)), default=0) + 1
        final = builds / f"{number:04d}"
        folder.rename(final)
        _sync_one(builds)
        if self._current() is None:  # so that the files are there as soon as there is a build in use
            self._link_files(final)
        _link(self.path / "current", Path("builds") / final.name)
        _sync_one(self.path)
        self._link_files(final)
        for old in _numbered(builds)[:-2]:
            shutil.rmtree(old, ignore_errors=True)

    def append_identity(self, rows: Iterable[Replacement]) -> None:
        """Add replaced CURIEs that are not yet listed."""
        known = self.identity()
        fresh = sorted(set(rows) - set(known))
        if fresh:
            temporary = self.path / "identity.parquet.new"
            write_rows(temporary, Replacement, [*known, *fresh])
            _sync_one(temporary)
            temporary.replace(self.path / "identity.parquet")

    def _current(self) -> Path | None:
        """Follow the link to the current build once."""
        link = self.path / "current"
        folder = self.path / link.readlink() if link.is_symlink() else link
        return folder if folder.is_dir() else None

    def check_ours(self) -> None:
        """Refuse a directory that holds somebody else's files or a layout we do not know; it need not be there yet."""
        mark = self.path / MARK
        if mark.exists():
            try:
                version = json.loads(mark.read_text(encoding="utf-8"))["format"]
            except (ValueError, KeyError, TypeError) as error:
                raise WorkspaceError(
                    f"{mark}: no readable mark of a workspace ({error}); if there is one here, write {_MARK} "
                    "into this file; else choose another -w"
                ) from error
            if version != FORMAT:
                raise WorkspaceError(
                    f"{self.path}: a workspace of layout {version}, this kg writes layout {FORMAT}; choose another -w"
                )
            return
        if not self.path.exists():
            return
        with self._os_errors():
            foreign = sorted(path.name for path in self.path.iterdir() if path.name not in HARMLESS)
        if foreign:
            shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
            raise WorkspaceError(
                f"{self.path}: holds files that are not kg's ({shown}); choose an empty or new directory with -w"
            )

    def _take(self, lock: int) -> None:
        """Take the lock, or say who holds it."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise WorkspaceError(
                f"{self.path}: another kg (process {holder}) is writing here; wait for it or choose another -w"
            ) from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)

    def _mark(self) -> None:
        """Mark a new directory as a workspace."""
        mark = self.path / MARK
        if not mark.exists():
            temporary = self.path / f"{MARK}.new"
            temporary.write_text(f"{_MARK}\n", encoding="utf-8")
            _sync_one(temporary)
            temporary.replace(mark)

    def _sweep(self) -> None:
        """Remove what a killed build left: unfinished folders, unpublished builds, half-made links."""
        builds = self.path / "builds"
        builds.mkdir(exist_ok=True)
        for name in ("current", *LINKED):
            temporary = self.path / f"{name}.new"
            if temporary.is_symlink():
                temporary.unlink()
        if self._current() is None and _numbered(builds):  # a numbered build is whole, only the link is missing
            _link(self.path / "current", Path("builds") / _numbered(builds)[-1].name)
        current = self._current()
        for path in builds.iterdir():
            if path.name.startswith(_NEW) or (current is not None and _is_later(path.name, current.name)):
                shutil.rmtree(path)
        if current is not None:
            self._link_files(current)

    def _link_files(self, build: Path) -> None:
        """Link the files of a build from the top of the workspace, leaving a user's own files alone."""
        for name in LINKED:
            link = self.path / name
            if os.path.lexists(link) and not link.is_symlink():
                continue
            if (build / name).exists():
                _link(link, Path("current") / name)
            else:
                link.unlink(missing_ok=True)

    def _is_here(self, filename: object) -> bool:
        """Tell whether an error speaks of a file of this workspace."""
        return isinstance(filename, str) and Path(filename).absolute().is_relative_to(self.path.absolute())

    @contextmanager
    def _os_errors(self) -> Iterator[None]:
        """Turn a failure to write into a message with the path and the remedy."""
        try:
            yield
        except OSError as error:
            if error.errno not in (None, *_REMEDIES) and not self._is_here(error.filename):
                raise
            # The store's errors have their reason in words only.
            known = (code for code in _REMEDIES if code == error.errno or os.strerror(code) in str(error))
            remedy = _REMEDIES.get(next(known, 0), "check the disk")
            what = f"{error.filename or self.path}: cannot be written ({error.strerror or error})"
            raise WorkspaceError(f"{what}; {remedy} or choose another -w. The last good build is untouched") from error


def _numbered(builds: Path) -> list[Path]:
    """List the published builds, oldest first."""
    return sorted((path for path in builds.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


def _is_later(name: str, current: str) -> bool:
    """Tell whether a build was finished after the current one, but never switched to."""
    return name.isdigit() and current.isdigit() and int(name) > int(current)


def _link(link: Path, target: Path) -> None:
    """Point a symbolic link at ``target`` in one step."""
    if link.is_symlink() and link.readlink() == target:
        return
    temporary = link.with_name(f"{link.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def _sync(folder: Path) -> None:
    """Make sure that a folder and all it holds have reached the disk."""
    for path in folder.rglob("*"):
        _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    """Make sure that one file or directory has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
