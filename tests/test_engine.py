"""Tests of kg.engine: the same result wherever it runs."""

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kg import engine
from kg.cache import Cache
from kg.config import Config
from kg.errors import KGError
from kg.model import Extraction, LocalEntity, Paper


class Fake:
    """An extractor that finds the title, and counts."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def extract(self, paper: Paper) -> Extraction:
        self.seen.append(paper.title)
        if paper.title == "bad":
            raise KGError("bad")
        return Extraction((LocalEntity("e1", "Method", paper.title, 1.0, (), ()),))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    extractor = Fake()
    monkeypatch.setattr(engine, "_extractor", lambda config: extractor)
    yield extractor


def papers(count: int) -> list[Paper]:
    return [Paper(f"title {number}") for number in range(count)]


def labels(extractions: list[Extraction]) -> list[str]:
    return [extraction.entities[0].label for extraction in extractions]


@pytest.mark.parametrize("count", [0, 1, engine.SHARD, engine.FEW + 1, 5 * engine.SHARD + 3])
def test_results_come_in_order(fake: Fake, count: int) -> None:
    found = list(engine.extract(iter(papers(count)), Config(), workers=1))
    assert labels(found) == [paper.title for paper in papers(count)]


def test_few_papers_stay_in_this_process(fake: Fake) -> None:
    list(engine.extract(papers(engine.FEW), Config(), workers=4))
    assert len(fake.seen) == engine.FEW


def test_no_worker_is_refused() -> None:
    with pytest.raises(KGError, match="1 or more"):
        list(engine.extract(papers(1), Config(), workers=0))


def test_the_cache_saves_work_and_equal_texts_are_done_once(fake: Fake, tmp_path: Path) -> None:
    some = [*papers(70), *papers(3)]
    told: list[tuple[int, int]] = []

    def run() -> list[Extraction]:
        return engine.run(
            some,
            Config(),
            cached=cached,
            fingerprint="f",
            workers=1,
            progress=lambda done, total: told.append((done, total)),
        )

    with Cache(tmp_path / "cache.sqlite") as cached:
        first = run()
        assert labels(first) == [paper.title for paper in some]
        assert len(fake.seen) == 70
        assert told == [(0, 70), (32, 70), (64, 70), (70, 70)]
        assert run() == first
        assert len(fake.seen) == 70


def test_finished_shards_stay_when_a_later_one_fails(fake: Fake, tmp_path: Path) -> None:
    some = [*papers(engine.SHARD), Paper("bad")]
    with Cache(tmp_path / "cache.sqlite") as cached:
        with pytest.raises(KGError):
            engine.run(some, Config(), cached=cached, fingerprint="f", workers=1)
        fake.seen.clear()
        engine.run(some[:-1], Config(), cached=cached, fingerprint="f", workers=1)
    assert fake.seen == []


WORK = """
import os, pathlib
from kg.errors import KGError
from kg.model import Extraction, LocalEntity

def label(paper):
    return Extraction((LocalEntity("e1", "Method", paper.title, 1.0, (), ()),))

def good(shard):
    return [label(paper) for paper in shard]

def bad(shard):
    raise KGError("a vocabulary is broken")

def fatal(shard):
    os._exit(3)

def fatal_once(shard):
    try:
        (pathlib.Path(__file__).parent / "died").touch(exist_ok=False)
    except FileExistsError:
        return good(shard)
    os._exit(3)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give a module that workers can import."""
    name = f"work_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(WORK)
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module(name)


def shards(count: int) -> Iterator[list[Paper]]:
    return iter([[Paper(f"title {number}")] for number in range(count)])


def test_a_pool_gives_results_in_order(work: ModuleType) -> None:
    found = list(engine._pooled(work.good, shards(7), 2))
    assert [labels(items) for items in found] == [[f"title {number}"] for number in range(7)]


def test_an_error_in_a_worker_is_the_callers(work: ModuleType) -> None:
    with pytest.raises(KGError, match="a vocabulary is broken"):
        list(engine._pooled(work.bad, shards(3), 2))


def test_the_shards_of_a_dead_worker_are_done_again(work: ModuleType) -> None:
    assert len(list(engine._pooled(work.fatal_once, shards(3), 1))) == 3


def test_workers_that_keep_dying_are_told(work: ModuleType) -> None:
    with pytest.raises(KGError, match="died twice near the paper 'title 0'"):
        list(engine._pooled(work.fatal, shards(2), 1))


def test_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(WORK)
    script = tmp_path / "script.py"
    script.write_text(
        "print('started')\nimport work\nfrom kg import engine\nfrom kg.model import Paper\n"
        "print(len(list(engine._pooled(work.good, iter([[Paper('T')]] * 3), 2))))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(engine.__file__).parent.parent)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["started", "3"]


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(
        "import os, time\ndef slow(shard):\n    print(os.getpid(), flush=True)\n    time.sleep(60)\n"
    )
    script = "import work\nfrom kg import engine\nlist(engine._pooled(work.slow, iter([[]]), 1))\n"
    environment = os.environ | {"PYTHONPATH": f"{Path(engine.__file__).parent.parent}{os.pathsep}{tmp_path}"}
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) > 0
    parent.send_signal(signal.SIGKILL)
    # The pipe ends when the last process that holds it does.
    started = time.monotonic()
    assert parent.stdout.read() == ""
    assert time.monotonic() - started < 20
    parent.stdout.close()
    parent.wait()


def _note(path: Path, fails: str = "") -> None:
    """Write which process this is, unless that is to fail there."""
    if fails and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL) if fails == "killed" else sys.exit("no")
    path.write_text(str(os.getpid()))


@pytest.mark.parametrize("wanted", [True, False])
def test_work_is_done_beside_where_that_is_wanted(tmp_path: Path, wanted: bool) -> None:
    with engine.beside(_note, tmp_path / "note", wanted=wanted) as wait:
        wait()
    assert ((tmp_path / "note").read_text() != str(os.getpid())) == wanted


@pytest.mark.parametrize("fails", ["killed", "error"])
def test_work_that_fails_beside_is_done_here(tmp_path: Path, fails: str) -> None:
    with engine.beside(_note, tmp_path / "note", fails) as wait:
        wait()
    assert (tmp_path / "note").read_text() == str(os.getpid())


def test_an_error_in_the_block_ends_the_work_beside_it(tmp_path: Path) -> None:
    with pytest.raises(KGError), engine.beside(time.sleep, 600):
        raise KGError("stop")
    assert not multiprocessing.active_children()
