"""The W3C tests of SPARQL 1.1 that apply to a read-only endpoint, against a running `kg serve`.

Each set of data is published as a new build, which the server follows, so this is a test of that too.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from kg.serve import negotiate
from kg.workspace import Workspace
from tests import w3c_sparql
from tests.serving import Reply, Served, publish_quads, serving
from tests.w3c_sparql import BASE, Case

pytestmark = pytest.mark.slow

SHARED = Path(os.environ.get("KG_SHARED") or Path(__file__).resolve().parents[2] / "shared")
ROOT = SHARED / "reference" / "w3c-sparql11"
CASES = w3c_sparql.cases(ROOT) if ROOT.is_dir() else []

READ_ONLY = (
    "SPARQL 1.1 Protocol, section 2: a service answers query or update operations; this one has no update operation"
)

ZERO_LENGTH = (
    "SPARQL 1.1 Query, section 18.4, ZeroLengthPath: a path of no step joins a term with itself, in the graph or not; "
    "Oxigraph leaves terms out that no triple holds"
)
LANGUAGE = (
    "SPARQL 1.1 Query, section 18.5.1.7: GROUP_CONCAT gives a simple literal; Oxigraph keeps a language that all share"
)
GRAPH_VARIABLE = (
    "SPARQL 1.1 Query, section 18.6: GRAPH ?g { P } joins P with the name of each named graph; Oxigraph gives the name "
    "to triple patterns alone, not to a subquery or VALUES"
)

#: Test -> why it fails, with the clause that allows or asks for what we do; a test that passes after all is an error.
EXPLAINED: dict[str, str] = {
    "protocol/update_dataset_default_graph": READ_ONLY,
    "protocol/update_dataset_default_graphs": READ_ONLY,
    "protocol/update_dataset_named_graphs": READ_ONLY,
    "protocol/update_dataset_full": READ_ONLY,
    "protocol/update_post_form": READ_ONLY,
    "protocol/update_post_direct": READ_ONLY,
    "protocol/update_base_uri": READ_ONLY,
    "aggregates/agg-empty-group-count-graph": GRAPH_VARIABLE,
    "bindings/graph": GRAPH_VARIABLE,
    "aggregates/agg-groupconcat-04": LANGUAGE,
    "aggregates/agg-groupconcat-06": LANGUAGE,
    "property-path/zero_or_more_set_end": ZERO_LENGTH,
    "property-path/zero_or_more_set_start": ZERO_LENGTH,
    "property-path/zero_or_one_set_end": ZERO_LENGTH,
    "property-path/zero_or_one_set_start": ZERO_LENGTH,
    "negation/graph-minus": (
        "SPARQL 1.1 Query, section 18.6: MINUS inside GRAPH ?g compares the variables of its two sides, and g is none "
        "of them; Oxigraph counts it, so the sides are not disjoint"
    ),
    "csv-tsv-res/tsv03": (
        "RDF 1.1 Semantics, section 7: a store may recognise datatypes; Oxigraph keeps -3 as an xsd:integer, whose "
        "value is that of the xsd:negativeInteger"
    ),
    "functions/bnode01": (
        "SPARQL 1.1 Query, section 17.4.2.9: BNODE(text) makes another node in each solution; Oxigraph makes one for "
        "each text"
    ),
}

#: Graphs that tests of the protocol name without giving data for them; no result depends on what they hold.
NAMED = [f"http://kasei.us/2009/09/sparql/data/data{number}.rdf" for number in range(4)]


@pytest.fixture(scope="module")
def space(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("w3c") / "space")
    publish_quads(made, [])
    return made


@pytest.fixture(scope="module")
def server(space: Workspace) -> Iterator[Served]:
    with serving(space.path, "--concurrency", "1") as served:
        yield served


@pytest.fixture(scope="module")
def load(space: Workspace) -> Callable[[Case], None]:
    """Publish the data of a test unless it is there."""
    present: list[Any] = []

    def publish(case: Case) -> None:
        key = (case.data, case.graphs)
        if present != [key]:
            quads = w3c_sparql.quads(ROOT, case)
            publish_quads(space, quads, w3c_sparql.empty_graphs([name for name, _ in case.graphs], quads))
            present[:] = [key]

    return publish


def judge(name: str, passed: bool, what: object) -> None:
    """Fail a test that fails without a reason, or passes with one."""
    if name in EXPLAINED:
        assert not passed, f"{name} passes: take it out of EXPLAINED"
        pytest.xfail(EXPLAINED[name])
    assert passed, what


def test_the_explained_tests_exist(shared: Path) -> None:
    names = {case.name for case in CASES} | {f"protocol/{name}" for name in _protocol()}
    assert set(EXPLAINED) <= names
    assert len(CASES) > 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_query(case: Case, server: Served, load: Callable[[Case], None]) -> None:
    load(case)
    query = w3c_sparql.text(ROOT, case)
    if case.result is None:
        reply = server.query(query)
        judge(case.name, reply.status == 400, reply)
    else:
        reply = server.query(query, accept=w3c_sparql.accepted(case.result))
        passed = reply.status == 200 and w3c_sparql.same(case.result, reply.body)
        judge(case.name, passed, (reply.status, reply.text[:2000], query, case.result.read_text("utf-8")[:2000]))


def _protocol() -> dict[str, tuple[Any, Any]]:
    """Give the tests of the protocol by name."""
    from rdflib import RDF, URIRef

    if not ROOT.is_dir():
        return {}
    graph = w3c_sparql.manifest(ROOT / "protocol")
    tests = sorted(graph.subjects(RDF.type, URIRef(w3c_sparql.MF + "ProtocolTest")))
    return {str(test).rpartition("#")[2]: (graph, test) for test in tests}


def _send(server: Served, graph: Any, request: Any) -> Reply:
    """Send a request of a test of the protocol."""
    from rdflib import Namespace
    from rdflib.collection import Collection

    ht, cnt = Namespace("http://www.w3.org/2011/http#"), Namespace("http://www.w3.org/2011/content#")
    headers: dict[str, str] = {}
    if (listed := graph.value(request, ht.headers)) is not None:
        for header in Collection(graph, listed):
            name = str(graph.value(header, ht.fieldName)).lower().replace("-", "_")
            headers[name] = str(graph.value(header, ht.fieldValue))
    body = None
    if (content := graph.value(request, ht.body)) is not None:
        encoding = str(graph.value(content, cnt.characterEncoding))
        body = str(graph.value(content, cnt.chars)).encode(encoding)
    path = urlsplit(str(graph.value(request, ht.absolutePath)))
    address = "/sparql/" + (f"?{path.query}" if path.query else "")
    return server.ask(address, method=str(graph.value(request, ht.methodName)), body=body, **headers)


def _fits(graph: Any, response: Any, reply: Reply) -> bool:
    """Tell whether a reply is as a test of the protocol expects."""
    from rdflib import URIRef

    def expected(name: str) -> set[str]:
        return {str(node).rpartition("#")[2] for node in graph.objects(response, URIRef(w3c_sparql.MF + name))}

    statuses = {text.removeprefix("StatusCode") for text in expected("expectedStatus")}
    fits = any(str(reply.status) == text or f"{reply.status // 100}xx" == text for text in statuses)
    tables, graphs = ({media for media, _ in offers} for offers in (negotiate.BINDINGS, negotiate.GRAPHS))
    kinds = {"boolean": tables, "tabular": tables, "RDF": graphs}
    for kind in expected("expectedFormat"):
        fits = fits and reply.media in kinds[kind]
    for truth in expected("expectedBoolean"):
        fits = fits and reply.status == 200 and json.loads(reply.body)["boolean"] == (truth in ("true", "True"))
    return fits


@pytest.mark.parametrize("name", _protocol())
def test_the_protocol(name: str, server: Served, space: Workspace) -> None:
    from rdflib import Namespace
    from rdflib.collection import Collection

    ht = Namespace("http://www.w3.org/2011/http#")
    graph, test = _protocol()[name]
    quads = []
    for number in (1, 2, 3):
        data = (ROOT / "protocol" / f"data{number}.nt").read_bytes()
        for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES):
            quads.append(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(NAMED[number])))
    publish_quads(space, quads, NAMED)
    action = graph.value(test, Namespace(w3c_sparql.MF).action)
    requests = list(Collection(graph, graph.value(action, ht.requests)))
    assert requests
    replies = [(request, _send(server, graph, request)) for request in requests]
    passed = all(_fits(graph, graph.value(request, ht.resp), reply) for request, reply in replies)
    judge(f"protocol/{name}", passed, [(reply.status, reply.media, reply.text[:500]) for _, reply in replies])


def test_the_service_description(server: Served, space: Workspace) -> None:
    """The three tests: RDF by GET, the endpoint it is of, and the terms as the vocabulary has them."""
    publish_quads(space, [ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal("c"), ox.NamedNode(f"{BASE}g"))])
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for path in ("/sparql", "/sparql/"):
        reply = server.ask(path)
        assert reply.media == "text/turtle"
        triples = {
            (q.subject.value, q.predicate.value, q.object.value) for q in ox.parse(reply.body, ox.RdfFormat.TURTLE)
        }
        services = {s for s, p, o in triples if o == f"{sd}Service"}
        assert {o for s, p, o in triples if p == f"{sd}endpoint" and s in services} == {f"{server.url}{path}"}
        types = {s: o for s, p, o in triples if p.endswith("#type")}
        ranges = {"defaultDataset": "Dataset", "defaultGraph": "Graph", "namedGraph": "NamedGraph", "graph": "Graph"}
        for name, kind in ranges.items():
            targets = [o for _, p, o in triples if p == sd + name]
            assert targets
            assert all(types[target] == sd + kind for target in targets), name
        assert (f"{sd}name", f"{BASE}g") in {(p, o) for _, p, o in triples}
