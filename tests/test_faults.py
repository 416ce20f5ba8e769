"""Faults around a build: one message that says what to do, the last build untouched, and the next one exact."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.tables import Replacement
from kg.workspace import MARK, Workspace
from tests.builds import ROOT, SCRIPT, Inputs, begin, finish, promised, same, spoil
from tests.test_cli_build import invoke

#: What a stopped build says.
STOPPED = "\nStopped. What was finished is kept; give the same command again to go on from there.\n"

#: Numbers of Linux: the call that lowers what root may do, and the rights to pass over the modes of files.
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2

#: Stands for a terminal whose Ctrl-C comes when a module begins to be imported, from the start of Python on.
EARLY = """
import os, signal, sys

def heed(event, arguments):
    if event == "import" and arguments[0] == os.environ["STOP_AT"] and "kg" in sys.modules:
        signal.raise_signal(signal.SIGINT)

sys.addaudithook(heed)
"""

#: Runs kg while the clock of Python jumps by years, there and back.
CLOCK = """
import itertools, sys, time
now, jumps = time.time, itertools.cycle((0, 4e9, -1.5e9, 7.5, -3e8))
time.time = lambda: now() + next(jumps)
time.time_ns = lambda: int(1e9 * time.time())
from kg.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, inputs: Inputs) -> Workspace:
    """Build two files undisturbed."""
    space = Workspace(tmp_path_factory.mktemp("reference") / "graph")
    invoke(*build(space, inputs, "a", "b"))
    return space


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, reference: Workspace, inputs: Inputs) -> Workspace:
    """Build another file, to be the last good build, beside a cache of all."""
    space = Workspace(tmp_path_factory.mktemp("base") / "graph")
    space.path.mkdir()
    shutil.copy(reference.cache, space.cache)
    shutil.copy(reference.path / MARK, space.path / MARK)
    invoke(*build(space, inputs, "c"))
    return space


def build(space: Workspace, inputs: Inputs, *names: str, workers: int = 1) -> list[str]:
    """Give the arguments of a build of some of the inputs."""
    files = [inputs[name] for name in names]
    return ["build", *files, "-w", str(space.path), "--model", "fast", "--workers", str(workers)]


def whole(space: Workspace, wanted: Workspace) -> None:
    """Assert that a workspace holds the wanted build and nothing half-made, and that its store answers."""
    same(space, wanted)
    assert space.build().is_intact()
    (row,) = ox.Store.read_only(str(space.file("store"))).query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    assert int(row["n"].value) == space.manifest().counts["triples"]
    assert [path.name for path in (space.path / "builds").iterdir() if not path.name.isdigit()] == []


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["read", "workers", "extract:8", "resolve", "tables", "rdf", "page", "publish"])
def test_ctrl_c_in_any_stage_is_one_line_and_gone_on_from(
    inputs: Inputs, reference: Workspace, space: Workspace, stage: str
) -> None:
    if stage in ("workers", "extract:8"):
        space.cache.unlink()
    before = promised(space)
    command = build(space, inputs, "b", "a", workers=2)
    assert finish(begin(SCRIPT, "stop", stage, *command), 130) == STOPPED
    assert promised(space) == before
    assert [path.name for path in (space.path / "builds").iterdir()] == ["0001"]
    invoke(*command)
    whole(space, reference)


@pytest.mark.parametrize("program", ["-m kg", "kg"])
@pytest.mark.parametrize("module", ["typing", "kg.config", "kg.text_markup", "click", "kg.cli.common"])
def test_ctrl_c_while_kg_is_imported_ends_it_without_a_word(tmp_path: Path, program: str, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(EARLY, encoding="utf-8")
    script = Path(sys.executable).with_name("kg")
    arguments = ["-m", "kg"] if program == "-m kg" else [str(script)]
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    command = [sys.executable, "-W", "ignore", *arguments, "show", "LoRA", "-w", str(tmp_path)]
    for ignored in (False, True):
        process = subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": path, "STOP_AT": module},
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL),
            capture_output=True,
            text=True,
            check=False,
        )
        if ignored:  # as in a shell's background
            assert (process.returncode, process.stdout) == (1, "") and "no workspace of kg" in process.stderr
        else:
            said = "\nStopped.\n" if module == "kg.cli.common" else ""
            assert (process.returncode, process.stdout, process.stderr) == (130, "", said)


def test_ctrl_c_is_left_to_what_imports_kg() -> None:
    script = "import signal, kg; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    process = begin(script, "-m", "kg")
    assert process.communicate()[0] == "True\n"


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["workers", "extract:8"])
def test_ctrl_c_on_a_dask_cluster_is_one_line(inputs: Inputs, space: Workspace, stage: str) -> None:
    space.cache.unlink()
    before = promised(space)
    command = [*build(space, inputs, "a", "b", workers=2), "--engine", "dask"]
    assert finish(begin(SCRIPT, "stop", stage, *command), 130) == STOPPED
    assert promised(space) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "size"),
    [("read", 0), ("extract", 0), ("resolve", 0), ("rdf", 0), ("rdf", 5_000_000), ("page", 0), ("publish", 0)],
    ids=["cache", "records", "tables", "graph files", "store", "page", "checksums"],
)
def test_a_full_disk_at_any_stage_is_one_line(
    inputs: Inputs, reference: Workspace, space: Workspace, stage: str, size: int
) -> None:
    if stage == "read":
        space.cache.unlink()
    before = promised(space)
    command = build(space, inputs, "a", "b")
    said = finish(begin(SCRIPT, f"full{size}", stage, *command), 1)
    assert re.fullmatch(
        rf"Error: {re.escape(str(space.path))}.*: cannot be (written|used) .*(free|raise|check).*\n", said
    )
    assert promised(space) == before
    assert [path.name for path in (space.path / "builds").iterdir()] == ["0001"]
    invoke(*command)
    whole(space, reference)


def obey_modes() -> None:
    """Make root obey the modes of files, as others do."""
    libc = ctypes.CDLL(None)
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)


@pytest.fixture
def read_only(space: Workspace) -> Iterator[Path]:
    """Take the right to write from a workspace and all in it."""
    paths = [space.path, *(path for path in space.path.rglob("*") if not path.is_symlink())]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield space.path
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)


KG = "import sys; from kg.cli import main; main(sys.argv[1:])"


def test_a_folder_that_cannot_be_written_is_one_line_and_can_be_read(
    inputs: Inputs, space: Workspace, read_only: Path
) -> None:
    said = finish(begin(KG, *build(space, inputs, "a"), before=obey_modes), 1)
    assert re.fullmatch(
        rf"Error: {read_only}/lock: cannot be written .*; make it writable or choose another -w.*\n", said
    )
    for command in (["recipe", "top"], ["validate"], ["export", "nq", "-o", read_only.parent / "out.nq.gz"]):
        finish(begin(KG, *command, "-w", read_only, before=obey_modes), 0)
    said = finish(begin(KG, "view", "-o", read_only / "x.html", "-w", read_only, before=obey_modes), 1)
    assert re.fullmatch(rf"Error: {read_only}/x.html: .*\n", said)


@pytest.mark.parametrize("name", ["builds", "cache.sqlite"])
def test_a_part_that_cannot_be_written_is_named(inputs: Inputs, base: Workspace, space: Workspace, name: str) -> None:
    if name == "cache.sqlite":
        space.cache.unlink()
        space.cache.touch()
    part = space.path / name
    part.chmod(0o555 if part.is_dir() else 0o444)
    said = finish(begin(KG, *build(space, inputs, "a"), before=obey_modes), 1)
    part.chmod(0o755)
    assert re.fullmatch(rf"Error: {part}.*: cannot be (written|used) .*make it writable.*\n", said)
    same(space, base)


#: File of a build -> commands that need it.
NEEDS = {
    "tables/entities.parquet": (["show", "LoRA"], ["export", "csv", "-o", "out"]),
    "tables/evidence.parquet": (["export", "json", "-o", "out"],),
    "records.parquet": (["add", "a.jsonl"], ["remove", "2106.09685"]),
    "manifest.json": (["add", "a.jsonl"], ["export", "nq", "-o", "out"]),
    "store": (["recipe", "top"], ["query", "SELECT * { ?s ?p ?o } LIMIT 3"], ["validate"]),
}


@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
@pytest.mark.parametrize("name", NEEDS)
def test_a_damaged_build_is_told_and_mended_by_the_same_command(
    inputs: Inputs, base: Workspace, space: Workspace, name: str, how: str
) -> None:
    store = space.file("store")
    for path in [*store.glob("*.sst"), *store.glob("*.log")] if name == "store" else [space.file(name)]:
        spoil(path, how)
    for command in NEEDS[name]:
        given = [
            inputs["a"] if part == "a.jsonl" else str(space.path.parent / part) if part == "out" else part
            for part in command
        ]
        said = invoke(*given, "-w", space.path, code=1).stderr
        assert re.fullmatch(r"Error: .*run `kg build` again.*\n", said)
        assert space.path.name in said
    assert "nothing new" not in invoke(*build(space, inputs, "c")).stderr
    whole(space, base)


@pytest.mark.parametrize("how", ["cut", "changed"])
def test_names_replaced_in_the_past_are_not_lost_silently(
    inputs: Inputs, reference: Workspace, space: Workspace, how: str
) -> None:
    path = space.path / "identity.parquet"
    space.append_identity([Replacement("paper:old", "paper:new", "merged")])
    spoil(path, how)
    before = promised(space)
    said = invoke(*build(space, inputs, "a", "b"), code=1).stderr
    assert re.fullmatch(rf"Error: {path}: no readable table .*; put back a copy, or move it away.*\n", said)
    assert promised(space) == before
    path.rename(space.path.parent / "aside")
    invoke(*build(space, inputs, "a", "b"))
    whole(space, reference)


@pytest.mark.parametrize("how", ["cut", "changed"])
def test_a_damaged_cache_costs_time_only(inputs: Inputs, reference: Workspace, space: Workspace, how: str) -> None:
    spoil(space.cache, how)
    invoke(*build(space, inputs, "a", "b"))
    whole(space, reference)


def test_a_damaged_mark_says_how_to_mend_it(inputs: Inputs, reference: Workspace, space: Workspace) -> None:
    (space.path / MARK).write_bytes(b"")
    said = invoke(*build(space, inputs, "a", "b"), code=1).stderr
    written = re.fullmatch(
        r"Error: .*if there is one here, write (\{.*\}) into this file; else choose another -w\n", said
    )
    assert written
    assert json.loads(written[1])
    (space.path / MARK).write_text(written[1], encoding="utf-8")
    invoke(*build(space, inputs, "a", "b"))
    whole(space, reference)


def test_a_clock_that_jumps_changes_no_byte(inputs: Inputs, reference: Workspace, space: Workspace) -> None:
    for day, path in enumerate([*space.path.rglob("*"), Path(inputs["a"])]):
        when = time.time() + (10_000 - 700 * (day % 30)) * 86400
        os.utime(path, (when, when), follow_symlinks=False)
    zone = {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "86400"}
    space.cache.unlink()
    finish(begin(CLOCK, *build(space, inputs, "a", "b"), **zone), 0)
    whole(space, reference)


@pytest.mark.slow
def test_two_at_once_are_told_apart(inputs: Inputs, base: Workspace, reference: Workspace, space: Workspace) -> None:
    first = begin(SCRIPT, "wait", "tables", *build(space, inputs, "a", "b"))
    assert first.stdout is not None
    assert first.stdout.readline() == "waiting\n"
    place = ("-w", space.path, "--workers", "1")
    for command in (["build", inputs["c"]], ["add", inputs["a"]], ["remove", inputs["gone"].split(",")[0]]):
        said = invoke(*command, *place, code=1).stderr
        assert said == (
            f"Error: {space.path}: another kg (process {first.pid}) is writing here; wait for it or choose another -w\n"
        )
    same(space, base)
    assert first.stdin is not None
    print(file=first.stdin, flush=True)
    finish(first, 0)
    whole(space, reference)
