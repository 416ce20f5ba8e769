"""What full detail adds: the places of mentions, salience, identity decisions, and what plain triples leave inexact.

Triples know no order, and numbers are rounded to six places. Where a record differs from what its triples tell for
such a reason, its node says so in ``kg:exact``, a JSON object of the fields concerned, so that nothing is lost.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from kg.exporters.blocks import Thing
from kg.exporters.characters import legal
from kg.exporters.claims import evidence_curie, statement
from kg.exporters.terms import Terms, decimal, integer, rounded, text
from kg.model import Entity, Evidence, Merge, Paper, Relation, Source
from kg.namespaces import Namespaces, assertion_curie, short_hash
from kg.tables import PaperRow, to_plain


def paper(row: PaperRow, terms: Terms) -> Iterator[Thing]:
    """Add a record's own id, and what else is not told exactly."""
    if row.paper.key:
        yield terms.node(row.id), (), {"kg:key": text(row.paper.key)}, {}
    yield from _exact(terms.node(row.id), row.paper, plain_paper(row.paper), terms)


def entity(row: Entity, terms: Terms) -> Iterator[Thing]:
    """Add the term an entity is linked to, and what else is not told exactly."""
    if row.term:
        yield terms.node(row.id), (), {"kg:term": terms.node(row.term)}, {}
    yield from _exact(terms.node(row.id), row, plain_entity(row, terms), terms)


def occurrence(row: Relation, terms: Terms, *, rdf12: bool = False) -> Iterator[Thing]:
    """Say how sure it is that a paper mentions an entity, and how much the paper is about it."""
    id_ = terms.node(assertion_curie(row.head, row.type, row.tail, "stated"))
    classes, facts = statement("kg:Occurrence", row, terms, rdf12=rdf12)
    facts["kg:support"] = integer(row.support)
    facts["kg:confidence"] = decimal(row.confidence)
    facts["kg:salience"] = decimal(row.salience)
    yield id_, classes, facts, {}
    yield from _exact(id_, row, plain_relation(row), terms)


def claim(row: Relation, evidence: list[Evidence], terms: Terms) -> Iterator[Thing]:
    """Add what is not told exactly of a relation and its evidence."""
    denied = bool(evidence) and all(item.polarity == "negated" for item in evidence)
    id_ = terms.node(assertion_curie(row.head, row.type, row.tail, "negated" if denied else "stated"))
    plain = (
        replace(row, support=0, confidence=0.0, salience=0.0) if denied else replace(plain_relation(row), salience=0.0)
    )
    yield from _exact(id_, row, plain, terms)
    for item in evidence:
        yield from _exact(terms.node(evidence_curie(item)), item, plain_evidence(item), terms)


def named(names: Iterable[tuple[str, str]], said: str, terms: Terms) -> dict[str, Collection[str]]:
    """Say which entities a span of text names; with each comes the name that the tables hold, ``said`` is the text."""
    others = [{"entity": entity, "text": name} for entity, name in names if name != legal(said)]
    return {
        "itsrdf:taIdentRef": {terms.node(entity) for entity, _ in names},
        "kg:exact": {text(json.dumps(other, sort_keys=True)) for other in others},
    }


def decisions(rows: Iterable[Merge], terms: Terms) -> Iterator[Thing]:
    """Describe the decisions on names."""
    last, times = None, 0
    for row in rows:
        times = times + 1 if row == last else 1
        last = row
        name = short_hash(row.entity, row.a, row.b, row.decision, row.reason, repr(row.score), length=16)
        id_ = terms.node(f"decision:{name}" if times == 1 else f"decision:{name}-{times}")
        facts = {
            "kg:decides": terms.node(row.entity),
            "kg:first_name": text(row.a),
            "kg:second_name": text(row.b),
            "kg:outcome": text(row.decision),
            "kg:reason": text(row.reason),
            "kg:score": decimal(row.score),
        }
        yield id_, ("kg:Decision",), facts, {}
        plain = replace(row, score=float(rounded(row.score)), **_legal(row, "a", "b", "decision", "reason"))
        yield from _exact(id_, row, plain, terms)


def plain_paper(row: Paper) -> Paper:
    """Give a paper as its triples tell it, without ``kg:exact``."""
    return replace(
        row,
        **_legal(row, "title", "abstract", "arxiv", "doi", "key", "date"),
        authors=split_authors(legal("; ".join(row.authors))),
        date_inferred=row.date_inferred and bool(row.date),
        categories=tuple(sorted(set(map(legal, row.categories)))),
        flags=tuple(sorted(set(map(legal, row.flags)))),
        sources=tuple(sorted({split_source(legal(f"{s.reader}:{s.name}#{s.record}")) for s in row.sources})),
    )


def split_authors(names: str) -> tuple[str, ...]:
    """Give the names of a list of authors."""
    return tuple(names.split("; ")) if names else ()


def split_source(written: str) -> Source:
    """Give a source of a paper as ``kg:source`` writes it.

    >>> split_source("jsonl:a.jsonl#7")
    Source(reader='jsonl', name='a.jsonl', record=7)
    """
    reader, _, rest = written.partition(":")
    name, _, record = rest.rpartition("#")
    return Source(reader, name, int(record))


def plain_entity(row: Entity, terms: Terms) -> Entity:
    """Give an entity as its triples tell it, without ``kg:exact``."""
    names = Namespaces(terms.base)

    def known(curies: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(names.compress(terms.node(curie)[1:-1]) for curie in set(curies)))

    return replace(
        row,
        **_legal(row, "label", "first_seen"),
        alt_labels=tuple(sorted(set(map(legal, set(row.alt_labels) - {row.label})))),
        term="".join(known([row.term])) if row.term else "",
        exact_match=known({*row.exact_match, row.term} - {""}),
        introduced_by=known(row.introduced_by),
    )


def plain_relation(row: Relation) -> Relation:
    """Give a relation as its triples tell it, without ``kg:exact``."""
    return replace(row, confidence=float(rounded(row.confidence)), salience=float(rounded(row.salience)))


def plain_evidence(row: Evidence) -> Evidence:
    """Give a piece of evidence as its triples tell it, without ``kg:exact``."""
    return replace(
        row,
        **_legal(row, "origin", "extractor", "polarity", "modality"),
        id=evidence_curie(row),
        probability=float(rounded(row.probability)),
        sentences=tuple(sorted(set(row.sentences))),
    )


def _legal(row: Any, *names: str) -> dict[str, Any]:
    """Give fields of a record without the characters that no XML document can hold."""
    return {name: legal(getattr(row, name)) for name in names}


def _exact(id_: str, row: Any, plain: Any, terms: Terms) -> Iterator[Thing]:
    """Say which fields of a record its triples do not tell exactly."""
    if row == plain:
        return
    told = to_plain(plain)
    fields = {name: value for name, value in to_plain(row).items() if value != told[name]}
    yield id_, (), {"kg:exact": text(json.dumps(fields, sort_keys=True))}, {}
