"""Tests of kg.graph: tables and NetworkX hold the same."""

import json
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given

from kg import graph
from kg.errors import KGError, WorkspaceError
from kg.graph import Records
from kg.model import Entity, Evidence, Mention, Merge, Paper, Relation, Span
from kg.tables import PaperRow, Tables, write_table
from tests.drawn import UNIT, records, write


@given(records())
def test_networkx_and_back_loses_nothing(given_records: Records) -> None:
    made = graph.from_records(given_records)
    assert graph.from_networkx(made) == given_records


@given(records())
def test_all_data_is_plain_json(given_records: Records) -> None:
    data = nx.node_link_data(graph.from_records(given_records), edges="edges")
    again = nx.node_link_graph(json.loads(json.dumps(data)), edges="edges")
    assert graph.from_networkx(again) == given_records


@given(records())
def test_tables_hold_the_same(tmp_path_factory: pytest.TempPathFactory, given_records: Records) -> None:
    folder = tmp_path_factory.mktemp("tables")
    assert graph.from_networkx(graph.to_networkx(write(given_records, folder))) == given_records


@given(records(), UNIT)
def test_edges_are_counted_as_prune_keeps_them(
    tmp_path_factory: pytest.TempPathFactory, given_records: Records, least: float
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    write_table(folder, "relations", given_records.relations)
    made = graph.from_records(given_records)
    assert graph.count_edges(Tables(folder)) == made.number_of_edges()
    kept = graph.prune(made, min_confidence=least)
    assert graph.count_edges(Tables(folder), min_confidence=least) == kept.number_of_edges()


def test_edges_of_a_damaged_table_are_not_counted(tmp_path: Path) -> None:
    for least in (0.0, 0.5):
        with pytest.raises(WorkspaceError, match=r"relations\.parquet: no readable table .* run `kg build` again"):
            graph.count_edges(Tables(tmp_path), min_confidence=least)
        (tmp_path / "relations.parquet").write_bytes(b"PAR1 cut off")


@given(records())
def test_merging_with_itself_keeps_records_and_evidence(given_records: Records) -> None:
    made = graph.from_records(given_records)
    twice, once = graph.from_networkx(graph.merge([made, made])), graph.from_networkx(graph.merge([made]))
    assert (
        (twice.papers, twice.mentions) == (once.papers, once.mentions) == (given_records.papers, given_records.mentions)
    )
    assert {(row.head, row.type, row.tail) for row in twice.relations} == {
        (row.head, row.type, row.tail) for row in given_records.relations
    }
    assert set(twice.evidence) == set(given_records.evidence)


def _small() -> Records:
    span = Span("abstract", 0, 5)
    first = Evidence("entity:a", "is_a", "entity:b", "evidence:1", "text", "x", 0.5, "paper:p", (span,))
    return Records(
        papers=(PaperRow("paper:p", Paper("P", "A is a B.")),),
        mentions=(
            Mention("paper:p", "abstract", 0, 1, "entity:a", "A"),
            Mention("paper:p", "abstract", 7, 8, "entity:b", "B"),
        ),
        entities=(Entity("entity:a", "Method", "A", support=1), Entity("entity:b", "Concept", "B", support=3)),
        relations=(
            Relation("entity:a", "is_a", "entity:b", 1, 0.5),
            Relation("entity:b", "part_of", "entity:b", 0, 1.0),
            Relation("paper:p", "mentions", "entity:a", 1, 1.0),
            Relation("paper:p", "mentions", "entity:b", 1, 1.0),
        ),
        evidence=(first,),
    )


def test_edges_carry_their_evidence() -> None:
    made = graph.from_records(_small())
    assert made.nodes["paper:p"]["kind"] == "Paper"
    assert made.edges["entity:a", "entity:b", "is_a"]["evidence"][0]["paper"] == "paper:p"
    assert made.edges["entity:a", "entity:b", "is_a"]["polarity"] == "stated"
    place = {"origin": "mention", "section": "abstract", "start": 0, "end": 1, "text": "A"}
    assert made.edges["paper:p", "entity:a", "mentions"]["evidence"] == [place]


def test_what_is_only_denied_has_negated_edges() -> None:
    small = _small()
    denial = replace(small.evidence[0], polarity="negated")
    for evidence, polarity in (((denial,), "negated"), ((denial, replace(denial, polarity="stated")), "stated")):
        made = graph.from_records(replace(small, evidence=evidence))
        assert made.edges["entity:a", "entity:b", "is_a"]["polarity"] == polarity
        assert graph.merge([made]).edges["entity:a", "entity:b", "is_a"]["polarity"] == polarity


def test_prune_keeps_what_is_sure_and_supported() -> None:
    made = graph.from_records(_small())
    assert set(graph.prune(made, min_support=2)) == {"paper:p", "entity:b"}
    names = [name for *_, name in graph.prune(made, min_confidence=0.6).edges(keys=True)]
    assert sorted(names) == ["mentions", "mentions", "part_of"]
    assert made.number_of_edges() == 4


def test_merge_counts_support_anew() -> None:
    mine, other = _small(), _small()
    second = Evidence("entity:a", "is_a", "entity:b", "evidence:2", "text", "x", 0.5, "paper:q")
    other = Records(
        papers=(PaperRow("paper:q", Paper("Q")),),
        entities=(Entity("entity:a", "Method", "A", ("AA",), support=1, first_seen="2020"), mine.entities[1]),
        relations=(mine.relations[0],),
        evidence=(second,),
    )
    merged = graph.merge(map(graph.from_records, (mine, other)))
    edge = merged.edges["entity:a", "entity:b", "is_a"]
    assert (edge["support"], edge["confidence"], len(edge["evidence"])) == (2, 0.75, 2)
    assert merged.nodes["entity:a"]["alt_labels"] == ["AA"]
    assert merged.nodes["entity:a"]["first_seen"] == "2020"


def test_a_relation_without_its_ends_is_refused() -> None:
    with pytest.raises(KGError, match="is no node"):
        graph.from_records(Records(relations=(Relation("entity:a", "is_a", "entity:b", 1, 0.5),)))


def test_evidence_without_its_relation_is_refused() -> None:
    lone = Records(entities=_small().entities, evidence=_small().evidence)
    with pytest.raises(KGError, match="no relation of this graph"):
        graph.from_records(lone)


def test_rows_are_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.tables._GROUP", 2)
    rows = [Merge(f"entity:{number}", "a", "b", "same", "why", 1.0) for number in range(5)]
    assert write_table(tmp_path, "merges", rows) == 5
    assert list(Tables(tmp_path).merges()) == rows
