"""Tell whether this machine gives the very figures that the documentation shows."""

import platform
from pathlib import Path


def is_exact() -> bool:
    """Tell whether the processor multiplies bytes as the one did that made the committed outputs.

    The accurate model is quantised to eight bits. Processors without VNNI instructions cut its sums short, so that
    probabilities differ a little and a row near a threshold may come or go.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
