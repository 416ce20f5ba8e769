"""Bring an Oxigraph database up to date by the difference of two canonical files.

A build that adds a few papers to many changes few triples, and applying these takes far less work than loading all.
What cannot be done so is loaded anew: too many changes, a database that is damaged, or one that does not hold what its
canonical file says.
"""

import gzip
import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.checksums import is_whole

#: Changes beyond which a new load is less work, as a share of the triples, and as a number that memory holds easily.
SHARE, MOST = 0.2, 500_000

#: Bytes of the older file that are read at once, and bytes that are compared at once.
_READ, _STEP = 1 << 20, 1 << 16


class Difference:
    """The lines of two canonical files that one alone has: ``gone`` from the older one, ``fresh`` in the newer one.

    None of them counts where ``is_known`` is false: there are too many, or the older file cannot be read.
    """

    def __init__(self, old: Path) -> None:
        """Compare with the packed file ``old``."""
        self.gone: list[bytes] = []
        self.fresh: list[bytes] = []
        self.is_known = True
        self._path = old
        #: Whole lines of the older file, and how much of them was compared.
        self._held, self._at = b"", 0

    def read(self, pieces: Iterable[bytes]) -> None:
        """Read the newer file, in pieces of whole lines."""
        try:
            with gzip.open(self._path) as self._old:
                for piece in pieces:
                    self._compare(piece)
                    if len(self.gone) + len(self.fresh) > MOST:
                        self.is_known = False
                        break
                while self.is_known and self._more():
                    self.gone += self._held[self._at :].splitlines(keepends=True)
                    self._at = len(self._held)
        except (OSError, EOFError, zlib.error):
            self.is_known = False

    def _more(self) -> bool:
        """Have lines of the older file to compare, if there are any left."""
        if self._at == len(self._held):
            self._held, self._at = self._old.read(_READ) + self._old.readline(), 0
        return bool(self._held)

    def _compare(self, piece: bytes) -> None:
        """Go on through both files up to the end of a piece of the newer one."""
        place = 0
        while place < len(piece) and self._more():
            held, at = self._held, self._at
            same = _equal(held, at, piece, place)
            # Both are whole lines, so that a stretch which is equal to the end of either ends with a line.
            if at + same < len(held) and place + same < len(piece):
                same = max(0, piece.rfind(b"\n", place, place + same) + 1 - place)
                before = held[at + same : held.index(b"\n", at + same) + 1]
                after = piece[place + same : piece.index(b"\n", place + same) + 1]
                if before < after:
                    self.gone.append(before)
                    at += len(before)
                else:
                    self.fresh.append(after)
                    place += len(after)
            self._at, place = at + same, place + same
        self.fresh += piece[place:].splitlines(keepends=True)


def _equal(one: bytes, start: int, two: bytes, place: int) -> int:
    """Count the bytes from which on two texts differ, from a place in each.

    >>> _equal(b"xabc", 1, b"abd", 0)
    2
    """
    most = min(len(one) - start, len(two) - place)
    same, step = 0, _STEP
    while same < most:
        size = min(step, most - same)
        if one[start + same : start + same + size] == two[place + same : place + same + size]:
            same += size
        elif size == 1:
            break
        else:
            step = size // 2
    return same


def updated(before: Path, found: Difference, triples: int, folder: Path) -> bool:
    """Make ``folder`` the store of the build ``before`` with the difference applied to its default graph.

    Where a new load is wanted, nothing is left in ``folder``, and False is given. Files of the database that never
    change are shared with the older one.
    """
    store = before / "store"
    if not found.is_known or len(found.gone) + len(found.fresh) > SHARE * triples or not is_whole(store):
        return False
    try:
        folder.mkdir()
        for path in store.iterdir():
            _take(path, folder / path.name)
        if _apply(ox.Store(str(folder)), found):
            return True
    except (OSError, ValueError, RuntimeError):  # the last is what pyoxigraph says of damage
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return False


def _take(path: Path, target: Path) -> None:
    """Copy a file of the database, or link it where it never changes and the disk knows links."""
    if path.suffix == ".sst":
        with suppress(OSError):
            os.link(path, target)
            return
    shutil.copyfile(path, target)


def _apply(store: ox.Store, found: Difference) -> bool:
    """Apply a difference, unless the store does not hold what is to go or holds what is to come."""
    gone, fresh = (
        [ox.Quad(*quad) for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_TRIPLES, lenient=True)]
        for lines in (found.gone, found.fresh)
    )
    if not all(quad in store for quad in gone) or any(quad in store for quad in fresh):
        return False
    for quad in gone:
        store.remove(quad)
    store.extend(fresh)
    store.flush()
    return True
