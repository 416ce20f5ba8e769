"""Measure start-up and the commands of a user, on the bundled sample."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import kg, python, run
from benchmarks.results import Row, add
from benchmarks.setting import Setting

#: How many times as often as the others a command runs that takes a fraction of a second.
OFTEN = 3

_QUERY = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def commands(space: Path) -> dict[str, tuple[list[str | Path], bool]]:
    """Give the commands by name, in order, and whether they take but a moment."""
    place = ("-w", space)
    return {
        "python -c pass": (python("-c", "pass"), True),
        "import kg": (python("-c", "import kg"), True),
        "kg --help": (kg("--help"), True),
        "kg build": (kg("build", *place), False),
        "kg build, nothing new": (kg("build", *place), False),
        "kg show": (kg("show", "LoRA", *place), False),
        "kg query": (kg("query", _QUERY, *place), False),
        "kg validate": (kg("validate", *place), False),
    }


def measure(setting: Setting) -> Iterator[list[Row]]:
    """Run every command a few times, in a new workspace each round; the rows have no number of papers."""
    rows: list[Row] = []
    for number in range(setting.rounds):
        for name, (command, quick) in commands(setting.folder / f"sample{number}").items():
            for _ in range(OFTEN if quick else 1):
                spent = run(command, cwd=setting.folder)
                seconds = {"seconds": [round(spent.seconds, 3)], "processor": [round(spent.processor, 3)]}
                add(rows, {"what": name, **seconds, "megabytes": spent.megabytes, "resident": spent.resident})
        yield rows
