"""Sort more text than memory should hold: sorted runs on disk, merged block by block."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

import zstandard

#: Characters kept in memory before they become a sorted run.
CHARACTERS = 48_000_000

#: Runs that are merged at once, which bounds the open files and their buffers.
WIDTH = 48

#: Bytes of a run that are read at once.
_READ = 1 << 18

#: Items that are written or merged at once.
_PART = 500

_END = "\0"


class Sorter:
    """Takes strings without NUL in any order and gives them back sorted by code point, which is bytewise in UTF-8.

    ``folder`` takes the runs and is the caller's to remove; what fits into memory makes no file.
    """

    def __init__(self, folder: Path, *, characters: int = CHARACTERS, width: int = WIDTH) -> None:
        self._folder = folder
        self._most = characters
        self._width = width
        self._items: list[str] = []
        self._size = 0
        self._runs: list[Path] = []
        self._number = 0

    def add(self, item: str) -> None:
        """Take one more string."""
        self._items.append(item)
        self._size += len(item)
        if self._size >= self._most:
            self._spill()

    def batches(self) -> Iterator[list[str]]:
        """Give everything in order, equal strings in one list; to be called once, when all is there."""
        self._items.sort()
        if not self._runs:
            yield self._items
            return
        yield from _merge([*map(_read, self._runs), _parts(self._items)])

    def _spill(self) -> None:
        """Write what is in memory as a run, first joining the runs where there are many."""
        self._items.sort()
        if len(self._runs) >= self._width:
            joined = self._write(_merge(list(map(_read, self._runs))))
            for run in self._runs:
                run.unlink()
            self._runs = [joined]
        self._runs.append(self._write([self._items]))
        self._items = []
        self._size = 0

    def _write(self, batches: Iterator[list[str]] | Sequence[list[str]]) -> Path:
        """Write sorted strings, packed."""
        self._number += 1
        path = self._folder / f"{id(self):x}-{self._number}.run"
        with path.open("xb") as stream, zstandard.ZstdCompressor(level=1).stream_writer(stream) as packed:
            for batch in batches:
                for part in _parts(batch):
                    packed.write((_END.join(part) + _END).encode())
        return path


def _parts(items: list[str]) -> Iterator[list[str]]:
    """Cut a long list, as merging copies what is left of each block again and again."""
    return (items[start : start + _PART] for start in range(0, len(items), _PART))


def _read(run: Path) -> Iterator[list[str]]:
    """Give the strings of a run in its order, some at a time."""
    with run.open("rb") as stream, zstandard.ZstdDecompressor().stream_reader(stream) as packed:
        rest = b""
        while data := packed.read(_READ):
            whole, end, rest = (rest + data).rpartition(_END.encode())
            if end:
                yield whole.decode().split(_END)


def _merge(runs: Sequence[Iterator[list[str]]]) -> Iterator[list[str]]:
    """Merge sorted runs.

    Of each run a block is in memory. The smallest of their last strings bounds what can be given: nothing that is
    still on disk comes before it. Sorting that much at once is far quicker than a heap of single strings.
    """
    blocks = [(block, run) for run in runs if (block := next(run, None))]
    while blocks:
        bound = min(block[-1] for block, _ in blocks)
        batch: list[str] = []
        left = []
        for block, run in blocks:
            cut = bisect_right(block, bound)
            batch += block[:cut]
            rest = block[cut:]
            # Equal strings may go on in the next block of the run.
            while not rest and (following := next(run, None)):
                cut = bisect_right(following, bound)
                batch += following[:cut]
                rest = following[cut:]
            if rest:
                left.append((rest, run))
        blocks = left
        batch.sort()
        yield batch
