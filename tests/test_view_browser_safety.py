"""The graph page in a real browser against texts that attack it, and graphs of next to nothing."""

from pathlib import Path
from typing import Any

import pytest

from kg.model import Entity, Evidence, Paper, Relation, Span
from kg.namespaces import paper_curie
from kg.tables import PaperRow, Tables
from kg.text import clean
from tests.browser import Visits, is_blank, payload, screenshot_colours, write_graph
from tests.view_sample import small, write

ATTACK = '<img src=x onerror="alert(1)">'
NASTY = (
    f"</script><script>alert(1)</script>{ATTACK}",
    "line\u2028and\u2029paragraph",
    "nul\x00 and \ud800 alone",
    "javascript:alert(1)",
    "\u202eright to left\u202d override",
    "ten thousand " * 770,
    "href <a href='javascript:alert(1)'>x</a>",
    "__proto__",
    "<!--<script>",
    "]]></svg><svg onload=alert(1)>",
    '=HYPERLINK("http://127.0.0.1/","x")',
)


def hostile(folder: Path) -> Tables:
    """Write tables in which every text is an attack, cleaned as far as readers clean it."""
    texts = [clean(text) for text in NASTY]
    papers = [Paper(text, f"{text} is {text}", arxiv=text, doi=text, date=text[:40], authors=(text,)) for text in texts]
    rows = sorted(PaperRow(paper_curie(paper), paper) for paper in papers)
    entities = [Entity(f"entity:{number}", "Method", text, (text,), support=1) for number, text in enumerate(texts)]
    evidence = []
    for number, row in enumerate(rows):
        whole = Span("abstract", 0, len(row.paper.abstract))
        ends = Span("abstract", 0, len(row.paper.title)), Span("abstract", 5, 99999)
        for type_, head in (("is_a", f"entity:{number}"), ("introduces", row.id)):
            edge = (head, type_, f"entity:{(number + 1) % len(rows)}")
            name = f"evidence:{number}{type_}"
            evidence.append(Evidence(*edge, name, "text", ATTACK, 0.9, row.id, (whole,), *ends))
    relations = [Relation(item.head, item.type, item.tail, 1, 0.9) for item in evidence]
    return write(folder, papers=rows, entities=entities, relations=relations, evidence=evidence)


def test_hostile_texts_stay_texts(visit: Visits, tmp_path: Path) -> None:
    opened = visit(hostile(tmp_path))
    opened.page.locator("#papers").click()
    shown = opened.kg("kg.shown()")
    assert (len(shown["nodes"]), len(shown["papers"])) == (len(NASTY), len(NASTY))
    for name in [*shown["nodes"], *shown["papers"]]:
        opened.page.evaluate("(name) => { location.hash = 'p=1&n=' + encodeURIComponent(name); }", name)
        opened.page.wait_for_timeout(120)
        # A name too long for an address is not read from one.
        assert opened.kg("kg.selected().id") == name or len(name) > 8000
        for row in opened.page.locator(".opener:visible").all():
            row.click()
        assert opened.page.locator("#details img, #details script, #details svg[onload]").count() == 0
        assert (
            opened.page.locator("a[href]:not([href^='https://']):not([href^='http://']):not([href^='#'])").count() == 0
        )
    opened.press("t", "/")
    opened.page.keyboard.type("<img")
    opened.page.wait_for_timeout(200)
    assert opened.page.locator("img, iframe, object, embed").count() == 0
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.quiet()


def test_hostile_texts_stay_texts_in_what_is_saved(visit: Visits, tmp_path: Path) -> None:
    opened = visit(hostile(tmp_path))
    with opened.page.expect_download() as waiting:
        opened.page.keyboard.press("v")
    picture = visit.folder / "hostile.svg"
    picture.write_bytes(Path(waiting.value.path()).read_bytes())
    alone = visit.open(picture, ready="document.rootElement && document.rootElement.tagName === 'svg'")
    assert alone.page.evaluate("document.querySelectorAll('script, image, foreignObject, [onload]').length") == 0
    alone.quiet()
    with opened.page.expect_download() as waiting:
        opened.page.keyboard.press("c")
    rows = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert rows and not any(cell.startswith(("=", '"=')) for row in rows for cell in row.split(","))
    opened.quiet()


def test_hostile_data_cannot_end_their_element(tmp_path: Path) -> None:
    html = write_graph(hostile(tmp_path), tmp_path / "hostile.html").read_bytes()
    data = payload(html)
    assert "__proto__" in data["nodes"]["label"]
    element = html[html.index(b'id="data') :].split(b"</script>")[0].split(b">", 1)[1]
    assert not set(element) & set(b"<>&") and b"\x00" not in html
    assert html.decode("utf-8").count("\u2028") == 0
    assert html.count(b"alert(1)") == 0 or b'id="data"' in html


def test_the_same_attack_works_on_a_page_without_our_care(visit: Visits) -> None:
    opened = visit(f"<!doctype html><meta charset=utf-8><p>{ATTACK}</p>".encode())
    opened.page.wait_for_timeout(300)
    assert opened.dialogs == ["1"]


@pytest.mark.parametrize(
    "injected",
    [
        "<script>alert(1)</script>",
        ATTACK,
        '<b id="bad" onclick="alert(1)">x</b>',
        "<style>p{}</style>",
        '<a id="bad" href="javascript:alert(1)">x</a>',
        '<script type="module">alert(1)</script>',
        '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    ],
)
def test_what_is_injected_is_blocked(visit: Visits, tmp_path: Path, injected: str) -> None:
    html = write_graph(small(tmp_path), tmp_path / "good.html").read_bytes()
    assert html.count(b"<body") == 1
    start = html.index(b">", html.index(b"<body")) + 1
    path = tmp_path / "injected.html"
    path.write_bytes(html[:start] + injected.encode() + html[start:])
    opened = visit(path)
    opened.page.evaluate("document.querySelector('#bad')?.click()")
    opened.page.wait_for_timeout(300)
    assert opened.dialogs == []
    assert any("Content Security Policy" in message for message in opened.messages)
    assert opened.kg("kg.counts().nodes") == 3


def test_the_policy_stands_before_anything_that_could_run(tmp_path: Path) -> None:
    html = write_graph(small(tmp_path), tmp_path / "good.html").read_text(encoding="utf-8")
    policy = html.index('http-equiv="Content-Security-Policy"')
    assert policy < min(html.index("<script"), html.index("<style"))
    for part in ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src data: blob:", "'sha256-"):
        assert part in html[policy : html.index(">", policy)]
    assert "unsafe-inline" not in html and "unsafe-eval" not in html


def only(count: int) -> dict[str, Any]:
    """Give entities without any relation."""
    return {"entities": [Entity(f"entity:{number}", "Concept", f"thing {number}") for number in range(count)]}


def linked(*edges: tuple[str, str, str]) -> dict[str, Any]:
    """Give entities with relations that the vocabulary states."""
    names = sorted({end for head, _, tail in edges for end in (head, tail)})
    return {
        "entities": [Entity(f"entity:{name}", "Method", name, support=1) for name in names],
        "relations": [Relation(f"entity:{a}", type_, f"entity:{b}", 0, 1.0) for a, type_, b in sorted(edges)],
        "evidence": [
            Evidence(f"entity:{a}", type_, f"entity:{b}", f"evidence:{a}{type_}{b}", "vocabulary", "vocabulary", 1.0)
            for a, type_, b in sorted(edges)
        ],
    }


ODD = {
    "empty": (only(0), 0, 0),
    "one": (only(1), 1, 0),
    "no relations": (only(40), 40, 0),
    "loop": (linked(("a", "is_a", "a")), 1, 1),
    "loops": (linked(("a", "is_a", "a"), ("a", "part_of", "a")), 1, 2),
    "parallel": (linked(*(("a", type_, "b") for type_ in ("is_a", "part_of", "based_on", "used_for"))), 2, 4),
    "both ways": (linked(("a", "is_a", "b"), ("b", "is_a", "a")), 2, 2),
    "star": (linked(*((f"n{number}", "is_a", "hub") for number in range(300))), 301, 300),
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_graphs_open_and_can_be_used(visit: Visits, tmp_path: Path, name: str) -> None:
    rows, nodes, edges = ODD[name]
    opened = visit(write(tmp_path, **rows))
    counts = opened.kg("kg.counts()")
    assert (counts["nodes"], counts["edges"]) == (nodes, edges)
    if nodes:
        opened.page.locator("#search").fill(rows["entities"][0].label)
        opened.settle()
        opened.press("Enter")
        assert opened.page.locator("#details h2").inner_text() == rows["entities"][0].label
        assert not is_blank(screenshot_colours(opened.page, "#canvas")) or nodes == 1
    opened.page.locator("#canvas").focus()
    opened.press(*"n", *"p", *"+0", *"123", "o", "Escape", "f", "Escape", "t", "r", "t", "a", "b", "d")
    opened.page.locator("#fit").click()
    opened.quiet()


def test_each_of_several_parallel_relations_can_be_chosen(visit: Visits, tmp_path: Path) -> None:
    opened = visit(write(tmp_path, **ODD["parallel"][0]))
    found = set()
    for head, type_, tail in opened.kg("kg.shown().edges"):
        opened.page.evaluate(
            "(edge) => { location.hash = 'e=' + encodeURIComponent(edge.map(encodeURIComponent).join(' ')); }",
            [head, type_, tail],
        )
        for _ in range(50):
            opened.page.wait_for_timeout(100)
            chosen = opened.kg("kg.selected()")
            if chosen and chosen["id"] not in found:
                break
        assert chosen["kind"] == "edge"
        found.add(chosen["id"])
        assert "vocabulary" in opened.page.locator("#details").inner_text()
    assert len(found) == 4
    opened.quiet()
