"""The recipes: each answers on the bundled sample, and exactly on a small graph made by hand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef

from kg.config import Config
from kg.errors import QueryError
from kg.exporters import rdf
from kg.model import Entity, Evidence, Paper, Relation, Span
from kg.namespaces import author_curie, entity_curie, paper_curie
from kg.pipeline import build
from kg.query import GROUPS, RECIPES, Worker
from kg.query.check import nodes_of, parse
from kg.query.parameters import MAKERS, OPEN, Parameter, Term, terms_of
from kg.query.recipes import ask, bind, recipe_text
from kg.tables import PaperRow
from kg.workspace import Workspace
from tests import graph_sample
from tests.conftest import ROOT

#: Recipes that rightly find nothing in the sample with their examples.
SILENT = {"contradictions"}

NET = Paper(
    "Net for seeing",
    "We introduce Net. Net has a Gate. Net beats Tree. Tree is used for seeing.",
    arxiv="2101.00001",
    authors=("Ada Äpfel", "Bo Brown"),
    date="2021-01-05",
    categories=("cs.CV",),
)
TREE = Paper(
    "Tree strikes back",
    "We introduce Tree. Tree beats Net. Net does not beat Tree. Net may use Gate.",
    authors=("Bo Brown",),
    date="2022-02",
    categories=("cs.CV", "cs.LG"),
)
HEIR = Paper(
    "Heir of Net",
    "We introduce Heir, based on Net. We run Heir and Net on Digits and Letters.",
    authors=("Ada Äpfel",),
    date="2022-03-04",
    categories=("cs.LG",),
)
MUTE = Paper("Notes on seeing", "Seeing and hearing.", date="2022-03", categories=("cs.LG",), flags=("short",))
PAPERS = (NET, TREE, HEIR, MUTE)
KINDS = {
    "Net": "Method", "Tree": "Method", "Heir": "Method", "Gate": "Method", "seeing": "Task", "hearing": "Task",
    "Digits": "Dataset", "Letters": "Dataset",
}  # fmt: skip
MENTIONS = {
    NET: ("Net", "Gate", "Tree", "seeing"),
    TREE: ("Tree", "Net", "Gate"),
    HEIR: ("Heir", "Net", "Digits", "Letters"),
    MUTE: ("seeing", "hearing"),
}
#: Head, relation, tail, paper, sentence, probability and further fields.
CLAIMS: tuple[tuple[Any, str, str, Paper, str, float, dict[str, str]], ...] = (
    (NET, "introduces", "Net", NET, "We introduce Net.", 0.9, {}),
    (NET, "addresses", "seeing", NET, "Tree is used for seeing.", 0.7, {}),
    (TREE, "introduces", "Tree", TREE, "We introduce Tree.", 0.9, {}),
    (HEIR, "introduces", "Heir", HEIR, "We introduce Heir, based on Net.", 0.95, {}),
    (HEIR, "uses", "Net", HEIR, "We run Heir and Net on Digits and Letters.", 0.6, {}),
    (HEIR, "evaluates_on", "Digits", HEIR, "We run Heir and Net on Digits and Letters.", 0.9, {}),
    (HEIR, "evaluates_on", "Letters", HEIR, "We run Heir and Net on Digits and Letters.", 0.9, {}),
    ("Net", "outperforms", "Tree", NET, "Net beats Tree.", 0.8, {}),
    ("Net", "outperforms", "Tree", TREE, "Net does not beat Tree.", 0.75, {"polarity": "negated"}),
    ("Tree", "outperforms", "Net", TREE, "Tree beats Net.", 0.7, {}),
    ("Gate", "part_of", "Net", NET, "Net has a Gate.", 0.85, {}),
    ("Gate", "used_for", "seeing", TREE, "Net may use Gate.", 0.3, {"modality": "hedged"}),
    ("Tree", "used_for", "seeing", NET, "Tree is used for seeing.", 0.65, {}),
    ("Heir", "based_on", "Net", HEIR, "We introduce Heir, based on Net.", 0.9, {}),
    ("Heir", "is_a", "Net", HEIR, "We introduce Heir, based on Net.", 0.6, {}),
    ("Net", "evaluated_on", "Digits", HEIR, "We run Heir and Net on Digits and Letters.", 0.8, {}),
)


def ent(name: str) -> str:
    return entity_curie(name.lower())


def node(thing: Any) -> str:
    return paper_curie(thing) if isinstance(thing, Paper) else ent(thing)


def claim(number: int, head: Any, type_: str, tail: str, paper: Paper, text: str, sure: float, more: Any) -> Evidence:
    start = paper.abstract.index(text)
    spans = (Span("abstract", start, start + len(text)),)
    return Evidence(
        node(head), type_, node(tail), f"e{number}", "text", "pattern:t 1", sure, paper_curie(paper), spans, **more
    )


def rows() -> dict[str, list[Any]]:
    """Give the records of a small graph with a claim and its reverse, a denial, and a paper without any claim."""
    evidence = [claim(number, *given) for number, given in enumerate(CLAIMS)]
    ruled = Evidence(ent("Gate"), "is_a", ent("Tree"), "v0", "vocabulary", "vocabulary:broader", 1.0)
    stated = {(e.head, e.type, e.tail): e.probability for e in reversed(evidence) if e.polarity == "stated"}
    relations = [Relation(*key, 1, sure) for key, sure in stated.items()]
    relations.append(Relation(ent("Gate"), "is_a", ent("Tree"), 0, 1.0))
    evidence.append(ruled)
    relations += [Relation(node(p), "mentions", ent(n), 1, 1.0) for p, names in MENTIONS.items() for n in names]
    entities = [
        Entity(
            id=ent(name),
            kind=kind,
            label=name,
            alt_labels=("Tree",) if name == "Heir" else (),
            support=sum(name in names for names in MENTIONS.values()),
            first_seen=min(paper.date for paper, names in MENTIONS.items() if name in names),
            introduced_by=tuple(node(head) for head, how, tail, *_ in CLAIMS if (how, tail) == ("introduces", name)),
        )
        for name, kind in KINDS.items()
    ]
    found: dict[str, list[Any]] = {
        "papers": [PaperRow(paper_curie(paper), paper) for paper in PAPERS],
        "mentions": [],
        "entities": entities,
        "relations": relations,
        "evidence": evidence,
        "merges": [],
    }
    return {name: graph_sample.ordered(name, items) for name, items in found.items()}


def made(folder: Path, records: dict[str, list[Any]]) -> Path:
    rdf.build_store(graph_sample.write(folder / "tables", records), Config(), folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with Worker(made(tmp_path_factory.mktemp("recipes"), rows()), Config(query_seconds=60.0)) as worker:
        yield worker


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with Worker(made(tmp_path_factory.mktemp("empty"), {name: [] for name in rows()})) as worker:
        yield worker


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Build the bundled sample once."""
    folder = tmp_path_factory.mktemp("sample")
    build(
        [str(ROOT / "kg" / "data" / "sample.jsonl")],
        Workspace(folder / "space"),
        config=Config(model="fast"),
        workers=1,
    )
    with Worker(Workspace(folder / "space").build().file("store"), Config(query_seconds=60.0)) as worker:
        yield worker


def columns(worker: Worker, recipe: str, *names: str, **params: str) -> list[tuple[Any, ...]]:
    """Give the chosen columns of an answer; decimals as floats."""
    found = ask(worker, recipe, params).values()
    return [tuple(float(row[n]) if hasattr(row[n], "as_tuple") else row[n] for n in names) for row in found]


@pytest.mark.parametrize("chosen", ["worker", "sample"])
def test_a_large_category_is_counted_by_its_frequent_entities_alike(
    chosen: str, request: pytest.FixtureRequest
) -> None:
    worker = request.getfixturevalue(chosen)
    answers = []
    for row in ask(worker, "categories", {}).values():
        text = recipe_text(worker, "category", {"category": row["category"], "limit": "1000"})
        assert text.count("2000") == 2
        answers.append(worker.run(text, ours=True).values())
        assert worker.run(text.replace("2000", "1"), ours=True).values() == answers[-1]
    assert any(answers)


#: Recipe, parameters, columns, rows.
EXACT: list[tuple[str, dict[str, str], tuple[str, ...], list[tuple[Any, ...]]]] = [
    ("top", {"limit": "2"}, ("label", "support"), [("Net", 3), ("Gate", 2)]),
    ("top", {"kind": "Task"}, ("label", "support", "first_year"), [("seeing", 2, 2021), ("hearing", 1, 2022)]),
    ("rising", {"year": "2022", "limit": "1"}, ("label", "papers", "before", "gain"), [("Net", 2, 1, 1)]),
    (
        "fading",
        {"year": "2022"},
        ("label", "papers", "before", "share", "share_before", "change"),
        [
            ("Gate", 1, 1, 33.3, 100.0, -66.7),
            ("Tree", 1, 1, 33.3, 100.0, -66.7),
            ("seeing", 1, 1, 33.3, 100.0, -66.7),
            ("Net", 2, 1, 66.7, 100.0, -33.3),
        ],
    ),
    ("fading", {"year": "2021"}, ("label",), []),
    ("new-per-year", {}, ("year", "kind", "introduced"), [(2021, "Method", 1), (2022, "Method", 2)]),
    ("new-entities", {}, ("label", "first_seen"), [
        ("Digits", "2022-03-04"), ("Heir", "2022-03-04"), ("Letters", "2022-03-04"), ("hearing", "2022-03"),
    ]),
    ("new-entities", {"since": "2021", "kind": "Method", "limit": "2"}, ("label", "introduced_by"), [
        ("Net", "Net for seeing"), ("Gate", None),
    ]),
    ("new-papers", {}, ("date", "title", "introduces"), [
        ("2022-03-04", "Heir of Net", "Heir"), ("2022-03", "Notes on seeing", ""),
    ]),
    ("new-papers", {"since": "2021-01", "category": "cs.cv"}, ("title",), [
        ("Tree strikes back",), ("Net for seeing",),
    ]),
    ("categories", {}, ("category", "papers", "first", "last"), [
        ("cs.LG", 3, "2022-02", "2022-03-04"), ("cs.CV", 2, "2021-01-05", "2022-02"),
    ]),
    ("category", {"category": "cs.CV", "limit": "3"}, ("label", "papers", "share", "share_elsewhere", "surplus"), [
        ("Gate", 2, 100.0, 0.0, 100.0), ("Tree", 2, 100.0, 0.0, 100.0), ("Net", 2, 100.0, 50.0, 50.0),
    ]),
    ("ambiguous", {}, ("name", "meanings", "label"), [("tree", 2, "Tree"), ("tree", 2, "Heir")]),
    ("profile", {"name": "Heir"}, ("subject_label", "relation", "object_label", "sentence"), [
        ("Heir", "kind", "Method", None),
        ("Heir", "also called", "Tree", None),
        ("Heir", "first seen", "2022-03-04", None),
        ("Heir", "introduced by", "Heir of Net", None),
        ("Heir", "papers", "1", None),
        ("Heir of Net", "introduces", "Heir", "We introduce Heir, based on Net."),
        ("Heir", "based_on", "Net", "We introduce Heir, based on Net."),
        ("Heir", "is_a", "Net", "We introduce Heir, based on Net."),
    ]),
    ("evidence", {"name": "Gate"}, ("relation", "object_label", "probability"), [
        ("part_of", "Net", 0.85), ("used_for", "seeing", 0.3),
    ]),
    ("doubts", {}, ("subject_label", "relation", "object_label", "polarity", "modality", "sentence"), [
        ("Net", "outperforms", "Tree", "negated", "asserted", "Net does not beat Tree."),
        ("Gate", "used_for", "seeing", "stated", "hedged", "Net may use Gate."),
    ]),
    ("doubts", {"name": "seeing"}, ("subject_label",), [("Gate",)]),
    ("introduced-by", {"name": "Net"}, ("title", "confidence"), [("Net for seeing", 0.9)]),
    ("timeline", {"name": "Net"}, ("date", "title", "relations"), [
        ("2021-01-05", "Net for seeing", "introduces"),
        ("2022-02", "Tree strikes back", "mentions"),
        ("2022-03-04", "Heir of Net", "uses"),
    ]),
    ("trend", {"name": "Net"}, ("year", "papers", "all", "share"), [(2021, 1, 1, 100.0), (2022, 2, 3, 66.7)]),
    ("companions", {"name": "Gate"}, ("label", "together", "expected", "surplus"), [
        ("Tree", 2, 1.0, 1.0), ("Net", 2, 1.5, 0.5), ("seeing", 1, 1.0, 0.0),
    ]),
    ("kinds", {"name": "Net"}, ("label", "direct", "support"), [("Heir", True, 1)]),
    ("parts", {"name": "Net"}, ("part_label", "whole_label", "sentence"), [("Gate", "Net", "Net has a Gate.")]),
    ("parts", {"name": "Gate", "threshold": "0.9"}, ("part_label",), []),
    ("authors-on", {"name": "Net"}, ("author_name", "papers", "first", "last"), [
        ("Ada Äpfel", 2, "2021-01-05", "2022-03-04"), ("Bo Brown", 2, "2021-01-05", "2022-02"),
    ]),
    ("methods-for", {"name": "seeing"}, ("label", "papers", "confidence", "sentence"), [
        ("Tree", 1, 0.65, "Tree is used for seeing."), ("Net", 1, None, None),
    ]),
    ("datasets-for", {"name": "Net"}, ("label", "papers", "confidence"), [("Digits", 1, 0.8)]),
    ("datasets-for", {"name": "entity:x"}, ("label",), []),
    ("evaluated-on", {"name": "Digits"}, ("subject_label", "confidence"), [("Heir of Net", 0.9), ("Net", 0.8)]),
    ("benchmarks", {"name": "Letters"}, ("label", "other_label", "papers"), [("Letters", "Digits", 1)]),
    ("rivals", {"name": "Net"}, ("subject_label", "object_label", "confidence"), [
        ("Net", "Tree", 0.8), ("Tree", "Net", 0.7),
    ]),
    ("wins", {}, ("winner_label", "loser_label", "confidence", "sentence"), [
        ("Net", "Tree", 0.8, "Net beats Tree."), ("Tree", "Net", 0.7, "Tree beats Net."),
    ]),
    ("wins", {"name": "Heir"}, ("winner_label",), []),
    ("lineage", {"name": "Net"}, ("direction", "label", "direct", "relation", "confidence"), [
        ("built on", "Gate", True, "part_of", 0.85),
        ("built from it", "Heir", True, "based_on", 0.9),
        ("built from it", "Heir", True, "is_a", 0.6),
    ]),
    ("lineage", {"name": "Net", "threshold": "0.88"}, ("label", "relation"), [("Heir", "based_on")]),
    ("lineage", {"name": "Gate"}, ("direction", "label", "direct", "relation", "support"), [
        ("built on", "Tree", True, "is_a", 0),
        ("built from it", "Net", True, "part_of", 1),
        ("built from it", "Heir", False, None, None),
    ]),
    ("lineage", {"name": "Gate", "inferred": "no"}, ("label",), [("Net",), ("Heir",)]),
    ("lineage", {"name": "seeing"}, ("label",), []),
    ("built-on", {"paper": "2101.00001"}, ("source", "how", "label", "title", "confidence"), [
        ("Net", "based on it", "Heir", "Heir of Net", 0.9),
        ("Net", "kind of it", "Heir", "Heir of Net", 0.6),
        ("Net", "uses it", None, "Heir of Net", 0.6),
    ]),
    ("built-on", {"paper": "2101.00001", "threshold": "0.7"}, ("how",), [("based on it",)]),
    ("built-on", {"paper": "2101.00001", "threshold": "0.95"}, ("how",), []),
    ("built-on", {"paper": "Tree strikes back"}, ("how", "label", "support"), [("kind of it", "Gate", 0)]),
    ("built-on", {"paper": "Tree strikes back", "inferred": "no"}, ("how",), []),
    ("paper", {"paper": "Tree strikes back"}, ("subject_label", "relation", "polarity", "probability"), [
        ("Tree strikes back", "introduces", "stated", 0.9),
        ("Net", "outperforms", "negated", 0.75),
        ("Tree", "outperforms", "stated", 0.7),
    ]),
    ("related", {"paper": "2101.00001"}, ("title", "common", "entities"), [
        ("Tree strikes back", 3, "Gate, Net, Tree"),
    ]),
    ("both", {"name": "Net", "other": "Tree"}, ("title",), [
        ("Heir of Net",), ("Tree strikes back",), ("Net for seeing",),
    ]),
    ("author", {"author": "ada apfel"}, ("date", "title", "introduces"), [
        ("2022-03-04", "Heir of Net", "Heir"), ("2021-01-05", "Net for seeing", "Net"),
    ]),
    ("gaps", {"papers": "2"}, ("method_label", "task_label"), []),
    ("gaps", {"papers": "1", "limit": "2"}, ("method_label", "task_label", "expected"), [
        ("Net", "hearing", 0.8), ("Gate", "hearing", 0.5),
    ]),
    ("untried", {"name": "Tree", "kind": "Task"}, ("label", "support"), [("hearing", 1)]),
    ("bridges", {"name": "seeing", "other": "Digits"}, ("label", "with_name", "with_other", "lesser"), [
        ("Net", 1, 1, 1),
    ]),
    ("weakest", {"limit": "2"}, ("confidence", "subject_label", "relation"), [
        (0.6, "Heir of Net", "uses"), (0.6, "Heir", "is_a"),
    ]),
    ("silent-papers", {}, ("title", "mentions", "flags"), [("Notes on seeing", 2, "short")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "params", "names", "wanted"), EXACT, ids=lambda v: v if isinstance(v, str) else "")
def test_the_answer_is_exact(worker: Worker, name: str, params: Any, names: Any, wanted: Any) -> None:
    found = columns(worker, name, *names, **params)
    assert (sorted(found) if name == "weakest" else found) == (sorted(wanted) if name == "weakest" else wanted)


def test_contradictions_are_a_reverse_claim_and_a_denial(worker: Worker) -> None:
    names = ("subject_label", "object_label", "confidence", "sentence", "against", "against_confidence")
    found = {row[4]: row for row in columns(worker, "contradictions", *names)}
    first = min(("Net", 0.8, "Net beats Tree."), ("Tree", 0.7, "Tree beats Net."), key=lambda item: ent(item[0]))
    other = ({"Net": "Tree", "Tree": "Net"}[first[0]], 1.5 - first[1])
    assert found["the reverse"] == (first[0], other[0], first[1], first[2], "the reverse", pytest.approx(other[1]))
    assert found["denied"] == ("Net", "Tree", 0.8, "Net beats Tree.", "denied", 0.75)
    assert len(found) == 2
    assert columns(worker, "contradictions", "against", threshold="0.72") == [("denied",)]


def test_every_recipe_is_in_a_group_and_tested_exactly() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    assert listed == list(RECIPES)
    assert len(listed) == len(set(listed)) >= 22
    assert set(listed) - {name for name, *_ in EXACT} == {"contradictions", "measured-by"}


@pytest.mark.parametrize("name", RECIPES)
def test_the_header_is_whole(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.title
    assert recipe.help.endswith(".")
    assert len(recipe.parameters) == recipe.text.count("\n# param ")
    assert {parameter.type for parameter in recipe.parameters} <= MAKERS.keys()
    assert re.search(r"\nORDER BY ", recipe.text)
    assert (re.search(r"\nLIMIT \d+\n$", recipe.text) is None) == ("limit" not in {p.name for p in recipe.parameters})


@pytest.mark.parametrize("name", RECIPES)
def test_it_answers_on_the_sample_with_its_examples(sample: Worker, name: str) -> None:
    recipe = RECIPES[name]
    needed = {p.name: p.example for p in recipe.parameters if p.required}
    answer = ask(sample, name, needed)
    shown = {**needed, **{p.name: p.example for p in recipe.parameters if p.name in ("papers", "threshold")}}
    assert bool(answer.rows or ask(sample, name, shown).rows) != (name in SILENT)
    assert ask(sample, name, needed).body == answer.body
    for parameter in recipe.parameters:
        ask(sample, name, {**needed, parameter.name: parameter.example})
        if parameter.name == "limit":
            rest = ask(sample, name, {**needed, "limit": "1"}).values()
            assert rest == answer.values()[:1] or name in ("weakest", "profile")
            assert len(rest) <= 1


def bound(name: str, terms: dict[str, list[Term]]) -> str:
    text = RECIPES[name].text
    for parameter in RECIPES[name].parameters:
        text = bind(text, parameter, terms[parameter.name])
    return text


def made_up(worker: Worker, name: str, given: dict[str, str]) -> dict[str, list[Term]]:
    """Make terms of a recipe's parameters without looking names up in a graph."""
    curies = {"entity": "entity:x", "paper": "paper:x", "author": "author:x"}
    found: dict[str, list[Term]] = {}
    for p in RECIPES[name].parameters:
        value = given.get(p.name) or p.default or ("0.55" if p.name == "threshold" else curies.get(p.type, p.example))
        if p.type == "category" and value != p.default:
            found[p.name] = [ox.Literal(value)]
        else:
            found[p.name] = [] if value in OPEN else MAKERS[p.type](worker, p, value)
    return found


@pytest.mark.parametrize("name", RECIPES)
def test_an_empty_graph_gives_no_rows(empty: Worker, name: str) -> None:
    assert empty.run(bound(name, made_up(empty, name, {})), ours=True).rows == 0


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Load the small graph into rdflib, whose own engine is the second opinion."""
    tables = graph_sample.write(tmp_path_factory.mktemp("plain"), rows())
    return Graph().parse(data=b"".join(rdf.canonical(tables, Config())), format="nt")


@pytest.mark.parametrize(("name", "params"), [(name, params) for name, params, *_ in EXACT] + [("contradictions", {})])
def test_rdflib_gives_the_same_rows(worker: Worker, plain: Graph, name: str, params: dict[str, str]) -> None:
    answer = ask(worker, name, params)
    terms = {
        p.name: terms_of(worker, p, params.get(p.name) or p.default or ("0.55" if p.name == "threshold" else ""))
        for p in RECIPES[name].parameters
    }
    result = plain.query(bound(name, terms), initNs=worker.names.prefixes)
    again = [tuple(None if term is None else value(term) for term in row) for row in result]  # type: ignore[union-attr]
    ours = [tuple(None if term is None else value(term) for term in row) for row in answer.terms()]
    assert sorted(map(repr, again)) == sorted(map(repr, ours))


def value(term: Any) -> Any:
    """Give an RDF term of either library as plain text or a number."""
    if isinstance(term, URIRef):
        return str(term)
    text = str(getattr(term, "value", term)) if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
    kind = str(getattr(term, "datatype", "")).strip("<>").rpartition("#")[2]
    return round(float(text), 9) if kind in ("integer", "decimal", "double") else text


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("new-entities", {"since": "yesterday"}, "a year, month or day such as 2024"),
        ("new-entities", {"since": "2024-13"}, "since is '2024-13'"),
        ("new-entities", {"since": "2023-02-30"}, "since is '2023-02-30'"),
        ("new-entities", {"since": '2024" } #'}, "a year, month or day"),
        (
            "new-papers",
            {"category": "cs.CL"},
            r"no paper has the category 'cs.CL'; did you mean cs.CV\?; there are cs.CV, cs.LG",
        ),
        ("category", {"category": '" } UNION { ?s ?p ?o'}, "no paper has the category"),
        ("category", {}, "category needs category"),
        ("author", {"author": "Ada Apfle"}, r"did you mean 'Ada Äpfel'\?"),
        ("author", {"author": "author:x> ?p ?o"}, "no author is called"),
        ("both", {"name": "Net"}, "both needs other"),
        ("doubts", {"name": "Nett"}, r"did you mean 'Net'\?"),
        ("untried", {"name": "Net", "kind": "Thing"}, "one of Method"),
        ("gaps", {"papers": "-1"}, "must be a number"),
        ("weakest", {"threshold": "1e3"}, "must be a number"),
    ],
)
def test_wrong_values_are_explained(worker: Worker, name: str, params: dict[str, str], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        ask(worker, name, params)


def test_any_kind_may_be_asked_for_where_one_is_the_default(worker: Worker) -> None:
    assert columns(worker, "untried", "label", name="hearing", kind="any", limit="2") == [("Net",), ("Gate",)]


def test_an_author_may_be_named_by_curie(worker: Worker) -> None:
    assert columns(worker, "author", "title", author=author_curie("Bo Brown"), limit="1") == [("Tree strikes back",)]


def test_the_limit_is_that_of_every_part() -> None:
    limit = Parameter("limit", "integer", "", "")
    text = bind("SELECT * { SELECT * { }\n  LIMIT 20\n}\nLIMIT 20\n", limit, [ox.Literal(3)])
    assert text == "SELECT * { SELECT * { }\n  LIMIT 3\n}\nLIMIT 3\n"


HOSTILE = ('x" } UNION { ?s ?p ?o', 'x" } #', "x\\", "'\n}", "<http://e/> } SERVICE <http://127.0.0.1:1/> { ?s ?p ?o")


@pytest.mark.parametrize("name", RECIPES)
def test_a_hostile_value_is_a_plain_string(worker: Worker, name: str) -> None:
    """Every parameter of every recipe takes it as a name that nothing has, or says that it is no value."""
    needed = {
        p.name: {"entity": "Net", "paper": "2101.00001", "author": "Ada Äpfel", "category": "cs.CV"}.get(
            p.type, p.example
        )
        for p in RECIPES[name].parameters
        if p.required
    }
    for parameter in RECIPES[name].parameters:
        for value in HOSTILE:
            with pytest.raises(QueryError, match=r"no entity|no paper|no author|must be"):
                ask(worker, name, {**needed, parameter.name: value})
            if parameter.name != "limit":
                assert shape(name, parameter, value) == shape(name, parameter, "plain")


def shape(name: str, parameter: Parameter, value: str) -> list[str]:
    """Name the nodes of the parse tree of a recipe with a text for a parameter."""
    text = bind(RECIPES[name].text, parameter, [ox.Literal(value)])
    empty = re.sub(r"VALUES \?\w+ \{ \}", lambda found: found[0].replace("{ }", "{ UNDEF }"), text)
    return [node.name for node in nodes_of(parse(empty))]
