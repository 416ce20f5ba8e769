"""The shapes: pySHACL and our queries agree on a graph that conforms and on one that breaks each shape."""

import gzip
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from rdflib import BNode
from rdflib.namespace import RDF, RDFS, SH

from kg.cli import main
from kg.config import Config
from kg.errors import InputError, WorkspaceError
from kg.exporters import rdf
from kg.model import Merge
from kg.namespaces import Namespaces
from kg.validate import SHAPES as SHAPE
from kg.validate import Report, Shape, check, read_shapes, validate, validate_files
from kg.vocabulary import ontology_file
from tests import graph_sample

NAMES = Namespaces()

RELATIONS = (
    "introduces addresses uses evaluates_on compares_with is_a part_of based_on used_for evaluated_on measured_by"
)
TO_PAPER = {
    name.replace("_", "-"): f"INSERT {{ ?e kg:{name} ?p }}" for name in f"{RELATIONS} outperforms version_of".split()
}
ANY = "WHERE { { SELECT ?e ?p { ?e a kg:Method . ?p a fabio:ResearchPaper } ORDER BY ?e ?p LIMIT 1 } }"


def lose(path: str, kind: str) -> str:
    """Take a property from every node of a class."""
    return f"DELETE {{ ?s {path} ?o }} WHERE {{ ?s a {kind} ; {path} ?o }}"


def gain(path: str, kind: str, value: str) -> str:
    """Give every node of a class one more value."""
    return f"INSERT {{ ?s {path} {value} }} WHERE {{ ?s a {kind} }}"


def turn(path: str, kind: str, value: str) -> str:
    """Replace a property's value on every node of a class."""
    return f"DELETE {{ ?s {path} ?o }} INSERT {{ ?s {path} {value} }} WHERE {{ ?s a {kind} ; {path} ?o }}"


#: Shape -> updates, each of which makes a graph that must break it.
CONTROLS: dict[str, list[str]] = {
    "paper-title": [
        lose("dcterms:title", "fabio:ResearchPaper"),
        gain("dcterms:title", "fabio:ResearchPaper", '"more"'),
        turn("dcterms:title", "fabio:ResearchPaper", "7"),
    ],
    "paper-abstract": [
        gain("dcterms:abstract", "fabio:ResearchPaper", '"more"'),
        turn("dcterms:abstract", "fabio:ResearchPaper", "7"),
    ],
    "paper-article": [lose("a", "fabio:ResearchPaper").replace("?s a ?o }", "?s a schema:ScholarlyArticle }", 1)],
    "paper-issued": [
        gain("dcterms:issued", "fabio:ResearchPaper", '"2001"^^xsd:gYear, "2002"^^xsd:gYear'),
        turn("dcterms:issued", "fabio:ResearchPaper", '"soon"'),
    ],
    "paper-year-issued": [
        turn("kg:year", "fabio:ResearchPaper", "1066"),
        lose("dcterms:issued", "fabio:ResearchPaper"),
    ],
    "paper-date-basis": [turn("kg:date_basis", "fabio:ResearchPaper", '"guessed"')],
    "paper-author-list": [
        gain("kg:author_list", "fabio:ResearchPaper", '"A; B", "C"'),
        turn("kg:author_list", "fabio:ResearchPaper", '""'),
    ],
    "paper-identifier": [
        gain("dcterms:identifier", "fabio:ResearchPaper", '"10.1/x"'),
        gain("dcterms:identifier", "fabio:ResearchPaper", "17"),
    ],
    "paper-page": [gain("foaf:page", "fabio:ResearchPaper", '"https://example.org/"')],
    "paper-category": [gain("kg:category", "fabio:ResearchPaper", "kg:Method")],
    "paper-flag": [gain("kg:flag", "fabio:ResearchPaper", "true")],
    "paper-source": [gain("kg:source", "fabio:ResearchPaper", '"quelle"@de')],
    "paper-key": [gain("kg:key", "fabio:ResearchPaper", '"1", "2"'), gain("kg:key", "fabio:ResearchPaper", "1")],
    "paper-year": [
        gain("kg:year", "fabio:ResearchPaper", "1066"),
        turn("kg:year", "fabio:ResearchPaper", '"2021"^^xsd:gYear'),
    ],
    "paper-creator": [gain("dcterms:creator", "fabio:ResearchPaper", "kg:Method"), lose("a", "foaf:Person")],
    "author-name": [lose("foaf:name", "foaf:Person"), gain("foaf:name", "foaf:Person", '"Another"')],
    "entity-label": [
        lose("skos:prefLabel", "skos:Concept"),
        gain("skos:prefLabel", "skos:Concept", '"another"'),
        turn("skos:prefLabel", "kg:Dataset", '""'),
        turn("skos:prefLabel", "kg:Dataset", '"data"@en'),
    ],
    "entity-labels-differ": ["INSERT { ?s skos:altLabel ?o } WHERE { ?s skos:prefLabel ?o }"],
    "entity-kind": [lose("a", "kg:Metric").replace("?s a ?o", "?s a kg:Metric"), gain("a", "kg:Method", "kg:Task")],
    "dataset-type": [lose("a", "kg:Dataset").replace("?s a ?o }", "?s a schema:Dataset }", 1)],
    "entity-scheme": [
        lose("skos:inScheme", "skos:Concept"),
        gain("skos:inScheme", "skos:Concept", "kg:x"),
        turn("skos:inScheme", "skos:Concept", "kg:x"),
    ],
    "entity-search-form": [
        gain("kg:search_form", "skos:Concept", '""'),
        gain("kg:search_form", "skos:Concept", '"form"@en'),
    ],
    "entity-first-seen": [
        gain("kg:first_seen", "skos:Concept", '"1999"^^xsd:gYear, "1998"^^xsd:gYear'),
        turn("kg:first_seen", "skos:Concept", '"2021-01-05"'),
    ],
    "entity-first-year": [
        gain("kg:first_year", "skos:Concept", "1, 2"),
        turn("kg:first_year", "skos:Concept", '"MMXX"^^xsd:integer'),
    ],
    "entity-introduced-year": [
        turn("kg:introduced_year", "skos:Concept", "1999"),
        gain("kg:introduced_year", "skos:Concept", '"soon"'),
    ],
    "entity-first-year-seen": [
        turn("kg:first_year", "skos:Concept", "1999"),
        lose("kg:first_seen", "skos:Concept"),
    ],
    "entity-exact-match": [gain("skos:exactMatch", "skos:Concept", '"foo"')],
    "entity-term": [gain("kg:term", "skos:Concept", '"foo"'), gain("kg:term", "skos:Concept", "kg:x, kg:y")],
    "entity-introduced-by": [turn("kg:introduced_by", "skos:Concept", "kg:x")],
    "entity-support": [
        lose("kg:support", "skos:Concept"),
        turn("kg:support", "skos:Concept", "-1"),
        turn("kg:support", "skos:Concept", '"many"'),
    ],
    "entity-support-counted": [turn("kg:support", "kg:Method", "17"), turn("kg:support", "kg:Method", "0")],
    **{name: [f"{insert} {ANY}"] for name, insert in TO_PAPER.items()},
    "mentions": [f"INSERT {{ ?p kg:mentions ?p }} {ANY}", f"INSERT {{ ?e kg:mentions ?e }} {ANY}"],
    "direct-mention": ["DELETE { ?s kg:mentions ?o } WHERE { ?s kg:introduces ?o }"],
    "relation-irreflexive": [
        "INSERT { ?e kg:uses ?e . ?e kg:part_of ?e } WHERE { ?e a kg:Method }",
        "INSERT { ?e kg:is_a ?e } WHERE { ?e a kg:Dataset }",
    ],
    "assertion-statement": [lose("a", "kg:Assertion").replace("?s a ?o }", "?s a rdf:Statement }", 1)],
    "assertion-subject": [lose("rdf:subject", "kg:Assertion"), turn("rdf:subject", "kg:Assertion", '"x"')],
    "assertion-predicate": [
        turn("rdf:predicate", "kg:Assertion", "kg:mentions"),
        lose("rdf:predicate", "kg:Assertion"),
    ],
    "assertion-object": [turn("rdf:object", "kg:Assertion", "kg:Method"), gain("rdf:object", "kg:Assertion", "kg:x")],
    "assertion-ends": [
        turn("rdf:predicate", "kg:Assertion", "kg:measured_by"),
        turn("rdf:predicate", "kg:Assertion", "kg:compares_with"),
    ],
    "assertion-support": [turn("kg:support", "kg:Assertion", "1.5"), turn("kg:support", "kg:Assertion", "-1")],
    "assertion-support-counted": [
        turn("kg:support", "kg:Assertion", "7"),
        lose("kg:evidence", "kg:Assertion"),
        turn("prov:wasDerivedFrom", "kg:Evidence", "kg:x, kg:y"),
    ],
    "assertion-direct": [
        "DELETE { ?s kg:introduces ?o } WHERE { ?s kg:introduces ?o }",
        turn("kg:confidence", "kg:Assertion", "0.1"),
        turn("kg:confidence", "kg:Assertion", "1.0"),
        turn("kg:export_threshold", "void:Dataset", "0.94"),
        "INSERT { ?s ?p ?o } WHERE { ?a rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:confidence ?c "
        "FILTER(?c < 0.5) }",
    ],
    "assertion-confidence": [
        turn("kg:confidence", "kg:Assertion", "1.01"),
        turn("kg:confidence", "kg:Assertion", "-0.5"),
        turn("kg:confidence", "kg:Assertion", '"high"'),
        lose("kg:confidence", "kg:Assertion"),
    ],
    "assertion-polarity": [turn("kg:polarity", "kg:Assertion", '"maybe"'), lose("kg:polarity", "kg:Assertion")],
    "assertion-evidence": [lose("kg:evidence", "kg:Assertion"), turn("kg:evidence", "kg:Assertion", "kg:x")],
    "assertion-polarity-of-evidence": [turn("kg:polarity", "kg:Evidence", '"negated"')],
    "assertion-contradicts": [
        "INSERT { ?a kg:contradicts ?b } WHERE { ?a rdf:predicate kg:introduces . ?b a kg:Assertion }",
        "INSERT { ?a kg:contradicts ?a } WHERE { ?a a kg:Assertion }",
        "INSERT { ?a kg:contradicts ?e } WHERE { ?a kg:evidence ?e }",
    ],
    "direct-triple": [
        "DELETE { ?a rdf:subject ?s } WHERE { ?a rdf:subject ?s }",
        'DELETE { ?a kg:polarity ?s } INSERT { ?a kg:polarity "negated" } WHERE { ?a a kg:Assertion ; kg:polarity ?s }',
    ],
    "evidence-origin": [turn("kg:origin", "kg:Evidence", '"rumour"'), lose("kg:origin", "kg:Evidence")],
    "evidence-probability": [turn("kg:probability", "kg:Evidence", "2.0"), lose("kg:probability", "kg:Evidence")],
    "evidence-polarity": [turn("kg:polarity", "kg:Evidence", '"maybe"')],
    "evidence-modality": [turn("kg:modality", "kg:Evidence", '"maybe"')],
    "evidence-extractor": [lose("prov:wasGeneratedBy", "kg:Evidence"), lose("a", "prov:Activity")],
    "evidence-text": [
        lose("prov:wasDerivedFrom", "kg:Evidence"),
        gain("prov:wasDerivedFrom", "kg:Evidence", "kg:x"),
        turn("prov:wasDerivedFrom", "kg:Evidence", "kg:x"),
        lose("kg:sentence", "kg:Evidence"),
        gain("kg:sentence", "kg:Evidence", "kg:x"),
    ],
    "evidence-assertion": [
        lose("kg:evidence", "kg:Assertion"),
        "INSERT { ?a kg:evidence ?e } "
        "WHERE { { SELECT ?a { ?a a kg:Assertion } ORDER BY ?a LIMIT 1 } ?e a kg:Evidence }",
        lose("a", "kg:Assertion").replace("?s a ?o", "?s a kg:Assertion"),
    ],
    "evidence-other": [
        turn("kg:origin", "kg:Evidence", '"rule"'),
        'INSERT { ?s kg:sentence kg:x } WHERE { ?s kg:origin "rule" }',
        'INSERT { ?s prov:wasDerivedFrom kg:x } WHERE { ?s kg:origin "rule" }',
    ],
    "evidence-head-mention": [
        turn("kg:head_mention", "kg:Evidence", "kg:x"),
        "INSERT { ?s kg:head_mention ?o } WHERE { ?s kg:head_mention|kg:tail_mention ?o }",
    ],
    "evidence-tail-mention": [
        turn("kg:tail_mention", "kg:Evidence", "kg:x"),
        "INSERT { ?s kg:tail_mention ?o } WHERE { ?s kg:head_mention|kg:tail_mention ?o }",
    ],
    "activity-extractor": [
        gain("kg:extractor", "prov:Activity", '"one", "two"'),
        turn("kg:extractor", "prov:Activity", '""'),
    ],
    "activity-agent": [
        lose("prov:wasAssociatedWith", "prov:Activity"),
        turn("prov:wasAssociatedWith", "prov:Activity", "kg:x"),
    ],
    "agent-name": [lose("foaf:name", "prov:SoftwareAgent"), gain("foaf:name", "prov:SoftwareAgent", '"gk"')],
    "mention-entity": [turn("itsrdf:taIdentRef", "nif:Phrase", "kg:x")],
    "evidence-same-paper": [turn("prov:wasDerivedFrom", "kg:Evidence", "kg:x")],
    "version-acyclic": [
        f"INSERT {{ ?e kg:version_of ?e }} {ANY}",
        "INSERT { ?s kg:version_of ?o . ?o kg:version_of ?s } WHERE { ?s kg:is_a ?o }",
    ],
    "version-order": [
        gain("kg:version_order", "kg:Method", "0"),
        gain("kg:version_order", "kg:Method", '"3"'),
        gain("kg:version_order", "kg:Method", "3000000, 4000000"),
        gain("kg:version_order", "fabio:ResearchPaper", "3000000"),
    ],
    "broader": [
        f"INSERT {{ ?e skos:broader ?p }} {ANY}",
        f"INSERT {{ ?e skos:broaderTransitive ?p }} {ANY}",
        f"INSERT {{ ?p skos:broader ?e }} {ANY}",
        f"INSERT {{ ?p skos:broaderTransitive ?e }} {ANY}",
    ],
    "broader-stated": ["DELETE { ?s kg:is_a ?o } WHERE { ?s skos:broader ?o }"],
    "broader-complete": [
        "DELETE { ?s skos:broader ?o } WHERE { ?s skos:broader ?o }",
        "DELETE { ?s skos:broader ?o } INSERT { ?s kg:version_of ?o } WHERE { ?s skos:broader ?o }",
    ],
    "broader-acyclic": [
        "INSERT { ?o skos:broaderTransitive ?o } WHERE { ?s skos:broaderTransitive ?o }",
        "INSERT { ?o skos:broader ?s } WHERE { ?s skos:broader ?o }",
    ],
    "broader-founded": [
        "INSERT { ?o skos:broaderTransitive ?s } WHERE { ?s skos:broaderTransitive ?o }",
        "DELETE { ?s skos:broader ?o } WHERE { ?s skos:broader ?o }",
    ],
    "broader-closed": [
        "DELETE { ?s skos:broaderTransitive ?o } WHERE { ?s skos:broaderTransitive ?o }",
        "DELETE { ?s skos:broaderTransitive ?o } WHERE { ?s skos:broader/skos:broader ?o }",
    ],
    "count-entity": [turn("kg:counts", "kg:YearCount", "kg:x"), lose("kg:counts", "kg:YearCount")],
    "count-year": [turn("kg:year", "kg:YearCount", '"then"'), lose("kg:year", "kg:YearCount")],
    "count-papers": [turn("kg:papers", "kg:YearCount", "0"), lose("kg:papers", "kg:YearCount")],
}
CONTROLS |= {
    "count-counted": [
        turn("kg:papers", "kg:YearCount", "9"),
        turn("kg:year", "kg:YearCount", "1999"),
        "DELETE { ?s kg:mentions ?o } WHERE { ?s kg:mentions ?o }",
    ],
    "count-complete": [
        lose("kg:counts", "kg:YearCount"),
        "INSERT { <x:more> kg:counts ?e ; kg:year ?y } WHERE { ?c kg:counts ?e ; kg:year ?y }",
    ],
    "entity-tally": [lose("kg:tally", "skos:Concept"), turn("kg:tally", "skos:Concept", "kg:x")],
    "entity-year-tally": [gain("kg:year_tally", "skos:Concept", "kg:x")],
    "tally-fits": [
        turn("kg:tally_papers", "kg:Tally", "17"),
        turn("kg:tally_kind", "kg:Tally", "kg:Metric"),
    ],
    "year-tally-fits": [
        turn("kg:tally_papers", "kg:YearTally", "17"),
        turn("kg:tally_year", "kg:YearTally", "1999"),
    ],
    "tally-kind": [turn("kg:tally_kind", "kg:Tally", "kg:Evidence"), lose("kg:tally_kind", "kg:Tally")],
    "tally-papers": [turn("kg:tally_papers", "kg:Tally", "-1"), lose("kg:tally_papers", "kg:Tally")],
    "tally-month": [turn("kg:tally_month", "kg:Tally", '"May"')],
    "year-tally-kind": [turn("kg:tally_kind", "kg:YearTally", "kg:x"), lose("kg:tally_kind", "kg:YearTally")],
    "year-tally-papers": [turn("kg:tally_papers", "kg:YearTally", '"1"')],
    "year-tally-year": [turn("kg:tally_year", "kg:YearTally", '"then"'), lose("kg:tally_year", "kg:YearTally")],
    "year-tally-before": [turn("kg:tally_before", "kg:YearTally", "-1"), lose("kg:tally_before", "kg:YearTally")],
    "total-year": [lose("kg:year", "kg:YearTotal"), turn("kg:year", "kg:YearTotal", '"then"')],
    "total-papers": [turn("kg:papers", "kg:YearTotal", "99"), lose("kg:papers", "kg:YearTotal")],
    "paper-surest": [turn("kg:surest", "fabio:ResearchPaper", "1.5")],
    "graph-dataset": [lose("a", "skos:ConceptScheme").replace("?s a ?o }", "?s a void:Dataset }", 1)],
    "graph-title": [lose("dcterms:title", "skos:ConceptScheme"), gain("dcterms:title", "skos:ConceptScheme", '"two"')],
    "graph-license": [turn("dcterms:license", "skos:ConceptScheme", '"free"')],
    "graph-made": [turn("prov:wasGeneratedBy", "skos:ConceptScheme", "kg:x")],
    "graph-threshold": [turn("kg:export_threshold", "skos:ConceptScheme", "1.1")],
    "graph-input": [turn("kg:input_hash", "skos:ConceptScheme", '"md5:00"')],
    "graph-detail": [turn("kg:detail", "skos:ConceptScheme", '"some"')],
    "graph-triples": [turn("void:triples", "skos:ConceptScheme", "0"), lose("void:triples", "skos:ConceptScheme")],
    "graph-papers": [turn("kg:paper_count", "skos:ConceptScheme", "2"), lose("kg:paper_count", "skos:ConceptScheme")],
    "graph-entities": [turn("kg:entity_count", "skos:ConceptScheme", "2"), lose("a", "kg:Metric")],
    "occurrence-statement": [lose("a", "kg:Occurrence").replace("?s a ?o }", "?s a rdf:Statement }", 1)],
    "occurrence-subject": [turn("rdf:subject", "kg:Occurrence", "kg:x"), lose("rdf:subject", "kg:Occurrence")],
    "occurrence-predicate": [turn("rdf:predicate", "kg:Occurrence", "kg:uses")],
    "occurrence-object": [turn("rdf:object", "kg:Occurrence", "kg:x"), lose("rdf:object", "kg:Occurrence")],
    "occurrence-direct": ["DELETE { ?s kg:mentions ?o } WHERE { ?s kg:mentions ?o }"],
    "occurrence-support": [turn("kg:support", "kg:Occurrence", "-1"), lose("kg:support", "kg:Occurrence")],
    "occurrence-confidence": [turn("kg:confidence", "kg:Occurrence", "2.5"), lose("kg:confidence", "kg:Occurrence")],
    "occurrence-salience": [turn("kg:salience", "kg:Occurrence", "-0.1"), lose("kg:salience", "kg:Occurrence")],
    "decision-entity": [turn("kg:decides", "kg:Decision", '"foo"'), lose("kg:decides", "kg:Decision")],
    "decision-first-name": [lose("kg:first_name", "kg:Decision"), gain("kg:first_name", "kg:Decision", '"x"')],
    "decision-second-name": [lose("kg:second_name", "kg:Decision"), turn("kg:second_name", "kg:Decision", "5")],
    "decision-outcome": [turn("kg:outcome", "kg:Decision", '"perhaps"')],
    "decision-reason": [lose("kg:reason", "kg:Decision")],
    "decision-score": [turn("kg:score", "kg:Decision", "1.5"), turn("kg:score", "kg:Decision", '"good"')],
    "exact": [
        'INSERT { ?s kg:exact "[1]" } WHERE { ?s a skos:Concept }',
        "INSERT { ?s kg:exact 5 } WHERE { ?s a kg:Evidence }",
    ],
}
for _name, _kind in (("sentence", "nif:Sentence"), ("mention", "nif:Phrase")):
    CONTROLS |= {
        f"{_name}-paper": [lose("kg:paper", _kind), turn("kg:paper", _kind, "kg:x")],
        f"{_name}-section": [turn("kg:section", _kind, '"body"'), lose("kg:section", _kind)],
        f"{_name}-begin": [turn("nif:beginIndex", _kind, "-1"), turn("nif:beginIndex", _kind, '"0"')],
        f"{_name}-end": [
            "DELETE { ?s nif:endIndex ?o } INSERT { ?s nif:endIndex ?b } "
            f"WHERE {{ ?s a {_kind} ; nif:endIndex ?o ; nif:beginIndex ?b }}",
            lose("nif:endIndex", _kind),
        ],
        f"{_name}-text": [
            turn("nif:anchorOf", _kind, '"else"'),
            lose("nif:anchorOf", _kind),
            lose("dcterms:abstract", "fabio:ResearchPaper"),
        ],
    }

SHAPES = {shape.name: shape for shape in read_shapes()}


def records() -> dict[str, list[Any]]:
    """Give the sample with what only full detail tells."""
    rows = graph_sample.rows()
    foo = graph_sample.ent("foo")
    rows["papers"] = [replace(row, paper=replace(row.paper, key=f"key {row.id}")) for row in rows["papers"]]
    rows["merges"] = [Merge(foo, "Foo", "FOO", "same", "they differ in case", 0.9)]
    return rows


@pytest.fixture(scope="module")
def triples(tmp_path_factory: pytest.TempPathFactory) -> list[ox.Triple]:
    tables = graph_sample.write(tmp_path_factory.mktemp("tables"), records())
    return list(rdf.triples(tables, Config(), rdf.Options(detail="full")))


@pytest.fixture
def store(triples: list[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return store


@pytest.fixture(scope="module")
def shapes_graph() -> rdflib.Graph:
    return rdflib.Graph().parse(ontology_file("shapes.ttl"), format="turtle")


def only(graph: rdflib.Graph, name: str) -> rdflib.Graph:
    """Take one shape out of the shapes, with the prefix declarations."""
    part = rdflib.Graph()
    todo = [rdflib.URIRef(SHAPE + name), rdflib.URIRef(SHAPE.rstrip("#"))]
    while todo:
        node = todo.pop()
        for triple in graph.triples((node, None, None)):
            part.add(triple)
            if isinstance(triple[2], BNode):
                todo.append(triple[2])
    return part


def reference(store: ox.Store, shapes: rdflib.Graph) -> set[str]:
    """Give the nodes that pySHACL finds at fault."""
    import pyshacl

    text = ox.serialize((quad.triple for quad in store), format=ox.RdfFormat.N_TRIPLES) or b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pySHACL and rdflib warn of their own deprecations
        data = rdflib.Graph().parse(data=text, format="nt")
        conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False)
    nodes = {
        str(node)
        for result in report.subjects(RDF.type, SH.ValidationResult)
        for node in report.objects(result, SH.focusNode)
    }
    assert conforms == (not nodes)
    return nodes


def ours(store: ox.Store, shapes: list[Shape]) -> set[str]:
    report = check(store, shapes, NAMES, limit=None)
    return {item.node.value for broken in report.broken for item in broken.violations}


def test_the_sample_conforms_for_both(store: ox.Store, shapes_graph: rdflib.Graph) -> None:
    assert check(store, list(SHAPES.values()), NAMES) == Report(len(SHAPES))
    assert reference(store, shapes_graph) == set()


def test_every_shape_has_a_control_and_a_target(shapes_graph: rdflib.Graph) -> None:
    assert set(CONTROLS) == set(SHAPES)
    nodes = {str(node).removeprefix(SHAPE) for node in shapes_graph.subjects(RDF.type, SH.NodeShape)}
    assert nodes == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_both_find_the_same_faults(name: str, triples: list[ox.Triple], shapes_graph: rdflib.Graph) -> None:
    shapes = only(shapes_graph, name)
    for number, update in enumerate(CONTROLS[name]):
        store = ox.Store()
        store.extend(ox.Quad(*triple) for triple in triples)
        size = len(store)
        before = {str(quad) for quad in store}
        store.update(update, prefixes=NAMES.prefixes)
        assert (len(store), {str(quad) for quad in store}) != (size, before), f"control {number} changes nothing"
        found = ours(store, [SHAPES[name]])
        assert found, f"control {number} breaks nothing"
        assert found == reference(store, shapes), f"control {number}"


def test_validate_reads_a_store_on_disk(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path / "t")
    rdf.build_store(tables, Config(), tmp_path / "store")
    report = validate(tmp_path / "store")
    assert report.conforms
    assert report.text() == f"The graph conforms to all {len(SHAPES)} shapes.\n"
    with pytest.raises(WorkspaceError, match="no readable store"):
        validate(tmp_path / "nothing")


def broken(store: ox.Store, update: str, *names: str, limit: int | None = None) -> Report:
    """Break a graph and check it against some shapes."""
    store.update(update, prefixes=NAMES.prefixes)
    return check(store, [SHAPES[name] for name in names], NAMES, limit=limit)


def test_a_report_for_readers_says_what_is_wrong_and_where(store: ox.Store) -> None:
    report = broken(store, turn("kg:support", "kg:Method", "-1"), "entity-support", "entity-label", limit=2)
    bar, baz = graph_sample.ent("bar"), graph_sample.ent("baz")
    said = 'kg:support "-1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert report.text().splitlines() == [
        "The graph breaks 1 of 2 shapes in 3 places.",
        "",
        "entity-support: an entity has one support, an integer that is not negative (3)",
        f"  {bar}  {said}",
        f"  {baz}  {said}",
        "  ... and 1 more",
    ]
    report = broken(store, lose("kg:support", "kg:Method"), "entity-support", "uses")
    assert f"  {bar}  no kg:support\n" in report.text()
    report = broken(store, "INSERT DATA { kg:x kg:uses kg:y }", "uses")
    assert "  kg:x  kg:y\n" in report.text()


def test_a_report_for_programs_holds_all(store: ox.Store) -> None:
    report = broken(store, "INSERT DATA { kg:x kg:uses kg:y }", "uses", "introduces")
    assert json.loads(report.json()) == {
        "conforms": False,
        "shapes": 2,
        "count": 1,
        "broken": [
            {
                "shape": "uses",
                "message": "uses goes from a paper to an entity",
                "path": "kg:uses",
                "count": 1,
                "violations": [{"node": "kg:x", "value": "kg:y", "found": []}],
            }
        ],
    }
    assert json.loads(Report(3).json()) == {"conforms": True, "shapes": 3, "count": 0, "broken": []}


def test_a_report_in_turtle_is_one_of_shacl(store: ox.Store) -> None:
    report = broken(store, turn("kg:support", "kg:Method", "-1"), "entity-support", limit=2)
    graph = rdflib.Graph().parse(data=report.turtle(), format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(node, SH.conforms) == rdflib.Literal(False)
    assert str(graph.value(node, RDFS.comment)) == "entity-support: 2 of 3 violations are listed"
    results = list(graph.objects(node, SH.result))
    assert len(results) == 2
    for result in results:
        assert graph.value(result, SH.sourceShape) == rdflib.URIRef(SHAPE + "entity-support")
        assert graph.value(result, SH.resultPath) == rdflib.URIRef(NAMES.expand("kg:support"))
        for needed in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.resultMessage):
            assert len(list(graph.objects(result, needed))) == 1
    assert report.turtle() == report.turtle()
    conforming = rdflib.Graph().parse(data=Report(3).turtle(), format="turtle")
    assert set(conforming.objects(None, SH.conforms)) == {rdflib.Literal(True)}


def write(triples: list[ox.Triple], path: Path, form: ox.RdfFormat) -> Path:
    """Write triples as a file, packed where its name says so."""
    data = ox.serialize(triples, format=form) or b""
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_files_are_checked_together(triples: list[ox.Triple], tmp_path: Path) -> None:
    half = len(triples) // 2
    first = write(triples[:half], tmp_path / "one.nt.gz", ox.RdfFormat.N_TRIPLES)
    second = write(triples[half:], tmp_path / "two.v2.ttl", ox.RdfFormat.TURTLE)
    assert validate_files([first, second]).conforms
    assert not validate_files([first]).conforms
    whole = write(triples, tmp_path / "all.rdf", ox.RdfFormat.RDF_XML)
    assert validate_files([whole]).conforms


def test_statements_of_rdf_12_are_checked_as_those_of_rdf_11(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path / "t")
    new = list(rdf.triples(tables, Config(), rdf.Options(rdf12=True)))
    assert any(triple.predicate.value.endswith("#reifies") for triple in new)
    assert validate_files([write(new, tmp_path / "new.nt", ox.RdfFormat.N_TRIPLES)]).conforms


def test_files_that_cannot_be_checked_say_why(tmp_path: Path) -> None:
    for name, data, reason in (
        ("a.docx", b"", "does not tell what RDF"),
        ("a", b"", "does not tell what RDF"),
        ("a.ttl", b"kg:x a", "cannot be read as Turtle"),
        ("a.nt.gz", b"no gzip", "cannot be read as N-Triples"),
        ("b.ttl", b"<x:a> <x:b> <x:c> .", "nothing in it is of a graph of kg"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=reason):
            validate_files([tmp_path / name])


OWN = """
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix kg: <https://w3id.org/paper-kg/ontology#> .
    @prefix ex: <https://example.org/> .
    ex:short a sh:NodeShape ; sh:message "a label is short" ; kg:violation_query \"""
        SELECT ?this ?value WHERE { ?this skos:prefLabel ?value FILTER(STRLEN(?value) > 3) }
    \""" .
"""


def test_the_command_tells_by_its_exit_status(triples: list[ox.Triple], tmp_path: Path) -> None:
    path = str(write(triples, tmp_path / "g.nq", ox.RdfFormat.N_TRIPLES))
    own = tmp_path / "own.ttl"
    own.write_text(OWN, encoding="utf-8")
    run = CliRunner().invoke
    good = run(main, ["validate", path, "--format", "json"])
    assert good.exit_code == 0, good.output
    assert json.loads(good.output)["conforms"]
    bad = run(main, ["validate", path, "--shapes", str(own), "--limit", "1"])
    assert bad.exit_code == 1
    assert "https://example.org/short: a label is short (" in bad.output
    assert "more\n" in bad.output
    own.write_text(OWN.replace("?this skos", "SERVICE <http://localhost:1/> { ?a ?b ?c } ?this skos"), encoding="utf-8")
    refused = run(main, ["validate", path, "--shapes", str(own)])
    assert refused.exit_code == 1
    assert "SERVICE is refused" in refused.output


def test_shapes_without_a_query_are_left_to_pyshacl(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(OWN.replace("kg:violation_query", "kg:other"), encoding="utf-8")
    with pytest.raises(InputError, match=r"example\.org/short has no kg:violation_query"):
        read_shapes(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no sh:NodeShape"):
        read_shapes(path)
