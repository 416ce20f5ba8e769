"""Score extractions against annotated papers: precision, recall, F1 and calibration.

The rules are those of the annotation guidelines: a predicted entity matches a gold entity when one of its surface
strings equals one of the gold mentions after folding, each matches at most once, same kind first; a relation
matches when both ends match and the name is equal; optional entities, and relations that touch them, never count.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.model import PAPER

#: Bins of the expected calibration error, each holding the same number of predictions.
BINS = 10

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


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far stated confidence is from the share that is right, over ``predictions`` scored ones.

    ``bins`` holds mean confidence, share right and size of each bin, from the least confident up.
    """

    ece: float
    predictions: int
    bins: tuple[tuple[float, float, int], ...]


@dataclass(slots=True)
class _Tally:
    """Running counts by row, and the (confidence, right) pairs that calibration looks at."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    entities: list[tuple[float, bool]] = field(default_factory=list)
    relations: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, cell: int, *rows: str) -> None:
        """Count one hit (0), false alarm (1) or miss (2) in each row."""
        for row in rows:
            self.counts[row][cell] += 1


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
    gold: Mapping[str, Any], predicted: Mapping[str, Any], pairs: Mapping[str, str], tally: _Tally
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
    gold: Mapping[str, Any], predicted: Mapping[str, Any], pairs: Mapping[str, str], tally: _Tally
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


def _tally(gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> _Tally:
    """Count over all papers; one without a prediction counts as empty."""
    tally = _Tally()
    empty: Mapping[str, Any] = {"entities": [], "relations": []}
    for paper in gold:
        own = predicted.get(paper["id"], empty)
        pairs = pair(paper["entities"], own["entities"])
        _score_entities(paper, own, pairs, tally)
        _score_relations(paper, own, pairs, tally)
    return tally


def score(gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> dict[str, Figures]:
    """Give figures by row (``entity``, ``typed``, ``typed:KIND``, ``relation``, ``relation:NAME``), over all papers.

    ``gold`` has one annotated paper an item, ``predicted`` the interchange form of ``kg extract`` by paper id.
    """
    return {row: Figures(*counts) for row, counts in sorted(_tally(gold, predicted).counts.items())}


def calibrate(gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> dict[str, Calibration]:
    """Give the calibration of entities (kind ignored) and relations; those that cannot count are left out."""
    tally = _tally(gold, predicted)
    return {"entity": expected_error(tally.entities), "relation": expected_error(tally.relations)}


def expected_error(pairs: Iterable[tuple[float, bool]], *, bins: int = BINS) -> Calibration:
    """Give the expected calibration error over bins of equal mass (Naeini et al., 2015).

    >>> expected_error([(0.5, True), (0.5, False)], bins=1).ece
    0.0
    """
    ranked = sorted(pairs, key=lambda pair: pair[0])
    rows = []
    for number in range(bins):
        part = ranked[len(ranked) * number // bins : len(ranked) * (number + 1) // bins]
        if part:
            rows.append((sum(p for p, _ in part) / len(part), sum(ok for _, ok in part) / len(part), len(part)))
    ece = sum(abs(stated - right) * size for stated, right, size in rows) / len(ranked) if ranked else 0.0
    return Calibration(round(ece, 4), len(ranked), tuple((round(p, 4), round(a, 4), n) for p, a, n in rows))


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Read annotated papers, one a line."""
    return list(_lines(path, {"id": str, "title": str, "entities": list}))


def read_predictions(path: Path) -> dict[str, dict[str, Any]]:
    """Read the output of `kg extract`, by paper id."""
    return {row["id"]: row for row in _lines(path, {"id": str, "entities": list})}


def _lines(path: Path, wanted: Mapping[str, type]) -> Iterator[dict[str, Any]]:
    """Read JSON lines that have the wanted fields."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path}: cannot be read ({reason}); give a file of JSON lines in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: no JSON ({error}); each line must hold one paper") from error
        missing = [
            name for name, kind in wanted.items() if not isinstance(row, dict) or type(row.get(name)) is not kind
        ]
        if missing:
            raise InputError(f"{path}, line {number}: lacks {', '.join(missing)}; each line must hold one paper")
        _check_entities(row, f"{path}, line {number}")
        yield row


def _check_entities(row: Mapping[str, Any], where: str) -> None:
    """Refuse entities and relations that scoring cannot read."""
    for entity in row["entities"]:
        if not isinstance(entity, dict) or not {"id", "type", "mentions"} <= entity.keys():
            raise InputError(f"{where}: an entity lacks its id, type or mentions: {str(entity)[:80]}")
    for item in row.get("relations", ()):
        listed = isinstance(item, list) and len(item) == 3
        fits = {"head", "type", "tail"} <= item.keys() if isinstance(item, dict) else listed
        if not fits:
            raise InputError(f"{where}: a relation lacks its head, type or tail: {str(item)[:80]}")
