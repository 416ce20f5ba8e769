"""Decide which names of many papers are one thing, and say why.

The evidence, the surest first: a vocabulary term; the expansion that a paper gives of its abbreviation; the normal form
of a name; names judged the same by their words (`kg.resolve.names`), unless papers use them side by side or for things
of another kind; and for an abbreviation that a paper leaves undefined, how other papers spell it out, read with what
else the paper speaks of (`kg.resolve.senses`). Where that does not tell, the abbreviation stays a node of its own.

The key of a cluster is a term or a name that no vote has a part in, so that more papers leave identifiers as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from kg.model import Extraction, LocalEntity, Merge
from kg.resolve import ledger, uses
from kg.resolve.blocking import by_abbreviation, candidates
from kg.resolve.clusters import Decision, Unit, cluster, steady_key, votes
from kg.resolve.collecting import no_collection
from kg.resolve.comparing import Comparer
from kg.resolve.reading import Reader
from kg.resolve.uses import Use
from kg.text import normal_form
from kg.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Cluster:
    """All that papers say under one identity key: ``entities`` of papers; ``forms`` are its spelt-out forms."""

    key: str
    entities: tuple[LocalEntity, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def labels(self) -> Counter[str]:
        """Count the papers that give each label."""
        return Counter(entity.label for entity in self.entities)

    @property
    def names(self) -> tuple[str, ...]:
        """Give all names, sorted."""
        return tuple(sorted({name for entity in self.entities for name in entity.all_names}))


@dataclass(frozen=True, slots=True)
class Identity:
    """The outcome: clusters by key, the key of each local entity, and the decisions taken."""

    clusters: Mapping[str, Cluster]
    keys: Sequence[Mapping[str, str]]
    merges: Sequence[Merge]


@dataclass(frozen=True, slots=True)
class _Joined:
    """Units joined by their names: the key of each unit's cluster, why it belongs there, and what was decided."""

    units: Sequence[Unit]
    keys: Mapping[str, str]
    reasons: Mapping[str, Decision]
    decisions: Sequence[Decision]


@no_collection()
def identify(extractions: Sequence[Extraction], vocabulary: Vocabulary) -> Identity:
    """Give every local entity of every extraction its cluster."""
    rows = uses.read(extractions, vocabulary)
    defined = uses.definitions(rows)
    uses.mark_undefined(rows, defined)
    joined = _join(uses.units_of(rows, vocabulary, defined), defined, vocabulary)
    for row in rows:
        for use in row:
            if not use.short:
                use.key = joined.keys[use.key]
    reader = Reader(rows, joined.units, joined.keys, defined, vocabulary)
    open_shorts = _read_undefined(rows, reader)
    groups: dict[str, list[Use]] = defaultdict(list)
    for use in chain.from_iterable(rows):
        groups[use.key].append(use)
    merges = [
        row
        for key, group in groups.items()
        for row in ledger.given(key, _reasons(key, group), vocabulary, joined.reasons)
    ]
    clusters = _clusters(groups, joined)
    merges += ledger.refused(joined.decisions, joined.units, joined.keys)
    for short, meanings in reader.meanings.items():
        known = {key: papers for key, papers in meanings.items() if key in clusters}
        merges += ledger.meanings(short, known, vocabulary)
        if short in open_shorts:
            merges += ledger.undecided(short, known, vocabulary)
    keys = [{use.entity.id: use.key for use in row} for row in rows]
    return Identity(dict(sorted(clusters.items())), keys, _sorted(merges))


def _sorted(merges: Iterable[Merge]) -> list[Merge]:
    """Sort decisions and leave repeated ones out; keys compare and hash faster than records."""
    found = {(row.entity, row.a, row.b, row.decision, row.reason, row.score): row for row in merges}
    return [found[fields] for fields in sorted(found)]


def _join(units: list[Unit], defined: Mapping[str, Mapping[str, int]], vocabulary: Vocabulary) -> _Joined:
    """Join the units whose names are judged the same."""
    compare = Comparer(units, defined, vocabulary)
    places = {unit.key: place for place, unit in enumerate(units)}
    pairs = candidates(compare.names, by_abbreviation(defined, places))
    homes, decisions = cluster(units, pairs, compare)
    members: dict[int, list[Unit]] = defaultdict(list)
    for place, home in enumerate(homes):
        members[home].append(units[place])
    keys = {home: steady_key(group) if len(group) > 1 else group[0].key for home, group in members.items()}
    why = {}
    for place, home in enumerate(homes):
        other = places[keys[home]] if place == home else home
        if other != place:
            why[units[place].key] = compare(min(other, place), max(other, place))
    return _Joined(units, {unit.key: keys[home] for unit, home in zip(units, homes, strict=True)}, why, decisions)


def _read_undefined(rows: Sequence[Sequence[Use]], reader: Reader) -> set[str]:
    """Give each undefined abbreviation the key of its reading, or its own form; give the forms that stay open."""
    left = set()
    for number, row in enumerate(rows):
        readings = [(use, reader.read(use, number, row)) for use in row if use.short]
        for use, reading in readings:
            use.key, use.reason = reading.key or use.short, reading.reason
            if not reading.key:
                left.add(use.short)
    return left


def _clusters(groups: Mapping[str, Iterable[Use]], joined: _Joined) -> dict[str, Cluster]:
    """Gather what papers say of each cluster."""
    forms: dict[str, dict[str, None]] = defaultdict(dict)
    for unit in joined.units:
        forms[joined.keys[unit.key]].update(dict.fromkeys(unit.forms))
    return {
        key: Cluster(key, tuple(use.entity for use in group), tuple(forms.get(key, ())))
        for key, group in groups.items()
    }


def _reasons(key: str, group: Iterable[Use]) -> dict[str, Counter[str]]:
    """Tell of each further form of a cluster how many papers give which reason for it."""
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for use in group:
        entity = use.entity
        others = [name for name in (entity.label, entity.long) if name and name not in entity.names]
        for form in {*use.forms, *map(normal_form, others)}:
            if form != key:
                reasons[form][use.reason] += 1
    return reasons


def label_of(cluster: Cluster, vocabulary: Vocabulary) -> str:
    """Choose the label to show: the vocabulary's, else the spelt-out name as most papers write it."""
    term = vocabulary.terms.get(cluster.key)
    if term:
        return term.label
    labels, forms = cluster.labels, cluster.forms or {cluster.key}
    spelt = [label for label in labels if normal_form(label) in forms] if len(labels) > 1 else []
    return min(spelt or labels, key=lambda label: (-labels[label], _shouting(label), label))


def _shouting(label: str) -> bool:
    """Tell whether a label is in title case, as titles print any phrase."""
    words = label.split()
    return len(words) > 1 and all(word[0].isupper() for word in words)


def kind_of(cluster: Cluster, vocabulary: Vocabulary) -> str:
    """Choose the kind: the vocabulary's, else the vote of the papers weighted by confidence."""
    term = vocabulary.terms.get(cluster.key)
    if term:
        return term.kind
    kinds = votes(cluster.entities)
    return min(kinds, key=lambda kind: (-kinds[kind], kind))
