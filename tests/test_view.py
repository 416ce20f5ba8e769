"""What a page holds and says of itself: choice, evidence, detail, bytes."""

import hashlib
import io
import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Evidence, Paper, Relation, Span
from kg.selection import Selection
from kg.tables import PaperRow, Tables
from kg.view import page as pages
from kg.view.escape import as_json
from kg.view.page import DETAILS, PACKED, as_element, budget, write_page
from kg.view.wording import PageInfo
from tests.browser import payload
from tests.view_sample import large, small, write


def page(tables: Tables, **options: Any) -> tuple[PageInfo, dict[str, Any]]:
    """Write a page and give what it says and its data."""
    stream = io.BytesIO()
    info = write_page(tables, Config(), stream, **options)
    return info, payload(stream.getvalue())


def edges(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name the edges of a page by the labels of their ends."""
    label, found = data["nodes"]["label"], data["edges"]
    kinds = [data["relations"][kind] for kind in found["type"]]
    ends = zip(found["source"], kinds, found["target"], strict=True)
    return [(label[a], kind, label[b]) for a, kind, b in ends]


def quoted(data: dict[str, Any], number: int) -> list[tuple[str, str | None, str | None]]:
    """Give the sentences of an evidence with the words of its two mentions, cut as JavaScript cuts."""
    evidence = {name: column[number] for name, column in data["evidence"].items()}
    found = []
    for place, sentence in enumerate(evidence["sentences"]):
        units = data["sentences"]["text"][sentence].encode("utf-16-le")
        words = [
            units[2 * mark[0] : 2 * mark[1]].decode("utf-16-le") if mark and mark[2] == place else None
            for mark in (evidence["head"], evidence["tail"])
        ]
        found.append((data["sentences"]["text"][sentence], *words))
    return found


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


def test_all_of_a_small_graph_is_held(tables: Tables) -> None:
    info, data = page(tables)
    held = {
        (link.head, link.type, link.tail)
        for link in tables.relations()
        if link.head.startswith("entity:") and (link.confidence >= Config().export_threshold or not link.confidence)
    }
    ids = data["nodes"]["id"]
    found = data["edges"]
    named = zip(found["source"], found["type"], found["target"], strict=True)
    assert {(ids[a], data["relations"][kind], ids[b]) for a, kind, b in named} == held
    assert len(found["source"]) == len(held)
    assert data["mode"] == "all"
    assert info.nodes == len(ids) == len(list(tables.entities())) == data["graph"]["entities"]
    asserted = sum(value > 0 for value in found["confidence"])
    assert info.edges == asserted == data["graph"]["relations"]
    assert info.message.startswith(f"All {info.nodes} entities and {asserted:,} relations, from 120 papers.")
    assert data["message"] == info.message


def test_every_column_has_the_length_of_its_group_and_holds_no_fraction(tables: Tables) -> None:
    data = page(tables, limit=60)[1]

    def whole(value: Any) -> bool:
        if isinstance(value, list):
            return all(map(whole, value))
        return value is None or isinstance(value, int | str)

    for group in ("nodes", "edges", "claims", "papers", "sentences", "evidence", "communities", "others"):
        assert len({len(column) for column in data[group].values()}) == 1, group
        assert all(whole(column) for column in data[group].values()), group
    numbers = range(len(data["evidence"]["origin"]))
    assert sorted(n for group in ("edges", "claims") for row in data[group]["evidence"] for n in row) == [*numbers]
    assert len(data["sentences"]["text"]) == len({*zip(*data["sentences"].values(), strict=True)})


def test_best_supported_entities_come_first_and_the_rest_is_counted(tables: Tables) -> None:
    everything = list(tables.entities())
    info, data = page(tables, limit=30)
    supports = data["nodes"]["support"]
    assert supports[:20] == sorted((entity.support for entity in everything), reverse=True)[:20]
    assert supports == sorted(supports, reverse=True)
    assert (info.nodes, info.left_out_nodes) == (30, len(everything) - 30)
    least = Config().export_threshold
    held = [link for link in tables.relations() if link.head.startswith("entity:") and link.confidence >= least]
    assert info.edges + info.left_out_edges == len(held)
    assert info.message.startswith(f"30 of {len(everything)} entities, the best supported")
    assert (
        f"{info.left_out_nodes} entities and {info.left_out_edges} relations of the graph are left out." in info.message
    )


def few(folder: Path) -> Tables:
    """Write entities of falling support, of which only the least supported two are linked to the best ones."""
    names = [f"entity:n{number}" for number in range(9)]
    papers = [PaperRow(f"paper:{number}", Paper(f"T{number}", "A is B.", date=f"200{number}")) for number in range(5)]
    return write(
        folder,
        papers=[*papers, PaperRow("paper:x", Paper("Undated"))],
        entities=[Entity(name, "Method", name[7:], support=20 - number) for number, name in enumerate(names)],
        relations=[
            Relation("entity:n7", "is_a", "entity:n0", 1, 0.9),
            Relation("entity:n8", "used_for", "entity:n1", 1, 0.9),
            Relation("entity:n5", "is_a", "entity:n0", 0, 1.0),
            Relation("paper:0", "introduces", "entity:n6", 1, 0.9),
            *(Relation(row.id, "uses", "entity:n8", 1, 0.6) for row in papers),
            *(Relation(row.id, "mentions", "entity:n6", 1, 1.0) for row in papers),
            Relation("paper:x", "mentions", "entity:n6", 1, 1.0),
        ],
    )


def test_the_last_places_go_to_entities_that_papers_link_to_the_best(tmp_path: Path) -> None:
    info, data = page(few(tmp_path), limit=6)
    assert data["nodes"]["label"] == ["n0", "n1", "n2", "n3", "n7", "n8"]
    assert info.message == (
        "6 of 9 entities, the best supported and those best linked to them, and the 2 relations among them, from "
        "6 papers. 3 entities and 1 relation of the graph are left out. 1 paper of 6 is without a date."
    )


def test_papers_of_an_entity_are_told_newest_first_and_by_year(tmp_path: Path) -> None:
    data = page(few(tmp_path))[1]
    number = data["nodes"]["label"].index("n6")
    titles = [data["papers"]["title"][paper] for paper in data["nodes"]["papers"][number]]
    assert titles == ["T4", "T3", "T2", "T1", "T0", "Undated"]
    assert data["nodes"]["years"][number] == [[0, 1], *([2000 + year, 1] for year in range(5))]
    assert (data["nodes"]["more"][number], data["nodes"]["linked"][number]) == (0, 0)
    claimed = [data["papers"]["title"][paper] for paper in data["claims"]["paper"]]
    assert sorted(claimed) == ["T0", "T0", "T1", "T2", "T3", "T4"]


def test_claims_left_out_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "DETAILS", (DETAILS[0], pages.Detail(8, 2, 3)))
    monkeypatch.setattr(pages, "BUDGET", ((0, 0), (10, 0)))
    info, data = page(few(tmp_path))
    number = data["nodes"]["label"].index("n8")
    assert (data["claims"]["node"].count(number), data["nodes"]["claims_left"][number]) == (2, 3)
    assert "Of 6 claims of papers about entities it holds the 3 surest." in info.message
    named = data["nodes"]["label"].index("n6")
    assert (len(data["nodes"]["papers"][named]), data["nodes"]["more"][named]) == (3, 3)


def chain(folder: Path) -> Tables:
    """Write five entities in a row."""
    names = [f"entity:n{number}" for number in range(5)]
    ends = [(a, "is_a", b) for a, b in pairwise(names)]
    return write(
        folder,
        entities=[Entity(name, "Method", name.removeprefix("entity:"), support=1) for name in names],
        relations=[Relation(*end, 0, 1.0) for end in ends],
        evidence=[Evidence(*end, f"evidence:{end[0]}", "rule", "rule", 1.0) for end in ends],
    )


@pytest.mark.parametrize("hops", [0, 1, 2, 9])
def test_a_neighbourhood_has_the_hops_asked_for(tmp_path: Path, hops: int) -> None:
    info, data = page(chain(tmp_path), selection=Selection(around="n0", hops=hops))
    assert data["nodes"]["label"] == [f"n{number}" for number in range(min(hops + 1, 5))]
    assert data["focus"] == 0
    if hops == 2:
        assert info.message.startswith(
            "“n0” with its 1 neighbour and 1 entity up to 2 steps away, 2 relations among them."
        )


def test_neighbourhoods_equal_those_of_networkx(tables: Tables) -> None:
    graph = nx.Graph()
    least = Config().export_threshold
    held = [link for link in tables.relations() if link.head.startswith("entity:") and link.confidence >= least]
    graph.add_edges_from((link.head, link.tail) for link in held)
    hub = max(tables.entities(), key=lambda entity: (entity.support, entity.id))
    for hops in (1, 2):
        data = page(tables, selection=Selection(around=hub.label.upper(), hops=hops))[1]
        near = nx.single_source_shortest_path_length(graph, hub.id, cutoff=hops)
        assert set(data["nodes"]["id"]) == set(near)
        assert sum(value > 0 for value in data["edges"]["confidence"]) == sum(
            {link.head, link.tail} <= near.keys() for link in held
        )
    info, data = page(tables, selection=Selection(around=hub.id), limit=5)
    assert (info.nodes, data["nodes"]["id"][0]) == (5, hub.id)


def test_other_names_find_the_center_and_unknown_ones_are_explained(tmp_path: Path) -> None:
    tables = small(tmp_path)
    said = page(tables, selection=Selection(around="foo net"))[0].message
    assert said.startswith("“Foo” with its 2 neighbours, 5 relations among them.")
    with pytest.raises(KGError, match=r"no entity is called 'Fooo'.*Foo"):
        page(tables, selection=Selection(around="Fooo"))
    with pytest.raises(KGError, match="limit of at least 1"):
        page(tables, limit=-1)


def test_a_center_of_another_kind_is_kept(tmp_path: Path) -> None:
    data = page(small(tmp_path), selection=Selection(around="Foo", kinds=("Dataset",)))[1]
    assert data["nodes"]["label"][0] == "Foo"
    assert set(data["nodes"]["label"]) <= {"Foo", "Baz"}


def test_a_part_says_what_was_asked_and_how_many_undated_papers_it_leaves_out(tmp_path: Path) -> None:
    info, data = page(few(tmp_path), selection=Selection(kinds=("Method",), since="2003"))
    assert data["nodes"]["label"] == ["n6"]
    assert info.message.startswith(
        "All 1 entity and 0 relations that fit kind Method, papers since 2003, from 2 papers."
    )
    assert "8 entities and 3 relations of the graph are left out. 1 paper without a date is left out." in info.message
    assert data["graph"] == {"entities": 9, "relations": 3, "papers": 6, "undated": 1, "drawn": 1}


def test_less_sure_relations_are_held_where_asked_for(tmp_path: Path) -> None:
    ends = ("entity:a", "is_a", "entity:b")
    tables = write(
        tmp_path,
        entities=[Entity("entity:a", "Method", "A", support=1), Entity("entity:b", "Method", "B", support=1)],
        relations=[Relation(*ends, 1, 0.4)],
    )
    assert page(tables)[1]["edges"]["source"] == []
    data = page(tables, selection=Selection(min_confidence=0.3))[1]
    assert (edges(data), data["threshold"]) == ([("A", "is_a", "B")], 300)


def test_edges_say_what_holds_them(tmp_path: Path) -> None:
    info, data = page(small(tmp_path))
    found = dict(zip(edges(data), zip(data["edges"]["origin"], data["edges"]["flags"], strict=True), strict=True))
    assert found == {
        ("Foo", "used_for", "Bar"): (1, 0),
        ("Foo", "outperforms", "Bar"): (1, 2),
        ("Foo", "part_of", "Baz"): (1, 1),
        ("Foo", "is_a", "Bar"): (4, 0),
        ("Baz", "is_a", "Bar"): (2, 0),
        ("Foo", "based_on", "Foo"): (2, 0),
    }
    # Denied relations are no relations.
    assert (info.nodes, info.edges, info.message) == (3, 5, "All 3 entities and 5 relations, from 1 paper.")
    years = dict(zip(edges(data), data["edges"]["years"], strict=True))
    assert years["Foo", "used_for", "Bar"] == [[2021, 1]]
    assert years["Foo", "is_a", "Bar"] == []


def test_evidence_quotes_the_sentence_and_places_the_mentions(tmp_path: Path) -> None:
    data = page(small(tmp_path))[1]
    (evidence,) = data["edges"]["evidence"][edges(data).index(("Foo", "used_for", "Bar"))]
    assert quoted(data, evidence) == [("Foo 𝔽its Bar well.", "Foo", "Bar")]
    assert data["papers"]["link"][data["evidence"]["paper"][evidence]] == "https://arxiv.org/abs/2101.00001"


def test_at_most_eight_pieces_of_evidence_per_edge(tmp_path: Path) -> None:
    ends = ("entity:a", "is_a", "entity:b")
    papers = [PaperRow(f"paper:{number}", Paper(f"T{number}", "A is B.")) for number in range(11)]
    evidence = [
        Evidence(*ends, f"evidence:{row.id}", "text", "x", 0.5 + number / 30, row.id, (Span("abstract", 0, 7),))
        for number, row in enumerate(papers)
    ]
    tables = write(
        tmp_path,
        papers=papers,
        entities=[Entity("entity:a", "Method", "A"), Entity("entity:b", "Method", "B")],
        relations=[Relation(*ends, 11, 0.99)],
        evidence=evidence,
    )
    data = page(tables)[1]
    ((*shown,), (left,)) = data["edges"]["evidence"][0], data["edges"]["left"]
    assert (len(shown), left, data["edges"]["years"]) == (8, 3, [[[0, 11]]])
    sure = [data["evidence"]["confidence"][number] for number in shown]
    assert sure == sorted(sure, reverse=True)


def test_long_sentences_are_cut_around_their_mentions(tmp_path: Path) -> None:
    text = "x " * 5000 + "Foo is Bar " + "y " * 5000
    at = text.index("Foo")
    ends = ("entity:a", "is_a", "entity:b")
    spans = (Span("abstract", 0, len(text)),), Span("abstract", at, at + 3), Span("abstract", at + 7, at + 10)
    tables = write(
        tmp_path,
        papers=[PaperRow("paper:1", Paper("T", text))],
        entities=[Entity("entity:a", "Method", "Foo"), Entity("entity:b", "Method", "Bar")],
        relations=[Relation(*ends, 1, 0.9)],
        evidence=[Evidence(*ends, "evidence:1", "text", "x", 0.9, "paper:1", *spans)],
    )
    ((sentence, head, tail),) = quoted(page(tables)[1], 0)
    assert len(sentence) <= 1200
    assert (head, tail) == ("Foo", "Bar")


@pytest.mark.parametrize(
    ("paper", "link"),
    [
        (Paper("T", arxiv="math.GT/0309136"), "https://arxiv.org/abs/math.GT/0309136"),
        (Paper("T", doi="https://doi.org/10.1000/a<b>"), "https://doi.org/10.1000/a%3Cb%3E"),
        (Paper("T", arxiv="javascript:alert(1)"), ""),
        (Paper("T", doi="javascript:alert(1)//10.1000/x"), ""),
        (Paper("T"), ""),
    ],
)
def test_links_are_made_of_identifiers_only(tmp_path: Path, paper: Paper, link: str) -> None:
    tables = write(
        tmp_path,
        papers=[PaperRow("paper:1", paper)],
        entities=[Entity("entity:a", "Method", "A", support=1)],
        relations=[Relation("paper:1", "mentions", "entity:a", 1, 1.0)],
    )
    assert page(tables)[1]["papers"]["link"] == [link]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_graphs_are_written(tmp_path: Path, count: int) -> None:
    entities = [Entity(f"entity:{number}", "Concept", f"c{number}") for number in range(count)]
    info, data = page(write(tmp_path, entities=entities))
    assert info.nodes == len(data["nodes"]["id"]) == count
    assert data["nodes"]["community"] == [0] * count


def test_entities_without_relations_join_those_they_share_papers_with(tmp_path: Path) -> None:
    groups = {"paper:1": ("a", "b", "c"), "paper:2": ("d", "e", "f"), "paper:3": ("g",)}
    tables = write(
        tmp_path,
        papers=[PaperRow(paper, Paper(paper, "x")) for paper in groups],
        entities=[Entity(f"entity:{name}", "Method", name, support=1) for name in "abcdefg"],
        relations=[
            *(
                Relation(paper, "mentions", f"entity:{name}", 1, 1.0)
                for paper, names in groups.items()
                for name in names
            ),
            Relation("entity:a", "is_a", "entity:b", 0, 1.0),
        ],
    )
    data = page(tables)[1]
    home = dict(zip(data["nodes"]["label"], data["nodes"]["community"], strict=True))
    assert home["a"] == home["b"] == home["c"] != home["d"] == home["e"] == home["f"]
    assert home["g"] == len(data["communities"]["size"]) - 1
    assert dict(zip(data["nodes"]["label"], data["nodes"]["linked"], strict=True)) == {
        **dict.fromkeys("ab", 1),
        **dict.fromkeys("cdefg", 0),
    }


def test_levels_of_detail_say_what_they_leave_out(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    count = len(list(tables.entities()))
    monkeypatch.setattr(pages, "ALL", 20)
    info, data = page(tables)
    assert (data["mode"], info.nodes) == ("communities", count)
    assert info.message.endswith("It opens on communities; click one, or show all.")
    monkeypatch.setattr(pages, "MOST", 40)
    info, data = page(tables)
    assert (data["mode"], info.nodes, data["graph"]["drawn"]) == ("backbone", 40, 20)
    assert len(data["others"]["label"]) == count - 40
    assert f"Drawn at first are the best 20; search finds the other 20 too, and names {count - 40} more" in info.message
    for near in data["others"]["near"]:
        assert -1 <= near < 40
    assert max(data["others"]["near"]) >= 0
    monkeypatch.setattr(pages, "HUGE", 50)
    monkeypatch.setattr(pages, "SUMMARY", 30)
    info, data = page(tables)
    assert (data["mode"], info.nodes, data["others"]["label"]) == ("summary", 30, [])
    assert "too large for one page" in info.message


def test_a_page_that_gets_too_large_is_a_summary(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST", 50_000)
    monkeypatch.setattr(pages, "SUMMARY", 12)
    info, data = page(tables)
    assert (data["mode"], info.nodes) == ("summary", 12)


def test_detail_gives_way_to_the_budget(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    rich = page(tables)[1]
    monkeypatch.setattr(pages, "BUDGET", ((0, 100_000), (10_000, 100_000)))
    info, poor = page(tables)
    assert len(poor["claims"]["node"]) < len(rich["claims"]["node"])
    assert poor["edges"]["source"] == rich["edges"]["source"]
    assert "claims of papers" in info.message
    whole = sum(map(len, rich["edges"]["evidence"])) + sum(rich["edges"]["left"])
    assert sum(map(len, poor["edges"]["evidence"])) + sum(poor["edges"]["left"]) == whole


def test_long_data_are_packed_and_read_the_same() -> None:
    text = as_json({"a": ["<é"] * PACKED})
    assert "data-gz" in as_element(text)
    assert payload(as_element(text).encode()) == payload(
        f'<script type="application/json" id="data">{text}</script>'.encode()
    )
    assert (budget(800), budget(5_000), budget(1_000_000)) == (1_000_000, 4_000_000, 4_000_000)


def test_json_cannot_leave_its_element() -> None:
    text = "</script><!-- &amp; \u2028\u2029\ud800\x00 é"
    written = as_json({"a": text})
    assert written.isascii()
    assert not set(written) & set("<>&\x00\u2028")
    assert json.loads(written) == {"a": text}


def test_placeholders_in_a_paper_stay_text(tmp_path: Path) -> None:
    tables = write(tmp_path, entities=[Entity("entity:a", "Method", "@@SCRIPT@@ @@DATA@@")])
    assert page(tables)[1]["nodes"]["label"] == ["@@SCRIPT@@ @@DATA@@"]


def test_the_same_tables_give_the_same_bytes(tables: Tables) -> None:
    code = (
        "import sys, hashlib, io; from pathlib import Path; from kg.config import Config; from kg.tables import Tables;"
        "from kg.view.page import write_page; out = io.BytesIO();"
        "write_page(Tables(Path(sys.argv[1])), Config(), out); print(hashlib.sha256(out.getvalue()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(tables.folder)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "7")
    }
    stream = io.BytesIO()
    write_page(tables, Config(), stream)
    assert runs == {hashlib.sha256(stream.getvalue()).hexdigest()}


def test_communities_are_named_by_their_own_entities(tables: Tables) -> None:
    data = page(tables)[1]
    sizes = Counter(data["nodes"]["community"])
    for number, (label, top, size) in enumerate(
        zip(data["communities"]["label"], data["communities"]["top"], data["communities"]["size"], strict=True)
    ):
        assert sizes[number] == size
        assert {data["nodes"]["community"][node] for node in top} == {number}
        assert label == ", ".join(data["nodes"]["label"][node] for node in top)
    # All but the last, which may hold what nothing links, come by size.
    ordered = data["communities"]["size"][:-1]
    assert ordered == sorted(ordered, reverse=True)
