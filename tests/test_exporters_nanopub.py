"""Nanopublications have the form of their guidelines, and names that hash what they say."""

import base64
import hashlib
import io
import re
import warnings
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.config import Config
from kg.exporters import EXPORTERS
from kg.exporters.nanopub import artifact_code
from kg.namespaces import DEFAULT_BASE, FIXED
from kg.tables import Tables
from tests import graph_sample
from tests.graph_sample import ent

NP = FIXED["np"]
#: Made with the reference implementation in Python, nanopub 2.0.1.
CODE = "RA3sql0DRCVmBRYvHyoZV8TUgdR5ZqAcQqGezoU3PynMw"
NAME = re.compile(rf"{DEFAULT_BASE}nanopub/(RA[A-Za-z0-9_-]{{43}})/(\w+)")


def export(tables: Tables) -> bytes:
    stream = io.BytesIO()
    EXPORTERS["nanopub"].write(tables, Config(), stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return graph_sample.write(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def graphs(tables: Tables) -> dict[str, dict[str, list[ox.Quad]]]:
    """Give the statements by hash and part."""
    found: dict[str, dict[str, list[ox.Quad]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(export(tables), ox.RdfFormat.TRIG):
        match = NAME.fullmatch(quad.graph_name.value)
        assert match, quad
        found[match[1]][match[2]].append(quad)
    return found


def test_each_has_four_graphs_that_its_head_names(graphs: dict[str, dict[str, list[ox.Quad]]]) -> None:
    assert len(graphs) == 9  # ten assertions of the sample, one of them too weak
    for code, parts in graphs.items():
        this = f"{DEFAULT_BASE}nanopub/{code}"
        assert set(parts) == {"Head", "assertion", "provenance", "pubinfo"}
        head = {(quad.predicate.value, quad.object.value) for quad in parts["Head"]}
        assert head == {
            (f"{FIXED['rdf']}type", f"{NP}Nanopublication"),
            (f"{NP}hasAssertion", f"{this}/assertion"),
            (f"{NP}hasProvenance", f"{this}/provenance"),
            (f"{NP}hasPublicationInfo", f"{this}/pubinfo"),
        }
        assert {quad.subject.value for quad in parts["Head"]} == {this}
        assert any(quad.subject.value == f"{this}/assertion" for quad in parts["provenance"])
        assert any(quad.subject.value == this for quad in parts["pubinfo"])


def test_the_name_hashes_the_content(graphs: dict[str, dict[str, list[ox.Quad]]]) -> None:
    """Hash as trustyuri.net tells, from what a reader found."""
    for code, parts in graphs.items():
        rows = []
        for quad in (quad for part in parts.values() for quad in part):
            row = [term.value.replace(code, " ") for term in (quad.graph_name, quad.subject, quad.predicate)]
            if isinstance(quad.object, ox.Literal):
                said = quad.object.value.replace("\\", "\\\\").replace("\n", "\\n")
                key, text = (1, quad.object.value, quad.object.datatype.value), f"^{quad.object.datatype.value} {said}"
            else:
                text = quad.object.value.replace(code, " ")
                key = (0, text, "")
            rows.append((row, key, "".join(f"{item}\n" for item in (*row, text))))
        digest = hashlib.sha256("".join(line for *_, line in sorted(rows)).encode()).digest()
        assert code == "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_the_hash_of_a_known_nanopublication() -> None:
    graph, this = "<http://example.org/np/ /Head>", "<http://example.org/np/ >"
    quads = [
        (graph, this, "<http://example.org/b>", '"two\\nlines \\\\ and \\"quotes\\" é"'),
        (graph, this, "<http://example.org/b>", f'"1"^^<{FIXED["xsd"]}integer>'),
        (graph, this, "<http://example.org/a>", "<http://example.org/np/ #x>"),
    ]
    assert artifact_code(quads) == artifact_code(reversed(quads)) == CODE


def test_claims_are_stated_or_said_to_be_denied(graphs: dict[str, dict[str, list[ox.Quad]]]) -> None:
    claims = {tuple(quad.triple for quad in parts["assertion"]) for parts in graphs.values()}
    stated = {tuple(term.value.rpartition("/")[2] for term in triples[0]) for triples in claims if len(triples) == 1}
    name = {key: ent(key).removeprefix("entity:") for key in ("foo", "bar", "baz", "tuning")}
    assert (name["baz"], "ontology#based_on", name["foo"]) in stated
    assert (name["foo"], "ontology#is_a", name["tuning"]) in stated
    assert (name["foo"], "ontology#used_for", name["baz"]) not in stated
    (denied,) = (triples for triples in claims if len(triples) > 1)
    assert any(triple.object.value == "negated" for triple in denied)
    assert not any(triple.predicate.value.endswith("#based_on") for triple in denied)


def test_provenance_holds_the_sentence(graphs: dict[str, dict[str, list[ox.Quad]]]) -> None:
    said = {
        quad.object.value
        for parts in graphs.values()
        for quad in parts["provenance"]
        if quad.predicate.value.endswith("#anchorOf")
    }
    assert {"Baz builds on Foo.", "Foo is not based on Bar."} <= said


def test_rdflib_reads_the_same(tables: Tables, tmp_path: Path) -> None:
    data = export(tables)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rdflib warns of its own deprecations
        dataset = rdflib.Dataset().parse(data=data, format="trig")
        text = dataset.serialize(format="nquads", encoding="utf-8")
    assert set(ox.parse(text, ox.RdfFormat.N_QUADS)) == set(ox.parse(data, ox.RdfFormat.TRIG))
