"""What the benchmarks count is what they say."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from kg.model import Extraction, LocalEntity


@pytest.fixture(scope="module")
def keyphrases() -> Any:
    source = Path(__file__).parent.parent / "benchmarks" / "keyphrases.py"
    spec = importlib.util.spec_from_file_location("keyphrases", source)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entity(confidence: float, *names: str) -> LocalEntity:
    return LocalEntity("e", "Method", names[0], confidence, (), names)


def test_keywords_count_where_they_stand_in_the_text_and_are_found_by_any_name(keyphrases: Any) -> None:
    record = {
        "title": "Deep Q-Networks (DQN)",
        "abstract": "We train graph neural networks. Robots learn.",
        "keywords": ["DQN", "Graph Neural Network", "robot", "neural network", "planning"],
    }
    found = keyphrases.measure(
        record, Extraction((entity(0.9, "graph neural networks"), entity(0.5, "Deep Q-Networks", "DQN")))
    )
    assert found.keywords["folded"] == {"dqn", "graph neural network", "robot", "neural network"}
    row = keyphrases.row([found], 0.4)
    assert (row["folded"], row["normal"], row["entities"]) == (0.5, 0.5, 2)
    row = keyphrases.row([found, keyphrases.Found({"folded": set(), "normal": set()}, [])], 0.6)
    assert (row["folded"], row["entities"]) == (0.25, 0.5)
