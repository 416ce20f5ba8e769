"""Where the nodes of a page stand."""

import random
from itertools import combinations
from math import dist, hypot

import pytest

from kg.model import Entity, Relation
from kg.view.communities import communities, divide, weigh
from kg.view.layout import place, place_between
from kg.view.looks import CANVAS, HELD, KINDS, LINES


def clusters(count: int, size: int) -> tuple[list[list[int]], dict[tuple[int, int], float]]:
    """Make communities of linked nodes with some links between them."""
    chance = random.Random(3)
    parts = [list(range(start, start + size)) for start in range(0, count * size, size)]
    weights = {(part[0], other): 2.0 for part in parts for other in part[1:]}
    for part in parts:
        weights |= {tuple(sorted(chance.sample(part, 2))): 1.0 for _ in range(size)}  # type: ignore[misc]
    for _ in range(count):
        a, b = sorted(chance.sample(range(count * size), 2))
        weights[a, b] = 1.0
    return parts, dict(sorted(weights.items()))


@pytest.mark.parametrize(("count", "size"), [(1, 2), (6, 30), (2, 400)])
def test_no_two_nodes_overlap_and_each_stands_in_its_own_disc(count: int, size: int) -> None:
    parts, weights = clusters(count, size)
    radii = [5.0 + number % 9 for number in range(count * size)]
    layout = place(parts, weights, radii)
    assert all(isinstance(value, int) for point in layout.points for value in point)
    for a, b in combinations(range(count * size), 2):
        assert dist(layout.points[a], layout.points[b]) > radii[a] + radii[b]
    for part, disc in zip(parts, layout.discs, strict=True):
        for node in part:
            x, y = layout.points[node]
            assert hypot(x - disc.x, y - disc.y) + radii[node] <= disc.r + 1
    for one, two in combinations(layout.discs, 2):
        assert hypot(one.x - two.x, one.y - two.y) > one.r + two.r


def test_a_layout_is_compact() -> None:
    parts, weights = clusters(8, 40)
    radii = [6.0] * 320
    layout = place(parts, weights, radii)
    for part, disc in zip(parts, layout.discs, strict=True):
        assert sum(radii[node] ** 2 for node in part) > 0.08 * disc.r**2
    xs, ys = zip(*layout.points, strict=True)
    area = (max(xs) - min(xs)) * (max(ys) - min(ys))
    assert sum(3.14 * disc.r**2 for disc in layout.discs) > 0.3 * area


def test_linked_nodes_stand_nearer_than_others() -> None:
    parts = [list(range(40))]
    weights = {(number, number + 1): 2.0 for number in range(39)}
    points = place(parts, weights, [6.0] * 40).points
    linked = sum(dist(points[a], points[b]) for a, b in weights) / len(weights)
    every = [dist(a, b) for a, b in combinations(points, 2)]
    assert linked < 0.6 * sum(every) / len(every)


def test_nothing_and_one_thing_are_placed() -> None:
    assert place([], {}, []).points == []
    assert place([[0]], {}, [5.0]).points == [(0, 0)]


def test_a_community_without_any_division_is_placed() -> None:
    everything = list(range(500))
    layout = place([everything], {}, [5.0] * 500)
    assert len(set(layout.points)) == 500


def test_papers_stand_between_their_entities_and_not_upon_each_other() -> None:
    places = place_between([(0, 0), (1000, 0)], [[0, 1]] * 20 + [[0]] * 20, 24)
    assert len(set(places)) == 40
    assert abs(places[0][0] - 500) <= 24


def test_communities_follow_the_links_and_gather_what_stands_alone() -> None:
    weights = {(0, 1): 1.0, (1, 2): 1.0, (0, 2): 1.0, (4, 5): 1.0}
    entities = [Entity(f"entity:{number}", "Method", str(number)) for number in range(8)]
    assert communities(entities, weights) == [[0, 1, 2], [4, 5], [3, 6, 7]]
    assert divide([3, 4], {}) == [[3], [4]]


def test_relations_draw_more_than_shared_papers_and_denied_ones_do_not() -> None:
    entities = [Entity(f"entity:{name}", "Method", name, support=1) for name in "abc"]
    links = [Relation("entity:a", "is_a", "entity:b", 1, 0.9), Relation("entity:a", "part_of", "entity:c", 0, 0.0)]
    papers = {f"entity:{name}": ["paper:1"] for name in "bc"}
    weights = weigh(entities, links, papers)
    assert weights == {(0, 1): 3.0, (1, 2): 1.0}


def luminance(colour: str) -> float:
    """Give the relative luminance of ``#rrggbb`` (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_stand_out_from_the_canvas_and_shapes_and_lines_differ(theme: str) -> None:
    ground = luminance(CANVAS[theme])
    for colour in (*LINES[theme].values(), *(look[theme] for look in KINDS.values())):
        high, low = sorted((luminance(colour), ground), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3
    assert len({look["shape"] for look in KINDS.values()}) == len(KINDS)
    assert len({dashes for dashes, _ in HELD.values()}) == len(HELD)
