"""What tests of whole builds share: three files of papers, every byte of a build, and kg with a fault in a stage."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import kg
from kg.workspace import Workspace

ROOT = Path(kg.__file__).parent.parent

Inputs = dict[str, str]

#: Runs kg on little units of work; something happens when a stage begins, or for ``workers`` when the first one starts:
#: Ctrl-C in the terminal (``stop``), files that may grow no more (``full``), or a wait for a line of input (``wait``).
SCRIPT = """
import multiprocessing, os, resource, signal, sys, threading, time
from contextlib import contextmanager
from kg import engine
from kg.cli import build, main

engine.SHARD, engine.FEW = 4, 4
fault, stage, *arguments = sys.argv[1:]

def happen():
    global stage
    stage = ""
    if fault == "stop":
        os.killpg(0, signal.SIGINT)
    elif fault == "wait":
        print("waiting", flush=True)
        sys.stdin.readline()
    elif fault.startswith("full"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(fault[4:]), resource.RLIM_INFINITY))

def watch():
    while not multiprocessing.active_children():
        time.sleep(0.01)
    time.sleep(0.1)
    happen()

@contextmanager
def stages():
    def tell(name, done, total):
        if name == stage or f"{name}:{done}" == stage:
            happen()
    yield tell

build.stages = stages
if stage == "workers":
    threading.Thread(target=watch, daemon=True).start()
main(arguments)
"""


def cut_sample(folder: Path) -> Inputs:
    """Cut the sample into three files: two that share papers, and one to be removed again."""
    lines = (ROOT / "kg" / "data" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    parts = {"a": lines[:14], "b": [*lines[10:13], *lines[14:24], "{"], "c": lines[24:28]}
    titled = json.loads(lines[2])
    parts["b"].append(json.dumps({"title": titled["title"], "abstract": titled["abstract"]}))
    for name, part in parts.items():
        (folder / f"{name}.jsonl").write_text("\n".join(part) + "\n", encoding="utf-8")
    gone = ",".join(str(json.loads(line)["id"]) for line in parts["c"])
    return {name: str(folder / f"{name}.jsonl") for name in parts} | {"gone": gone}


def promised(space: Workspace) -> dict[str, bytes]:
    """Read every file of the current build but the store."""
    folder = space.build().folder
    files = [path for path in folder.rglob("*") if path.is_file() and "store" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def same(one: Workspace, other: Workspace) -> None:
    """Assert that two workspaces hold the same bytes, naming the files that differ."""
    mine, its = promised(one), promised(other)
    differ = sorted(name for name in mine.keys() | its.keys() if mine.get(name) != its.get(name))
    assert not differ, f"these differ: {', '.join(differ)}"


def begin(
    script: str, *arguments: object, before: Callable[[], object] = lambda: None, **environment: str
) -> subprocess.Popen[str]:
    """Start Python on a script in a process group of its own, which heeds Ctrl-C as in a terminal."""

    def set_up() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        before()

    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"} | environment,
        process_group=0,
        preexec_fn=set_up,
    )


def finish(process: subprocess.Popen[str], status: int) -> str:
    """Wait for the end of a process that `begin` started and give what it said on standard error."""
    _, said = process.communicate()
    assert process.returncode == status, said
    return said


def spoil(path: Path, how: str) -> None:
    """Damage a file: cut it short, change some bytes of it, or remove it."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(255 - byte for byte in data[middle : middle + 40])
    path.unlink()
    if how != "gone":
        path.write_bytes(data[:middle] if how == "cut" else data)
