"""Compare things of the corpus: by the words of their names, by a shared abbreviation, by what papers say of them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from kg.resolve.clusters import Decision, Unit, other_kind, side_by_side
from kg.resolve.names import Prepared, Verdict, judge_prepared, prepare
from kg.text import akin, is_short_of
from kg.vocabulary import Vocabulary

#: An abbreviation is written out inside a name if so many papers spell it out, in such a share of cases alike.
_PAPERS, _SHARE = 3, 0.9

#: Names this much alike are one, whatever papers say of their kind.
_PLAIN = 0.9

#: Rules after which it counts that papers use both names side by side.
_DOUBTFUL = frozenset({"slip", "endings"})

#: A word in so many names is no slip of the pen: textural.
_WORD_NAMES = 3

#: Forms of a term that are compared.
_FORMS = 8

#: Words written as one.
_COINED = re.compile(r"(?:[A-Z][a-z]{2,}){2,}")


class Comparer:
    """Judges units by their places; every pair is judged once."""

    def __init__(self, units: Sequence[Unit], defined: Mapping[str, Mapping[str, int]], vocabulary: Vocabulary) -> None:
        """Find which abbreviations can be written out, and which of them each unit has."""
        self._units, self._vocabulary = units, vocabulary
        self._known: dict[tuple[int, int], Decision] = {}
        self._prepared: dict[int, list[Prepared]] = {}
        self._shorts: dict[str, set[str]] = {}
        for short, keys in defined.items():
            for key in keys:
                self._shorts.setdefault(key, set()).add(short)
        self._written = _written(units, defined)
        self.names = [self._names(unit) for unit in units]

    def _names(self, unit: Unit) -> tuple[str, ...]:
        """Give the forms of a unit, each also with its abbreviations written out."""
        out = dict.fromkeys(unit.forms)
        for form in unit.forms:
            words = form.split()
            if len(words) > 1 and any(word in self._written for word in words):
                out[" ".join(self._written.get(word, word) for word in words)] = None
        return tuple(out)

    def __call__(self, first: int, second: int) -> Decision:
        """Judge two units, the better supported first."""
        pair = (first, second)
        if pair not in self._known:
            self._known[pair] = self._decide(first, second)
        return self._known[pair]

    def _decide(self, first: int, second: int) -> Decision:
        a, b = self._units[first], self._units[second]
        if a.is_term and b.is_term:
            return Decision(first, second, False, "two terms of the vocabulary", 0.0)
        verdict = self._by_name(first, second)
        against = ""
        if verdict.same and (verdict.score < _PLAIN or _coined(a.label) != _coined(b.label)):
            against = other_kind(a, b) or (side_by_side(a, b) if verdict.rule in _DOUBTFUL else "")
        if verdict.rule == "slip" and not against:
            against = self._two_words(a, b)
        return Decision(first, second, verdict.same and not against, against or verdict.reason, verdict.score)

    def _two_words(self, a: Unit, b: Unit) -> str:
        """Say so where words that differ by a letter are both in names of several things."""
        ours, theirs = set(a.forms[0].split()), set(b.forms[0].split())
        rare = [word for word in ours ^ theirs if self._words[word] < _WORD_NAMES]
        return "" if rare else f"{' and '.join(map(repr, sorted(ours ^ theirs)))} are words of several names"

    @cached_property
    def _words(self) -> Counter[str]:
        """Count the units that have a word in their first form."""
        return Counter(word for unit in self._units if unit.forms for word in set(unit.forms[0].split()))

    def _by_name(self, first: int, second: int) -> Verdict:
        """Judge by names alone."""
        best = max(
            (judge_prepared(one, two, self._vocabulary) for one in self._forms(first) for two in self._forms(second)),
            key=lambda verdict: (verdict.same, verdict.score),
            default=Verdict(False, "a term that the vocabulary does not know", 0.0, "empty"),
        )
        if best.same:
            return best
        a, b = self._units[first], self._units[second]
        if not set(self.names[first]).isdisjoint(self.names[second]):
            return Verdict(True, "the same with its abbreviation written out", 0.9, "initials")
        shared = self._shorts.get(a.key, set()) & self._shorts.get(b.key, set())
        if shared and any(akin(one, two) for one in a.forms for two in b.forms):
            return Verdict(True, f"both spell out {min(shared)}, and differ in endings only", 0.8, "endings")
        return best

    def _forms(self, number: int) -> list[Prepared]:
        """Prepare the names of a unit once."""
        if number not in self._prepared:
            unit = self._units[number]
            names = unit.forms[:_FORMS] if unit.is_term else (unit.label,)
            self._prepared[number] = [prepare(name, self._vocabulary) for name in names]
        return self._prepared[number]


def _coined(label: str) -> bool:
    """Tell whether a name is words written as one with capitals, as products and data sets are called.

    >>> [_coined(label) for label in ("DeepfakeDetection", "deepfake detection", "ImageNet-1k", "LoRA")]
    [True, False, False, False]
    """
    return _COINED.fullmatch(label) is not None


def _written(units: Sequence[Unit], defined: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Map the abbreviations that papers agree on to what they stand for."""
    forms = {unit.key: unit.forms[0] for unit in units if unit.forms}
    found = {}
    for short, keys in defined.items():
        best = min(keys, key=lambda key: (-keys[key], key))
        if keys[best] >= max(_PAPERS, _SHARE * sum(keys.values())) and is_short_of(short, forms.get(best, "")):
            found[short] = forms[best]
    return found
