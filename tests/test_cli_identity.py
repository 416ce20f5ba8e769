"""`kg merge`, `kg split`, `kg vocabulary import` and `check` from the command line, on a real build."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.workspace import Workspace

PAPERS = [
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
        "We evaluate LoRA on GLUE and report accuracy. We compare with another network, QuickNet.",
        "date": "2021-02-03",
    },
]


def invoke(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(item) for item in arguments])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the made-up papers once."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "papers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in PAPERS), encoding="utf-8")
    invoke("build", folder / "papers.jsonl", "-w", folder / "graph", "--workers", "1", "--model", "fast")
    return folder


@pytest.fixture
def graph(first: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the workspace, with the folder of its papers as the current one and no decisions there."""
    monkeypatch.chdir(first)
    (first / "overrides.toml").unlink(missing_ok=True)
    invoke("build", "papers.jsonl", "-w", "graph", "--workers", "1", "--model", "fast")
    return first / "graph"


def entities(graph: Path) -> dict[str, str]:
    return {item.label: item.id for item in Workspace(graph).tables().entities()}


def files(graph: Path) -> dict[str, str]:
    return Workspace(graph).manifest().files


def test_merge_and_split_are_inverse_to_the_byte(graph: Path) -> None:
    before, built = entities(graph), files(graph)
    said = invoke("merge", "swiftnet", "QuickNet", "--note", "renamed later", "-w", graph).stderr
    assert "become one" in said and "Now one: SwiftNet" in said
    assert 'names = ["SwiftNet", "QuickNet"], note = "renamed later"' in Path("overrides.toml").read_text("utf-8")
    assert entities(graph) == {label: id_ for label, id_ in before.items() if label != "QuickNet"}
    assert "override: renamed later" in invoke("show", "QuickNet", "--why", "-w", graph).stdout
    moved = {(row.old, row.new) for row in Workspace(graph).identity()}
    assert (before["QuickNet"], before["SwiftNet"]) in moved
    assert "## Overrides" in Workspace(graph).file("report.md").read_text("utf-8")
    assert "nothing changed" in invoke("merge", "QuickNet", "SwiftNet", "-w", graph).stderr
    listed = invoke("split", "SwiftNet", "-w", graph)
    assert "QuickNet  (override: renamed later)" in listed.stdout
    assert "kg split 'SwiftNet' 'QuickNet'" in listed.stderr
    assert "took out same" in invoke("split", "SwiftNet", "QuickNet", "-w", graph).stderr
    assert entities(graph) == before
    Path("overrides.toml").unlink()
    assert files(graph) == built


def test_what_the_rules_join_is_parted_by_a_decision_that_survives_a_rebuild(graph: Path) -> None:
    invoke("split", "LoRA", "Low-Rank Adaptation", "-w", graph)
    assert 'different = [\n    ["LoRA", "Low-Rank Adaptation"],\n]' in Path("overrides.toml").read_text("utf-8")
    apart = entities(graph)
    assert {"LoRA", "Low-Rank Adaptation"} <= set(apart)
    invoke("build", "papers.jsonl", "-w", "graph", "--workers", "1", "--model", "fast")
    assert entities(graph) == apart
    again = files(graph)
    invoke("build", "papers.jsonl", "-w", "other", "--workers", "1", "--model", "fast")
    assert files(graph.parent / "other") == again
    assert "took out different" in invoke("merge", "LoRA", "Low-Rank Adaptation", "-w", graph).stderr
    assert "Low-Rank Adaptation" not in entities(graph)


def test_a_new_file_keeps_what_the_graph_was_built_with(graph: Path, tmp_path: Path) -> None:
    Path("overrides.toml").write_text('drop = ["CIFAR-10"]\n[kind]\n"QuickNet" = "Concept"\n', encoding="utf-8")
    invoke("build", "papers.jsonl", "-w", "graph", "--workers", "1", "--model", "fast")
    assert "CIFAR-10" not in entities(graph)
    Path("overrides.toml").unlink()
    said = invoke("merge", "SwiftNet", "ResNet-50", "-w", graph).stderr
    assert "begins with the 2 decisions" in said
    assert "CIFAR-10" not in entities(graph)
    assert "drop" in Path("overrides.toml").read_text("utf-8")


def test_names_that_are_not_there_are_told_with_near_ones(graph: Path) -> None:
    said = invoke("merge", "SwiftNett", "QuickNet", "-w", graph, code=1).output
    assert "'SwiftNet'" in said
    assert not Path("overrides.toml").exists()
    said = invoke("split", "SwiftNet", "QuickNet", "-w", graph, code=1).output
    assert "has no name 'QuickNet'" in said
    assert "nothing to separate" in invoke("split", "SwiftNet", "--all", "-w", graph, code=1).output
    assert invoke("split", "SwiftNet", "x", "--all", "-w", graph, code=2)
    assert "no workspace" in invoke("merge", "a", "b", "-w", "none", code=1).output


def test_unmatched_names_are_said_at_the_build(graph: Path) -> None:
    Path("mine.toml").write_text('same = [["nobody here", "SwiftNet"]]\n', encoding="utf-8")
    said = invoke(
        "build", "papers.jsonl", "-w", "graph", "--workers", "1", "--model", "fast", "--overrides", "mine.toml"
    ).stderr
    assert "nothing is called 'nobody here'" in said
    assert "Nothing is called nobody here" in Workspace(graph).file("report.md").read_text("utf-8")


CSV = "label,alt_labels,kind,broader\nfolding quibble,FoQ,Method,fine-tuning\nlong short-term memory,,,\nodd,,Animal,\n"


def test_a_vocabulary_is_imported_named_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(CSV, encoding="utf-8")
    Path("kg.toml").write_text('# my settings\nmodel = "fast"\n', encoding="utf-8")
    said = invoke("vocabulary", "import", "mine.csv", "-o", "mine.ttl").stderr
    assert "3 entries read, 1 new term (1 Method)" in said
    assert "1 in the vocabulary already" in said and "kind 'Animal' is none of" in said
    assert 'vocabularies = ["mine.ttl"]' in said
    invoke("vocabulary", "import", "mine.csv", "-o", "mine.ttl", "--add")
    assert Path("kg.toml").read_text("utf-8") == '# my settings\nmodel = "fast"\nvocabularies = ["mine.ttl"]\n'
    assert "names mine.ttl already" in invoke("vocabulary", "import", "mine.csv", "-o", "mine.ttl", "--add").stderr
    assert "0 clashes" in invoke("vocabulary", "check").stderr
    Path("clash.ttl").write_text(Path("mine.ttl").read_text("utf-8").replace("term:mine-", "term:x-"), encoding="utf-8")
    found = invoke("vocabulary", "check", "clash.ttl", code=1)
    assert "label 'folding quibble' is also one of term:mine-folding-quibble" in found.stdout


def test_import_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("label\nlong short-term memory\n", encoding="utf-8")
    said = invoke("vocabulary", "import", "mine.csv", "-o", "mine.ttl", code=1).output
    assert "no entry is left" in said
    assert not Path("mine.ttl").exists()
    assert invoke("vocabulary", "import", "mine.csv", "--add", code=2)
    assert "no LABEL=KIND" in invoke("vocabulary", "import", "mine.csv", "--under", "x=Animal", code=2).output
    assert "none.ttl: no readable Turtle" in invoke("vocabulary", "check", "none.ttl", code=1).output


@pytest.mark.parametrize("name", ["import", "check"])
def test_the_commands_of_the_group_have_help_and_an_example(name: str) -> None:
    assert f"Example:\n    kg vocabulary {name}" in invoke("vocabulary", name, "--help").stdout
