"""Names are looked up by their hashes, and exactly all the same."""

import pickle

import numpy as np

from kg.extract.linear import Linear


class _Twin(str):
    """A name with the hash of another one."""

    def __hash__(self) -> int:
        return hash("a")


def test_a_name_with_the_hash_of_a_feature_is_none() -> None:
    model = Linear({"b": 1, "a": 0}, np.array([[1.0], [2.0]]))

    assert model.scores([["a", "b"], [_Twin("c"), "b"], [_Twin("a")]]).tolist() == [[3.0], [2.0], [1.0]]


def test_scores_of_many_rows_are_those_of_a_dictionary() -> None:
    random = np.random.default_rng(7)
    index = {f"f{number}": number for number in range(5_000)}
    model = pickle.loads(pickle.dumps(Linear(index, random.normal(size=(len(index), 3)))))
    rows = [[f"f{number}" for number in random.choice(9_000, size, replace=False)] for size in range(40)]
    wanted = [sum((model.weights[index[name]] for name in row if name in index), np.zeros(3)) for row in rows]

    assert np.allclose(model.scores(rows), wanted)
