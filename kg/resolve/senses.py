"""Tell which of its expansions an abbreviation has in a paper that does not spell it out.

Every expansion has a profile: how often the papers that define the abbreviation so speak of each other thing, and use
each word in the names of things. An undefined use is read as the expansion whose profile fits the paper's other names
best, by smoothed log-odds, where the lead over the next one and over papers at large is large enough. All sums are of
whole thousandths, so that they do not depend on any order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

#: Share of the profile that papers at large make up, so that nothing is impossible.
_SMOOTHING = 0.7

#: The most that one name can speak for an expansion, in thousandths.
_MOST = 2_000

#: Lead over the next expansion that a reading needs, in thousandths: 2 000 is odds of 7 to 1. Of the uses that papers
#: do spell out, hidden from the reader, 95 % have it and 97 % of these are read right.
MARGIN = 2_000

#: What each name has to speak for an expansion on average, by how many papers give the expansion.
_ESTABLISHED, _KNOWN, _ODD = -1_000, -200, 0

#: What is asked in addition where many things share an abbreviation, being short.
_AMBIGUOUS = 100

#: An expansion that so many papers give is established, and known.
_MANY, _FEW = 5, 2

#: Papers that a label of the vocabulary counts for.
VOCABULARY_PAPERS = 5

#: Letters of an abbreviation that many things share.
_SHORT = 2

#: An abbreviation is compared with this many of its expansions.
MOST_SENSES = 12


@dataclass(frozen=True, slots=True)
class Sense:
    """One expansion: its identity key, the papers that give it, and what each feature speaks for it, in thousandths."""

    key: str
    papers: int
    weights: Mapping[int, int]

    @classmethod
    def of(cls, key: str, counts: Mapping[int, int], papers: int, everywhere: Mapping[int, int], total: int) -> "Sense":
        """Make the profile of an expansion from how many of its papers, and of all, have each feature."""
        weights = {
            feature: min(
                _MOST, _thousandths(_SMOOTHING + (1 - _SMOOTHING) * (count / papers) * (total / everywhere[feature]))
            )
            for feature, count in counts.items()
        }
        return cls(key, papers, weights)

    def given(self, papers: int) -> "Sense":
        """Give the same profile for an abbreviation that so many papers spell out so."""
        return replace(self, papers=papers)

    def fit(self, features: Iterable[int]) -> int:
        """Say how much better this expansion explains a paper's features than papers at large do, in thousandths."""
        weights = self.weights
        return sum(weights.get(feature, _UNSEEN) for feature in features)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an undefined abbreviation is read as; ``key`` is empty where that stays open."""

    key: str
    reason: str
    score: float


def _thousandths(ratio: float) -> int:
    return round(1_000 * log(ratio))


_UNSEEN = _thousandths(_SMOOTHING)


def read(short: str, senses: Sequence[Sense], features: Sequence[int]) -> Reading:
    """Choose among the senses of an abbreviation for a paper with these features."""
    total = sum(sense.papers for sense in senses)
    ranked = sorted(
        ((sense.fit(features) + _thousandths(sense.papers / total), sense.papers, sense.key) for sense in senses),
        key=lambda item: (-item[0], -item[1], item[2]),
    )
    best, papers, key = ranked[0]
    lead = best - ranked[1][0] if len(ranked) > 1 else None
    if lead is not None and lead < MARGIN:
        return Reading("", "the other names of these papers do not tell which", 0.5)
    if best - _thousandths(papers / total) < _needed(short, papers) * len(features):
        return Reading("", "the other names of these papers do not speak for it", 0.5)
    if lead is None:
        return Reading(key, "abbreviation, read as the only expansion that papers give", 0.9)
    return Reading(key, "abbreviation, read as what the other names of these papers fit", 0.95)


def _needed(short: str, papers: int) -> int:
    """Say how well an expansion must fit each name of a paper on average."""
    if len(short) <= _SHORT:
        return (_KNOWN if papers >= _MANY else _ODD) + _AMBIGUOUS
    return _ESTABLISHED if papers >= _MANY else _KNOWN if papers >= _FEW else _ODD
