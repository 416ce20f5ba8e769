"""Names of many papers are joined where they are one thing, clusters hold together, and identifiers stay."""

import random

import pytest

from kg.model import Extraction, LocalEntity, Span
from kg.namespaces import entity_curie
from kg.resolve.blocking import candidates, squeezed
from kg.resolve.clusters import Decision, Unit, cluster, other_kind, side_by_side, steady_key
from kg.resolve.identity import identify, kind_of, label_of
from kg.vocabulary import Term, Vocabulary, build

NOTHING = Vocabulary({}, {})
ZETA = build([Term("term:zeta", "zeta model", "Method", ("ZM",))])


def local(number: int, label: str, *, kind: str = "Method", long: str = "", names: tuple[str, ...] = ()) -> LocalEntity:
    span = Span("abstract", 10 * number, 10 * number + 4)
    return LocalEntity(f"e{number}", kind, label, 0.9, (span,), names or (label,), long)


def said(*labels: str, kind: str = "Method") -> Extraction:
    return Extraction(tuple(local(number, label, kind=kind) for number, label in enumerate(labels, 1)))


def defined(long: str, short: str, *others: str) -> Extraction:
    rest = tuple(local(number, label) for number, label in enumerate(others, 2))
    return Extraction((local(1, long, long=long, names=(long, short)), *rest))


def keys(*rows: Extraction, vocabulary: Vocabulary = NOTHING) -> list[str]:
    """Give the key of the first entity of each paper."""
    return [row["e1"] for row in identify(rows, vocabulary).keys]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Quibble Attention", "QuibbleAttention"),
        ("quibble-colour model", "quibble color models"),
        ("optimisation of quibbles", "quibble optimization"),
        ("QuibbleNet-2", "QuibbleNet 2"),
    ],
)
def test_spellings_of_one_name_are_one_node(a: str, b: str) -> None:
    first, second = keys(said(a), said(b))
    assert first == second


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("QuibbleNet-2", "QuibbleNet-3"),
        ("supervised quibbling", "unsupervised quibbling"),
        ("forward quibble process", "reverse quibble process"),
        ("Quibble-7B", "Quibble-70B"),
    ],
)
def test_names_that_differ_in_number_or_sense_stay_apart(a: str, b: str) -> None:
    first, second = keys(said(a), said(b))
    assert first != second


def test_near_equal_expansions_of_one_abbreviation_are_one_node() -> None:
    found = keys(defined("quick quibble adaptation", "QQA"), defined("quick quibble adapter", "QQA"), said("QQA"))
    assert len(set(found)) == 1


def test_a_name_with_its_abbreviation_written_out_is_the_same() -> None:
    rows = [defined("quibble field learning", "QFL")] * 4
    first, second = keys(said("robust QFL solver"), said("robust quibble field learning solver"), *rows)[:2]
    assert first == second


def test_an_odd_definition_does_not_drag_another_thing_in() -> None:
    """The short name also stands for a data set that other papers know."""
    metric = defined("CLIQ-MMQ", "CMMQ", "image quality", "generated images", "Fréchet quibble")
    data = [
        Extraction(tuple(local(n, name, kind="Dataset" if n == 1 else "Task") for n, name in enumerate(names, 1)))
        for names in (("CMMQ", "mammography", "breast density"), ("CMMQ", "mammography", "tumour detection"))
    ]
    others = [said("weather forecast", "rain radar"), said("robot arm", "grasp")]
    found = keys(metric, *data, *others)
    assert found[1] == found[2] == "cmmq"
    assert found[0] == "cliq mmq"


def test_a_cluster_holds_together() -> None:
    """``b`` is like ``a`` and like ``c``, which are not alike: no chain joins them."""
    units = [Unit(name, forms=(name,)) for name in "abc"]
    alike = {(0, 1): 0.9, (1, 2): 0.95}

    def compare(first: int, second: int) -> Decision:
        score = alike.get((first, second), 0.2)
        return Decision(first, second, score > 0.5, "test", score)

    homes, decisions = cluster(units, sorted(alike), compare)
    assert homes == [0, 0, 2]
    refused = [decision for decision in decisions if not decision.same]
    assert [(decision.a, decision.b) for decision in refused] == [(1, 2)]
    assert refused[0].reason.startswith("b is also called a")


def test_what_papers_use_side_by_side_or_as_another_kind_speaks_against() -> None:
    one, two = Unit("one", papers=[1, 2, 3, 4]), Unit("two", papers=[3, 9])
    assert side_by_side(one, two) == side_by_side(two, one) == "1 of 2 papers with two name one as another thing"
    assert side_by_side(one, Unit("three", papers=[7])) == ""
    as_data, as_method = (LocalEntity("e1", kind, "one", 0.9, (), ("one",)) for kind in ("Dataset", "Method"))
    one.entities, two.entities = [as_data], [as_method]
    assert other_kind(one, two)
    two.entities.append(as_data)
    assert not other_kind(one, two)


@pytest.mark.parametrize(
    ("others", "joined"),
    [
        ("", True),
        ("textual snark|textual boojum|textural wabe", True),
        ("textual snark|textural wabe|textural tove", True),
        ("textual snark|textual boojum|textural wabe|textural tove", False),
    ],
)
def test_two_words_of_several_names_each_are_no_slip_of_the_pen(others: str, joined: bool) -> None:
    vocabulary = build([Term("term:t", "textual entailment", "Concept")])
    rows = [said(name) for name in ("textual quibbling", "textural quibbling", *filter(None, others.split("|")))]
    first, second, *rest = keys(*rows, vocabulary=vocabulary)
    assert (first == second) is joined
    assert len({first, *rest}) == 1 + len(rest)
    (merge,) = (one for one in identify(rows, vocabulary).merges if one.b == "textural quibbling")
    why = "differ by a slip of the pen" if joined else "are words of several names"
    assert merge.reason == f"'textual' and 'textural' {why}"


def test_blocks_find_what_is_worth_a_comparison() -> None:
    forms = ("flash attention", "flashattention", "image classification", "classification of image")
    forms += ("quantization error", "quantisation error", "cat", "car", "model 2 large", "model 3 large")
    names = [(form,) for form in forms]
    assert candidates(names, []) == [(0, 1), (2, 3), (4, 5)]
    assert candidates(names, [[6, 9, 9]]) == [(0, 1), (2, 3), (4, 5), (6, 9)]
    assert candidates([], []) == []


def test_one_letter_apart_is_found_wherever_the_letter_stands() -> None:
    name = "stochastic quibble descent"
    for place in range(len(name)):
        if name[place] != " ":
            for other in (name[:place] + name[place + 1 :], name[:place] + "z" + name[place:]):
                assert candidates([(name,), (other,)], []) == [(0, 1)], other
    assert squeezed("a 1 2 b") == "a1 2b"


def test_a_key_does_not_depend_on_votes() -> None:
    many = [said("Quibble Attention")] * 5
    assert set(keys(*many, said("QuibbleAttention"))) == set(
        keys(said("Quibble Attention"), *[said("QuibbleAttention")] * 5)
    )
    assert steady_key([Unit("quibbleattention"), Unit("quibble attention")]) == "quibble attention"
    assert steady_key([Unit("a"), Unit("term:zeta", is_term=True)]) == "term:zeta"


def test_the_label_is_the_most_frequent_spelt_out_name() -> None:
    rows = [defined("quibble field learning", "QFL"), *[said("QFL")] * 3, said("Quibble Field-Learning")]
    identity = identify(rows, NOTHING)
    assert len(identity.clusters) == 1
    assert label_of(next(iter(identity.clusters.values())), NOTHING) == "quibble field learning"


def test_every_merge_is_in_the_ledger_with_reason_and_score() -> None:
    rows = [
        said("Quibble Attention"),
        said("QuibbleAttention"),
        defined("quartz attention", "QuA"),
        defined("quick audit", "QuA"),
    ]
    merges = identify(rows, NOTHING).merges
    assert [(m.a, m.b, m.decision) for m in merges if m.decision == "different"] == [
        ("quartz attention", "quick audit", "different")
    ]
    same = {(m.a, m.b): m for m in merges if m.decision == "same"}
    assert set(same) == {
        ("quibble attention", "quibbleattention"), ("quartz attention", "qua"), ("quick audit", "qua")
    }  # fmt: skip
    assert all(m.reason and 0 < m.score <= 1 for m in merges)
    assert same["quibble attention", "quibbleattention"].entity == entity_curie("quibble attention")


def test_the_vocabulary_is_what_its_labels_join() -> None:
    found = keys(said("zeta-model"), said("ZetaModel"), said("zeta models"), vocabulary=ZETA)
    assert len(set(found)) == 1


def _papers(number: int, seed: int) -> list[Extraction]:
    """Make papers of made-up names, some spelt in several ways and some abbreviated."""
    draw = random.Random(seed)
    stems = ["quibble", "zork", "flim", "gront", "plax", "drim", "sneld", "brock"]
    heads = ["network", "learning", "attention", "search", "coding"]
    rows = []
    for _ in range(number):
        entities = []
        for place in range(1, 6):
            one, two, head = draw.choice(stems), draw.choice(stems), draw.choice(heads)
            label = draw.choice(
                [
                    f"{one} {two} {head}",
                    f"{one}-{two} {head}s",
                    f"{one}{two} {head}",
                    f"{one[0]}{two[0]}{head[0]}".upper(),
                ]
            )
            long = f"{one} {two} {head}" if draw.random() < 0.3 else ""
            names = tuple(sorted({label, long} - {""}))
            entities.append(local(place, long or label, long=long, names=names))
        rows.append(Extraction(tuple(entities)))
    return rows


def test_the_order_of_papers_changes_nothing() -> None:
    rows = _papers(120, 1)
    wanted = identify(rows, NOTHING)
    order = random.Random(2).sample(range(len(rows)), len(rows))
    found = identify([rows[i] for i in order], NOTHING)
    assert found.merges == wanted.merges
    assert list(found.clusters) == list(wanted.clusters)
    for key, one in found.clusters.items():
        other = wanted.clusters[key]
        assert (one.forms, one.labels, one.names) == (other.forms, other.labels, other.names)
        assert kind_of(one, NOTHING) == kind_of(other, NOTHING)
    assert list(found.keys) == [wanted.keys[i] for i in order]


def test_more_papers_leave_identifiers_or_their_names_lead_on() -> None:
    rows = _papers(300, 3)
    before, after = identify(rows[:280], NOTHING).clusters, identify(rows, NOTHING).clusters
    homes = {name.casefold() for own in after.values() for name in own.names}
    gone = before.keys() - after.keys()
    assert len(gone) < len(before) / 10
    assert all(any(name.casefold() in homes for name in before[key].names) for key in gone)
