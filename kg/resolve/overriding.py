"""Let what a user decided (`kg.overrides`) beat what the rules of identity found.

It works on the outcome: entities of one paper that hold two names said to be different are taken apart first
(`separated`), then clusters are joined, split, relabelled and dropped (`decide`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.model import Extraction, LocalEntity, LocalRelation, Merge, Paper, Span
from kg.namespaces import entity_curie
from kg.overrides import REASON, Overrides, Setting, form_of
from kg.resolve.identity import Cluster, Identity, label_of
from kg.text import normal_form
from kg.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Decided:
    """The identity after all decisions.

    ``labels`` and ``kinds`` are by identity key, ``hidden`` holds the forms of names that a node must not have, and
    ``unmatched`` the names that no paper gives to anything.
    """

    identity: Identity
    labels: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()


def separated(
    papers: Sequence[Paper], extractions: Sequence[Extraction], vocabulary: Vocabulary, overrides: Overrides
) -> list[Extraction]:
    """Split each entity of one paper that holds both names of a pair said to be different.

    The second name leaves, unless it gives the entity its identity.
    """
    apart = list(_apart(overrides))
    if not apart:
        return list(extractions)
    split = []
    for paper, extraction in zip(papers, extractions, strict=True):
        for a, b in apart:
            for entity in extraction.entities:
                if _forms(entity).issuperset((a, b)):
                    linked = _linked(entity, vocabulary)
                    leaving = a if b == _main(linked, vocabulary) else b
                    extraction = _split(paper, extraction, (entity, linked), leaving)
        split.append(extraction)
    return split


def _apart(overrides: Overrides) -> Iterable[tuple[str, str]]:
    """Give the forms said to be different; what is the same as one of a pair differs from the other, too."""
    group_of = {form: group for group in overrides.groups() for form in group}
    for pair in overrides.different:
        a, b = pair.forms
        yield a, b
        yield from ((form, b) for form in group_of.get(a, ()) if form != a)
        yield from ((a, form) for form in group_of.get(b, ()) if form != b)


def without_hidden(
    papers: Sequence[Paper], extractions: Sequence[Extraction], decided: Decided
) -> tuple[list[Extraction], Identity]:
    """Take the mentions by names that a node must not have out of the extractions, and what has no mention left."""
    if not decided.hidden:
        return list(extractions), decided.identity
    kept, rows = [], []
    for paper, extraction, row in zip(papers, extractions, decided.identity.keys, strict=True):
        entities = []
        for entity in extraction.entities:
            unwanted = decided.hidden.get(row.get(entity.id, ""), frozenset())
            spans = tuple(span for span in entity.spans if not unwanted or _form(paper, span) not in unwanted)
            entities.append(replace(entity, spans=spans))
        kept.append(replace(extraction, entities=tuple(entities)))
        named = {entity.id for entity in entities if entity.spans}
        rows.append({name: key for name, key in row.items() if name in named})
    held = {key for row in rows for key in row.values()}
    clusters = {key: cluster for key, cluster in decided.identity.clusters.items() if key in held}
    return kept, replace(decided.identity, clusters=clusters, keys=rows)


def _form(paper: Paper, span: Span) -> str:
    """Give the form of a mention."""
    return normal_form((paper.title if span.section == "title" else paper.abstract)[span.start : span.end])


def _linked(entity: LocalEntity, vocabulary: Vocabulary) -> LocalEntity:
    """Give an entity the term that its expansion names, which it would lose with that name."""
    term = None if entity.term or not entity.long else vocabulary.find(entity.long)
    return replace(entity, term=term.id) if term else entity


def _main(entity: LocalEntity, vocabulary: Vocabulary) -> str:
    """Give the form of the name that decides what an entity of one paper is."""
    term = vocabulary.terms.get(entity.term)
    return normal_form(term.label if term else entity.long or entity.label)


def _split(paper: Paper, extraction: Extraction, versions: tuple[LocalEntity, LocalEntity], leaving: str) -> Extraction:
    """Make an entity of its own of the mentions of one name, with the relations that are about them.

    ``versions`` are the entity as it is in the extraction, and with its term.
    """
    old, entity = versions
    moved = {span for span in entity.spans if _form(paper, span) == leaving}
    names = tuple(name for name in entity.names if normal_form(name) == leaving)
    rest = tuple(name for name in entity.names if name not in names)
    kept = replace(
        entity,
        spans=tuple(span for span in entity.spans if span not in moved),
        names=rest,
        label=entity.label if normal_form(entity.label) != leaving else rest[0] if rest else entity.long,
        long=entity.long if normal_form(entity.long) != leaving else "",
    )
    entities = [kept if item is old else item for item in extraction.entities]
    if not moved:
        return replace(extraction, entities=tuple(entities))
    taken = {item.id for item in extraction.entities}
    name = next(name for number in range(2, len(taken) + 3) if (name := f"{entity.id}.{number}") not in taken)
    own = replace(entity, id=name, label=names[0], long="", term="", names=names, spans=tuple(sorted(moved)))
    entities = [item for item in entities if item.spans] + [own]
    relations = tuple(
        _moved(relation, entity.id, name, moved, gone=not kept.spans) for relation in extraction.relations
    )
    return Extraction(tuple(entities), relations)


def _moved(relation: LocalRelation, old: str, new: str, spans: set[Span], *, gone: bool) -> LocalRelation:
    """Let a relation that was read off one of some mentions speak of the entity that has them now."""
    if relation.head == old and (gone or relation.head_mention in spans):
        relation = replace(relation, head=new)
    if relation.tail == old and (gone or relation.tail_mention in spans):
        relation = replace(relation, tail=new)
    return relation


def decide(
    identity: Identity, extractions: Sequence[Extraction], vocabulary: Vocabulary, overrides: Overrides
) -> Decided:
    """Apply every decision to the clusters; without decisions nothing is touched."""
    if not overrides:
        return Decided(identity)
    work = _Work(identity, extractions, vocabulary, overrides)
    work.join()
    work.split()
    work.rebuild()
    labels = dict(work.settled(overrides.rename, "renamed"))
    kinds = dict(work.settled(overrides.kind, "kind"))
    work.drop()
    kept = [{name: key for name, key in row.items() if key in work.clusters} for row in work.keys]
    merges = sorted({merge for merge in work.renewed() if not work.is_undone(merge)})
    return Decided(
        identity=replace(identity, clusters=dict(sorted(work.clusters.items())), keys=kept, merges=merges),
        labels=labels,
        kinds=kinds,
        hidden={key: frozenset(forms) for key, forms in work.hidden.items()},
        unmatched=tuple(name for name in overrides.names() if form_of(name) not in work.found),
    )


class _Work:
    """The clusters while decisions are applied to them."""

    def __init__(
        self, identity: Identity, extractions: Sequence[Extraction], vocabulary: Vocabulary, overrides: Overrides
    ) -> None:
        """Copy what will change, and look all names up."""
        self.extractions, self.vocabulary, self.overrides = extractions, vocabulary, overrides
        self.clusters = dict(identity.clusters)
        self.keys = [dict(row) for row in identity.keys]
        self.merges = list(identity.merges)
        self.hidden: dict[str, set[str]] = defaultdict(set)
        self.found: dict[str, list[str]] = {}
        self.other: dict[str, list[str]] = {}
        self.target: dict[str, str] = {}
        self.touched: set[str] = set()
        self.undone: set[tuple[str, str]] = set()
        self._look_up({form_of(name) for name in overrides.names()})

    def _look_up(self, wanted: set[str]) -> None:
        """Find the clusters of each name: by identifier or key, else term, else label; else the best with it."""
        tiers: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for key, cluster in self.clusters.items():
            term = self.vocabulary.terms.get(key)
            places = [(entity_curie(key), 0), (key, 0), (normal_form(label_of(cluster, self.vocabulary)), 2)]
            places += [(normal_form(label), 1) for label in (term.labels if term else ())]
            places += [(normal_form(name), 3) for name in cluster.names]
            for form, tier in places:
                if form in wanted:
                    tiers[form][tier].append(key)
        for form, found in tiers.items():
            tier = min(found)
            ranked = sorted(set(found[tier]), key=lambda key: (-len(self.clusters[key].entities), key))
            self.found[form] = ranked[:1] if tier == 3 else ranked
            if tier == 3:
                self.other[form] = sorted(set(found[3]))

    def now(self, form: str) -> list[str]:
        """Give the keys under which the clusters of a name are now."""
        return list(dict.fromkeys(self.target.get(key, key) for key in self.found.get(form, ())))

    def join(self) -> None:
        """Join the clusters of names said to be one thing; a vocabulary term gives the key, else the first name."""
        for group in self.overrides.groups():
            keys = list(dict.fromkeys(key for form in group for key in self.found.get(form, ())))
            if not keys:
                continue
            main = next((key for key in keys if key in self.vocabulary.terms), keys[0])
            self.target |= dict.fromkeys(keys, main)
            self.touched.update(keys if len(keys) > 1 else ())
        for row in self.keys:
            row.update({name: self.target[key] for name, key in row.items() if key in self.target})
        for pair in self.overrides.same:
            for key in self.now(pair.forms[0])[:1] if all(self.now(form) for form in pair.forms) else ():
                self._write(key, pair.forms, "same", pair.note)

    def split(self) -> None:
        """Give the entities with one name of a pair said to be different a key of their own."""
        held: dict[str, set[str]] = defaultdict(set)
        members: dict[str, list[tuple[dict[str, str], LocalEntity]]] = defaultdict(list)
        wanted = {form for pair in _apart(self.overrides) for form in pair}
        for row, extraction in zip(self.keys, self.extractions, strict=True):
            for entity in extraction.entities if wanted else ():
                if entity.id in row:
                    held[row[entity.id]] |= wanted & _forms(entity)
                    members[row[entity.id]].append((row, entity))
        for a, b in _apart(self.overrides):
            for key in [key for key, forms in held.items() if a in forms and b in forms]:
                stays, leaves = (b, a) if self._is_main(key, b) and not self._is_main(key, a) else (a, b)
                own = next((name for name in self.now(leaves) if name != key), leaves)
                moved = [(row, entity) for row, entity in members[key] if {stays, leaves} & _forms(entity) == {leaves}]
                for row, entity in moved:
                    row[entity.id] = own
                members[key] = [(row, entity) for row, entity in members[key] if row[entity.id] == key]
                members[own] += moved
                self._leave(key, leaves, own)
                held[own].add(leaves)
                held[key].discard(leaves)
        for pair in self.overrides.different:
            a, b = pair.forms
            for form in pair.forms:
                for key in self.now(form)[:1]:
                    self.hidden[key].add(b if form == a else a)
                    self._write(key, (form, b if form == a else a), "different", pair.note)

    def _is_main(self, key: str, form: str) -> bool:
        """Tell whether a name gave a cluster its key."""
        term = self.vocabulary.terms.get(key)
        return form == (normal_form(term.label) if term else key)

    def _leave(self, key: str, form: str, own: str) -> None:
        """Note that the entities of one cluster with a name have the key ``own`` now."""
        self.touched.update((key, own))
        self.undone.add((entity_curie(key), form))
        self.hidden[key].add(form)
        self.found[form] = [own]
        self.target.pop(own, None)

    def rebuild(self) -> None:
        """Count anew what papers say of each cluster that changed."""
        said: dict[str, list[LocalEntity]] = defaultdict(list)
        for row, extraction in zip(self.keys, self.extractions, strict=True):
            for entity in extraction.entities:
                key = row.get(entity.id, "")
                if key in self.touched:
                    said[key].append(entity)
        fresh = {
            key: replace(self.clusters.get(key, Cluster(key)), entities=tuple(found)) for key, found in said.items()
        }
        self.clusters = {key: own for key, own in self.clusters.items() if key not in self.touched} | fresh

    def settled(self, settings: Iterable[Setting], decision: str) -> Iterable[tuple[str, str]]:
        """Give the label or kind that the clusters of each name get."""
        for item in settings:
            for key in self.now(item.form):
                self._write(key, (item.form, item.value), decision, item.note)
                yield key, item.value

    def drop(self) -> None:
        """Take nodes out; a name that is only another name of nodes is taken from them."""
        for item in self.overrides.drop:
            for key in self.other.get(item.form, ()):
                self.hidden[key].add(item.form)
                self._write(key, (item.form, ""), "dropped", item.note)
            for key in self.now(item.form) if item.form not in self.other else ():
                self.clusters.pop(key, None)
                self._write(key, (item.form, ""), "dropped", item.note)

    def _write(self, key: str, names: tuple[str, str], decision: str, note: str) -> None:
        """Put a decision into the ledger."""
        reason = f"{REASON}: {note}" if note else REASON
        self.merges.append(Merge(entity_curie(key), *names, decision, reason, 1.0))

    def renewed(self) -> list[Merge]:
        """Give the rows of the ledger with the identifiers that their nodes have now."""
        moved = {entity_curie(old): entity_curie(new) for old, new in self.target.items() if old != new}
        return [replace(merge, entity=moved.get(merge.entity, merge.entity)) for merge in self.merges]

    def is_undone(self, merge: Merge) -> bool:
        """Tell whether a decision of the rules was that a name is the same which the user has split off."""
        ruled = merge.decision == "same" and not merge.reason.startswith(REASON)
        return ruled and not self.undone.isdisjoint({(merge.entity, merge.a), (merge.entity, merge.b)})


def _forms(entity: LocalEntity) -> set[str]:
    """Give the forms of all names that one paper gives an entity."""
    return {normal_form(name) for name in (*entity.names, entity.label, entity.long) if name}
