"""Where the nodes of a page stand: communities as compact, separate discs, no two nodes upon each other.

A community is laid out on its own by springs (Fruchterman and Reingold 1991) and then freed of overlaps; the discs of
all communities are laid out in the same way, and each is turned to face what it is linked to. A large community is
first divided again, so that no step is quadratic in more than `DIRECT` things. Sums run over the first axis of an
array, which NumPy adds up row by row, so that the same input gives the same coordinates.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.view.communities import Weights, divide

#: The layout is the same on every run.
SEED = 7
#: Things that are laid out at once at most.
DIRECT = 150
#: Room between two nodes, around the parts of a community, and around a community.
GAP, MARGIN, STREET = 9.0, 10.0, 44.0
#: Room around a disc within its border.
BORDER = 16.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Disc:
    """Where a community stands."""

    x: int
    y: int
    r: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Integer coordinates of the nodes by number, and the discs of the communities."""

    points: list[tuple[int, int]]
    discs: list[Disc]


def place(parts: Sequence[Sequence[int]], weights: Weights, radii: Sequence[float]) -> Layout:
    """Place the nodes of all communities; ``radii`` are the nodes' own, in the units of the coordinates.

    >>> place([[0, 1]], {(0, 1): 1.0}, [5.0, 5.0]).discs[0].r > 10
    True
    """
    points = np.zeros((len(radii), 2))
    sizes = np.array(radii, dtype=float)
    inner = _by_part(parts, weights, len(radii))
    circles = [_fill(part, own, points, sizes) for part, own in zip(parts, inner, strict=True)]
    centers = _arrange(np.array(circles) + STREET / 2, _between(parts, weights, len(radii)))
    home = np.zeros(len(radii), dtype=np.int64)
    for number, part in enumerate(parts):
        home[list(part)] = number
    _turn(parts, weights, points, centers, home)
    final = points + centers[home] if len(parts) else points
    discs = [Disc(round(x), round(y), round(r)) for (x, y), r in zip(centers.tolist(), circles, strict=True)]
    return Layout([(round(x), round(y)) for x, y in final.tolist()], discs)


def _by_part(parts: Sequence[Sequence[int]], weights: Weights, count: int) -> list[Weights]:
    """Sort the weights by the part that holds both ends."""
    home = [0] * count
    for number, part in enumerate(parts):
        for member in part:
            home[member] = number
    inner: list[Weights] = [{} for _ in parts]
    for (a, b), weight in weights.items():
        if home[a] == home[b]:
            inner[home[a]][a, b] = weight
    return inner


def _fill(part: Sequence[int], weights: Weights, points: Floats, radii: Floats) -> float:
    """Place the members of a part around the origin and give the radius of the disc that holds them."""
    members = list(part)
    if len(members) <= DIRECT:
        spots = {member: number for number, member in enumerate(members)}
        pull = {(spots[a], spots[b]): weight for (a, b), weight in weights.items()}
        points[members] = _arrange(radii[members] + GAP / 2, pull)
    else:
        pieces = divide(members, weights)
        if len(pieces[0]) > 0.8 * len(members) or len(pieces) > len(members) / 3:
            pieces = [members[start : start + DIRECT] for start in range(0, len(members), DIRECT)]
        pieces = _joined(pieces)
        count = max(members) + 1
        circles = [
            _fill(piece, own, points, radii)
            for piece, own in zip(pieces, _by_part(pieces, weights, count), strict=True)
        ]
        centers = _arrange(np.array(circles) + MARGIN / 2, _between(pieces, weights, count))
        home = np.zeros(count, dtype=np.int64)
        for number, piece in enumerate(pieces):
            home[piece] = number
        _turn(pieces, weights, points, centers, home)
        for piece, center in zip(pieces, centers, strict=True):
            points[piece] += center
    return _enclose(points, members, radii)


def _joined(pieces: list[list[int]]) -> list[list[int]]:
    """Join the smallest pieces, so that there are at most `DIRECT`."""
    if len(pieces) <= DIRECT:
        return pieces
    rest = sorted(member for piece in pieces[DIRECT - 1 :] for member in piece)
    return [*pieces[: DIRECT - 1], rest]


def _between(parts: Sequence[Sequence[int]], weights: Weights, count: int) -> Weights:
    """Add up the weights between parts, relative to the sizes of these."""
    home = [-1] * count
    for number, part in enumerate(parts):
        for member in part:
            home[member] = number
    total: Weights = defaultdict(float)
    for (a, b), weight in weights.items():
        low, high = sorted((home[a], home[b]))
        if 0 <= low != high:
            total[low, high] += weight
    return {(a, b): weight / float(np.sqrt(len(parts[a]) * len(parts[b]))) for (a, b), weight in sorted(total.items())}


def _enclose(points: Floats, members: Sequence[int], radii: Floats) -> float:
    """Centre some points on the origin and give the radius of the disc around them."""
    chosen = points[members]
    own = radii[members][:, None]
    chosen = chosen - ((chosen - own).min(axis=0) + (chosen + own).max(axis=0)) / 2
    points[members] = chosen
    reach: float = (np.sqrt((chosen**2).T.sum(axis=0)) + radii[members]).max()
    return reach + BORDER / 2


def _turn(
    parts: Sequence[Sequence[int]], weights: Weights, points: Floats, centers: Floats, home: NDArray[np.int64]
) -> None:
    """Turn each part about its centre so that its members face what they are linked to."""
    pairs = [(a, b, weight) for (a, b), weight in weights.items() if home[a] != home[b]]
    if not pairs:
        return
    facing = np.zeros(len(parts), dtype=complex)
    at = points[:, 0] + 1j * points[:, 1]
    middle = centers[:, 0] + 1j * centers[:, 1]
    for a, b, weight in pairs:
        for end, other in ((a, b), (b, a)):
            toward = middle[home[other]] - middle[home[end]]
            facing[home[end]] += weight * np.conj(at[end]) * toward / max(abs(toward), 1.0)
    for number, part in enumerate(parts):
        size = abs(facing[number])
        if size > 1e-9:
            turned = at[list(part)] * (facing[number] / size)
            points[list(part)] = np.column_stack((turned.real, turned.imag))


def _arrange(radii: Floats, pull: Weights) -> Floats:
    """Place discs of some radii so that linked ones are near and none overlaps another."""
    count = len(radii)
    if count < 2:
        return np.zeros((count, 2))
    matrix = np.zeros((count, count))
    for (a, b), weight in pull.items():
        matrix[a, b] = matrix[b, a] = weight
    points = _springs(matrix)
    # About the size that the discs fill when they stand close.
    extent = np.sqrt((points**2).T.sum(axis=0)).max()
    points *= 1.05 * float(np.sqrt((radii**2).sum())) / max(float(extent), 1e-9)
    return _apart(points, radii)


def _springs(pull: Floats, *, rounds: int = 80) -> Floats:
    """Let all points repel and linked ones attract each other, in a space of about one unit."""
    count = len(pull)
    points = np.random.default_rng(SEED).random((count, 2)) - 0.5
    best = 1.0 / float(np.sqrt(count))
    # A hub must not draw all it is linked to into one spot.
    degree = np.sqrt(1.0 + (pull > 0).sum(axis=0))
    pull = pull / np.sqrt(degree[:, None] * degree[None, :])
    pull = pull / max(float(pull.max()), 1e-9) * 3.0
    for heat in np.linspace(0.12, 0.002, rounds):
        x = points[None, :, 0] - points[:, None, 0]
        y = points[None, :, 1] - points[:, None, 1]
        distance = np.sqrt(np.maximum(x * x + y * y, 1e-8))
        force = (best * best * degree[:, None] / distance - pull * distance * distance / best * 0.5) / distance
        move = np.column_stack(((x * force).sum(axis=0), (y * force).sum(axis=0))) - 0.6 * points
        length = np.maximum(np.sqrt((move * move).T.sum(axis=0)), 1e-9)
        points = points + move * (np.minimum(length, heat) / length)[:, None]
    return points


def _apart(points: Floats, radii: Floats, *, rounds: int = 300) -> Floats:
    """Push overlapping discs apart, drawing all to the middle at first; the drawing grows until there is room."""
    need = radii[:, None] + radii[None, :]
    np.fill_diagonal(need, 0.0)
    # The lighter of two discs moves more.
    mass = radii * radii
    share = mass[:, None] / (mass[:, None] + mass[None, :])
    for turn in range(rounds):
        x = points[None, :, 0] - points[:, None, 0]
        y = points[None, :, 1] - points[:, None, 1]
        distance = np.sqrt(np.maximum(x * x + y * y, 1e-6))
        overlap = np.maximum(need - distance, 0.0)
        if turn >= 50 and overlap.max() < 0.5:
            break
        push = share * overlap / distance
        points = points + 0.6 * np.column_stack(((x * push).sum(axis=0), (y * push).sum(axis=0)))
        if turn < 40:
            points = points * 0.99
        elif turn % 10 == 0:
            points = points * 1.01
    return points


def place_between(
    anchors: Sequence[tuple[int, int]], neighbours: Sequence[Sequence[int]], step: int
) -> list[tuple[int, int]]:
    """Give coordinates to papers: the middle of the nodes each is linked to, a little apart from others there."""
    seen: dict[tuple[int, int], int] = defaultdict(int)
    places = []
    for near in neighbours:
        x = sum(anchors[number][0] for number in near) / max(len(near), 1)
        y = sum(anchors[number][1] for number in near) / max(len(near), 1)
        spot = (round(x / step), round(y / step))
        ring = seen[spot]
        seen[spot] += 1
        # A square spiral: whole numbers only.
        column, row = _spiral(ring)
        places.append((round(x) + column * step // 2, round(y) + row * step // 2))
    return places


def _spiral(number: int) -> tuple[int, int]:
    """Give the place of a number on a square spiral around the origin.

    >>> [_spiral(number) for number in range(5)]
    [(0, 0), (1, 0), (1, 1), (0, 1), (-1, 1)]
    """
    x = y = 0
    dx, dy, length = 1, 0, 1
    while number:
        for _ in range(2):
            steps = min(length, number)
            x, y, number = x + dx * steps, y + dy * steps, number - steps
            dx, dy = -dy, dx
            if not number:
                return x, y
        length += 1
    return x, y
