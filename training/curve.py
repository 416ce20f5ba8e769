"""Show what more annotated papers bring: train the encoder on the first N and score it, undistilled and uncalibrated.

usage: python curve.py EXAMPLES.pickle GOLD.jsonl ... --papers N ... [--epochs N]

Prints entity F1 on each GOLD file, at the best of a few biases, and the F1 of all relations between annotated things at
the best threshold: an upper bound of what calibration can reach, the same for every N.
"""

import argparse
import json
import pickle
from pathlib import Path

import numpy as np
import torch
from encoder import Sheet, parts_of, pretrained, train
from examples import example
from fit import _RULES, Data, entity_counts, front, only_tagger, with_calibration
from gold import load
from network import Network
from tokenizers import Tokenizer

from kg.config import Config
from kg.extract.linear import Linear
from kg.extract.tagger import agree

BIASES = (-1.0, -0.5, 0.0, 0.5, 1.0)


@torch.no_grad()
def relation_f1(net, sheets) -> float:
    """Score relations between annotated things at the best threshold."""
    scores, right = [], []
    for sheet in sheets:
        if not len(sheet.pairs):
            continue
        (parts,) = parts_of(net, [sheet])
        mentions = net.mentions(parts, sheet.places, sheet.mentions)
        roles, pooled = net.roles(mentions, sheet.owner, sheet.count)
        links = net.links(pooled, mentions, sheet.pairs, sheet.near, sheet.distance)
        firm = sheet.thing_weights == 1
        both = firm[sheet.pairs].all(1)
        scores += [roles[firm].sigmoid().ravel(), links[both].sigmoid().ravel()]
        right += [sheet.roles[firm].ravel(), sheet.links[both].ravel()]
    order = np.argsort(-torch.cat(scores).numpy(), kind="stable")
    wanted = torch.cat(right).numpy()
    hits = wanted[order].cumsum()
    return float((2 * hits / (np.arange(1, len(order) + 1) + wanted.sum())).max())


@torch.no_grad()
def entity_f1(net, data, sheets) -> tuple[float, float]:
    """Score entities at the best bias: F1 and the bias."""
    experts = only_tagger(Linear({}, np.zeros((0, 6))))
    scores = [
        agree(
            known, spans, net.kinds(parts_of(net, [sheet])[0], sheet.places, sheet.spans, sheet.measures).numpy() * 1.0
        )
        for known, spans, sheet in zip(data.known, data.spans, sheets, strict=True)
    ]
    best = (0.0, 0.0)
    for bias in BIASES:
        tried = with_calibration(experts, **{**_RULES, "bias": bias})
        counts = [
            entity_counts(paper, data.things(i, tried, scores[i])[0], typed=False)
            for i, paper in enumerate(data.papers)
        ]
        hits, made, wanted = np.sum(counts, axis=0)
        best = max(best, (float(2 * hits / (made + wanted)), bias))
    return best


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("examples", type=Path)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--papers", type=int, nargs="+", required=True)
    parser.add_argument("--epochs", type=int, default=5)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(pretrained() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    nlp = front(Config())
    tests = []
    for path in args.gold:
        papers = load(path, nlp)
        tests.append((path.name, Data(papers), [Sheet(example(paper, tokenizer)) for paper in papers]))
    sheets = [Sheet(each) for each in pickle.loads(args.examples.read_bytes())]
    # Spread over the whole list, so that every size holds gold papers and our own in the same shares.
    for count in args.papers:
        chosen = [sheets[i] for i in np.linspace(0, len(sheets) - 1, count).round().astype(int)]
        torch.manual_seed(0)
        net = train(Network(pretrained()), chosen, args.epochs, 0)
        for name, data, own in tests:
            f1, bias = entity_f1(net, data, own)
            row = {"papers": count, "gold": name, "entity_f1": round(f1, 4), "bias": bias}
            print(json.dumps({**row, "relation_f1": round(relation_f1(net, own), 4)}), flush=True)


if __name__ == "__main__":
    main()
