"""What the encoder reads and says: word pieces and marks, long texts, vectors of spans, one paper at a time."""

import random

import numpy as np
import pytest

from kg.config import Config
from kg.extract import encoder, statistics
from kg.extract.inputs import MARKS, MAX_PIECES, MEASURES, inputs, measures
from kg.extract.pipeline import build
from kg.extract.tagger import context

TITLE = "FrobNet: Sparse Key-Value Caches"
SENTENCE = "FrobNet prunes the key-value (KV) cache of large language models (LLMs) on LongBench and GSM8K. "


@pytest.fixture(scope="module")
def nlp():
    return build(Config())


@pytest.fixture(scope="module")
def tokenizer():
    return encoder.shipped()._tokenizer


def known_of(nlp, text):
    doc = nlp(text)
    return context(doc), doc._.candidates


def test_every_token_has_its_pieces(nlp, tokenizer):
    known, _ = known_of(nlp, f"{TITLE}\n\n{SENTENCE}")
    read = inputs(known, tokenizer)
    (ids,) = read.passes
    assert len(ids) == len(read.marks)
    for index, word in enumerate(known.words.lower):
        first, last = read.first[index], read.last[index]
        text = "".join(tokenizer.id_to_token(int(ids[i])).removeprefix("##") for i in range(first, last + 1))
        assert text == word.replace("¶", "[SEP]")
        assert read.marks[first : last + 1, -1].tolist() == [0] + [1] * (last - first)
    assert (read.first[1:] == read.last[:-1] + 1).all()


def test_marks_tell_names_terms_and_abbreviations_apart(nlp, tokenizer):
    known, _ = known_of(nlp, f"{TITLE}\n\n{SENTENCE}")
    read = inputs(known, tokenizer)
    assert (read.marks[:, : len(MARKS)] < np.array(MARKS)).all()
    marks = {text: read.marks[read.first[index]].tolist() for index, text in enumerate(known.words.texts)}
    assert marks["FrobNet"][0] != marks["cache"][0]
    assert marks["LLMs"][3] == 3
    assert marks["large"][3] == 1
    assert marks["GSM8K"][2] and not marks["prunes"][2]


def test_a_long_text_is_read_in_passes_that_end_with_sentences(nlp, tokenizer):
    known, _ = known_of(nlp, f"{TITLE}\n\n{SENTENCE * 60}")
    read = inputs(known, tokenizer)
    assert len(read.passes) > 2
    assert all(len(ids) <= MAX_PIECES for ids in read.passes)
    starts = np.cumsum([0, *map(len, read.passes[:-1])]) + 1
    for start in starts[1:]:
        (token,) = np.flatnonzero(read.first == start)
        assert known.words.starts[int(token)]


def test_a_sentence_longer_than_a_pass_loses_nothing(nlp, tokenizer):
    known, spans = known_of(nlp, "T\n\n" + "robust " * 1500 + "training works.")
    read = inputs(known, tokenizer)
    assert len(read.first) == len(known.words.texts)
    assert (read.first[1:] > read.first[:-1]).all()
    scores = encoder.shipped().read(known).kinds(spans, measures(known, spans, statistics.shipped()))
    assert scores.shape[0] == len(spans) and np.isfinite(scores).all()


def test_a_token_longer_than_a_pass_is_read_as_far_as_one_goes(nlp, tokenizer):
    known, _ = known_of(nlp, "T\n\nWe train " + "a-" * 900 + "b networks here.")
    read = inputs(known, tokenizer)
    assert all(len(ids) <= MAX_PIECES for ids in read.passes)
    assert encoder.shipped().read(known).parts.shape[0] == len(read.marks)


def test_spans_add_their_ends_and_the_mean_of_their_pieces(nlp):
    known, spans = known_of(nlp, f"{TITLE}\n\n{SENTENCE}")
    reading = encoder.shipped().read(known)
    width = encoder.SPAN
    found = reading._combine(spans, 0, width)
    for row, (start, end) in zip(found, spans, strict=True):
        first, last = reading.read.first[start], reading.read.last[end - 1]
        inside = reading.parts[first : last + 1, 2 * width : 3 * width].mean(axis=0)
        expected = reading.parts[first, :width] + reading.parts[last, width : 2 * width] + inside
        np.testing.assert_allclose(row, expected, rtol=1e-3, atol=1e-4)


def test_a_reading_does_not_depend_on_what_was_read_before(nlp):
    known, _ = known_of(nlp, f"{TITLE}\n\n{SENTENCE}")
    alone = encoder.shipped().read(known).parts
    others = [known_of(nlp, f"Other\n\n{SENTENCE * n}")[0] for n in (1, 3, 7)]
    for seed in range(3):
        for other in random.Random(seed).sample(others, 3):
            encoder.shipped().read(other)
        assert (encoder.shipped().read(known).parts == alone).all()


def test_measures_know_vocabulary_abbreviations_and_repetition(nlp):
    known, spans = known_of(nlp, f"{TITLE}\n\n{SENTENCE}{SENTENCE}")
    table = measures(known, spans, statistics.shipped())
    assert table.shape == (len(spans), MEASURES)
    assert np.isfinite(table).all()
    by_text = {known.words.between(start, end): row for (start, end), row in zip(spans, table, strict=True)}
    assert by_text["GSM8K"][:5].sum() == 1
    assert by_text["LLMs"][8:11].sum() == 1
    assert by_text["LongBench"][12] == 1  # named twice
    assert by_text["FrobNet"][15] == 1  # in the title


def test_the_fast_model_does_without_the_encoder(monkeypatch):
    monkeypatch.setattr(encoder, "shipped", lambda: pytest.fail("the encoder was loaded"))
    doc = build(Config(model="fast"))(f"{TITLE}\n\n{SENTENCE}")
    assert doc._.reading is None
    assert {"GSM8K", "LongBench"} <= {thing.name for thing in doc._.things}
