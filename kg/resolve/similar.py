"""Find near-equal texts in near-linear time: MinHash over word shingles with banding.

Broder, On the resemblance and containment of documents, 1997; banding as in Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, chapter 3. Everything is integer arithmetic with fixed seeds, so the
result depends on the texts alone.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

#: Words in a shingle.
SHINGLE = 3

#: Texts that share all values of one band are compared. With resemblance s a pair is found with probability
#: 1 - (1 - s**ROWS)**BANDS: 0.9998 at 0.8, 0.8 at 0.5, 0.01 at 0.1.
BANDS, ROWS = 12, 3

#: Texts of one bucket are compared with this many that follow, so that boilerplate cannot make the work quadratic.
WINDOW = 20

#: Texts hashed at a time; bounds memory.
BATCH = 1000

Hashes = npt.NDArray[np.uint64]

_WORDS = re.compile(r"\w+")
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


class _WordHashes(dict[str, int]):
    """The CRC of each word met, computed once."""

    def __missing__(self, word: str) -> int:
        """Hash a new word; a lone surrogate does no harm."""
        self[word] = value = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        return value


def shingles(text: str) -> Hashes:
    """Hash the distinct runs of three words in a text, sorted; the last two are filled up with an end mark.

    >>> len(shingles("We study the study of the study.")), len(shingles(""))
    (7, 0)
    """
    return np.unique(_runs([text], _WordHashes())[0])


def resemblance(a: Hashes, b: Hashes) -> float:
    """Give the share of shingles two texts have in common (Jaccard); nothing resembles an empty text.

    >>> resemblance(shingles("a b c d e f"), shingles("a b c d e")), resemblance(shingles("a b"), shingles("c d"))
    (0.375, 0.0)
    """
    if not len(a) or not len(b):
        return 0.0
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common)


def candidates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Give the pairs (i, j), i < j, of texts that may be near-equal, some more than once; no text may lack words."""
    bands = _bands(texts)
    for band in range(BANDS):
        values = bands[:, band]
        order = np.argsort(values, kind="stable")
        edges = np.flatnonzero(np.diff(values[order], prepend=~values[order][:1], append=~values[order][-1:]))
        sizes = np.diff(edges)
        for start, size in zip(edges[:-1][sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
            yield from near(order[start : start + size].tolist())


def near(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the pairs of members that stand at most `WINDOW` places apart.

    >>> list(near([3, 5, 9]))
    [(3, 5), (3, 9), (5, 9)]
    """
    if len(members) <= WINDOW:
        yield from combinations(members, 2)
        return
    for place, first in enumerate(members):
        for second in members[place + 1 : place + 1 + WINDOW]:
            yield first, second


def _runs(texts: Sequence[str], known: dict[str, int]) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hash the runs of three words of each text, in their order; give them joined, and how many each has."""
    joined: list[int] = []
    counts = []
    for text in texts:
        words = _WORDS.findall(text.casefold())
        joined += [known[word] for word in words]
        joined += (0,) * (SHINGLE - 1)
        counts.append(len(words))
    words_of_all = np.array(joined, dtype=np.uint64)
    last = len(joined) - (SHINGLE - 1)
    mixed = np.zeros(last, dtype=np.uint64)
    for place in range(SHINGLE):
        mixed += (words_of_all[place : last + place] + np.uint64(place + 1)) * _MIX[place]
    kept = np.ones(len(joined), dtype=bool)
    ends = np.cumsum(np.array(counts, dtype=np.int64) + (SHINGLE - 1))
    for back in range(1, SHINGLE):  # runs that start in the end marks
        kept[ends - back] = False
    return _scramble(mixed[kept[:last]]), np.array(counts, dtype=np.int64)


def _bands(texts: Sequence[str]) -> Hashes:
    """Give one row a text, with one value a band."""
    known = _WordHashes()
    seeds = _scramble(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64)) | np.uint64(1)
    bands = np.empty((len(texts), BANDS), dtype=np.uint64)
    for start in range(0, len(texts), BATCH):
        joined, counts = _runs(texts[start : start + BATCH], known)
        starts = np.cumsum(counts) - counts
        for band in range(BANDS):
            value = np.zeros(len(counts), dtype=np.uint64)
            for seed in seeds[band * ROWS : band * ROWS + ROWS]:
                permuted = joined * seed
                permuted ^= permuted >> np.uint64(32)
                value = _scramble(value * _MIX[0] + np.minimum.reduceat(permuted, starts))
            bands[start : start + len(counts), band] = value
    return bands


def _scramble(values: Hashes) -> Hashes:
    """Mix the bits of each number (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
