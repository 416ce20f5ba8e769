"""Bring a copy of an Oxigraph database up to date by the difference of two canonical files.

A build that adds a few papers to many changes few triples, and applying these takes far less work than loading all.
What cannot be done so is loaded anew: too many changes, a database that is damaged, or one that does not hold what its
canonical file says.
"""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

#: Changes beyond which a new load is less work, as a share of the triples, and as a number that memory holds easily.
SHARE, MOST = 0.2, 500_000


def difference(old: Path, new: Path) -> Iterator[tuple[bool, bytes]]:
    """Give the lines of two packed canonical files that one alone has, and whether that is the new one, in order."""
    with gzip.open(old) as before, gzip.open(new) as after:
        one, two = next(before, b""), next(after, b"")
        while one or two:
            if one == two:
                one, two = next(before, b""), next(after, b"")
            elif two == b"" or (one and one < two):
                yield False, one
                one = next(before, b"")
            else:
                yield True, two
                two = next(after, b"")


def updated(before: Path, packed: Path, triples: int, folder: Path) -> ox.Store | None:
    """Copy the store of the build ``before`` to ``folder`` and make its default graph hold the triples of ``packed``.

    Nothing is left in ``folder`` where a new load is wanted, and None is given.
    """
    gone: list[bytes] = []
    fresh: list[bytes] = []
    try:
        for is_new, line in difference(before / "graph.nq.gz", packed):
            (fresh if is_new else gone).append(line)
            if len(gone) + len(fresh) > min(MOST, SHARE * triples):
                return None
        shutil.copytree(before / "store", folder)
        store = ox.Store(str(folder))
        for quad in ox.parse(b"".join(gone), ox.RdfFormat.N_TRIPLES, lenient=True):
            store.remove(quad)
        store.extend(ox.parse(b"".join(fresh), ox.RdfFormat.N_TRIPLES, lenient=True))
        for graph in list(store.named_graphs()):
            store.remove_graph(graph)
        if len(store) == triples:
            return store
    except (OSError, EOFError, ValueError, RuntimeError):  # the last is what pyoxigraph says of damage
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return None
