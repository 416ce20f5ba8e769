"""The pages in a real browser: the query page runs a recipe, nothing is asked of others, nothing hostile runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from kg.workspace import Workspace
from tests import graph_sample
from tests.graph_sample import HOSTILE, ent
from tests.serving import Served, publish, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Milliseconds for what must appear.
WAIT = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("browser")
    publish(Workspace(folder / "space"), graph_sample.write(folder / "tables"))
    with serving(folder / "space", "--concurrency", "1") as served:
        yield served


class Visit:
    """A page, with the requests it made and what it complained of."""

    def __init__(self, page: "Page", server: Served) -> None:
        self.page, self.server = page, server
        self.asked: list[str] = []
        self.said: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: (self.said.append("dialog"), dialog.dismiss()))

    def open(self, path: str) -> "Page":
        self.page.goto(self.server.url + path)
        return self.page

    def quiet(self) -> None:
        """Nothing was asked of another server, and nothing went wrong."""
        assert [url for url in self.asked if not url.startswith((self.server.url, "data:", "blob:"))] == []
        assert self.said == []


@pytest.fixture
def visit(browser: "Browser", server: Served) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Visit(context.new_page(), server)
    context.close()


def run(page: "Page") -> None:
    """Press the button that runs the query of the open tab."""
    page.locator(".tabPanel.active .yasqe_queryButton").click()


def write(page: "Page", query: str) -> None:
    """Put a query into the open tab."""
    page.evaluate("(text) => { kgQuery.getTab().setQuery(text) }", query)


def test_a_recipe_is_run_on_the_query_page(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/query")
    page.select_option("#recipe", "top")
    page.locator("#values input[name=limit]").fill("3")
    page.click("#take")
    page.wait_for_function(
        "document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getValue().includes('LIMIT 3')"
    )
    run(page)
    page.locator(".tabPanel.active .yasr_results a.iri").first.wait_for()
    rows = page.locator(".tabPanel.active .yasr_results tbody tr")
    assert rows.count() == 3
    assert "Foo" in rows.first.inner_text()
    page.screenshot(path=str(tmp_path / "recipe.png"))
    visit.quiet()


def test_a_result_leads_to_the_page_of_the_thing(visit: Visit) -> None:
    page = visit.open("/query")
    run(page)
    link = page.locator(".tabPanel.active .yasr_results a.iri[href*='entity/foo']").first
    link.wait_for()
    with page.expect_popup() as opened:
        link.click()
    assert opened.value.url == f"{visit.server.url}/entity/{ent('foo').partition(':')[2]}"
    assert opened.value.locator("h1").inner_text() == "Foo"
    visit.quiet()


def test_a_recipe_with_a_value_that_is_not_there_says_so(visit: Visit) -> None:
    page = visit.open("/query")
    page.select_option("#recipe", "profile")
    page.locator("#values input[name=name]").fill("Fooo <img src=x onerror=alert(1)>")
    page.click("#take")
    page.locator("#told:not(:empty)").wait_for()
    assert "no entity is called" in page.locator("#told").inner_text()
    assert page.locator("#told img").count() == 0
    assert [text for text in visit.said if "400" not in text] == []


def test_a_wrong_query_shows_its_place(visit: Visit) -> None:
    page = visit.open("/query")
    write(page, "SELECT ?x { ?x a kg:Metod }")
    run(page)
    page.locator(".tabPanel.active .yasr_results", has_text="did you mean kg:Method?").wait_for()
    assert [text for text in visit.said if "400" not in text] == []


def test_hostile_labels_stay_labels_in_results(visit: Visit) -> None:
    page = visit.open("/query")
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    values = f'VALUES ?label {{ "{attack}"@en "{attack}" }}'
    write(page, f"SELECT ?label {{ {{ ?e skos:prefLabel ?label }} UNION {{ {values} }} }}")
    run(page)
    page.locator(".tabPanel.active .yasr_results tbody tr").first.wait_for()
    shown = page.locator(".tabPanel.active .yasr_results").inner_text()
    assert all(" ".join(name.split()) in " ".join(shown.split()) for name in HOSTILE)
    assert shown.count(attack) == 2
    assert page.locator(".tabPanel.active .yasr_results :is(img, script)").count() == 0
    assert all("Content Security Policy" in text for text in visit.said)  # what YASGUI parses in order to clean it
    assert not any(url.endswith("/x") for url in visit.asked)


def test_every_sort_of_page_opens_quietly(visit: Visit) -> None:
    for path in (
        "/",
        "/ontology",
        "/graph",
        f"/entity/{ent('foo').partition(':')[2]}",
        f"/search?q={quote('<img src=x>')}",
    ):
        page = visit.open(path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
    page = visit.open("/")
    page.locator("input[type=search]").fill("digitset")
    page.keyboard.press("Enter")
    page.locator("main a", has_text="DigitSet").first.click()
    page.locator("h1", has_text="DigitSet").wait_for()
    visit.quiet()


def test_a_narrow_screen_holds_every_page(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 360, "height": 700})
    for path in ("/", "/ontology", f"/entity/{ent('foo').partition(':')[2]}", "/search?q=foo"):
        page = visit.open(path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


def test_what_is_injected_is_blocked(visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src=/x onerror="alert(1)"><b onclick="alert(2)">b</b>\')'
    )
    page.locator("body > b").click()
    page.wait_for_timeout(300)
    assert "dialog" not in visit.said
    assert any("Content Security Policy" in text for text in visit.said)
