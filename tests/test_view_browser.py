"""The page in a real browser: offline, silent, safe, and leading to the sentences."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.config import Config
from kg.model import Entity, Evidence, Paper, Relation, Span
from kg.namespaces import paper_curie
from kg.tables import PaperRow, Tables
from kg.text import clean
from kg.view import looks
from kg.view.page import write_page
from tests.test_view import data_of, small
from tests.view_sample import large, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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
)


class Opened:
    """A page in the browser with everything it said, asked for or tried to show."""

    def __init__(self, page: "Page", path: Path) -> None:
        self.page = page
        self.messages: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.context.set_offline(True)
        page.goto(path.as_uri())
        page.wait_for_timeout(300)

    def quiet(self) -> None:
        """Check that nothing was said, shown or fetched."""
        assert self.messages == []
        assert self.dialogs == []
        assert all(re.match(r"file:|blob:|data:", address) for address in self.requests)

    def click_at(self, point: dict[str, float]) -> None:
        """Click on a place of the canvas given in the graph's coordinates."""
        self.page.wait_for_timeout(350)
        where = self.page.evaluate("(point) => graphPage.network.canvasToDOM(point)", point)
        self.page.locator("#graph").click(position=where)


@pytest.fixture
def visit(browser: "Browser", tmp_path: Path) -> Iterator[Any]:
    """Open pages of tables, or of given bytes, offline from a file."""
    contexts = []

    def opened(source: Tables | bytes, *, width: int = 1280, dark: bool = False, **options: Any) -> Opened:
        path = tmp_path / f"page{len(contexts)}.html"
        if isinstance(source, Tables):
            with path.open("wb") as stream:
                write_page(source, Config(), stream, **options)
        else:
            path.write_bytes(source)
        scheme: Any = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        return Opened(context.new_page(), path)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return large(tmp_path_factory.mktemp("large"), papers=120, terms=200)


def coloured(opened: Opened, colours: list[str]) -> list[int]:
    """Count the pixels of the canvas that have about each of these colours."""
    wanted = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in colours]
    counts: list[int] = opened.page.evaluate(
        """(wanted) => {
          const canvas = document.querySelector("#graph canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const counts = wanted.map(() => 0);
          for (let at = 0; at < data.length; at += 4)
            wanted.forEach((colour, place) => {
              if (data[at + 3] > 250 && colour.every((value, part) => Math.abs(data[at + part] - value) < 6))
                counts[place] += 1;
            });
          return counts;
        }""",
        wanted,
    )
    return counts


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (420, False)])
def test_opens_offline_without_a_word_and_draws_every_kind(visit: Any, tables: Tables, width: int, dark: bool) -> None:
    opened = visit(tables, width=width, dark=dark)
    kinds = sorted({entity.kind for entity in tables.entities()})
    counts = coloured(opened, [looks.KINDS[kind]["dark" if dark else "light"] for kind in kinds])
    assert len(kinds) == 5 and min(counts) > 20
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.quiet()
    assert len(opened.requests) == 1


def test_the_keyboard_alone_leads_from_search_to_the_sentence(visit: Any, tmp_path: Path) -> None:
    opened = visit(small(tmp_path))
    keys = opened.page.keyboard
    keys.press("/")
    keys.type("FOO-n")
    keys.press("Enter")
    assert opened.page.locator("#details h2").inner_text() == "Foo"
    assert "Foo, Method" in opened.page.locator("#said").inner_text()
    for _ in range(20):
        keys.press("Tab")
        if opened.page.evaluate("document.activeElement.textContent").startswith("Bar1 paper"):
            break
    keys.press("Enter")
    marks = opened.page.locator(".proof mark")
    assert marks.all_inner_texts() == ["Foo", "Bar"]
    assert opened.page.locator(".proof blockquote").inner_text() == "Foo 𝔽its Bar well."
    source = opened.page.locator(".proof a")
    assert (source.inner_text(), source.get_attribute("href")) == ("On Foo", "https://arxiv.org/abs/2101.00001")
    keys.press("Escape")
    assert opened.page.locator("#details h2").inner_text() == "Details"
    opened.quiet()


def test_clicks_on_a_node_and_on_a_line_show_what_is_there(visit: Any, tmp_path: Path) -> None:
    opened = visit(small(tmp_path))
    at = opened.page.evaluate("graphPage.network.getPositions()")
    opened.click_at(at["e1"])
    assert opened.page.locator("#details h2").inner_text() == "Bar"
    opened.page.keyboard.press("Escape")
    opened.click_at({axis: (at["e1"][axis] + at["e2"][axis]) / 2 for axis in "xy"})
    text = opened.page.locator("#details").inner_text()
    assert "No sentence: a rule on the names gives this (kind in name)." in text
    opened.quiet()


def test_hedged_denied_and_vocabulary_relations_say_so(visit: Any, tmp_path: Path) -> None:
    opened = visit(small(tmp_path))
    for name, words in (
        ("part_of", "hedged · On Foo"),
        ("outperforms", "denied by the paper · On Foo"),
        ("is_a", "No sentence: the vocabulary"),
    ):
        find = "[...graphPage.links.values()].find((link) => link.type === name && link.head === 'e0').id"
        opened.page.evaluate(f"(name) => graphPage.select({find})", name)
        assert words in opened.page.locator("#details").inner_text()
    assert "5 relations shown" in opened.page.locator("#counts").inner_text()
    opened.page.get_by_text("denied only").click()
    assert "6 relations shown" in opened.page.locator("#counts").inner_text()
    opened.quiet()


def test_filters_papers_and_the_table_count_what_is_shown(visit: Any, tables: Tables) -> None:
    opened = visit(tables)
    data = data_of((Path(opened.page.url.removeprefix("file://"))).read_text(encoding="utf-8"))
    inside = {node["id"] for node in data["vis"]["nodes"]}
    data["nodes"] = [node for node in data["nodes"] if node["id"] in inside]
    methods = {node["id"] for node in data["nodes"] if node["kind"] == "Method"}
    links = [
        link
        for link in data["links"]
        if link["head"][0] == "e" and link["held"] != "negated" and {link["head"], link["tail"]} <= inside
    ]
    opened.page.locator("#legend label", has_text="Methods").click()
    left = [link for link in links if not {link["head"], link["tail"]} & methods]
    counts = f"{len(data['nodes']) - len(methods)} entities, {len(left)} relations shown"
    assert opened.page.locator("#counts").inner_text() == counts
    opened.page.locator("#as-table").click()
    captions = opened.page.locator("caption").all_inner_texts()
    assert captions == [f"Nodes ({len(data['nodes']) - len(methods)})", f"Relations ({len(left)})"]
    assert opened.page.locator("#graph").is_hidden()
    opened.page.locator("#legend label", has_text="Papers").first.click()
    papers = sum(node["id"][0] == "p" for node in data["vis"]["nodes"])
    assert papers and f"{papers} papers" in opened.page.locator("#counts").inner_text()
    opened.quiet()


def test_a_paper_is_shown_while_it_is_chosen_and_the_filters_count_with_it(visit: Any, tables: Tables) -> None:
    opened = visit(tables)
    counts = opened.page.locator("#counts")
    before = counts.inner_text()
    paper = (
        "[...graphPage.nodes.values()].find((node) => node.kind === 'Paper' && graphPage.network.body.nodes[node.id])"
    )
    opened.page.keyboard.press("/")
    opened.page.keyboard.type(opened.page.evaluate(f"{paper}.label"))
    opened.page.keyboard.press("Enter")
    assert ", 1 paper, " in counts.inner_text()
    field = opened.page.locator("#legend fieldset", has_text="Relations")
    numbers = [int(text) for text in field.locator(".number").all_inner_texts()]
    assert f" {sum(numbers)} relations" in counts.inner_text()
    name = opened.page.locator("#details .figures").first.inner_text()
    assert re.fullmatch(r"(hedged, )?[01]\.\d\d", name)
    opened.page.keyboard.press("Escape")
    assert counts.inner_text() == before
    opened.quiet()


def test_a_paper_leads_to_what_it_is_most_about(visit: Any, tmp_path: Path) -> None:
    names = ["entity:foo", "entity:bar", "entity:baz"]
    row = PaperRow("paper:0", Paper("On Foo", "Foo"))
    kinds = ("Method", "Task", "Metric")
    made = write(
        tmp_path,
        papers=[row],
        entities=[Entity(name, kind, name[7:], (), "", 9) for name, kind in zip(names, kinds, strict=True)],
        relations=[Relation(row.id, "mentions", name, 1, 0.9, 0.3 * (1 + place)) for place, name in enumerate(names)],
    )
    opened = visit(made, limit=2)
    opened.page.evaluate("() => graphPage.select('p0')")
    line = opened.page.locator("#details .about")
    assert line.inner_text().split() == ["Most", "about:", "baz", "bar", "foo"]
    assert line.locator("button").all_inner_texts() == ["baz", "bar"]  # foo is not on the page
    line.locator("button").last.click()
    assert opened.page.locator("#details h2").inner_text() == "bar"
    opened.quiet()


def test_an_entity_not_drawn_leaves_its_neighbours_strong(visit: Any, tables: Tables) -> None:
    opened = visit(tables, limit=12)
    data = data_of((Path(opened.page.url.removeprefix("file://"))).read_text(encoding="utf-8"))
    drawn = {node["id"] for node in data["vis"]["nodes"]}
    papers = {paper["id"] for paper in data["papers"]}
    link = next(each for each in data["links"] if each["head"] in drawn - papers and each["tail"] not in drawn)
    opened.page.evaluate("(id) => graphPage.select(id)", link["tail"])
    opacity = opened.page.evaluate(
        "Object.values(graphPage.network.body.nodes).filter((node) => node.id[0] === 'e')"
        ".map((node) => [node.id, node.options.opacity])"
    )
    strong = {node for node, value in opacity if value == 1}
    ends = [{each["head"], each["tail"]} for each in data["links"] if each["held"] != "negated"]
    near = {end for pair in ends if link["tail"] in pair for end in pair} & drawn
    assert strong == near - papers
    assert "Not drawn on this page." in opened.page.locator("#details").inner_text()
    opened.quiet()


def hostile(folder: Path) -> Tables:
    """Write tables in which every text is an attack, cleaned as far as readers clean it."""
    texts = [clean(text) for text in NASTY]
    papers = [Paper(text, f"{text} is {text}", arxiv=text, doi=text, date=text[:40], authors=(text,)) for text in texts]
    rows = sorted(PaperRow(paper_curie(paper), paper) for paper in papers)
    entities = [Entity(f"entity:{number}", "Method", text, (text,), support=1) for number, text in enumerate(texts)]
    evidence = []
    for number, row in enumerate(rows):
        whole = Span("abstract", 0, len(row.paper.abstract))
        head = Span("abstract", 0, len(row.paper.title))
        for kind, start in (("is_a", f"entity:{number}"), ("introduces", row.id)):
            ends = (start, kind, f"entity:{(number + 1) % len(rows)}")
            evidence.append(
                Evidence(
                    *ends,
                    f"evidence:{number}{kind}",
                    "text",
                    ATTACK,
                    0.9,
                    row.id,
                    (whole,),
                    head,
                    Span("abstract", 5, 99999),
                )
            )
    return write(
        folder,
        papers=rows,
        entities=entities,
        relations=[Relation(item.head, item.type, item.tail, 1, 0.9) for item in evidence],
        evidence=evidence,
    )


def test_hostile_texts_stay_texts(visit: Any, tmp_path: Path) -> None:
    opened = visit(hostile(tmp_path))
    ids = opened.page.evaluate("[...graphPage.nodes.keys(), ...graphPage.links.keys()]")
    assert len(ids) == 8 + 8 + 16
    for each in ids:
        opened.page.evaluate("(id) => graphPage.select(id)", each)
        for row in opened.page.locator(".opener").all():
            row.click()
        assert opened.page.locator("#details img, #details script").count() == 0
        assert opened.page.locator("a:not([href^='https://'])").count() == 0
    opened.page.locator("#as-table").click()
    opened.page.keyboard.press("/")
    opened.page.keyboard.type("<img")
    opened.page.wait_for_timeout(200)
    assert not opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.quiet()


def test_the_same_attack_works_on_a_page_without_our_care(visit: Any) -> None:
    opened = visit(f"<!doctype html><meta charset=utf-8><p>{ATTACK}</p>".encode())
    opened.page.wait_for_timeout(300)
    assert opened.dialogs == ["1"]


@pytest.mark.parametrize(
    "injected", ["<script>alert(1)</script>", ATTACK, '<b id="bad" onclick="alert(1)">x</b>', "<style>p{}</style>"]
)
def test_what_is_injected_is_blocked(visit: Any, tmp_path: Path, injected: str) -> None:
    path = tmp_path / "good.html"
    with path.open("wb") as stream:
        write_page(small(tmp_path), Config(), stream)
    opened = visit(path.read_bytes().replace(b"<body>", b"<body>" + injected.encode()))
    opened.page.evaluate("document.querySelector('#bad')?.click()")
    opened.page.wait_for_timeout(200)
    assert opened.dialogs == []
    assert any("Content Security Policy" in message for message in opened.messages)
    assert opened.page.locator("#details h2").inner_text() == "Details"


@pytest.mark.parametrize("count", [0, 1])
def test_a_page_of_next_to_nothing_opens(visit: Any, tmp_path: Path, count: int) -> None:
    opened = visit(write(tmp_path, entities=[Entity("entity:0", "Concept", "only")][:count]))
    assert (
        opened.page.locator("#counts").inner_text() == ("1 entity" if count else "0 entities") + ", 0 relations shown"
    )
    opened.page.locator("#fit").click()
    opened.quiet()


def test_a_neighbourhood_opens_on_its_center(visit: Any, tables: Tables) -> None:
    hub = max(tables.entities(), key=lambda entity: entity.support)
    opened = visit(tables, around=hub.label)
    assert opened.page.locator("h1").inner_text() == f"Around {hub.label}"
    assert opened.page.locator("#details h2").inner_text() == hub.label
    opened.quiet()
