"""Queries from users: what is refused, what is answered, and that nothing ever leaves the machine."""

import io
import json
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.config import Config
from kg.errors import (
    QueryBusyError,
    QueryCancelledError,
    QueryError,
    QueryFormError,
    QueryMemoryError,
    QueryRefusedError,
    QueryRowsError,
    QueryTimeError,
    WorkspaceError,
)
from kg.exporters import rdf
from kg.namespaces import FIXED, Namespaces
from kg.query import FORMATS, MEDIA, RECIPES, Pool, Result, Worker, open_graph, recipe, run, schema
from kg.query import screen as layout
from kg.query.recipes import ask
from kg.query.standard import PREFIXES, USED, unused
from tests import graph_sample
from tests.builds import spoil
from tests.graph_sample import ent

#: Queries with which others read files or send requests; PORT is where a listener waits.
ATTACKS = {
    "service": "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "lower case": "select * { service silent <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "in optional": "SELECT * { ?a a ?b OPTIONAL { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in union": "SELECT * { { ?a a ?b } UNION { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in subselect": "SELECT * { { SELECT * { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } } }",
    "in exists": "SELECT * { ?a a ?b FILTER EXISTS { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in not exists": "ASK { ?a a ?b FILTER NOT EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in bind": "SELECT * { ?a a ?b BIND(EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } AS ?c) }",
    "in minus": "SELECT * { ?a a ?b MINUS { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in graph": "SELECT * { GRAPH ?g { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in service": "SELECT * { SERVICE ?x { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "in construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "in describe": "DESCRIBE ?s WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "in having": "SELECT ?a { ?a a ?b } GROUP BY ?a HAVING (EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } })",
    "in order": "SELECT * { ?a a ?b } ORDER BY (EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } })",
    "variable": "SELECT * { VALUES ?x { <http://127.0.0.1:PORT/> } SERVICE ?x { ?s ?p ?o } }",
    "escaped": "SELECT * { \\u0053ERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "after an escaped quote": 'SELECT * { ?a a "x\\u0022 } #" . SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }',
    "after a comment": "SELECT * { ?a a ?b # x\r SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o }\n}",
    "after a hash in an IRI": "SELECT * { ?a <http://e/#x> ?b . SERVICE <http://127.0.0.1:PORT/#> { ?s ?p ?o } }",
    "after a hash in text": "SELECT * { ?a ?b '#' . SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "after a quote in a comment": "SELECT * { # '\n SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } # '\n }",
    "lateral": "SELECT * { ?a a ?b LATERAL { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "from": "SELECT * FROM <http://127.0.0.1:PORT/> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <http://127.0.0.1:PORT/> { GRAPH ?g { ?s ?p ?o } }",
    "from with a prefix": "PREFIX x: <http://127.0.0.1:PORT/> SELECT * FROM x:y { ?s ?p ?o }",
    "from with a base": "BASE <http://127.0.0.1:PORT/> SELECT * FROM <y> { ?s ?p ?o }",
    "from a file": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "load": "LOAD <http://127.0.0.1:PORT/>",
    "load silent": "LOAD SILENT <http://127.0.0.1:PORT/> INTO GRAPH <http://e/>",
    "load a file": "LOAD <file:///etc/passwd>",
    "insert": "INSERT DATA { <http://e/> <http://e/> <http://e/> }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "insert from service": "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "drop": "DROP ALL",
    "clear": "CLEAR DEFAULT",
    "query and update": "SELECT * { ?s ?p ?o } ; DROP ALL",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query")
    rdf.build_store(graph_sample.write(folder / "tables"), Config(), folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def worker(store: Path) -> Iterator[Worker]:
    with Worker(store, Config(query_seconds=60.0)) as worker:
        yield worker


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """Wait for requests on loopback; give the port and the list of what came."""
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def wait() -> None:
            while not stop.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                seen.append(str(address))
                connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        yield server.getsockname()[1], seen
        stop.set()
        thread.join()


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused(name: str, worker: Worker, listener: tuple[int, list[str]]) -> None:
    port, seen = listener
    with pytest.raises(QueryError, match=r"refused"):
        worker.run(ATTACKS[name].replace("PORT", str(port)))
    assert not seen


WORDS = {
    "in a comment": "SELECT * { # SERVICE <http://127.0.0.1:PORT/> { }\n ?s a kg:Method }",
    "in text": "SELECT * { ?s a kg:Method FILTER(STR(?s) != 'SERVICE <http://127.0.0.1:PORT/>') }",
    "in long text": 'SELECT * { ?s a kg:Method FILTER(STR(?s) != """FROM <http://127.0.0.1:PORT/> LOAD INSERT""") }',
    "in an IRI": "SELECT * { ?s a kg:Method MINUS { ?s a <http://127.0.0.1:PORT/#SERVICE> } }",
    "as a variable": "SELECT * { ?service a kg:Method }",
    "as a prefix": "PREFIX service: <http://127.0.0.1:PORT/> SELECT * { ?s a kg:Method MINUS { ?s service:load ?o } }",
}


@pytest.mark.parametrize("name", WORDS)
def test_words_of_attacks_are_none_where_they_do_nothing(
    name: str, worker: Worker, listener: tuple[int, list[str]]
) -> None:
    port, seen = listener
    assert worker.run(WORDS[name].replace("PORT", str(port))).rows == 3
    assert not seen


@pytest.mark.parametrize("means", ["lock_down(8 << 30)", "forbid_files()", "pass"])
def test_the_process_cannot_send_a_request_even_unchecked(
    means: str, store: Path, listener: tuple[int, list[str]]
) -> None:
    port, seen = listener
    code = f"""
        import pyoxigraph as ox
        from kg.query.sandbox import forbid_files, lock_down
        store = ox.Store.read_only({str(store)!r})
        {means}
        assert bool(store.query("ASK {{ ?s ?p ?o }}"))
        try:
            list(store.query("SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"))
        except OSError as error:
            print("failed")
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert ran.stdout == "failed\n"
    time.sleep(0.1)
    # Without the sandbox the request is sent: the listener does notice one.
    assert bool(seen) == (means == "pass")


def test_a_query_is_killed_at_the_time_limit_and_the_next_one_answered(store: Path) -> None:
    with Worker(store, Config(query_seconds=1.0)) as worker:
        started = time.monotonic()
        with pytest.raises(QueryError, match="took longer than 1 s"):
            worker.run(ENDLESS)
        assert time.monotonic() - started < 2.0
        assert worker.run("ASK {}").truth


def test_a_query_that_kills_its_process_is_an_error(store: Path) -> None:
    deep = "SELECT * { " + "{ " * 15_000 + "} " * 15_000 + "}"
    with Worker(store) as worker:
        with pytest.raises(QueryError, match=r"refused|ended"):
            worker.run(deep)
        assert worker.run("ASK {}").truth


#: Counts what no machine counts within the limits of the tests.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_each_trouble_has_an_error_of_its_own(store: Path) -> None:
    with Worker(store) as worker:
        with pytest.raises(QueryRefusedError):
            worker.run("LOAD <http://127.0.0.1:1/>")
        with pytest.raises(QueryRefusedError, match="the store has no such graph"):
            worker.run("ASK {}", default_graphs=["http://127.0.0.1:1/"])
        with pytest.raises(QueryRowsError):
            worker.run("SELECT * { ?s ?p ?o }", rows=1)
        with pytest.raises(QueryFormError, match="json, csv, tsv, xml"):
            worker.run("SELECT * { ?s ?p ?o }", forms={"graph": "ttl"})
        with pytest.raises(QueryTimeError, match=r"longer than 0\.5 s"):
            worker.run(ENDLESS, seconds=0.5)
        with pytest.raises(QueryError) as caught:
            worker.run("SELECT * {")
        assert type(caught.value) is QueryError


def test_a_query_beyond_the_memory_is_an_error_and_the_next_one_answered(store: Path) -> None:
    with Worker(store, memory=400 << 20) as worker:
        with pytest.raises(QueryMemoryError, match="memory"):
            worker.run("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g")
        assert worker.run("ASK {}").truth


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "xml"])
def test_the_child_writes_the_form_that_is_asked_for(form: str, worker: Worker) -> None:
    text = "SELECT ?l ?n { ?e skos:prefLabel ?l ; kg:support ?n } ORDER BY ?l"
    plain, made = worker.run(text), worker.run(text, forms={"bindings": form})
    assert made.body == plain.serialize(form)
    assert (made.form, made.media, made.rows) == (form, MEDIA[form], plain.rows)
    if form == "csv":
        with pytest.raises(QueryFormError, match="ask for json, tsv or xml"):
            made.values()
    else:
        assert made.values() == plain.values()


def test_graphs_may_be_named_beside_the_query(worker: Worker) -> None:
    text = "SELECT ?label { kg:Method rdfs:label ?label }"
    assert worker.run(text).rows == 0
    assert worker.run(text, default_graphs=[rdf.ONTOLOGY_GRAPH]).rows == 1
    named = "SELECT ?g { GRAPH ?g { kg:Method rdfs:label ?label } }"
    assert worker.run(named, named_graphs=[rdf.ONTOLOGY_GRAPH]).rows == 1


def test_any_thread_may_call_a_query_off(store: Path) -> None:
    with Worker(store) as worker:
        timer = threading.Timer(1.0, worker.cancel)
        timer.start()
        with pytest.raises(QueryCancelledError):
            worker.run(ENDLESS)
        timer.join()
        assert worker.run("ASK {}").truth
        worker.cancel()
        assert worker.run("ASK {}").truth


def test_a_pool_gives_each_query_a_worker_and_replaces_those_that_ended(store: Path) -> None:
    pool = Pool(store, Config(query_seconds=60.0), size=2, waiting=8)
    pool.start()
    try:
        with pool.worker() as first, pool.worker() as second:
            assert first is not second
            assert pool.load == (2, 0)
            with pytest.raises(QueryBusyError, match="no process was free"):
                pool.run("ASK {}", patience=0.1)
            pool.waiting = 0
            with pytest.raises(QueryBusyError, match="0 queries wait already"):
                pool.run("ASK {}")
            pool.waiting = 8
        with pytest.raises(QueryTimeError):
            pool.run(ENDLESS, seconds=0.5)
        answers: list[int] = []
        threads = [
            threading.Thread(target=lambda: answers.append(pool.run("SELECT * { ?s a kg:Method }", patience=60.0).rows))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [3, 3, 3]
    finally:
        pool.close()
    with pytest.raises(QueryBusyError, match="no more queries"):
        pool.run("ASK {}")


def test_a_graph_older_than_a_recipe_is_an_error_and_no_empty_answer(worker: Worker) -> None:
    with pytest.raises(QueryError, match=r"older kg and lacks kg:later; run `kg build`"):
        worker.run("SELECT * { ?s kg:later ?o }", ours=True)
    assert worker.run('SELECT * { ?s kg:search_form "kg:later \\" kg:x" }', ours=True).rows == 0


def test_the_schema_tells_what_there_is(worker: Worker) -> None:
    rows = {(row["what"], row["name"]): row for row in schema(worker).values()}
    assert rows["class", "kg:Method"]["count"] == worker.run("SELECT ?s { ?s a kg:Method }").rows == 3
    assert rows["class", "kg:Method"]["example"].startswith("entity:")
    assert rows["property", "kg:support"]["meaning"]
    assert "'" in rows["property", "skos:prefLabel"]["example"]
    used = worker.run("SELECT DISTINCT ?p { ?s ?p ?o }").values()
    assert {name for what, name in rows if what == "property"} == {row["p"] for row in used}


def test_a_long_result_is_an_error_and_no_short_answer(store: Path) -> None:
    with Worker(store, Config(query_rows=3)) as worker:
        assert worker.run("SELECT ?s { ?s a kg:Method }").rows == 3
        with pytest.raises(QueryError, match="more than 3 rows"):
            worker.run("SELECT ?s { ?s a skos:Concept }")
        with pytest.raises(QueryError, match="more than 3 triples"):
            worker.run("CONSTRUCT { ?s a skos:Concept } WHERE { ?s a skos:Concept }")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "SELECT * {\n  ?s kg:introduce ?o }",
            "line 2, column 6: the ontology has no kg:introduce; did you mean kg:introduces",
        ),
        ("PREFIX x: <https://w3id.org/paper-kg/ontology#> ASK { ?s x:uzes ?o }", "no x:uzes; did you mean x:uses"),
        ("ASK { ?s a kg:Metod }", "did you mean kg:Method"),
        ("ASK { ?s a kg:Paper }", "the ontology has no kg:Paper; did you mean fabio:ResearchPaper?"),
        ("ASK { ?s a kg:dataset }", "did you mean kg:Dataset?"),
        ("ASK { ?s rdf:type kg:author }", "did you mean foaf:Person?"),
        ("ASK { ?s kg:use ?o }", "did you mean kg:uses?"),
        ("ASK { ?s skoss:prefLabel ?o }", "line 1, column 10: unknown prefix 'skoss:'; did you mean skos"),
        ("SELECT * { ?s ?p ?o", "line 1, column 20"),
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "The SELECT contains a variable that is unbound"),
        ("", "line 1, column 1"),
        ("x" * 100_001, "at most 100000"),
    ],
)
def test_errors_point_at_the_place(query: str, message: str, worker: Worker) -> None:
    with pytest.raises(QueryError) as caught:
        worker.run(query)
    assert message in str(caught.value)


def test_graphs_of_the_store_may_be_named(worker: Worker) -> None:
    query = f"SELECT ?label FROM <{rdf.ONTOLOGY_GRAPH}> {{ kg:Method rdfs:label ?label }}"
    assert worker.run(query).values() == [{"label": "method"}]
    assert worker.run("ASK { kg:Method rdfs:label ?label }").truth is False


def test_words_in_text_are_no_attack(worker: Worker) -> None:
    assert worker.run('ASK { ?s skos:prefLabel "SERVICE <http://e/> { }" }').truth is False


def test_values_are_plain(worker: Worker) -> None:
    rows = worker.run(
        "SELECT ?e ?l ?n ?x (1.5 AS ?d) (true AS ?t) { ?e skos:prefLabel 'Foo', ?l ; kg:support ?n }"
    ).values()
    assert [{**row, "d": float(row["d"])} for row in rows] == [
        {"e": ent("foo"), "l": "Foo", "n": 3, "x": None, "d": 1.5, "t": True}
    ]


@pytest.mark.parametrize("format", ["json", "tsv", "xml"])
def test_every_form_of_bindings_holds_the_same(format: str, worker: Worker) -> None:
    result = worker.run("SELECT * { ?s ?p ?o OPTIONAL { ?o skos:prefLabel ?l } }")
    forms = {"json": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV, "xml": ox.QueryResultsFormat.XML}
    again = ox.parse_query_results(result.serialize(format), forms[format])
    names = result.variables
    assert [tuple(row[name] for name in names) for row in again] == list(result.terms())
    assert result.rows == len(list(result.terms()))


def test_csv_truth_and_graphs(worker: Worker) -> None:
    assert worker.run("SELECT ?l { <http://e/> ?p ?l }").serialize("csv") == b"l\r\n"
    truth = worker.run("ASK { ?s a kg:Method }")
    assert json.loads(truth.serialize("json")) == {"head": {}, "boolean": True}
    assert truth.values() == [{"result": True}]
    graph = worker.run("DESCRIBE ?s { ?s skos:prefLabel 'C++' }")
    assert graph.kind == "graph"
    forms = {
        "ttl": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "jsonld": ox.RdfFormat.JSON_LD,
        "rdf": ox.RdfFormat.RDF_XML,
    }
    triples = [{quad.triple for quad in ox.parse(graph.serialize(name), form)} for name, form in forms.items()]
    assert triples[0] == triples[1] == triples[2] == triples[3] != set()
    assert b"skos:prefLabel" in graph.serialize("ttl")
    assert set(FORMATS) == {"json", "csv", "tsv", "xml", *forms}
    with pytest.raises(QueryError, match="use ttl, nt, jsonld, rdf"):
        graph.serialize("csv")
    with pytest.raises(QueryError, match="use json, csv, tsv, xml"):
        truth.serialize("ttl")


def test_a_table_shows_markup_as_it_is(worker: Worker) -> None:
    from rich.console import Console

    console = Console(width=200, record=True, file=io.StringIO())
    console.print(worker.run("SELECT ?l { ?e skos:prefLabel ?l } ORDER BY ?l").table())
    text = console.export_text()
    assert "<b>&amp;" in text
    assert "C++" in text


def test_a_label_in_another_case_is_noted_where_nothing_is_found(worker: Worker) -> None:
    (note,) = worker.run('SELECT ?e { ?e skos:prefLabel "foo" }').notes
    assert 'kg:search_form "foo"' in note
    assert worker.run('SELECT ?e { ?e kg:search_form "foo" }').rows
    assert worker.run('SELECT ?e { ?e skos:prefLabel "Foo" }').notes == ()


def screen(names: list[str], rows: list[list[object]], width: int, *, nodes: tuple[str, ...] = ()) -> list[str]:
    from rich.console import Console

    console = Console(width=width, record=True, file=io.StringIO())
    console.print(layout.table(layout.columns(names, rows, nodes=nodes, brief=True), width))
    return console.export_text().splitlines()


SENTENCE = "We run Net and Tree on Digits and on Letters, and find that neither of them reads what it was shown before."


@pytest.mark.parametrize("width", [60, 80, 140, 200])
def test_a_table_fits_the_screen_and_loses_nothing(width: int) -> None:
    names = ["subject_label", "relation", "object_label", "support", "confidence", "sentence", "subject", "object"]
    rows: list[list[object]] = [["Net", "outperforms", "Tree", 2, Decimal("0.8449"), SENTENCE, "entity:n", "entity:t"]]
    lines = screen(names, rows, width, nodes=("subject", "object"))
    text = "\n".join(lines)
    assert max(map(len, lines)) <= width
    assert "entity:" not in text
    assert "…" not in text
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines[3:-1]]
    assert cells[0][:1] == ["Net"] and cells[0][3:5] == ["2", "0.84"]
    assert "".join(part for row in cells for part in row[5].split()) == "".join(SENTENCE.split())
    if width >= 80:
        assert cells[0][:3] == ["Net", "outperforms", "Tree"]
        assert len(cells) <= 5
        assert re.search(r"│ *2 ?│ *0\.84 ?│", lines[3])


def test_a_node_that_nothing_names_is_shown(worker: Worker) -> None:
    assert "paper:x" in "\n".join(screen(["paper", "sentence"], [["paper:x", SENTENCE]], 80, nodes=("paper",)))
    table = worker.run("SELECT ?entity ?label { ?entity skos:prefLabel ?label }").table(brief=True)
    assert [column.header for column in table.columns] == ["label"]


def test_a_screen_too_narrow_for_all_columns_still_shows_them() -> None:
    names = [f"column{number}" for number in range(9)]
    lines = screen([*names, "sentence"], [[*["some words"] * 9, SENTENCE]], 80)
    assert max(map(len, lines)) <= 80
    assert "…" not in "\n".join(lines)


def test_no_store_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no store"):
        run(tmp_path / "none", "ASK {}")
    (tmp_path / "empty").mkdir()
    with pytest.raises(QueryError, match="no readable store"):
        run(tmp_path / "empty", "ASK {}")


@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
def test_a_damaged_store_is_told_and_not_taken_for_a_lack_of_memory(store: Path, tmp_path: Path, how: str) -> None:
    shutil.copytree(store, tmp_path / "store")
    for path in (tmp_path / "store").glob("*.sst"):
        spoil(path, how)
    with pytest.raises(QueryError, match=r"Corruption.*run `kg build` again"):
        run(tmp_path / "store", "SELECT * { ?s ?p ?o }")
    if how != "changed":  # what is damaged within is met by queries only
        with pytest.raises(WorkspaceError, match=r"no readable store.*run `kg build` again"):
            open_graph(tmp_path / "store")


def test_open_graph_is_the_export(store: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of its own deprecations
        graph = open_graph(store)
        tables = graph_sample.write(store.parent / "again")
        assert len(graph) == len(list(rdf.triples(tables, Config())))
        rows = list(graph.query("SELECT ?e { ?e skos:prefLabel 'C++' }"))
    assert len(rows) == 1


# ---------------------------------------------------------------- recipes


def labels(result: Result, column: str) -> list[str]:
    return [row[column] for row in result.values()]


def test_every_recipe_runs_with_its_examples(worker: Worker) -> None:
    for name, recipe_ in RECIPES.items():
        assert recipe_.title
        assert recipe_.help.endswith(".")
        given = {"entity": "Foo", "paper": "2101.00001", "author": "Bo Brown", "category": "cs.LG"}
        params = {p.name: given.get(p.type, p.example) for p in recipe_.parameters}
        text = [p.name for p in recipe_.parameters if p.name != "limit" and f"?{p.name}" not in recipe_.text]
        assert not text, f"{name}: {text}"
        ask(worker, name, params)


def test_recipes_answer(worker: Worker, store: Path) -> None:
    assert labels(ask(worker, "introduced-by", {"name": "FOO METHOD"}), "sentence") == [
        "We present Foo, a way to tune."
    ]
    assert labels(ask(worker, "top", {"kind": "Dataset"}), "label") == ["DigitSet"]
    assert len(ask(worker, "top", {"limit": "2"}).values()) == 2
    assert labels(ask(worker, "evaluated-on", {"name": "digitset"}), "subject_label") == [
        "Baz",
        "Foo: tuning with 𝔽ewer numbers",
    ]
    assert labels(ask(worker, "measured-by", {"name": "baz"}), "metric_label") == ["accuracy"]
    assert ask(worker, "measured-by", {"name": "baz", "threshold": "0.8"}).rows == 0
    assert ask(worker, "lineage", {"name": "foo", "threshold": "0"}).values()[-1]["label"] == "Baz"
    assert ask(worker, "related", {"paper": "Foo: Tuning with 𝔽ewer numbers"}).values()[0]["common"] == 4
    assert ask(worker, "related", {"paper": "https://arxiv.org/abs/2101.00001v3"}).rows == 1
    years = [(row["year"], row["kind"], row["introduced"]) for row in ask(worker, "new-per-year", {}).values()]
    assert years == [(2021, "Method", 1), (2022, "Method", 1)]
    assert recipe(store, "rising", {"year": "2022"}).values()[0]["gain"] == 2


def test_rules_are_left_out_of_claims_unless_asked_for(worker: Worker) -> None:
    relations = labels(ask(worker, "evidence", {"name": "baz"}), "relation")
    assert "is_a" not in relations
    rows = ask(worker, "evidence", {"name": "baz", "inferred": "yes", "relation": "is_a"}).values()
    assert [(row["origin"], row["sentence"]) for row in rows] == [("rule", None)]
    assert labels(ask(worker, "evidence", {"name": "bar"}), "polarity") == ["negated"]


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("introduced-by", {"name": 'x" } UNION { ?s ?p ?o'}, "no entity is called"),
        ("introduced-by", {"name": "entity:foo> } UNION { ?s ?p ?o"}, "no entity is called"),
        ("introduced-by", {"name": "fooo"}, r"did you mean 'Foo'\?"),
        ("introduced-by", {}, "introduced-by needs name"),
        ("top", {"limits": "3"}, "did you mean limit"),
        ("top", {"limit": "3 OFFSET 2"}, "must be a number"),
        ("top", {"kind": "Thing"}, "one of Method"),
        ("evidence", {"name": "foo", "inferred": "perhaps"}, "yes or no"),
        ("related", {"paper": '"'}, "no paper has"),
        ("tpo", {}, "did you mean top"),
    ],
)
def test_wrong_parameters_are_explained(name: str, params: dict[str, str], message: str, worker: Worker) -> None:
    with pytest.raises(QueryError, match=message):
        ask(worker, name, params)


def test_entities_may_be_named_by_curie_or_iri(worker: Worker) -> None:
    by_curie = ask(worker, "introduced-by", {"name": ent("foo")})
    iri = worker.names.expand(ent("foo"))
    assert ask(worker, "introduced-by", {"name": iri}).body == by_curie.body != b""


def test_the_well_known_terms_are_those_of_an_exported_graph(tmp_path: Path) -> None:
    found = set()
    for triple in rdf.triples(graph_sample.write(tmp_path), Config()):
        found.add(triple.predicate.value)
        if triple.predicate.value == FIXED["rdf"] + "type":
            found.add(triple.object.value)
    names = map(Namespaces().compress, found)
    assert {name for name in names if name.partition(":")[0] in PREFIXES} == set(USED)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("skos:prefLabels", "skos:prefLabel"),
        ("skos:preflabel", "skos:prefLabel"),
        ("dcterms:issue", "dcterms:issued"),
        ("rdfs:label", "skos:prefLabel"),
        ("nif:anchorof", "nif:anchorOf"),
        ("prov:wasDerivedfrom", "prov:wasDerivedFrom"),
        ("foaf:person", "foaf:Person"),
    ],
)
def test_a_misspelt_term_is_answered_with_a_note(worker: Worker, name: str, meant: str) -> None:
    (note,) = worker.run(f"SELECT * {{ ?s {name} ?o }}").notes
    assert note == f"the graph does not use {name}; did you mean {meant}?"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s skos:prefLabel ?o ; dcterms:title ?t ; owl:sameAs ?x }",
        "SELECT * { GRAPH ?g { ?s rdfs:label ?o } } LIMIT 1",
        "CONSTRUCT { ?s rdfs:label ?o } WHERE { ?s skos:prefLabel ?o }",
    ],
)
def test_terms_in_use_and_of_other_graphs_get_no_note(worker: Worker, query: str) -> None:
    assert worker.run(query).notes == ()


def test_a_prefix_of_nobody_is_no_business_of_ours() -> None:
    assert unused(["https://example.org/x", ""]) == []


def test_a_result_can_be_gone_through(worker: Worker) -> None:
    result = worker.run("SELECT ?l { ?x a kg:Dataset ; skos:prefLabel ?l }")
    assert [row["l"] for row in result] == ["DigitSet"]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_truth_value_ends_its_line(worker: Worker, form: str) -> None:
    assert worker.run("ASK { ?s ?p ?o }").serialize(form) == b"true\n"
