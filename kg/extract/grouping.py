"""Join the chosen places of a document into things: one name, its abbreviation, its vocabulary term."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz import fuzz
from spacy.tokens import Doc

from kg.extract.features import Statistics
from kg.extract.linear import Array
from kg.extract.parts import Range, Thing, words_of
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
    if not chosen:
        return []
    by_form: dict[str, list[int]] = defaultdict(list)
    for number, (_, form) in enumerate(chosen):
        by_form[form].append(number)
    kinds = dict(zip(by_form, _kinds(scores, list(by_form.values())), strict=True))
    between = words_of(doc).between
    texts = [between(*span) for span, _ in chosen]
    definitions = [
        (normal_form(between(*short)), normal_form(between(*long)), long) for long, short in doc._.definitions
    ]
    definitions += _implied(texts, chosen, kinds, {form for short, long, _ in definitions for form in (short, long)})
    longs = {short: long for short, long, _ in definitions}
    keys = {form: _key(form, longs, kinds) for form in sorted(kinds)}
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, (_, form) in enumerate(chosen):
        by_key[keys[form]].append(number)

    def named(members: list[int]) -> tuple[dict[Range, str], str, str]:
        """Give the texts of some places, the long form that the paper defines for them, and their term."""
        names = {chosen[i][1] for i in members}
        found = (long for short, full, long in definitions if short in names or full in names)
        long = next((between(*span) for span in found), "")
        places = {chosen[i][0]: texts[i] for i in members}
        return places, long, _term(places, long, doc._.terms)

    by_term: dict[str, list[int]] = defaultdict(list)
    for form, members in by_key.items():
        by_term[named(members)[2] or form] += members
    groups = list(by_term.values())
    columns = zip(groups, _kinds(scores, groups), confidences(measures(scores, groups), calibration), strict=True)
    return [
        replace(
            _thing(f"e{number}", *named(members)),
            kind=kind,
            confidence=sure,
            papers=max(counts.get(chosen[i][1], (0, 0))[0] for i in members),
        )
        for number, (members, kind, sure) in enumerate(columns, start=1)
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


def _kinds(scores: Array, groups: Sequence[Sequence[int]]) -> list[str]:
    """Give the likeliest kind of what each group of places names."""
    numbers = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    columns = scores[[row for group in groups for row in group], 1:].T
    sums = [np.bincount(numbers, weights=column) for column in columns]
    return [KINDS_BY_COLUMN[column] for column in np.argmax(sums, axis=0).tolist()]


def _implied(
    texts: Sequence[str], chosen: Sequence[tuple[Range, str]], kinds: Mapping[str, str], defined: set[str]
) -> list[tuple[str, str, Range]]:
    """Give the definitions a paper leaves to its reader: an abbreviation and the one name of its kind that fits it."""
    names = {form: span for span, form in reversed(chosen) if " " in form and form not in defined}
    found = []
    for short, text in {form: text for (_, form), text in zip(chosen[::-1], texts[::-1], strict=True)}.items():
        if " " in text or short in defined or not looks_short(text):
            continue
        fitting = [form for form in names if kinds[form] == kinds[short] and fits(text, tuple(form.split())) == STRICT]
        if len(fitting) == 1:
            found.append((short, fitting[0], names[fitting[0]]))
    return found


def _thing(name: str, places: Mapping[Range, str], long: str, term: str) -> Thing:
    """Name what stands at the places."""
    texts = Counter(places.values())
    return Thing(
        id=name,
        kind="",
        name=min(texts, key=lambda text: (len(text), text)),
        spans=tuple(sorted(places)),
        defined=bool(long),
        label=long or min(texts, key=lambda text: (-texts[text], text)),
        long=long,
        term=term,
    )


#: Kind of each column of the scores after the first.
KINDS_BY_COLUMN = ("Method", "Dataset", "Concept", "Task", "Metric")
assert set(KINDS_BY_COLUMN) == set(KINDS)


def measures(scores: Array, groups: Sequence[Sequence[int]]) -> Array:
    """Sum up the scores of each thing for calibration: log-odds at its best place, logarithm of its number of places.

    ``groups`` holds the rows of ``scores`` that are of one thing; gives things x measures.
    """
    odds = np.log(np.exp(scores[:, 1:] - scores[:, :1]).sum(axis=1)).tolist()
    return np.stack([[max(odds[row] for row in group) for group in groups], np.log([*map(len, groups)])], axis=1)


def confidences(measured: Array, calibration: Mapping[str, Sequence[float]]) -> list[float]:
    """Give the calibrated probability of each thing that it is one (logistic regression on its `measures`)."""
    totals = calibration["intercept"][0] + (measured * calibration["weights"]).sum(axis=1)
    return [float(sure) for sure in 1 / (1 + np.exp(-totals))]


def _term(places: Mapping[Range, str], long: str, terms: Mapping[Range, tuple[str, str]]) -> str:
    """Give the vocabulary term of a thing; where the paper spells it out, the spelling has to agree."""
    for span, text in places.items():
        found = terms.get(span)
        if found and (
            not long or normal_form(text) == normal_form(long) or _agree(found[0], long, list(places.values()))
        ):
            return found[0]
    return ""


def _agree(term: str, long: str, texts: Sequence[str]) -> bool:
    """Tell whether an expansion has a term's words, the same but for endings, or more that the short name lacks."""
    words, other = normal_form(term.partition(":")[2].replace("-", " ")), normal_form(long)
    if akin(words, other):
        return True
    shorts = {normal_form(text) for text in texts} - {other}
    return bool(fuzz.token_set_ratio(words, other) >= _WHOLE) and any(is_short_of(short, words) for short in shorts)
