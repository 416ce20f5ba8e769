"""Word vectors for spaCy's tagger: the numbers of its ``tok2vec``, bit for bit, in half the time.

A word's embedding does not depend on its neighbours, so it is computed once and kept. The convolutions above it
run without spaCy's layers of wrapping.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import NORM, ORTH, SPACY
from spacy.language import Language
from spacy.tokens import Doc

_Floats = NDArray[np.float32]

#: Embeddings kept; when there is no more room, all are computed anew.
_ROOM = 1 << 15

#: Words embedded at once: always as many, so that no vector depends on how many words are new.
_BATCH = 48


class _Embeddings:
    """Context-free vectors of words, by norm, spelling and whether a space follows."""

    def __init__(self, embed: Any, width: int) -> None:
        self._features, *self._layers = embed.layers
        self._rows: dict[tuple[int, ...], int] = {}
        self._table = np.zeros((_ROOM, width), dtype=np.float32)

    def __call__(self, doc: Doc) -> _Floats:
        keys = list(map(tuple, doc.to_array([NORM, ORTH, SPACY]).tolist()))
        rows = self._rows
        new = {key: index for index, key in enumerate(keys) if key not in rows}
        if len(rows) + len(new) > len(self._table):
            rows.clear()
            new = {key: index for index, key in enumerate(keys)}
            self._table = np.zeros((max(_ROOM, len(new)), self._table.shape[1]), dtype=np.float32)
        if new:
            (features,) = self._features.predict([doc])
            self._add(new, features[list(new.values())])
        return np.asarray(self._table[[rows[key] for key in keys]])

    def _add(self, keys: Iterable[tuple[int, ...]], features: NDArray[np.uint64]) -> None:
        for start in range(0, len(features), _BATCH):
            part = features[start : start + _BATCH]
            found = [np.concatenate([part, np.zeros((_BATCH - len(part), part.shape[1]), dtype=part.dtype)])]
            for layer in self._layers:
                found = layer.predict(found)
            first = len(self._rows) + start
            self._table[first : first + len(part)] = found[0][: len(part)]
        for key in keys:
            self._rows[key] = len(self._rows)


class _Convolution:
    """A window of three words, maxout over three pieces, layer normalisation, and what came in added."""

    def __init__(self, block: Any) -> None:
        parts = {node.name: node for node in block.walk()}
        maxout, norm = parts["maxout"], parts["layernorm"]
        weights = maxout.get_param("W")
        width, pieces, _ = weights.shape
        assert pieces == 3
        # Piece by piece: the maximum over whole blocks is fast.
        self._weights = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(width * pieces, -1))
        self._bias = np.ascontiguousarray(maxout.get_param("b").T.reshape(-1))
        self._scale, self._shift = norm.get_param("G"), norm.get_param("b")
        self._gemm, self._width = block.ops.gemm, width

    def __call__(self, words: _Floats) -> _Floats:
        width = self._width
        window = np.zeros((len(words), 3 * width), dtype=np.float32)
        window[1:, :width] = words[:-1]
        window[:, width : 2 * width] = words
        window[:-1, 2 * width :] = words[1:]
        pieces = self._gemm(window, self._weights, trans2=True)
        pieces += self._bias
        best = np.maximum(np.maximum(pieces[:, :width], pieces[:, width : 2 * width]), pieces[:, 2 * width :])
        apart = best - best.mean(axis=1, keepdims=True)
        variance = (apart * apart).mean(axis=1, keepdims=True) + 1e-8
        return np.asarray(words + (apart * variance ** (-1.0 / 2.0) * self._scale + self._shift))


@Language.factory("kg_vectors", assigns=["doc.tensor"])
class Vectors:
    """Write ``doc.tensor`` as the pipeline's ``tok2vec`` would, which can then be removed."""

    def __init__(self, nlp: Language, name: str) -> None:
        """Take the weights of the pipeline's ``tok2vec``."""
        tok2vec: Any = nlp.get_pipe("tok2vec")
        encode = tok2vec.model.get_ref("encode")
        self._padding = np.zeros((encode.attrs["pad"], encode.get_dim("nO")), dtype=np.float32)
        self._embeddings = _Embeddings(tok2vec.model.get_ref("embed"), encode.get_dim("nO"))
        self._convolutions = [_Convolution(block) for block in encode.layers[0].layers]

    def __call__(self, doc: Doc) -> Doc:
        """Compute the vectors of one document."""
        words = np.concatenate([self._padding, self._embeddings(doc), self._padding])
        for convolve in self._convolutions:
            words = convolve(words)
        doc.tensor = words[len(self._padding) : len(words) - len(self._padding)]
        return doc
