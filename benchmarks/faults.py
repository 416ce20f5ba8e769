"""Stop builds at random moments, go on, and compare every byte with those of a build that nobody disturbed.

usage: python -m benchmarks.faults [PAPERS.jsonl] [--kills 50] [--stops 10] [--papers 240] [--seed S] [-o FILE.json]

Each build runs in a process group of its own, which gets SIGKILL (a kill) or SIGINT (a stop, as by Ctrl-C) as a whole.
The stages are aimed at in turn, at a moment drawn from the time the stage takes; the last two take milliseconds, so
there a process kills itself before a file operation drawn from all it does there. Where it fell is read from what lies
on the disk. Meanwhile another thread reads the build in use over and over: manifest, bytes of every file, tables,
store, the links at the top. Exit status 1 when anything was not as promised.
"""

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import kg
from benchmarks.reading import Reader, content
from benchmarks.results import about, save
from kg.workspace import Workspace

#: What a build does, in order, as the disk tells; ``start`` is start-up and reading, ``end`` after the last change.
STAGES = ("start", "extract", "resolve", "tables", "rdf", "store", "page", "publish", "switch")

#: Stages so short that a process kills itself in them, at a file operation.
SHORT = ("publish", "switch")

#: Seconds between two looks at the disk.
LOOK = 0.002

#: All that was started, so that nothing goes on when this is interrupted.
STARTED: list[subprocess.Popen[str]] = []

#: What a stopped build says, after what it said before.
SAID = "Stopped. What was finished is kept; give the same command again to go on from there.\n"

#: Run kg, counting the file operations in the workspace from the writing of the report on; die before the ``last`` one.
#: The log gets their number up to the first step of the switch, and in all.
COUNTING = """
import os, runpy, signal, sys
space, last, log = sys.argv[1], int(sys.argv[2]), sys.argv[3]
seen, before, begun = 0, 0, False
def hook(event, arguments):
    global seen, before, begun
    if not arguments or not (event == "open" or event.startswith("os.")) or space not in str(arguments[0]):
        return
    begun = begun or (event == "open" and str(arguments[0]).endswith("report.md") and arguments[1] == "w")
    if begun:
        seen += 1
        before = before or (event == "os.rename" and "/.new-" in str(arguments[0]) and seen)
        if seen == last:
            os.killpg(0, signal.SIGKILL)
sys.argv = ["kg", *sys.argv[4:]]
sys.addaudithook(hook)
try:
    runpy.run_module("kg", run_name="__main__")
finally:
    if log != "-":
        begun = False
        open(log, "w").write(f"{before} {seen}")
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """One disturbance: the signal, the stage aimed at, and the build it meets."""

    number: int
    signal: str
    stage: str
    command: str
    workers: int
    share: float


@dataclass(slots=True)
class Result:
    """What came of a disturbance; ``wrong`` is empty where all was as promised."""

    plan: Plan
    fell: str = ""
    seconds: float = 0.0
    readings: int = 0
    wrong: list[str] = field(default_factory=list)


def stage(space: Workspace, number: str) -> str:
    """Tell from the disk what a build is doing that will have a number."""
    builds = space.path / "builds"
    if (builds / number).exists():
        return "switch"
    folder = next(builds.glob(".new-*"), None) if builds.exists() else None
    if folder is None:
        return "extract" if (space.path / "cache.sqlite-wal").exists() else "start"
    marks = {"publish": "report.md", "page": "graph.html", "store": "store", "rdf": "graph.nq.gz", "tables": "tables"}
    return next((name for name, mark in marks.items() if (folder / mark).exists()), "resolve")


def start(arguments: list[str], *, last: int = 0, log: str = "-") -> subprocess.Popen[str]:
    """Start kg in a process group of its own; it dies before its ``last`` file operation of the switch, if given."""
    space = arguments[arguments.index("-w") + 1]
    command = [sys.executable, "-c", COUNTING, space, str(last), log] if last or log != "-" else None
    process = subprocess.Popen(
        [*(command or [sys.executable, "-m", "kg"]), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
        env=os.environ | {"PYTHONPATH": str(Path(kg.__file__).parent.parent)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    STARTED.append(process)
    return process


def watched(process: subprocess.Popen[str], space: Workspace, number: str) -> dict[str, float]:
    """Wait for a build and give the seconds of each of its stages."""
    spent: Counter[str] = Counter()
    then = time.perf_counter()
    while process.poll() is None:
        now = time.perf_counter()
        spent[stage(space, number)] += now - then  # type: ignore[assignment]
        then = now
        time.sleep(LOOK)
    said, _ = process.communicate()
    if process.returncode:
        sys.exit(f"{process.args} failed: {said}")
    return dict(spent)


def write_papers(source: Path | None, papers: int, folder: Path) -> None:
    """Write all papers and two parts of them; the bundled ones are told apart by a word where there are too few."""
    given = source or Path(kg.__file__).parent / "data" / "sample.jsonl"
    opened = gzip.open if given.suffix == ".gz" else open
    with opened(given, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream if line.strip()]
    lines = []
    for number in range(papers):
        row, again = rows[number % len(rows)], number // len(rows)
        if again:
            row = {key: value for key, value in row.items() if key != "id"}
            row |= {"title": f"{row['title']}: study {again}", "abstract": f"{row['abstract']} It is study {again}."}
        lines.append(json.dumps(row) + "\n")
    for name, part in (("all", lines), ("old", lines[: papers // 3]), ("new", lines[papers // 3 :])):
        (folder / f"{name}.jsonl").write_text("".join(part), encoding="utf-8")


@dataclass(slots=True)
class Bench:
    """The papers, the former build, the undisturbed builds and what their stages take."""

    folder: Path
    spent: dict[str, dict[str, float]] = field(default_factory=dict)
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    wanted: dict[str, dict[str, str]] = field(default_factory=dict)

    def arguments(self, command: str, space: Workspace, workers: int) -> list[str]:
        """Give the arguments of kg: ``first`` builds all where nothing is, ``again`` beside a former build."""
        verb, papers = ("add", "new") if command == "add" else ("build", "all")
        papers = "old" if command == "former" else papers
        place = ["-w", str(space.path), "--workers", str(workers)]
        model = [] if command == "add" else ["--model", "fast"]
        return [verb, str(self.folder / f"{papers}.jsonl"), *place, *model]

    def space(self, name: str) -> Workspace:
        """Give a workspace by name."""
        return Workspace(self.folder / name)

    def fresh(self, command: str, name: str) -> Workspace:
        """Give a new workspace in the state that a command meets."""
        space = self.space(name)
        shutil.rmtree(space.path, ignore_errors=True)
        if command in ("again", "add"):
            shutil.copytree(self.space("former").path, space.path, symlinks=True)
        return space

    def prepare(self) -> None:
        """Make the former build, and each build undisturbed; count what the switch does, and measure."""
        watched(start(self.arguments("former", self.space("former"), 1)), self.space("former"), "0001")
        for command in ("first", "again", "add"):
            space = self.fresh(command, command)
            number, log = "0001" if command == "first" else "0002", str(self.folder / "steps")
            arguments = self.arguments(command, space, 1)
            self.spent[command] = watched(start(arguments, log=log), space, number)
            before, steps = map(int, Path(log).read_text().split())
            self.steps[command] = (before, steps)
            self.wanted[command] = content(space)

    def run(self, plan: Plan) -> Result:
        """Disturb one build, look, go on, and compare."""
        result = Result(plan)
        space = self.fresh(plan.command, "disturbed")
        known = {
            one.manifest().to_json(): one
            for one in (self.space(plan.command), *([] if plan.command == "first" else [self.space("former")]))
        }
        reader = Reader(space, known, must=plan.command != "first")
        reader.start()
        try:
            process = self.disturb(plan, space, result)
        finally:
            reader.end()
        result.readings, result.wrong = reader.readings, [*result.wrong, *reader.wrong]
        if plan.signal == "stop":
            result.wrong += check_stop(process, space, result.fell)
        else:
            process.communicate()
        again = start(self.arguments(plan.command, space, 3 - plan.workers))
        said, _ = again.communicate()
        if again.returncode:
            result.wrong.append(f"going on failed: {said}")
            return result
        found, wanted = content(space), self.wanted[plan.command]
        result.wrong += [f"{name} differs" for name in sorted(found | wanted) if found.get(name) != wanted.get(name)]
        return result

    def disturb(self, plan: Plan, space: Workspace, result: Result) -> subprocess.Popen[str]:
        """Start a build and send the signal at its moment; say where it fell."""
        number = "0001" if plan.command == "first" else "0002"
        arguments = self.arguments(plan.command, space, plan.workers)
        before, steps = self.steps[plan.command]
        low, high = (0, before) if plan.stage == "publish" else (before, steps)
        own = plan.stage in SHORT and plan.signal == "kill"
        last = low + 1 + int(plan.share * (high - low)) if own else 0
        begun = time.perf_counter()
        process = start(arguments, last=last)
        after = STAGES.index(plan.stage)
        wait = plan.share * self.spent[plan.command].get(plan.stage, 0.0)
        while process.poll() is None and (last or STAGES.index(stage(space, number)) < after):
            time.sleep(LOOK)
        until = time.perf_counter() + wait
        while process.poll() is None and time.perf_counter() < until:
            time.sleep(LOOK)
        result.seconds = round(time.perf_counter() - begun, 3)
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL if plan.signal == "kill" else signal.SIGINT)
        if plan.signal == "stop":
            result.fell = stage(space, number)
        process.wait()
        if plan.signal == "kill":
            result.fell = stage(space, number) if process.returncode == -signal.SIGKILL else "end"
        elif process.returncode == 0:
            result.fell = "end"
        return process


def check_stop(process: subprocess.Popen[str], space: Workspace, fell: str) -> Iterator[str]:
    """Say what of a stopped build's end was not clean; one that had done its work may end well."""
    said, _ = process.communicate()
    if fell == "start" and process.returncode == -signal.SIGINT:
        return  # Python itself ended, before any of kg was there
    if process.returncode not in (0, 130):
        yield f"exit status {process.returncode}: {said}"
    elif process.returncode == 130 and (not said.endswith(SAID) or "Traceback" in said or "Exception" in said):
        yield f"an unclean end: {said}"
    if list((space.path / "builds").glob(".new-*")):
        yield "a half-made build is left"


def plans(seed: int, kills: int, stops: int) -> Iterator[Plan]:
    """Draw the disturbances."""
    drawn = random.Random(seed)
    for sort, total in (("kill", kills), ("stop", stops)):
        for number in range(total):
            # Each stage as often as another, and each third of them beside another sort of build.
            name = STAGES[number % len(STAGES)]
            command = drawn.choice(("first", "again", "add"))
            yield Plan(number + 1, sort, name, command, drawn.choice((1, 2)), drawn.random())


def line(result: Result) -> str:
    """Say in a line what came of a disturbance."""
    plan, wrong = result.plan, "; ".join(result.wrong)
    return f"{plan.signal} {plan.number}: {plan.command}, fell in {result.fell}: {wrong or 'as promised'}"


def table(results: list[Result]) -> str:
    """Lay the results out as a Markdown table, a row for each stage a signal fell in."""
    rows = ["| fell in | kills | stops | readings meanwhile | wrong |", "| --- | ---: | ---: | ---: | ---: |"]
    for name in (*STAGES, "end"):
        own = [result for result in results if result.fell == name]
        sorts = Counter(result.plan.signal for result in own)
        wrong, readings = sum(bool(result.wrong) for result in own), sum(result.readings for result in own)
        rows.append(f"| {name} | {sorts['kill']} | {sorts['stop']} | {readings} | {wrong} |")
    sorts = Counter(result.plan.signal for result in results)
    total = sum(result.readings for result in results), sum(bool(result.wrong) for result in results)
    return "\n".join([*rows, f"| all | {sorts['kill']} | {sorts['stop']} | {total[0]} | {total[1]} |"])


def main() -> int:
    """Disturb builds and tell; exit status 1 when anything was not as promised."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", nargs="?", type=Path, help="papers in JSON lines; the bundled sample if none")
    parser.add_argument("--kills", type=int, default=50, help="builds that get SIGKILL")
    parser.add_argument("--stops", type=int, default=10, help="builds that get Ctrl-C")
    parser.add_argument("--papers", type=int, default=240, help="papers of a build; more than 192 use the pool")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="drawn if not given")
    parser.add_argument("-o", "--output", type=Path, help="file for every result as JSON")
    arguments = parser.parse_args()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        write_papers(arguments.source, arguments.papers, bench.folder)
        bench.prepare()
        with suppress(KeyboardInterrupt):  # what was measured until then is told
            for plan in plans(arguments.seed, arguments.kills, arguments.stops):
                results.append(bench.run(plan))
                print(line(results[-1]), file=sys.stderr, flush=True)
        for process in STARTED:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        spent = {name: {key: round(value, 2) for key, value in row.items()} for name, row in bench.spent.items()}
    if arguments.output:
        told = about(papers=arguments.papers, seed=arguments.seed, undisturbed_seconds=spent)
        whole = len(results) == arguments.kills + arguments.stops
        part = {"about": told, "complete": whole, "rows": [asdict(result) for result in results]}
        save(arguments.output, "faults", part)
    print(f"{arguments.papers} papers, seed {arguments.seed}\n\n{table(results)}")
    return 1 if any(result.wrong for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
