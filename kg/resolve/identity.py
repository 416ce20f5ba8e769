"""Decide which names of many papers are one thing, and say why.

Three sorts of evidence, the surest first: a vocabulary term, the expansion that a paper gives of its abbreviation, and
the normal form of the name. An abbreviation that a paper leaves undefined is read as the others define it where they
agree; where they do not, it stays a node of its own and the refusal is written down.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.model import Extraction, LocalEntity, Merge
from kg.namespaces import entity_curie
from kg.text import counted, normal_form
from kg.vocabulary import Vocabulary

#: An undefined abbreviation has at least this many characters to be read as other papers define it.
_SHORTEST = 3


@dataclass(slots=True)
class Cluster:
    """All that papers say under one identity key; counts are of papers."""

    key: str
    labels: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True, slots=True)
class Identity:
    """The outcome: clusters by key, the key of each local entity, and the decisions taken."""

    clusters: Mapping[str, Cluster]
    keys: Sequence[Mapping[str, str]]
    merges: Sequence[Merge]


def own_key(entity: LocalEntity, vocabulary: Vocabulary) -> tuple[str, str]:
    """Give an entity's identity key from its own paper, and the reason.

    The key is a ``term:`` CURIE or a normal form; kind and display label are no part of it.
    """
    if entity.term:
        return entity.term, f"label of the vocabulary term {entity.term}"
    if entity.long:
        term = vocabulary.find(entity.long)
        if term:
            return term.id, f"its expansion is a label of the vocabulary term {term.id}"
        return normal_form(entity.long), "expansion given in the paper"
    return normal_form(entity.label), "same normal form"


def _definitions(extractions: Iterable[Extraction], vocabulary: Vocabulary) -> dict[str, Counter[str]]:
    """Count, for each abbreviated form, the papers that define it as each key."""
    defined: dict[str, Counter[str]] = defaultdict(Counter)
    for extraction in extractions:
        for entity in extraction.entities:
            if entity.long:
                key, _ = own_key(entity, vocabulary)
                for form in {normal_form(name) for name in entity.names} - {normal_form(entity.long), key}:
                    if " " not in form:
                        defined[form][key] += 1
    return defined


def _read_elsewhere(form: str, defined: Mapping[str, Counter[str]]) -> tuple[str, str]:
    """Read an undefined abbreviation as other papers define it, where they agree."""
    readings = defined.get(form)
    if not readings or len(form) < _SHORTEST or len(readings) > 1:
        return form, "same normal form"
    ((key, papers),) = readings.items()
    return key, f"abbreviation so defined in {papers} other paper{'s' if papers > 1 else ''}"


def identify(extractions: Sequence[Extraction], vocabulary: Vocabulary) -> Identity:
    """Give every local entity of every extraction its cluster."""
    defined = _definitions(extractions, vocabulary)
    clusters: dict[str, Cluster] = {}
    keys: list[dict[str, str]] = []
    for extraction in extractions:
        of_paper: dict[str, str] = {}
        for entity in extraction.entities:
            key, reason = own_key(entity, vocabulary)
            if not entity.long and not entity.term:
                key, reason = _read_elsewhere(key, defined)
            if not key:
                continue
            of_paper[entity.id] = key
            _add(clusters.setdefault(key, Cluster(key)), entity, reason)
        keys.append(of_paper)
    merges = [merge for cluster in clusters.values() for merge in _accepted(cluster)]
    merges += _refused(defined, clusters)
    return Identity(dict(sorted(clusters.items())), keys, sorted(set(merges)))


def _add(cluster: Cluster, entity: LocalEntity, reason: str) -> None:
    cluster.labels[entity.label] += 1
    # Whole ten-thousandths, so that the sum does not depend on the order of papers.
    cluster.kinds[entity.kind] += round(entity.confidence * 10_000)
    names = {*entity.names, entity.label, *([entity.long] if entity.long else [])}
    for name in names:
        cluster.names[name] += 1
    for form in {normal_form(name) for name in names}:
        cluster.reasons[form][reason] += 1


def _accepted(cluster: Cluster) -> Iterable[Merge]:
    """Say of each further form of a cluster why it is the same thing."""
    main = normal_form(cluster.key) if not cluster.key.startswith("term:") else cluster.key
    for form, reasons in cluster.reasons.items():
        if form in (main, ""):
            continue
        reason, papers = min(reasons.items(), key=lambda item: (-item[1], item[0]))
        if reason == "same normal form":
            reason = "named so in one paper, with and without a generic word"
        why = f"{reason} ({papers} of {counted(reasons.total(), 'paper')})"
        yield Merge(entity_curie(cluster.key), main, form, "same", why, 1.0)


def _refused(defined: Mapping[str, Counter[str]], clusters: Mapping[str, Cluster]) -> Iterable[Merge]:
    """Write down each abbreviation that papers define in different ways."""
    for form, readings in defined.items():
        ranked = sorted(readings.items(), key=lambda item: (-item[1], item[0]))
        for key, papers in ranked if len(ranked) > 1 else []:
            if key in clusters:
                share = round(papers / readings.total(), 4)
                others = ", ".join(other for other, _ in ranked if other != key)
                yield Merge(entity_curie(key), form, key, "different", f"abbreviation also defined as {others}", share)


def label_of(cluster: Cluster, vocabulary: Vocabulary) -> str:
    """Choose the label to show: the vocabulary's, else the spelt-out name as most papers write it."""
    term = vocabulary.terms.get(cluster.key)
    if term:
        return term.label
    spelt = [label for label in cluster.labels if normal_form(label) == cluster.key] or list(cluster.labels)
    return min(spelt, key=lambda label: (-cluster.labels[label], _shouting(label), label))


def _shouting(label: str) -> bool:
    """Tell whether a label is in title case, as titles print any phrase."""
    words = label.split()
    return len(words) > 1 and all(word[0].isupper() for word in words)


def kind_of(cluster: Cluster, vocabulary: Vocabulary) -> str:
    """Choose the kind: the vocabulary's, else the vote of the papers weighted by confidence."""
    term = vocabulary.terms.get(cluster.key)
    return term.kind if term else min(cluster.kinds, key=lambda kind: (-cluster.kinds[kind], kind))
