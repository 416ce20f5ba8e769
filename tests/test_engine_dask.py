"""Tests of the Dask engine on real worker processes of this machine: the same bytes, and a killed worker."""

import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import engine
from kg.cli import main
from kg.config import Config
from kg.errors import KGError
from kg.model import Extraction, Paper
from kg.workspace import Workspace
from tests.test_cli_identity import PAPERS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed")

#: One paper a shard, so that a few papers make several shards.
TEXTS = [Paper(row["title"], row["abstract"]) for row in PAPERS] + [
    Paper(f"Study {number} of LoRA", "We fine-tune BERT with LoRA on GLUE.") for number in range(4)
]


@pytest.fixture(scope="module")
def here() -> list[Extraction]:
    return list(engine.extract(TEXTS, Config(model="fast"), workers=1))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SHARD", 1)


@pytest.mark.usefixtures("small")
def test_two_workers_give_the_result_of_this_process(here: list[Extraction]) -> None:
    assert list(engine.extract(TEXTS, Config(model="fast"), workers=2, cluster="")) == here


@pytest.mark.usefixtures("small")
def test_a_killed_worker_is_replaced_and_its_shard_done_again(here: list[Extraction]) -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=0, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        found = engine.extract(TEXTS, Config(model="fast"), cluster=cluster.scheduler_address)
        first = next(found)
        victims = client.run(os.getpid)
        os.kill(next(iter(victims.values())), signal.SIGKILL)
        assert [first, *found] == here


def test_a_build_on_a_cluster_has_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in PAPERS), encoding="utf-8")
    manifests = []
    for name, more in (("pool", ["--workers", "1"]), ("dask", ["--engine", "dask", "--workers", "2"])):
        arguments = ["build", str(tmp_path / "papers.jsonl"), "-w", str(tmp_path / name), "--model", "fast", *more]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        manifests.append(Workspace(tmp_path / name).manifest())
    assert manifests[0] == manifests[1]


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(KGError, match="no Dask scheduler answers there"):
        list(engine.extract(TEXTS, Config(), cluster="nonsense://1.2.3.4"))
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPERS[0]) + "\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["extract", str(tmp_path / "papers.jsonl"), "--scheduler", "tcp://x:1"])
    assert result.exit_code == 2
    assert "needs --engine dask" in result.output


def test_workers_of_another_version_are_refused() -> None:
    with pytest.raises(KGError, match="tcp://b: a worker with another version"):
        engine._check_same({"tcp://a": "1", "tcp://b": "2"}, "1")
    with pytest.raises(KGError, match="has no workers"):
        engine._check_same({}, "1")
