"""Mentions of many papers become entities, relations and decisions."""

import random
from dataclasses import replace

import pytest

from kg.config import Config
from kg.model import PAPER, Extraction, LocalEntity, LocalRelation, Paper, Span
from kg.resolve.entities import resolve
from kg.resolve.identity import identify
from kg.vocabulary import Term, build

VOCABULARY = build(
    [
        Term("term:model-a", "zeta model", "Method", ("ZM",)),
        Term("term:model-b", "fast zeta model", "Method", broader=("term:model-a",)),
    ]
)


def entity(number, label, *, kind="Method", long="", term="", names=(), confidence=0.9):
    span = Span("abstract", 10 * number, 10 * number + 4)
    return LocalEntity(f"e{number}", kind, label, confidence, (span,), tuple(names) or (label,), long, term)


def relation(head, kind, tail, *, confidence=0.8, polarity="stated", place=0):
    sentence = Span("abstract", place, place + 60)
    return LocalRelation(head, kind, tail, confidence, (sentence,), "rules:test", polarity=polarity)


def paper(number, date=""):
    return Paper(f"Title {number}", "word " * 40, arxiv=f"2001.0000{number}", date=date)


def graph(*extractions, dates=()):
    papers = [paper(i, date) for i, date in enumerate(dates or [""] * len(extractions))]
    return resolve(papers, extractions, Config(entity_threshold=0.5))


def by_label(found):
    return {item.label: item for item in found.entities}


def test_an_abbreviation_joins_its_expansion_across_papers():
    found = graph(
        Extraction((entity(1, "quibble tuning", long="quibble tuning", names=("quibble tuning", "QuT")),)),
        Extraction((entity(1, "Quibble Tuning"),)),
        Extraction((entity(1, "QuT"),)),
    )
    assert len(found.entities) == 1
    only = found.entities[0]
    assert (only.label, only.support) == ("quibble tuning", 3)
    assert "QuT" in only.alt_labels
    assert any(
        merge.b == "qut" and merge.decision == "same" and "abbreviation" in merge.reason for merge in found.merges
    )


def test_an_abbreviation_with_two_expansions_stays_apart_and_says_so():
    found = graph(
        Extraction((entity(1, "quibble tuning", long="quibble tuning", names=("quibble tuning", "QuT")),)),
        Extraction((entity(1, "quartz transfer", long="quartz transfer", names=("quartz transfer", "QuT")),)),
        Extraction((entity(1, "QuT"),)),
    )
    assert sorted(by_label(found)) == ["QuT", "quartz transfer", "quibble tuning"]
    refused = [merge for merge in found.merges if merge.decision == "different"]
    assert [(merge.a, merge.b) for merge in refused] == [("quartz transfer", "quibble tuning")]
    assert "two expansions of qut" in refused[0].reason
    undecided = [merge for merge in found.merges if merge.decision == "undecided"]
    assert {(merge.a, merge.b) for merge in undecided} == {("qut", "quartz transfer"), ("qut", "quibble tuning")}


def test_kind_and_label_are_voted_and_no_part_of_the_identity():
    one = graph(Extraction((entity(1, "Zork", kind="Dataset", confidence=0.6),)))
    two = graph(
        Extraction((entity(1, "Zork", kind="Dataset", confidence=0.6),)),
        Extraction((entity(1, "zork", confidence=0.9),)),
    )
    assert one.entities[0].id == two.entities[0].id
    assert (one.entities[0].kind, two.entities[0].kind) == ("Dataset", "Method")


def test_a_vocabulary_label_gives_the_key():
    local = entity(1, "zeta models", long="Zeta Model", names=("zeta models",))
    identity = identify([Extraction((local,)), Extraction((entity(1, "ZM", term="term:model-a"),))], VOCABULARY)
    assert [keys["e1"] for keys in identity.keys] == ["term:model-a", "term:model-a"]


def test_support_counts_papers_and_confidence_joins_them():
    said = Extraction(
        (entity(1, "alpha thing"), entity(2, "beta thing")),
        (relation("e1", "used_for", "e2", confidence=0.5), relation("e1", "used_for", "e2", confidence=0.8, place=60)),
    )
    found = graph(said, said)
    row = next(item for item in found.relations if item.type == "used_for")
    assert row.support == 2
    assert row.confidence == pytest.approx(1 - 0.2 * 0.2)
    assert len([item for item in found.evidence if item.type == "used_for"]) == 4


def test_negated_evidence_is_kept_and_counts_for_nothing():
    found = graph(
        Extraction(
            (entity(1, "alpha thing"), entity(2, "beta thing")),
            (relation("e1", "outperforms", "e2", polarity="negated"),),
        )
    )
    row = next(item for item in found.relations if item.type == "outperforms")
    assert (row.support, row.confidence) == (0, 0.0)
    assert [item.polarity for item in found.evidence] == ["negated"]


def test_a_relation_whose_end_has_the_wrong_kind_is_refused_and_counted():
    local = Extraction((entity(1, "Zork", kind="Dataset", confidence=0.5),), (relation(PAPER, "evaluates_on", "e1"),))
    other = Extraction((entity(1, "Zork", kind="Method"),))
    found = graph(local, other)
    assert found.refused == 1
    assert not [item for item in found.relations if item.type == "evaluates_on"]


def test_introducers_dates_and_mentions():
    said = Extraction((entity(1, "alpha thing"),), (relation(PAPER, "introduces", "e1"),))
    found = graph(said, Extraction((entity(1, "alpha thing"),)), dates=["2021-05", "2020"])
    only = found.entities[0]
    assert only.introduced_by == ("paper:arxiv-2001.00000",)
    assert only.first_seen == "2020"
    assert len([item for item in found.relations if item.type == "mentions"]) == 2
    assert [mention.text for mention in found.mentions] == ["word", "word"]


def test_papers_together_make_an_unsure_name_a_node():
    weak = Extraction((entity(1, "alpha thing", confidence=0.4),))
    alone, together = graph(weak), graph(weak, weak)
    assert (alone.entities, alone.mentions, alone.relations, alone.unsure) == ([], [], [], 1)
    assert (len(together.entities), together.unsure) == (1, 0)


def test_a_name_that_ends_with_its_kind_is_a_rule_edge():
    found = graph(
        Extraction((entity(1, "odd gamma engine"), entity(2, "gamma engine"))), Extraction((entity(1, "gamma engine"),))
    )
    rule = next(item for item in found.evidence if item.origin == "rule")
    assert (by_label(found)["odd gamma engine"].id, by_label(found)["gamma engine"].id) == (rule.head, rule.tail)
    assert rule.paper == "" and rule.sentences == ()


def test_the_order_of_papers_changes_nothing():
    spelt = entity(1, "quibble tuning", long="quibble tuning", names=("quibble tuning", "QuT"))
    rows = [
        Extraction((spelt, entity(2, "b x")), (relation("e1", "used_for", "e2", confidence=0.7),)),
        Extraction((entity(1, "QuT"), entity(2, "B X", kind="Task")), (relation(PAPER, "uses", "e1", confidence=0.6),)),
        Extraction((entity(1, "b x"),)),
    ]  # fmt: skip
    papers = [paper(i, f"202{i}") for i in range(3)]
    wanted = resolve(papers, rows, Config())
    for seed in range(5):
        order = random.Random(seed).sample(range(3), 3)
        assert resolve([papers[i] for i in order], [rows[i] for i in order], Config()) == wanted


def test_a_relation_between_two_names_of_one_thing_vanishes():
    local = Extraction(
        (entity(1, "quibble tuning", long="quibble tuning", names=("quibble tuning",)), replace(entity(2, "QuT"))),
        (relation("e1", "used_for", "e2"),),
    )
    other = Extraction((entity(1, "quibble tuning", long="quibble tuning", names=("quibble tuning", "QuT")),))
    assert not [item for item in graph(local, other).relations if item.type == "used_for"]


def test_mentions_are_as_salient_as_the_most_salient_thing_of_that_name_in_the_paper():
    titled = replace(entity(1, "Quibble"), spans=(Span("title", 0, 5),))
    again = replace(entity(2, "quibbles"), spans=(Span("abstract", 150, 155),))
    introduced = relation(PAPER, "introduces", "e3", confidence=0.9)
    found = graph(Extraction((again, titled, entity(3, "Zeta Net"), entity(4, "Omega")), (introduced,)))
    labels = {item.id: item.label for item in found.entities}
    salient = {labels[row.tail]: row.salience for row in found.relations if row.type == "mentions"}
    assert salient["Quibble"] == 0.35
    assert salient["Zeta Net"] > salient["Quibble"] > salient["Omega"] > 0
    assert all(row.salience == 0 for row in found.relations if row.type != "mentions")
