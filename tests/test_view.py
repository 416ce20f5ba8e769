"""The choice of what a page shows, its evidence, its layout and its bytes."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Evidence, Paper, Relation, Span
from kg.namespaces import paper_curie
from kg.tables import PaperRow, Tables
from kg.view import looks, network, subgraph
from kg.view.layout import place, place_between
from kg.view.page import PageInfo, as_json, write_page
from tests.view_sample import large, relation, write

TEXT = "Foo 𝔽its Bar well. Foo does not beat Bar. Perhaps Foo helps Baz."
PAPER = Paper("On Foo", TEXT, arxiv="2101.00001", authors=("Ada Example", "Bo Sample"), date="2021-01-05")


def page(tables: Tables, **options: Any) -> tuple[PageInfo, str]:
    """Write a page and give what it says."""
    stream = io.BytesIO()
    info = write_page(tables, Config(), stream, **options)
    return info, stream.getvalue().decode("utf-8")


def data_of(html: str) -> dict[str, Any]:
    """Read the data back out of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def said(head: str, kind: str, tail: str, sentence: str, marks: tuple[str, str], **more: Any) -> Evidence:
    """Make evidence from PAPER's abstract."""
    start = TEXT.index(sentence)
    spans = [Span("abstract", TEXT.index(mark, start), TEXT.index(mark, start) + len(mark)) for mark in marks]
    probability = more.pop("probability", 0.9)
    where = (Span("abstract", start, start + len(sentence)),)
    return Evidence(
        head,
        kind,
        tail,
        f"evidence:{len(sentence)}",
        "text",
        "patterns",
        probability,
        paper_curie(PAPER),
        where,
        *spans,
        **more,
    )


def small(folder: Path) -> Tables:
    """Write three entities with a parallel, a denied, a hedged, a vocabulary, a rule and a looping relation."""
    foo, bar, baz = "entity:foo", "entity:bar", "entity:baz"
    evidence = [
        said(foo, "used_for", bar, "Foo 𝔽its Bar well.", ("Foo", "Bar")),
        said(foo, "outperforms", bar, "Foo does not beat Bar.", ("Foo", "Bar"), polarity="negated"),
        said(foo, "part_of", baz, "Perhaps Foo helps Baz.", ("Foo", "Baz"), modality="hedged"),
        Evidence(foo, "is_a", bar, "evidence:v", "vocabulary", "vocabulary", 1.0),
        Evidence(baz, "is_a", bar, "evidence:r", "rule", "kind in name", 1.0),
        Evidence(foo, "based_on", foo, "evidence:l", "rule", "kind in name", 1.0),
    ]
    links = [relation(item.head, item.type, item.tail, [item]) for item in evidence]
    paper = paper_curie(PAPER)
    return write(
        folder,
        papers=[PaperRow(paper, PAPER)],
        entities=[
            Entity(foo, "Method", "Foo", ("Foo Net",), support=3),
            Entity(bar, "Task", "Bar", support=2),
            Entity(baz, "Dataset", "Baz", support=1),
        ],
        relations=[*links, *(Relation(paper, "mentions", name, 1, 1.0) for name in (foo, bar, baz))],
        evidence=evidence,
    )


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


def test_best_supported_entities_are_shown_and_the_rest_counted(tables: Tables) -> None:
    entities = list(tables.entities())
    info, html = page(tables, limit=30)
    shown = data_of(html)["nodes"][:30]
    supports = [node["support"] for node in shown]
    assert supports[:20] == sorted((entity.support for entity in entities), reverse=True)[:20]
    assert supports == sorted(supports, reverse=True)
    assert info.message.startswith(
        f"The 20 best-supported entities, 10 more that papers relate to them, and the {info.edges}"
    )
    assert (info.nodes, info.left_out_nodes) == (30, len(entities) - 30)
    held = [link for link in tables.relations() if link.head.startswith("entity:") and link.confidence >= 0.5]
    assert info.edges + info.left_out_edges == len(held)
    assert f"{info.left_out_nodes} entities and {info.left_out_edges} relations are left out" in info.message


def test_relations_to_entities_not_drawn_are_told_or_counted(tables: Tables) -> None:
    data = data_of(page(tables, limit=10)[1])
    outer = {node["id"] for node in data["nodes"][10:]}
    assert len(data["vis"]["nodes"]) - 10 == sum(node["id"][0] == "p" for node in data["vis"]["nodes"])
    held = [link for link in tables.relations() if link.head.startswith("entity:") and link.confidence >= 0.5]
    hub = max(tables.entities(), key=lambda entity: entity.support)
    mine = [link for link in held if hub.id in (link.head, link.tail)]
    told = [link for link in data["links"] if "e0" in (link["head"], link["tail"]) and link["confidence"] > 0]
    between = [link for link in told if link["head"][0] == "e"]
    assert {end for link in between for end in (link["head"], link["tail"])} & outer
    assert len(between) + data["nodes"][0]["beyond"] == len(mine)


def test_neighbourhood_holds_the_center_first_and_stays_within_the_limit(tables: Tables) -> None:
    hub = max(tables.entities(), key=lambda entity: entity.support)
    info, html = page(tables, around=hub.label.upper(), limit=12)
    data = data_of(html)
    assert data["nodes"][0]["label"] == hub.label
    assert data["center"] == "e0"
    assert info.nodes == 12
    assert {"e0"} < {end for link in data["links"] for end in (link["head"], link["tail"])}


def test_small_neighbourhood_goes_one_step_further(tmp_path: Path) -> None:
    names = [f"entity:n{number}" for number in range(5)]
    chain = [(a, "is_a", b) for a, b in pairwise(names)]
    evidence = [Evidence(*ends, f"evidence:{ends[0]}", "rule", "rule", 1.0) for ends in chain]
    tables = write(
        tmp_path,
        entities=[Entity(name, "Method", name.removeprefix("entity:"), support=1) for name in names],
        relations=[Relation(*ends, 0, 1.0) for ends in chain],
        evidence=evidence,
    )
    _, html = page(tables, around="n0")
    assert [node["label"] for node in data_of(html)["vis"]["nodes"]] == ["n0", "n1", "n2"]


def few(folder: Path) -> Tables:
    """Write entities of falling support, of which only the least supported two are linked to the best ones."""
    names = [f"entity:n{number}" for number in range(9)]
    stated = [("entity:n7", "is_a", "entity:n0"), ("entity:n8", "used_for", "entity:n1")]
    ruled = [("entity:n5", "is_a", "entity:n0")]
    papers = [PaperRow(f"paper:{number}", Paper(f"T{number}", "A is B.", date=f"200{number}")) for number in range(5)]
    uses = [Relation(row.id, "uses", "entity:n8", 1, 0.6) for row in papers]
    made = Relation("paper:0", "introduces", "entity:n6", 1, 0.9)
    mentions = [Relation(row.id, "mentions", "entity:n6", 1, 1.0) for row in papers]
    return write(
        folder,
        papers=papers,
        entities=[Entity(name, "Method", name[7:], support=20 - number) for number, name in enumerate(names)],
        relations=[
            *(Relation(*ends, 1, 0.9) for ends in stated),
            *(Relation(*ends, 0, 1.0) for ends in ruled),
            *uses,
            made,
            *mentions,
        ],
    )


def test_the_last_places_go_to_entities_that_papers_link_to_the_best(tmp_path: Path) -> None:
    info, html = page(few(tmp_path), limit=6)
    assert [node["label"] for node in data_of(html)["nodes"][:6]] == ["n0", "n1", "n2", "n3", "n7", "n8"]
    assert info.message == (
        "The 4 best-supported entities, 2 more that papers relate to them, and the 2 relations among them; "
        "3 entities and 1 relation are left out."
    )


def test_a_paper_tells_all_its_relations_and_an_entity_not_drawn_its_papers(tmp_path: Path) -> None:
    data = data_of(page(few(tmp_path), limit=6)[1])
    names = {row["id"]: row.get("label", row.get("title")) for row in (*data["nodes"], *data["papers"])}
    told = {(names[link["head"]], link["type"], names[link["tail"]]) for link in data["links"]}
    assert {("T0", "introduces", "n6"), *((f"T{number}", "uses", "n8") for number in range(5))} <= told
    assert all(paper["beyond"] == 0 for paper in data["papers"])
    (outer,) = (node for node in data["nodes"] if node["label"] == "n6")
    assert outer["id"] not in {node["id"] for node in data["vis"]["nodes"]}
    assert [names[paper] for paper in outer["papers"]] == ["T4", "T3", "T2"]


def test_a_paper_names_what_it_is_most_about_first(tmp_path: Path) -> None:
    row = PaperRow("paper:0", Paper("T", "abstract"))
    names = [f"entity:n{number}" for number in range(8)]
    found = write(
        tmp_path,
        papers=[row],
        entities=[
            Entity(name, "Metric" if name[-1] == "6" else "Method", name[7:], (), "", 9 - int(name[-1]))
            for name in names
        ],
        relations=[
            *(Relation(row.id, "mentions", name, 1, 0.9, round(int(name[-1]) / 10, 4)) for name in names),
            Relation(row.id, "uses", names[0], 1, 0.9),
        ],
    )
    data = data_of(page(found, limit=5)[1])
    labels = {node["id"]: node["label"] for node in data["nodes"]}
    (paper,) = data["papers"]
    assert [labels.get(entry[0], entry[-1]) for entry in paper["about"]] == ["n7", "n6", "n5", "n4", "n3"]
    assert [entry[0] in labels for entry in paper["about"]] == [False, False, False, True, True]
    everything = data_of(page(found)[1])
    assert all(len(entry) == 1 for entry in everything["papers"][0]["about"])
    unknown = [Relation(row.id, "mentions", names[0], 1, 0.9)]
    bare = write(tmp_path, papers=[row], entities=[Entity(names[0], "Method", "n0")], relations=unknown)
    assert [paper["about"] for paper in data_of(page(bare)[1])["papers"]] == [[]]


def test_what_is_not_told_of_papers_is_counted(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subgraph, "PAPERS", 5)
    monkeypatch.setattr(subgraph, "PAPER_LINKS", 0)
    data = data_of(page(tables, limit=10)[1])
    stated = [link for link in tables.relations() if link.head[0] == "p" and link.confidence >= 0.5]
    count = Counter(link.head for link in stated if link.type != "mentions")
    title = {row.paper.title: row.id for row in tables.papers()}
    told = Counter(link["head"] for link in data["links"])
    assert any(paper["beyond"] for paper in data["papers"])
    for paper in data["papers"]:
        assert told[paper["id"]] + paper["beyond"] == count[title[paper["title"]]]
    drawn = [node["id"] for node in data["vis"]["nodes"] if node["id"][0] == "p"]
    assert len(drawn) == 5
    assert not any(paper["beyond"] for paper in data["papers"] if paper["id"] in drawn)


def test_other_names_find_the_center_and_unknown_ones_are_explained(tmp_path: Path) -> None:
    tables = small(tmp_path)
    assert page(tables, around="foo net")[0].message == "“Foo” with its 2 neighbours, 5 relations among them."
    with pytest.raises(KGError, match=r"no entity is called 'Fooo'.*Foo"):
        page(tables, around="Fooo")
    with pytest.raises(KGError, match="limit of at least 1"):
        page(tables, limit=0)


def test_edges_say_what_holds_them(tmp_path: Path) -> None:
    links = {(link["type"], link["held"]) for link in data_of(page(small(tmp_path))[1])["links"]}
    assert links == {
        ("used_for", "text"),
        ("outperforms", "negated"),
        ("part_of", "hedged"),
        ("is_a", "vocabulary"),
        ("is_a", "rule"),
        ("based_on", "rule"),
    }


def test_denied_relations_are_no_edges(tmp_path: Path) -> None:
    info, _ = page(small(tmp_path))
    assert info == PageInfo(3, 5, 0, 0, "All 3 entities and 5 relations.")


def test_evidence_quotes_the_sentence_and_places_the_mentions(tmp_path: Path) -> None:
    data = data_of(page(small(tmp_path))[1])
    (link,) = (link for link in data["links"] if link["type"] == "used_for")
    ((number, marks),) = link["evidence"][0]["quotes"]
    paper, sentence = data["sentences"][number]
    assert sentence == "Foo 𝔽its Bar well."
    assert [(sentence[start:end], role) for start, end, role in marks] == [("Foo", 0), ("Bar", 1)]
    assert next(row for row in data["papers"] if row["id"] == paper)["link"] == "https://arxiv.org/abs/2101.00001"


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
    (link,) = data_of(page(tables)[1])["links"]
    assert (len(link["evidence"]), link["more"]) == (8, 3)
    shown = [item["p"] for item in link["evidence"]]
    assert shown == sorted(shown, reverse=True)


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
    data = data_of(page(tables)[1])
    ((_, sentence),) = data["sentences"]
    ((_, marks),) = data["links"][0]["evidence"][0]["quotes"]
    assert len(sentence) <= 1200
    assert [sentence[start:end] for start, end, _ in marks] == ["Foo", "Bar"]


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
    assert data_of(page(tables)[1])["papers"][0]["link"] == link


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_graphs_are_written(tmp_path: Path, count: int) -> None:
    entities = [Entity(f"entity:{number}", "Concept", f"c{number}") for number in range(count)]
    info, html = page(write(tmp_path, entities=entities))
    assert info.nodes == len(data_of(html)["vis"]["nodes"]) == count


def test_json_cannot_leave_its_element() -> None:
    text = "</script><!-- &amp; \u2028\u2029\ud800\x00 é"
    written = as_json({"a": text})
    assert written.isascii()
    assert not set(written) & set("<>&\x00\u2028")
    assert json.loads(written) == {"a": text}


def test_page_asks_nothing_of_the_network_and_allows_only_its_own_code(tmp_path: Path) -> None:
    html = page(small(tmp_path))[1]
    code = html.replace(network.library(), "")
    assert not re.search(r'(src|href)="', code)
    assert "unsafe-inline" not in code
    assert "sourceMappingURL" not in html
    assert "Apache 2.0 License" in html
    assert html.count("'sha256-") == 3
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("):
        assert forbidden not in code
    assert "bootstrap" not in html
    assert "cdn" not in code.lower()


def test_placeholders_in_a_paper_stay_text(tmp_path: Path) -> None:
    tables = write(tmp_path, entities=[Entity("entity:a", "Method", "@@SCRIPT@@ @@DATA@@")])
    assert data_of(page(tables)[1])["nodes"][0]["label"] == "@@SCRIPT@@ @@DATA@@"


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
    assert runs == {hashlib.sha256(page(tables)[1].encode("utf-8")).hexdigest()}


def test_no_two_nodes_with_their_labels_overlap() -> None:
    names = [f"n{number:02}" for number in range(60)]
    links = {(names[0], name): 2.0 for name in names[1:]}
    points = place(names, links, [(100.0, 40.0)] * 60, [20.0] * 60)
    pairs = [(a, b) for number, a in enumerate(points) for b in points[:number]]
    assert all(abs(a[0] - b[0]) >= 98 or abs(a[1] - b[1]) >= 38 for a, b in pairs)
    assert points == place(names, links, [(100.0, 40.0)] * 60, [20.0] * 60)


def test_papers_stand_between_their_entities_and_never_upon_another() -> None:
    places = place_between([(0, 0), (100, 0)], [[0, 1]] * 20 + [[0]] * 20, 24)
    assert len({*places, (0, 0)}) == 41
    assert abs(places[0][0] - 50) <= 24


def luminance(colour: str) -> float:
    """Give the relative luminance of ``#rrggbb`` (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_stand_out_from_the_canvas_and_differ(theme: str) -> None:
    ground = luminance(looks.CANVAS[theme])
    for colour in looks.LINES[theme].values():
        high, low = sorted((luminance(colour), ground), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3
    assert len({dashes for dashes, _ in looks.HELD.values()}) == len(looks.HELD)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_kind_has_its_own_shape_and_stands_out_from_the_canvas(theme: str) -> None:
    ground = luminance(looks.CANVAS[theme])
    for look in looks.KINDS.values():
        high, low = sorted((luminance(look[theme]), ground), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3
    assert len({look["shape"] for look in looks.KINDS.values()}) == len(looks.KINDS)
