"""Teach the linear tagger what the encoder thinks of many abstracts that nobody annotated.

usage: python distil.py CORPUS.jsonl.xz RULES.npz OUT.npz --encoder FOLDER --leave-out GOLD.jsonl ...

The encoder scores every candidate of COUNT abstracts; the student, the linear model over named features alone, learns
its probabilities (Hinton et al., "Distilling the knowledge in a neural network", 2015). OUT holds the linear models of
RULES with the tagger replaced. Scoring goes on from OUT.npz.part if a run was cut short.
"""

import argparse
import json
import lzma
import pickle
import random
from array import array
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from fit import front
from torch.nn.functional import binary_cross_entropy_with_logits

from kg.config import Config
from kg.extract import encoder as encoders
from kg.extract import linear, statistics
from kg.extract.features import features
from kg.extract.inputs import measures
from kg.extract.linear import Linear
from kg.extract.tagger import agree, context
from kg.text import readable

#: Features of fewer candidates than this are not learnt.
AT_LEAST = 12
#: Candidates in a step, passes over all, learning rate, penalty on large weights.
BATCH, EPOCHS, RATE, DECAY = 4096, 4, 0.02, 1e-6
#: Weights smaller than this are dropped.
SMALLEST = 0.04


def abstracts(corpus, leave_out, count, seed):
    """Draw abstracts, none of the papers that are left out."""
    banned = set()
    for path in leave_out:
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            banned |= {row["id"], row.get("source", "").removeprefix("arxiv:"), row["title"].casefold()}
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if row["id"] not in banned and row["title"].casefold() not in banned]
    return random.Random(seed).sample(rows, min(count, len(rows)))


class Soft:
    """Rows as feature numbers, with the teacher's probabilities."""

    def __init__(self):
        self.index: dict[str, int] = {}
        self.columns, self.sizes = array("i"), array("i")
        self.targets: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []

    def add(self, rows, targets, weights=None):
        """Add rows of features, with the teacher's probabilities and how much each row counts."""
        self.targets.append(targets.astype(np.float32))
        self.weights.append(np.ones(len(targets), dtype=np.float32) if weights is None else weights)
        for row in rows:
            names = dict.fromkeys(row)
            self.columns.extend([self.index.setdefault(name, len(self.index)) for name in names])
            self.sizes.append(len(names))


def shares(scores):
    """Turn scores of classes into probabilities: rows x classes."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def of_classes(scores, targets):
    """Give the cross-entropy of each row where one class holds."""
    return -(torch.log_softmax(scores, 1) * targets).sum(1)


def of_each(scores, targets):
    """Give the cross-entropy of each row where each column holds or not."""
    return binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(1)


def learn(soft: Soft, seed: int, loss_of=of_classes) -> Linear:
    """Fit the student by stochastic gradient descent on the teacher's probabilities."""
    columns, sizes = np.frombuffer(soft.columns, dtype=np.int32), np.frombuffer(soft.sizes, dtype=np.int32)
    counts = np.bincount(columns, minlength=len(soft.index))
    number = np.full(len(soft.index), -1)
    kept = np.flatnonzero(counts >= AT_LEAST)
    number[kept] = np.arange(len(kept))
    columns, ends = number[columns], np.concatenate([[0], sizes.cumsum()])
    targets = torch.from_numpy(np.concatenate(soft.targets))
    weights = torch.from_numpy(np.concatenate(soft.weights))
    torch.manual_seed(seed)
    bag = torch.nn.EmbeddingBag(len(kept), targets.shape[1], mode="sum")
    torch.nn.init.zeros_(bag.weight)
    optimizer = torch.optim.Adam(bag.parameters(), lr=RATE, weight_decay=DECAY)
    rng = np.random.default_rng(seed)
    blocks = np.arange(0, len(sizes), BATCH)
    for epoch in range(EPOCHS):
        total = 0.0
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - epoch / EPOCHS)
        for start in rng.permutation(blocks):
            stop = min(start + BATCH, len(sizes))
            found = columns[ends[start] : ends[stop]]
            before = np.concatenate([[0], np.cumsum(found >= 0)])
            offsets = before[ends[start:stop] - ends[start]]
            scores = bag(torch.from_numpy(found[found >= 0]), torch.from_numpy(offsets))
            loss = (loss_of(scores, targets[start:stop]) * weights[start:stop]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(blocks):.4f}", flush=True)
    table = bag.weight.detach().numpy().astype(np.float64)
    if loss_of is of_classes:  # what all classes share changes nothing
        table -= table.mean(axis=1, keepdims=True)
    names = list(soft.index)
    heavy = [row for row, column in enumerate(kept) if np.abs(table[row]).max() >= SMALLEST or names[column] == "bias"]
    return Linear({names[kept[row]]: i for i, row in enumerate(heavy)}, table[heavy])


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("rules", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--encoder", type=Path, required=True, help="folder of the teacher")
    parser.add_argument("--leave-out", type=Path, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    part = args.out.with_name(args.out.name + ".part")
    if part.exists():
        soft = pickle.loads(part.read_bytes())
    else:
        teacher = encoders.load(args.encoder)
        nlp, soft = front(Config()), Soft()
        for number, row in enumerate(abstracts(args.corpus, args.leave_out, args.count, args.seed)):
            doc = nlp(readable(row["title"]).text + "\n\n" + readable(row["abstract"]).text)
            known, spans = context(doc), doc._.candidates
            if spans:
                counts = statistics.shipped()
                kinds = teacher.read(known).kinds(spans, measures(known, spans, counts))
                soft.add((features(known, span, counts) for span in spans), shares(agree(known, spans, kinds)))
            if number % 1000 == 999:
                print(number + 1, "abstracts", flush=True)
        part.write_bytes(pickle.dumps(soft))
    models = linear.parse(args.rules.read_bytes())
    models = replace(models, tagger=learn(soft, args.seed))
    args.out.write_bytes(linear.dump(models))
    print(args.out, args.out.stat().st_size, "bytes, features", len(models.tagger.index))
    part.unlink()


if __name__ == "__main__":
    main()
