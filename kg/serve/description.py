"""The service description (https://www.w3.org/TR/sparql11-service-description/): what the endpoint can do."""

from collections.abc import Iterator

import pyoxigraph as ox

from kg.namespaces import FIXED
from kg.query import Worker

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RDF_TYPE = ox.NamedNode(FIXED["rdf"] + "type")

#: Forms of answers, as the list of file formats of the W3C names them (https://www.w3.org/ns/formats/).
RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)

_WRITTEN = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}

#: Numbers of triples of the default graph and of each named one.
_GRAPHS = """SELECT ?graph ?triples {
  { SELECT (COUNT(*) AS ?triples) { ?s ?p ?o } } UNION
  { SELECT ?graph (COUNT(*) AS ?triples) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph }
} ORDER BY ?graph"""


def describe(worker: Worker, address: str, form: str) -> bytes:
    """Write the description of the endpoint at ``address``, with the graphs of the worker's store."""
    counts = [(graph, triples.value) for graph, triples in worker.run(_GRAPHS, ours=True).terms()]
    triples = dict.fromkeys(_triples(address, counts))
    prefixes = {name: FIXED[name] for name in ("void", "xsd")} | {"sd": _SD, "formats": _FORMATS}
    return ox.serialize(triples, format=_WRITTEN[form], prefixes=prefixes) or b""


def _triples(address: str, graphs: list[tuple[ox.NamedNode | None, str]]) -> Iterator[ox.Triple]:
    """Give the triples of a description; the parts of the service are named by fragments of its address."""

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(_SD + name)

    def part(name: str) -> ox.NamedNode:
        return ox.NamedNode(f"{address}#{name}")

    service, dataset = part("service"), part("dataset")
    yield ox.Triple(service, _RDF_TYPE, sd("Service"))
    yield ox.Triple(service, sd("endpoint"), ox.NamedNode(address))
    yield ox.Triple(service, sd("supportedLanguage"), sd("SPARQL11Query"))
    for form in RESULT_FORMATS:
        yield ox.Triple(service, sd("resultFormat"), ox.NamedNode(_FORMATS + form))
    yield ox.Triple(service, sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, _RDF_TYPE, sd("Dataset"))
    for number, (name, count) in enumerate(graphs):
        graph = part(f"graph-{number}")
        size = ox.Literal(count, datatype=ox.NamedNode(FIXED["xsd"] + "integer"))
        yield ox.Triple(graph, _RDF_TYPE, sd("Graph"))
        yield ox.Triple(graph, ox.NamedNode(FIXED["void"] + "triples"), size)
        if name is None:
            yield ox.Triple(dataset, sd("defaultGraph"), graph)
            continue
        named = part(f"named-{number}")
        yield ox.Triple(dataset, sd("namedGraph"), named)
        yield ox.Triple(named, _RDF_TYPE, sd("NamedGraph"))
        yield ox.Triple(named, sd("name"), name)
        yield ox.Triple(named, sd("graph"), graph)
