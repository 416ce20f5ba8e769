"""Join the chosen places of a document into things: one name, its abbreviation, its vocabulary term."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz import fuzz
from spacy.tokens import Doc

from kg.extract.features import Statistics
from kg.extract.linear import Array
from kg.extract.parts import Range, Thing
from kg.initials import STRICT, fits, looks_short
from kg.model import KINDS
from kg.text import akin, is_short_of, normal_form

#: Head nouns that a name may carry or drop within one paper: "FedAvg", "FedAvg algorithm".
_GENERIC_HEADS = {
    "method",
    "algorithm",
    "framework",
    "approach",
    "technique",
    "dataset",
    "benchmark",
    "task",
    "problem",
    "metric",
    "corpus",
    "strategy",
    "mechanism",
    "process",
    "module",
    "architecture",
    "scheme",
    "score",
    "pipeline",
    "setting",
    "paradigm",
    "structure",
    "function",
    "system",
}

#: Of these, the ones that make another thing of a phrase, as in "font recognition benchmark".
_DATA_HEADS = {"dataset", "benchmark", "corpus"}

#: Likeness (0 to 100) of two names of which one has all words of the other.
_WHOLE = 100


def group(
    doc: Doc,
    chosen: Sequence[tuple[Range, str]],
    scores: Array,
    calibration: Mapping[str, Sequence[float]],
    counts: Statistics,
) -> list[Thing]:
    """Make one thing of all chosen places (with their normal forms) that name the same, in order of first mention."""
    kinds = _kinds(chosen, scores)
    definitions = [
        (normal_form(doc[short[0] : short[1]].text), normal_form(doc[long[0] : long[1]].text), long)
        for long, short in doc._.definitions
    ]
    definitions += _implied(doc, chosen, kinds, {form for short, long, _ in definitions for form in (short, long)})
    longs = {short: long for short, long, _ in definitions}
    spans = [span for span, _ in chosen]
    keys = {form: _key(form, longs, kinds) for form in sorted(kinds)}
    by_form: dict[str, list[int]] = defaultdict(list)
    for number, (_, form) in enumerate(chosen):
        by_form[keys[form]].append(number)
    by_term: dict[str, list[int]] = defaultdict(list)

    def expansion(members: list[int]) -> str:
        """Give the long form that the paper defines for a thing, or an empty string."""
        names = {chosen[i][1] for i in members}
        found = (long for short, full, long in definitions if short in names or full in names)
        return next((str(doc[start:end].text) for start, end in found), "")

    for form, members in by_form.items():
        by_term[_term(doc, [spans[i] for i in members], expansion(members)) or form] += members
    return [
        replace(
            _thing(doc, f"e{number}", [spans[i] for i in members], expansion(members)),
            kind=KINDS_BY_COLUMN[int(np.argmax(scores[members, 1:].sum(axis=0)))],
            confidence=confidence(scores[members], calibration),
            papers=max(counts.get(chosen[i][1], (0, 0))[0] for i in members),
        )
        for number, members in enumerate(by_term.values(), start=1)
    ]


def _key(form: str, longs: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """Give what a place is grouped by: its name as the paper spells it out, without a generic head it can lack.

    A head that makes another kind of thing stays: a "sound generation module" is no task.
    """
    stem, _, head = form.rpartition(" ")
    alike = kinds.get(stem, kinds[form]) == kinds[form] and (stem in kinds or stem in longs)
    if head in _GENERIC_HEADS and alike and not (head in _DATA_HEADS and " " in stem):
        form = stem
    return " ".join(longs.get(word, word) for word in longs.get(form, form).split())


def _kinds(chosen: Sequence[tuple[Range, str]], scores: Array) -> dict[str, str]:
    """Give the likeliest kind of what each normal form names."""
    total: dict[str, Array] = defaultdict(lambda: np.zeros(scores.shape[1] - 1))
    for (_, form), row in zip(chosen, scores, strict=True):
        total[form] = total[form] + row[1:]
    return {form: KINDS_BY_COLUMN[int(np.argmax(sums))] for form, sums in total.items()}


def _implied(
    doc: Doc, chosen: Sequence[tuple[Range, str]], kinds: Mapping[str, str], defined: set[str]
) -> list[tuple[str, str, Range]]:
    """Give the definitions a paper leaves to its reader: an abbreviation and the one name of its kind that fits it."""
    names = {form: span for span, form in reversed(chosen) if " " in form and form not in defined}
    found = []
    for short, span in {form: span for span, form in reversed(chosen)}.items():
        text = doc[span[0] : span[1]].text
        if " " in text or short in defined or not looks_short(text):
            continue
        fitting = [form for form in names if kinds[form] == kinds[short] and fits(text, tuple(form.split())) == STRICT]
        if len(fitting) == 1:
            found.append((short, fitting[0], names[fitting[0]]))
    return found


def _thing(doc: Doc, name: str, spans: list[Range], long: str) -> Thing:
    """Name what stands at the places."""
    texts = Counter(doc[start:end].text for start, end in spans)
    return Thing(
        id=name,
        kind="",
        name=min(texts, key=lambda text: (len(text), text)),
        spans=tuple(sorted(spans)),
        defined=bool(long),
        label=long or min(texts, key=lambda text: (-texts[text], text)),
        long=long,
        term=_term(doc, spans, long),
    )


#: Kind of each column of the scores after the first.
KINDS_BY_COLUMN = ("Method", "Dataset", "Concept", "Task", "Metric")
assert set(KINDS_BY_COLUMN) == set(KINDS)


def measures(scores: Array) -> list[float]:
    """Sum a thing's scores up for calibration: log-odds at its best place, logarithm of its number of places."""
    kinds = scores[:, 1:]
    odds = np.log(np.exp(kinds - scores[:, :1]).sum(axis=1))
    return [float(odds.max()), float(np.log(len(scores)))]


def confidence(scores: Array, calibration: Mapping[str, Sequence[float]]) -> float:
    """Give the calibrated probability that a thing is one (logistic regression on its `measures`)."""
    total = calibration["intercept"][0] + sum(
        weight * value for weight, value in zip(calibration["weights"], measures(scores), strict=True)
    )
    return float(1 / (1 + np.exp(-total)))


def _term(doc: Doc, spans: list[Range], long: str) -> str:
    """Give the vocabulary term of a thing; where the paper spells it out, the spelling has to agree."""
    texts = [doc[start:end].text for start, end in spans]
    for span, text in zip(spans, texts, strict=True):
        found = doc._.terms.get(span)
        if found and (not long or normal_form(text) == normal_form(long) or _agree(str(found[0]), long, texts)):
            return str(found[0])
    return ""


def _agree(term: str, long: str, texts: Sequence[str]) -> bool:
    """Tell whether an expansion has a term's words, the same but for endings, or more that the short name lacks."""
    words, other = normal_form(term.partition(":")[2].replace("-", " ")), normal_form(long)
    if akin(words, other):
        return True
    shorts = {normal_form(text) for text in texts} - {other}
    return bool(fuzz.token_set_ratio(words, other) >= _WHOLE) and any(is_short_of(short, words) for short in shorts)
