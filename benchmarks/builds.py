"""Measure whole builds: seconds, memory and the cost of each stage, and how they grow with the number of papers."""

import json
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.corpus import cut
from benchmarks.processes import ROOT, Spent, python, run
from benchmarks.results import Row, add, middle
from benchmarks.setting import Setting
from kg.workspace import Workspace

#: Papers of the builds; those that are given are built too.
SIZES = (1_000, 5_000, 15_000, 60_000)

#: Builds of more papers run once.
LARGE = 5_000

#: What is told of what a build holds.
COUNTS = ("entities", "relations", "mentions", "triples")


def build(papers: Path, count: int, space: Path, *, model: str, processes: int) -> Row:
    """Build a new workspace from a file of papers with the command, and give a round of its figures."""
    shutil.rmtree(space, ignore_errors=True)
    marks = space.with_name(f"{space.name}.json")
    arguments = ("build", papers, "-w", space, "--model", model, "--workers", str(processes))
    spent = run(python(ROOT / "benchmarks" / "staged.py", marks, *arguments))
    begun: dict[str, float] = json.loads(marks.read_text(encoding="utf-8"))
    made = Workspace(space).build()
    if "store" not in begun:
        # The store is loaded when the files of the graph are written.
        begun["store"] = max(path.stat().st_mtime for path in made.folder.glob("graph.[nt]*"))
    stages = {name: (start, end) for name, start, end in spans(begun, spent)}
    counts = made.manifest().counts
    return {
        "what": f"kg build, {model}",
        "papers": count,
        "processes": processes,
        "seconds": [round(spent.seconds, 2)],
        "processor": [round(spent.processor, 2)],
        "megabytes": spent.megabytes,
        "resident": spent.resident,
        "stages": {name: [round(end - start, 2)] for name, (start, end) in stages.items()},
        "stage_megabytes": {name: highest(spent, *span) for name, span in stages.items()},
        "disk_megabytes": round(sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file()) / 1e6, 1),
        "counts": {name: counts[name] for name in COUNTS if name in counts},
    }


def spans(begun: Mapping[str, float], spent: Spent) -> Iterator[tuple[str, float, float]]:
    """Give the name, beginning and end of each stage, with what the command does before and after them."""
    ordered = sorted([("start", spent.began), *begun.items()], key=lambda mark: mark[1])
    ends = [*(moment for _, moment in ordered[1:]), spent.began + spent.seconds]
    return ((name, start, end) for (name, start), end in zip(ordered, ends, strict=True))


def highest(spent: Spent, start: float, end: float) -> int:
    """Give the most memory that was seen in a span, in megabytes; in a short one, the last look before it counts."""
    before = [megabytes for moment, megabytes in spent.looks if moment < start][-1:]
    inside = [megabytes for moment, megabytes in spent.looks if start <= moment < end]
    return max(inside or before or [0])


def growth(rows: Sequence[Row]) -> None:
    """Tell of each row how its time and memory grew from the next smaller build with the same model.

    >>> one = {"what": "kg build, fast", "processes": 2}
    >>> small = {**one, "papers": 1000, "seconds": [9.0, 10.0, 11.0], "megabytes": 500}
    >>> large = {**one, "papers": 4000, "seconds": [80.0], "megabytes": 600}
    >>> growth([small, large])
    >>> large["growth"]
    {'papers': 4.0, 'seconds': 8.0, 'megabytes': 1.2, 'exponent': 1.5}
    """
    for row in rows:
        alike = [old for old in rows if (old["what"], old["processes"]) == (row["what"], row["processes"])]
        before = [old for old in alike if old["papers"] < row["papers"]]
        if before:
            last = max(before, key=lambda old: int(old["papers"]))
            papers, seconds = row["papers"] / last["papers"], middle(row["seconds"]) / middle(last["seconds"])
            found = {"papers": papers, "seconds": seconds, "megabytes": row["megabytes"] / last["megabytes"]}
            found["exponent"] = math.log(seconds) / math.log(papers)
            row["growth"] = {name: round(value, 2) for name, value in found.items()}


def sizes(count: int, wanted: Sequence[int] = SIZES) -> list[int]:
    """Give the sizes that so many papers are enough for, and all of them where that is much more.

    >>> sizes(2000), sizes(60_403), sizes(300)
    ([1000, 2000], [1000, 5000, 15000, 60000], [300])
    """
    fitting = [size for size in wanted if size <= count]
    return fitting if fitting and count < 1.5 * fitting[-1] else [*fitting, count]


def measure(setting: Setting) -> Iterator[list[Row]]:
    """Build ever more papers; what ``setting.done`` has already is not built again."""
    rows = list(setting.done)
    for size in setting.sizes or sizes(setting.count):
        papers = setting.folder / f"{size}.jsonl"
        held = cut(setting.papers, size, papers)
        for model in setting.models:
            rounds = 1 if held > LARGE else setting.rounds
            key = {"what": f"kg build, {model}", "papers": held, "processes": setting.processes[-1]}
            had = [len(row["seconds"]) for row in rows if row.items() >= key.items()]
            for _ in range(rounds - sum(had)):
                row = build(papers, held, setting.folder / "graph", model=model, processes=setting.processes[-1])
                add(rows, row)
                growth(rows)
                yield rows
        papers.unlink()
