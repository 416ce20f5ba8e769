"""Linear models over named binary features: weights read from the package, scores as plain arrays."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class _Places:
    """Rows of names by their 64-bit hashes, sorted, so that thousands are found at once."""

    def __init__(self, index: Mapping[str, int]) -> None:
        self._index = index
        self._names = sorted(index, key=index.__getitem__)
        hashes = np.fromiter(map(hash, index), dtype=np.int64, count=len(index)).view(np.uint64)
        order = np.argsort(hashes)
        rows = np.fromiter(index.values(), dtype=np.int32, count=len(index))[order]
        bits = (4 * len(index) + 1).bit_length()
        self._shift = np.uint64(64 - bits)
        self._first = np.searchsorted(hashes[order], np.arange(1 << bits, dtype=np.uint64) << self._shift)
        self._first = self._first.astype(np.int32)
        self._hashes = np.append(hashes[order], np.uint64((1 << 64) - 1))
        self._rows = np.append(rows, np.int32(-1))

    def find(self, names: Sequence[str]) -> NDArray[np.int32]:
        """Give the row of each name, -1 for one without."""
        hashes = np.fromiter(map(hash, names), dtype=np.int64, count=len(names)).view(np.uint64)
        places = self._first[hashes >> self._shift]
        while (behind := self._hashes[places] < hashes).any():
            places += behind
        rows = np.where(self._hashes[places] == hashes, self._rows[places], np.int32(-1))
        known = rows >= 0
        if list(compress(names, known)) == [self._names[row] for row in rows[known].tolist()]:
            return rows
        # Another name has the same hash, which happens once in some billions of papers.
        return np.fromiter((self._index.get(name, -1) for name in names), dtype=np.int32, count=len(names))


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear model: feature name -> row of ``weights`` (features x classes)."""

    index: Mapping[str, int]
    weights: Array
    _places: _Places = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare to look names up."""
        object.__setattr__(self, "_places", _Places(self.index))

    def __reduce__(self) -> tuple[type["Linear"], tuple[Mapping[str, int], Array]]:
        """Pickle without the hashes, which differ between processes."""
        return Linear, (self.index, self.weights)

    def scores(self, rows: Sequence[Sequence[str]]) -> Array:
        """Score each row of distinct feature names: an array of rows x classes.

        >>> Linear({"a": 0, "b": 1}, np.array([[1.0], [2.0]])).scores([["a", "b", "?"], []]).tolist()
        [[3.0], [0.0]]
        """
        scores = np.zeros((len(rows), self.weights.shape[1]))
        sizes = np.array([len(row) for row in rows], dtype=np.intp)
        places = self._places.find(list(chain.from_iterable(rows)))
        if len(places) and len(self.weights):
            weights = self.weights[places]
            weights[places < 0] = 0
            scores[sizes > 0] = np.add.reduceat(weights, (sizes.cumsum() - sizes)[sizes > 0], axis=0)
        return scores


@dataclass(frozen=True, slots=True)
class Models:
    """The shipped models and their calibration."""

    tagger: Linear
    paper: Linear
    pair: Linear
    calibration: Mapping[str, Any]


def sigmoid(values: Array) -> Array:
    """Turn log-odds into probabilities.

    >>> sigmoid(np.array([0.0])).tolist()
    [0.5]
    """
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))))


def dump(models: Models) -> bytes:
    """Serialise models as a compressed npz file, weights in half precision."""
    arrays: dict[str, Any] = {"calibration": np.frombuffer(json.dumps(models.calibration).encode(), dtype=np.uint8)}
    for name, model in (("tagger", models.tagger), ("paper", models.paper), ("pair", models.pair)):
        names = sorted(model.index, key=model.index.__getitem__)
        if any("\n" in feature for feature in names):
            raise ValueError(f"a feature of the model {name} holds a line break")
        arrays[f"{name}_names"] = np.frombuffer("\n".join(names).encode(), dtype=np.uint8)
        arrays[f"{name}_weights"] = model.weights.astype(np.float16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def parse(data: bytes) -> Models:
    """Read what `dump` wrote."""
    with np.load(io.BytesIO(data)) as arrays:
        models = {}
        for name in ("tagger", "paper", "pair"):
            names = arrays[f"{name}_names"].tobytes().decode().split("\n")
            weights = arrays[f"{name}_weights"].astype(np.float64)
            models[name] = Linear({feature: row for row, feature in enumerate(names)}, weights)
        calibration = json.loads(arrays["calibration"].tobytes())
    return Models(**models, calibration=calibration)


@cache
def shipped(model: str) -> Models:
    """Load a shipped model once."""
    return parse(resources.files("kg.extract").joinpath("data", f"{model}.npz").read_bytes())
