"""Ctrl-C during a build: a clean end, a message that says how to go on, and nothing lost."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path


def command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "kg", "build", str(folder / "papers.jsonl"), "-w", str(folder / "graph"), *arguments]


def finished(folder: Path) -> int:
    """Count the extractions that are kept."""

    try:
        with sqlite3.connect(folder / "graph" / "cache.sqlite") as found:
            return int(found.execute("SELECT COUNT(*) FROM extractions").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_an_interrupted_build_says_how_to_go_on_and_does(tmp_path: Path) -> None:
    words = "adapter prompt encoder graph token speech video policy reward kernel".split()
    rows = [
        {
            "id": f"p{number}",
            "title": f"{' '.join(words[int(digit)] for digit in f'{number:03}')} with LoRA",
            "abstract": " ".join(words[number * step % 10] + str(number * step % 97) for step in range(1, 80)) + ".",
        }
        for number in range(300)
    ]
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = command(tmp_path, "--model", "fast", "--workers", "1")
    # A test run in the background ignores Ctrl-C, and what it starts would too.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    running = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, preexec_fn=heed)
    deadline = time.monotonic() + 120
    while not finished(tmp_path) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "give the same command again" in said
    assert "Traceback" not in said
    kept = finished(tmp_path)
    assert 0 < kept < 300
    again = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert "300 records read" in again.stderr
    assert finished(tmp_path) == 300
