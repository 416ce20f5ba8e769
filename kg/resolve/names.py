"""Judge whether two names are one thing, without a corpus: strings, numbers and the vocabulary.

Names are different unless a rule says why they are the same, so that mere likeness merges nothing. The rules, the
surest first: the normal form; labels of one vocabulary term; the solid form; the same words but for spelling; the same
version; an empty generic word; an abbreviation and its expansion; the order of words; a slip of the pen.

What strings cannot tell: which of its expansions an abbreviation has in a paper ("SAM" fits two), that names without
a letter in common are one thing, and whether a word that narrows a name ("vanilla", "standard") narrows the thing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from kg.initials import LINKS, STRICT, fits, letters_of
from kg.resolve import name_tables as tables
from kg.resolve.name_forms import Prepared, lexicon, prepare
from kg.vocabulary import Vocabulary

__all__ = ["Prepared", "Verdict", "judge", "judge_prepared", "prepare"]

#: A slip of the pen is forgiven in words of at least this many letters, a wrong vowel in longer ones.
_SLIP, _VOWEL = 7, 10

#: Words have other spellings from this many letters.
_SHORTEST = 5

#: Words in which opposites are looked for.
_COMPARED = 12

_NO_VOWELS = str.maketrans("", "", "aeiou")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")

#: Highest score of two names that are different because no rule makes them the same.
_LIKENESS = 0.45

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about two names.

    ``score`` says how much speaks for one thing, at least 0.5 where ``same``; ``rule`` names what decided: form,
    vocabulary, solid, spelling, version, generic, initials, reading, term, order, slip; of different names also number,
    opposite, added, words, empty.
    """

    same: bool
    reason: str
    score: float
    rule: str


_SAME_FORM = Verdict(True, "same normal form", 1.0, "form")
_SAME_SOLID = Verdict(True, "the same but for hyphens and spaces", 0.98, "solid")
_SAME_WORDS = Verdict(True, "the same words but for spelling", 0.95, "spelling")
_EMPTY = Verdict(False, "a name without letters or digits", 0.0, "empty")


def judge(a: str, b: str, vocabulary: Vocabulary) -> Verdict:
    """Judge two names as written.

    >>> nothing = Vocabulary({}, {})
    >>> judge("deep Q-network", "DQNs", nothing).reason, judge("Llama 3", "Llama-3-70B", nothing).same
    ('DQN abbreviates deep q network', False)
    """
    return judge_prepared(prepare(a, vocabulary), prepare(b, vocabulary), vocabulary)


def judge_prepared(a: Prepared, b: Prepared, vocabulary: Vocabulary) -> Verdict:
    """Judge two names prepared with the same vocabulary; the order makes no difference."""
    if not a.form or not b.form:
        return _SAME_FORM if a.name == b.name else _EMPTY
    if a.form == b.form:
        return _SAME_FORM
    if (len(a.form), a.form) > (len(b.form), b.form):
        a, b = b, a
    if a.terms and b.terms:
        return _by_terms(a, b, vocabulary)
    if a.solid == b.solid:
        return _SAME_SOLID
    if a.key == b.key:
        return _SAME_WORDS
    return _by_version(a, b) or _by_generic(a, b) or _by_initials(a, b, vocabulary) or _by_parts(a, b, vocabulary)


def _by_terms(a: Prepared, b: Prepared, vocabulary: Vocabulary) -> Verdict:
    """Judge two labels of the vocabulary; a second reading of an abbreviation counts for less than a listed one."""
    common = [term for term in a.terms if term in b.terms]
    if common and a.numbers != b.numbers and _NUMBER.sub("0", a.form) == _NUMBER.sub("0", b.form):
        return Verdict(False, "they differ in a number", 0.3, "number")
    if common and len(a.terms) == len(b.terms) == 1:
        return Verdict(True, f"labels of one term, {common[0]}", 0.99, "vocabulary")
    if common:
        return Verdict(True, f"labels of {common[0]}, one of several readings", 0.7, "vocabulary")
    reading = _by_initials(a, b, vocabulary)
    if reading:
        return reading
    return Verdict(False, f"labels of two terms, {a.terms[0]} and {b.terms[0]}", 0.0, "vocabulary")


def _by_version(a: Prepared, b: Prepared) -> Verdict | None:
    """Judge two names of which one is a version or a variant of the other's family."""
    one, two = a.version, b.version
    if one and two and one.family == two.family:
        if one.version == two.version and sorted(one.variant) == sorted(two.variant):
            return Verdict(True, f"the same version of {one.family}", 0.9, "version")
        return Verdict(False, f"two versions or variants of {one.family}", 0.1, "version")
    for versioned, name in ((one, b), (two, a)):
        if versioned and versioned.family == name.bare:
            return Verdict(False, f"a version or variant of {name.form}", 0.1, "version")
    return None


def _by_generic(a: Prepared, b: Prepared) -> Verdict | None:
    """Judge two names that are the same without their generic last words."""
    if a.bare != b.bare or not (a.generic or b.generic):
        return None
    if a.generic and b.generic and not tables.GENERICS[a.generic[-1]] & tables.GENERICS[b.generic[-1]]:
        return Verdict(False, f"a {a.generic[-1]} is no {b.generic[-1]}", 0.3, "words")
    said = " and ".join(f"'{' '.join(name.generic)}'" for name in (a, b) if name.generic)
    return Verdict(True, f"{said} only say{'' if ' and ' in said else 's'} what sort of thing it is", 0.8, "generic")


def _by_initials(a: Prepared, b: Prepared, vocabulary: Vocabulary) -> Verdict | None:
    """Judge two names of which one as a whole may abbreviate the other."""
    for short, long in ((a, b), (b, a)):
        if _may_abbreviate(short.short, short, long):
            terms = _as_written(short.short, short.terms, vocabulary), long.terms
            found = _abbreviates(short.short, _flat(long.plain), frozenset(long.shorts), terms)
            if found:
                return found
    return None


def _may_abbreviate(written: str, short: Prepared, long: Prepared) -> bool:
    """Rule most pairs out at a glance: by their numbers and the first letter."""
    if not written or (len(long.words) == 1 and long.short) or not set(long.numbers) <= set(short.numbers):
        return False
    first = long.plain[0]
    return written[0].lower() == first[0] or first in LINKS or written[0] in "Xx0123456789"


def _abbreviates(short: str, long: Words, whole: frozenset[str], terms: tuple[Words, Words]) -> Verdict | None:
    """Judge an abbreviation as written and the words it may stand for; ``terms`` are the terms of either.

    Where the vocabulary reads the abbreviation otherwise, three first letters must say that this is a second reading.
    """
    grade = fits(short, long, whole)
    if not grade:
        return None
    said = f"{short} abbreviates {' '.join(long)}"
    if not terms[0] or not set(terms[0]).isdisjoint(terms[1]):
        return Verdict(True, said, 0.85 if grade == STRICT else 0.65, "initials")
    letters = letters_of(short).removesuffix("s")
    if grade == STRICT and letters.isupper() and len(letters) > 2:
        return Verdict(True, f"{said}, though the vocabulary reads {terms[0][0]}", 0.55, "reading")
    return None


def _as_written(short: str, terms: Words, vocabulary: Vocabulary) -> Words:
    """Keep the terms whose label is written like an abbreviation: MAP is not mAP."""
    letters = letters_of(short).removesuffix("s")
    return tuple(
        term
        for term in terms
        if any(letters_of(label).removesuffix("s") == letters for label in vocabulary.terms[term].labels)
    )


def _by_parts(a: Prepared, b: Prepared, vocabulary: Vocabulary) -> Verdict:
    """Judge by the words that two names do not share at their beginning and end."""
    first = _common(a.words, b.words)
    last = _common(a.words[first:][::-1], b.words[first:][::-1])
    x, y = a.words[first : len(a.words) - last], b.words[first : len(b.words) - last]
    if not x or not y:
        return _added(x or y, b.words if y else a.words, first)
    index = vocabulary.index
    px, py = _flat(a.plain[first : len(a.words) - last]), _flat(b.plain[first : len(b.words) - last])
    for short, long, name in ((x, py, a), (y, px, b)):
        written = _written(short, name)
        if written and set((b if name is a else a).numbers) <= set(name.numbers):
            terms = _as_written(written, index.get(" ".join(short), ()), vocabulary), index.get(" ".join(long), ())
            found = _abbreviates(written, long, frozenset(a.shorts) | frozenset(b.shorts), terms)
            if found and found.rule == "initials":
                return found
    if a.numbers != b.numbers:
        return Verdict(False, f"'{' '.join(x)}' is not '{' '.join(y)}': another number", 0.1, "number")
    turned = _opposite(x, y)
    if turned:
        return turned
    if first or last:
        found = _core_terms(" ".join(px), " ".join(py), vocabulary)
        if found:
            return found
    return _respelt(px, py, vocabulary) or _reordered(a, b) or _different(a, b, x, y)


def _flat(words: Words) -> Words:
    """Take joined words apart again."""
    return tuple(" ".join(words).split())


def _common(a: Words, b: Words) -> int:
    """Count the words that two names begin with alike."""
    count = 0
    for one, two in zip(a, b, strict=False):
        if one != two:
            break
        count += 1
    return count


def _written(words: Words, name: Prepared) -> str:
    """Give the abbreviation that one or two words of a name are, as written."""
    found = [name.shorts[word] for word in words if word in name.shorts]
    return "".join(found) if len(found) == len(words) <= 2 else ""


def _added(words: Words, name: Words, place: int) -> Verdict:
    """Judge two names of which one, ``name``, has more words than the other, at ``place``."""
    added = " ".join(words)
    based = words == ("based",) and name[-1] in tables.BASED
    if place and (based or (name[place - 1], added) in tables.IDLE):
        return Verdict(True, f"'{added}' adds nothing", 0.8, "generic")
    return Verdict(False, f"'{added}' makes it another thing", 0.3, "added")


def _opposite(x: Words, y: Words) -> Verdict | None:
    """Judge words that turn the meaning: opposites, and a word with and without a turning prefix."""
    for one in x[:_COMPARED]:
        for two in y[:_COMPARED]:
            if one == two:
                continue
            if not _groups(one).isdisjoint(_groups(two)):
                return Verdict(False, f"'{one}' is opposed to '{two}'", 0.05, "opposite")
            longer, shorter = (one, two) if len(one) > len(two) else (two, one)
            if longer.endswith(shorter) and longer.removesuffix(shorter) in tables.TURNING:
                return Verdict(False, f"'{longer}' is not '{shorter}'", 0.05, "opposite")
    return None


@lru_cache(maxsize=1 << 14)
def _groups(word: str) -> frozenset[int]:
    """Give the groups of opposites that hold a word."""
    return frozenset(place for place, group in enumerate(tables.OPPOSITES) if word in group)


def _core_terms(x: str, y: str, vocabulary: Vocabulary) -> Verdict | None:
    """Judge two names by the vocabulary terms that their differing parts name."""
    one, two = vocabulary.index.get(x, ()), vocabulary.index.get(y, ())
    if len(one) != 1 or len(two) != 1:
        return None
    if one == two:
        return Verdict(True, f"'{x}' and '{y}' are labels of one term, {one[0]}", 0.75, "term")
    return Verdict(False, f"'{x}' and '{y}' are labels of two terms", 0.05, "term")


def _respelt(x: Words, y: Words, vocabulary: Vocabulary) -> Verdict | None:
    """Judge two parts that are the same but for umlauts written out, or for one slip of the pen a word."""
    if len(x) != len(y):
        return None
    slips = [(one, two) for one, two in zip(x, y, strict=True) if _spellings(one).isdisjoint(_spellings(two))]
    if not slips:
        return _SAME_WORDS
    known = lexicon(vocabulary).words
    if all(_slip(one, two) and (one in known) != (two in known) for one, two in slips):
        said = ", ".join(f"'{one}' and '{two}'" for one, two in slips)
        return Verdict(True, f"{said} differ by a slip of the pen", 0.7, "slip")
    return None


@lru_cache(maxsize=1 << 14)
def _spellings(word: str) -> frozenset[str]:
    """Give a word with vowels joined as English and German writers do, and with one l for two before an ending."""
    if len(word) < _SHORTEST:
        return frozenset((word,))
    german = word.replace("oe", "o").replace("ae", "a").replace("ue", "u")
    british = word.replace("oe", "e").replace("ae", "e").replace("mould", "mold")
    single = word.replace("ll", "l") if word.endswith(("lling", "lled")) else word
    return frozenset((word, german, british, single))


def _slip(a: str, b: str) -> bool:
    """Tell whether two words differ by a letter left out, two swapped or one wrong vowel, not at either end."""
    if len(a) < _SLIP or len(b) < _SLIP or a[0] != b[0] or a[-1] != b[-1] or not (a + b).isalpha():
        return False
    if OSA.distance(a, b, score_cutoff=1) != 1:
        return False
    vowel = len(a) >= _VOWEL and a.translate(_NO_VOWELS) == b.translate(_NO_VOWELS)
    return len(a) != len(b) or sorted(a) == sorted(b) or vowel


def _reordered(a: Prepared, b: Prepared) -> Verdict | None:
    """Judge two names of the same words in another order."""
    if len(a.words) != len(b.words):
        for turned, other in ((_turned(a.words), b.words), (_turned(b.words), a.words)):
            if turned == other:
                return Verdict(True, "the same words around 'of'", 0.8, "order")
        return None
    if len(a.words) < 3 or a.words[-1] != b.words[-1] or sorted(a.words) != sorted(b.words):
        return None
    opposed = [one for one in a.words for two in a.words if one != two and not _groups(one).isdisjoint(_groups(two))]
    if opposed or not LINKS.isdisjoint(a.words):
        return Verdict(False, "the order of the words tells the two apart", 0.3, "words")
    return Verdict(True, "the same words before the same last one", 0.7, "order")


def _turned(words: Words) -> Words:
    """Turn "mixture of expert" into "expert mixture"."""
    if words.count("of") != 1:
        return ()
    place = words.index("of")
    return (*words[place + 1 :], *words[:place])


def _different(a: Prepared, b: Prepared, x: Words, y: Words) -> Verdict:
    """Say in what two names differ, and how alike they look."""
    score = round(_LIKENESS * ratio(a.form, b.form) / 100, 4)
    for short, long in ((a, b), (b, a)):
        if short.short and not long.short and len(long.words) > 1:
            return Verdict(False, f"the letters of {letters_of(short.short)} do not fit {long.form}", score, "initials")
    return Verdict(False, f"'{' '.join(x)}' is not '{' '.join(y)}'", score, "words")
