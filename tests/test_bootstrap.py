"""Intervals over papers hold what they promise, and are the same on every run."""

import time

import numpy as np
import pytest

from kg.bootstrap import intervals


def papers(number: int, seed: int, *, precision: float = 0.7) -> list[dict[str, list[int]]]:
    """Draw papers with ten predictions each, of which a known share is right, and two misses."""
    draw = np.random.default_rng(seed)
    hits = draw.binomial(10, precision, size=number)
    return [{"entity": [int(hit), 10 - int(hit), 2]} for hit in hits]


def test_intervals_cover_the_true_value_about_as_often_as_they_say() -> None:
    trials = [intervals(papers(60, seed), resamples=400)["entity"]["p"] for seed in range(200)]
    covered = sum(low <= 0.7 <= high for low, high in trials)
    assert 0.88 <= covered / len(trials) <= 0.99


def test_papers_are_drawn_whole() -> None:
    """Ten papers all right and ten all wrong vary far more than 200 predictions drawn one by one would."""
    clustered = [{"entity": [10, 0, 0]}] * 10 + [{"entity": [0, 10, 0]}] * 10
    low, high = intervals(clustered)["entity"]["p"]
    assert low == pytest.approx(0.5 - 1.96 * 0.5 / 20**0.5, abs=0.04)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / 20**0.5, abs=0.04)


def test_more_papers_make_narrower_intervals() -> None:
    widths = [high - low for low, high in (intervals(papers(n, 1))["entity"]["f1"] for n in (20, 80, 320))]
    assert widths[0] > widths[1] > widths[2]


def test_the_same_papers_give_the_same_intervals_and_a_seed_changes_them() -> None:
    rows = papers(30, 3)
    assert intervals(rows) == intervals(rows)
    assert intervals(rows) != intervals(rows, seed=1)


def test_rows_that_few_papers_have_and_figures_that_are_not_defined() -> None:
    rows = [{"entity": [1, 0, 0], "relation": [0, 0, 1]}, {"entity": [1, 0, 0]}]
    found = intervals(rows)
    assert found["entity"] == {"p": (1.0, 1.0), "r": (1.0, 1.0), "f1": (1.0, 1.0)}
    assert found["relation"] == {"p": (0.0, 0.0), "r": (0.0, 0.0), "f1": (0.0, 0.0)}
    assert intervals([]) == {} == intervals([{}])


def test_a_thousand_resamples_of_many_papers_take_no_time() -> None:
    rows = [{f"row{place}": [1, 2, 3] for place in range(20)} for _ in range(1_000)]
    start = time.process_time()
    intervals(rows)
    assert time.process_time() - start < 5
