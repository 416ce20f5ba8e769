"""Find the pairs of names worth a comparison, in time near linear in the number of names.

Names share a block when they have the same words in any order, the same letters without spaces, letters that differ in
one place, or an abbreviation that papers spell out as either. A block that is too large is read through a window over
its sorted names, so that no block makes the work quadratic.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kg.resolve.similar import near

#: Words that an order of words is compared without: "classification of images", "image classification".
LINKS = frozenset({"of", "for", "in", "the", "a", "an", "with", "and", "on", "to"})

#: Letters a name has at least for the search of names that differ in one letter; shorter ones differ in meaning too.
LONG_ENOUGH = 9

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

#: Base of the hash of a text, and what undoes a multiplication by it.
_BASE = np.uint64(0xD1342543DE82EF95)
_INVERSE = np.uint64(pow(0xD1342543DE82EF95, -1, 1 << 64))

_ZERO, _NINE = ord("0"), ord("9")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")


def squeezed(form: str) -> str:
    """Give a normal form without spaces, other than between digits.

    >>> squeezed("flash attention 2"), squeezed("llama 3 8b")
    ('flashattention2', 'llama3 8b')
    """
    if _BETWEEN_DIGITS.search(form):
        return _BETWEEN_DIGITS.sub("\0", form).replace(" ", "").replace("\0", " ")
    return form.replace(" ", "")


def sorted_words(form: str) -> str:
    """Give the words of a normal form that are no links, sorted; empty for a single word.

    >>> sorted_words("classification of image"), sorted_words("resnet")
    ('classification image', '')
    """
    words = sorted(word.removesuffix("s") for word in form.split() if word not in LINKS)
    return " ".join(words) if len(words) > 1 else ""


def candidates(names: Sequence[Sequence[str]], groups: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """Give the pairs (i, j), i < j, of things worth a comparison, sorted.

    ``names`` holds the normal forms of each thing, ``groups`` further sets of things that belong in one block.
    """
    found = set(_of_equal_forms(names))
    for group in groups:
        found.update(near(sorted(set(group))))
    found.update(_one_letter_apart(names))
    return sorted(found)


def _of_equal_forms(names: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Give the pairs whose names are equal without spaces, or have the same words."""
    first: dict[str, int] = {}
    blocks: dict[str, list[int]] = {}
    for number, forms in enumerate(names):
        for form in forms:
            for key in ("=" + squeezed(form), "~" + sorted_words(form)):
                if key != "~" and first.setdefault(key, number) != number:
                    blocks.setdefault(key, [first[key]]).append(number)
    for block in blocks.values():
        yield from near(sorted(set(block)))


def _one_letter_apart(names: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Give the pairs whose squeezed names differ in one letter: what is left without one letter is equal.

    Names of one length at a time: these without a letter, and the whole ones that are as long.
    """
    by_length: dict[int, list[tuple[bytes, int]]] = defaultdict(list)
    for number, forms in enumerate(names):
        for form in forms:
            text = squeezed(form).encode()
            if len(text) >= LONG_ENOUGH:
                by_length[len(text)].append((text, number))
    shorter, wholes, owners = 0, np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    for length in sorted(by_length):
        texts = by_length.pop(length)
        letters = np.frombuffer(b"".join(text for text, _ in texts), dtype=np.uint8).reshape(-1, length)
        whole, without, places = _deletions(letters)
        things = np.array([number for _, number in texts], dtype=np.int64)
        if shorter == length - 1:
            yield from _of_equal_values(np.concatenate([wholes, without]), np.concatenate([owners, things[places]]))
        else:
            yield from _of_equal_values(without, things[places])
        shorter, wholes, owners = length, whole, things


def _of_equal_values(values: Hashes, things: Numbers) -> Iterator[tuple[int, int]]:
    """Give the pairs of things that share a value."""
    order = np.lexsort((things, values))
    values, things = values[order], things[order]
    edges = np.flatnonzero(np.diff(values, prepend=~values[:1], append=~values[-1:]))
    sizes = np.diff(edges)
    for start, size in zip(edges[:-1][sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        block = sorted(set(things[start : start + size].tolist()))
        if len(block) > 1:
            yield from near(block)


def _deletions(letters: npt.NDArray[np.uint8]) -> tuple[Hashes, Hashes, Numbers]:
    """Hash each text, a row of ``letters``, as it is, and without each byte that is no digit, with the row of each.

    The hash is a polynomial in an odd base modulo 2**64, so that taking a byte out is a subtraction and a division.
    """
    powers = np.cumprod(np.full(letters.shape[1], _BASE, dtype=np.uint64))
    values = _scrambled(letters.astype(np.uint64)) * powers
    until = np.cumsum(values, axis=1, dtype=np.uint64)
    whole = until[:, -1]
    without = until - values + (whole[:, None] - until) * _INVERSE
    kept = (letters < _ZERO) | (letters > _NINE)
    return whole, without[kept], np.nonzero(kept)[0]


def _scrambled(values: Hashes) -> Hashes:
    """Give each byte a number of 64 bits."""
    values = (values + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return values ^ (values >> np.uint64(31))


def by_abbreviation(readings: Mapping[str, Iterable[str]], places: Mapping[str, int]) -> Iterator[list[int]]:
    """Give for each abbreviation the places of the keys that papers spell it out as."""
    for keys in readings.values():
        group = sorted(places[key] for key in set(keys) if key in places)
        if len(group) > 1:
            yield group
