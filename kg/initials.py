"""Tell whether an abbreviation can stand for a name: letter by letter, beginnings of words only.

Stricter than Schwartz and Hearst (PSB 2003), who let a letter stand anywhere inside a word: without the sentence that
defines an abbreviation, every word of content must give its first letter, and only small letters may go on where a
capital left off ("NeRF"). Capitals that go on (the O of "ELBO") make a looser fit.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType

#: Words that carry no content of their own inside a name.
LINKS = frozenset("a an and as at by for from in into is of on or over per the to under using via with without".split())

#: Words that an expansion may leave out of its abbreviation after a hyphen: "large-scale", "t-distributed".
EMPTY_TAILS = frozenset(
    "based scale distributed driven level style like aware guided enhanced centric oriented wise specific".split()
)

#: Last words that an abbreviation may leave out: "area under the ROC curve" is AUROC.
TRAILING = frozenset("algorithm method curve index measure metric technique".split())
#: The same, of an abbreviation of four letters or more.
TRAILING_LONG = frozenset("model network framework module approach architecture problem challenge".split())

#: First parts of words written solid, with the beginnings of the second, where an abbreviation takes both: AE, MLP.
JOINED = MappingProxyType(
    {
        "auto": ("encod", "regress"), "fine": ("tun", "grain"), "meta": ("learn", "reinforc"), "semi": ("superv",),
        "hyper": ("param", "spectr"), "super": ("resol",), "back": ("prop",), "feed": ("forward",), "spatio": ("temp",),
        "multi": ("task", "layer", "agent", "arm", "view", "head", "label", "class", "obj", "inst", "hop", "party"),
    }
)  # fmt: skip

#: First parts of words written solid that may give a letter to an abbreviation.
MORPHEMES = frozenset(
    "auto multi pre fine hyper super semi non sub cross inter intra uni bi meta neuro electro encephalo magneto "
    "spatio photo micro macro back feed over under hetero homo un post mini cardio key data hydro geo bio".split()
)

#: Words that abbreviations write as digits too.
DIGITS = MappingProxyType(
    {"to": "2", "for": "4", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
)  # fmt: skip

_LETTERS = re.compile(r"[^\W_]")
_REPEAT = re.compile(r"([a-z])([2-5])(?=[a-z])|^([a-z])([2-5])$")

#: Longest abbreviation, in letters.
_LONGEST = 14

#: How well an abbreviation fits: not at all, with capitals inside words, by first letters and small letters.
NO, LOOSE, STRICT = range(3)

#: Most letters of one word in a short and in a long abbreviation with small letters, and where a long one begins.
_RUN, _RUN_OF_LONG, _LONG = 3, 2, 7


def letters_of(short: str) -> str:
    """Give the letters and digits of an abbreviation as written.

    >>> letters_of("t-SNE"), letters_of("Q&A")
    ('tSNE', 'QA')
    """
    return "".join(_LETTERS.findall(short))


def looks_short(token: str) -> bool:
    """Tell whether a name without spaces is written like an abbreviation.

    >>> [looks_short(name) for name in ("DQN", "NeRF", "t-SNE", "Adam", "diffusion", "BatchNorm", "8B", "T5")]
    [True, True, True, False, False, True, False, True]
    """
    letters = letters_of(token)
    if not 2 <= len(letters) <= _LONGEST or not letters[0].isalpha():
        return letters[:1].isdigit() and sum(character.isupper() for character in letters) > 1
    upper = sum(character.isupper() for character in letters)
    return upper > 1 or (upper == 1 and (not letters[0].isupper() or not letters[1:].isalpha()))


@lru_cache(maxsize=1 << 16)
def fits(short: str, words: tuple[str, ...], whole: frozenset[str] = frozenset()) -> int:
    """Tell how well an abbreviation, as written, can stand for lower-case words: NO, LOOSE or STRICT.

    Of the words in ``whole``, abbreviations themselves, all letters must be used.

    >>> fits("NeRF", ("neural", "radiance", "field")), fits("A3C", ("asynchronous", "advantage", "actor", "critic"))
    (2, 2)
    >>> fits("ELBO", ("evidence", "lower", "bound")), fits("DPR", ("dynamic", "programming"))
    (1, 0)
    >>> fits("LDM", ("diffusion", "model")), fits("SST5", ("stanford", "sentiment", "treebank"))
    (0, 0)
    """
    letters = letters_of(short)
    if not 2 <= len(letters) <= _LONGEST or not words or len(words) > 2 * len(letters) + 1:
        return NO
    forms = {letters: None, letters.removesuffix("s"): None}
    return max(_grade(form, words, whole) for form in forms if len(form) > 1)


def _grade(letters: str, words: tuple[str, ...], whole: frozenset[str]) -> int:
    low = letters.lower()
    lone = len(words) == 1 and len(low) < 3 and not _is_joined(words[0])
    if lone or low in words or "".join(words).startswith(low) or words[-1] in LINKS:
        return NO
    capitals = _capitals(letters)
    if capitals:
        run = _RUN if len(letters) < _LONG else _RUN_OF_LONG
        return STRICT if _Alignment(low, capitals, whole, run).matches(words) else NO
    if _Alignment(low, capitals, whole, 1).matches(words):
        return STRICT
    repeated = _REPEAT.sub(lambda found: (found[1] or found[3]) * int(found[2] or found[4]), low)  # A3C is AAAC
    numbered = any(character.isdigit() for word in words for character in word)
    if not numbered and repeated != low and _Alignment(repeated, capitals, whole, 1).matches(words):
        return STRICT
    return LOOSE if len(low) > 3 and low.isalpha() and _Alignment(low, capitals, whole, 2).matches(words) else NO


def _capitals(letters: str) -> frozenset[int]:
    """Give the places that must start a word: the capitals, where small letters stand between them."""
    upper = frozenset(place for place, letter in enumerate(letters) if letter.isupper())
    return upper if any(letter.islower() for letter in letters) else frozenset()


class _Alignment:
    """The letters of one abbreviation, laid along words from the left; a word gives ``run`` letters at most."""

    def __init__(self, letters: str, starts: frozenset[int], whole: frozenset[str], run: int) -> None:
        self.letters, self.starts, self.whole, self.run = letters, starts, whole, run
        self._failed: set[tuple[int, int, tuple[int, int]]] = set()

    def matches(self, words: Sequence[str]) -> bool:
        """Tell whether all letters and all words of content can be used up."""
        return self._match(0, 0, (0, 0), words)

    def _match(self, place: int, index: int, used: tuple[int, int], words: Sequence[str]) -> bool:
        """Go on from a letter and a word; ``used`` counts the beginnings and the letters that went on."""
        if index == len(words):
            return place == len(self.letters) and self._enough(*used)
        if (place, index, used) in self._failed:
            return False
        word = words[index]
        if place < len(self.letters):
            for end, begun in self._ends(place, word):
                more = 0 if end - place == len(word) else end - place - begun
                if self._match(end, index + 1, (used[0] + begun, used[1] + more), words):
                    return True
        if self._skippable(place, index, words) and self._match(place, index + 1, used, words):
            return True
        self._failed.add((place, index, used))
        return False

    def _enough(self, begun: int, more: int) -> bool:
        """Ask for two beginnings; of capitals, one may go on, or one in each of two words."""
        return begun > 1 and (bool(self.starts) or more <= 1 or begun == more == 2)

    def _skippable(self, place: int, index: int, words: Sequence[str]) -> bool:
        word = words[index]
        size = len(self.letters)
        if word in LINKS or (word in EMPTY_TAILS and place > 0 and size > 2):
            return True
        last = index == len(words) - 1 and place == size
        return last and ((word in TRAILING and size > 2) or (word in TRAILING_LONG and size > 3))

    def _ends(self, place: int, word: str) -> list[tuple[int, int]]:
        """Give the places where a word that begins at ``place`` can end, with the number of beginnings used."""
        parts = _split(word)
        found = [] if _is_joined(word) else [(end, 1) for end in self._run(place, word)]
        for first, rest in parts:
            for middle in self._run(place, first):
                if middle < len(self.letters):
                    found += [(end, begun + 1) for end, begun in self._ends(middle, rest)]
        if DIGITS.get(word) == self.letters[place]:
            found.append((place + 1, 1))
        if self.letters[place] == "x" and word.startswith(("ex", "cross")):
            found.append((place + 1, 1))
        return sorted(set(found), reverse=True)

    def _run(self, place: int, word: str) -> list[int]:
        """Give the ends of the beginnings of ``word`` that stand at ``place``, and of the whole word."""
        size = 0
        while size < len(word) and place + size < len(self.letters) and self.letters[place + size] == word[size]:
            if size and place + size in self.starts and word not in self.whole:
                break
            size += 1
        if size == len(word):
            ends = [place + size]
        elif word in self.whole or not word.isalpha():
            return []
        else:
            ends = []
        return [place + length for length in range(1, min(size, self.run) + 1) if word not in self.whole] + ends


@lru_cache(maxsize=1 << 14)
def _is_joined(word: str) -> bool:
    """Tell whether a word is two that are always abbreviated by two letters: "autoencoder"."""
    return any(word.startswith(first) and word.startswith(rests, len(first)) for first, rests in JOINED.items())


@lru_cache(maxsize=1 << 14)
def _split(word: str) -> tuple[tuple[str, str], ...]:
    """Give the ways a word falls into a known first part and the rest: "auto" + "encoder"."""
    return tuple((word[:size], word[size:]) for size in range(2, min(len(word) - 3, 11)) if word[:size] in MORPHEMES)
