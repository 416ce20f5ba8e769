"""The components that propose: tokens, candidates, abbreviations, vocabulary, cues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.abbreviations import _LIMITS, definitions
from kg.extract.candidates import candidates
from kg.extract.gazetteer import gazetteer
from kg.extract.parts import Thing, sentence_ranges, words_of
from kg.extract.patterns import PAIR_CUES, PAPER_CUES
from kg.extract.relation_features import line, pair_cues, paper_cues
from kg.extract.tagger import choose
from kg.extract.tokens import tagger
from kg.vocabulary import Term, build

TAGGER = tagger()


def doc_of(text):
    return TAGGER(text)


def words(text):
    return [token.text for token in doc_of(text)]


@pytest.mark.parametrize(
    "name",
    [
        "GPT-3.5",
        "C++",
        "ViT-B/16",
        "CIFAR-10.1",
        "low-rank",
        "SE(3)",
        "A*",
        "Llama-3-8B-Instruct",
        "state-of-the-art",
        "3D",
    ],
)
def test_a_technical_name_is_one_token(name):
    assert name in words(f"We compare {name} with others, {name}, and ({name}).")


def test_dashes_between_words_split_them():
    assert "works" in words("It works--really.")
    assert "cache" in words("A larger cache—and more of it.")


def test_sentences_end_at_final_punctuation_and_the_title_stands_alone():
    doc = doc_of("A Title: With Colon\n\nWe test it, e.g. on text. Results (see Fig. 2) are good. It helps?")
    sentences = [doc[start:end].text for start, end in sentence_ranges(words_of(doc))]
    assert sentences[0] == "A Title: With Colon"
    assert sentences[1] == "We test it, e.g. on text."
    assert sentences[-1] == "It helps?"


def test_an_empty_title_leaves_an_empty_first_sentence():
    doc = doc_of("\n\nWe test it. It works.")
    assert sentence_ranges(words_of(doc))[0] == (0, 0)
    assert len(sentence_ranges(words_of(doc))) == 3


@pytest.mark.parametrize(
    "name",
    ["KV cache", "3D reconstruction", "mixture of experts", "ViT-B/16", "out-of-distribution detection", "Llama 2"],
)
def test_a_name_is_among_the_candidates(name):
    doc = doc_of(f"In this paper we study {name} for large models.")
    assert name in {doc[start:end].text for start, end in candidates(doc)}


def test_candidates_stay_inside_sentences_and_start_with_no_evaluation():
    doc = doc_of("We train a novel diffusion model. Data augmentation helps.")
    found = {doc[start:end].text for start, end in candidates(doc)}
    assert "diffusion model" in found
    assert not any(text.startswith("novel") or "." in text for text in found)


def expansions(text):
    doc = doc_of(text)
    return [(doc[slice(*long)].text, doc[slice(*short)].text) for long, short in definitions(words_of(doc))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We use low-rank adaptation (LoRA) here.", [("low-rank adaptation", "LoRA")]),
        ("Generative adversarial networks (GANs) are trained.", [("Generative adversarial networks", "GANs")]),
        ("The k-nearest neighbor (kNN) rule is old.", [("k-nearest neighbor", "kNN")]),
        ("The area under the ROC curve (AUROC) rises.", [("area under the ROC curve", "AUROC")]),
        ("We propose LRA (low-rank adaptation) for tuning.", [("low-rank adaptation", "LRA")]),
        ("We test LLMs (Llama Large and Mistral small) here.", []),
        ("Mixture-of-Experts (MoE) layers route tokens.", [("Mixture-of-Experts", "MoE")]),
        ("LoRA: Low-Rank Adaptation of Language Models", [("Low-Rank Adaptation", "LoRA")]),
        ("EMS: Adaptive Evict-then-Merge Strategy", [("Evict-then-Merge Strategy", "EMS")]),
        ("LoRA: Learning to Rank Again", []),
        ("We propose DAM (Decision-theoretic Agent Memory) here.", [("Decision-theoretic Agent Memory", "DAM")]),
        ("Accuracy is high (see Table 2) on all sets (2023).", []),
        ("It beats the baseline (left) and ours (right).", []),
    ],
)
def test_abbreviations_are_read_with_their_expansion(text, expected):
    assert expansions(text) == expected


@pytest.mark.parametrize("limit", "( ) [ ] ; : . is are was were which such including".split())
def test_a_long_form_has_no_end_of_a_clause_and_no_verb(limit):
    assert limit in _LIMITS
    if limit.isalpha():
        assert expansions(f"We see {limit} good new training ({limit[0].upper()}GNT).") == []
    else:
        assert expansions(f"We see good {limit} new training (GNT).") == []


@pytest.mark.parametrize("word", ["in", "of", "with", "or"])
def test_a_long_form_may_have_other_words(word):
    short = f"{word[0].upper()}GNT"
    assert expansions(f"We see {word} good new training ({short}).") == [(f"{word} good new training", short)]


def test_capitals_are_asked_for_where_a_label_is_an_abbreviation_or_a_proper_name():
    terms = [
        Term("term:arc", "ARC", "Dataset"),
        Term("term:performer", "Performer", "Method"),
        Term("term:lm", "language model", "Method", ("LM",)),
    ]
    found = gazetteer(build(terms)).find
    assert (found("ARC"), found("arc")) == ("term:arc", "")
    assert (found("Performer"), found("performer")) == ("term:performer", "")
    assert found("Language Models") == found("LMs") == "term:lm"
    assert found("unknown thing") == ""


def line_of(text):
    marks = {"<x>": "x", "<h>": "h", "<t>": "t", "<e>": "e"}
    return line([("", marks[word]) if word in marks else (word, "") for word in text.split()])


@pytest.mark.parametrize("cue", PAPER_CUES, ids=lambda cue: cue.name)
def test_a_cue_for_the_paper_fires_on_its_example(cue):
    assert cue in paper_cues(line_of(cue.example), "x")


@pytest.mark.parametrize("cue", PAIR_CUES, ids=lambda cue: cue.name)
def test_a_cue_for_a_pair_fires_on_its_example(cue):
    assert cue in pair_cues(line_of(cue.example), "h", "t")


def test_no_cue_fires_where_nothing_is_said():
    assert paper_cues(line_of("nobody knows <x> yet"), "x") == []
    assert pair_cues(line_of("<h> ; then <t>"), "h", "t") == []


def test_every_relation_has_a_cue():
    from kg.model import RELATIONS

    assert {cue.relation for cue in (*PAPER_CUES, *PAIR_CUES)} == set(RELATIONS)


spans = st.tuples(st.integers(0, 9), st.integers(1, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(st.tuples(spans, st.floats(-2, 5)), max_size=9))
def test_the_choice_is_the_best_set_without_overlap(rows):
    ranges, weights = [row[0] for row in rows], [row[1] for row in rows]
    chosen = choose(ranges, weights, 14)

    def clear(numbers):
        used = [index for i in numbers for index in range(*ranges[i])]
        return len(used) == len(set(used))

    assert clear(chosen)
    best = max(
        sum(weights[i] for i in range(len(rows)) if mask >> i & 1)
        for mask in range(1 << len(rows))
        if clear([i for i in range(len(rows)) if mask >> i & 1])
    )
    assert sum(weights[i] for i in chosen) == pytest.approx(best)


def test_things_are_plain_data():
    thing = Thing("e1", "Method", "LoRA", ((0, 1),))
    assert thing == Thing("e1", "Method", "LoRA", ((0, 1),))
