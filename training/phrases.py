"""Count the phrases of a corpus of abstracts: in how many papers each stands, and in how many alone.

usage: python training/phrases.py CORPUS.jsonl.xz OUT.tsv.xz [--leave-out GOLD.jsonl ...]

Standing alone (not inside a longer run of content words) against all occurrences is the C-value idea of
Frantzi, Ananiadou and Mima (2000): a true term occurs on its own. Papers of the GOLD files are left out.
"""

import argparse
import json
import lzma
from collections import Counter
from pathlib import Path

from kg.extract.candidates import candidates, is_content
from kg.extract.parts import words_of
from kg.extract.tokens import tagger
from kg.text import normal_form, readable

#: After this many papers the phrases seen once so far are dropped, so that memory stays flat.
PRUNE_EVERY = 10_000


def phrases(doc):
    """Give the candidate phrases of a document and those among them that stand alone, as sets of normal forms."""
    words = words_of(doc)
    content = list(map(is_content, words.texts, words.tags))
    found, alone = set(), set()
    for start, end in candidates(doc):
        form = normal_form(words.between(start, end))
        found.add(form)
        left = start > 0 and content[start - 1] and not words.starts[start]
        right = end < len(doc) and content[end] and not words.starts[end]
        if not left and not right:
            alone.add(form)
    return found, alone


def count(lines, left_out):
    """Count phrases over JSON lines, skipping titles in ``left_out``."""
    nlp = tagger()
    records = (json.loads(line) for line in lines)
    texts = (
        readable(record["title"]).text + "\n\n" + readable(record["abstract"]).text
        for record in records
        if normal_form(record["title"]) not in left_out
    )
    papers, alone = Counter(), Counter()
    for number, doc in enumerate(nlp.pipe(texts, batch_size=64), start=1):
        found, single = phrases(doc)
        papers.update(found)
        alone.update(single)
        if number % PRUNE_EVERY == 0:
            papers = Counter({phrase: n for phrase, n in papers.items() if n > 1})
            print(number, len(papers), flush=True)
    return papers, alone


def main():
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--leave-out", nargs="*", type=Path, default=[])
    parser.add_argument("--at-least", type=int, default=4, help="papers a phrase must stand in")
    args = parser.parse_args()
    gold = (json.loads(line) for path in args.leave_out for line in path.open(encoding="utf-8"))
    left_out = {normal_form(paper["title"]) for paper in gold}
    with lzma.open(args.corpus, "rt", encoding="utf-8") as lines:
        papers, alone = count(lines, left_out)
    rows = sorted((phrase, n, alone[phrase]) for phrase, n in papers.items() if n >= args.at_least)
    with lzma.open(args.out, "wt", encoding="utf-8", preset=9) as out:
        out.writelines(f"{phrase}\t{n}\t{single}\n" for phrase, n, single in rows)


if __name__ == "__main__":
    main()
