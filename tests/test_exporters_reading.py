"""RDF of full detail and NetworkX hold the same, and so does every format in between."""

import io
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given

import kg
from kg.config import Config
from kg.errors import InputError
from kg.exporters import EXPORTERS
from kg.exporters.reading import FORMATS, read_rdf
from kg.exporters.triples import Options
from kg.graph import Records, from_networkx, from_records, to_networkx
from kg.model import Evidence
from kg.namespaces import DEFAULT_BASE
from kg.tables import Tables
from tests import graph_sample
from tests.drawn import records, write

FULL = Options(detail="full")


def export(tables: Tables, name: str, folder: Path, options: Options = FULL, config: Config | None = None) -> Path:
    exporter = EXPORTERS[name]
    assert exporter.write_rdf
    path = folder / f"graph{exporter.suffix}"
    with path.open("wb") as stream:
        exporter.write_rdf(tables, config or Config(), stream, options)
    return path


@given(records())
def test_networkx_to_rdf_to_networkx_loses_nothing(given_records: Records) -> None:
    before = from_records(given_records)
    with tempfile.TemporaryDirectory() as folder:
        tables = write(from_networkx(before), Path(folder))
        after = kg.load_rdf(export(tables, "nq", Path(folder)))
    assert after.graph == before.graph
    assert dict(after.nodes(data=True)) == dict(before.nodes(data=True))
    assert _edges(after) == _edges(before)


def _edges(graph: Any) -> dict[tuple[str, str, str], Any]:
    return {(head, tail, name): data for head, tail, name, data in graph.edges(keys=True, data=True)}


@given(records())
def test_plain_triples_tell_all_but_order_and_the_last_digits(given_records: Records) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = export(write(given_records, Path(folder)), "nt", Path(folder))
        lines = path.read_bytes().split(b"\n")
        path.write_bytes(b"\n".join(line for line in lines if b'/ontology#exact> "' not in line))
        found = read_rdf(path)
    for mine, other in zip(found.entities, given_records.entities, strict=True):
        assert {*mine.exact_match} - {mine.term} <= {
            curie.replace(f"{DEFAULT_BASE}vocabulary/", "term:") for curie in other.exact_match
        }
        assert (mine.kind, mine.support, mine.version_order) == (other.kind, other.support, other.version_order)
        assert set(mine.introduced_by) == set(other.introduced_by)
    for row, same in zip(found.relations, given_records.relations, strict=True):
        assert (row.head, row.type, row.tail) == (same.head, same.type, same.tail)
        assert row.salience == pytest.approx(same.salience, abs=1e-6)
    for item, kept in zip(found.evidence, sorted(given_records.evidence, key=_of), strict=True):
        assert set(item.sentences) == set(kept.sentences)
        assert (item.head_mention, item.tail_mention, item.polarity) == (
            kept.head_mention,
            kept.tail_mention,
            kept.polarity,
        )
        assert item.probability == pytest.approx(kept.probability, abs=1e-6)


def _of(item: Evidence) -> tuple[str, ...]:
    return item.head, item.type, item.tail, f"evidence:{item.id.removeprefix('evidence:')}"


@pytest.mark.parametrize("rdf12", [False, True])
@pytest.mark.parametrize("name", ["nq", "nq.gz", "nt", "ttl", "trig", "n3", "jsonld", "rdfxml"])
def test_every_format_comes_back(name: str, rdf12: bool, tmp_path: Path) -> None:
    if rdf12 and not EXPORTERS[name].holds_rdf12:
        return
    tables = graph_sample.write(tmp_path / "tables")
    path = export(tables, name, tmp_path, replace(FULL, rdf12=rdf12))
    wanted = to_networkx(tables)
    found = kg.load_rdf(path)
    assert (found.graph, dict(found.nodes(data=True))) == (wanted.graph, dict(wanted.nodes(data=True)))
    assert _edges(found) == _edges(wanted)


def test_another_base_comes_back(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path / "tables")
    path = export(tables, "ttl", tmp_path, config=Config(base_iri="http://example.org/mine#"))
    assert from_networkx(kg.load_rdf(path)) == from_networkx(to_networkx(tables))


def test_full_detail_only_adds(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path / "tables")
    some, all_ = (
        {quad.triple for quad in ox.parse(export(tables, "nt", tmp_path, options).read_bytes(), ox.RdfFormat.N_TRIPLES)}
        for options in (Options(), FULL)
    )
    lost = {triple for triple in some - all_ if "/graph" not in triple.subject.value}
    assert not lost
    phrases = {triple.subject for triple in all_ if triple.predicate.value.endswith("#taIdentRef")}
    assert len(phrases) == len({(row.paper, row.section, row.start, row.end) for row in tables.mentions()})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("graph.xyz", b"", "ends in none of"),
        ("graph.nt", b"<http://x> <http://y> .\n", "cannot be read as RDF"),
        ("graph.nt", b"<http://x> <http://y> <http://z> .\n", "describes no data set"),
        ("graph.nq.gz", b"no gzip", "cannot be read as RDF"),
        ("missing.ttl", None, "cannot be read as RDF"),
    ],
)
def test_what_is_no_graph_of_ours_is_refused(name: str, content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_rdf(tmp_path / name)


def test_less_detail_is_refused_and_so_is_a_torn_file(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path / "tables")
    with pytest.raises(InputError, match="--rdf-detail full"):
        read_rdf(export(tables, "nt", tmp_path, Options()))
    path = export(tables, "nt", tmp_path)
    whole = path.read_bytes()
    for gone, said in ((b"#beginIndex> ", "no graph as kg writes it"), (b"#confidence> ", "no graph as kg writes it")):
        path.write_bytes(b"".join(line for line in whole.splitlines(keepends=True) if gone not in line))
        with pytest.raises(InputError, match=said):
            read_rdf(path)
    path.write_bytes(whole * 2)  # a set of triples all the same
    assert read_rdf(path) == from_networkx(to_networkx(tables))
    (label,) = (line for line in whole.splitlines(keepends=True) if b'prefLabel> "Foo"' in line)
    path.write_bytes(whole + label.replace(b"Foo", b"Fu"))
    with pytest.raises(InputError, match="2 values of skos:prefLabel"):
        read_rdf(path)


def test_exact_values_are_written_only_where_needed(tmp_path: Path) -> None:
    tables = graph_sample.write(tmp_path / "tables")
    stream = io.BytesIO(export(tables, "nt", tmp_path).read_bytes())
    told = [
        (quad.subject.value.rpartition("/")[2], json.loads(quad.object.value))
        for quad in ox.parse(stream, ox.RdfFormat.N_TRIPLES)
        if quad.predicate.value.endswith("#exact")
    ]
    assert all(fields.keys() <= {"id", "alt_labels", "entity", "text", "confidence"} for _, fields in told)
    assert set(FORMATS) >= {EXPORTERS[name].suffix for name in ("nq", "nt", "ttl", "trig", "n3", "jsonld", "rdfxml")}
