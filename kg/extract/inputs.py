"""What the encoder reads of a document: word pieces, a few marks of each token, a few measures of each candidate."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.features import Context, Statistics
from kg.extract.parts import Range
from kg.model import KINDS

#: Most pieces that one pass reads, the two that frame it included; a longer text is read in several passes.
MAX_PIECES = 512

_SHAPES = {
    name: number
    for number, name in enumerate(
        ["sign"]
        + ["9" + kind + hyphen for kind, hyphen in product(("low", "U", "UP", "UPs", "Cap", "Mix"), ("", "-"))]
        + [
            kind + hyphen + digit
            for kind, hyphen, digit in product(("low", "U", "UP", "UPs", "Cap", "Mix"), ("", "-"), ("", "9"))
        ]
    )
}
_DEFINITIONS = ("long", "short", "known-short")

#: Number of values of each mark of a token: shape, place, vocabulary term, abbreviation.
MARKS = (len(_SHAPES), 4, 1 + 2 * len(KINDS), 5)

#: Number of measures of a candidate.
MEASURES = 5 + 3 + 3 + 4 + 2 + 5 + 2


@dataclass(frozen=True, slots=True)
class Inputs:
    """A document as numbers.

    ``passes`` holds the piece ids of each pass, framed; ``marks`` pieces x marks in the same order; ``first`` and
    ``last`` give the pieces of each token.
    """

    passes: list[NDArray[np.int64]]
    marks: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def token_marks(known: Context) -> NDArray[np.int64]:
    """Mark each token: shape, place, the longest vocabulary term around it, abbreviation."""
    words = known.words
    marks = np.zeros((len(known.shapes), len(MARKS)), dtype=np.int64)
    marks[:, 0] = [_SHAPES[name] for name in known.shapes]
    marks[:, 1] = words.starts
    marks[words.title_end + 1 :, 1] += 2
    marks[words.title_end + 1 : words.title_end + 2, 1] = 3
    for (start, end), kind in sorted(known.terms.items(), key=lambda item: item[0][1] - item[0][0]):
        marks[start:end, 2] = 2 + 2 * KINDS.index(kind)
        marks[start, 2] -= 1
    for (start, end), name in known.definitions.items():
        if name == "long":
            marks[start:end, 3] = 2
            marks[start, 3] = 1
    for (start, end), name in known.definitions.items():
        if name != "long":
            marks[start:end, 3] = 3 if name == "short" else 4
    return marks


def inputs(known: Context, tokenizer: Tokenizer) -> Inputs:
    """Cut a document into word pieces with the marks of their tokens."""
    words = [text.strip() or "[SEP]" for text in known.words.texts]
    found = tokenizer.encode_batch([[word] for word in words], is_pretokenized=True, add_special_tokens=False)
    unknown, cls, sep = (int(tokenizer.token_to_id(name) or 0) for name in ("[UNK]", "[CLS]", "[SEP]"))
    # A token that no pass could hold, such as a thousand hyphens, is read as far as one goes.
    pieces = [(encoding.ids or [unknown])[: MAX_PIECES - 2] for encoding in found]
    marks = token_marks(known).tolist()
    passes, rows = [], []
    first, last = np.zeros(len(words), dtype=np.int64), np.zeros(len(words), dtype=np.int64)
    frame = [*([0] * len(MARKS)), 0]
    for start, end in _windows(known.words.starts, [len(ids) for ids in pieces]):
        ids = [cls]
        rows.append(frame)
        for index in range(start, end):
            first[index] = len(rows)
            for number, piece in enumerate(pieces[index]):
                ids.append(piece)
                rows.append([*marks[index], min(number, 1)])
            last[index] = len(rows) - 1
        ids.append(sep)
        rows.append(frame)
        passes.append(np.array(ids, dtype=np.int64))
    return Inputs(passes, np.array(rows, dtype=np.int64), first, last)


def _windows(starts: Sequence[bool], sizes: Sequence[int]) -> Iterator[Range]:
    """Cut a document into ranges of tokens of at most `MAX_PIECES` pieces, between sentences where that is possible."""
    room = MAX_PIECES - 2
    start = 0
    while start < len(starts):
        total, end, sentence = 0, start, start
        while end < len(starts) and total + sizes[end] <= room:
            total += sizes[end]
            if end > start and starts[end]:
                sentence = end
            end += 1
        if end < len(starts):
            end = sentence if sentence > start else max(end, start + 1)
        yield start, end
        start = end


def measures(known: Context, spans: Sequence[Range], statistics: Statistics) -> NDArray[np.float32]:
    """Measure each candidate: what vocabulary, abbreviations, repetition and the reference corpus say of it."""
    table = np.zeros((len(spans), MEASURES), dtype=np.float32)
    starts, content = known.words.starts, known.content
    for row, (start, end) in zip(table, spans, strict=True):
        term = known.terms.get((start, end))
        if term:
            row[KINDS.index(term)] = 1
        covered = max(known.covered[start:end])
        row[5] = covered > end - start
        row[6] = not term and covered > 0
        row[7] = any(start < first for first, _ in known.ending.get(end, ()))
        definition = known.definitions.get((start, end))
        if definition:
            row[8 + _DEFINITIONS.index(definition)] = 1
        form = known.forms[start, end]
        row[10 + min(known.counts[form], 4)] = 1
        row[15] = form in known.title_forms
        row[16] = known.holds_definition(start, end)
        papers, alone = statistics.get(form, (0, 0))
        row[17] = math.log1p(papers) / 8
        row[18] = papers == 0
        row[19] = alone / papers if papers else 0
        row[20] = math.log1p(alone) / 8
        row[21] = (alone / papers) ** 2 if papers else 0
        row[22] = not starts[start] and content[start - 1]
        row[23] = end < len(starts) and not starts[end] and content[end]
    return table
