"""Commands on a small hand-made build: results on stdout, messages on stderr, exit status, no traceback."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import COMMANDS, cards, main
from kg.config import Config
from kg.exporters import EXPORTERS
from kg.exporters.rdf import write_build
from kg.model import Mention, Merge, Relation
from kg.query import RECIPES
from kg.tables import Replacement
from kg.workspace import Manifest, Workspace
from tests import graph_sample

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the hand-made tables as a build."""
    rows = graph_sample.rows()
    first, foo = graph_sample.paper(graph_sample.FIRST), graph_sample.ent("foo")
    rows["merges"] = [
        Merge(foo, "Foo", "FOO", "same", "normal form", 1.0),
        Merge(foo, "fo", "foo", "undecided", "spelt out so in 1 of 2 papers", 0.5),
    ]
    rows["mentions"] = sorted([*rows["mentions"], Mention(first, "title", 0, 3, foo, "Foo")])
    space = Workspace(tmp_path_factory.mktemp("cli") / "graph")
    with space.writing(), space.publishing() as folder:
        tables = graph_sample.write(folder / "tables", rows)
        triples = write_build(tables, Config(), folder)
        counts = {name: len(items) for name, items in rows.items()} | {"records": 3, "rejects": 0, "triples": triples}
        manifest = Manifest("0", "0", "0", Config().as_dict(), "0", counts, {}, {}, {})
        (folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
        (folder / "rejects.jsonl").write_text("", encoding="utf-8")
    return space.path


@pytest.fixture
def run(workspace: Path) -> Run:
    """Run a command on the hand-made workspace."""

    def call(*arguments: str, code: int = 0, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, [*arguments, "-w", str(workspace)], input=stdin)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return call


def test_show_prints_names_relations_with_sentences_and_papers(run: Run) -> None:
    text = run("show", "foo").stdout
    assert text.startswith("Foo  Method  entity:foo-")
    assert "also called: Foo method, FOO" in text
    assert "introduced by: Foo: tuning with" in text
    assert "Foo is a kind of «tuning»." in text
    assert "0.90 pattern:test 1" in text
    assert "Foo is not based on Bar." in text and "negated" in text and "denied only" in text
    assert "hedged" in text
    assert "basis of\n  Baz (Method)" in text
    assert "by rule" in text
    assert "identity" not in text
    assert "below 0.55, not asserted in the graph" in text
    assert "denied only, not asserted in the graph" in text


def test_show_puts_what_the_graph_asserts_first() -> None:
    rows = [
        Relation("a", "uses", "denied", 0, 0.0),
        Relation("a", "uses", "weak", 9, 0.546),
        Relation("a", "uses", "sure", 1, 0.55),
        Relation("a", "uses", "ruled", 0, 1.0),
    ]
    assert [row.tail for row in cards._ranked(rows, 0.55)] == ["sure", "ruled", "weak", "denied"]
    assert cards._strength(rows[1], 0.55) == ["9 papers", "confidence 0.54", "below 0.55, not asserted in the graph"]
    assert cards._strength(rows[2], 0.55) == ["1 paper", "confidence 0.55"]


def test_show_cites_a_paper_once(run: Run) -> None:
    lines = run("show", "Foo").stdout.splitlines()
    own = [line for line in lines if line.startswith("      — ")]
    assert own
    start = lines.index("introduced by")
    assert lines[start + 1].startswith("  Foo: tuning with")
    assert lines[start + 2].startswith("    > ")
    assert not lines[start + 3].startswith("      — ")


@pytest.mark.parametrize("name", ["2101.00001", "arxiv:2101.00001", "DOI:10.1000/A<b>c", graph_sample.FIRST.title])
def test_show_describes_a_paper(run: Run, name: str) -> None:
    text = run("show", name).stdout
    assert text.startswith("Foo: tuning with 𝔽ewer numbers  Paper  paper:arxiv-2101.00001\n")
    assert "2021-01-05, arXiv:2101.00001, doi:10.1000/a<b>c" in text
    assert "introduces\n  Foo (Method)  confidence 0.95" in text
    first = "speaks of, most salient first\n  Foo (Method)  salience 0.90\n  Bar (Method)  salience 0.85\n"
    assert first in text and text.index(first) < text.index("introduces")
    assert "tuning (Task)" in text


def test_show_why_gives_the_identity_decisions(run: Run) -> None:
    why = run("show", "FOO", "--why").stdout
    assert "Foo = FOO  normal form (1.00)" in why
    assert "fo may be foo  spelt out so in 1 of 2 papers (0.50)" in why
    assert "nothing to decide" in run("show", "Bar", "--why").stdout


@pytest.mark.parametrize("name", ["C++", "A*", 'say "hi"', "back\\slash", "fire 🔥", "שלום rtl", "<b>&amp;"])
def test_show_finds_hostile_names_exactly(run: Run, name: str) -> None:
    assert run("show", name).stdout.startswith(name)


def test_show_keeps_similar_names_apart(run: Run) -> None:
    found = {name: run("show", name).stdout.split("  ")[2] for name in ("C", "C++", "C#")}
    assert len(set(found.values())) == 3


def test_show_suggests_names_for_an_unknown_one(run: Run) -> None:
    result = run("show", "DigitsSet", code=1)
    assert "did you mean 'DigitSet'" in result.stderr
    assert result.stdout == ""


def test_query_gives_a_table_and_formats(run: Run) -> None:
    query = "SELECT ?name WHERE { ?x a kg:Dataset ; skos:prefLabel ?name }"
    assert "DigitSet" in run("query", query).stdout
    assert list(csv.reader(io.StringIO(run("query", query, "--format", "csv").stdout))) == [["name"], ["DigitSet"]]
    found = json.loads(run("query", query, "--format", "json").stdout)
    assert found["results"]["bindings"][0]["name"]["value"] == "DigitSet"


def test_relations_the_graph_asserts_come_first(run: Run) -> None:
    lines = run("show", "foo").stdout.splitlines()
    heads = [number for number, line in enumerate(lines) if line and not line.startswith(" ")]
    weak = [
        all("not asserted" in line for line in lines[start:end] if "confidence" in line or "denied only" in line)
        for start, end in zip(heads, [*heads[1:], len(lines)], strict=True)
        if any("confidence" in line or "denied only" in line for line in lines[start:end])
    ]
    assert weak == sorted(weak) and set(weak) == {False, True}


def test_a_misspelt_name_of_a_registry_gets_a_guess(run: Run) -> None:
    assert "unknown; did you mean graphml? There are " in run("export", "grapml", code=2).stderr
    assert "did you mean evaluated-on? There are " in run("recipe", "evalutedon", code=2).stderr


def test_a_recipe_takes_its_needed_values_as_arguments(run: Run) -> None:
    named = run("recipe", "evaluated-on", "--param", "name=DigitSet", "--format", "csv").stdout
    assert "DigitSet" in named
    assert run("recipe", "evaluated_on", "DigitSet", "--format", "csv").stdout == named
    assert run("recipe", "both", "--param", "name=Foo", "DigitSet", "--format", "csv").stdout == (
        run("recipe", "both", "Foo", "DigitSet", "--format", "csv").stdout
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evaluated-on", "Digit", "Set"), "takes 1 value (name), and here are 2; put one of several words in quotes"),
        (("both", "a", "b", "c"), "takes 2 values (name, other), and here are 3"),
        (("wins", "Digit Set"), "takes no value, and here are 1; name others, such as --param name='Digit Set'"),
        (("categories", "x"), "takes no value, and here are 1\n"),
    ],
)
def test_too_many_values_of_a_recipe_are_an_error(run: Run, arguments: tuple[str, ...], message: str) -> None:
    assert message in run("recipe", *arguments, code=2).stderr


def test_a_recipe_is_a_function_of_python_too(workspace: Path) -> None:
    assert list(kg.recipe(workspace, "evaluated-on", name="DigitSet", inferred=False))
    assert kg.recipe(workspace, "evaluated-on", name="DigitSet", threshold=1).rows == 0
    with pytest.raises(kg.QueryError, match="evaluated-on"):
        kg.recipe(workspace, "evaluated-onn")


def test_an_empty_answer_says_so(run: Run) -> None:
    nothing = run("query", "SELECT ?x WHERE { ?x a kg:Dataset, kg:Metric }")
    assert (nothing.stdout, nothing.stderr) == ("", "no rows\n")
    assert run("query", "ASK { ?x a kg:Dataset, kg:Metric }", "--format", "csv").stdout == "false\n"
    given = run("recipe", "evaluated-on", "--param", "name=Bar")
    assert given.stderr == "no rows\n"


def test_a_recipe_tells_of_rows_below_the_default_threshold(run: Run, tmp_path: Path) -> None:
    settings = tmp_path / "strict.toml"
    settings.write_text("export_threshold = 1.0\n", encoding="utf-8")
    said = run("recipe", "evaluated-on", "--param", "name=DigitSet", "--config", str(settings)).stderr
    assert re.fullmatch(r"no rows\n\d+ rows? below the threshold: --param threshold=0\n", said)
    given = run("recipe", "evaluated-on", "DigitSet", "--param", "threshold=1")
    assert given.stderr == said


def test_a_recipe_tells_of_rows_by_rules(run: Run) -> None:
    hint = "no rows\n1 row by rules and the vocabulary: --param inferred=yes\n"
    assert run("recipe", "evidence", "Baz", "--param", "relation=is_a").stderr == hint
    assert "is_a" in run("recipe", "lineage", "Baz").stdout
    assert "is_a" not in run("recipe", "lineage", "Baz", "--param", "inferred=no").stdout


def test_a_misspelt_property_is_noted(run: Run) -> None:
    result = run("query", "SELECT ?l WHERE { ?x a kg:Dataset ; skos:preflabel ?l }")
    assert "does not use skos:preflabel; did you mean skos:prefLabel?" in result.stderr


def test_a_file_without_its_sign_is_told_from_a_query(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "question.rq"
    path.write_text("ASK {}", encoding="utf-8")
    assert f"a file is given as @{path}" in run("query", str(path), code=1).stderr
    assert "unexpected" in run("query", "x" * 5000, code=1).stderr


def test_query_reads_a_file_and_standard_input(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("ASK { ?x a kg:Method }", encoding="utf-8")
    assert json.loads(run("query", f"@{path}", "--format", "json").stdout)["boolean"] is True
    answer = run("query", "-", "--format", "json", stdin="ASK { ?x a kg:Concept, kg:Dataset }").stdout
    assert json.loads(answer)["boolean"] is False


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELEC ?x", "line 1"),
        ("SELECT * WHERE { SERVICE <http://localhost/> { ?s ?p ?o } }", "SERVICE"),
        ("DELETE WHERE { ?s ?p ?o }", "update"),
        ("@nowhere.rq", "nowhere.rq"),
    ],
)
def test_a_bad_query_is_one_message(run: Run, query: str, said: str) -> None:
    result = run("query", query, code=1)
    assert said.lower() in result.stderr.lower()
    assert "Traceback" not in result.stderr


def test_recipe_lists_runs_and_refuses(run: Run) -> None:
    listing = run("recipe").stdout
    assert listing.startswith("The field\n  top: ")
    assert "      name='KV cache' [relation] [inferred]\n" in listing
    assert all(f"\n  {name}: " in listing for name in RECIPES)
    assert run("recipe", "top", "--show").stdout == RECIPES["top"].text
    assert "Foo" in run("recipe", "top", "--param", "limit=3").stdout
    assert "NAME=VALUE" in run("recipe", "top", "--param", "limit", code=2).stderr
    assert "unknown; there are top" in run("recipe", "nothing", code=2).stderr
    assert "no parameter" in run("recipe", "top", "--param", "x=1", code=1).stderr


@pytest.mark.parametrize("name", EXPORTERS)
def test_export_writes_every_format_to_a_file_and_to_stdout(run: Run, tmp_path: Path, name: str) -> None:
    target = tmp_path / f"graph{EXPORTERS[name].suffix}"
    run("export", name, "-o", str(target))
    assert target.read_bytes() == run("export", name).stdout_bytes
    assert target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_export_refuses_an_unknown_format_and_leaves_no_half_file(run: Run, tmp_path: Path) -> None:
    assert "ttl" in run("export", "docx", code=2).stderr
    assert "nowhere" in run("export", "ttl", "-o", str(tmp_path / "nowhere" / "x"), code=1).stderr
    assert list(tmp_path.iterdir()) == []
    said = run("export", "graphml", "-o", str(tmp_path / "nowhere" / "x"), code=1).stderr
    assert said == f"Error: {tmp_path}/nowhere/x: the folder {tmp_path}/nowhere does not exist; make it first\n"


def test_export_writes_a_part_of_the_graph_to_a_folder(run: Run, tmp_path: Path) -> None:
    said = run("export", "csv", "--around", "accuracy", "-o", str(tmp_path / "out")).stderr
    assert said == "selected 1 paper and 2 entities\n"
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"papers.csv", "README.md", "kg-export.json"}
    assert run("export", "bibtex", "--papers-of", "Baz", "--since", "2022-03").stdout.count("@misc{") == 1
    assert "did you mean 'DigitSet'" in run("export", "bibtex", "--papers-of", "DigetSat", code=1).stderr
    assert "is no date" in run("export", "bibtex", "--since", "soon", code=1).stderr
    assert "Invalid value for '--kind'" in run("export", "gexf", "--kind", "Person", code=2).stderr
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.md").write_text("x", encoding="utf-8")
    assert "no export of kg" in run("export", "obsidian", "-o", str(tmp_path / "mine"), code=1).stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.md"]


def test_export_of_rdf_takes_options(run: Run, tmp_path: Path) -> None:
    plain = set(run("export", "nt").stdout.splitlines())
    full = set(run("export", "nt", "--rdf-detail", "full").stdout.splitlines())
    assert {line for line in plain - full if "/graph" not in line} == set()
    assert any("taIdentRef" in line for line in full - plain)
    assert "rdf:reifies <<( " in run("export", "ttl", "--rdf12").stdout
    said = run("export", "jsonld", "--rdf12", code=2).stderr
    assert "jsonld has no form for RDF 1.2 yet; nq, nq.gz, nt, ttl, trig, rdfxml have" in said
    assert "csv takes neither --rdf-detail nor --rdf12" in run("export", "csv", "--rdf-detail", "full", code=2).stderr
    run("export", "trig", "--rdf-detail", "full", "--rdf12", "-o", str(tmp_path / "graph.trig"))
    loaded = kg.load_rdf(tmp_path / "graph.trig")
    assert {data["label"] for _, data in loaded.nodes(data=True)} >= set(graph_sample.HOSTILE)


def test_export_tells_what_replaced_names_stand_for(run: Run, workspace: Path) -> None:
    old, foo = graph_sample.ent("old name"), graph_sample.ent("foo")
    space = Workspace(workspace)
    space.append_identity([Replacement(old, foo, "merged"), Replacement(foo, old, "merged, and undone since")])
    try:
        lines = run("export", "nt").stdout.splitlines()
    finally:
        (workspace / "identity.parquet").unlink()
    base = Config().base_iri
    iris = [f"<{base}entity/{curie.removeprefix('entity:')}>" for curie in (old, foo)]
    assert f"{iris[0]} <http://purl.org/dc/terms/isReplacedBy> {iris[1]} ." in lines
    assert not any(line.startswith(f"{iris[1]} <http://purl.org/dc/terms/isReplacedBy>") for line in lines)
    assert not any("isReplacedBy" in line for line in run("export", "nt").stdout.splitlines())


def test_a_misspelt_command_is_suggested() -> None:
    assert "Did you mean 'build'?" in CliRunner().invoke(main, ["bild"]).stderr


def test_view_writes_a_page(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    result = run("view", "--no-open", "--around", "Foo", "-o", str(target))
    assert "<html" in target.read_text(encoding="utf-8")
    assert str(target) in result.stderr
    assert "nothing" in run("view", "--no-open", "--around", "nothing of the sort", "-o", str(target), code=1).stderr


def test_view_takes_parts_engines_pairs_and_papers(run: Run, workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    here = ("view", "--no-open", "-o", str(target))
    assert "that fit kind Method" in run(*here, "--kind", "Method").stderr
    run(*here, "--engine", "pyvis", "--around", "Foo")
    assert "vis.Network" in target.read_text(encoding="utf-8")
    pair = run(*here, "--compare", str(workspace), str(workspace)).stderr
    assert " share " in pair and " 0 entities and 0 relations" in pair
    assert "mention" in run(*here, "--paper", graph_sample.FIRST.title).stderr
    assert "no paper here is 'none'" in run(*here, "--paper", "none", code=1).stderr
    run(*here, "--compare", str(tmp_path / "a"), str(tmp_path / "b"), code=1)


@pytest.mark.parametrize(
    "wrong",
    [["--paper", "x", "--limit", "3"], ["--hops", "2"], ["--compare", "a", "b", "--engine", "pyvis"], ["--kind", "X"]],
)
def test_view_refuses_what_cannot_be_asked_for_together(run: Run, tmp_path: Path, wrong: list[str]) -> None:
    assert "Usage" in run("view", "--no-open", "-o", str(tmp_path / "page.html"), *wrong, code=2).stderr


def test_view_opens_the_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(opened.append(url)))
    result = run("view", "-o", str(tmp_path / "page.html"))
    assert opened == [(tmp_path / "page.html").as_uri()]
    assert "open the page yourself" in result.stderr


def test_validate_tells_by_its_exit_status(run: Run) -> None:
    result = run("validate")
    assert "conform" in result.stdout.lower()


@pytest.mark.parametrize("what", ["relations", "entities", "merges"])
def test_sample_is_the_same_for_the_same_seed(run: Run, what: str) -> None:
    first = run("sample", "--seed", "a", f"--{what}", "--format", "json").stdout
    assert first == run("sample", "--seed", "a", f"--{what}", "--format", "json").stdout
    assert {claim["what"] for claim in json.loads(first)} == {{"entities": "entity"}.get(what, what[:-1])}
    assert run("sample", "--seed", "a", f"--{what}").stdout.startswith("1. ")


def test_samples_differ_by_seed_and_nest_by_number(run: Run) -> None:
    def drawn(seed: str, number: int) -> list[str]:
        text = run("sample", "--seed", seed, "--entities", "-n", str(number), "--format", "json").stdout
        return [claim["statement"] for claim in json.loads(text)]

    assert drawn("a", 5) == drawn("a", 10)[:5]
    assert {tuple(drawn(seed, 3)) for seed in "abcdef"} != {tuple(drawn("a", 3))}


def test_sampled_relations_have_sentences_and_no_rule_or_denial(run: Run) -> None:
    claims = json.loads(run("sample", "--seed", "1", "-n", "99", "--format", "json").stdout)
    assert all(claim["quotes"] for claim in claims)
    text = " ".join(claim["statement"] for claim in claims)
    assert "Foo (Method)  based_on  Bar (Method)" not in text
    assert "Baz (Method)  based_on  Foo (Method)" in text
    assert "paper “Foo: tuning with" in text
    assert len(claims) == 7
    everything = json.loads(
        run("sample", "--seed", "1", "-n", "99", "--min-confidence", "0", "--format", "json").stdout
    )
    assert len(everything) == 8


@pytest.mark.parametrize(
    "command", sorted(COMMANDS.keys() - {"build", "add", "extract", "evaluate", "fetch", "vocabulary"})
)
def test_a_missing_workspace_is_one_message(tmp_path: Path, command: str) -> None:
    needed = {"query": ["ASK {}"], "recipe": ["top"], "show": ["x"], "export": ["ttl"], "sample": ["--seed", "1"]}
    needed |= {"merge": ["a", "b"], "split": ["a"]}
    arguments = [command, *needed.get(command, ["x"] if command == "remove" else []), "-w", str(tmp_path / "none")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "kg build" in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "arguments",
    [["nothing"], ["build", "--workers", "0"], ["sample"], ["export", "docx"], ["query"], ["view", "--limit", "x"]],
)
def test_wrong_usage_has_status_two(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


@pytest.mark.parametrize(
    "content", ["unknown = 1", "page_year = 'x'", "not toml", "export_threshold = 2.0", "max_graph_edges = -1"]
)
def test_bad_settings_are_one_message(run: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "kg.toml"
    path.write_text(content, encoding="utf-8")
    result = run("export", "ttl", "--config", str(path), code=1)
    assert result.stderr.startswith("Error: ")


def test_a_closed_pipe_is_no_error(workspace: Path) -> None:
    command = f'"{sys.executable}" -m kg export nq -w "{workspace}" | head -n 1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_evaluate_scores_given_predictions(tmp_path: Path) -> None:
    gold, mine = tmp_path / "gold.jsonl", tmp_path / "mine.jsonl"
    entity = {"id": "a", "type": "Method", "mentions": ["FastNet"]}
    relations = [["PAPER", "introduces", "a"]]
    row = {"id": "1", "title": "FastNet", "abstract": "", "entities": [entity], "relations": relations}
    gold.write_text(json.dumps(row) + "\n", encoding="utf-8")
    mine.write_text(json.dumps({**row, "relations": []}) + "\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["evaluate", str(gold), "--predictions", str(mine), "--json"])
    found = json.loads(result.stdout)
    assert found["figures"]["entity"]["f1"] == 1.0
    assert found["figures"]["relation:introduces"]["fn"] == 1
    assert found["calibration"]["entity"]["n"] == 1
    table = CliRunner().invoke(main, ["evaluate", str(gold), "--predictions", str(mine)]).stdout
    assert "typed:Method" in table and "expected calibration error" in table
    assert "All together" not in table and "0.000 to" in table
    missing = CliRunner().invoke(main, ["evaluate", str(tmp_path / "none")])
    assert missing.exit_code == 1
    assert "No such file" in missing.stderr and "Errno" not in missing.stderr


def test_evaluate_scores_several_files_and_draws_a_plot(tmp_path: Path) -> None:
    entity = {"id": "a", "type": "Method", "mentions": ["FastNet"], "confidence": 0.8}
    full = {"id": "1", "title": "FastNet", "entities": [entity], "relations": []}
    gold = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    mine = [tmp_path / "mine-one.jsonl", tmp_path / "mine-two.jsonl"]
    for path, row in zip([*gold, *mine], [full, full, full, {**full, "entities": []}], strict=True):
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    given = ["evaluate", *map(str, gold), "--predictions", str(mine[0]), "--predictions", str(mine[1])]
    picture = tmp_path / "plot.svg"
    found = json.loads(CliRunner().invoke(main, [*given, "--json", "--plot", str(picture)]).stdout)
    assert [(part["gold"], part["papers"], part["figures"]["entity"]["tp"]) for part in found["files"]] == [
        (str(gold[0]), 1, 1),
        (str(gold[1]), 1, 0),
    ]
    assert found["papers"] == 2 and found["figures"]["entity"]["r"] == 0.5
    assert found["figures"]["entity"]["interval"]["r"] == [0.0, 1.0]
    assert found["calibration"]["entity"]["n"] == 1
    assert picture.read_text(encoding="utf-8").count('<circle class="bin"') == 1
    table = CliRunner().invoke(main, given).stdout
    headings = [line for line in table.splitlines() if line.endswith("papers")]
    assert headings == [f"{gold[0]}: 1 papers", f"{gold[1]}: 1 papers", "All together: 2 papers"]
    once = CliRunner().invoke(main, [*given[:3], "--predictions", str(mine[0]), "--json"])
    assert json.loads(once.stdout)["figures"]["entity"]["tp"] == 2
    wrong = CliRunner().invoke(main, [*given, "--predictions", str(mine[0])])
    assert wrong.exit_code == 2 and "3 times for 2 files" in wrong.stderr
