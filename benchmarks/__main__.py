"""Measure what kg claims, write the figures to one file of JSON, and lay them out as tables.

usage: python -m benchmarks [NAME...] [--file PAPERS] [--papers N] [--rounds N] [--processes N...] [-o FILE.json]

Without NAME, everything runs that the given papers are enough for. Each result is written when it is there; --resume
goes on with what a run before left unfinished. Run it on a quiet machine.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import builds, commands, peers, rdf, results, tables, throughput
from benchmarks.corpus import SAMPLE, cut
from benchmarks.results import Row
from benchmarks.setting import Setting

#: Where results lie that nobody sends elsewhere, and the page that shows them.
RESULTS, PAGE = (Path(__file__).resolve().parent / name for name in ("results.json", "README.md"))

#: What makes results comparable with those of a run before.
SAME = ("commit", "machine", "versions", "file", "papers", "rounds", "processes", "models")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is measured: the rows so far after each step, the papers it reads, and those it should have at least."""

    does: str
    run: Callable[[Setting], Iterator[list[Row]]]
    papers: int
    needs: int = 0


#: All measurements by name, in the order they run.
MEASUREMENTS: dict[str, Measurement] = {
    "commands": Measurement("start-up, and commands on the bundled sample", commands.measure, 0),
    "throughput": Measurement("extraction beside the bare parse, in one process", throughput.measure, 400, 200),
    "peers": Measurement("whole builds beside the parse and other programs", peers.measure, 600, 500),
    "builds": Measurement("whole builds by size: time, stages, memory", builds.measure, 2000, 100),
    "export": Measurement("RDF export beside rdflib and a bare bulk load", rdf.measure, 1000, 100),
}


def measure(name: str, given: argparse.Namespace, folder: Path) -> bool:
    """Run one measurement and write its results after each step; false where the file has too few papers for it."""
    what, papers = MEASUREMENTS[name], folder / "papers.jsonl"
    count = cut(given.file, given.papers or what.papers, papers)
    if count < what.needs and not given.names:
        print(f"{name}: left out, {count} papers are too few; name it to run it all the same", file=sys.stderr)
        return False
    options = {"rounds": given.rounds, "processes": given.processes, "models": given.models}
    about = results.about(file=given.file.name, papers=count, **options)
    before = results.load(given.output).get(name, {}) if given.resume else {}
    if any(about[key] != before.get("about", {}).get(key) for key in SAME):
        before = {}
    if before.get("complete"):
        print(f"{name}: there already", file=sys.stderr)
        return True
    setting = Setting(
        papers,
        count,
        folder,
        given.cache,
        rounds=given.rounds,
        processes=tuple(given.processes),
        models=tuple(given.models),
        sizes=tuple(given.sizes),
        only=tuple(given.only),
        part=given.part,
        done=before.get("rows", []),
    )
    rows: list[Row] = setting.done
    for rows in what.run(setting):
        keep(given.output, name, {"about": about, "complete": False, "rows": rows})
        print(f"{name}: {sum(len(row.get('seconds', [])) for row in rows)} done", file=sys.stderr, flush=True)
    keep(given.output, name, {"about": about, "complete": True, "rows": rows})
    return True


def keep(output: Path, name: str, part: tables.Part) -> None:
    """Write a part of the results, and the page where it shows these."""
    results.save(output, name, part)
    if output.resolve() == RESULTS:
        tables.write(PAGE, results.load(output))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    told = "\n".join(f"  {name:12}{what.does}" for name, what in MEASUREMENTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__.split("\n")[0],
        epilog=f"measurements:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="measurements; all where none is named")
    parser.add_argument("--file", type=Path, default=SAMPLE, help="papers as lines of JSON, may be compressed")
    parser.add_argument("--papers", type=int, help="papers to read; each measurement has its own number")
    parser.add_argument("--rounds", type=int, default=3, help="times that everything is measured (3)")
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--processes", type=int, nargs="+", default=[cores], help="of peers and builds (one a core)")
    parser.add_argument("--models", nargs="+", choices=("fast", "accurate"), default=["fast"], help="of builds (fast)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[], help="of builds (1000 5000 15000 60000)")
    parser.add_argument("--only", nargs="+", default=[], metavar="WHAT", help="candidates of throughput and peers")
    parser.add_argument("--part", type=int, default=500, help="papers that rdflib writes (500)")
    parser.add_argument("--resume", action="store_true", help="go on with what the file of results has")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "kg-benchmarks", help="for environments")
    parser.add_argument("--aside", type=Path, help="where temporary files go")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, help="file of results (results.json here)")
    parser.add_argument("--table", action="store_true", help="measure nothing; print the tables")
    given = parser.parse_args(arguments)
    for name in given.names:
        if name not in MEASUREMENTS:
            parser.error(f"there is no measurement {name!r}; there are {', '.join(MEASUREMENTS)}")
    known: set[str] = {*throughput.CANDIDATES, *peers.CANDIDATES}
    for name in given.only:
        if name not in known:
            parser.error(f"there is no candidate {name!r}; there are {', '.join(sorted(known))}")
    return given


def main(arguments: list[str] | None = None) -> None:
    """Measure, or lay out what was measured."""
    given = parse(arguments)
    if not given.table:
        with tempfile.TemporaryDirectory(dir=given.aside) as folder:
            for name in given.names or MEASUREMENTS:
                measure(name, given, Path(folder))
    print(tables.tables(results.load(given.output)), end="")


if __name__ == "__main__":
    main()
