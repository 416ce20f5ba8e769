"""Read the abbreviations that papers leave undefined, paper by paper."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kg.resolve.clusters import Unit
from kg.resolve.senses import MOST_SENSES, VOCABULARY_PAPERS, Reading, Sense, read
from kg.resolve.uses import Use
from kg.text import normal_form
from kg.vocabulary import Vocabulary

#: Letters of a word at least, to be a feature of a paper.
_LETTERS = 4


class Reader:
    """Knows what each paper speaks of, and what papers that spell an abbreviation out speak of.

    ``homes`` maps the own keys of spelt-out things to the keys of their clusters.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[Use]],
        units: Iterable[Unit],
        homes: Mapping[str, str],
        defined: Mapping[str, Mapping[str, int]],
        vocabulary: Vocabulary,
    ) -> None:
        """Count features; ``defined`` has the papers that spell each abbreviation out as each own key."""
        self._homes, self._vocabulary = homes, vocabulary
        self._numbers: dict[str, int] = {}
        self._of_key: dict[str, tuple[int, ...]] = {}
        self._features = [self._speaks_of(row) for row in rows]
        self._everywhere = Counter(feature for features in self._features for feature in features)
        self._papers: dict[str, list[int]] = defaultdict(list)
        self.meanings = {short: self._meanings(short, keys) for short, keys in defined.items()}
        wanted = {key for row in rows for use in row if use.short for key in self.meanings[use.short]}
        for unit in units:
            if homes[unit.key] in wanted:
                self._papers[homes[unit.key]] += unit.papers
        self._profiles: dict[str, Sense] = {}
        self._senses: dict[str, list[Sense]] = {}

    def _meanings(self, short: str, keys: Mapping[str, int]) -> Counter[str]:
        """Count the papers that give each meaning; a term that has the abbreviation as a label counts for some."""
        found: Counter[str] = Counter()
        for key, papers in keys.items():
            found[self._homes[key]] += papers
        for term in self._vocabulary.index.get(short, ()):
            found[term] += VOCABULARY_PAPERS
        return found

    def _speaks_of(self, row: Sequence[Use]) -> tuple[int, ...]:
        """Give the features of a paper: its things and the words of their names."""
        found: set[int] = set()
        for use in row:
            features = self._of_key.get(use.key)
            if features is None:
                features = self._of_key[use.key] = self._make(use.key)
            found.update(features)
        return tuple(found)

    def _make(self, key: str) -> tuple[int, ...]:
        term = self._vocabulary.terms.get(key)
        form = normal_form(term.label) if term else key
        names = ["=" + self._homes.get(key, key), *(word for word in form.split() if len(word) >= _LETTERS)]
        return tuple(self._numbers.setdefault(name, len(self._numbers)) for name in names)

    def read(self, use: Use, number: int, row: Sequence[Use]) -> Reading:
        """Read one undefined use in the paper of that number, of which ``row`` holds all things."""
        meanings = self.meanings[use.short]
        beside = {other.key for other in row if not other.short} & meanings.keys()
        if len(beside) == 1:
            return Reading(min(beside), "abbreviation, read as what the same paper spells out", 0.95)
        own = self._of_key[use.key]
        features = [feature for feature in self._features[number] if feature not in own]
        return read(use.short, self._of_short(use.short), features)

    def _of_short(self, short: str) -> list[Sense]:
        """Give the senses of an abbreviation with their profiles, the most frequent ones."""
        if short not in self._senses:
            meanings = self.meanings[short]
            best = sorted(meanings, key=lambda key: (-meanings[key], key))[:MOST_SENSES]
            self._senses[short] = [self._profile(key).given(meanings[key]) for key in best]
        return self._senses[short]

    def _profile(self, key: str) -> Sense:
        """Count what the papers that speak of a thing by its spelt-out name speak of."""
        if key not in self._profiles:
            papers = sorted(set(self._papers[key]))
            counts = Counter(feature for number in papers for feature in self._features[number])
            self._profiles[key] = Sense.of(key, counts, len(papers), self._everywhere, len(self._features))
        return self._profiles[key]
