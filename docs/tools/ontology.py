"""Write docs/reference/ontology.html from ontology/kg.ttl with pyLODE (https://github.com/RDFLib/pyLODE).

``python -m docs.tools.ontology`` writes the page; with ``--check`` it tells whether it is stale, by exit status too.
It needs no network, and the same ontology gives the same bytes.
"""

import argparse
import sys
from pathlib import Path

import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kg.namespaces import FIXED, ONTOLOGY

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "ontology" / "kg.ttl"
PAGE = ROOT / "docs" / "reference" / "ontology.html"

#: Links to terms of others that pyLODE does not show, and what to call them.
ALIGNED = {SKOS.closeMatch: "Close match", RDFS.seeAlso: "See also"}


def own_terms() -> rdflib.Graph:
    """Read the ontology for the page: terms of others are not listed as ours, alignments are notes."""
    graph = rdflib.Graph().parse(SOURCE, format="turtle")
    for prefix, iri in FIXED.items():
        graph.bind(prefix, iri, replace=True)
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
        for term in list(graph.subjects(RDF.type, kind)):
            if not str(term).startswith(ONTOLOGY):
                graph.remove((term, RDF.type, kind))
    for term in set(graph.subjects()):
        for link, words in ALIGNED.items():
            names = sorted(other.n3(graph.namespace_manager) for other in graph.objects(term, link))
            if names:
                graph.add((term, SKOS.note, rdflib.Literal(f"{words}: {', '.join(names)}")))
    return graph


def page() -> str:
    """Give the page."""
    from pylode.profiles.ontpub import OntPub

    return str(OntPub(ontology=own_terms(), sort_subjects=True).make_html()).rstrip() + "\n"


def main() -> int:
    """Write the page, or tell whether it is stale."""
    parser = argparse.ArgumentParser(description="Write docs/reference/ontology.html from the ontology.")
    parser.add_argument("--check", action="store_true", help="write nothing; tell whether the page is stale")
    text = page()
    if parser.parse_args().check:
        stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
        if stale:
            print("stale: ontology.html; run `make docs`")
        return 1 if stale else 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
