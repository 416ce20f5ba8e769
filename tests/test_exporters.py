"""The RDF formats: every reader sees the same triples, whatever the labels, and the same input gives the same bytes."""

import gzip
import io
import json
import os
import random
import shutil
import subprocess
import sys
import warnings
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.config import Config
from kg.errors import KGError
from kg.exporters import EXPORTERS, rdf
from kg.exporters.claims import strength
from kg.exporters.statements import acyclic, hierarchy_triples
from kg.exporters.terms import Terms, decimal
from kg.model import Evidence, Relation
from kg.namespaces import Namespaces
from kg.tables import Tables, join
from tests import graph_sample
from tests.graph_sample import FIRST, HOSTILE, SECOND, ent, paper

GOLDEN = Path(__file__).parent / "golden" / "graph.ttl"

#: Exporter -> (pyoxigraph's format, rdflib's, rapper's).
READERS = {
    "nq": (ox.RdfFormat.N_QUADS, "nquads", "nquads"),
    "nt": (ox.RdfFormat.N_TRIPLES, "nt", "ntriples"),
    "ttl": (ox.RdfFormat.TURTLE, "turtle", "turtle"),
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld", None),
    "rdfxml": (ox.RdfFormat.RDF_XML, "xml", "rdfxml"),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return graph_sample.write(tmp_path_factory.mktemp("tables"))


def export(name: str, tables: Tables, config: Config | None = None) -> bytes:
    stream = io.BytesIO()
    EXPORTERS[name].write(tables, config or Config(), stream)
    return stream.getvalue()


def same(triples: set[ox.Triple], graph: rdflib.Graph) -> bool:
    """Compare without rdflib's normalisation of literals, through N-Triples that it wrote."""
    text = graph.serialize(format="nt", encoding="utf-8")
    return {quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES)} == triples


@pytest.mark.parametrize("name", READERS)
def test_all_readers_see_the_same_triples(name: str, tables: Tables) -> None:
    expected = set(rdf.triples(tables, Config()))
    data = export(name, tables)
    oxigraph, rdflibs, _ = READERS[name]
    assert {quad.triple for quad in ox.parse(data, oxigraph)} == expected
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of its own deprecations
        graph = rdflib.Dataset(default_union=True) if name == "nq" else rdflib.Graph()
        graph.parse(data=data, format=rdflibs)
    assert same(expected, graph)


@pytest.mark.parametrize("name", [name for name, readers in READERS.items() if readers[2]])
def test_rapper_sees_the_same_triples(name: str, tables: Tables, tmp_path: Path) -> None:
    program = shutil.which("rapper")
    if program is None:
        pytest.skip("no rapper: apt-get install raptor2-utils")
    path = tmp_path / "graph"
    path.write_bytes(export(name, tables))
    form = READERS[name][2]
    ran = subprocess.run([program, "-q", "-i", str(form), "-o", "ntriples", path], capture_output=True, check=True)
    assert not ran.stderr
    found = {quad.triple for quad in ox.parse(ran.stdout, ox.RdfFormat.N_TRIPLES)}
    assert found == set(rdf.triples(tables, Config()))


def test_hostile_labels_survive(tables: Tables) -> None:
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    for name, (form, _, _) in READERS.items():
        labels = {quad.object.value for quad in ox.parse(export(name, tables), form) if quad.predicate == label}
        assert set(HOSTILE) <= labels, name


@pytest.mark.parametrize("name", EXPORTERS)
def test_shuffled_rows_give_the_same_bytes_once_sorted(name: str, tables: Tables, tmp_path: Path) -> None:
    records = graph_sample.rows()
    for items in records.values():
        random.Random(3).shuffle(items)
    again = graph_sample.write(
        tmp_path / "t", {key: graph_sample.ordered(key, items) for key, items in records.items()}
    )
    assert export(name, again) == export(name, tables)


@pytest.mark.parametrize("name", READERS)
def test_the_hash_seed_does_not_matter(name: str, tables: Tables) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.config import Config; from kg.exporters import EXPORTERS; "
        "from kg.tables import Tables; "
        f"EXPORTERS[{name!r}].write(Tables(Path({str(tables.folder)!r})), Config(), sys.stdout.buffer)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {export(name, tables)}


def test_no_triple_is_given_twice_and_none_has_a_blank_node(tables: Tables) -> None:
    found = list(rdf.triples(tables, Config()))
    assert len(found) == len(set(found))
    assert not any(isinstance(term, ox.BlankNode) for triple in found for term in triple)


def test_nquads_are_sorted_and_the_packed_form_has_no_clock(tables: Tables) -> None:
    data = export("nq", tables)
    lines = data.splitlines(keepends=True)
    assert all(a < b for a, b in pairwise(lines))
    packed = export("nq.gz", tables)
    assert gzip.decompress(packed) == data
    assert packed[3:8] == bytes(5)  # no file name, no time


def test_the_counted_triples_are_all(tables: Tables) -> None:
    found = {str(t.predicate.value): t.object for t in rdf.triples(tables, Config())}
    assert found["http://rdfs.org/ns/void#triples"].value == str(len(list(rdf.triples(tables, Config()))))


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
    found = {str(triple) for triple in hierarchy_triples(edges, Terms(Config().base_iri))}
    assert len(found) == 5


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
    assert default == set(rdf.triples(tables, Config()))
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


def test_golden(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf, "tool_version", lambda: "0")
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
    assert [decimal(number).value for number in (0.0, 1.0, 0.25, 1 / 3, 1e-9)] == ["0", "1", "0.25", "0.333333", "0"]


def test_an_unknown_prefix_is_an_error() -> None:
    with pytest.raises(KGError, match="no CURIE"):
        Terms(Config().base_iri).node("nope:x")
