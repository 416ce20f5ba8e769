"""Tests of kg.graph: tables and NetworkX hold the same."""

import json
import string
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import graph
from kg.errors import KGError
from kg.graph import Records
from kg.model import KINDS, RELATIONS, Entity, Evidence, Mention, Merge, Paper, Relation, Source, Span
from kg.tables import RECORDS, PaperRow, Tables, write_table

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORD = st.text(string.ascii_lowercase, min_size=1, max_size=6)
WORDS = st.lists(TEXT, max_size=3).map(tuple)
UNIT = st.floats(0, 1)
NUMBER = st.integers(0, 1000)
SPAN = st.builds(Span, st.sampled_from(("title", "abstract")), NUMBER, NUMBER)
PAPER = st.builds(
    Paper,
    title=TEXT,
    abstract=TEXT,
    arxiv=TEXT,
    doi=TEXT,
    key=TEXT,
    authors=WORDS,
    date=TEXT,
    date_inferred=st.booleans(),
    categories=WORDS,
    flags=WORDS,
    sources=st.lists(st.builds(Source, TEXT, TEXT, NUMBER), max_size=2).map(tuple),
)


def _curies(prefix: str) -> st.SearchStrategy[list[str]]:
    return st.lists(WORD.map(lambda word: f"{prefix}:{word}"), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Draw records as a build has them: sorted, distinct, every end and reason of a relation there."""
    papers = [PaperRow(curie, draw(PAPER)) for curie in draw(_curies("paper"))]
    entities = [
        Entity(
            curie,
            draw(st.sampled_from(KINDS)),
            draw(TEXT),
            draw(WORDS),
            draw(TEXT),
            draw(NUMBER),
            draw(TEXT),
            draw(WORDS),
            draw(WORDS),
        )
        for curie in draw(_curies("entity"))
    ]
    things = st.sampled_from([entity.id for entity in entities])
    heads = st.sampled_from([row.id for row in papers] + [entity.id for entity in entities])
    named = st.builds(
        Mention, st.sampled_from([row.id for row in papers]), st.just("title"), NUMBER, NUMBER, things, TEXT
    )
    mentions = sorted(set(draw(st.lists(named, max_size=5))))
    links = set(draw(st.lists(st.tuples(heads, st.sampled_from(sorted(RELATIONS)), things), max_size=5)))
    evidence = []
    for head, name, tail in sorted(links):
        for number in range(draw(st.integers(0, 2))):
            evidence.append(
                Evidence(
                    head=head,
                    type=name,
                    tail=tail,
                    id=f"evidence:{number}",
                    origin=draw(st.sampled_from(("text", "rule", "vocabulary"))),
                    extractor=draw(TEXT),
                    probability=draw(UNIT),
                    paper=draw(TEXT),
                    sentences=tuple(draw(st.lists(SPAN, max_size=2))),
                    head_mention=draw(st.none() | SPAN),
                    tail_mention=draw(st.none() | SPAN),
                    polarity=draw(st.sampled_from(("stated", "negated"))),
                    modality=draw(st.sampled_from(("asserted", "hedged"))),
                )
            )
    links |= {(mention.paper, "mentions", mention.entity) for mention in mentions}
    return Records(
        papers=tuple(papers),
        mentions=tuple(mentions),
        entities=tuple(entities),
        relations=tuple(
            Relation(*link, draw(NUMBER), draw(UNIT), draw(UNIT) if link[1] == "mentions" else 0.0)
            for link in sorted(links)
        ),
        evidence=tuple(evidence),
        merges=tuple(sorted(draw(st.lists(st.builds(Merge, things, TEXT, TEXT, TEXT, TEXT, UNIT), max_size=2)))),
    )


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
    for name in RECORDS:
        write_table(folder, name, getattr(given_records, name))
    assert graph.from_networkx(graph.to_networkx(Tables(folder))) == given_records


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
