"""The cache of extractions: an SQLite file, keyed by what decides the result.

A key hashes title, abstract and the fingerprint of the extractor; a value is compressed JSON. Deleting the
file costs time only. One process writes (the workspace is locked), a shard of papers at a time.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from sys import intern
from typing import Any, TypeVar

from kg.errors import WorkspaceError
from kg.model import Extraction, LocalEntity, LocalRelation, Paper, Span

#: Extractions of so many different fingerprints are kept; older ones are dropped.
KEPT_FINGERPRINTS = 3

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_SCHEMA = """
CREATE TABLE IF NOT EXISTS extractions (key BLOB PRIMARY KEY, fingerprint TEXT NOT NULL, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS fingerprints (fingerprint TEXT PRIMARY KEY, number INTEGER NOT NULL);
"""

_FORGET = """
DELETE FROM extractions WHERE fingerprint NOT IN (SELECT fingerprint FROM fingerprints ORDER BY number DESC LIMIT ?)
"""

T = TypeVar("T")


def key(paper: Paper, fingerprint: str) -> bytes:
    """Hash all that an extraction depends on."""
    parts = (part.encode("utf-8", "surrogatepass") for part in (paper.title, paper.abstract, fingerprint))
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def encode(extraction: Extraction) -> bytes:
    """Turn an extraction into compressed JSON."""
    return zlib.compress(json.dumps(astuple(extraction), ensure_ascii=False, separators=(",", ":")).encode("utf-8"))


def decode(value: bytes) -> Extraction:
    """Turn compressed JSON back into the extraction, the inverse of `encode`.

    >>> decode(encode(Extraction())) == Extraction()
    True
    """
    entities, relations = json.loads(zlib.decompress(value))
    return Extraction(tuple(map(_entity, entities)), tuple(map(_relation, relations)))


def _entity(row: list[Any]) -> LocalEntity:
    """Make an entity of its fields; words that come again and again are kept once."""
    id_, kind, label, confidence, spans, names, long, term = row
    places = tuple(map(_span, spans))
    return LocalEntity(intern(id_), intern(kind), label, confidence, places, tuple(names), long, intern(term))


def _relation(row: list[Any]) -> LocalRelation:
    """Make a relation of its fields."""
    head, kind, tail, confidence, sentences, extractor, head_mention, tail_mention, polarity, modality = row
    return LocalRelation(
        head=intern(head),
        type=intern(kind),
        tail=intern(tail),
        confidence=confidence,
        sentences=tuple(map(_span, sentences)),
        extractor=intern(extractor),
        head_mention=_span(head_mention) if head_mention else None,
        tail_mention=_span(tail_mention) if tail_mention else None,
        polarity=intern(polarity),
        modality=intern(modality),
    )


def _span(row: list[Any]) -> Span:
    """Make a span of its fields."""
    section, start, end = row
    return Span(intern(section), start, end)


class Cache:
    """Finished extractions on disk; a damaged file is put aside and begun anew."""

    def __init__(self, path: Path, *, notify: Callable[[str], None] = lambda message: None) -> None:
        """Open or make the file at ``path``."""
        self._path = path
        self._notify = notify
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> "Cache":
        """Open the file."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def find(self, keys: Sequence[bytes]) -> dict[bytes, Extraction]:
        """Give the extractions that are there; one that cannot be read counts as absent."""

        def read(connection: sqlite3.Connection) -> dict[bytes, Extraction]:
            found = {}
            for name in keys:
                row = connection.execute("SELECT value FROM extractions WHERE key = ?", (name,)).fetchone()
                if row is not None:
                    try:
                        found[name] = decode(row[0])
                    except (zlib.error, ValueError, TypeError):
                        continue
            return found

        return self._run(read)

    def store(self, rows: Iterable[tuple[bytes, Extraction]], fingerprint: str) -> None:
        """Keep the extractions of one shard, whole or not at all."""
        values = [(name, fingerprint, encode(extraction)) for name, extraction in rows]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                fresh = connection.execute(
                    "INSERT OR IGNORE INTO fingerprints SELECT ?, COALESCE(MAX(number), 0) + 1 FROM fingerprints",
                    (fingerprint,),
                ).rowcount
                if fresh:
                    connection.execute(_FORGET, (KEPT_FINGERPRINTS,))
                connection.executemany("INSERT OR REPLACE INTO extractions VALUES (?, ?, ?)", values)

        self._run(write)

    def _open(self) -> sqlite3.Connection:
        """Open the file once."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._path)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
        return self._connection

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do the work; where the file turns out to be damaged, put it aside and do it once more."""
        for fresh in (False, True):
            try:
                return work(self._open())
            except sqlite3.DatabaseError as error:
                if fresh or getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
                    raise WorkspaceError(
                        f"{self._path}: cannot be used ({error}); free space, make it writable, or delete it"
                    ) from error
                self._put_aside()
        raise AssertionError("unreachable")

    def _put_aside(self) -> None:
        """Move a damaged file out of the way."""
        self.__exit__()
        aside = self._path.with_name(f"{self._path.name}.damaged")
        self._path.replace(aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._notify(f"{self._path} was damaged and is begun anew; the damaged file is kept as {aside.name}")
