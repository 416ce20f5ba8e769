"""Train the same architecture on SciERC and score it there: an outside check; nothing of it is shipped.

usage: python scierc_check.py TRAIN.json DEV.json [--epochs N] [--seed N] [--corpus CORPUS.jsonl.xz]

Here every stretch of up to `LONGEST` words of a sentence is a candidate, since SciERC also marks generic words. With a
corpus the fast architecture is taught by the trained encoder on COUNT of its abstracts, as the shipped one is.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from encoder import Sheet, parts_of, pretrained, train
from examples import Example
from fit import fit_tagger, front
from network import Network
from scierc import TYPES, Document, read, score
from spacy.tokens import Doc
from tokenizers import Tokenizer

from kg.config import Config
from kg.extract import statistics
from kg.extract.candidates import forms
from kg.extract.features import features
from kg.extract.inputs import inputs, measures
from kg.extract.tagger import by_rules, choose, context, log_odds

#: Longest candidate in words.
LONGEST = 8
_CLASSES = ("none", *TYPES)


def document(nlp, words, sentences) -> Doc:
    """Run the tagger, the vocabulary and the abbreviations over given words and sentences."""
    doc = Doc(nlp.vocab, words=list(words))
    starts = {start for start, _ in sentences}
    for name, component in nlp.pipeline:
        if name == "kg_sentences":
            for token in doc:
                token.is_sent_start = token.i in starts
        else:
            doc = component(doc)
        if name == "kg_candidates":
            doc._.forms = forms(doc, stretches(doc, sentences))
            doc._.candidates = list(doc._.forms)
    return doc


def stretches(doc, sentences):
    """Yield every stretch of words that starts and ends with one that holds a letter or digit."""
    solid = [any(character.isalnum() for character in token.text) for token in doc]
    for first, last in sentences:
        for start in range(first, last):
            for end in range(start + 1, min(start + LONGEST, last) + 1):
                if solid[start] and solid[end - 1]:
                    yield start, end


def example(doc, known, entities, tokenizer) -> Example:
    """Make arrays of a document."""
    spans = doc._.candidates
    kinds = {(start, end): kind for start, end, kind in entities}
    targets = np.zeros((len(spans), len(_CLASSES)), dtype=np.float32)
    for row, span in zip(targets, spans, strict=True):
        row[_CLASSES.index(kinds.get(span, "none"))] = 1
    empty = np.zeros((0, 2), dtype=np.int64)
    none = np.zeros((0, 1), dtype=np.float32)
    counts = statistics.shipped()
    return Example(
        "", inputs(known, tokenizer), spans, measures(known, spans, counts), targets,
        np.ones(len(spans), dtype=np.float32), [], none[:, 0], none, empty, none,
    )  # fmt: skip


def decode(spans, scores, length, bias):
    """Choose entities that do not overlap."""
    chosen = choose(spans, (log_odds(scores) + bias).tolist(), length)
    return [(*spans[i], TYPES[int(scores[i, 1:].argmax())]) for i in chosen]


def figures(documents: list[Document], docs, every, bias):
    """Score the documents."""
    found = [decode(doc._.candidates, scores, len(doc), bias) for doc, scores in zip(docs, every, strict=True)]
    return score([document.entities for document in documents], found)["all"]


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(pretrained() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    nlp = front(Config())
    parts = {}
    for name, path in (("train", args.train), ("dev", args.dev)):
        documents = read(path)
        docs = [document(nlp, each.tokens, each.sentences) for each in documents]
        known = [context(doc) for doc in docs]
        sheets = [
            Sheet(example(doc, own, each.entities, tokenizer))
            for doc, own, each in zip(docs, known, documents, strict=True)
        ]
        parts[name] = documents, docs, known, sheets
    documents, docs, known, sheets = parts["train"]
    counts = statistics.shipped()
    rows = [
        list(features(own, span, counts)) for own, doc in zip(known, docs, strict=True) for span in doc._.candidates
    ]
    kinds = np.concatenate([sheet.kinds.numpy().argmax(1) for sheet in sheets])
    rules = fit_tagger(rows, kinds, np.ones(len(rows)), len(_CLASSES))
    torch.manual_seed(args.seed)
    net = train(Network(pretrained(), kinds=len(_CLASSES)), sheets, args.epochs, args.seed)
    documents, docs, known, sheets = parts["dev"]
    with torch.no_grad():
        encoder = [
            net.kinds(parts_of(net, [sheet])[0], sheet.places, sheet.spans, sheet.measures).numpy().astype(float)
            for sheet in sheets
        ]
    linear = [by_rules(own, doc._.candidates, rules, counts) for own, doc in zip(known, docs, strict=True)]
    both = [one + 0.5 * two for one, two in zip(encoder, linear, strict=True)]
    for name, every in (("linear", linear), ("encoder", encoder), ("joined", both)):
        for bias in (0.0, 0.5, 1.0):
            print(json.dumps({"model": name, "bias": bias, **figures(documents, docs, every, bias)}), flush=True)


if __name__ == "__main__":
    main()
