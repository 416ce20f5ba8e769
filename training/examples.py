"""Annotated papers as arrays for the encoder: what it reads, and what it should say."""

from dataclasses import dataclass

import numpy as np
from gold import Annotated, gold_things, labels
from tokenizers import Tokenizer

from kg.extract import statistics
from kg.extract.inputs import Inputs, inputs, measures
from kg.extract.parts import Range, Thing
from kg.extract.relations import PAIR_RELATIONS, PAPER_RELATIONS
from kg.extract.tagger import CLASSES, context

#: Optional entities say little for or against a relation.
OPTIONAL_WEIGHT = 0.3
#: The share of a candidate's target that goes to the second kinds the annotation accepts.
SECOND_KIND = 0.3


@dataclass(slots=True)
class Example:
    """One paper.

    ``kinds`` are soft targets, candidates x classes, ``weights`` one a candidate; ``roles`` things x paper relations;
    ``pairs`` holds ``(head, tail)`` numbers of things, ``links`` pairs x pair relations.
    """

    name: str
    read: Inputs
    spans: list[Range]
    measures: np.ndarray
    kinds: np.ndarray
    weights: np.ndarray
    things: list[list[Range]]
    thing_weights: np.ndarray
    roles: np.ndarray
    pairs: np.ndarray
    links: np.ndarray


def targets(paper: Annotated) -> tuple[np.ndarray, np.ndarray]:
    """Give soft targets and weights of the candidates."""
    rows = labels(paper)
    kinds = np.zeros((len(rows), len(CLASSES)), dtype=np.float32)
    for row, (kind, further, _) in zip(kinds, rows, strict=True):
        row[CLASSES.index(kind)] = 1 - SECOND_KIND if further else 1
        for other in further:
            row[CLASSES.index(other)] += SECOND_KIND / len(further)
    return kinds, np.array([weight for _, _, weight in rows], dtype=np.float32)


def links(paper: Annotated, things: tuple[Thing, ...]) -> tuple[np.ndarray, ...]:
    """Give weights and roles of the things, their pairs and what links them."""
    gold = {tuple(relation) for relation in paper.record["relations"]}
    weights = [OPTIONAL_WEIGHT if paper.entities[thing.id]["optional"] else 1.0 for thing in things]
    roles = [[("PAPER", relation, thing.id) in gold for relation in PAPER_RELATIONS] for thing in things]
    pairs = [(h, t) for h in range(len(things)) for t in range(len(things)) if h != t]
    found = [[(things[h].id, relation, things[t].id) in gold for relation in PAIR_RELATIONS] for h, t in pairs]
    return (
        np.array(weights, dtype=np.float32),
        np.array(roles, dtype=np.float32).reshape(len(things), len(PAPER_RELATIONS)),
        np.array(pairs, dtype=np.int64).reshape(-1, 2),
        np.array(found, dtype=np.float32).reshape(len(pairs), len(PAIR_RELATIONS)),
    )


def example(paper: Annotated, tokenizer: Tokenizer) -> Example:
    """Turn an annotated paper into arrays."""
    known = context(paper.doc)
    spans = paper.doc._.candidates
    counts = statistics.shipped()
    things = gold_things(paper, counts)
    return Example(
        paper.record["id"],
        inputs(known, tokenizer),
        spans,
        measures(known, spans, counts),
        *targets(paper),
        [list(thing.spans) for thing in things],
        *links(paper, things),
    )
