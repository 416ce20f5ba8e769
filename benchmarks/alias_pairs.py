"""Measure how often two names are judged rightly to be one thing or two.

usage: python -m benchmarks.alias_pairs [PAIRS.tsv ...] [--labels] [--wrong]

PAIRS.tsv has a header and the columns verdict (same or different), a, b and, if there is one, phenomenon; without a
file it is tests/data/alias-pairs.tsv. ``--labels`` also judges the labels of the shipped vocabulary as if there were
none: those of one term as the same, those of two terms that share a word or initials as different. ``--wrong`` lists
what is judged wrongly.
"""

import argparse
import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

from kg.resolve.names import judge, judge_prepared, prepare
from kg.vocabulary import Vocabulary, load

#: Blocks of labels larger than this are not compared pair by pair.
LARGEST = 600

NOTHING = Vocabulary({}, {})
OWN = Path(__file__).parent.parent / "tests" / "data" / "alias-pairs.tsv"

Row = tuple[str, str, str, str]


def read(path: Path) -> list[Row]:
    """Read pairs as (verdict, a, b, phenomenon)."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["verdict"], row["a"], row["b"], row.get("phenomenon") or "-") for row in rows]


def figures(counts: Counter[tuple[str, bool]]) -> str:
    """Lay out accuracy, precision and recall of "same"; ``counts`` are by the true verdict and that found."""
    right, merged = counts["same", True], counts["same", True] + counts["different", True]
    true = counts["same", True] + counts["same", False]
    share = (right + counts["different", False]) / max(counts.total(), 1)
    precision = f"{right / merged:.4f}" if merged else "-"
    recall = f"{right / true:.4f}" if true else "-"
    wrong = f"wrong same {counts['different', True]}, missed {counts['same', False]}"
    return f"{counts.total():7} pairs  accuracy {share:.4f}  precision {precision:>6}  recall {recall:>6}  {wrong}"


def measure(rows: Iterable[Row], vocabulary: Vocabulary, *, show: bool) -> None:
    """Judge pairs and print the figures, of all and by phenomenon."""
    by_kind: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for verdict, a, b, phenomenon in rows:
        found = judge(a, b, vocabulary)
        by_kind[phenomenon][verdict, found.same] += 1
        if show and found.same != (verdict == "same"):
            print(f"    {verdict}\t{a}\t{b}\t{found.reason}")
    print(f"  {'all':24}{figures(sum(by_kind.values(), Counter()))}")
    for phenomenon, counts in sorted(by_kind.items()):
        if len(by_kind) > 1:
            print(f"  {phenomenon:24}{figures(counts)}")


def label_pairs(vocabulary: Vocabulary) -> Iterator[Row]:
    """Give the pairs of labels of one term, and of two terms where the labels share a word or their initials."""
    labels = sorted({(label, term.id) for term in vocabulary.terms.values() for label in term.labels})
    blocks: dict[str, set[int]] = defaultdict(set)
    for place, (label, _) in enumerate(labels):
        name = prepare(label, NOTHING)
        for word in name.words:
            blocks[f"word {word}"].add(place)
        blocks[f"initials {''.join(word[0] for word in name.plain)[:2]}"].add(place)
        blocks[f"initials {name.short.lower()[:2]}"].add(place)
    pairs = {pair for block in blocks.values() if len(block) <= LARGEST for pair in combinations(sorted(block), 2)}
    for one, two in sorted(pairs):
        if labels[one][1] != labels[two][1]:
            yield "different", labels[one][0], labels[two][0], "labels of two terms"
    for term in vocabulary.terms.values():
        for a, b in combinations(term.labels, 2):
            yield "same", a, b, "labels of one term"


def measure_labels(vocabulary: Vocabulary, *, show: bool) -> None:
    """Judge labels without their vocabulary; print the figures by rule, and the time a pair takes."""
    rows = list(label_pairs(vocabulary))
    prepared = {name: prepare(name, NOTHING) for _, a, b, _ in rows for name in (a, b)}
    start = time.process_time()
    verdicts = [judge_prepared(prepared[a], prepared[b], NOTHING) for _, a, b, _ in rows]
    spent = (time.process_time() - start) / len(rows)
    counts: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for (verdict, a, b, _), found in zip(rows, verdicts, strict=True):
        counts["all"][verdict, found.same] += 1
        if found.same:
            counts[f"same by {found.rule}"][verdict, True] += 1
        if show and found.same and verdict == "different":
            print(f"    {a}\t{b}\t{found.reason}")
    for rule, own in counts.items():
        print(f"  {rule:24}{figures(own)}")
    print(f"  {spent * 1e6:.1f} microseconds a pair")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[OWN], metavar="PAIRS.tsv", help="pairs with verdicts")
    parser.add_argument("--labels", action="store_true", help="also judge the labels of the shipped vocabulary")
    parser.add_argument("--wrong", action="store_true", help="list the pairs that are judged wrongly")
    arguments = parser.parse_args()
    vocabulary = load()
    for path in arguments.files:
        rows = read(path)
        for name, known in (("with the shipped vocabulary", vocabulary), ("without a vocabulary", NOTHING)):
            print(f"{path}, {name}")
            measure(rows, known, show=arguments.wrong)
    if arguments.labels:
        print("labels of the shipped vocabulary, judged without it")
        measure_labels(vocabulary, show=arguments.wrong)


if __name__ == "__main__":
    main()
