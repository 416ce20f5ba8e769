"""How far figures would move with other papers: percentile bootstrap over papers (Efron, 1979)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

#: Resamples drawn, seed of the draw, and share of the resamples that an interval holds.
RESAMPLES, SEED, LEVEL = 1_000, 0, 0.95

#: Lower and upper bound.
Interval = tuple[float, float]


def intervals(
    papers: Sequence[Mapping[str, Sequence[int]]],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> dict[str, dict[str, Interval]]:
    """Give the intervals of precision, recall and F1 (``p``, ``r``, ``f1``) of every row, rounded to four places.

    ``papers`` holds, a paper an item, the hits, false alarms and misses of each row. A resample draws as many papers
    with replacement. Resamples in which a figure is not defined do not count for it; bounds are 0 where none is left.

    >>> intervals([{"entity": [1, 1, 0]}] * 5)["entity"]["p"]
    (0.5, 0.5)
    """
    rows = sorted({row for paper in papers for row in paper})
    if not rows:
        return {}
    counts = np.array([[paper.get(row, (0, 0, 0)) for row in rows] for paper in papers], dtype=np.int64)
    draws = np.random.default_rng(seed).multinomial(len(papers), [1 / len(papers)] * len(papers), size=resamples)
    tp, fp, fn = np.moveaxis(np.tensordot(draws, counts, axes=1), 2, 0)
    rates = {"p": _ratio(tp, tp + fp), "r": _ratio(tp, tp + fn), "f1": _ratio(2 * tp, 2 * tp + fp + fn)}
    bounds = {name: [_bounds(column, level) for column in rate.T] for name, rate in rates.items()}
    return {row: {name: found[place] for name, found in bounds.items()} for place, row in enumerate(rows)}


def _ratio(part: Any, whole: Any) -> Any:
    """Divide arrays, giving not-a-number where the divisor is 0."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _bounds(values: Any, level: float) -> Interval:
    """Give the percentiles that hold ``level`` of the values that are numbers."""
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0, 0.0
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return round(float(low), 4), round(float(high), 4)
