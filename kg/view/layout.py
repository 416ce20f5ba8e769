"""Where the nodes of a page stand: a seeded spring layout, then room for every label."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

#: The layout is the same on every run.
SEED = 7
#: Width to height of the drawing.
_ASPECT = 1.15

Floats = NDArray[np.float64]


def place(
    names: Sequence[str],
    weights: Mapping[tuple[str, str], float],
    sizes: Sequence[tuple[float, float]],
    tops: Sequence[float],
) -> list[tuple[int, int]]:
    """Give integer coordinates to ``names`` so that linked ones are near and boxes of ``sizes`` do not overlap.

    A box holds a node of the height in ``tops`` and its label under it; the coordinates are the node's.
    """
    if not names:
        return []
    number = {name: place for place, name in enumerate(names)}
    pull = np.zeros((len(names), len(names)))
    for (a, b), weight in sorted(weights.items()):
        if a != b:
            pull[number[a], number[b]] = pull[number[b], number[a]] = weight
    points = _settle(pull)
    boxes = np.array(sizes, dtype=float)
    span = (boxes.prod(axis=1).sum() * (1.1 + 12 / len(names))) ** 0.5
    points = _even(points) * span * np.array([_ASPECT**0.5, _ASPECT**-0.5])
    points = _spread(points, boxes)
    # The node stands at the top of its box, the label below it.
    points[:, 1] -= (boxes[:, 1] - np.array(tops, dtype=float)) / 2
    return [(round(x), round(y)) for x, y in points]


def _settle(pull: Floats, *, rounds: int = 300) -> Floats:
    """Let all points repel and linked ones attract each other (Fruchterman and Reingold 1991, with gravity)."""
    number = len(pull)
    points = np.random.default_rng(SEED).random((number, 2)) - 0.5
    best = 1.0 / number**0.5
    # A hub must not draw all it is linked to into one spot.
    degree = np.sqrt(1.0 + (pull > 0).sum(axis=1))
    pull = pull / np.sqrt(degree[:, None] * degree[None, :])
    for heat in np.linspace(0.15, 0.002, rounds):
        apart = points[:, None, :] - points[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-4)
        force = (best**2 * degree[:, None] / distance - pull * distance**2 / best * 0.5) / distance
        move = (apart * force[..., None]).sum(axis=1) - 0.6 * points
        length = np.maximum(np.sqrt((move**2).sum(axis=1)), 1e-9)
        points = points + move * (np.minimum(length, heat) / length)[:, None]
    return points


def _even(points: Floats) -> Floats:
    """Draw each axis most of the way to evenly spaced ranks, so that a dense middle opens; the result spans [0, 1]."""
    if len(points) == 1:
        return np.zeros((1, 2))
    ranks = points.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / (len(points) - 1)
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) / np.where(high > low, high - low, 1.0)
    spread: Floats = 0.3 * scaled + 0.7 * ranks
    return spread


def _spread(points: Floats, boxes: Floats, *, rounds: int = 300) -> Floats:
    """Push overlapping boxes apart along the axis of least overlap, in a drawing that grows until there is room."""
    points = points.copy()
    need = (boxes[:, None, :] + boxes[None, :, :]) / 2
    for turn in range(1, rounds + 1):
        apart = points[:, None, :] - points[None, :, :]
        overlap = need - np.abs(apart)
        hit = np.asarray((overlap > 0.5).all(axis=2))
        np.fill_diagonal(hit, False)
        if not hit.any():
            break
        along_x = overlap[..., 0] < overlap[..., 1]
        order = np.sign(np.arange(len(points))[:, None] - np.arange(len(points))[None, :])
        push = np.zeros_like(apart)
        for axis, chosen in ((0, along_x), (1, ~along_x)):
            side = np.where(apart[..., axis] == 0, order, np.sign(apart[..., axis]))
            push[..., axis] = np.where(hit & chosen, side * overlap[..., axis] * 0.4, 0.0)
        points += np.clip(push.sum(axis=1), -40, 40)
        if turn % 25 == 0:
            points *= 1.03
    return points


def place_between(
    anchors: Sequence[tuple[int, int]], neighbours: Sequence[Sequence[int]], step: int
) -> list[tuple[int, int]]:
    """Give coordinates to further nodes: the free grid spot nearest the middle of the anchors each is linked to."""
    taken = {(round(x / step), round(y / step)) for x, y in anchors}
    places = []
    for near in neighbours:
        x = sum(anchors[number][0] for number in near) / len(near) / step
        y = sum(anchors[number][1] for number in near) / len(near) / step
        column, row = next(spot for spot in _spiral(x, y) if spot not in taken)
        taken.add((column, row))
        places.append((column * step, row * step))
    return places


def _spiral(x: float, y: float) -> Iterator[tuple[int, int]]:
    """List the spots of a grid around a point, going outwards."""
    for turn in count():
        angle, radius = turn * np.pi * (3 - 5**0.5), 0.6 * turn**0.5
        yield round(x + radius * float(np.cos(angle))), round(y + radius * float(np.sin(angle)))
