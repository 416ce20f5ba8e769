"""Judging names: the same verdict whichever name comes first, a reason, and a score that fits the verdict."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fuzz.target import ROOT, Target, hold
from kg import vocabulary
from kg.namespaces import Namespaces, entity_curie
from kg.resolve.names import judge
from kg.text import normal_form
from kg.vocabulary import Vocabulary

#: Pairs of names that the tests of resolution know.
_PAIRS = ROOT / "tests" / "data" / "alias-pairs.tsv"

#: Every so many of them is a seed.
_STEP = 9

#: A name is no longer.
_LONGEST = 300


@cache
def _known() -> tuple[Vocabulary, ...]:
    return vocabulary.load(), Vocabulary({}, {})


def check(data: bytes) -> None:
    """Judge two names, which the first line end separates, with and without a vocabulary."""
    a, _, b = data.decode("utf-8", "replace").partition("\n")
    a, b = a[:_LONGEST], b[:_LONGEST]
    for known in _known():
        verdict = judge(a, b, known)
        hold(verdict == judge(a, b, known), "names are judged the same twice", a, b)
        turned = judge(b, a, known)
        hold(
            (verdict.same, verdict.score, verdict.rule) == (turned.same, turned.score, turned.rule),
            "names are judged the same in both orders",
            a,
            b,
        )
        hold(0 <= verdict.score <= 1 and verdict.reason and verdict.rule, "a verdict is whole", a, b)
        hold(verdict.same == (verdict.score >= 0.5), "the score fits the verdict", a, b)
        hold(judge(a, a, known).same, "a name is itself", a)
    for name in (a, b):
        curie = entity_curie(normal_form(name))
        hold(Namespaces().compress(Namespaces().expand(curie)) == curie, "an identifier has an IRI", name)
        hold(curie.isascii() and curie.isprintable() and " " not in curie, "an identifier is plain", name)


def _seeds() -> Iterator[bytes]:
    with Path(_PAIRS).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    yield from (f"{row['a']}\n{row['b']}".encode() for row in rows[::_STEP])


def targets() -> dict[str, Target]:
    """Give the one target."""
    words = "model network -based based of (s) 's v2 -70B 3.5 multi- non- un ² α β – ’ LLM GAN BERT $x$ {\\it }".split()
    described = "judging two names and minting identifiers: in both orders the same, total"
    return {"names": Target(described, check, _seeds, tuple(words), longest=512)}
