"""Train the same architecture on SciERC and score it there: an outside check; nothing of it is shipped.

usage: python scierc_check.py TRAIN.json DEV.json [--epochs N] [--seed N] [--network NET.pt] [--teach CORPUS.jsonl.xz]

Here every stretch of up to `LONGEST` words of a sentence is a candidate, since SciERC also marks generic words. With a
corpus the linear model is taught by the trained encoder on COUNT of its abstracts, as the shipped fast one is; NET.pt
keeps the trained encoder for another run.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from distil import Soft, abstracts, learn, shares
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
from kg.extract.linear import Linear
from kg.extract.tagger import by_rules, choose, context, log_odds
from kg.text import readable

#: Longest candidate in words.
LONGEST = 8
#: Log-odds under which the teacher is sure of nothing, and the share of such stretches that is learnt from.
SURE, SHARE = -5.0, 0.1
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


class Reader:
    """The trained encoder, to score the stretches of documents."""

    def __init__(self, net, tokenizer):
        self.net, self.tokenizer = net, tokenizer

    def scores(self, doc, known):
        """Give an array of stretches x classes."""
        sheet = Sheet(example(doc, known, (), self.tokenizer))
        with torch.no_grad():
            parts = parts_of(self.net, [sheet])[0]
            return self.net.kinds(parts, sheet.places, sheet.spans, sheet.measures).numpy().astype(float)


def teach(reader: Reader, nlp, corpus: Path, count: int, seed: int) -> Linear:
    """Fit a linear model to what the encoder thinks of abstracts, of surely empty stretches to a sample."""
    soft, rng = Soft(), np.random.default_rng(seed)
    for number, row in enumerate(abstracts(corpus, (), count, seed)):
        read = nlp(readable(row["title"]).text + ". " + readable(row["abstract"]).text)
        sentences = [(sentence.start, sentence.end) for sentence in read.sents]
        doc = document(nlp, [token.text for token in read], sentences)
        known, spans = context(doc), doc._.candidates
        scores = reader.scores(doc, known)
        unsure = log_odds(scores) > SURE
        chosen = np.flatnonzero(unsure | (rng.random(len(spans)) < SHARE))
        weights = np.where(unsure[chosen], 1.0, 1 / SHARE).astype(np.float32)
        rows = (features(known, spans[i], statistics.shipped()) for i in chosen)
        soft.add(rows, shares(scores[chosen]), weights)
        if number % 500 == 499:
            print(number + 1, "abstracts", flush=True)
    return learn(soft, seed)


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
    parser.add_argument("--network", type=Path, help="where the trained encoder is kept")
    parser.add_argument("--teach", type=Path, help="a corpus of abstracts to teach the linear model on")
    parser.add_argument("--count", type=int, default=6000, help="abstracts of it")
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
    rows = [features(own, span, counts) for own, doc in zip(known, docs, strict=True) for span in doc._.candidates]
    kinds = np.concatenate([sheet.kinds.numpy().argmax(1) for sheet in sheets])
    rules = fit_tagger(rows, kinds, np.ones(len(rows)), len(_CLASSES))
    torch.manual_seed(args.seed)
    net = Network(pretrained(), kinds=len(_CLASSES))
    if args.network and args.network.exists():
        net.load_state_dict(torch.load(args.network))
        net.eval()
    else:
        net = train(net, sheets, args.epochs, args.seed)
        if args.network:
            torch.save(net.state_dict(), args.network)
    reader = Reader(net, tokenizer)
    documents, docs, known, sheets = parts["dev"]

    def weighed(model: Linear):
        return [by_rules(own, doc._.candidates, model, counts) for own, doc in zip(known, docs, strict=True)]

    models = {"linear": weighed(rules), "encoder": [reader.scores(*each) for each in zip(docs, known, strict=True)]}
    models["joined"] = [one + 0.5 * two for one, two in zip(models["encoder"], models["linear"], strict=True)]
    if args.teach:
        models["taught"] = weighed(teach(reader, nlp, args.teach, args.count, args.seed))
    for name, every in models.items():
        for bias in (0.0, 0.5, 1.0):
            print(json.dumps({"model": name, "bias": bias, **figures(documents, docs, every, bias)}), flush=True)


if __name__ == "__main__":
    main()
