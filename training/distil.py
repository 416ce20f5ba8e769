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

from kg.config import Config
from kg.extract import encoder as encoders
from kg.extract import linear, statistics
from kg.extract.features import features
from kg.extract.inputs import measures
from kg.extract.linear import Linear
from kg.extract.tagger import CLASSES, agree, context
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
    """Candidates as feature numbers, with the teacher's probabilities."""

    def __init__(self):
        self.index: dict[str, int] = {}
        self.columns, self.sizes = array("i"), array("i")
        self.targets: list[np.ndarray] = []

    def add(self, doc, teacher):
        """Add the candidates of one document."""
        known, spans = context(doc), doc._.candidates
        if not spans:
            return
        counts = statistics.shipped()
        scores = agree(known, spans, teacher.read(known).kinds(spans, measures(known, spans, counts)))
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.targets.append((odds / odds.sum(axis=1, keepdims=True)).astype(np.float32))
        for span in spans:
            names = dict.fromkeys(features(known, span, counts))
            self.columns.extend([self.index.setdefault(name, len(self.index)) for name in names])
            self.sizes.append(len(names))


def learn(soft: Soft, seed: int) -> Linear:
    """Fit the student by stochastic gradient descent on the teacher's probabilities."""
    columns, sizes = np.frombuffer(soft.columns, dtype=np.int32), np.frombuffer(soft.sizes, dtype=np.int32)
    counts = np.bincount(columns, minlength=len(soft.index))
    number = np.full(len(soft.index), -1)
    kept = np.flatnonzero(counts >= AT_LEAST)
    number[kept] = np.arange(len(kept))
    columns, ends = number[columns], np.concatenate([[0], sizes.cumsum()])
    targets = torch.from_numpy(np.concatenate(soft.targets))
    torch.manual_seed(seed)
    bag = torch.nn.EmbeddingBag(len(kept), len(CLASSES), mode="sum")
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
            loss = -(torch.log_softmax(scores, 1) * targets[start:stop]).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(blocks):.4f}", flush=True)
    table = bag.weight.detach().numpy().astype(np.float64)
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
            soft.add(nlp(readable(row["title"]).text + "\n\n" + readable(row["abstract"]).text), teacher)
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
