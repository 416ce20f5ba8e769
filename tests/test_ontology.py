"""The ontology says what everything is, and everything written is in it."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, VANN, VOID, XSD, URIRef

from kg.config import Config
from kg.exporters import rdf
from kg.model import GRAPH_RELATIONS, KINDS, RELATIONS, Evidence, Merge, Relation
from kg.namespaces import FIXED, ONTOLOGY, Namespaces
from kg.vocabulary import ontology_file
from tests import graph_sample

KG = rdflib.Namespace(ONTOLOGY)
SCHEMA = rdflib.Namespace(FIXED["schema"])
GRAPH = rdflib.Graph().parse(ontology_file("kg.ttl"), format="turtle")
TERMS = {term for term in GRAPH.subjects(RDF.type) if str(term).startswith(ONTOLOGY)}
PROPERTIES = {term for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for term in GRAPH.subjects(RDF.type, kind)}
PROPERTIES &= TERMS

#: Terms that no graph uses, and why.
UNUSED = {"violation_query": "the shapes use it"}

#: What the reasoner writes about a contradiction.
ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"

#: Axioms -> what both of their sides must be declared as.
AXIOMS = {
    RDFS.subClassOf: {OWL.Class},
    OWL.disjointWith: {OWL.Class},
    RDFS.subPropertyOf: {OWL.ObjectProperty, OWL.DatatypeProperty},
}

#: What may annotate: skos:closeMatch joins the names of classes as things, which OWL 2 DL allows.
ANNOTATIONS = {OWL.AnnotationProperty, OWL.ObjectProperty}

#: Vocabularies that rdflib knows in full.
CLOSED = (DCTERMS, OWL, PROV, RDFS, SDO, SH, SKOS, VANN, VOID)

#: Terms of other vocabularies, as their pages list them.
KNOWN = {
    "http://www.w3.org/ns/mls#": set("Algorithm Dataset EvaluationMeasure Model Software Task".split()),
    "https://w3id.org/cskg/ontology#": set(
        "Material Method Metric Statement Task TimeObservation frequency hasSupport hasTimeObservation usesMaterial"
        " year".split()
    ),
    "http://www.w3.org/2005/11/its/rdf#": {"taAnnotatorsRef", "taConfidence", "taIdentRef"},
    "http://www.nanopub.org/nschema#": {"Assertion"},
}

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in FIXED.items())

#: Axioms of the vocabularies that graphs use, as their specifications give them.
FOREIGN = """
    skos:Concept owl:disjointWith skos:ConceptScheme, skos:Collection .
    skos:broader rdfs:subPropertyOf skos:broaderTransitive .
    skos:broaderTransitive a owl:TransitiveProperty ; rdfs:subPropertyOf skos:semanticRelation .
    skos:semanticRelation rdfs:domain skos:Concept ; rdfs:range skos:Concept .
    skos:inScheme rdfs:range skos:ConceptScheme .
    prov:Entity owl:disjointWith prov:Activity .
    prov:wasDerivedFrom rdfs:domain prov:Entity ; rdfs:range prov:Entity .
    prov:wasGeneratedBy rdfs:domain prov:Entity ; rdfs:range prov:Activity .
    prov:wasAssociatedWith rdfs:domain prov:Activity ; rdfs:range prov:Agent .
    prov:SoftwareAgent rdfs:subClassOf prov:Agent .
    foaf:Person owl:disjointWith foaf:Organization, foaf:Project .
    foaf:page rdfs:range foaf:Document .
    nif:Phrase rdfs:subClassOf nif:String .
    nif:Sentence rdfs:subClassOf nif:String .
    nif:anchorOf a owl:DatatypeProperty ; rdfs:domain nif:String .
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> rdflib.Graph:
    """Export the sample in full detail."""
    records = graph_sample.rows()
    foo, bar = graph_sample.ent("foo"), graph_sample.ent("bar")
    records["papers"] = [replace(row, paper=replace(row.paper, key="k")) for row in records["papers"]]
    records["entities"] = [replace(row, version_order=3 * (row.id == foo)) for row in records["entities"]]
    records["merges"] = [Merge(foo, "Foo", "FOO", "same", "they differ in case", 0.9)]
    done = {row.type for row in records["relations"]}
    missing = [(*SAMPLE_ENDS.get(name, (foo, bar)), name) for name in (*RELATIONS, "version_of") if name not in done]
    records["relations"] += [Relation(head, name, tail, 0, 1.0) for head, tail, name in missing]
    said = [*missing, (foo, bar, "based_on")]  # the last contradicts the sample's denial
    records["evidence"] += [Evidence(h, name, t, f"e{name}", "rule", "test 1", 1.0) for h, t, name in said]
    records = {name: graph_sample.ordered(name, rows) for name, rows in records.items()}
    tables = graph_sample.write(tmp_path_factory.mktemp("tables"), records)
    found = rdf.triples(tables, Config(), rdf.Options(detail="full"))
    return rdflib.Graph().parse(data=ox.serialize(found, format=ox.RdfFormat.N_TRIPLES), format="nt")


#: Ends of relations that the sample lacks, where two methods will not do.
SAMPLE_ENDS = {
    "addresses": (graph_sample.paper(graph_sample.FIRST), graph_sample.ent("tuning")),
    "uses": (graph_sample.paper(graph_sample.FIRST), graph_sample.ent("bar")),
    "compares_with": (graph_sample.paper(graph_sample.FIRST), graph_sample.ent("bar")),
}


def test_every_kind_and_relation_is_defined() -> None:
    classes = set(GRAPH.subjects(RDF.type, OWL.Class))
    assert {KG[kind] for kind in KINDS} <= classes
    assert {KG[name] for name in (*RELATIONS, *GRAPH_RELATIONS)} <= PROPERTIES
    for kind in ("Task", "Metric"):
        assert (KG[kind], RDFS.subClassOf, KG.Concept) in GRAPH


def test_every_term_has_label_comment_and_example() -> None:
    for term in TERMS:
        for wanted in (RDFS.label, RDFS.comment, SKOS.example):
            assert len(list(GRAPH.objects(term, wanted))) == 1, (term, wanted)


def test_every_property_says_what_it_joins() -> None:
    for term in PROPERTIES:
        assert list(GRAPH.objects(term, SCHEMA.domainIncludes)), term
        assert list(GRAPH.objects(term, SCHEMA.rangeIncludes)), term


def test_domains_and_ranges_are_those_of_the_model() -> None:
    for name, (heads, tails) in RELATIONS.items():
        head = URIRef(FIXED["fabio"] + "ResearchPaper") if heads == ("PAPER",) else SKOS.Concept
        assert set(GRAPH.objects(KG[name], SCHEMA.domainIncludes)) == {head}, name
        assert set(GRAPH.objects(KG[name], SCHEMA.rangeIncludes)) == {KG[tails[0]] if tails else SKOS.Concept}, name


def test_it_is_versioned_and_imports_nothing() -> None:
    (ontology,) = GRAPH.subjects(RDF.type, OWL.Ontology)
    (version,) = GRAPH.objects(ontology, OWL.versionInfo)
    assert list(GRAPH.objects(ontology, OWL.versionIRI)) == [URIRef(f"{ontology}/{version}")]
    created, modified = (GRAPH.value(ontology, term) for term in (DCTERMS.created, DCTERMS.modified))
    assert created.datatype == modified.datatype == XSD.date
    assert created <= modified
    assert not list(GRAPH.triples((None, OWL.imports, None)))


def test_the_graph_uses_each_term_and_none_that_is_not_defined(full: rdflib.Graph) -> None:
    used = {term for triple in full for term in triple if str(term).startswith(ONTOLOGY) and str(term) != ONTOLOGY}
    parts = set(full.objects(None, URIRef(f"{VOID}class"))) | set(full.objects(None, VOID.property))
    assert used <= TERMS
    assert TERMS - used == set(map(KG.term, UNUSED))
    assert {term for term in parts if str(term).startswith(ONTOLOGY)} <= used


def test_each_foreign_term_is_in_the_vocabulary_that_it_names() -> None:
    for term in {term for triple in GRAPH for term in triple if isinstance(term, URIRef)}:
        for space in CLOSED:
            assert not str(term).startswith(str(space)) or str(term) == str(space) or term in space, term
        for space, names in KNOWN.items():
            assert not str(term).startswith(space) or str(term).removeprefix(space) in names, term


def consequences(*texts: str) -> rdflib.Graph:
    """Give what follows by the rules of OWL 2 RL from the ontology, what it builds on, and more."""
    graph = rdflib.Graph()
    for triple in GRAPH:
        graph.add(triple)
    for text in (FOREIGN, *texts):
        graph.parse(data=PREFIXES + text, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def faults(graph: rdflib.Graph) -> list[str]:
    """Say what the reasoner found to be contradictory."""
    found = [str(text) for text in graph.objects(None, URIRef(ERROR))]
    return found + [f"{node} is in no class" for node in graph.subjects(RDF.type, OWL.Nothing)]


def test_ontology_and_graph_are_consistent(full: rdflib.Graph) -> None:
    graph = consequences(full.serialize(format="nt"))
    assert faults(graph) == []
    lora = URIRef(Namespaces().expand(graph_sample.ent("foo")))
    assert (lora, RDF.type, SKOS.Concept) in graph
    first = URIRef(Namespaces().expand(graph_sample.paper(graph_sample.FIRST)))
    assert (first, SCHEMA.mentions, lora) in graph  # kg:introduces is a way to mention


@pytest.mark.parametrize(
    "text",
    [
        "<x:a> a kg:Method, kg:Dataset .",
        "<x:a> a kg:Task, kg:Metric .",
        "<x:a> a kg:Task, kg:Method .",
        "<x:a> a kg:Assertion, kg:Evidence .",
        "<x:a> a kg:Method, skos:ConceptScheme .",
        "<x:a> a kg:Evidence, prov:Activity .",
        "<x:a> kg:evidence <x:b> . <x:a> a prov:Activity .",
    ],
)
def test_the_reasoner_finds_contradictions(text: str) -> None:
    assert faults(consequences(text))


def test_it_keeps_to_owl_2_rl_but_for_statements() -> None:
    """Only named classes and properties, declared, in the axioms that every profile of OWL 2 has.

    One step goes beyond: rdf:Statement is a word of RDF itself, which OWL 2 DL reserves.
    """
    kinds = {term: set(GRAPH.objects(term, RDF.type)) for term in set(GRAPH.subjects())}
    declared = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology}
    assert all(len(found) == 1 and found <= declared for found in kinds.values())
    beyond = set()
    for axiom, same in AXIOMS.items():
        for left, right in GRAPH.subject_objects(axiom):
            if not (kinds[left] == kinds.get(right) and kinds[left] <= same):
                beyond.add(right)
    assert beyond == {RDF.Statement}
    others = set(GRAPH.predicates()) - set(AXIOMS) - {RDF.type, RDFS.label, RDFS.comment, RDFS.seeAlso}
    header = {OWL.versionIRI, OWL.versionInfo, OWL.priorVersion, OWL.backwardCompatibleWith}
    assert {term for term in others - header if not kinds.get(term, set()) & ANNOTATIONS} == set()


def test_shapes_and_recipes_use_no_term_that_is_not_defined() -> None:
    from kg.query import RECIPES

    texts = [ontology_file("shapes.ttl").read_text("utf-8"), *(recipe.text for recipe in RECIPES.values())]
    used = {name for text in texts for name in re.findall(r"\bkg:(\w+)", text)}
    assert {KG[name] for name in used} <= TERMS


def test_the_page_for_browsers_is_that_of_the_ontology_and_needs_no_network() -> None:
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-m", "docs.tools.ontology", "--check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    text = (root / "docs" / "reference" / "ontology.html").read_text(encoding="utf-8")
    for term in TERMS:
        assert str(term) in text, term
    assert not re.search(r"<(script|img|iframe)[^>]* src=[\"']http|<link[^>]* href=[\"']http|@import", text)
    assert "Close match: cskg:Metric, mls:EvaluationMeasure" in text
