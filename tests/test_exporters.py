"""The RDF formats: every reader sees the same triples, whatever the labels, and the same input gives the same bytes."""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from kg.config import Config
from kg.errors import KGError
from kg.exporters import EXPORTERS, rdf
from kg.exporters.blocks import lines, triples
from kg.exporters.characters import legal
from kg.exporters.claims import strength
from kg.exporters.description import dataset_iri
from kg.exporters.sorting import Sorter
from kg.exporters.statements import acyclic, hierarchy
from kg.exporters.terms import Terms, date, decimal, integer, rounded, text
from kg.exporters.triples import DETAILS, Options, blocks
from kg.model import Evidence, Relation
from kg.namespaces import Namespaces
from kg.tables import Replacement, Tables, join
from tests import graph_sample
from tests.graph_sample import FIRST, HOSTILE, SECOND, THIRD, ent, paper

GOLDEN = Path(__file__).parent / "golden" / "graph.ttl"

#: Exporter -> (pyoxigraph's format, rdflib's, rapper's).
READERS = {
    "nq": (ox.RdfFormat.N_QUADS, "nquads", "nquads"),
    "nt": (ox.RdfFormat.N_TRIPLES, "nt", "ntriples"),
    "ttl": (ox.RdfFormat.TURTLE, "turtle", "turtle"),
    "trig": (ox.RdfFormat.TRIG, "trig", "trig"),
    "n3": (ox.RdfFormat.N3, "n3", None),
    "hext": (None, "hext", None),
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld", None),
    "rdfxml": (ox.RdfFormat.RDF_XML, "xml", "rdfxml"),
}
OXIGRAPH = {name: readers[0] for name, readers in READERS.items() if readers[0]}
QUADS = ("nq", "trig", "hext")

#: Texts that break careless writers and readers; the first are as sources give them, the others are replaced.
NASTY = (
    *HOSTILE,
    "\ufffd was NUL, \ufffd a lone surrogate",
    "\x7f\x80\x85\u2028\u2029",
    "\ufeff mark",
    " @prefix <x> . # no comment",
    "{| |} <<( )>> ^^",
    "]]> <!-- &#x0; \u0041 \\u0041",
    "e\u0301 \U0001f469\u200d\U0001f4bb",
    "\u202eright to left\u202c",
    "tail \\",
    '"""',
    "'" * 3,
    "_:b0",
    "  two  spaces  ",
)
BROKEN = {"nul\0 \x1b": "nul\ufffd \ufffd", "no character \uffff \ud800": "no character \ufffd \ufffd"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return graph_sample.write(tmp_path_factory.mktemp("tables"))


def hostile_rows() -> dict[str, list[Any]]:
    """Give the sample with hostile text wherever there is text."""
    records = graph_sample.rows()
    texts = [text for text in (*NASTY, *BROKEN) if "\ud800" not in text]
    foo = next(row for row in records["entities"] if row.id == ent("foo"))
    records["entities"].remove(foo)
    records["entities"].append(replace(foo, alt_labels=tuple(texts)))
    third = next(row for row in records["papers"] if row.id == paper(THIRD))
    records["papers"].remove(third)
    bad = replace(third.paper, key="\\k", authors=tuple(texts), categories=tuple(texts), flags=("b", "a", "a"))
    records["papers"].append(replace(third, paper=bad))
    return {name: graph_sample.ordered(name, items) for name, items in records.items()}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return graph_sample.write(tmp_path_factory.mktemp("hostile"), hostile_rows())


def export(name: str, tables: Tables, config: Config | None = None, **options: Any) -> bytes:
    stream = io.BytesIO()
    write = EXPORTERS[name].write_rdf
    if write is None:
        assert not options
        EXPORTERS[name].write(tables, config or Config(), stream)
    else:
        write(tables, config or Config(), stream, Options(**options))
    return stream.getvalue()


@cache
def expected(tables: Tables, detail: str = "claims", rdf12: bool = False) -> frozenset[ox.Triple]:
    """Give the triples, which another reader than the exporter's own takes from N-Triples."""
    data = export("nt", tables, detail=detail, rdf12=rdf12)
    return frozenset(quad.triple for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES))


def same(triples: frozenset[ox.Triple], graph: rdflib.Graph) -> bool:
    """Compare without rdflib's normalisation of literals, through N-Triples that it wrote."""
    text = graph.serialize(format="nt", encoding="utf-8")
    return {quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES)} == triples


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("name", OXIGRAPH)
def test_oxigraph_reads_every_format(name: str, detail: str, hostile: Tables) -> None:
    data = export(name, hostile, detail=detail)
    assert {quad.triple for quad in ox.parse(data, OXIGRAPH[name])} == expected(hostile, detail)


@pytest.mark.parametrize("name", [name for name in OXIGRAPH if EXPORTERS[name].holds_rdf12])
def test_oxigraph_reads_rdf12(name: str, hostile: Tables) -> None:
    found = {quad.triple for quad in ox.parse(export(name, hostile, rdf12=True), OXIGRAPH[name])}
    assert found == expected(hostile, rdf12=True)
    reified = {triple.object for triple in found if isinstance(triple.object, ox.Triple)}
    subject, predicate, target = (
        {t.subject: t.object for t in expected(hostile) if t.predicate.value.endswith(f"syntax-ns#{part}")}
        for part in ("subject", "predicate", "object")
    )
    assert reified == {ox.Triple(subject[node], predicate[node], target[node]) for node in subject}


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("name", READERS)
def test_rdflib_reads_every_format(name: str, detail: str, hostile: Tables) -> None:
    data = export(name, hostile, detail=detail)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of its own deprecations
        graph = rdflib.Dataset(default_union=True) if name in QUADS else rdflib.Graph()
        graph.parse(data=data, format=READERS[name][1])
    assert same(expected(hostile, detail), graph)


@pytest.mark.parametrize("name", [name for name, readers in READERS.items() if readers[2]])
def test_rapper_reads_what_it_knows(name: str, hostile: Tables, tmp_path: Path) -> None:
    program = shutil.which("rapper")
    if program is None:
        pytest.skip("no rapper: apt-get install raptor2-utils")
    path = tmp_path / "graph"
    path.write_bytes(export(name, hostile, detail="full"))
    form = READERS[name][2]
    command = [program, "-q", "-i", str(form), "-o", "ntriples", path]
    ran = subprocess.run(command, capture_output=True, check=True)
    assert not ran.stderr
    assert {quad.triple for quad in ox.parse(ran.stdout, ox.RdfFormat.N_TRIPLES)} == expected(hostile, "full")


@pytest.mark.parametrize("detail", DETAILS)
def test_a_jsonld_processor_reads_jsonld(detail: str, hostile: Tables) -> None:
    document = json.loads(export("jsonld", hostile, detail=detail))
    text = jsonld.to_rdf(document, {"format": "application/n-quads"})
    found = {quad.triple for quad in ox.parse(text, ox.RdfFormat.N_QUADS)}
    assert found == expected(hostile, detail)


def test_hostile_labels_survive(hostile: Tables) -> None:
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
    wanted = {*NASTY, *(new for old, new in BROKEN.items() if "\ud800" not in old)}
    for name, form in OXIGRAPH.items():
        labels = {quad.object.value for quad in ox.parse(export(name, hostile), form) if quad.predicate == label}
        assert wanted <= labels, name


@pytest.mark.parametrize("name", EXPORTERS)
def test_shuffled_rows_give_the_same_bytes_once_sorted(name: str, tables: Tables, tmp_path: Path) -> None:
    records = graph_sample.rows()
    for items in records.values():
        random.Random(3).shuffle(items)
    again = graph_sample.write(
        tmp_path / "t", {key: graph_sample.ordered(key, items) for key, items in records.items()}
    )
    assert export(name, again) == export(name, tables)


def test_the_hash_seed_does_not_matter(tables: Tables) -> None:
    names = [*READERS, "nanopub"]
    code = (
        "import hashlib, io; from pathlib import Path; from kg.config import Config; "
        "from kg.exporters import EXPORTERS; from kg.tables import Tables\n"
        f"for name in {names}:\n"
        "    stream = io.BytesIO()\n"
        f"    EXPORTERS[name].write(Tables(Path({str(tables.folder)!r})), Config(), stream)\n"
        "    print(name, hashlib.sha256(stream.getvalue()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout.decode()
        for seed in ("1", "2")
    }
    assert found == {"".join(f"{name} {hashlib.sha256(export(name, tables)).hexdigest()}\n" for name in names)}


@pytest.mark.parametrize("detail", DETAILS)
def test_no_triple_is_given_twice_and_none_has_a_blank_node(detail: str, hostile: Tables, tmp_path: Path) -> None:
    found = "".join(lines(sorted(blocks(hostile, Config(), tmp_path, Options(detail=detail))))).split("\n")
    assert len(found) == len(set(found))
    assert not any(isinstance(term, ox.BlankNode) for triple in expected(hostile, detail) for term in triple)


def test_the_lines_of_a_block_are_sorted_and_have_one_subject(hostile: Tables, tmp_path: Path) -> None:
    for block in blocks(hostile, Config(), tmp_path, Options(detail="full")):
        (whole,) = lines([block])
        rows = whole.removesuffix("\n").split("\n")
        assert all(a < b for a, b in pairwise(rows))
        assert len({row.partition(" ")[0] for row in rows}) == 1


def test_nquads_are_sorted_and_the_packed_form_has_no_clock(tables: Tables) -> None:
    data = export("nq", tables)
    lines = data.splitlines(keepends=True)
    assert all(a < b for a, b in pairwise(lines))
    packed = export("nq.gz", tables)
    assert gzip.decompress(packed) == data
    assert packed[3:8] == bytes(5)  # no file name, no time


@pytest.mark.parametrize("options", [{}, {"detail": "full"}, {"rdf12": True}])
def test_the_description_counts_what_is_there(options: dict[str, Any], hostile: Tables) -> None:
    store = ox.Store()
    store.bulk_load(export("nt", hostile, **options), ox.RdfFormat.N_TRIPLES)
    names = Namespaces().prefixes

    def rows(query: str) -> set[tuple[str, ...]]:
        return {tuple(term.value for term in row) for row in store.query(query, prefixes=names)}

    graph = f"<{dataset_iri(Config())}>"
    count = "SELECT (COUNT(*) AS ?n) WHERE"
    assert rows(f"SELECT ?n WHERE {{ {graph} void:triples ?n }}") == rows(f"{count} {{ ?s ?p ?o }}")
    assert rows(f"SELECT ?n WHERE {{ {graph} void:entities ?n }}") == rows(f"{count} {{ ?s a skos:Concept }}")
    told = rows(f"SELECT ?c ?n WHERE {{ {graph} void:classPartition ?part . ?part void:class ?c ; void:entities ?n }}")
    assert told == rows("SELECT ?c (COUNT(*) AS ?n) WHERE { ?s a ?c } GROUP BY ?c")
    told = rows(f"SELECT ?p ?n WHERE {{ {graph} void:propertyPartition ?q . ?q void:property ?p ; void:triples ?n }}")
    assert told == rows("SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p")
    assert rows(f"SELECT ?n WHERE {{ {graph} void:properties ?n }}") == {(str(len(told)),)}
    (digest,) = rows(f"SELECT ?h WHERE {{ {graph} kg:input_hash ?h ; dcterms:license ?l }}")
    assert digest[0].startswith("sha256:")


def objects(tables: Tables, subject: str, predicate: str, config: Config | None = None) -> set[str]:
    config = config or Config()
    names = Namespaces(config.base_iri)
    return {
        names.compress(t.object.value) if isinstance(t.object, ox.NamedNode) else t.object.value
        for t in rdf.triples(tables, config)
        if t.subject.value == names.expand(subject) and t.predicate.value == names.expand(predicate)
    }


def test_negated_evidence_has_an_assertion_and_no_direct_triple(tables: Tables) -> None:
    assert objects(tables, ent("foo"), "kg:based_on") == set()
    names = Namespaces()
    denied = [
        t.subject.value
        for t in rdf.triples(tables, Config())
        if t.predicate.value == names.expand("kg:polarity") and t.object.value == "negated"
    ]
    assert sum("/assertion/" in iri for iri in denied) == 1
    assert sum("/evidence/" in iri for iri in denied) == 1


def test_direct_triples_follow_the_threshold(tables: Tables) -> None:
    second = paper(SECOND)
    assert objects(tables, second, "kg:introduces") == {ent("baz")}
    assert objects(tables, second, "kg:introduces", Config(export_threshold=0.61)) == set()
    assert objects(tables, second, "kg:mentions", Config(export_threshold=1.0)) != set()


def test_broader_is_closed(tables: Tables) -> None:
    assert objects(tables, ent("baz"), "skos:broader") == {ent("foo")}
    assert objects(tables, ent("baz"), "skos:broaderTransitive") == {ent("foo"), ent("tuning")}


def test_a_cycle_is_broader_than_nothing_in_it() -> None:
    edges = [("entity:a", "entity:b"), ("entity:b", "entity:a"), ("entity:b", "entity:c"), ("entity:c", "entity:d")]
    assert acyclic(edges) == {"entity:b": {"entity:c"}, "entity:c": {"entity:d"}}
    terms = Terms(Config().base_iri)
    found = [triple for thing in hierarchy(edges, terms) for triple in triples(thing, terms)]
    assert len(found) == len(set(found)) == 5


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=25))
def test_the_closure_is_what_paths_reach_without_cycles(pairs: list[tuple[int, int]]) -> None:
    edges = [(f"entity:{a}", f"entity:{b}") for a, b in pairs]
    nodes = Terms("http://x/")
    found = {triple for thing in hierarchy(edges, nodes) for triple in triples(thing, nodes)}
    graph = nx.DiGraph(edges)
    loose = nx.DiGraph((a, b) for a, b in edges if not (a == b or nx.has_path(graph, b, a)))
    said = {name: {(s, o) for s, p, o in found if p.endswith(f"#{name}>")} for name in ("broader", "broaderTransitive")}
    assert said["broader"] == {(nodes.node(a), nodes.node(b)) for a, b in loose.edges}
    reached = {(nodes.node(a), nodes.node(b)) for a in loose for b in nx.descendants(loose, a)}
    assert said["broaderTransitive"] == reached


def test_years_count_the_papers_that_mention(tables: Tables) -> None:
    store = ox.Store()
    store.bulk_load(export("nt", tables), ox.RdfFormat.N_TRIPLES)
    told = "SELECT ?e ?y ?n { ?c a kg:YearCount ; kg:counts ?e ; kg:year ?y ; kg:papers ?n }"
    real = "SELECT ?e ?y (COUNT(?p) AS ?n) { ?p kg:mentions ?e ; kg:year ?y } GROUP BY ?e ?y"
    found, wanted = (
        sorted([term.value for term in row] for row in store.query(query, prefixes=Namespaces().prefixes))
        for query in (told, real)
    )
    assert found == wanted
    assert len(found) > 10


def test_replaced_names_point_to_what_stands_for_them(tables: Tables) -> None:
    gone, foo, bar = ent("gone"), ent("foo"), ent("bar")
    rows = (
        Replacement(gone, ent("older"), "merged"),
        Replacement(ent("older"), foo, "merged"),
        Replacement(foo, bar, "merged, and undone since"),
        Replacement(ent("lost"), ent("void"), "its paper was removed since"),
        Replacement(ent("moved"), bar, "merged"),
        Replacement(ent("moved"), foo, "merged anew"),
        Replacement(ent("ring"), ent("gnir"), "merged"),
        Replacement(ent("gnir"), ent("ring"), "merged back"),
    )
    lines = export("nt", tables, replaced=rows).splitlines()
    found = {tuple(line.split(b" ")[::2][:2]) for line in lines if b"isReplacedBy> " in line and b"/graph" not in line}
    node = Terms(Config().base_iri).node
    wanted = {gone: foo, ent("older"): foo, ent("moved"): foo}
    assert found == {(node(old).encode(), node(new).encode()) for old, new in wanted.items()}


def test_sentences_are_slices_of_the_abstract(tables: Tables) -> None:
    start = FIRST.abstract.index("Foo is a kind of tuning.")
    span = f"mention:arxiv-2101.00001-abstract-{start}-{start + 24}"
    assert objects(tables, span, "nif:anchorOf") == {"Foo is a kind of tuning."}
    assert objects(tables, span, "kg:paper") == {paper(FIRST)}


def test_another_base_moves_the_data_but_not_the_ontology(tables: Tables) -> None:
    config = Config(base_iri="http://example.org/mine/")
    text = export("nt", tables, config).decode()
    assert "<http://example.org/mine/entity/" in text
    assert "w3id.org/paper-kg/entity" not in text
    assert "<https://w3id.org/paper-kg/ontology#Method>" in text


def test_jsonld_says_numbers_as_numbers(tables: Tables) -> None:
    document = json.loads(export("jsonld", tables))
    node = next(item for item in document["@graph"] if item["@id"] == ent("foo"))
    assert node["kg:support"] == 3
    assert node["skos:prefLabel"] == "Foo"
    assert document["@context"]["kg"] == Namespaces().prefixes["kg"]


def test_the_store_holds_the_export_and_the_ontology(tables: Tables, tmp_path: Path) -> None:
    rdf.build_store(tables, Config(), tmp_path / "store")
    store = ox.Store.read_only(str(tmp_path / "store"))
    default = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert default == expected(tables)
    assert {graph.value for graph in store.named_graphs()} == {rdf.ONTOLOGY_GRAPH, rdf.VOCABULARY_GRAPH}


def test_write_build_writes_the_same_files(tables: Tables, tmp_path: Path) -> None:
    count = rdf.write_build(tables, Config(), tmp_path)
    assert (tmp_path / "graph.nq.gz").read_bytes() == export("nq.gz", tables)
    assert (tmp_path / "graph.ttl").read_bytes() == export("ttl", tables)
    assert count == len(export("nq", tables).splitlines())
    small = tmp_path / "small"
    small.mkdir()
    rdf.write_build(tables, Config(max_turtle_triples=10), small)
    assert not (small / "graph.ttl").exists()


def test_the_store_tells_what_was_replaced_and_the_files_do_not(tables: Tables, tmp_path: Path) -> None:
    rows = (Replacement(ent("gone"), ent("foo"), "merged"),)
    rdf.write_build(tables, Config(), tmp_path, replaced=rows)
    assert (tmp_path / "graph.nq.gz").read_bytes() == export("nq.gz", tables)
    store = ox.Store.read_only(str(tmp_path / "store"))
    (quad,) = store.quads_for_pattern(None, None, None, ox.NamedNode(rdf.IDENTITY_GRAPH))
    assert [str(term) for term in quad.triple] == [
        Terms(Config().base_iri).node(curie) for curie in (ent("gone"), "dcterms:isReplacedBy", ent("foo"))
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.nq.gz", "graph.ttl", "store"]


def test_runs_on_disk_give_the_same_bytes(hostile: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = export("nq", hostile, detail="full")
    for characters in (1, 500, 20_000):
        monkeypatch.setattr(Sorter.__init__, "__kwdefaults__", {"characters": characters, "width": 3})
        assert export("nq", hostile, detail="full") == wanted


def test_golden(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.exporters.description.tool_version", lambda: "0")
    found = export("ttl", tables)
    if os.environ.get("KG_UPDATE_GOLDEN") == "1":
        GOLDEN.write_bytes(found)
    assert found == GOLDEN.read_bytes(), "run with KG_UPDATE_GOLDEN=1 and read the difference"


def test_join_and_strength() -> None:
    one, two = Relation("a", "uses", "b", 1, 0.5), Relation("a", "uses", "c", 0, 0.0)
    stray = Evidence("a", "uses", "aa", "0", "text", "x", 0.5, "paper:p")
    good = Evidence("a", "uses", "b", "1", "text", "x", 0.5, "paper:p")
    better = Evidence("a", "uses", "b", "2", "text", "x", 0.8, "paper:p")
    other = Evidence("a", "uses", "b", "3", "text", "x", 0.5, "paper:q")
    assert list(join([one, two], [stray, good, better, other])) == [(one, [good, better, other]), (two, [])]
    papers, confidence = strength([good, better, other])
    assert (papers, round(confidence, 6)) == (2, 0.9)


def test_decimals_have_one_form() -> None:
    assert [rounded(number) for number in (0.0, 1.0, 0.25, 1 / 3, 1e-9)] == ["0", "1", "0.25", "0.333333", "0"]
    assert decimal(0.5) == str(ox.Literal("0.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")))


def test_every_character_is_written_as_oxigraph_does() -> None:
    for start in range(0, 0x110000, 0x400):
        signs = [chr(code) for code in range(start, start + 0x400) if not 0xD800 <= code < 0xE000]
        value = legal("".join(signs))
        assert text(value) == str(ox.Literal(value))
        assert text("".join(signs)) == text(value)


@given(st.text(max_size=30))
def test_strings_are_written_as_oxigraph_does(value: str) -> None:
    assert text(value) == str(ox.Literal(legal(value)))


def test_dates_and_numbers_are_written_as_oxigraph_does() -> None:
    for day, kind in (("2024", "gYear"), ("2024-03", "gYearMonth"), ("2024-03-07", "date")):
        assert date(day) == str(ox.Literal(day, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}")))
    assert date("spring 2024") == str(ox.Literal("spring 2024"))
    assert integer(-7) == str(ox.Literal("-7", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")))


@pytest.mark.parametrize("curie", ["entity:a b", "entity:<", "paper:a\nb", "run:%zz", "https://x/ y", "kg:>"])
def test_a_name_that_makes_no_iri_is_an_error(curie: str) -> None:
    with pytest.raises(KGError, match="is no IRI"):
        Terms(Config().base_iri).node(curie)


def test_an_unknown_prefix_is_an_error() -> None:
    with pytest.raises(KGError, match="no CURIE"):
        Terms(Config().base_iri).node("nope:x")
