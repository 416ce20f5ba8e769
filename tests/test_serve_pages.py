"""The pages: what they show, in which forms, under which address, and that a hostile name stays a name."""

import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

from kg.config import Config
from kg.namespaces import ONTOLOGY, Namespaces
from kg.query import RECIPES
from kg.serve import addresses
from kg.tables import Replacement
from kg.workspace import Workspace
from tests import graph_sample
from tests.graph_sample import FIRST, HOSTILE, SECOND, ent, paper
from tests.serving import Served, publish, serving

BASE = "https://data.example/things/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("pages")
    made = Workspace(folder / "space")
    publish(made, graph_sample.write(folder / "tables"), Config(base_iri=BASE))
    made.append_identity(
        [Replacement("entity:old-1", "entity:older-2", "merged"), Replacement("entity:older-2", ent("foo"), "x")]
    )
    return made


@pytest.fixture(scope="module")
def server(space: Workspace) -> Iterator[Served]:
    with serving(space.path, "--concurrency", "1") as served:
        yield served


class Page(HTMLParser):
    """The elements, links and text of a page, and what a script could hide in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(server: Served, path: str) -> Page:
    reply = server.ask(path, accept=BROWSER)
    assert (reply.status, reply.media) == (200, "text/html"), reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    found = Page(reply.text)
    assert not {name for name in found.attributes if name.startswith("on")}
    assert all(link.startswith(("/", "?", "https://", "http://")) for link in found.links), found.links
    assert "style" not in found.attributes
    return found


def test_home_counts_and_links(server: Served) -> None:
    found = page(server, "/")
    assert "3 papers" in found.text
    assert BASE in found.text
    assert {"/query", "/graph", "/ontology", "/search"} <= set(found.links)
    assert f"/entity/{ent('foo').partition(':')[2]}" in found.links


def test_an_entity_shows_its_claims_with_sentences(server: Served) -> None:
    found = page(server, f"/entity/{ent('foo').partition(':')[2]}")
    for part in (
        "Foo method",
        "Method",
        "is a tuning",
        "Foo is a kind of tuning.",
        "confidence 0.90",
        "probability 0.90",
    ):
        assert part in found.text, part
    assert "Bar denied" in found.text
    assert "hedged" in found.text
    assert "Foo: tuning with 𝔽ewer numbers" in found.text
    assert f"/paper/{paper(FIRST).partition(':')[2]}" in found.links
    assert any(link.startswith("/assertion/") for link in found.links)


def test_a_paper_shows_what_it_says_and_where_it_is(server: Served) -> None:
    found = page(server, f"/paper/{paper(FIRST).partition(':')[2]}")
    assert FIRST.title in found.text
    assert FIRST.abstract in found.text
    assert "introduces Foo" in found.text
    assert "Ada Äpfel" in found.text
    assert {"https://arxiv.org/abs/2101.00001", "https://doi.org/10.1000/a%3Cb%3Ec"} <= set(found.links)
    assert all(f"/entity/{ent(name).partition(':')[2]}" in found.links for name in HOSTILE)


def test_every_link_of_the_graph_leads_to_a_page(server: Served) -> None:
    seen: dict[str, set[str]] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        kind = seen.setdefault(path.split("/")[1].partition("?")[0] if path.startswith("/") else "", set())
        if path in kind or len(kind) >= 4 or not path.startswith("/") or path == "/sparql":
            continue
        kind.add(path)
        if path.startswith(("/assets", "/static")):
            continue
        reply = server.ask(path, accept=BROWSER)
        assert (reply.status, reply.media) == (200, "text/turtle" if "ttl" in path else "text/html"), path
        if path != "/graph" and reply.media == "text/html":
            waiting += [link.partition("#")[0] for link in Page(reply.text).links]
    kinds = {"entity", "paper", "author", "assertion", "evidence", "mention", "run", "ontology"}
    assert kinds <= seen.keys()
    assert server.ask("/vocabulary/accuracy", accept=BROWSER).media == "text/html"


@pytest.mark.parametrize(
    ("form", "media", "format"),
    [
        ("ttl", "text/turtle", ox.RdfFormat.TURTLE),
        ("nt", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("jsonld", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML),
    ],
)
def test_a_thing_is_rdf_to_programs(server: Served, form: str, media: str, format: ox.RdfFormat) -> None:
    path = f"/entity/{ent('foo').partition(':')[2]}"
    by_header, by_name = server.ask(path, accept=media), server.ask(f"{path}?format={form}", accept=BROWSER)
    assert by_header.media == by_name.media == media
    triples = {quad.triple for quad in ox.parse(by_header.body, format=format)}
    assert triples == {quad.triple for quad in ox.parse(by_name.body, format=format)}
    foo = ox.NamedNode(Namespaces(BASE).expand(ent("foo")))
    first = ox.NamedNode(Namespaces(BASE).expand(paper(FIRST)))
    assert ox.Triple(foo, ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"), ox.Literal("Foo")) in triples
    assert ox.Triple(first, ox.NamedNode(f"{ONTOLOGY}introduces"), foo) in triples
    assert any(triple.predicate.value == f"{ONTOLOGY}confidence" for triple in triples)
    assert server.ask(path, method="HEAD", accept=media).body == b""


def test_a_label_of_any_kind_is_shown_as_it_is(server: Served) -> None:
    for name in HOSTILE:
        found = page(server, f"/entity/{ent(name).partition(':')[2]}")
        assert " ".join(name.split()) in found.text
        assert not {"b", "script", "img"} & set(found.tags)


def test_what_is_searched_is_shown_as_it_is(server: Served) -> None:
    for attack in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'; alert(1) //",
        "{{ 7*7 }}",
        "\x00\x1b",
    ):
        found = page(server, f"/search?q={quote(attack)}")
        assert "script" not in found.tags
        assert "img" not in found.tags
        assert "49" not in found.text
        assert all("alert" not in link for link in found.links)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("foo", "Foo"),
        ("FOO", "Foo"),
        ("foo meth", "Foo"),
        ("<b>&amp;", "<b>&amp;"),
        ("a*", "A*"),
        ("c++", "C++"),
        ("igitse", "DigitSet"),
    ],
)
def test_search_finds_entities_by_any_name(server: Served, asked: str, first: str) -> None:
    found = page(server, f"/search?q={quote(asked)}")
    assert f"Entities {first}" in found.text


@pytest.mark.parametrize("asked", ["TUNING with", "2101.00001", "arXiv:2101.00001", "10.1000/a<b>c"])
def test_search_finds_papers(server: Served, asked: str) -> None:
    assert FIRST.title in page(server, f"/search?q={quote(asked)}").text


def test_search_says_when_there_is_nothing(server: Served) -> None:
    assert "No entity" in page(server, "/search?q=zzzz").text
    assert "Give a part" in page(server, "/search?q=%20").text
    assert "No entity" in page(server, f"/search?q={'x' * 5000}").text


def test_a_replaced_name_leads_to_the_one_that_stands_for_it(server: Served) -> None:
    reply = server.ask("/entity/old-1", accept=BROWSER)
    assert reply.status == 308
    assert reply.headers["location"] == f"/entity/{ent('foo').partition(':')[2]}"


@pytest.mark.parametrize(
    "path",
    [
        "/entity/nope",
        "/nothing",
        "/entity/",
        "/%3Cscript%3E",
        "/entity/a%20b",
        "/..%2f..%2fetc%2fpasswd",
        "/recipe/no",
        "/assets/README.md",
        "/static/../pages.py",
    ],
)
def test_what_is_not_there_is_said_so(server: Served, path: str) -> None:
    for accept in (BROWSER, "text/turtle", "*/*"):
        reply = server.ask(path, accept=accept)
        assert reply.status == 404
        assert b"<script" not in reply.body
        assert b"root:" not in reply.body


def test_a_form_that_is_not_there_is_said_so(server: Served) -> None:
    path = f"/entity/{ent('foo').partition(':')[2]}"
    assert server.ask(path, accept="image/png").status == 406
    assert server.ask(f"{path}?format=exe").status == 406
    assert server.ask(path, method="POST", body=b"x").status == 405


def test_the_graph_page_is_the_one_of_the_build(server: Served, space: Workspace) -> None:
    assert server.ask("/graph", accept=BROWSER).body == space.file("graph.html").read_bytes()
    assert b"void" in server.ask("/graph", accept="text/turtle").body


def test_the_ontology_is_a_page_and_rdf(server: Served) -> None:
    found = page(server, "/ontology")
    assert "kg:introduces" in found.text
    assert "kg:Method class" in found.text
    triples = list(ox.parse(server.ask("/ontology", accept="text/turtle").body, format=ox.RdfFormat.TURTLE))
    assert len(triples) > 100


def test_recipes_come_with_their_values_bound(server: Served) -> None:
    for name in RECIPES:
        needed = {p.name: p.example for p in RECIPES[name].parameters if p.required}
        needed |= {p.name: "Foo" for p in RECIPES[name].parameters if p.required and p.type == "entity"}
        needed |= {p.name: SECOND.title for p in RECIPES[name].parameters if p.required and p.type == "paper"}
        needed |= {p.name: "Ada Äpfel" for p in RECIPES[name].parameters if p.required and p.type == "author"}
        needed |= {p.name: "cs.LG" for p in RECIPES[name].parameters if p.required and p.type == "category"}
        reply = server.ask(f"/recipe/{name}?{'&'.join(f'{key}={quote(value)}' for key, value in needed.items())}")
        assert (reply.status, reply.media) == (200, "application/sparql-query"), reply.text
        asked = server.query(reply.text, accept="text/csv")
        assert asked.status == 200, (name, asked.text)


def test_a_recipe_without_its_value_says_what_it_needs(server: Served) -> None:
    reply = server.ask("/recipe/profile")
    assert reply.status == 400
    assert "name" in reply.text
    hostile = quote('x" } UNION { ?s ?p ?o')
    attack = server.ask(f"/recipe/profile?name={hostile}")
    assert attack.status == 400
    assert "no entity is called" in attack.text


def test_assets_are_served_whole_and_unchanged(server: Served) -> None:
    folder = Path(addresses.__file__).parent / "assets"
    noted = dict(
        reversed(line.split()) for line in re.findall(r"^[0-9a-f]{64}  \S+$", (folder / "README.md").read_text(), re.M)
    )
    assert len(noted) == 2
    for name, digest in noted.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert server.ask(f"/assets/{Path(name).name}").body == (folder / name).read_bytes()
    assert (folder / "yasgui" / "LICENCES.txt").is_file()


def test_the_query_page_asks_nothing_of_others(server: Served) -> None:
    found = Page(server.ask("/query", accept=BROWSER).text)
    assert all(not urlsplit(link).netloc for link in found.links)
    assert {f"{item.title}" in found.text for item in RECIPES.values()} == {True}


@pytest.mark.parametrize("base", ["https://w3id.org/paper-kg/", "http://x.example/kg#", "http://x.example/?id=/"])
def test_addresses_lead_there_and_back(base: str) -> None:
    names = Namespaces(base)
    for iri in (
        f"{base}entity/foo-1",
        f"{base}paper/doi-x-1",
        f"{ONTOLOGY[:-1]}",
        "https://w3id.org/paper-kg/vocabulary/lora",
    ):
        path = addresses.path_of(iri, names)
        assert path is not None
        assert addresses.iri_of(path, names) == iri
    assert addresses.path_of("https://elsewhere.example/x", names) is None
    for wrong in ("/", "/a%20b", "/a%00b", "/%3Ca%3E"):
        assert addresses.iri_of(wrong, names) is None
    for hostile in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "http://[", "mailto:a@b"):
        assert addresses.link_of(hostile, names) is None
