"""Weigh the candidates of a document, choose among those that overlap, and join them into things."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import encoder, linear, statistics
from kg.extract.candidates import is_content
from kg.extract.encoder import Encoder, Reading
from kg.extract.features import Context, Statistics, end_features, shape, span_features, start_features
from kg.extract.grouping import group
from kg.extract.inputs import measures
from kg.extract.linear import Array, Linear, Models
from kg.extract.parts import Range, words_of

#: Classes of the tagger's model, in the order of its columns.
CLASSES = ("none", "Method", "Dataset", "Concept", "Task", "Metric")

#: Share of a candidate's own score; the rest is the mean over all places with the same name.
_OWN = 0.5


def context(doc: Doc) -> Context:
    """Collect what the features of a document's candidates need."""
    words, forms = words_of(doc), doc._.forms
    texts, split = words.texts, words.title_end
    marks: dict[Range, str] = {}
    shorts = set()
    for long, short in doc._.definitions:
        marks[long], marks[short] = "long", "short"
        shorts.add(words.between(*short).rstrip("s"))
    if shorts:
        for index, text in enumerate(texts):
            if text.rstrip("s") in shorts:
                marks.setdefault((index, index + 1), "known-short")
    covered = [0] * len(texts)
    terms, ending = {}, defaultdict(list)
    for (start, end), (_, kind) in doc._.terms.items():
        terms[start, end] = kind
        ending[end].append((start, kind))
        covered[start:end] = [max(size, end - start) for size in covered[start:end]]
    return Context(
        words=words,
        shapes=list(map(shape, texts)),
        places=["t" if index < split else "a" for index in range(len(texts))],
        content=list(map(is_content, texts, words.tags)),
        forms=forms,
        counts=Counter(forms.values()),
        title_forms=frozenset(form for (_, end), form in forms.items() if end <= split),
        terms=terms,
        ending=ending,
        covered=covered,
        definitions=marks,
        edges=frozenset(edge for span in marks for edge in span),
    )


def by_rules(known: Context, spans: Sequence[Range], model: Linear, counts: Statistics) -> Array:
    """Score candidates by the linear model: candidates x classes."""
    starts = sorted({start for start, _ in spans})
    ends = sorted({end for _, end in spans})
    of_starts = model.scores([start_features(known, start) for start in starts])
    of_ends = model.scores([end_features(known, end) for end in ends])
    first = np.searchsorted(starts, [start for start, _ in spans])
    last = np.searchsorted(ends, [end for _, end in spans])
    own = model.scores([span_features(known, span, counts) for span in spans])
    return np.asarray(own + of_starts[first] + of_ends[last])


def agree(known: Context, spans: Sequence[Range], scores: Array) -> Array:
    """Draw the places of one name together: a paper means one thing by it."""
    numbers: dict[str, int] = {}
    names = np.array([numbers.setdefault(known.forms[span], len(numbers)) for span in spans])
    sums = np.stack([np.bincount(names, weights=column) for column in scores.T], axis=1)
    means = sums / np.bincount(names)[:, None]
    return np.asarray(_OWN * scores + (1 - _OWN) * means[names])


def log_odds(scores: Array) -> Array:
    """Give the log-odds that a candidate is anything at all."""
    kinds = scores[:, 1:]
    top = kinds.max(axis=1)
    return np.asarray(top + np.log(np.exp(kinds - top[:, None]).sum(axis=1)) - scores[:, 0])


def choose(spans: Sequence[Range], weights: Sequence[float], length: int) -> list[int]:
    """Choose non-overlapping spans of the greatest total weight (weighted interval scheduling).

    >>> choose([(0, 2), (1, 3), (2, 3)], [2.0, 3.0, 1.5], 3)
    [0, 2]
    """
    ending: dict[int, list[int]] = defaultdict(list)
    for number, (_, end) in enumerate(spans):
        if weights[number] > 0:
            ending[end].append(number)
    best = [0.0] * (length + 1)
    taken: list[int | None] = [None] * (length + 1)
    for end in range(1, length + 1):
        best[end] = best[end - 1]
        for number in ending[end]:
            value = best[spans[number][0]] + weights[number]
            if value > best[end]:
                best[end], taken[end] = value, number
    chosen, end = [], length
    while end > 0:
        last = taken[end]
        if last is None:
            end -= 1
        else:
            chosen.append(last)
            end = spans[last][0]
    return chosen[::-1]


@dataclass(frozen=True, slots=True)
class Experts:
    """Who weighs candidates: the linear model, and the encoder where the model has one."""

    models: Models
    counts: Statistics
    encoder: Encoder | None

    def read(self, known: Context) -> Reading | None:
        """Let the encoder read a document."""
        return self.encoder.read(known) if self.encoder else None

    def weigh(self, known: Context, spans: Sequence[Range], reading: Reading | None) -> Array:
        """Score candidates: an array of candidates x classes, places with one name drawn together."""
        rules, encoder = self.models.calibration["join"]
        scores = rules * by_rules(known, spans, self.models.tagger, self.counts)
        if reading:
            scores += encoder * reading.kinds(spans, measures(known, spans, self.counts))
        return agree(known, spans, scores)

    def choose(self, known: Context, scores: Array, spans: Sequence[Range]) -> list[int]:
        """Choose among the candidates: their numbers, in order."""
        return choose(spans, (log_odds(scores) + self.models.calibration["bias"]).tolist(), len(known.words.texts))


@cache
def experts(model: str) -> Experts:
    """Load the experts of a shipped model once."""
    models = linear.shipped(model)
    return Experts(models, statistics.shipped(), encoder.shipped() if models.calibration["join"][1] else None)


@Language.factory(
    "kg_tagger",
    requires=["doc._.candidates", "doc._.forms", "doc._.terms", "doc._.definitions"],
    assigns=["doc._.things", "doc._.reading"],
    default_config={"model": "accurate", "threshold": 0.4},
)
class Tagger:
    """Rules propose, the experts of the model weigh: write ``doc._.things`` and ``doc._.reading``."""

    def __init__(self, nlp: Language, name: str, model: str, threshold: float) -> None:
        """Load the shipped weights and phrase counts."""
        self.experts = experts(model)
        self.threshold = threshold

    def __call__(self, doc: Doc) -> Doc:
        """Weigh, choose and group the candidates."""
        known, spans = context(doc), doc._.candidates
        doc._.reading, doc._.things = None, []
        if not spans:
            return doc
        doc._.reading = self.experts.read(known)
        scores = self.experts.weigh(known, spans, doc._.reading)
        chosen = self.experts.choose(known, scores, spans)
        places = [(spans[i], known.forms[spans[i]]) for i in chosen]
        calibration = self.experts.models.calibration["entity"]
        things = group(doc, places, scores[chosen], calibration, self.experts.counts)
        doc._.things = [thing for thing in things if thing.confidence >= self.threshold]
        return doc
