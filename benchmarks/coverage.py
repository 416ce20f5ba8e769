"""Measure how much of what papers name the vocabulary holds.

usage: python -m benchmarks.coverage [--gold GOLD.jsonl] [--workspace DIR] [--names NAMES.tsv] [--missing N]

GOLD has one annotated paper a line: of the names of things that their paper does not introduce, the share that is a
label of one term; of the things, the share with such a name. DIR holds a build: of the 500 names that stand in most
papers, the share. NAMES has the columns source, kind, name: the share by source. A name is compared by its normal
form. ``--missing`` lists the most frequent names of each that the vocabulary lacks.
"""

import argparse
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.text import normal_form
from kg.vocabulary import Vocabulary, load
from kg.workspace import Workspace

#: The most frequent names of a build that are looked up.
TOP = 500


def gold_things(records: Iterable[dict]) -> Iterator[list[str]]:
    """Give the distinct names of each entity of each paper that the paper does not introduce."""
    for record in records:
        introduced = {tail for _, kind, tail in map(ends, record["relations"]) if kind == "introduces"}
        for entity in record["entities"]:
            if entity["id"] not in introduced:
                names = (mention if isinstance(mention, str) else mention["text"] for mention in entity["mentions"])
                yield list(dict.fromkeys(names))


def ends(relation: object) -> tuple[str, str, str]:
    """Give head, type and tail of a relation in either form."""
    head, kind, tail = (
        (relation[key] for key in ("head", "type", "tail")) if isinstance(relation, dict) else relation[:3]
    )
    return head, kind, tail


def frequent_names(workspace: Path) -> Counter[str]:
    """Count the papers of a build that use each name, by normal form."""
    papers: dict[str, set[str]] = defaultdict(set)
    for mention in Workspace(workspace).tables().mentions():
        papers[normal_form(mention.text)].add(mention.paper)
    return Counter({name: len(found) for name, found in papers.items() if name})


def best(counts: Counter[str], number: int) -> list[str]:
    """Give the most frequent names, the first by spelling of equals."""
    return sorted(counts, key=lambda name: (-counts[name], name))[:number]


def is_covered(name: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a name is a label of exactly one term."""
    return len(vocabulary.index.get(normal_form(name), ())) == 1


def tell(what: str, names: list[str], vocabulary: Vocabulary, missing: int) -> None:
    """Print the share of names that are covered, and the most frequent others."""
    held = sum(is_covered(name, vocabulary) for name in names)
    print(f"{what:40}{held:7}{len(names):7}{held / max(len(names), 1):8.3f}")
    lacking = Counter(normal_form(name) for name in names if not is_covered(name, vocabulary))
    for name in best(lacking, missing):
        print(f"    {lacking[name]:5}  {name}")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--missing", type=int, default=0, metavar="N")
    args = parser.parse_args()
    vocabulary = load()
    labels = sum(len(term.labels) for term in vocabulary.terms.values())
    print(f"{len(vocabulary.terms)} terms, {labels} labels")
    print(f"{'names of':40}{'held':>7}{'all':>7}{'share':>8}")
    if args.gold:
        lines = args.gold.read_text(encoding="utf-8").splitlines()
        things = list(gold_things(json.loads(line) for line in lines))
        tell("gold mentions, not introduced", [name for names in things for name in names], vocabulary, args.missing)
        held = sum(any(is_covered(name, vocabulary) for name in names) for names in things)
        print(f"{'gold entities, not introduced':40}{held:7}{len(things):7}{held / max(len(things), 1):8.3f}")
    if args.workspace:
        counts = frequent_names(args.workspace)
        tell(f"{TOP} most frequent of the build", best(counts, TOP), vocabulary, args.missing)
    if args.names:
        sources: dict[str, list[str]] = defaultdict(list)
        with args.names.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                sources[f"{row['source']}, {row['kind']}"].append(row["name"])
        for source, names in sorted(sources.items()):
            tell(source, names, vocabulary, args.missing)


if __name__ == "__main__":
    main()
