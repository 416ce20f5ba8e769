"""Run a command and watch it: seconds, processor seconds and the peak memory of all its processes together."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

#: The repository; what is started here imports from it.
ROOT = Path(__file__).resolve().parent.parent

#: One thread a process for every candidate, as kg has.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "RAYON", "BLIS", "NUMEXPR")}
ONE_THREAD["TOKENIZERS_PARALLELISM"] = "false"

#: Seconds between two looks at the memory, at most; and how many times as long as a look takes, at least.
INTERVAL, SPARING = 0.1, 20


class Failed(Exception):
    """A command ended with an error; the message has the last line it said."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took, and what it said.

    ``processor`` counts every process that was waited for. ``megabytes`` is the peak of the proportional set size of
    all processes together, in which shared pages count once, and ``resident`` that of the resident set size, in which
    they count for each. ``looks`` are the moments and the megabytes seen there; moments are those of `time.time`.
    """

    began: float
    seconds: float
    processor: float
    megabytes: int
    resident: int
    output: str
    looks: list[tuple[float, int]] = field(repr=False)


def descendants(pid: int) -> Iterator[int]:
    """Give a process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from descendants(int(child))


class Memory(NamedTuple):
    """The proportional and resident set sizes of processes together, in kilobytes."""

    pss: int
    rss: int


def memory(pid: int) -> Memory:
    """Sum up the memory of a process and all that it started; one that is ending counts as 0."""
    total = {"Pss:": 0, "Rss:": 0}
    try:
        for number in descendants(pid):
            for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
                name, *rest = line.split()
                if name in total:
                    total[name] += int(rest[0])
    except OSError:
        pass
    return Memory(total["Pss:"], total["Rss:"])


def own_peak() -> int:
    """Give the largest memory that this process had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Spent:
    """Run a command to its end, watching its memory; one that fails raises `Failed`."""
    began, begun, peaks, looks = time.time(), time.perf_counter(), Memory(0, 0), []
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"} | dict(env or {})
        process = subprocess.Popen([*map(str, command)], stdout=out, stderr=said, cwd=cwd, env=environment)
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            look = time.perf_counter()
            now = memory(process.pid)
            peaks = Memory(max(peaks.pss, now.pss), max(peaks.rss, now.rss))
            looks.append((time.time(), round(now.pss / 1024)))
            # Often at first, so that short commands are seen too; seldom where looking takes long.
            cost = time.perf_counter() - look
            time.sleep(max(min(INTERVAL, 0.002 + (look - begun) / 20), SPARING * cost))
        seconds = time.perf_counter() - begun
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said.seek(0)
        if process.returncode:
            lines = said.read().decode(errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "no message")
            raise Failed(f"{' '.join(map(str, command))}: exit status {process.returncode}: {last.strip()}")
        output = out.read().decode(errors="replace")
    megabytes, resident = (round(peak / 1024) for peak in peaks)
    return Spent(began, seconds, used.ru_utime + used.ru_stime, megabytes, resident, output, looks)


def python(*arguments: str | Path) -> list[str | Path]:
    """Give the command that runs this Python with arguments."""
    return [sys.executable, *arguments]


def kg(*arguments: str | Path) -> list[str | Path]:
    """Give the command that runs the kg of this repository."""
    return python("-m", "kg", *arguments)
