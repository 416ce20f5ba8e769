"""The promise of a build: the same bytes for the same papers, however it came about, and never half of it."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kg
from kg.workspace import Workspace
from tests.builds import ROOT, Inputs, promised, same

#: Builds in steps such as ``build,a.jsonl,b.jsonl``; ``die`` names a stage and the calls of its progress to live.
SCRIPT = """
import os, sys
from pathlib import Path
from kg import engine, pipeline
from kg.workspace import Workspace

engine.SHARD, engine.FEW = 4, 4
folder, workers, die, *steps = sys.argv[1:]
stage, calls = die.split(":")
left = int(calls)

def progress(name, done, total):
    global left
    left -= name == stage
    if name == stage and left < 0:
        os.kill(os.getpid(), 9)
    print(name, flush=True)

for step in steps:
    verb, *names = step.split(",")
    getattr(pipeline, verb)(names, Workspace(Path(folder)), workers=int(workers), progress=progress)
"""


def start(
    space: Workspace, *steps: str, workers: int = 1, seed: int = 0, die: str = "never:0", limit: int = 0
) -> subprocess.Popen[str]:
    """Run steps in a process of their own; ``limit`` is the greatest size of a file in bytes."""

    def set_limit() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(space.path), str(workers), die, *steps],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        preexec_fn=set_limit,
    )


def run(space: Workspace, *steps: str, **options: int) -> None:
    """Run steps to their end."""
    process = start(space, *steps, **options)  # type: ignore[arg-type]
    _, errors = process.communicate()
    assert process.returncode == 0, errors


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, inputs: Inputs) -> Workspace:
    """Build two files at once, on one worker."""
    space = Workspace(tmp_path_factory.mktemp("reference") / "output")
    run(space, f"build,{inputs['a']},{inputs['b']}")
    return space


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, inputs: Inputs) -> Workspace:
    """Build another file, to be the last good build."""
    space = Workspace(tmp_path_factory.mktemp("base") / "output")
    run(space, f"build,{inputs['c']}")
    return space


def test_the_reference_is_whole(reference: Workspace) -> None:
    counts = reference.manifest().counts
    assert (counts["records"], counts["papers"], counts["rejects"]) == (28, 24, 1)
    assert counts["entities"] > 24
    assert counts["relations"] > counts["mentions"] // 4
    assert {"graph.nq.gz", "graph.ttl", "graph.html", "report.md", "records.parquet"} <= set(promised(reference))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "workers", "seed"),
    [
        (["build,{b},{a}"], 2, 1),
        (["build,{b}", "add,{a}"], 1, 2),
        (["build,{c},{a},{b}", "remove,{gone}"], 2, 3),
    ],
    ids=["two workers, other order", "by adding", "by removing"],
)
def test_same_bytes(
    reference: Workspace, inputs: Inputs, tmp_path: Path, steps: list[str], workers: int, seed: int
) -> None:
    space = Workspace(tmp_path / "output")
    run(space, *(step.format(**inputs) for step in steps), workers=workers, seed=seed)
    same(space, reference)


@pytest.mark.slow
@pytest.mark.parametrize("die", ["extract:4", "tables:3", "rdf:1", "publish:0"])
def test_a_killed_build_leaves_the_last_and_is_continued(
    reference: Workspace, inputs: Inputs, space: Workspace, die: str
) -> None:
    before = promised(space)
    step = f"build,{inputs['a']},{inputs['b']}"
    process = start(space, step, die=die)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert promised(space) == before
    run(space, step)
    same(space, reference)


@pytest.mark.slow
def test_killed_at_any_moment(reference: Workspace, inputs: Inputs, tmp_path: Path) -> None:
    space = Workspace(tmp_path / "output")
    step = f"build,{inputs['a']},{inputs['b']}"
    delay = random.uniform(0.2, 5)  # a new moment in every run
    print(f"killed after {delay} s")
    process = start(space, step, workers=2)
    time.sleep(delay)
    process.kill()
    process.communicate()
    if space.has_build():
        same(space, reference)
    run(space, step, workers=2)
    same(space, reference)
    assert len(list((space.path / "builds").iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("limit", [20_000, 150_000], ids=["in the cache or tables", "in the graph files"])
def test_a_full_disk_is_told_and_leaves_the_last_build(inputs: Inputs, space: Workspace, limit: int) -> None:
    before = promised(space)
    process = start(space, f"build,{inputs['a']},{inputs['b']}", limit=limit)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "WorkspaceError" in errors.splitlines()[-1]
    assert str(space.path) in errors.splitlines()[-1]
    assert promised(space) == before
    assert len(list((space.path / "builds").iterdir())) == 1


def test_nothing_new_loads_nothing_heavy(reference: Workspace, inputs: Inputs) -> None:
    script = (
        "import sys; from pathlib import Path; from kg import pipeline; from kg.workspace import Workspace\n"
        "pipeline.build(sys.argv[2:], Workspace(Path(sys.argv[1])), notify=print)\n"
        "heavy = {'spacy', 'pyoxigraph', 'rdflib', 'networkx'} & set(sys.modules)\nassert not heavy, heavy"
    )
    before = {path: path.stat().st_mtime_ns for path in reference.build().folder.rglob("*")}
    command = [sys.executable, "-c", script, str(reference.path), inputs["b"], inputs["a"]]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert "nothing new" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in reference.build().folder.rglob("*")} == before


def test_the_public_api_reads_a_build(reference: Workspace) -> None:
    graph = kg.load(reference.path)
    counts = reference.manifest().counts
    assert graph.number_of_nodes() == counts["papers"] + counts["entities"]
    assert len(kg.open_graph(reference.path)) >= counts["triples"]
    assert kg.query(reference.path, "SELECT ?s WHERE { ?s a kg:Method } LIMIT 1")


def test_extract_gives_one_result_per_paper(inputs: Inputs) -> None:
    first = json.loads(Path(inputs["a"]).read_text(encoding="utf-8").splitlines()[0])
    paper = kg.Paper(first["title"], first["abstract"])
    found = list(kg.extract([paper, kg.Paper("Nothing"), paper]))
    assert len(found) == 3
    assert found[0] == found[2] != found[1]
