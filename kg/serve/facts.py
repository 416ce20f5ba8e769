"""What the pages of things tell, asked of the store; terms are put into our queries as RDF terms, never as text."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from kg.namespaces import FIXED
from kg.query import Worker
from kg.readings import RELATIONS

#: Claims of one relation, pieces of evidence of one claim, and papers or links of one property on a page.
CLAIMS, PROOFS, MANY = 25, 3, 50

#: Rows looked at of what leads to a node: the activity of an extractor has one for each piece of evidence.
_INCOMING = 2000

#: How anything is called, the first that it has.
_LABEL = "skos:prefLabel|dcterms:title|foaf:name|rdfs:label"

_KINDS = [FIXED["kg"] + kind for kind in ("Task", "Metric", "Method", "Dataset", "Concept")]


@dataclass(frozen=True, slots=True)
class Thing:
    """A node with its name."""

    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence: the sentence, the paper it stands in, how sure it is, what found it."""

    sentence: str
    paper: Thing | None
    date: str
    probability: float
    origin: str
    modality: str


@dataclass(slots=True)
class Claim:
    """A claim with what it says of another thing, and its strongest evidence."""

    iri: str
    other: Thing
    polarity: str
    support: int
    confidence: float
    proofs: list[Proof] = field(default_factory=list)
    more_proofs: int = 0


@dataclass(slots=True)
class Group:
    """The claims of one relation in one direction, the best supported first, and how many more there are."""

    relation: str
    forward: bool
    claims: list[Claim]
    more: int


@dataclass(frozen=True, slots=True)
class Field:
    """The values of one property, in the order of their text, and how many more there are."""

    name: str
    values: list[Thing | str]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """Things of a longer list, with a remark on each, and how many there are in all."""

    things: list[tuple[Thing, str]]
    total: int


def properties(worker: Worker, node: ox.NamedNode, *, inverse: bool = False) -> list[Field]:
    """Give what any graph says of a node, or with ``inverse``, what is said with it as the object."""
    triple = f"?value ?p {node}" if inverse else f"{node} ?p ?value"
    limit = f"LIMIT {_INCOMING}" if inverse else ""
    rows = worker.run(
        f"""SELECT DISTINCT ?p ?value ?label {{
          {{ SELECT ?p ?value {{ {{ {triple} }} UNION {{ GRAPH ?g {{ {triple} }} }} }} {limit} }}
          OPTIONAL {{ ?value {_LABEL} ?own }} OPTIONAL {{ GRAPH ?h {{ ?value {_LABEL} ?theirs }} }}
          BIND(COALESCE(?own, ?theirs) AS ?label)
        }} ORDER BY ?p ?label ?value""",
        ours=True,
    ).terms()
    found = []
    for name, group in groupby(rows, key=lambda row: row[0]):
        values: dict[Any, Thing | str] = {}
        for _, value, label in group:
            values.setdefault(value, _thing(value, label) if isinstance(value, ox.NamedNode) else value.value)
        found.append(Field(name.value, list(values.values())[:MANY], max(0, len(values) - MANY)))
    return found


def kinds_of(fields: Iterable[Field]) -> list[str]:
    """Give the IRIs of the classes among a node's properties."""
    return [value.iri for each in fields if each.name == FIXED["rdf"] + "type" for value in _things(each)]


def kind_of(fields: Iterable[Field]) -> str:
    """Name the kind of an entity, the most special one."""
    types = set(kinds_of(fields))
    return next((kind.rpartition("#")[2] for kind in _KINDS if kind in types), "")


def texts(fields: Iterable[Field], curie: str) -> list[str]:
    """Give the plain values of a property."""
    prefix, _, name = curie.partition(":")
    return [
        str(value)
        for each in fields
        if each.name == FIXED[prefix] + name
        for value in each.values
        if isinstance(value, str)
    ]


def links(fields: Iterable[Field], curie: str) -> list[Thing]:
    """Give the nodes a property leads to."""
    prefix, _, name = curie.partition(":")
    return [value for each in fields if each.name == FIXED[prefix] + name for value in _things(each)]


def claims(worker: Worker, node: ox.NamedNode) -> list[Group]:
    """Give the claims about an entity or a paper, by relation, with their evidence."""
    rows = worker.run(
        f"""SELECT ?relation ?forward ?claim ?other ?label ?polarity ?support ?confidence {{
          {{ ?claim rdf:subject {node} ; rdf:object ?other BIND(true AS ?forward) }} UNION
          {{ ?claim rdf:object {node} ; rdf:subject ?other BIND(false AS ?forward) }}
          ?claim rdf:predicate ?relation ; kg:polarity ?polarity ; kg:support ?support ; kg:confidence ?confidence .
          OPTIONAL {{ ?other skos:prefLabel|dcterms:title ?label }}
        }} ORDER BY DESC(?forward) ?relation DESC(?polarity) DESC(?support) DESC(?confidence) ?label ?other""",
        ours=True,
    ).terms()
    groups = []
    for (relation, forward), group in groupby(rows, key=lambda row: (row[0].value, row[1].value == "true")):
        all_ = [
            Claim(row[2].value, _thing(row[3], row[4]), row[5].value, int(row[6].value), float(row[7].value))
            for row in group
        ]
        groups.append(Group(relation.rpartition("#")[2], forward, all_[:CLAIMS], max(0, len(all_) - CLAIMS)))
    order = list(RELATIONS)
    groups.sort(key=lambda g: (not g.forward, order.index(g.relation) if g.relation in order else len(order)))
    _prove(worker, {claim.iri: claim for group in groups for claim in group.claims})
    return groups


def _prove(worker: Worker, shown: dict[str, Claim]) -> None:
    """Add their evidence to claims, the most probable first, one piece of each paper before a second one."""
    wanted = " ".join(str(ox.NamedNode(iri)) for iri in shown)
    rows = worker.run(
        f"""SELECT ?claim ?evidence ?probability ?origin ?modality ?paper ?title ?date
               (GROUP_CONCAT(?text ; separator=" ") AS ?sentence) {{
          SELECT * {{
            VALUES ?claim {{ {wanted} }}
            ?claim kg:evidence ?evidence .
            ?evidence kg:probability ?probability ; kg:origin ?origin ; kg:modality ?modality .
            OPTIONAL {{ ?evidence prov:wasDerivedFrom ?paper . ?paper dcterms:title ?title .
                        OPTIONAL {{ ?paper dcterms:issued ?date }} }}
            OPTIONAL {{ ?evidence kg:sentence ?span . ?span nif:anchorOf ?text ; nif:beginIndex ?start }}
          }} ORDER BY ?start
        }} GROUP BY ?claim ?evidence ?probability ?origin ?modality ?paper ?title ?date
        ORDER BY ?claim DESC(?probability) ?paper ?evidence""",
        ours=True,
    ).terms()
    for iri, group in groupby(rows, key=lambda row: row[0].value):
        proofs = [
            Proof(
                row[8].value if row[8] else "",
                _thing(row[5], row[6]) if row[5] else None,
                row[7].value if row[7] else "",
                float(row[2].value),
                row[3].value,
                row[4].value,
            )
            for row in group
        ]
        shown[iri].proofs, shown[iri].more_proofs = proofs[:PROOFS], max(0, len(proofs) - PROOFS)


def papers_of(worker: Worker, node: ox.NamedNode) -> Listed:
    """Give the newest papers that mention an entity, or that an author wrote, each with its date."""
    rows = list(
        worker.run(
            f"""SELECT DISTINCT ?paper ?title ?date {{
              {{ ?paper kg:mentions {node} }} UNION {{ ?paper dcterms:creator {node} }}
              ?paper dcterms:title ?title OPTIONAL {{ ?paper dcterms:issued ?date }}
            }} ORDER BY DESC(STR(?date)) ?title ?paper""",
            ours=True,
        ).terms()
    )
    return Listed([(_thing(row[0], row[1]), row[2].value if row[2] else "") for row in rows[:MANY]], len(rows))


def said_in(worker: Worker, paper: ox.NamedNode) -> list[tuple[Thing, str, Thing, Proof]]:
    """Give what a paper says about entities other than itself: head, relation, tail, sentence."""
    rows = worker.run(
        f"""SELECT ?head ?head_label ?relation ?tail ?tail_label ?probability ?modality ?polarity
               (GROUP_CONCAT(?text ; separator=" ") AS ?sentence) {{
          SELECT * {{
            ?evidence prov:wasDerivedFrom {paper} ; kg:probability ?probability ; kg:modality ?modality .
            ?claim kg:evidence ?evidence ; rdf:subject ?head ; rdf:predicate ?relation ; rdf:object ?tail ;
              kg:polarity ?polarity .
            FILTER(?head != {paper})
            ?head skos:prefLabel ?head_label . ?tail skos:prefLabel ?tail_label .
            OPTIONAL {{ ?evidence kg:sentence ?span . ?span nif:anchorOf ?text ; nif:beginIndex ?start }}
          }} ORDER BY ?start
        }} GROUP BY ?evidence ?head ?head_label ?relation ?tail ?tail_label ?probability ?modality ?polarity
        ORDER BY DESC(?probability) ?head_label ?tail_label ?evidence""",
        ours=True,
    ).terms()
    return [
        (
            _thing(row[0], row[1]),
            row[2].value.rpartition("#")[2],
            _thing(row[3], row[4]),
            Proof(row[8].value if row[8] else "", None, "", float(row[5].value), row[7].value, row[6].value),
        )
        for row in rows
    ]


def _thing(node: Any, label: Any) -> Thing:
    """Name a node: by its label, else by the end of its IRI."""
    iri = node.value
    return Thing(iri, label.value if label is not None else iri)


def _things(each: Field) -> list[Thing]:
    """Give the nodes among the values of a property."""
    return [value for value in each.values if isinstance(value, Thing)]
