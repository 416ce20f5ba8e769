"""The ontology says what everything is, and everything written is in it."""

import re
from pathlib import Path

import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, URIRef

from kg.config import Config
from kg.exporters import rdf
from kg.model import GRAPH_RELATIONS, KINDS, RELATIONS
from kg.namespaces import FIXED, ONTOLOGY
from kg.vocabulary import ontology_file
from tests import graph_sample

KG = rdflib.Namespace(ONTOLOGY)
SCHEMA = rdflib.Namespace(FIXED["schema"])
GRAPH = rdflib.Graph().parse(ontology_file("kg.ttl"), format="turtle")
TERMS = {term for term in GRAPH.subjects(RDF.type) if str(term).startswith(ONTOLOGY)}
PROPERTIES = {term for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for term in GRAPH.subjects(RDF.type, kind)}


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
    assert list(GRAPH.objects(ontology, OWL.versionIRI))
    assert not list(GRAPH.triples((None, OWL.imports, None)))


def test_the_graph_uses_no_term_that_is_not_defined(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path)
    used = {term.value for triple in rdf.triples(tables, Config()) for term in triple if hasattr(term, "value")}
    ours = {iri for iri in used if iri.startswith(ONTOLOGY) and iri != ONTOLOGY}
    assert {URIRef(iri) for iri in ours} <= TERMS


def test_shapes_and_recipes_use_no_term_that_is_not_defined() -> None:
    from kg.query import RECIPES

    texts = [ontology_file("shapes.ttl").read_text("utf-8"), *(recipe.text for recipe in RECIPES.values())]
    used = {name for text in texts for name in re.findall(r"\bkg:(\w+)", text)}
    assert {KG[name] for name in used} <= TERMS
