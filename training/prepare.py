"""Turn annotated papers into the arrays that the encoder learns from.

usage: python prepare.py GOLD.jsonl ... OUT.pickle
"""

import argparse
import pickle
from pathlib import Path

from encoder import pretrained
from examples import example
from fit import front
from gold import load
from tokenizers import Tokenizer

from kg.config import Config


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(pretrained() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    nlp = front(Config())
    examples = [example(paper, tokenizer) for path in args.gold for paper in load(path, nlp)]
    args.out.write_bytes(pickle.dumps(examples))
    print(args.out, len(examples), "papers", sum(len(each.spans) for each in examples), "candidates")


if __name__ == "__main__":
    main()
