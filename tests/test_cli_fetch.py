"""The commands under `kg fetch`: help, examples, folders, addresses from the environment."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.cli.fetch import fetch
from tests.service import play_arxiv, play_hf, play_openalex, serving


@pytest.mark.parametrize("name", sorted(fetch.commands))
def test_every_service_has_help_an_example_and_a_short_line(name: str) -> None:
    command = fetch.commands[name]
    text = CliRunner().invoke(main, ["fetch", name, "--help"]).output
    assert re.search(rf"Example:\n\s+kg fetch {name}\b", text)
    assert len(command.get_short_help_str(200)) <= 68
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_an_example_of_the_help_can_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    day = [(number, "2025-06-02") for number in range(3)]
    with (
        serving(play_arxiv(day)) as one,
        serving(play_hf({"2025-06-02": [3]})) as two,
        serving(play_openalex(day)) as three,
    ):
        monkeypatch.setenv("KG_ARXIV_URL", one.url)
        monkeypatch.setenv("KG_HF_URL", two.url)
        monkeypatch.setenv("KG_OPENALEX_URL", three.url)
        for command in (["arxiv", "cat:cs.LG"], ["hf", "2025-06-02"], ["openalex", "made up"]):
            done = CliRunner().invoke(main, ["fetch", *command])
            assert done.exit_code == 0, done.output
            assert Path(done.stdout.strip()).is_dir()
    built = CliRunner().invoke(main, ["build", "papers", "-w", "graph", "--model", "fast", "--workers", "1"])
    assert built.exit_code == 0, built.output
    assert "7 records read, 7 distinct papers (0 records merged), 0 rejected" in built.stderr


def test_help_needs_no_connection_library() -> None:
    code = "import sys\nfrom kg.cli import main\nmain(['fetch', '--help'], standalone_mode=False)"
    code += "\nsys.exit('urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
