"""What a user decided beats what the rules of identity find, and is written down."""

import random

import pytest

from kg.config import Config
from kg.model import PAPER, Extraction, LocalEntity, LocalRelation, Paper, Span
from kg.overrides import parse
from kg.resolve.entities import resolve

TEXT = "Quibble tuning QuT Zork mill ours LoRA low-rank adapter " * 4


def spans(*names):
    return tuple(Span("abstract", TEXT.index(name), TEXT.index(name) + len(name)) for name in names)


def entity(number, *names, kind="Method", long="", term=""):
    return LocalEntity(f"e{number}", kind, names[0], 0.9, spans(*names), names, long, term)


def graph(*extractions, **decided):
    papers = [Paper(f"Title {i}", TEXT, arxiv=f"2001.0000{i}") for i in range(len(extractions))]
    return resolve(papers, extractions, Config(entity_threshold=0.5, overrides=parse(decided)))


def by_label(found):
    return {item.label: item for item in found.entities}


def ruled(found):
    return {
        (row.entity.rpartition("-")[0], row.a, row.b, row.decision, row.reason)
        for row in found.merges
        if "override" in row.reason
    }


PAIR = (
    Extraction((entity(1, "Zork"), entity(2, "mill")), (LocalRelation(PAPER, "uses", "e1", 0.9, spans("Zork"), "x"),)),
    Extraction((entity(1, "mill"),)),
)
DEFINED = (
    Extraction(
        (entity(1, "Quibble tuning", "QuT", long="Quibble tuning"),),
        (
            LocalRelation(PAPER, "uses", "e1", 0.9, (), "x", tail_mention=spans("QuT")[0]),
            LocalRelation(PAPER, "introduces", "e1", 0.9, (), "x", tail_mention=spans("Quibble tuning")[0]),
        ),
    ),
    Extraction((entity(1, "Quibble tuning", "QuT", long="Quibble tuning"),)),
)


def test_two_names_become_one_node_that_the_first_gives_its_identifier():
    before, after = graph(*PAIR), graph(*PAIR, same=[{"names": ["Zork", "mill"], "note": "one mill"}])
    assert set(by_label(before)) == {"Zork", "mill"}
    (only,) = after.entities
    assert only.id == by_label(before)["Zork"].id
    assert (only.label, only.support, only.alt_labels) == ("Zork", 2, ("mill",))
    assert ("entity:zork", "zork", "mill", "same", "override: one mill") in ruled(after)
    assert {row.entity for row in after.mentions} == {only.id}


def test_a_vocabulary_term_gives_the_identifier_whatever_the_order():
    said = Extraction((entity(1, "mill"), entity(2, "LoRA", term="term:lora")))
    (only,) = graph(said, same=[["mill", "LoRA"]]).entities
    assert (only.term, only.label) == ("term:lora", "LoRA")
    assert "mill" in only.alt_labels


def test_what_a_paper_defines_as_one_is_taken_apart_with_its_mentions_and_relations():
    before = graph(*DEFINED)
    assert [item.support for item in before.entities] == [2]
    after = graph(*DEFINED, different=[["Quibble tuning", "QuT"]])
    long, short = by_label(after)["Quibble tuning"], by_label(after)["QuT"]
    assert (long.support, short.support) == (2, 2)
    assert long.id == before.entities[0].id
    assert "QuT" not in long.alt_labels and "Quibble tuning" not in short.alt_labels
    assert {(row.text, row.entity) for row in after.mentions} == {("Quibble tuning", long.id), ("QuT", short.id)}
    used = {(row.type, row.tail) for row in after.relations if row.type in ("uses", "introduces")}
    assert used == {("uses", short.id), ("introduces", long.id)}
    assert {row[3:] for row in ruled(after)} == {("different", "override")}
    assert not [row for row in after.merges if row.decision == "same" and "qut" in (row.a, row.b)]


def test_a_name_of_a_vocabulary_term_leaves_it():
    said = Extraction((entity(1, "LoRA", "low-rank adapter", term="term:lora"),))
    found = by_label(graph(said, different=[["LoRA", "low-rank adapter"]]))
    assert set(found) == {"LoRA", "low-rank adapter"}
    assert (found["LoRA"].term, found["low-rank adapter"].term) == ("term:lora", "")
    assert "low-rank adapter" not in found["LoRA"].alt_labels


def test_different_beats_the_group_of_other_names():
    found = by_label(graph(*PAIR, *DEFINED, same=[["Quibble tuning", "mill"]], different=[["mill", "QuT"]]))
    assert found["QuT"].support == 2
    assert set(found) == {"Quibble tuning", "QuT", "Zork"}
    assert found["Quibble tuning"].alt_labels == ("mill",)


def test_label_and_kind_are_set_and_leave_the_identifier_alone():
    before, after = graph(*PAIR), graph(*PAIR, rename={"mill": "Great Mill"}, kind={"Zork": "Dataset"})
    assert by_label(after)["Great Mill"].id == by_label(before)["mill"].id
    assert by_label(after)["Great Mill"].alt_labels == ("mill",)
    assert by_label(after)["Zork"].kind == "Dataset"
    assert ruled(after) == {
        ("entity:mill", "mill", "Great Mill", "renamed", "override"),
        ("entity:zork", "zork", "Dataset", "kind", "override"),
    }


def test_a_dropped_node_is_gone_with_its_relations_and_told_of():
    found = graph(*PAIR, drop=["Zork"])
    assert set(by_label(found)) == {"mill"}
    assert not [row for row in found.relations if row.type == "uses"]
    assert ruled(found) == {("entity:zork", "zork", "", "dropped", "override")}


def test_a_dropped_other_name_is_taken_from_its_node():
    said = Extraction((entity(1, "Zork", "ours"), entity(2, "mill")))
    alone = Extraction((entity(1, "Zork", "ours"),))
    found = graph(said, alone, drop=["ours"])
    assert by_label(found)["Zork"].alt_labels == ()
    assert {row.text for row in found.mentions} == {"Zork", "mill"}


def test_an_identifier_names_one_node():
    name = by_label(graph(*PAIR))["Zork"].id
    assert set(by_label(graph(*PAIR, drop=[name]))) == {"mill"}
    assert set(by_label(graph(*PAIR, rename={name: "Z"}))) == {"mill", "Z"}


def test_names_that_nothing_has_are_listed_and_do_no_harm():
    found = graph(*PAIR, same=[["nobody", "mill"]], drop=["nothing"], kind={"Zork": "Task"})
    assert found.unmatched == ("nobody", "nothing")
    assert set(by_label(found)) == {"Zork", "mill"}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_papers_changes_nothing(seed):
    rows = [*PAIR, *DEFINED]
    papers = [Paper(f"Title {i}", TEXT, arxiv=f"2001.0000{i}") for i in range(4)]
    decided = parse({"same": [["Zork", "mill"]], "different": [["Quibble tuning", "QuT"]], "rename": {"mill": "M"}})
    config = Config(entity_threshold=0.5, overrides=decided)
    order = random.Random(seed).sample(range(4), 4)
    assert resolve([papers[i] for i in order], [rows[i] for i in order], config) == resolve(papers, rows, config)
