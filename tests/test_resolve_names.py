"""Two names, judged by their letters, numbers and the vocabulary."""

import csv
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.initials import LOOSE, NO, STRICT, fits, looks_short
from kg.resolve import name_tables as tables
from kg.resolve.name_forms import canonical
from kg.resolve.names import Verdict, judge, judge_prepared, prepare
from kg.vocabulary import Term, Vocabulary, build, load

PAIRS = Path(__file__).parent / "data" / "alias-pairs.tsv"
NOTHING = Vocabulary({}, {})

#: Pairs judged wrongly because the shipped vocabulary lists a narrower or wider name as another label.
BY_LABEL = {
    ("diffusion model", "diffusion"),
    ("generative model", "deep generative model"),
    ("flow matching", "conditional flow matching"),
}


def read_pairs(path: Path) -> list[tuple[str, str, str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["verdict"], row["a"], row["b"], row.get("phenomenon") or "") for row in rows]


OWN = read_pairs(PAIRS)
NAMES = sorted({name for _, a, b, _ in OWN for name in (a, b)})


def wrong(pairs: list[tuple[str, str, str, str]], vocabulary: Vocabulary) -> dict[str, list[tuple[str, str]]]:
    """Give the pairs judged wrongly, by what they are."""
    found: dict[str, list[tuple[str, str]]] = {"same": [], "different": []}
    for verdict, a, b, _ in pairs:
        if judge(a, b, vocabulary).same != (verdict == "same"):
            found[verdict].append((a, b))
    return found


def test_the_pairs_hold_enough_of_each_phenomenon() -> None:
    assert len(OWN) >= 900
    assert min(Counter(verdict for verdict, *_ in OWN).values()) > 400
    assert min(Counter((verdict, phenomenon) for verdict, _, _, phenomenon in OWN).values()) >= 5
    assert {verdict for verdict, *_ in OWN} == {"same", "different"}


def test_pairs_with_the_shipped_vocabulary() -> None:
    found = wrong(OWN, load())
    assert set(found["different"]) <= BY_LABEL
    assert len(found["same"]) <= 0.02 * len(OWN)


def test_pairs_without_a_vocabulary() -> None:
    found = wrong(OWN, NOTHING)
    assert found["different"] == []
    assert len(found["same"]) <= 0.04 * len(OWN)


@pytest.mark.shared
def test_pairs_of_the_reference(shared: Path) -> None:
    pairs = read_pairs(shared / "gold" / "alias-pairs-dev.tsv")
    found = wrong(pairs, load())
    assert found["different"] == []
    assert len(found["same"]) <= 0.04 * len(pairs)


@pytest.mark.parametrize(
    ("a", "b", "rule"),
    [
        ("Chain of Thought", "chain-of-thought", "form"),
        ("Flash Attention", "FlashAttention", "solid"),
        ("mixtures of experts", "mixture of experts", "spelling"),
        ("FlashAttention v2", "FlashAttention-2", "spelling"),
        ("Llama-3-8B-Instruct", "Llama 3 Instruct 8B", "version"),
        ("GSM8K benchmark", "GSM8K", "generic"),
        ("NeRFs", "neural radiance fields", "initials"),
        ("JS divergence", "Jensen-Shannon divergence", "initials"),
        ("estimation of density", "density estimation", "order"),
    ],
)
def test_same_says_which_rule(a: str, b: str, rule: str) -> None:
    verdict = judge(a, b, NOTHING)
    assert (verdict.same, verdict.rule) == (True, rule)
    assert verdict.score >= 0.5


@pytest.mark.parametrize(
    ("a", "b", "rule", "reason"),
    [
        ("top-1 accuracy", "top-5 accuracy", "number", "another number"),
        ("GPT-4", "GPT-4o", "version", "two versions or variants of gpt"),
        ("Mamba", "Mamba-2", "version", "a version or variant of mamba"),
        ("offline learning", "online learning", "opposite", "opposed"),
        ("symmetric loss", "asymmetric loss", "opposite", "'asymmetric'"),
        ("diffusion model", "discrete diffusion model", "added", "'discrete' makes it another thing"),
        ("LDM", "diffusion model", "initials", "the letters of LDM do not fit diffusion model"),
        ("weight decay", "weight sharing", "words", "'decay' is not 'sharing'"),
        ("model to problem map", "problem to model map", "words", "order"),
        ("-", "MCMC", "empty", "without letters"),
    ],
)
def test_different_says_why(a: str, b: str, rule: str, reason: str) -> None:
    verdict = judge(a, b, NOTHING)
    assert (verdict.same, verdict.rule) == (False, rule)
    assert reason in verdict.reason
    assert verdict.score < 0.5


def _term(name: str, kind: str, *labels: str) -> Term:
    return Term(f"term:{name}", labels[0], kind, labels[1:])


SMALL = build(
    [
        _term("sam", "Method", "Segment Anything Model", "SAM"),
        _term("sharp", "Method", "sharpness-aware minimization", "SAM optimizer"),
        _term("map", "Metric", "mean average precision", "mAP"),
        _term("nlp", "Task", "natural language processing", "NLP"),
        _term("ml", "Concept", "machine learning", "ML"),
        _term("metric", "Method", "metric learning"),
        _term("cnn", "Method", "convolutional neural network", "CNN", "ConvNet"),
        _term("forest", "Method", "random forest"),
        _term("low", "Method", "low-bit quantization", "2-bit quantization", "4-bit quantization"),
    ]
)


@pytest.mark.parametrize(
    ("a", "b", "same", "rule"),
    [
        ("Segment Anything Models", "SAM", True, "vocabulary"),
        ("Segment Anything Model", "sharpness-aware minimization", False, "vocabulary"),
        ("SAM", "sharpness-aware minimization", True, "reading"),  # both readings are possible without a context
        ("ML", "metric learning", False, "vocabulary"),  # two letters are too few for a second reading
        ("MAP", "maximum a posteriori", True, "initials"),
        ("mAP", "maximum a posteriori", False, "initials"),
        ("ConvNet pruning", "convolutional neural network pruning", True, "term"),
        ("ConvNet pruning", "random forest pruning", False, "term"),
        ("NLP task", "NLP", True, "generic"),
        ("NLP model", "NLP", False, "added"),
        ("random forest model", "random forests", True, "generic"),
        ("convolutionl neural network", "convolutional neural network", True, "slip"),
        ("2-bit quantization", "4-bit quantization", False, "number"),  # whatever their term says
        ("mixture of convnets", "mixtures of ConvNet", True, "form"),
    ],
)
def test_the_vocabulary_helps(a: str, b: str, same: bool, rule: str) -> None:
    verdict = judge(a, b, SMALL)
    if rule == "form":
        assert verdict.same is same
    else:
        assert (verdict.same, verdict.rule) == (same, rule), verdict


def test_a_label_of_two_terms_reads_as_either() -> None:
    twice = build([_term("a", "Method", "state space model", "SSM"), _term("b", "Method", "surface mount", "SSM")])
    for long in ("state-space models", "surface mount"):
        verdict = judge("SSM", long, twice)
        assert verdict.same
        assert verdict.score < 0.9


@pytest.mark.parametrize(
    ("short", "long", "grade"),
    [
        ("CoT", "chain of thought", STRICT),
        ("IoU", "intersection over union", STRICT),
        ("T2I", "text to image", STRICT),
        ("A2C", "advantage actor critic", STRICT),
        ("TD3", "twin delayed deep deterministic", NO),
        ("3DGS", "3d gaussian splatting", STRICT),
        ("3DGS", "2d gaussian splatting", NO),
        ("MLP", "multilayer perceptron", STRICT),
        ("ASR", "automatic speech recognition", STRICT),
        ("AE", "autoencoder", STRICT),
        ("OT", "overthinking", NO),
        ("XAI", "explainable artificial intelligence", STRICT),
        ("LLM", "large scale language model", STRICT),
        ("AUROC", "area under the roc curve", STRICT),
        ("AUROC", "area over the roc curve", NO),
        ("DETR", "detection transformer", LOOSE),
        ("DPR", "dynamic programming", NO),
        ("VLA", "vision language model", NO),
        ("GPT2", "generative pretrained transformer", NO),
        ("HumanEval", "human evaluation", NO),
        ("DQN", "", NO),
    ],
)
def test_abbreviations_fit_by_the_beginnings_of_words(short: str, long: str, grade: int) -> None:
    assert fits(short, tuple(long.split()), frozenset(("roc",))) == grade


def test_a_word_that_is_an_abbreviation_is_used_whole() -> None:
    assert fits("MAS", ("multilingual", "asr"), frozenset(("asr",))) == NO
    assert fits("MASR", ("multilingual", "asr"), frozenset(("asr",))) == STRICT


def test_fitting_takes_no_exponential_time() -> None:
    assert fits("A" * 13 + "B", ("a",) * 29) == NO


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_the_order_of_two_names_makes_no_difference(a: str, b: str) -> None:
    for vocabulary in (NOTHING, SMALL):
        assert judge(a, b, vocabulary) == judge(b, a, vocabulary)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_get_a_verdict(a: str, b: str) -> None:
    verdict = judge(a, b, NOTHING)
    assert verdict == judge(b, a, NOTHING)
    assert 0 <= verdict.score <= 1
    assert verdict.same == (verdict.score >= 0.5)
    assert verdict.reason
    assert "\t" not in verdict.reason
    assert "\n" not in verdict.reason


@given(st.text(max_size=60))
def test_every_name_is_itself(name: str) -> None:
    assert judge(name, name, NOTHING).same


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_the_case_of_the_first_letter_and_hyphens_for_spaces_make_no_difference(a: str, b: str) -> None:
    lower = [" ".join(word if looks_short(word) else word.lower() for word in name.split()) for name in (a, b)]
    upper = [name[:1].upper() + name[1:] for name in lower]
    if not any(map(looks_short, [*lower, *upper])):
        assert judge(upper[0], lower[1], NOTHING).same == judge(lower[0], lower[1], NOTHING).same
    assert judge(a, a.replace(" ", "-"), NOTHING).same


@given(st.sampled_from([name for name in NAMES if re.fullmatch(r"[a-z -]+(?:tion|ing|work|model|er|ent)", name)]))
def test_a_plural_is_the_same(name: str) -> None:
    assert judge(name, name + "s", NOTHING).same


NUMBERS = st.one_of(st.integers(0, 999).map(str), st.from_regex(r"[1-9]\.[1-9]", fullmatch=True))


@given(
    st.sampled_from(("Llama", "GPT", "ViT-B", "DINO", "MMLU", "layer", "deep network", "top", "mT", "S", "a", "CIFAR")),
    st.sampled_from((" ", "-", "", "/", " v", "-v")),
    NUMBERS,
    NUMBERS,
    st.sampled_from(("", " model", "-Instruct", " benchmark", "o", "B", " of experts", "D")),
)
def test_names_that_differ_in_a_number_are_never_the_same(
    name: str, between: str, one: str, two: str, end: str
) -> None:
    a, b = f"{name}{between}{one}{end}", f"{name}{between}{two}{end}"
    for vocabulary in (NOTHING, load()):
        assert judge(a, b, vocabulary).same == (float(one) == float(two) and one == two)
        assert not judge(a, name, vocabulary).same or name in ("a",)


def test_hostile_names_are_judged_too() -> None:
    names = ["", " ", "$", "\\", "(", "a" * 5000, "A-" * 3000, "of " * 2000, "\ud800", "\x00", "١٢٣", "零", "ß", "İ"]
    for a in names:
        for b in names:
            assert isinstance(judge(a, b, NOTHING), Verdict)


def test_prepared_names_give_the_verdict_of_the_names() -> None:
    prepared = {name: prepare(name, SMALL) for name in NAMES[:200]}
    for a, b in pairwise(prepared):
        assert judge_prepared(prepared[a], prepared[b], SMALL) == judge(a, b, SMALL)


def test_canonical_words_are_already_canonical() -> None:
    for name in NAMES:
        words = canonical(prepare(name, NOTHING).form)[0]
        assert canonical(" ".join(words))[0] == words, name


def test_the_groups_of_opposites_say_something_about_two_words_each() -> None:
    assert all(len(group) > 1 for group in tables.OPPOSITES)
    for group in tables.OPPOSITES:
        assert not any(tables.WORDS.get(word, word) != word for word in group), group
