"""The shapes: pySHACL and our queries agree on a graph that conforms and on one that breaks each shape."""

import warnings
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import BNode
from rdflib.namespace import RDF, SH

from kg.config import Config
from kg.errors import WorkspaceError
from kg.exporters import rdf
from kg.namespaces import Namespaces
from kg.validate import Report, Shape, Violation, check, read_shapes, validate
from kg.vocabulary import ontology_file
from tests import graph_sample

NAMES = Namespaces()
SHAPE = "https://w3id.org/paper-kg/shapes#"

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
    "entity-support": [
        lose("kg:support", "skos:Concept"),
        turn("kg:support", "skos:Concept", "-1"),
        turn("kg:support", "skos:Concept", '"many"'),
    ],
    "entity-support-counted": [turn("kg:support", "kg:Method", "17"), turn("kg:support", "kg:Method", "0")],
    **{name: [f"{insert} {ANY}"] for name, insert in TO_PAPER.items()},
    "mentions": [f"INSERT {{ ?p kg:mentions ?p }} {ANY}", f"INSERT {{ ?e kg:mentions ?e }} {ANY}"],
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
    "assertion-confidence": [
        turn("kg:confidence", "kg:Assertion", "1.01"),
        turn("kg:confidence", "kg:Assertion", "-0.5"),
        turn("kg:confidence", "kg:Assertion", '"high"'),
        lose("kg:confidence", "kg:Assertion"),
    ],
    "assertion-polarity": [turn("kg:polarity", "kg:Assertion", '"maybe"'), lose("kg:polarity", "kg:Assertion")],
    "assertion-evidence": [lose("kg:evidence", "kg:Assertion"), turn("kg:evidence", "kg:Assertion", "kg:x")],
    "assertion-polarity-of-evidence": [turn("kg:polarity", "kg:Evidence", '"negated"')],
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
    "broader-acyclic": ["INSERT { ?o skos:broaderTransitive ?o } WHERE { ?s skos:broaderTransitive ?o }"],
    "broader-closed": [
        "DELETE { ?s skos:broaderTransitive ?o } WHERE { ?s skos:broaderTransitive ?o }",
        "DELETE { ?s skos:broaderTransitive ?o } WHERE { ?s skos:broader/skos:broader ?o }",
    ],
    "count-entity": [turn("kg:counts", "kg:YearCount", "kg:x"), lose("kg:counts", "kg:YearCount")],
    "count-year": [turn("kg:year", "kg:YearCount", '"then"'), lose("kg:year", "kg:YearCount")],
    "count-papers": [turn("kg:papers", "kg:YearCount", "0"), lose("kg:papers", "kg:YearCount")],
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


@pytest.fixture(scope="module")
def triples(tmp_path_factory: pytest.TempPathFactory) -> list[ox.Triple]:
    return list(rdf.triples(graph_sample.write(tmp_path_factory.mktemp("tables")), Config()))


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
    return {NAMES.expand(item.node) for item in check(store, shapes, NAMES).violations}


def test_the_sample_conforms_for_both(store: ox.Store, shapes_graph: rdflib.Graph) -> None:
    assert check(store, list(SHAPES.values()), NAMES) == Report(len(SHAPES), ())
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


def test_the_report_lists_and_counts() -> None:
    found = tuple(Violation("s", "a message", f"entity:{number:03}", "9") for number in range(25))
    text = Report(3, (*found, Violation("t", "another", "entity:x"))).text()
    assert text.startswith("The graph breaks 2 of 3 shapes in 26 places.")
    assert "s: a message (25)" in text
    assert "  entity:000  9\n" in text
    assert "... and 5 more" in text
    assert "t: another (1)\n  entity:x\n" in text
