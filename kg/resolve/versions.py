"""Take the name of a version apart: "Qwen2.5-VL-7B" is the variant "vl 7b" of version 2.5 of "qwen".

Only what stands at the end of a name counts, read from the right until a word that is part of the family's name.
A number is a version where it is small or has a point, a year where it looks like one; `kg.resolve.version_names`
holds the names of which neither is true.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from kg.resolve import version_names as known
from kg.text import normal_form, solid_form

#: The largest version without a point; higher numbers are part of a name or count something.
_HIGHEST = 12

#: Numbers that are years.
_YEARS = range(1980, 2040)

_SIZE = re.compile(r"\d+(?:\.\d+)?[kmbt](?:a\d+(?:\.\d+)?b)?|\d+x\d+(?:\.\d+)?b?|a\d+(?:\.\d+)?b")
_NUMBER = re.compile(r"(v?)(\d+(?:\.\d+)*)([a-z]?)")
_PATCH = re.compile(r"(ti|xl|[tsblhg])([248]|14|16|32)")
_SOLID = re.compile(r"(.*?[a-z]{2,}?)(?:\.(?=\d))?(v?\d[\d.]*[a-z]?)")
_POWER = re.compile(r"[\^²³⁴]")
_LISTED = re.compile(r"/(?!\d+$)|/(?<![A-Za-z]/)|[{,;]")
_PLUS = re.compile(r"(.*?[a-z\d])(\+{1,2})")

_ENDINGS = known.MODEL_WORDS | known.DATA_WORDS | {"+", "++"}
_BEFORE = re.compile(f"({'|'.join(sorted(known.BEFORE))})({'|'.join(sorted(known.BASES, key=len, reverse=True))})")

_HINTS = {*_ENDINGS - {"+", "++"}, *known.ROMAN, *(word for words in known.SUFFIXES.values() for word in words)}

#: What a name of a version has somewhere; most names have none, and need no more looking at.
_HINT = re.compile(
    rf"[\d+]|{'|'.join(sorted(known.BEFORE))}|(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(_HINTS)))})(?![^\W_])", re.I
)

#: Words of a family's name at most, and suffixes at most.
_WORDS, _SUFFIXES = 4, 4


@dataclass(frozen=True, slots=True)
class Versioned:
    """A name taken apart: the family in solid form, the version as numbers, the words and sizes that follow.

    A year is a version; ``version`` or ``variant`` can be empty, not both.
    """

    family: str
    version: tuple[int, ...] = ()
    variant: tuple[str, ...] = ()

    @property
    def order(self) -> int:
        """Give the place of the version among those of its family, the same in every graph; 0 where there is none.

        >>> Versioned("llama", (3, 1)).order, Versioned("llama", (3,)).order, Versioned("bert").order
        (3001000, 3000000, 0)
        """
        major, minor, patch = (*self.version, 0, 0, 0)[:3]
        return (major * 1000 + min(minor, 999)) * 1000 + min(patch, 999)


@lru_cache(maxsize=1 << 16)
def parse(name: str) -> Versioned | None:
    """Take the name of a version apart, or give None where a name tells of no version.

    Case, hyphens, spaces and slashes make no difference.

    >>> parse("Qwen2.5-VL-7B")
    Versioned(family='qwen', version=(2, 5), variant=('vl', '7b'))
    >>> parse("GPT-4o"), parse("CIFAR-10.1")
    (Versioned(family='gpt', version=(4,), variant=('o',)), Versioned(family='cifar10', version=(1,), variant=()))
    >>> [parse(name) for name in ("CIFAR-100", "GSM8K", "F1", "word2vec", "top-1", "Wasserstein-2", "RoBERTa")]
    [None, None, None, None, None, None, None]
    """
    found = take_apart(name) if _tells(name) else None
    return found if found and (found.version or found.variant) else None


@lru_cache(maxsize=1 << 16)
def take_apart(name: str) -> Versioned:
    """Take any name apart; one that tells of no version is all family.

    >>> take_apart("LLaMA models"), take_apart("CIFAR-10").family
    (Versioned(family='llama', version=(), variant=()), 'cifar10')
    """
    words = _words(name)
    if not _tells(name):
        return Versioned(_solid(words))
    family, version, variant = _popped(words)
    if not (version or variant) or len(variant) > _SUFFIXES or not _is_family(family):
        return Versioned(_solid(words))
    ranked = sorted(variant, key=lambda part: 2 if part in known.TUNING else 1 if _SIZE.fullmatch(part) else 0)
    return Versioned(_solid(family), version, tuple(ranked))


def _tells(name: str) -> bool:
    """Tell whether a name may be that of a version."""
    return bool(_HINT.search(name)) and not (_POWER.search(name) or _LISTED.search(name))


def generals(found: Versioned) -> Iterator[Versioned]:
    """Give what a version can be a version of, the nearest first.

    >>> [f"{one.family} {one.version} {one.variant}" for one in generals(parse("GPT-4o-mini"))]
    ["gpt (4,) ('o',)", 'gpt (4,) ()', "gpt () ('o', 'mini')", "gpt () ('o',)", 'gpt () ()']
    """
    sized = [part for part in found.variant if _SIZE.fullmatch(part)]
    ends = [found.variant[:length] for length in range(len(found.variant), -1, -1)]
    ends.insert(2, tuple(part for part in found.variant if part not in sized))
    for version in dict.fromkeys((found.version, ())):
        for kept in dict.fromkeys(ends):
            if (version or not set(sized) & set(kept)) and (version, kept) != (found.version, found.variant):
                yield Versioned(found.family, version, kept)


def _solid(words: Sequence[str]) -> str:
    return solid_form(" ".join(words))


def _words(name: str) -> list[str]:
    """Split a name into words, and a word into a stem and its number or plus."""
    words: list[str] = []
    for word in normal_form(name).split():
        plus = _PLUS.fullmatch(word)
        word, sign = (plus[1], plus[2]) if plus else (word, "")
        if word.startswith("mini") and word[4:] in _ENDINGS:  # the normal form writes this prefix solid
            words, word = [*words, "mini"], word[4:]
        solid = _SOLID.fullmatch(word)
        words += [solid[1], solid[2]] if solid and _is_stem(solid[1], solid[2]) else [word]
        head, _, point = words[-1].partition(".")
        if point and len(words) > 1 and head in known.NUMBER_NAMES.get(words[-2], ()):
            words[-1:] = [head, f"v{point}"]  # CIFAR-10.1
        words += [sign] if sign else []
    while len(words) > 1 and words[-1] in known.CARRIERS:
        words.pop()
    return words


def _is_stem(stem: str, number: str) -> bool:
    """Tell whether a solid name may be split before its number: not T5, not ByT5, not H100."""
    letters = sum(map(str.isalpha, stem))
    return (letters > 2 or stem in known.SHORT) and not (stem.endswith("t") and number == "5")


def _popped(words: Sequence[str]) -> tuple[list[str], tuple[int, ...], list[str]]:
    """Take version and suffixes off the end: what is left, the version, the suffixes."""
    left, latest, behind = list(words), "", 0
    version: tuple[int, ...] = ()
    variant: list[str] = []
    while len(left) > 1 and (step := _step(left)):
        number, suffixes = step
        if version and left[-1] in known.FAMILY_WORDS:
            break  # LLaMA-Omni 2 is the second LLaMA-Omni, no second Llama
        if number and version:
            if not latest.startswith("v"):
                return list(words), (), []  # two versions: "Llama 2/3.1"
            variant.insert(len(variant) - behind, latest)  # Claude 3.5 Sonnet v2
        if number:
            version, latest, behind = number, left[-1], len(variant)
        variant[:0] = suffixes
        del left[-2 if suffixes and "/" in suffixes[0] and left[-1].isdigit() else -1 :]
    first = _BEFORE.fullmatch(_solid(left))
    return ([first[2]], version, [first[1], *variant]) if first else (left, version, variant)


def _step(words: list[str]) -> tuple[tuple[int, ...], list[str]] | None:
    """Read the last word, after a patch size the last two, as a version or a suffix."""
    *before, last = words
    stem, base = _solid(before), _solid(list(takewhile(lambda word: not _NUMBER.fullmatch(word), before)))
    if last in known.NUMBER_NAMES.get(stem, ()):
        return None
    for length in (1, 2):
        if _solid(words[:-length]) in known.PATCHED and (patch := _PATCH.fullmatch("".join(words[-length:]))):
            return (), [f"{patch[1]}/{patch[2]}"]
    if any(last in known.SUFFIXES.get(family, ()) for family in (stem, base)):
        return (), [last]
    number = _NUMBER.fullmatch(last)
    if number and number[3] and number[3] in known.LETTERS.get(base, ()):
        return _version(base, number[1], number[2]), [number[3]]
    if last.isdigit() and base in known.DEPTHS:
        return (), [last]
    if last in _ENDINGS or _SIZE.fullmatch(last):
        return (), [last]
    if last in known.ROMAN:
        return (known.ROMAN[last],), []
    version = _version(base, number[1], number[2]) if number and not number[3] else ()
    return (version, []) if version else None


def _version(base: str, sign: str, number: str) -> tuple[int, ...]:
    """Read a number as a version or a year; empty if it is neither."""
    if number.startswith("0") and not sign:
        return ()
    parts = [int(part) for part in number.split(".")]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if len(parts) == 1 and number.isdigit() and not sign:
        if base in known.YEARLY and len(number) == 2:
            return ((1900 if parts[0] >= _YEARS.start % 100 else 2000) + parts[0],)
        return tuple(parts) if parts[0] <= _HIGHEST or parts[0] in _YEARS else ()
    return tuple(parts) if sign or parts[0] <= _HIGHEST else ()


def _is_family(words: Sequence[str]) -> bool:
    """Tell whether words can be the name of a family: not "stage", not "Wasserstein", not "GPT-3.5 and GPT"."""
    solid = _solid(words)
    letters = sum(map(str.isalpha, solid))
    named = letters > 2 or solid in known.SHORT
    generic = words[-1] in known.NO_FAMILY and not (words[-1] == "model" and len(words) > 2)  # Segment Anything Model 2
    return named and len(words) <= _WORDS and not generic and known.LINKS.isdisjoint(words)
