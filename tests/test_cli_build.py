"""Builds from the command line: good and bad input, what is said, what is kept, and the interchange."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from kg.errors import KGError
from kg.graph import prune
from kg.model import RELATIONS
from kg.workspace import Workspace
from tests.builds import promised

#: Made-up papers; the second is listed twice.
PAPERS: list[dict[str, Any]] = [
    {
        "id": "2101.00001",
        "title": "SwiftNet: image classification on small devices",
        "abstract": "We propose SwiftNet, a convolutional neural network for image classification. "
        "SwiftNet outperforms ResNet-50 on CIFAR-10. It does not rely on knowledge distillation.",
        "date": "2021-01-04",
    },
    {
        "id": "2102.00002",
        "title": "Fine-tuning language models with few numbers",
        "abstract": "Low-Rank Adaptation (LoRA) makes fine-tuning of large language models cheap. "
        "We evaluate LoRA on GLUE and report accuracy.",
        "date": "2021-02-03",
    },
    {"id": "b-2", "title": "Fine-tuning language models with few numbers", "abstract": ""},
    {"id": "c", "title": "A title that stands alone, on diffusion models"},
]


def write(path: Path, rows: Sequence[Any] = PAPERS) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def invoke(*arguments: object, code: int = 0, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, [str(item) for item in arguments], input=stdin)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the made-up papers once."""
    folder = tmp_path_factory.mktemp("built")
    result = invoke("build", write(folder / "papers.jsonl"), "-w", folder / "graph", "--workers", "1")
    assert "4 records read" in result.stderr
    assert result.stdout == ""
    return folder / "graph"


def test_build_says_where_everything_is(tmp_path: Path, built: Path) -> None:
    for name in ("graph.html", "graph.ttl", "graph.nq.gz", "report.md"):
        assert (built / name).stat().st_size
    again = invoke("build", built.parent / "papers.jsonl", "-w", built, "--workers", "1").stderr
    assert "nothing new" in again
    assert str(built / "graph.html") in again
    assert str(built / "graph.ttl") in again


def test_a_built_workspace_can_be_asked(built: Path) -> None:
    assert "SwiftNet" in invoke("show", "SwiftNet", "--why", "-w", built).stdout
    query = "ASK { ?x a kg:Method ; skos:prefLabel 'SwiftNet' }"
    assert json.loads(invoke("query", query, "--format", "json", "-w", built).stdout)["boolean"] is True
    assert invoke("validate", "-w", built).exit_code == 0


def test_a_graph_beyond_the_limit_of_networkx_is_written_the_same_and_not_loaded(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[nx.Graph[Any]] = []
    for kind in (nx.Graph, nx.DiGraph):
        start = kind.__init__

        def counted(graph: Any, *data: Any, start: Any = start, **attributes: Any) -> None:
            sizes.append(graph)
            start(graph, *data, **attributes)

        monkeypatch.setattr(kind, "__init__", counted)
    source = built.parent / "papers.jsonl"
    said = invoke("build", source, "-w", tmp_path / "graph", "--workers", "1", "--max-graph-edges", "9").stderr
    edges = Workspace(built).manifest().counts["relations"]
    assert f"{edges} relations: more than --max-graph-edges 9, so kg.load will refuse" in said
    assert "page" in said and "report" in said
    assert max(graph.number_of_edges() for graph in sizes) < edges
    theirs, ours = promised(Workspace(built)), promised(Workspace(tmp_path / "graph"))
    assert [name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name)] == ["manifest.json"]
    told = json.loads(ours["manifest.json"])
    assert told["config"].pop("max_graph_edges") == 9
    before = json.loads(theirs["manifest.json"])
    assert before["config"].pop("max_graph_edges") > edges
    assert told == before
    wanted = rf"graph: {edges} relations, more than max_graph_edges \(9\).*kg query.*kg export csv.*min_confidence"
    with pytest.raises(KGError, match=wanted):
        kg.load(tmp_path / "graph")
    assert kg.load(tmp_path / "graph", max_graph_edges=edges).number_of_edges() == edges
    # Adding papers keeps the limit, and so does taking them out again.
    source = write(tmp_path / "more.jsonl", [{"id": "d", "title": "LoRA for image classification"}])
    for command, papers in (("add", source), ("remove", "d")):
        assert "--max-graph-edges 9," in invoke(command, papers, "-w", tmp_path / "graph", "--workers", "1").stderr
    assert (
        "--max-graph-edges" not in invoke("build", built.parent / "papers.jsonl", "-w", built, "--workers", "1").stderr
    )


def test_only_the_surer_claims_are_loaded_and_counted(built: Path) -> None:
    surer = prune(kg.load(built), min_confidence=0.6)
    edges = surer.number_of_edges()
    assert edges < kg.load(built).number_of_edges()
    loaded = kg.load(built, min_confidence=0.6, max_graph_edges=edges)
    assert nx.utils.graphs_equal(loaded, surer)
    with pytest.raises(KGError, match=f"{edges} relations, more than max_graph_edges"):
        kg.load(built, min_confidence=0.6, max_graph_edges=edges - 1)


def test_an_rdf_file_beyond_the_limit_is_not_made_a_graph(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "full.nq.gz"
    invoke("export", "nq.gz", "--rdf-detail", "full", "-w", built, "-o", path)
    edges = kg.load(built).number_of_edges()
    assert kg.load_rdf(path, max_graph_edges=edges).number_of_edges() == edges
    with pytest.raises(KGError, match=rf"full\.nq\.gz: {edges} relations, more than"):
        kg.load_rdf(path, max_graph_edges=edges - 1)


@pytest.mark.parametrize("what", ["relations", "entities"])
def test_a_built_workspace_can_be_sampled(built: Path, what: str) -> None:
    claims = json.loads(invoke("sample", "--seed", "x", f"--{what}", "--format", "json", "-w", built).stdout)
    assert claims
    assert all(claim["quotes"] for claim in claims)


def test_add_and_remove_change_the_set_and_keep_the_settings(tmp_path: Path) -> None:
    space = tmp_path / "graph"
    settings = tmp_path / "own.toml"
    settings.write_text('base_iri = "https://example.org/kg/"\n', encoding="utf-8")
    invoke("build", write(tmp_path / "a.jsonl", PAPERS[:1]), "-w", space, "--workers", "1", "--config", settings)
    both = write(tmp_path / "b.jsonl", [PAPERS[0], PAPERS[3]])
    said = invoke("add", both, "-w", space, "--workers", "1").stderr
    assert "1 paper added, 1 already there; 2 in all\n" in said
    manifest = Workspace(space).manifest()
    assert (manifest.counts["papers"], manifest.config["base_iri"]) == (2, "https://example.org/kg/")
    said = invoke("remove", "ARXIV:2101.00001", "-w", space, "--workers", "1").stderr
    assert "1 paper removed; 1 in all\n" in said
    assert "1 distinct paper (" in said
    assert Workspace(space).manifest().counts["papers"] == 1
    assert "no paper" in invoke("remove", "2101.00001", "-w", space, code=1).stderr


def test_extract_writes_a_line_for_every_record_in_order(tmp_path: Path) -> None:
    source = write(tmp_path / "p.jsonl")
    result = invoke("extract", source, "--workers", "1")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in PAPERS]
    for row, paper in zip(rows, PAPERS, strict=True):
        assert row["title"] == paper["title"]
        text = {"title": paper["title"], "abstract": paper.get("abstract", "")}
        ids = {"PAPER"} | {entity["id"] for entity in row["entities"]}
        assert len(ids) == len(row["entities"]) + 1
        for entity in row["entities"]:
            assert set(entity) == {"id", "type", "label", "confidence", "mentions"}
            assert entity["mentions"]
            for place in entity["mentions"]:
                assert text[place["section"]][place["start"] : place["end"]] == place["text"]
        for relation in row["relations"]:
            assert relation["type"] in RELATIONS
            assert {relation["head"], relation["tail"]} <= ids
            assert relation["confidence"] == round(relation["confidence"], 4)
            assert relation["evidence"]
    piped = invoke("extract", "-", "--workers", "1", stdin=source.read_bytes()).stdout
    assert piped == result.stdout
    invoke("extract", source, "--workers", "1", "-o", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == result.stdout


def test_evaluate_extracts_by_itself(tmp_path: Path) -> None:
    entity = {"id": "a", "type": "Method", "mentions": ["SwiftNet"]}
    gold = write(tmp_path / "gold.jsonl", [{**PAPERS[0], "entities": [entity], "relations": []}])
    found = json.loads(invoke("evaluate", gold, "--json", "--workers", "1").stdout)
    assert found["figures"]["entity"]["tp"] == 1


GOOD = json.dumps(PAPERS[0]).encode()
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "no-papers": (b'{"colour": "blue"}\n', "title"),
    "a-changed-page": (b"Daily Papers\nnew layout without anything known\n" * 30, ""),
}


@pytest.mark.parametrize("name", BAD)
def test_input_without_a_paper_is_one_message_and_leaves_the_last_build(tmp_path: Path, name: str) -> None:
    content, said = BAD[name]
    space = tmp_path / "graph"
    invoke("build", write(tmp_path / "good.jsonl", PAPERS[:1]), "-w", space, "--workers", "1")
    before = (space / "graph.nq.gz").read_bytes()
    source = tmp_path / f"{name}.txt"
    source.write_bytes(content)
    result = invoke("build", source, "-w", space, "--workers", "1", code=1)
    assert source.name in result.stderr
    assert said in result.stderr
    assert (space / "graph.nq.gz").read_bytes() == before
    assert source.name in invoke("extract", source, "--workers", "1", "--strict", code=1).stderr


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (b'{"id": "x", "title": "cut off in the mid', 2),
        (b'{"id": "x"}', 2),
        (b'{"id": "x", "title": "", "abstract": ""}', 2),
        (b"[1, 2]", 2),
        (b"\xff\xfe\xfa", 2),
    ],
)
def test_a_bad_record_is_counted_kept_and_told_and_the_rest_used(tmp_path: Path, line: bytes, record: int) -> None:
    source = tmp_path / "mixed.jsonl"
    source.write_bytes(GOOD + b"\n" + line + b"\n" + json.dumps(PAPERS[1]).encode() + b"\n")
    space = tmp_path / "graph"
    result = invoke("build", source, "-w", space, "--workers", "1")
    assert "2 distinct papers" in result.stderr
    assert "1 rejected" in result.stderr
    (reject,) = (json.loads(row) for row in (space / "rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert (reject["name"], reject["record"]) == ("mixed.jsonl", record)
    assert reject["reason"] in result.stderr
    assert "mixed.jsonl" in invoke("build", source, "-w", space, "--strict", "--workers", "1", code=1).stderr
    assert "could not be used" in invoke("extract", source, "--workers", "1").stderr


def test_odd_characters_keep_their_places(tmp_path: Path) -> None:
    text = "\x01 😀 We propose SwiftNet, a neural network for image classification. SwiftNet is small."
    row = {"id": "x", "title": "SwiftNet \x00 signs \ud800 here", "abstract": text}
    result = invoke("extract", write(tmp_path / "odd.jsonl", [row]), "--workers", "1")
    (found,) = (json.loads(line) for line in result.stdout.splitlines())
    places = [place for entity in found["entities"] for place in entity["mentions"] if place["section"] == "abstract"]
    found = [text[place["start"] : place["end"]] for place in places]
    assert found == [place["text"] for place in places]
    assert found.count("SwiftNet") == 2
    invoke("build", tmp_path / "odd.jsonl", "-w", tmp_path / "graph", "--workers", "1")


def test_a_book_in_place_of_an_abstract_is_rejected_with_its_length(tmp_path: Path) -> None:
    text = "We study image classification with a neural network. " * 100_000
    source = write(tmp_path / "long.jsonl", [PAPERS[0], {"id": "x", "title": "Long", "abstract": text}])
    result = invoke("build", source, "-w", tmp_path / "graph", "--workers", "1")
    assert "1 distinct paper (" in result.stderr
    assert f"abstract of {len(text)} characters" in result.stderr


def test_a_folder_without_papers_and_a_missing_file_are_one_message(tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    twice = invoke("build", "-", "-", "-w", tmp_path / "graph", stdin=GOOD, code=1).stderr
    assert twice == "Error: standard input (-) was given twice; it can be read once\n"
    assert "void" in invoke("build", tmp_path / "void", "-w", tmp_path / "graph", code=1).stderr
    assert "missing.jsonl" in invoke("build", tmp_path / "missing.jsonl", "-w", tmp_path / "graph", code=1).stderr


def test_a_folder_that_belongs_to_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("precious", encoding="utf-8")
    source = write(tmp_path / "p.jsonl")
    result = invoke("build", source, "-w", tmp_path / "mine", "--workers", "1", code=1)
    assert "thesis.tex" in result.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("kilobytes", [4, 300])
def test_a_full_disk_is_one_message_and_leaves_the_last_build(tmp_path: Path, kilobytes: int) -> None:
    space = tmp_path / "graph"
    invoke("build", write(tmp_path / "p.jsonl", PAPERS[:1]), "-w", space, "--workers", "1")
    before = (space / "graph.nq.gz").read_bytes()
    more = write(tmp_path / "q.jsonl", PAPERS)
    command = f'ulimit -f {kilobytes}; exec "{sys.executable}" -m kg build "{more}" -w "{space}" --workers 1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"Error: .*graph.*cannot be .*\n", done.stderr)
    assert (space / "graph.nq.gz").read_bytes() == before
    assert "nothing new" in invoke("build", tmp_path / "p.jsonl", "-w", space, "--workers", "1").stderr


def test_a_full_device_is_one_message(built: Path) -> None:
    result = invoke("export", "nq", "-w", built, "-o", "/dev/full", code=1)
    assert result.stderr == "Error: /dev/full: No space left on device\n"


def test_a_bibliography_is_read_without_its_tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    entry = (
        r"@article{foo, title = {M{\"u}ller's {Foo}-Net \& Bar}, abstract = {We reach 73\% with \textit{Foo-Net}, "
        r"a network on {ImageNet}.}, date = {2024-05}}" + "\n@misc{bare, title = {A title without more}}\n"
    )
    Path("mine.bib").write_text(entry, encoding="utf-8")
    result = CliRunner().invoke(main, ["build", "mine.bib", "-w", "mine", "--model", "fast"])
    assert result.exit_code == 0, result.output
    assert "1 of 2 papers without an abstract" in result.stderr
    (paper,) = [row.paper for row in Workspace(Path("mine")).tables().papers() if row.paper.abstract]
    assert paper.title == "Müller's Foo-Net & Bar"
    assert paper.abstract == "We reach 73% with Foo-Net, a network on ImageNet."
    lost = CliRunner().invoke(main, ["show", "ImageNet"])
    assert lost.exit_code == 1 and "there are mine: name one with -w" in lost.stderr
    found = CliRunner().invoke(main, ["show", "ImageNet"], env={"KG_WORKSPACE": "mine"})
    assert found.exit_code == 0, found.output


def test_a_table_with_a_strange_column_says_how_to_name_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name of Work,Notes\nFoo nets for bars,read it\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["build", str(tmp_path / "a.csv"), "-w", str(tmp_path / "out")])
    assert result.exit_code == 1 and "--column title=NAME" in result.stderr
