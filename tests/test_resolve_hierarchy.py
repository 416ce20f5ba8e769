"""Kinds and versions are read from names, and what they, texts and the vocabulary say has no cycle."""

import random
from collections.abc import Iterable

import networkx as nx
import pytest

from kg.model import Entity, Evidence, Mention
from kg.namespaces import entity_curie
from kg.resolve.cycles import closing, redundant
from kg.resolve.hierarchy import from_names
from kg.resolve.settle import Settled, settle
from kg.vocabulary import Term, Vocabulary, build

EMPTY = build([])


def thing(label: str, *, kind: str = "Method", support: int = 1, also: tuple[str, ...] = (), term: str = "") -> Entity:
    return Entity(entity_curie(term or label.lower()), kind, label, also, term=term, support=support)


def by_key(things: Iterable[Entity]) -> dict[str, Entity]:
    return {one.term or one.label.lower(): one for one in things}


def settled(*things: Entity, stated: Iterable[Evidence] = (), vocabulary: Vocabulary = EMPTY, together: bool = False):
    papers = "paper:x" if together else ""
    mentions = [Mention(papers or f"paper:{one.label}", "title", 0, 1, one.id, "x") for one in things]
    return settle(list(stated), by_key(things), mentions, vocabulary)


def edges(found: Settled, relation: str, things: Iterable[Entity]) -> set[tuple[str, str]]:
    names = {one.id: one.label for one in things}
    return {(names[item.head], names[item.tail]) for item in found.evidence if item.type == relation}


def says(head: Entity, tail: Entity, *, paper: str = "paper:a", probability: float = 0.6, **more: str) -> Evidence:
    name = f"evidence:{head.id}{tail.id}{paper}"
    return Evidence(head.id, "is_a", tail.id, name, "text", "rules:test", probability, paper, **more)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("latent diffusion model", "diffusion model"),
        ("Quantum Support Vector Machine", "support vector machine"),
        ("masked autoencoder", "autoencoder"),
        ("any-order autoregressive model", "autoregressive model"),
        ("weather classification", "classification"),
    ],
)
def test_a_name_that_ends_with_its_kind_is_one(name: str, end: str) -> None:
    found = list(from_names(by_key([thing(name), thing(end)])))
    assert [(item.head, item.tail) for item in found] == [(thing(name).id, thing(end).id)]


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("support vector machine", "vector machine"),
        ("adversarial example", "example"),
        ("camera calibration", "calibration"),
        ("numerical precision", "precision"),
        ("radar-camera calibration", "camera calibration"),
        ("low resource language", "resource language"),
        ("low-resource language", "resource language"),
        ("relaxation of optimal transport", "optimal transport"),
        ("image and video generation", "video generation"),
        ("images, video generation", "video generation"),
        ("fake review detection", "review detection"),
        ("inverse motion planning", "motion planning"),
        ("one shot learning", "shot learning"),
    ],
)
def test_other_names_that_end_alike_are_none(name: str, end: str) -> None:
    assert list(from_names(by_key([thing(name), thing(end, support=9)]))) == []


def test_kinds_fit_where_they_are_the_same_or_often_confused() -> None:
    def links(kind: str, support: int) -> int:
        end = thing("latent reasoning", kind=kind, support=support)
        return len(list(from_names(by_key([thing("hybrid latent reasoning"), end]))))

    assert [links("Method", 1), links("Concept", 1), links("Concept", 5)] == [1, 0, 1]
    assert [links("Dataset", 9), links("Metric", 9)] == [0, 0]


def test_the_longest_end_counts() -> None:
    things = [thing("fast latent diffusion model"), thing("latent diffusion model"), thing("diffusion model")]
    assert edges(settled(*things), "is_a", things) == {
        ("fast latent diffusion model", "latent diffusion model"),
        ("latent diffusion model", "diffusion model"),
    }


def test_each_version_hangs_on_the_nearest_more_general_thing() -> None:
    names = ("Llama", "Llama 3", "Llama-3-8B", "Llama-3-8B-Instruct", "Llama-3.1-70B", "Llama 2")
    things = [thing(name) for name in names]
    found = settled(*things)
    assert edges(found, "version_of", things) == {
        ("Llama 3", "Llama"),
        ("Llama 2", "Llama"),
        ("Llama-3-8B", "Llama 3"),
        ("Llama-3-8B-Instruct", "Llama-3-8B"),
        ("Llama-3.1-70B", "Llama"),
    }
    assert [found.orders.get(one.id, 0) for one in things] == [0, *(3_000_000,) * 3, 3_001_000, 2_000_000]


@pytest.mark.parametrize(
    ("name", "family", "kind"),
    [
        ("CIFAR-10.1", "CIFAR-10", "Dataset"),
        ("ImageNet-C", "ImageNet", "Dataset"),
        ("ImageNet-21k", "ImageNet", "Dataset"),
        ("MATH-500", "MATH", "Dataset"),
        ("MMLU-Pro", "MMLU", "Dataset"),
        ("AIME 2024", "AIME", "Dataset"),
        ("GPT-4o", "GPT-4", "Method"),
        ("BERT-large", "BERT", "Method"),
        ("ViT-B/16", "ViT", "Method"),
        ("YOLOv8", "YOLO", "Method"),
        ("Mamba-2", "Mamba", "Method"),
        ("k-means++", "k-means", "Method"),
        ("GPT-4", "GPT models", "Method"),
        ("ReasonZork-7B", "ReasonZork", "Method"),
        ("MegaGlyph-400M", "MegaGlyph", "Dataset"),
        ("Zorks++", "Zork", "Method"),
    ],
)
def test_versions_of_their_family(name: str, family: str, kind: str) -> None:
    things = [thing(name, kind=kind), thing(family, kind=kind)]
    assert edges(settled(*things), "version_of", things) == {(name, family)}


@pytest.mark.parametrize(
    ("name", "other", "kind"),
    [
        ("CIFAR-100", "CIFAR-10", "Dataset"),
        ("GSM8K", "GSM", "Dataset"),
        ("MathVision", "MATH", "Dataset"),
        ("RoBERTa", "BERT", "Method"),
        ("REACT++", "ReAct", "Method"),
        ("LLaSO-Instruct", "LLaSO", "Method"),
        ("Foundation Vision models", "foundation model", "Method"),
        ("MegaGlyph-1.4M", "MegaGlyph", "Method"),
        ("layer base", "layer", "Method"),
        ("GPT-4", "GPT-3.5", "Method"),
        ("LLaMA embeddings", "Llama", "Method"),
        # A number of parameters behind the name of a data set is that of a model made with it.
        ("ReasonZork-7B", "ReasonZork", "Dataset"),
        ("ReasonZork-70B", "ReasonZork", "Dataset"),
        ("ReasonZork-1.5B", "ReasonZork", "Dataset"),
        # What follows brackets inside a word belongs to a formula.
        ("Z(ORK)2", "ZORK", "Method"),
        ("ZO(RK) 2", "ZORK", "Method"),
        ("[Zo]rk-2", "Zork", "Method"),
        ("Zo[RK]-2", "ZoRK", "Method"),
        # A capital S is a letter of the name and no plural, though the normal form drops it.
        ("ZorkS++", "Zork", "Method"),
        ("UniZoRS++", "UnIZor", "Method"),
    ],
)
def test_no_versions(name: str, other: str, kind: str) -> None:
    assert edges(settled(*(things := [thing(name, kind=kind), thing(other, kind=kind)])), "version_of", things) == set()


def test_another_kind_is_no_family() -> None:
    assert settled(thing("ImageNet-C", kind="Dataset"), thing("ImageNet")).evidence == []


def test_an_abbreviation_is_trusted_in_the_vocabulary_and_where_one_paper_has_both() -> None:
    version, family = thing("ZRM2"), thing("zorn ranking machine", also=("ZRM",))
    assert settled(version, family).evidence == []
    assert len(settled(version, family, together=True).evidence) == 1
    known = thing("zorn ranking machine", also=("ZRM",), term="term:zrm")
    vocabulary = build([Term("term:zrm", "zorn ranking machine", "Method", ("ZRM",))])
    assert len(settled(version, known, vocabulary=vocabulary).evidence) == 1


def test_a_sister_called_by_the_family_name_is_no_family() -> None:
    assert settled(thing("WebZork-2B"), thing("WebZork-10B", also=("WebZork",)), together=True).evidence == []


def test_the_weakest_statement_of_a_cycle_goes_and_denials_stay() -> None:
    a, b, c = (thing(name) for name in ("aaa", "bbb", "ccc"))
    weak, denial = says(c, a, probability=0.5), says(b, a, paper="paper:d", polarity="negated")
    found = settled(a, b, c, stated=[says(a, b), says(b, c), weak, denial])
    assert found.cyclic == 1
    assert weak not in found.evidence and denial in found.evidence and len(found.evidence) == 3


def test_a_reversed_version_is_refused() -> None:
    old, new = thing("Zork"), thing("Zork 2")
    found = settled(old, new, stated=[says(old, new, probability=0.9)])
    assert [(item.type, item.head) for item in found.evidence] == [("version_of", new.id)]
    assert found.cyclic == 1


def test_what_a_longer_way_says_goes_but_text_stays() -> None:
    terms = [Term("term:d", "diffusion model", "Method"), Term("term:f", "fast latent diffusion model", "Method")]
    terms[1] = Term("term:f", "fast latent diffusion model", "Method", broader=("term:d",))
    low, middle = thing("fast latent diffusion model", term="term:f"), thing("latent diffusion model")
    high = thing("diffusion model", term="term:d")
    assert edges(settled(low, middle, high, vocabulary=build(terms)), "is_a", [low, middle, high]) == {
        (low.label, middle.label),
        (middle.label, high.label),
    }
    text = says(low, high)
    assert text in settled(low, middle, high, stated=[text], vocabulary=build(terms)).evidence


@pytest.mark.parametrize("seed", range(20))
def test_no_cycle_is_ever_left_and_only_the_weaker_edges_go(seed: int) -> None:
    chance = random.Random(seed)
    strengths = {
        (f"n{chance.randrange(12)}", f"n{chance.randrange(12)}"): (round(chance.random(), 1),) for _ in range(40)
    }
    refused = closing(strengths)
    kept = nx.DiGraph(edge for edge in strengths if edge not in refused)
    assert nx.is_directed_acyclic_graph(kept)
    for low, high in refused:
        assert low == high or nx.has_path(kept, high, low)
    turned = list(strengths.items())
    chance.shuffle(turned)
    assert closing(dict(turned)) == refused


@pytest.mark.parametrize("seed", range(20))
def test_reduction_keeps_what_is_reached(seed: int) -> None:
    chance = random.Random(seed)
    pairs = {tuple(sorted(chance.sample(range(15), 2))) for _ in range(40)}
    whole = nx.DiGraph((str(low), str(high)) for low, high in pairs)
    small = nx.DiGraph(whole.edges - redundant(whole.edges))
    assert set(small.edges) == set(nx.transitive_reduction(whole).edges)
    assert nx.transitive_closure(small).edges == nx.transitive_closure(whole).edges


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_things_and_statements_changes_nothing(seed: int) -> None:
    names = ("Llama", "Llama 3", "LLaMA-3", "Llama-3-8B", "fast Llama 3", "latent code model", "code model")
    things = [thing(name, support=2) for name in names]
    stated = [says(a, b, paper=f"paper:{i}") for i, (a, b) in enumerate(zip(things, reversed(things), strict=True))]
    stated = [item for item in stated if item.head != item.tail]
    first = settled(*things, stated=stated)
    chance = random.Random(seed)
    chance.shuffle(things)
    chance.shuffle(stated)
    again = settled(*things, stated=stated)
    assert set(first.evidence) == set(again.evidence) and first.cyclic == again.cyclic
