"""Measure whole builds beside the bare parse and programs that find phrases or topics, at the same number of processes.

All are commands from their start to their end: they load what they need, read the same file and use as many processes.
They take turns, so that what else the machine does falls on each alike; the speed of a round is compared within it.
The parse is measured in as many processes as it is given shares for, and with the processes of spaCy; the faster one
of a round is the measure. ``reading`` leaves out start-up where the program's own loading can be told apart.
"""

import json
from collections.abc import Iterator

from benchmarks import builds
from benchmarks.environments import PEERS, make
from benchmarks.processes import ROOT, Failed, python, run
from benchmarks.readers import POOLS
from benchmarks.results import Row, add, times_as_fast
from benchmarks.setting import Setting

#: What the others are compared with.
PARSES = ("parse", *POOLS)

#: Whole builds, by model.
BUILDS = {f"kg build, {model}": model for model in ("fast", "accurate")}

#: All candidates, in the order they are told of.
CANDIDATES = (*PARSES, "noun phrases", "PyTextRank", "CSO Classifier", *BUILDS)


def read(name: str, setting: Setting, processes: int) -> Row:
    """Run a reader, in its own environment where it has one, and give a round of its figures."""
    script = ("-P", ROOT / "benchmarks" / "readers.py", name, setting.papers, "--processes", str(processes))
    if name in PEERS:
        folder = make(name, setting.cache)
        spent = run([folder / "bin" / "python", *script], cwd=folder, env={"NLTK_DATA": str(folder / "nltk_data")})
    else:
        spent = run(python(*script))
    told = json.loads(spent.output.splitlines()[-1])
    return {
        "what": name,
        "papers": told["papers"],
        "processes": processes,
        "seconds": [round(spent.seconds, 2)],
        "processor": [round(spent.processor, 2)],
        "reading": [told["reading"]],
        "megabytes": spent.megabytes,
        "resident": spent.resident,
        "found": told["found"],
    }


def once(name: str, setting: Setting, processes: int) -> Row:
    """Run one candidate once; one that cannot run here says why."""
    try:
        if name in BUILDS:
            space = setting.folder / "peer"
            return builds.build(setting.papers, setting.count, space, model=BUILDS[name], processes=processes)
        return read(name, setting, processes)
    except Failed as error:
        return {"what": name, "papers": setting.count, "processes": processes, "seconds": [], "failed": str(error)}


def compare(rows: list[Row]) -> None:
    """Give each row its speed in each round as a multiple of that of the parse with as many processes."""
    for row in rows:
        alike = [other for other in rows if other["what"] in PARSES and other["processes"] == row["processes"]]
        base = [other for other in alike if other["seconds"]]
        if base and row["seconds"]:
            row["speed"] = times_as_fast(row, base)
            if "reading" in row:
                row["reading_speed"] = times_as_fast(row, base, figure="reading")


def measure(setting: Setting) -> Iterator[list[Row]]:
    """Let the candidates take turns; the first round begins with the first of them, the second with the second."""
    rows: list[Row] = []
    names = [name for name in CANDIDATES if not setting.only or name in setting.only or name in PARSES]
    chosen = [(name, count) for count in setting.processes for name in names if count > 1 or name not in POOLS]
    for number in range(setting.rounds):
        turn = number % len(chosen)
        for name, processes in (*chosen[turn:], *chosen[:turn]):
            if not any(row["what"] == name and "failed" in row for row in rows):
                add(rows, once(name, setting, processes))
                compare(rows)
                yield rows
