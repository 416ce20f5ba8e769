"""Read an RDF export of full detail back: the records of the tables, and with them the NetworkX graph.

Any format that pyoxigraph reads will do, with the reifications of RDF 1.1 or the reifiers of RDF 1.2.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import pyoxigraph as ox

from kg.errors import InputError
from kg.exporters.detail import split_authors, split_source
from kg.graph import Records
from kg.model import KINDS, Entity, Evidence, Mention, Merge, Paper, Relation, Span
from kg.namespaces import FIXED, Namespaces
from kg.tables import PaperRow, from_plain, to_plain

R = TypeVar("R")

#: Suffix of a file -> its format; ``.gz`` may follow.
FORMATS = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".n3": ox.RdfFormat.N3,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
}

_DATASET = f"{FIXED['void']}Dataset"
_TYPE = f"{FIXED['rdf']}type"

#: What a node says: property -> values, CURIEs and text alike.
_Facts = dict[str, list[str]]


@dataclass(slots=True)
class _Nodes:
    """Everything that a file says, by subject; ``types`` lists the nodes of each class."""

    facts: dict[str, _Facts] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    types: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def one(self, node: str, name: str, default: str = "") -> str:
        """Give the only value of a property, or the default where there is none."""
        values = self.all(node, name)
        if len(values) > 1:
            raise InputError(f"{node} has {len(values)} values of {name}, wanted is one; export the graph anew")
        return values[0] if values else default

    def all(self, node: str, name: str) -> list[str]:
        """Give the values of a property, sorted."""
        return sorted(set(self.facts[node].get(name, ())))

    def of(self, *classes: str) -> list[str]:
        """Give the nodes of classes, each once."""
        return list(dict.fromkeys(node for name in classes for node in self.types[name]))


def read_rdf(path: Path) -> Records:
    """Give the records of an RDF file that ``kg export --rdf-detail full`` wrote."""
    nodes = _load(path)
    if not any("full" in nodes.all(node, "kg:detail") for node in nodes.of("void:Dataset")):
        told = "the places of mentions and more"
        raise InputError(f"{path}: no graph in full detail, so it lacks {told}; write it with --rdf-detail full")
    try:
        return _records(nodes)
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path}: no graph as kg writes it ({error!r}); export it anew") from error


def _load(path: Path) -> _Nodes:
    """Read a file with CURIEs in place of IRIs."""
    packed = path.suffix == ".gz"
    form = FORMATS.get(Path(path.stem).suffix if packed else path.suffix)
    if form is None:
        raise InputError(f"{path}: the name ends in none of {', '.join(FORMATS)} (with or without .gz); rename it")
    try:
        names = Namespaces(_base(path, form, packed=packed))
        nodes = _Nodes()
        for quad in _quads(path, form, packed=packed):
            subject = names.compress(cast(ox.NamedNode, quad.subject).value)
            predicate = names.compress(quad.predicate.value)
            if predicate == "rdf:type":
                nodes.types[names.compress(cast(ox.NamedNode, quad.object).value)].append(subject)
            elif isinstance(quad.object, ox.Triple):
                triple = quad.object
                for part, term in zip(("subject", "predicate", "object"), triple, strict=False):
                    nodes.facts[subject][f"rdf:{part}"].append(names.compress(cast(ox.NamedNode, term).value))
            elif isinstance(quad.object, ox.NamedNode):
                nodes.facts[subject][predicate].append(names.compress(quad.object.value))
            else:
                nodes.facts[subject][predicate].append(cast(ox.Literal, quad.object).value)
    except (OSError, SyntaxError, EOFError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read as RDF ({error}); export the graph anew") from error
    return nodes


def _base(path: Path, form: ox.RdfFormat, *, packed: bool) -> str:
    """Find the base IRI of a graph: its data set is called ``graph``."""
    for quad in _quads(path, form, packed=packed):
        if quad.predicate.value == _TYPE and cast(ox.NamedNode, quad.object).value == _DATASET:
            iri = cast(ox.NamedNode, quad.subject).value
            if iri.endswith("graph"):
                return iri.removesuffix("graph")
    raise InputError(f"{path}: describes no data set as kg does; give a file that kg export wrote")


def _quads(path: Path, form: ox.RdfFormat, *, packed: bool) -> Iterator[ox.Quad]:
    """Give the statements of a file."""
    with gzip.open(path) if packed else path.open("rb") as stream:
        yield from ox.parse(cast(BinaryIO, stream), form)


def _records(nodes: _Nodes) -> Records:
    """Make the records of what was read."""
    kinds = {node: kind for kind in KINDS for node in nodes.of(f"kg:{kind}")}
    papers = [PaperRow(node, _paper(nodes, node)) for node in nodes.of("fabio:ResearchPaper")]
    entities = [_entity(nodes, node, kinds[node]) for node in nodes.of("skos:Concept")]
    relations = [_exact(nodes, node, _relation(nodes, node)) for node in nodes.of("kg:Occurrence")]
    relations += list(_claims(nodes))
    evidence = [item for node in nodes.of("kg:Assertion") for item in _evidence(nodes, node)]
    return Records(
        papers=tuple(sorted(papers, key=lambda row: row.id)),
        mentions=tuple(sorted(item for node in nodes.of("nif:Phrase") for item in _mentions(nodes, node))),
        entities=tuple(sorted(entities, key=lambda row: row.id)),
        relations=tuple(sorted(relations, key=lambda row: (row.head, row.type, row.tail))),
        evidence=tuple(sorted(evidence, key=lambda row: (row.head, row.type, row.tail, row.id))),
        merges=tuple(sorted(_decision(nodes, node) for node in nodes.of("kg:Decision"))),
    )


def _exact(nodes: _Nodes, node: str, row: R) -> R:
    """Put the exact values of a node in the place of those that triples tell."""
    told = nodes.one(node, "kg:exact")
    return from_plain(type(row), to_plain(row) | json.loads(told)) if told else row


def _paper(nodes: _Nodes, node: str) -> Paper:
    """Make a paper."""
    ids = [name.partition(":") for name in nodes.all(node, "dcterms:identifier")]
    known = {kind: id_ for kind, _, id_ in ids}
    paper = Paper(
        title=nodes.one(node, "dcterms:title"),
        abstract=nodes.one(node, "dcterms:abstract"),
        arxiv=known.get("arXiv", ""),
        doi=known.get("doi", ""),
        key=nodes.one(node, "kg:key"),
        authors=split_authors(nodes.one(node, "kg:author_list")),
        date=nodes.one(node, "dcterms:issued"),
        date_inferred=nodes.one(node, "kg:date_basis") == "inferred",
        categories=tuple(nodes.all(node, "kg:category")),
        flags=tuple(nodes.all(node, "kg:flag")),
        sources=tuple(sorted(map(split_source, nodes.all(node, "kg:source")))),
    )
    return _exact(nodes, node, paper)


def _entity(nodes: _Nodes, node: str, kind: str) -> Entity:
    """Make an entity."""
    entity = Entity(
        id=node,
        kind=kind,
        label=nodes.one(node, "skos:prefLabel"),
        alt_labels=tuple(nodes.all(node, "skos:altLabel")),
        term=nodes.one(node, "kg:term"),
        support=int(nodes.one(node, "kg:support")),
        first_seen=nodes.one(node, "kg:first_seen"),
        exact_match=tuple(nodes.all(node, "skos:exactMatch")),
        introduced_by=tuple(nodes.all(node, "kg:introduced_by")),
        version_order=int(nodes.one(node, "kg:version_order", "0")),
    )
    return _exact(nodes, node, entity)


def _relation(nodes: _Nodes, node: str) -> Relation:
    """Make a relation of the node that speaks of it."""
    head, name, tail = (nodes.one(node, f"rdf:{part}") for part in ("subject", "predicate", "object"))
    salience = float(nodes.one(node, "kg:salience", "0"))
    numbers = int(nodes.one(node, "kg:support")), float(nodes.one(node, "kg:confidence"))
    return Relation(head, name.removeprefix("kg:"), tail, *numbers, salience)


def _claims(nodes: _Nodes) -> Iterator[Relation]:
    """Give the relations that have assertions; one that is only denied has no support and no confidence."""
    denied: dict[tuple[str, str, str], Relation] = {}
    stated = set()
    for node in nodes.of("kg:Assertion"):
        relation = _relation(nodes, node)
        key = relation.head, relation.type, relation.tail
        if nodes.one(node, "kg:polarity") == "negated":
            denied[key] = _exact(nodes, node, replace(relation, support=0, confidence=0.0))
        else:
            stated.add(key)
            yield _exact(nodes, node, relation)
    yield from (relation for key, relation in denied.items() if key not in stated)


def _evidence(nodes: _Nodes, assertion: str) -> Iterator[Evidence]:
    """Give the evidence of an assertion."""
    relation = _relation(nodes, assertion)
    for node in nodes.all(assertion, "kg:evidence"):
        made = nodes.one(node, "prov:wasGeneratedBy")
        ends = [nodes.one(node, name) for name in ("kg:head_mention", "kg:tail_mention")]
        evidence = Evidence(
            head=relation.head,
            type=relation.type,
            tail=relation.tail,
            id=node,
            origin=nodes.one(node, "kg:origin"),
            extractor=nodes.one(made, "kg:extractor"),
            probability=float(nodes.one(node, "kg:probability")),
            paper=nodes.one(node, "prov:wasDerivedFrom"),
            sentences=tuple(sorted(_span(nodes, span) for span in nodes.all(node, "kg:sentence"))),
            head_mention=_span(nodes, ends[0]) if ends[0] else None,
            tail_mention=_span(nodes, ends[1]) if ends[1] else None,
            polarity=nodes.one(node, "kg:polarity"),
            modality=nodes.one(node, "kg:modality"),
        )
        yield _exact(nodes, node, evidence)


def _span(nodes: _Nodes, node: str) -> Span:
    """Make a span of a paper."""
    bounds = (int(nodes.one(node, f"nif:{name}Index")) for name in ("begin", "end"))
    return Span(nodes.one(node, "kg:section"), *bounds)


def _mentions(nodes: _Nodes, node: str) -> Iterator[Mention]:
    """Give the mentions of entities at one place."""
    texts: dict[str, str] = {}
    for told in nodes.all(node, "kg:exact"):
        exact: dict[str, Any] = json.loads(told)
        texts[exact["entity"]] = exact["text"]
    span = _span(nodes, node)
    said = nodes.one(node, "nif:anchorOf")
    for entity in nodes.all(node, "itsrdf:taIdentRef"):
        place = nodes.one(node, "kg:paper"), span.section, span.start, span.end
        yield Mention(*place, entity, texts.get(entity, said))


def _decision(nodes: _Nodes, node: str) -> Merge:
    """Make a decision on names."""
    merge = Merge(
        entity=nodes.one(node, "kg:decides"),
        a=nodes.one(node, "kg:first_name"),
        b=nodes.one(node, "kg:second_name"),
        decision=nodes.one(node, "kg:outcome"),
        reason=nodes.one(node, "kg:reason"),
        score=float(nodes.one(node, "kg:score")),
    )
    return _exact(nodes, node, merge)
