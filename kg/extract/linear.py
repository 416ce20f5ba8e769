"""Linear models over named binary features: weights read from the package, scores as plain arrays."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear model: feature name -> row of ``weights`` (features x classes)."""

    index: Mapping[str, int]
    weights: Array

    def scores(self, rows: Sequence[Sequence[str]]) -> Array:
        """Score each row of distinct feature names: an array of rows x classes.

        >>> Linear({"a": 0, "b": 1}, np.array([[1.0], [2.0]])).scores([["a", "b", "?"], []]).tolist()
        [[3.0], [0.0]]
        """
        scores = np.zeros((len(rows), self.weights.shape[1]))
        sizes = np.array([len(row) for row in rows], dtype=np.intp)
        names = chain.from_iterable(rows)
        places = np.fromiter(map(self.index.get, names, repeat(-1)), dtype=np.intp, count=sizes.sum())
        if len(places):
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
