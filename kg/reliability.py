"""Calibration: how far stated confidence is from the share that is right, as a figure and as a plot (SVG)."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

#: Bins of the expected calibration error, each holding the same number of predictions.
BINS = 10

#: Side of a panel's square, what stands left and above it, and what is below, in pixels.
_SIDE, _LEFT, _TOP, _BELOW = 320, 56, 56, 92
_WIDTH, _HEIGHT = _LEFT + _SIDE + 24, _TOP + _SIDE + _BELOW

#: Largest area a point may have, in square pixels: areas show the sizes of the bins.
_AREA = 100.0

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
.title { font-size: 15px; font-weight: 600 }
.faint { fill: #57606a; font-size: 11px }
.ground { fill: #ffffff }
.frame { fill: none; stroke: #57606a }
.diagonal { stroke: #57606a; stroke-dasharray: 5 4 }
.range { stroke: #0b63b0; stroke-width: 1.5 }
.bin { fill: #0b63b0; stroke: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.faint { fill: #a5b0bd }
.ground { fill: #0d1117 }
.frame, .diagonal { stroke: #a5b0bd }
.range { stroke: #79b8ff }
.bin { fill: #79b8ff; stroke: #0d1117 }
}
"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far stated confidence is from the share that is right, over ``predictions`` scored ones.

    ``bins`` holds mean confidence, share right and size of each bin, from the least confident up.
    """

    ece: float
    predictions: int
    bins: tuple[tuple[float, float, int], ...]

    def as_dict(self) -> dict[str, object]:
        """Give the calibration as plain data."""
        return {"ece": self.ece, "n": self.predictions, "bins": self.bins}


def expected_error(pairs: Iterable[tuple[float, bool]], *, bins: int = BINS) -> Calibration:
    """Give the expected calibration error over bins of equal mass (Naeini et al., 2015).

    >>> expected_error([(0.5, True), (0.5, False)], bins=1).ece
    0.0
    """
    ranked = sorted(pairs, key=lambda pair: pair[0])
    rows = []
    for number in range(bins):
        part = ranked[len(ranked) * number // bins : len(ranked) * (number + 1) // bins]
        if part:
            rows.append((sum(p for p, _ in part) / len(part), sum(ok for _, ok in part) / len(part), len(part)))
    ece = sum(abs(stated - right) * size for stated, right, size in rows) / len(ranked) if ranked else 0.0
    return Calibration(round(ece, 4), len(ranked), tuple((round(p, 4), round(a, 4), n) for p, a, n in rows))


def wilson(share: float, size: int, *, z: float = 1.96) -> tuple[float, float]:
    """Give the interval of a share seen in ``size`` cases (Wilson, 1927).

    >>> wilson(0.5, 4)
    (0.15, 0.85)
    """
    middle = share + z * z / (2 * size)
    reach = z * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    whole = 1 + z * z / size
    return round(max(0.0, (middle - reach) / whole), 4), round(min(1.0, (middle + reach) / whole), 4)


def plot(panels: Mapping[str, Calibration]) -> str:
    """Draw a reliability diagram a panel, side by side, as one SVG file; the same figures give the same text.

    A point is a bin: mean stated confidence to the right, share right upward, its area the size, its bar the 95 %
    interval of the share. What is calibrated lies on the diagonal.
    """
    width = max(1, len(panels)) * _WIDTH
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" viewBox="0 0 {width} {_HEIGHT}"'
        ' role="img">',
        f"<title>Reliability of {escape(' and '.join(panels))}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{_HEIGHT}"/>',
    ]
    for place, (name, calibration) in enumerate(panels.items()):
        drawn += [f'<g transform="translate({place * _WIDTH + _LEFT} {_TOP})">', *_panel(name, calibration), "</g>"]
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _panel(name: str, calibration: Calibration) -> Iterator[str]:
    """Draw the frame, the axes, the bins and the caption of one panel."""
    yield f'<text class="title" y="-30">{escape(name)}</text>'
    caption = f"calibration error (ECE) {calibration.ece:.3f} over {calibration.predictions:,} predictions"
    yield f'<text class="caption" y="-12">{caption}</text>'
    yield f'<rect class="frame" width="{_SIDE}" height="{_SIDE}"/>'
    yield f'<line class="diagonal" x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0"/>'
    for tick in range(0, 11, 2):
        yield f'<text class="faint" x="{_x(tick / 10)}" y="{_SIDE + 16}" text-anchor="middle">{tick / 10}</text>'
        yield f'<text class="faint" x="-8" y="{_y(tick / 10)}" dy="4" text-anchor="end">{tick / 10}</text>'
    yield f'<text x="{_SIDE // 2}" y="{_SIDE + 36}" text-anchor="middle">stated confidence</text>'
    yield f'<text x="{-_SIDE // 2}" y="-38" transform="rotate(-90)" text-anchor="middle">share right</text>'
    largest = max((size for _, _, size in calibration.bins), default=1)
    for stated, right, size in calibration.bins:
        low, high = wilson(right, size)
        x, radius = _x(stated), math.sqrt(_AREA * size / largest / math.pi)
        yield f'<line class="range" x1="{x}" y1="{_y(low)}" x2="{x}" y2="{_y(high)}"/>'
        yield (
            f'<circle class="bin" cx="{x}" cy="{_y(right)}" r="{radius:.1f}">'
            f"<title>stated {stated:.3f}, right {right:.3f} of {size} ({low:.3f} to {high:.3f})</title></circle>"
        )
    sizes = " ".join(str(size) for _, _, size in calibration.bins)
    yield f'<text class="faint" y="{_SIDE + 58}">sizes of the bins, least confident first</text>'
    yield f'<text class="faint sizes" y="{_SIDE + 74}">{sizes or "no predictions"}</text>'


def _x(value: float) -> str:
    """Place a confidence between 0 and 1 on the horizontal axis."""
    return f"{value * _SIDE:.1f}"


def _y(value: float) -> str:
    """Place a share between 0 and 1 on the vertical axis."""
    return f"{(1 - value) * _SIDE:.1f}"
