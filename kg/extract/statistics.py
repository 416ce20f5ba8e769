"""How phrases are used across a large corpus of abstracts: the termhood that the tagger looks up."""

import lzma
from functools import cache
from importlib import resources

from kg.extract.features import Statistics

#: The file with one phrase a line, made by ``training/phrases.py``.
PHRASES = "phrases.tsv.xz"


def phrases_bytes() -> bytes:
    """Read the shipped phrase counts, compressed as they are."""
    return resources.files("kg.extract").joinpath("data", PHRASES).read_bytes()


@cache
def shipped() -> Statistics:
    """Load the shipped counts: normal form -> (papers, papers in which it stands alone)."""
    counts = {}
    for line in lzma.decompress(phrases_bytes()).decode("utf-8").splitlines():
        phrase, papers, alone = line.split("\t")
        counts[phrase] = (int(papers), int(alone))
    return counts
