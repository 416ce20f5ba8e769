"""Fuzz targets one after the other, each in a process of its own: ``python -m fuzz [TARGET…] --minutes 20``."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

#: What is told of each run.
_LINE = "{:<20} {:>7} s {:>10} executions  {}"


def main() -> int:
    """Run the targets that are named, or all, and give 1 if there are findings."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="targets; all where none is named")
    parser.add_argument("--minutes", type=float, default=20.0, help="processor time for each target (20)")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("output/fuzz"), help="where findings go (output/fuzz)"
    )
    parser.add_argument("--list", action="store_true", help="list the targets and end")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one input through the one target and end")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        return _inside(given.targets[0], given.output, given.minutes)

    from fuzz.table import TARGETS

    for name in given.targets:
        if name not in TARGETS:
            parser.error(f"there is no target {name!r}; there are {', '.join(TARGETS)}")
    if given.list:
        for name, target in TARGETS.items():
            print(f"{name:<20} {target.description}")
        return 0
    if given.replay:
        if len(given.targets) != 1:
            parser.error("--replay needs one target")
        TARGETS[given.targets[0]].check(given.replay.read_bytes())
        return 0
    return _campaign(given.targets or list(TARGETS), given.output, given.minutes)


def _campaign(names: list[str], output: Path, minutes: float) -> int:
    """Run each target in a process, and tell what it did."""
    found = 0
    for name in names:
        command = [sys.executable, "-m", "fuzz", name, "--inside", "--minutes", str(minutes), "--output", str(output)]
        done = subprocess.run(command, check=False)
        log = output / name / "log.json"
        told = json.loads(log.read_text(encoding="utf-8")) if log.exists() else {"seconds": 0, "executions": 0}
        findings = [*told.get("findings", {}), *(path.name for path in (output / name).glob("died-*"))]
        if done.returncode and not findings:
            findings = [f"ended with status {done.returncode}"]
        found += len(findings)
        print(_LINE.format(name, told["seconds"], told["executions"], ", ".join(findings) or "nothing found"))
    return 1 if found else 0


def _inside(name: str, output: Path, minutes: float) -> int:
    """Fuzz one target in this process, with what it imports of kg instrumented."""
    try:
        import atheris
    except ImportError:
        print("fuzzing needs atheris: pip install atheris (make fuzz does that)", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["kg", "bibtexparser", "rdflib.plugins.sparql", "tomlkit"]):
        from fuzz.table import TARGETS
    from fuzz.campaign import run

    run(name, TARGETS[name], output / name, minutes=minutes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
