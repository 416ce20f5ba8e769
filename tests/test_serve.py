"""The SPARQL Protocol as clients meet it: methods, forms of answers, refusals, and the clients people use."""

import http.client
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from kg.namespaces import ONTOLOGY
from kg.serve import negotiate, protocol
from kg.serve.protocol import Problem
from kg.workspace import Workspace
from tests import graph_sample
from tests.graph_sample import HOSTILE
from tests.serving import Served, hearing, publish, serving
from tests.test_query import ATTACKS

FORM = "application/x-www-form-urlencoded"
SELECT = "SELECT ?label { ?e a kg:Method ; skos:prefLabel ?label } ORDER BY ?label"
CONSTRUCT = "CONSTRUCT { ?e skos:prefLabel ?label } { ?e a kg:Method ; skos:prefLabel ?label }"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    publish(Workspace(folder / "space"), graph_sample.write(folder / "tables"))
    return folder / "space"


@pytest.fixture(scope="module")
def server(space: Path) -> Iterator[Served]:
    with serving(space) as served:
        yield served


def labels(body: bytes, format: ox.QueryResultsFormat) -> list[str]:
    return [row["label"].value for row in ox.parse_query_results(body, format=format)]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("text/*", "text/xml"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.4", "text/csv"),
        ("text/tab-separated-values, text/csv", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0, */*", "application/json"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("text/csv;q=0.001, text/html", "text/csv"),
        ("text/csv; header=present; q=0.2, */*;q=0.1", "text/csv"),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("text/csv;q=2", None),
        ("*/*;q=0", None),
        ("nonsense", None),
    ],
)
def test_the_form_of_an_answer_is_negotiated(accept: str | None, media: str | None) -> None:
    chosen = negotiate.choose(accept, negotiate.BINDINGS)
    assert (chosen and chosen[0]) == media


@pytest.mark.parametrize(
    ("accept", "media", "format"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("application/json", "application/json", ox.QueryResultsFormat.JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
        ("text/tab-separated-values", "text/tab-separated-values", ox.QueryResultsFormat.TSV),
    ],
)
def test_bindings_come_in_each_form(server: Served, accept: str, media: str, format: ox.QueryResultsFormat) -> None:
    query = "SELECT ?label { ?e a skos:Concept ; skos:prefLabel ?label }"
    reply = server.query(query, accept=accept)
    assert (reply.status, reply.media) == (200, media)
    assert sorted(labels(reply.body, format)) == sorted(
        [*HOSTILE, "Foo", "Bar", "Baz", "tuning", "DigitSet", "accuracy"]
    )


def test_bindings_come_as_csv(server: Served) -> None:
    reply = server.query(SELECT, accept="text/csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body == b"label\r\nBar\r\nBaz\r\nFoo\r\n"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_truth_comes_as_json_and_xml(server: Served, accept: str) -> None:
    reply = server.query("ASK { ?e a kg:Method }", accept=accept)
    assert reply.media == accept
    assert b"true" in reply.body


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_graphs_come_in_each_form(server: Served, accept: str, format: ox.RdfFormat) -> None:
    for query in (CONSTRUCT, "DESCRIBE ?e { ?e a kg:Method }"):
        reply = server.query(query, accept=accept)
        assert (reply.status, reply.media) == (200, accept)
        found = {quad.object.value for quad in ox.parse(reply.body, format=format)}
        assert {"Foo", "Bar", "Baz"} <= found


def test_a_query_is_taken_by_get_form_and_body(server: Served) -> None:
    got = server.query(SELECT)
    form = server.ask(method="POST", body=urlencode({"query": SELECT}).encode(), content_type=FORM)
    direct = server.ask(method="POST", body=SELECT.encode(), content_type="application/sparql-query; charset=utf-8")
    assert got.status == form.status == direct.status == 200
    assert got.body == form.body == direct.body


def test_a_query_in_any_script_is_taken(server: Served) -> None:
    query = 'SELECT ("Größe 𝔽 שלום" AS ?label) {}'
    for reply in (
        server.query(query),
        server.ask(method="POST", body=query.encode(), content_type="application/sparql-query"),
        server.ask(method="POST", body=urlencode({"query": query}).encode(), content_type=FORM),
    ):
        assert labels(reply.body, ox.QueryResultsFormat.JSON) == ["Größe 𝔽 שלום"]


def test_head_gives_the_headers_alone(server: Served) -> None:
    path = f"/sparql?query={quote(SELECT)}"
    got, head = server.ask(path), server.ask(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(got.body))
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("PUT", "/sparql", b"x", {}, 405),
        ("DELETE", "/sparql", None, {}, 405),
        ("PATCH", "/sparql", b"x", {}, 405),
        ("POST", "/sparql", b"ASK {}", {}, 415),
        ("POST", "/sparql", b"ASK {}", {"content_type": "text/plain"}, 415),
        ("POST", "/sparql", b"ASK {}", {"content_type": "multipart/form-data; boundary=x"}, 415),
        (
            "POST",
            "/sparql",
            "ASK {}".encode("utf-16"),
            {"content_type": "application/sparql-query;charset=utf-16"},
            415,
        ),
        ("POST", "/sparql", b"ASK { ?s ?p '\xe9' }", {"content_type": "application/sparql-query"}, 400),
        ("POST", "/sparql", b"query=ASK%20%7B%20%3Fs%20%3Fp%20%27%E9%27%7D", {"content_type": FORM}, 400),
        ("POST", "/sparql", b"other=1", {"content_type": FORM}, 400),
        ("POST", "/sparql", b"query=ASK%7B%7D&query=ASK%7B%7D", {"content_type": FORM}, 400),
        ("POST", "/sparql", b"query=ASK%7B%7D&update=CLEAR%20ALL", {"content_type": FORM}, 403),
        ("POST", "/sparql", b"update=CLEAR%20ALL", {"content_type": FORM}, 403),
        ("POST", "/sparql", b"CLEAR ALL", {"content_type": "application/sparql-update"}, 403),
        ("GET", "/sparql?update=CLEAR%20ALL", None, {}, 403),
        ("GET", "/sparql?query=CLEAR%20ALL", None, {}, 403),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, {}, 400),
        ("GET", "/sparql?query=", None, {}, 400),
        ("GET", "/sparql?query=SELECT", None, {}, 400),
        ("GET", "/sparql?query=ASK%7B%7D", None, {"accept": "text/html"}, 406),
        ("GET", "/sparql?query=ASK%7B%7D", None, {"accept": "text/turtle"}, 406),
        ("GET", f"/sparql?query={quote(CONSTRUCT)}", None, {"accept": "text/csv"}, 406),
        ("GET", "/sparql", None, {"accept": "image/png"}, 406),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=http%3A%2F%2Fe.example%2F", None, {}, 403),
        ("GET", "/sparql?query=ASK%7B%7D&named-graph-uri=http%3A%2F%2Fe.example%2F", None, {}, 403),
    ],
)
def test_what_cannot_be_answered_has_its_status(
    server: Served, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    reply = server.ask(path, method=method, body=body, **headers)
    assert reply.status == status
    assert reply.media == "text/plain"
    assert len(reply.body) > 10
    assert status != 405 or reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_bad_query_is_told_its_place(server: Served) -> None:
    reply = server.query("SELECT ?x {\n  ?x a kg:Metod\n}")
    assert reply.status == 400
    assert "line 2, column 8" in reply.text
    assert "did you mean kg:Method?" in reply.text


def test_what_is_too_large_is_not_read(server: Served) -> None:
    long = b"ASK { } # " + b"x" * protocol.MAX_BODY
    assert server.ask(method="POST", body=long, content_type="application/sparql-query").status == 413
    assert server.ask(method="POST", body=long[:200_000], content_type="application/sparql-query").status == 413
    assert server.query("ASK {}").status == 200


def test_a_body_without_a_length_is_cut_off(server: Served) -> None:
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    chunks = (b"x" * 65536 for _ in range(64))
    try:
        connection.request("POST", "/sparql", chunks, {"Content-Type": "application/sparql-query"}, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server hung up on what it would not read
    finally:
        connection.close()
    assert status == 413
    assert server.query("ASK {}").status == 200


def test_the_dataset_of_a_request_is_the_one_asked(server: Served) -> None:
    ontology = ONTOLOGY[:-1]
    ask = "ASK { kg:Method rdfs:label ?label }"
    assert b"false" in server.query(ask).body
    assert b"true" in server.query(ask, **{"default-graph-uri": ontology}).body
    named = "ASK { GRAPH ?g { kg:Method rdfs:label ?label } }"
    assert b"true" in server.query(named).body
    assert b"true" in server.query(named, **{"named-graph-uri": ontology}).body
    assert b"false" in server.query(named, **{"default-graph-uri": ontology}).body


def test_any_web_page_may_ask_and_read(server: Served) -> None:
    reply = server.ask(f"/sparql?query={quote(SELECT)}", origin="http://app.example")
    assert reply.headers["access-control-allow-origin"] == "*"
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    before = server.ask("/sparql", method="OPTIONS", origin="http://app.example", **asked)
    assert before.status == 200
    assert "POST" in before.headers["access-control-allow-methods"]
    assert "content-type" in before.headers["access-control-allow-headers"]
    assert server.ask("/sparql", method="OPTIONS").status == 204
    refused = server.ask("/sparql?query=nonsense", origin="http://app.example")
    assert refused.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "format"), [("text/turtle", ox.RdfFormat.TURTLE), ("application/ld+json", ox.RdfFormat.JSON_LD)]
)
def test_the_service_describes_itself(server: Served, accept: str, format: ox.RdfFormat) -> None:
    reply = server.ask("/sparql", accept=accept)
    assert reply.media == accept
    triples = {(q.subject.value, q.predicate.value, q.object.value) for q in ox.parse(reply.body, format=format)}
    sd, service = "http://www.w3.org/ns/sparql-service-description#", f"{server.url}/sparql#service"
    assert (service, f"{sd}endpoint", f"{server.url}/sparql") in triples
    assert (service, f"{sd}supportedLanguage", f"{sd}SPARQL11Query") in triples
    assert ONTOLOGY[:-1] in {o for _, p, o in triples if p == f"{sd}name"}


def test_a_browser_is_led_to_the_query_page(server: Served) -> None:
    reply = server.ask("/sparql", accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert (reply.status, reply.headers["location"]) == (307, "/query")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7878", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_another_name_for_this_machine_is_refused(server: Served, host: str) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/", "/graph"):
        reply = server.ask(path, host=host)
        assert reply.status == 421
        assert b"head" not in reply.body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:7878", "127.0.0.1:1", "[::1]:7878"])
def test_the_names_of_this_machine_are_answered(server: Served, host: str) -> None:
    assert server.ask("/sparql?query=ASK%7B%7D", host=host).status == 200


def test_every_attack_is_refused_and_nothing_is_sent(server: Served) -> None:
    with hearing() as (port, seen):
        for name, text in ATTACKS.items():
            query = text.replace("PORT", str(port))
            for reply in (
                server.query(query),
                server.ask(method="POST", body=query.encode(), content_type="application/sparql-query"),
                server.ask(method="POST", body=urlencode({"query": query}).encode(), content_type=FORM),
                server.ask(method="POST", body=urlencode({"update": query}).encode(), content_type=FORM),
                server.ask(method="POST", body=query.encode(), content_type="application/sparql-update"),
            ):
                assert reply.status in (400, 403), name
        for graph in (f"http://127.0.0.1:{port}/", "file:///etc/passwd"):
            for way in ("default-graph-uri", "named-graph-uri", "using-graph-uri"):
                reply = server.query("SELECT * { ?s ?p ?o }", **{way: graph})
                assert b"root:" not in reply.body
                assert reply.status == (200 if way == "using-graph-uri" else 403)
        assert seen == []


def test_a_raw_request_that_is_none_hurts_nobody(server: Served) -> None:
    parts = urlsplit(server.url)
    for raw in (b"\x00\xff\r\n\r\n", b"GET /sparql?query=\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", b"G" * 100_000):
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as client:
            client.sendall(raw)
            client.settimeout(60)
            try:
                answer = client.recv(12)
            except ConnectionResetError:
                answer = b""
            assert answer in (b"", b"HTTP/1.1 400")
    assert server.query("ASK {}").status == 200


def test_reading_a_request_says_what_is_wrong() -> None:
    with pytest.raises(Problem, match="no UTF-8") as caught:
        protocol.read("GET", b"query=%FF", "", b"")
    assert caught.value.status == 400
    assert protocol.read("GET", b"", "", b"") is None
    read = protocol.read(
        "POST", b"named-graph-uri=http://e/1", protocol.FORM, b"query=ASK%7B%7D&named-graph-uri=http://e/2"
    )
    assert read is not None
    assert read.named_graphs == ("http://e/1", "http://e/2")


def test_curl_is_answered(server: Served) -> None:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("no curl: apt-get install curl")
    ways = (["--data-urlencode", f"query={SELECT}"], ["-G", "--data-urlencode", f"query={SELECT}"])
    for way in ways:
        command = [program, "-sf", "-H", "Accept: text/csv", f"{server.url}/sparql", *way]
        assert subprocess.run(command, check=True, capture_output=True).stdout == b"label\r\nBar\r\nBaz\r\nFoo\r\n"


def test_sparqlwrapper_is_answered(server: Served) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    for method, way in (("GET", wrapper.URLENCODED), ("POST", wrapper.URLENCODED), ("POST", wrapper.POSTDIRECTLY)):
        client = wrapper.SPARQLWrapper(f"{server.url}/sparql")
        client.setMethod(method)
        client.setRequestMethod(way)
        client.setQuery(SELECT)
        for form in (wrapper.JSON, wrapper.XML, wrapper.CSV, wrapper.TSV):
            client.setReturnFormat(form)
            found = client.queryAndConvert()
            text = (
                json.dumps(found) if form == wrapper.JSON else found.toxml() if form == wrapper.XML else found.decode()
            )
            assert all(name in text for name in ("Bar", "Baz", "Foo"))
        client.setQuery(CONSTRUCT)
        client.setReturnFormat(wrapper.TURTLE)
        assert b"prefLabel" in client.queryAndConvert()
        client.setQuery("SELECT nonsense")
        client.setReturnFormat(wrapper.JSON)
        with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed):
            client.query()


def test_rdflib_is_answered(server: Served) -> None:
    from rdflib import Graph
    from rdflib.namespace import SKOS
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    for method in ("GET", "POST", "POST_FORM"):
        for form in ("xml", "json", "csv", "tsv"):
            store = SPARQLStore(f"{server.url}/sparql", method=method, returnFormat=form)
            graph = Graph(store)
            assert [str(row[0]) for row in graph.query(SELECT)] == ["Bar", "Baz", "Foo"]
            if form == "xml":
                assert len(set(graph.subjects(SKOS.prefLabel))) == 6 + len(HOSTILE)
                assert (None, SKOS.prefLabel, None) in graph
                assert len(graph.query(CONSTRUCT).graph or ()) == 3
