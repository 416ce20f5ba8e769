"""Calibration is measured over bins of equal mass, and the plot shows exactly these bins."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reliability import Calibration, expected_error, plot, wilson

SVG = "{http://www.w3.org/2000/svg}"


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_bins_hold_equal_mass_and_all_predictions(pairs: list[tuple[float, bool]]) -> None:
    measured = expected_error(pairs)
    sizes = [size for _, _, size in measured.bins]
    assert sum(sizes) == len(pairs) == measured.predictions
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert 0 <= measured.ece <= 1


def test_the_error_weighs_bins_by_their_size() -> None:
    sure = [(0.9, number < 5) for number in range(10)]
    unsure = [(0.1, number < 1) for number in range(10)]
    assert expected_error([*sure, *unsure], bins=2) == Calibration(0.2, 20, ((0.1, 0.1, 10), (0.9, 0.5, 10)))


def test_a_wilson_interval_holds_the_share_and_stays_between_0_and_1() -> None:
    assert wilson(0.9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)  # Newcombe (1998), 9 of 10
    assert wilson(0.0, 5)[0] == 0.0 and wilson(1.0, 5)[1] == 1.0
    assert wilson(0.5, 1000)[1] - wilson(0.5, 1000)[0] < wilson(0.5, 10)[1] - wilson(0.5, 10)[0]


def test_the_plot_places_every_bin_at_its_figures() -> None:
    entities = Calibration(0.0423, 30, ((0.25, 0.5, 10), (0.75, 0.625, 20)))
    text = plot({"Entities": entities, "A < B & C": Calibration(0.0, 0, ())})
    root = ElementTree.fromstring(text)
    first, second = root.findall(f"{SVG}g")
    frame = first.find(f"{SVG}rect")
    assert frame is not None
    side = float(frame.attrib["width"])
    circles = list(first.iter(f"{SVG}circle"))
    found = [(float(item.attrib["cx"]) / side, 1 - float(item.attrib["cy"]) / side) for item in circles]
    assert found == [pytest.approx(point, abs=0.001) for point in ((0.25, 0.5), (0.75, 0.625))]
    small, large = (float(item.attrib["r"]) ** 2 for item in circles)
    assert large / small == pytest.approx(2, rel=0.05)
    for line, (stated, right, size) in zip(first.findall(f"{SVG}line[@class='range']"), entities.bins, strict=True):
        assert float(line.attrib["x1"]) / side == pytest.approx(stated, abs=0.001)
        bounds = [1 - float(line.attrib[name]) / side for name in ("y1", "y2")]
        assert bounds == pytest.approx(wilson(right, size), abs=0.001)
    diagonal = first.find(f"{SVG}line[@class='diagonal']")
    assert diagonal is not None
    ends = [float(diagonal.attrib[name]) for name in ("x1", "y1", "x2", "y2")]
    assert ends == [0, side, side, 0]
    said = [item.text or "" for item in root.iter(f"{SVG}text")]
    assert "calibration error (ECE) 0.042 over 30 predictions" in said and "10 20" in said
    assert "A < B & C" in said and not list(second.iter(f"{SVG}circle"))


def test_the_plot_reads_on_dark_and_light_and_loads_nothing() -> None:
    panel = {"Entities": Calibration(0.1, 2, ((0.4, 0.5, 2),))}
    text = plot(panel)
    assert "prefers-color-scheme: dark" in text
    assert text.count("http") == 1 and "url(" not in text and "<script" not in text
    assert text == plot(dict(panel)) and len(text) < 6_000
