"""Read SciERC and score named entities strictly: an outside check of the architecture, never of the shipped model.

usage: python training/scierc.py FILE.json ...     prints what the files hold

SciERC (Luan et al., 2018) is one document a line: ``sentences`` are lists of words, and ``ner`` holds for each sentence
``[first, last, type]`` with word numbers in the document, the last included.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: The types of entity, as published.
TYPES = ("Task", "Method", "Metric", "Material", "OtherScientificTerm", "Generic")

#: First word, word after the last, type.
Entity = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Document:
    """The words of a document, its sentences as ranges of words, and its entities; ends are not included."""

    tokens: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...]
    entities: tuple[Entity, ...]


def read(path: Path) -> list[Document]:
    """Read the documents of a file; an entity of unknown type or outside its sentence is an error."""
    with path.open(encoding="utf-8") as lines:
        return [_document(json.loads(line), f"{path}, line {number}") for number, line in enumerate(lines, 1)]


def _document(row: dict, where: str) -> Document:
    """Make a document of its record."""
    tokens: list[str] = []
    sentences: list[tuple[int, int]] = []
    entities: list[Entity] = []
    for words, found in zip(row["sentences"], row["ner"], strict=True):
        start, end = len(tokens), len(tokens) + len(words)
        tokens += words
        sentences.append((start, end))
        for first, last, kind in found:
            if kind not in TYPES or not start <= first <= last < end:
                raise ValueError(f"{where}: no entity of its sentence: {[first, last, kind]}")
            entities.append((first, last + 1, kind))
    return Document(tuple(tokens), tuple(sentences), tuple(sorted(entities)))


def score(gold: Sequence[Iterable[Entity]], predicted: Sequence[Iterable[Entity]]) -> dict[str, dict[str, float]]:
    """Give micro precision, recall and F1 by type and over ``all``: right is the same words and the same type.

    Both hold the entities of one document an item, in the same order. One found twice counts once.

    >>> score([[(0, 2, "Task"), (3, 4, "Method")]], [[(0, 2, "Task"), (3, 5, "Method")]])["all"]
    {'p': 0.5, 'r': 0.5, 'f1': 0.5, 'tp': 1, 'fp': 1, 'fn': 1}
    """
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("all", *TYPES)}
    for want, have in zip(map(set, gold), map(set, predicted), strict=True):
        for cell, found in (("tp", want & have), ("fp", have - want), ("fn", want - have)):
            for _, _, kind in found:
                counts["all"][cell] += 1
                counts[kind][cell] += 1
    return {kind: _figures(own["tp"], own["fp"], own["fn"]) for kind, own in counts.items()}


def _figures(tp: int, fp: int, fn: int) -> dict[str, float]:
    """Give rates and counts; a rate of nothing is 0."""
    return {
        "p": round(tp / (tp + fp), 4) if tp + fp else 0.0,
        "r": round(tp / (tp + fn), 4) if tp + fn else 0.0,
        "f1": round(2 * tp / (2 * tp + fp + fn), 4) if tp else 0.0,
        "tp": tp,
        "fp": fp,
        "fn": fn,
    }


def overlaps(document: Document) -> int:
    """Count the entities that share a word with one that starts before them or is as long from the same start."""
    reached, number = 0, 0
    for start, end, _ in document.entities:
        number += start < reached
        reached = max(reached, end)
    return number


def main() -> None:
    """Print what the files hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        documents = read(path)
        entities = [entity for document in documents for entity in document.entities]
        row = {
            "file": path.name,
            "documents": len(documents),
            "sentences": sum(len(document.sentences) for document in documents),
            "tokens": sum(len(document.tokens) for document in documents),
            "entities": len(entities),
            "overlapping": sum(map(overlaps, documents)),
            "longest": max((end - start for start, end, _ in entities), default=0),
            "types": dict(Counter(kind for _, _, kind in entities).most_common()),
        }
        print(json.dumps(row))


if __name__ == "__main__":
    main()
