"""Compare the extractors alone and joined, each calibrated on the held papers as the shipped models are.

usage: python variants.py RULES.npz DISTILLED.npz ENCODER HELD.jsonl GOLD.jsonl ...

Prints the F1 of entities, typed entities, `introduces` and relations, and the calibration error, on each GOLD file.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from fit import _RULES, Data, calibrate, fit_join, front
from gold import load

from kg.config import Config
from kg.evaluate import summarise, tally
from kg.extract import encoder as encoders
from kg.extract import linear, statistics, tagger
from kg.extract.linear import Linear, Models
from kg.extract.pipeline import Extractor
from kg.extract.relations import PAIR_RELATIONS, PAPER_RELATIONS
from kg.extract.tagger import CLASSES, Experts
from kg.gold import read_gold
from kg.interchange import to_dict
from kg.model import Paper
from kg.text import clean


def silent() -> Models:
    """Make linear models that say nothing, so that the encoder is alone."""
    sizes = (len(CLASSES), len(PAPER_RELATIONS), len(PAIR_RELATIONS))
    return Models(*(Linear({"bias": 0}, np.zeros((1, size))) for size in sizes), _RULES)


def extractor_of(experts: Experts) -> Extractor:
    """Make an extractor of experts that are not shipped."""
    linear.shipped = lambda model: experts.models
    tagger.experts = lambda model: experts
    return Extractor(Config())


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rules", type=Path)
    parser.add_argument("distilled", type=Path)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("gold", type=Path, nargs="+")
    args = parser.parse_args()
    rules, distilled = (linear.parse(path.read_bytes()) for path in (args.rules, args.distilled))
    encoder = encoders.load(args.encoder)
    held = Data(load(args.held, front(Config())))
    variants = {
        "linear model alone": (rules, None),
        "linear model taught by the encoder": (distilled, None),
        "encoder alone": (silent(), encoder),
        "linear model and encoder": (rules, encoder),
        "taught linear model and encoder": (distilled, encoder),
    }
    for name, (models, reader) in variants.items():
        experts = Experts(replace(models, calibration=_RULES), statistics.shipped(), reader)
        extractor = extractor_of(calibrate(held, fit_join(held, experts)))
        for path in args.gold:
            gold = read_gold(path)
            papers = [Paper(clean(row["title"]), clean(row["abstract"]), key=str(row["id"])) for row in gold]
            found = {paper.key: to_dict(paper, extractor.extract(paper)) for paper in papers}
            result = summarise(tally(gold, found))
            rows = ("entity", "typed", "relation:introduces", "relation")
            figures = {row: result.figures[row].f1 for row in rows}
            errors = {f"ece {kind}": own.ece for kind, own in result.calibration.items()}
            print(json.dumps({"variant": name, "gold": path.name, **figures, **errors}), flush=True)


if __name__ == "__main__":
    main()
