"""Score extractions against annotated papers: precision, recall, F1 and calibration.

The rules are those of the annotation guidelines: a predicted entity matches a gold entity when one of its surface
strings equals one of the gold mentions after folding, each matches at most once, same kind first; a relation
matches when both ends match and the name is equal; optional entities, and relations that touch them, never count.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kg.bootstrap import Interval, intervals
from kg.model import PAPER
from kg.reliability import Calibration, expected_error

_BROAD = {"Task": "Concept", "Metric": "Concept"}
_TEX_ACCENT = re.compile(r"""\\{1,2}["'`^~=.]\{?(\w)\}?""")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_JOINERS = re.compile(r"[-‐‑‒–—―_/]+")
_NOISE = re.compile(r"[^\w\s$+*#.@&]")
_ARTICLE = re.compile(r"(?:the|a|an|our)\s+")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one row, and what follows from them, rounded to four places."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float:
        """Give the share of predictions that are right."""
        return round(self.tp / (self.tp + self.fp), 4) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """Give the share of the gold that is found."""
        return round(self.tp / (self.tp + self.fn), 4) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of precision and recall."""
        return round(2 * self.tp / (2 * self.tp + self.fp + self.fn), 4) if self.tp else 0.0

    def as_dict(self) -> dict[str, float]:
        """Give the figures as plain data."""
        return {"p": self.precision, "r": self.recall, "f1": self.f1, **asdict(self)}


@dataclass(slots=True)
class Tally:
    """What scoring finds in one paper.

    ``counts`` holds hits, false alarms and misses by row, ``entities`` and ``relations`` the (confidence, right)
    pairs that calibration looks at.
    """

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    entities: list[tuple[float, bool]] = field(default_factory=list)
    relations: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, cell: int, *rows: str) -> None:
        """Count one hit (0), false alarm (1) or miss (2) in each row."""
        for row in rows:
            self.counts[row][cell] += 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures, their bootstrap intervals (``p``, ``r``, ``f1``) by row, and calibration, over ``papers`` papers."""

    papers: int
    figures: dict[str, Figures]
    intervals: dict[str, dict[str, Interval]]
    calibration: dict[str, Calibration]

    def as_dict(self) -> dict[str, Any]:
        """Give all of it as plain data."""
        figures = {row: {**own.as_dict(), "interval": self.intervals[row]} for row, own in self.figures.items()}
        quality = {name: own.as_dict() for name, own in self.calibration.items()}
        return {"papers": self.papers, "figures": figures, "calibration": quality}


_HIT, _ALARM, _MISS = range(3)


def fold(name: str) -> str:
    r"""Fold what scoring ignores: case, accents, hyphens, last-word plural, leading article, bracketed part.

    >>> fold("the Kullback-Leibler (KL) divergences"), fold("Policies"), fold(r'Schr\"odinger')
    ('kullback leibler divergence', 'policy', 'schrodinger')
    """
    plain = unicodedata.normalize("NFKD", _TEX_ACCENT.sub(r"\1", name)).lower()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _NOISE.sub("", _JOINERS.sub(" ", _BRACKETS.sub("", plain)))
    plain = " ".join(plain.split())
    article = _ARTICLE.match(plain)
    *before, last = plain[article.end() if article else 0 :].split(" ")
    return " ".join([*before, _singular(last)]).strip()


def _singular(word: str) -> str:
    """Take the plural ending off an English word."""
    if len(word) <= 3 or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def _names(entity: Mapping[str, Any]) -> set[str]:
    """Give the folded surface strings of an entity, its label where it has no mention."""
    texts = [item["text"] if isinstance(item, dict) else item for item in entity["mentions"]]
    if not texts and entity.get("label"):
        texts = [entity["label"]]
    return {fold(text) for text in texts} - {""}


def _broad(kind: str) -> str:
    """Give the kind that typed scores distinguish."""
    return _BROAD.get(kind, kind)


def _kinds(entity: Mapping[str, Any]) -> set[str]:
    """Give the kinds that are right for an entity."""
    return {_broad(kind) for kind in (entity["type"], *entity.get("alt_types", ()))}


def pair(gold: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Pair predicted with gold entity ids, each at most once, first those whose kinds agree."""
    wanted = [(entity["id"], _names(entity), _kinds(entity)) for entity in gold]
    offered = [(entity["id"], _names(entity), _kinds(entity)) for entity in predicted]
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for same_kind in (True, False):
        for own_id, names, kinds in offered:
            if own_id in pairs:
                continue
            fitting = (
                gold_id
                for gold_id, gold_names, gold_kinds in wanted
                if gold_id not in taken and names & gold_names and (not same_kind or kinds & gold_kinds)
            )
            found = next(fitting, None)
            if found is not None:
                pairs[own_id] = found
                taken.add(found)
    return pairs


def _triples(paper: Mapping[str, Any]) -> dict[tuple[str, str, str], float]:
    """Give a paper's relations with their confidence, 1 where none is stated."""
    found: dict[tuple[str, str, str], float] = {}
    for item in paper.get("relations", ()):
        if isinstance(item, dict):
            key, confidence = (item["head"], item["type"], item["tail"]), float(item.get("confidence", 1.0))
        else:
            key, confidence = (item[0], item[1], item[2]), 1.0
        found[key] = max(confidence, found.get(key, 0.0))
    return found


def _score_entities(
    gold: Mapping[str, Any], predicted: Mapping[str, Any], pairs: Mapping[str, str], tally: Tally
) -> None:
    """Count the entities of one paper."""
    by_id = {entity["id"]: entity for entity in gold["entities"]}
    for entity in {entity["id"]: entity for entity in predicted["entities"]}.values():
        kind = _broad(entity["type"])
        found = by_id.get(pairs.get(entity["id"], ""))
        if found is not None and found.get("optional"):
            continue
        tally.entities.append((float(entity.get("confidence", 1.0)), found is not None))
        if found is None:
            tally.add(_ALARM, "entity", "typed", f"typed:{kind}")
            continue
        gold_kind = _broad(found["type"])
        tally.add(_HIT, "entity")
        if _kinds(entity) & _kinds(found):
            tally.add(_HIT, "typed", f"typed:{gold_kind}")
        else:
            tally.add(_ALARM, "typed", f"typed:{kind}")
            tally.add(_MISS, "typed", f"typed:{gold_kind}")
    reached = set(pairs.values())
    for gold_id, entity in by_id.items():
        if gold_id not in reached and not entity.get("optional"):
            tally.add(_MISS, "entity", "typed", f"typed:{_broad(entity['type'])}")


def _score_relations(
    gold: Mapping[str, Any], predicted: Mapping[str, Any], pairs: Mapping[str, str], tally: Tally
) -> None:
    """Count the relations of one paper, leaving out those that touch an optional entity."""
    optional = {entity["id"] for entity in gold["entities"] if entity.get("optional")}

    def end(name: str) -> tuple[bool, str]:
        """Give (known to the gold, id): an unmatched end equals no gold id, even one spelt alike."""
        return (True, name) if name == PAPER else (name in pairs, pairs.get(name, name))

    have: dict[tuple[tuple[bool, str], str, tuple[bool, str]], float] = {}
    for (head, name, tail), confidence in _triples(predicted).items():
        key = (end(head), name, end(tail))
        have[key] = max(confidence, have.get(key, 0.0))
    want = {((True, head), name, (True, tail)) for head, name, tail in _triples(gold)}
    left_out = {(True, gold_id) for gold_id in optional}
    for key in [*have, *(want - have.keys())]:
        if key[0] in left_out or key[2] in left_out:
            continue
        cell = _MISS if key not in have else _HIT if key in want else _ALARM
        tally.add(cell, "relation", f"relation:{key[1]}")
        if key in have:
            tally.relations.append((have[key], key in want))


def tally(gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> list[Tally]:
    """Count paper by paper; one without a prediction counts as empty.

    ``gold`` has one annotated paper an item, ``predicted`` the interchange form of ``kg extract`` by paper id.
    """
    tallies = []
    empty: Mapping[str, Any] = {"entities": [], "relations": []}
    for paper in gold:
        own, found = predicted.get(paper["id"], empty), Tally()
        pairs = pair(paper["entities"], own["entities"])
        _score_entities(paper, own, pairs, found)
        _score_relations(paper, own, pairs, found)
        tallies.append(found)
    return tallies


def figures_of(tallies: Iterable[Tally]) -> dict[str, Figures]:
    """Sum counts up to figures by row (``entity``, ``typed``, ``typed:KIND``, ``relation``, ``relation:NAME``)."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for own in tallies:
        for row, counts in own.counts.items():
            sums[row] = [a + b for a, b in zip(sums[row], counts, strict=True)]
    return {row: Figures(*counts) for row, counts in sorted(sums.items())}


def calibration_of(tallies: Sequence[Tally]) -> dict[str, Calibration]:
    """Give the calibration of entities (kind ignored) and relations; those that cannot count are left out."""
    return {
        "entity": expected_error(item for own in tallies for item in own.entities),
        "relation": expected_error(item for own in tallies for item in own.relations),
    }


def summarise(tallies: Sequence[Tally]) -> Evaluation:
    """Join the tallies of papers, of one gold file or of several."""
    bounds = intervals([own.counts for own in tallies])
    return Evaluation(len(tallies), figures_of(tallies), bounds, calibration_of(tallies))


def score(gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> dict[str, Figures]:
    """Give the figures by row over all papers; the arguments are those of `tally`."""
    return figures_of(tally(gold, predicted))
