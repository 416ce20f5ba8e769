"""The trained encoder: a small transformer that reads a whole abstract and speaks for every candidate.

Weights are an ONNX graph in eight-bit integers (dynamic quantisation: `onnxruntime <https://onnxruntime.ai>`_), run on
one thread and one paper at a time, and small linear maps on top of it as plain arrays. ``training/`` makes both.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.candidates import MAX_TOKENS
from kg.extract.features import Context
from kg.extract.inputs import Inputs, inputs
from kg.extract.linear import Array
from kg.extract.parts import Range, Thing

#: Width of the span head and of the vector of a mention.
SPAN, ROLE = 192, 128

#: Bounds in tokens of the signed distance between two mentions.
DISTANCES = (-64, -24, -8, -3, 0, 3, 8, 24, 64)

#: Folder of the shipped encoder.
FOLDER = "encoder"

Floats = NDArray[np.float32]


def nearest(heads: Sequence[Range], tails: Sequence[Range]) -> tuple[int, int, int]:
    """Give the numbers of the closest mentions of two things, and the bin of the signed distance between them.

    >>> nearest([(0, 1), (20, 22)], [(25, 26)])
    (1, 0, 6)
    """
    gaps = np.array([[tail[0] - head[0] for tail in tails] for head in heads])
    head, tail = np.unravel_index(np.abs(gaps).argmin(), gaps.shape)
    return int(head), int(tail), int(np.searchsorted(DISTANCES, gaps[head, tail]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder made of one document: ``parts`` holds pieces x the inputs of all heads."""

    read: Inputs
    parts: Floats
    maps: dict[str, Floats]
    #: Sums over the pieces so far by column, and vectors of mentions, which several heads ask for.
    _sums: dict[int, Array] = field(default_factory=dict, repr=False, compare=False)
    _vectors: dict[tuple[Range, ...], Floats] = field(default_factory=dict, repr=False, compare=False)

    def kinds(self, spans: Sequence[Range], table: Floats) -> Array:
        """Score candidates with their `kg.extract.inputs.measures`: candidates x classes of the tagger."""
        lengths = [min(end - start, MAX_TOKENS) for start, end in spans]
        found = self._combine(spans, 0, SPAN) + self.maps["width.weight"][lengths] + self._map("measure", table)
        return self._map("kind", np.maximum(found, 0)).astype(np.float64)

    def mentions(self, spans: Sequence[Range]) -> Floats:
        """Give the vector of each mention: mentions x `ROLE`."""
        key = tuple(spans)
        if key not in self._vectors:
            self._vectors[key] = np.maximum(self._combine(spans, 3 * SPAN, ROLE), 0)
        return self._vectors[key]

    def roles(self, things: Sequence[Thing]) -> Array:
        """Score what the paper does with each thing: things x paper relations, as log-odds."""
        return self._map("role", self._pooled(things)).astype(np.float64)

    def mention_roles(self, spans: Sequence[Range]) -> Array:
        """Score what the paper does with a thing by what surrounds each mention: mentions x paper relations."""
        return self._map("role", self.mentions(spans)).astype(np.float64)

    def links(self, things: Sequence[Thing], pairs: Sequence[tuple[int, int]]) -> Array:
        """Score how things relate, by pairs of their numbers: pairs x pair relations, as log-odds."""
        own = np.concatenate([self.mentions(thing.spans) for thing in things])
        pooled = self._pooled(things)
        first = np.cumsum([0, *(len(thing.spans) for thing in things)])
        places = [nearest(things[head].spans, things[tail].spans) for head, tail in pairs]
        near_head, near_tail, distances = zip(*places, strict=True)
        head, tail = np.array(pairs).T
        heads = np.hstack([pooled[head], own[first[head] + near_head]])
        tails = np.hstack([pooled[tail], own[first[tail] + near_tail]])
        found = self._map("pair_head", heads) + self._map("pair_tail", tails)
        found += self.maps["distance.weight"][list(distances)]
        return self._map("link", np.maximum(found, 0)).astype(np.float64)

    def _pooled(self, things: Sequence[Thing]) -> Floats:
        return np.stack([self.mentions(thing.spans).max(axis=0) for thing in things])

    def _map(self, name: str, values: Floats) -> Floats:
        found = values @ self.maps[f"{name}.weight"].T
        return found + self.maps[f"{name}.bias"] if f"{name}.bias" in self.maps else found

    def _combine(self, spans: Sequence[Range], offset: int, width: int) -> Floats:
        """Add what the first piece, the last piece and the mean of all pieces say of each span."""
        ranges = np.array(spans)
        starts, ends = self.read.first[ranges[:, 0]], self.read.last[ranges[:, 1] - 1]
        left, right, inside = (self.parts[:, offset + i * width : offset + (i + 1) * width] for i in range(3))
        if offset not in self._sums:
            self._sums[offset] = np.concatenate([np.zeros((1, width)), inside.cumsum(axis=0, dtype=np.float64)])
        total = self._sums[offset]
        mean = (total[ends + 1] - total[starts]) / (ends + 1 - starts)[:, None]
        return np.asarray(left[starts] + right[ends] + mean, dtype=np.float32)


class Encoder:
    """A loaded encoder."""

    def __init__(self, graph: bytes, maps: dict[str, Floats], tokenizer: Tokenizer) -> None:
        """Prepare a graph to run on one thread."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._maps, self._tokenizer = maps, tokenizer

    def read(self, known: Context) -> Reading:
        """Read one document."""
        read = inputs(known, self._tokenizer)
        parts, start = [], 0
        for ids in read.passes:
            marks = read.marks[start : start + len(ids)]
            start += len(ids)
            (found,) = self._session.run(None, {"ids": ids[None], "marks": marks[None]})
            parts.append(found)
        return Reading(read, np.concatenate(parts), self._maps)


def load(folder: Traversable) -> Encoder:
    """Load the encoder in a folder that ``training/export.py`` wrote."""
    with np.load(io.BytesIO(folder.joinpath("heads.npz").read_bytes())) as arrays:
        maps = {name: arrays[name].astype(np.float32) for name in arrays.files}
    tokenizer = Tokenizer.from_buffer(folder.joinpath("tokenizer.json").read_bytes())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return Encoder(folder.joinpath("encoder.onnx").read_bytes(), maps, tokenizer)


@cache
def shipped() -> Encoder:
    """Load the shipped encoder once."""
    return load(resources.files("kg.extract").joinpath("data", FOLDER))
