"""What the benchmarks count is what they say."""

import doctest
import importlib
import json
import lzma
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import builds, corpus, coverage, environments, faults, keyphrases, peers, readers, tables, throughput
from benchmarks.processes import Failed, Memory, Spent, memory, python, run
from benchmarks.reading import content, unreadable
from benchmarks.results import Row, about, load, save
from benchmarks.setting import Setting
from kg.model import Extraction, LocalEntity
from kg.vocabulary import Term, build
from kg.workspace import Workspace
from tests.builds import spoil
from tests.test_cli_build import invoke

FOLDER = Path(command.__file__).parent

TEXTS = [("LoRA for BERT", "We fine-tune BERT with LoRA."), ("GLUE", "A benchmark."), ("Zork", "We play Zork well.")]


def entity(confidence: float, *names: str) -> LocalEntity:
    return LocalEntity("e", "Method", names[0], confidence, (), names)


def test_keywords_count_where_they_stand_in_the_text_and_are_found_by_any_name() -> None:
    record = {
        "title": "Deep Q-Networks (DQN)",
        "abstract": "We train graph neural networks. Robots learn.",
        "keywords": ["DQN", "Graph Neural Network", "robot", "neural network", "planning"],
    }
    found = keyphrases.measure(
        record, Extraction((entity(0.9, "graph neural networks"), entity(0.5, "Deep Q-Networks", "DQN")))
    )
    assert found.keywords["folded"] == {"dqn", "graph neural network", "robot", "neural network"}
    row = keyphrases.row([found], 0.4)
    assert (row["folded"], row["normal"], row["entities"]) == (0.5, 0.5, 2)
    row = keyphrases.row([found, keyphrases.Found({"folded": set(), "normal": set()}, [])], 0.6)
    assert (row["folded"], row["entities"]) == (0.25, 0.5)


def test_gold_names_leave_out_what_the_paper_introduces() -> None:
    record = {
        "entities": [
            {"id": "e1", "mentions": ["OurNet"]},
            {"id": "e2", "mentions": ["KV caches", "KV caches", "QuQu"]},
            {"id": "e3", "mentions": [{"text": "Zork"}]},
        ],
        "relations": [["PAPER", "introduces", "e1"], {"head": "e2", "type": "used_for", "tail": "e3"}],
    }
    assert list(coverage.gold_things([record])) == [["KV caches", "QuQu"], ["Zork"]]


def test_a_name_is_covered_by_one_term_only(capsys: pytest.CaptureFixture[str]) -> None:
    terms = [Term("term:a", "first mill", "Method", ("AB",)), Term("term:b", "second mill", "Task", ("AB",))]
    coverage.tell("mills", ["First Mills", "AB", "third", "third"], build(terms), 1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["mills", "1", "4", "0.250"]
    assert [line.split() for line in lines[1:]] == [["2", "third"]]


def test_faults_fall_on_every_stage_and_every_sort_of_build() -> None:
    drawn = list(faults.plans(3, 54, 9))
    assert drawn == list(faults.plans(3, 54, 9)) != list(faults.plans(4, 54, 9))
    assert set(Counter(plan.stage for plan in drawn if plan.signal == "kill").values()) == {6}
    assert {(plan.command, plan.workers) for plan in drawn} == {
        (command, workers) for command in ("first", "again", "add") for workers in (1, 2)
    }
    assert all(0 <= plan.share < 1 for plan in drawn)


def test_the_disk_tells_the_stage_of_a_build(tmp_path: Path) -> None:
    space, folder = Workspace(tmp_path), tmp_path / "builds" / ".new-1"
    steps = [
        ("start", tmp_path / "lock"),
        ("extract", tmp_path / "cache.sqlite-wal"),
        ("resolve", folder / "records.parquet"),
        ("tables", folder / "tables" / "papers.parquet"),
        ("rdf", folder / "graph.nq.gz"),
        ("store", folder / "store" / "LOG"),
        ("page", folder / "graph.html"),
        ("publish", folder / "report.md"),
        ("switch", tmp_path / "builds" / "0002" / "report.md"),
    ]
    for name, path in steps:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        assert faults.stage(space, "0002") == name
    assert tuple(name for name, _ in steps) == faults.STAGES


def test_a_build_that_cannot_be_read_is_seen(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text('{"title": "LoRA for BERT", "abstract": "We fine-tune BERT with LoRA on GLUE."}\n')
    space = Workspace(tmp_path / "graph")
    assert list(unreadable(space, {}, must=False)) == []
    assert list(unreadable(space, {}, must=True)) == ["no build is in use"]
    invoke("build", papers, "-w", space.path, "--model", "fast", "--workers", "1")
    known = {space.manifest().to_json(): space}
    assert list(unreadable(space, known, must=True)) == []
    assert {"graph.nq.gz", "store", "tables/papers.parquet", "identity.parquet"} <= content(space).keys()
    assert list(unreadable(space, {"": space}, must=True)) == ["the manifest is that of no whole build"]
    spoil(space.build().folder / "graph.html", "changed")
    assert list(unreadable(space, known, must=True)) == ["a file has other bytes than the manifest says"]
    (space.path / "builds" / ".new-1").mkdir()
    assert content(space)[".new-1"] == "left behind"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_examples_are_right_and_every_benchmark_says_how_it_is_run(path: Path) -> None:
    name = ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
    assert f"python benchmarks/{path.stem}.py" not in (module.__doc__ or "")
    if "argparse" in vars(module) and path.parent == FOLDER:
        asked = python("-m", name, "--help")
        assert "usage: " in subprocess.run(asked, capture_output=True, text=True, check=True, cwd=FOLDER.parent).stdout


def test_the_memory_and_time_of_a_process_count_what_it_starts() -> None:
    child = "import time; held = b'x' * (60 << 20); time.sleep(0.5)"
    spent = run(
        python("-c", f"import subprocess, sys; print('there'); subprocess.run([sys.executable, '-c', {child!r}])")
    )
    assert spent.output == "there\n"
    assert 60 <= spent.megabytes <= spent.resident < 200
    assert spent.seconds > 0.5 and spent.processor > 0
    assert max(megabytes for _, megabytes in spent.looks) == spent.megabytes
    assert spent.began <= spent.looks[0][0] < spent.looks[-1][0]


def test_a_command_that_fails_says_its_last_words() -> None:
    with pytest.raises(Failed, match=r"exit status 1: ValueError: no such thing$"):
        run(python("-c", "raise ValueError('no such thing')"))
    assert memory(os.getpid()).rss >= memory(os.getpid()).pss > 1000
    assert memory(2**22 + 1) == Memory(0, 0)


def test_the_first_papers_of_a_compressed_file_are_cut(tmp_path: Path) -> None:
    lines = [json.dumps({"title": title, "abstract": text}) for title, text in TEXTS]
    source, target = tmp_path / "papers.jsonl.xz", tmp_path / "cut.jsonl"
    source.write_bytes(lzma.compress("\n\n".join(lines).encode()))
    assert corpus.cut(source, 2, target) == 2
    assert readers.read_texts(target) == TEXTS[:2]
    assert corpus.cut(source, 9, target) == 3
    with pytest.raises(SystemExit, match=r"none\.jsonl"):
        corpus.cut(tmp_path / "none.jsonl", 1, target)


def test_readers_find_the_same_in_any_number_of_processes() -> None:
    _, _, whole = readers.work(readers.READERS["parse"], TEXTS)
    assert whole > 20
    assert readers.work(readers.READERS["parse, one paper a pass"], TEXTS)[2] == whole
    assert 3 < readers.work(readers.READERS["noun phrases"], TEXTS)[2] < whole
    assert readers.work(readers.READERS["extraction, fast"], TEXTS)[2] >= 2


@pytest.mark.slow
def test_a_reader_runs_as_a_command_on_shares(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text("".join(json.dumps({"title": one, "abstract": two}) + "\n" for one, two in TEXTS))
    setting = Setting(papers, len(TEXTS), tmp_path, tmp_path)
    one, two = (peers.once("parse", setting, processes) for processes in (1, 2))
    assert one["found"] == two["found"] > 20 and one["papers"] == 3
    assert 0 < one["reading"][0] < one["seconds"][0]


def test_a_peer_that_cannot_run_says_why(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    row = peers.once("PyTextRank", Setting(blocked, 3, tmp_path, blocked), 2)
    assert row["seconds"] == [] and "exit status 1" in row["failed"]
    lines = list(tables.peers([row]))
    assert "| PyTextRank | 2 | 3 | could not run | could not run | – | – |" in lines
    assert lines[-1].startswith("PyTextRank could not run: `") and row["failed"] in lines[-1]


def test_a_file_that_a_package_lacks_is_told(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "some.whl", "w") as archive:
        archive.writestr("data/cso.csv", "a;b;c")
    environments.unpack(tmp_path / "some.whl", "data/cso.csv", tmp_path / "deep" / "cso.csv")
    assert (tmp_path / "deep" / "cso.csv").read_text() == "a;b;c"
    with pytest.raises(Failed, match=r"some\.whl holds no data/none"):
        environments.unpack(tmp_path / "some.whl", "data/none", tmp_path / "none")


def test_speed_is_that_of_a_round_over_the_faster_parse_with_as_many_processes() -> None:
    def row(what: str, processes: int, papers: int, *seconds: float) -> Row:
        return {"what": what, "processes": processes, "papers": papers, "seconds": list(seconds)}

    rows = [row("parse", 1, 10, 8.0), row("parse", 2, 10, 4.0, 2.0), row("parse, spaCy's processes", 2, 10, 2.0, 5.0)]
    rows += [row("kg build, fast", 2, 20, 5.0, 5.0), row("noun phrases", 1, 10, 16.0), row("PyTextRank", 2, 10)]
    peers.compare(rows)
    assert [row.get("speed") for row in rows] == [[1.0], [0.5, 1.0], [1.0, 0.4], [0.8, 0.8], [0.5], None]


def test_readers_take_turns_on_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, int]] = []

    def reader(name: str) -> readers.Reader:
        def read(texts: Sequence[readers.Text]) -> int:
            calls.append((name, len(texts)))
            return len(sorted(texts * 1000))

        return read

    names = ("parse", "parse, one paper a pass", "extraction, fast")
    monkeypatch.setattr(throughput, "READERS", {name: lambda name=name: reader(name) for name in names})
    rows = throughput.time_all(names, TEXTS * 3, block=4)
    assert calls[3:] == [(name, 4) for name in (*names, *names[1:], names[0])]
    assert [(row["what"], row["papers"], len(row["seconds"])) for row in rows] == [(name, 4, 2) for name in names]


def test_memory_is_told_of_each_stage() -> None:
    looks = [(10.2, 5), (10.9, 7), (11.5, 30), (13.0, 20)]
    spent = Spent(10.0, 4.0, 1.0, 30, 30, "", looks)
    found = list(builds.spans({"read": 11.0, "end": 12.5, "extract": 12.2}, spent))
    assert found == [("start", 10.0, 11.0), ("read", 11.0, 12.2), ("extract", 12.2, 12.5), ("end", 12.5, 14.0)]
    assert [builds.highest(spent, start, end) for _, start, end in found] == [7, 30, 30, 20]


@pytest.mark.slow
def test_a_build_tells_what_each_stage_took(tmp_path: Path) -> None:
    corpus.cut(corpus.SAMPLE, 8, tmp_path / "papers.jsonl")
    setting = Setting(tmp_path / "papers.jsonl", 8, tmp_path, tmp_path, rounds=1, sizes=(8,))
    (row,) = list(builds.measure(setting))[-1]
    assert tuple(row["stages"]) == tables.STAGES
    assert sum(seconds for (seconds,) in row["stages"].values()) == pytest.approx(row["seconds"][0], abs=0.2)
    assert max(row["stage_megabytes"].values()) == row["megabytes"] > 100
    assert row["counts"]["entities"] > 20 and row["disk_megabytes"] > 0.1
    # What is there is not measured again.
    assert list(builds.measure(Setting(tmp_path / "papers.jsonl", 8, tmp_path, tmp_path, 1, done=[row]))) == []


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put measurements in place of the real ones that only tell of the papers; give the file of results."""

    def steps(setting: Setting) -> Iterator[list[Row]]:
        rows = list(setting.done)
        for number in range(len(rows), 3):
            rows.append({"what": f"step {number}", "seconds": [1.0 + number], "megabytes": 100, "resident": 100})
            yield rows
            if (tmp_path / "stop").exists():
                raise KeyboardInterrupt

    few, many = command.Measurement("tells", steps, 5), command.Measurement("tells more", steps, 500, 200)
    monkeypatch.setattr(command, "MEASUREMENTS", {"commands": few, "builds": many})
    return tmp_path / "results.json"


def test_what_was_measured_is_written_at_once_and_gone_on_with(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stop").touch()
    with pytest.raises(KeyboardInterrupt):
        command.main(["commands", "-o", str(tiny), "--rounds", "1"])
    assert not load(tiny)["commands"]["complete"] and len(load(tiny)["commands"]["rows"]) == 1
    assert "Not finished." in tables.tables(load(tiny))
    (tmp_path / "stop").unlink()
    command.main(["commands", "-o", str(tiny), "--rounds", "1", "--resume"])
    part = load(tiny)["commands"]
    assert part["complete"] and [row["what"] for row in part["rows"]] == ["step 0", "step 1", "step 2"]
    assert part["about"]["papers"] == 5 and re.fullmatch(r"[0-9a-f]{12}\+?|unknown", part["about"]["commit"])
    out = capsys.readouterr()
    assert out.err.splitlines() == ["commands: 1 done", "commands: 2 done", "commands: 3 done"]
    assert "| step 1 | 2.00 | 0.10 |" in out.out.splitlines()
    command.main(["commands", "-o", str(tiny), "--rounds", "1", "--resume"])
    assert capsys.readouterr().err == "commands: there already\n"
    command.main(["commands", "-o", str(tiny), "--rounds", "2", "--resume"])  # another question: all anew
    assert capsys.readouterr().err.count("\n") == 3


def test_all_is_measured_that_the_papers_are_enough_for(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tiny, "kept", {"about": about(), "complete": True, "rows": []})
    command.main(["-o", str(tiny)])
    assert list(load(tiny)) == ["kept", "commands"]
    assert "builds: left out, 102 papers are too few; name it to run it all the same" in capsys.readouterr().err
    for wrong, said in ((["bulids"], "no measurement 'bulids'"), (["--only", "spacy"], "no candidate 'spacy'")):
        with pytest.raises(SystemExit):
            command.main([*wrong, "-o", str(tiny)])
        assert said in capsys.readouterr().err


def test_the_page_shows_the_results() -> None:
    page = command.PAGE.read_text(encoding="utf-8")
    assert tables.replaced(page, tables.tables(load(command.RESULTS))) == page
    with pytest.raises(ValueError, match="lacks the lines"):
        tables.replaced("no marks\n", "block\n")
