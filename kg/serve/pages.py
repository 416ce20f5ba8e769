"""The pages: home, search, one for each thing of the graph, the graph page and the query page.

A thing has one address, under which it is a page for a browser and RDF for a program; ``?format=ttl`` and the like
choose without a header.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.errors import KGError
from kg.namespaces import FIXED, ONTOLOGY, Namespaces
from kg.query import GROUPS, RECIPES, Worker, recipe_text
from kg.readings import reading
from kg.serve import addresses, facts, negotiate, searching
from kg.serve.asking import problem_of
from kg.serve.endpoint import typed
from kg.serve.live import Live, Snapshot
from kg.serve.protocol import Problem

if TYPE_CHECKING:
    from jinja2 import Environment

#: Seconds a page waits for a process.
PATIENCE = 20.0

#: Names of ``?format=`` -> media type.
FORMATS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}

_ABOUT = """CONSTRUCT {{ ?s ?p ?o }} {{
  {{ BIND({node} AS ?s) ?s ?p ?o }} UNION {{ BIND({node} AS ?o) ?s ?p ?o }} UNION
  {{ BIND({node} AS ?s) GRAPH ?g {{ ?s ?p ?o }} }} UNION {{ BIND({node} AS ?o) GRAPH ?g {{ ?s ?p ?o }} }} UNION
  {{ {{ ?s rdf:subject {node} }} UNION {{ ?s rdf:object {node} }} ?s ?p ?o }}
}}"""

_WHOLE = "CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {node} {{ ?s ?p ?o }} }}"

_TERMS = """SELECT ?term ?label ?comment (GROUP_CONCAT(DISTINCT STR(?type) ; separator=" ") AS ?types) {{
  GRAPH {node} {{ ?term a ?type ; rdfs:label ?label OPTIONAL {{ ?term rdfs:comment ?comment }} }}
  FILTER(STRSTARTS(STR(?term), {start}))
}} GROUP BY ?term ?label ?comment ORDER BY ?term"""


@dataclass
class Pages:
    """Answers the requests for pages."""

    live: Live
    footer: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def templates(self) -> "Environment":
        """Give the templates; whatever they are given is escaped, and what they are not given is an error."""
        from jinja2 import Environment, FunctionLoader, StrictUndefined

        folder = resources.files("kg.serve").joinpath("templates")
        made = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        )
        made.globals.update(reading=reading)
        return made

    def render(self, name: str, names: Namespaces | None = None, *, status: int = 200, **values: Any) -> Response:
        """Fill a template in."""
        known = names or Namespaces()
        values |= {
            "href": lambda iri: addresses.link_of(iri, known),
            "curie": known.compress,
            "footer": self.footer,
        }
        text = self.templates.get_template(name).render(**values)
        return Response(text, status, {"Vary": "Accept", "Cache-Control": "no-cache"}, "text/html; charset=utf-8")

    def home(self, request: Request) -> Response:
        """Show what the graph holds."""

        def show(worker: Worker, snapshot: Snapshot) -> Response:
            rows = worker.run(
                "SELECT ?e ?label ?support { ?e a skos:Concept ; skos:prefLabel ?label ; kg:support ?support } "
                "ORDER BY DESC(?support) ?label ?e LIMIT 24",
                ours=True,
            ).terms()
            top = [(facts.Thing(row[0].value, row[1].value), row[2].value) for row in rows]
            return self.render(
                "home.html", snapshot.names, manifest=snapshot.manifest, top=top, base=snapshot.names.base
            )

        return self._with_worker(show)

    def search(self, request: Request) -> Response:
        """Show what is called like the text that is looked for."""
        text = request.query_params.get("q", "")[: searching.LONGEST]

        def show(worker: Worker, snapshot: Snapshot) -> Response:
            found = searching.search(worker, text)
            return self.render("search.html", snapshot.names, text=text, found=found)

        return self._with_worker(show)

    def query(self, request: Request) -> Response:
        """Show the query page with the recipes."""
        with self.live.borrow() as snapshot:
            groups = {title: [RECIPES[name] for name in members] for title, members in GROUPS.items()}
            client = {"prefixes": snapshot.names.prefixes, "base": snapshot.names.base, "ontology": ONTOLOGY}
            return self.render("query.html", snapshot.names, groups=groups, client=client)

    def recipe(self, request: Request) -> Response:
        """Give the SPARQL of a recipe with the values of the address in it."""
        name = request.path_params["name"]
        if name not in RECIPES:
            raise Problem(HTTPStatus.NOT_FOUND, f"no recipe is called {name!r}; there are {', '.join(RECIPES)}")
        values = {key: value for key, value in request.query_params.items() if value.strip()}

        def show(worker: Worker, snapshot: Snapshot) -> Response:
            text = recipe_text(worker, name, values)
            return Response(text, media_type="application/sparql-query", headers={"Cache-Control": "no-cache"})

        return self._with_worker(show)

    def thing(self, request: Request) -> Response:
        """Show the thing an address stands for, as a page or as RDF."""
        with self.live.borrow() as snapshot:
            iri = addresses.iri_of(request.scope["path"], snapshot.names)
        media, form = _form(request)
        if iri is None:
            raise Problem(HTTPStatus.NOT_FOUND, "nothing of this graph has such an address")
        node = ox.NamedNode(iri)

        def show(worker: Worker, snapshot: Snapshot) -> Response:
            if not worker.run(f"ASK {{ {{ {node} ?p ?o }} UNION {{ GRAPH ?g {{ {node} ?p ?o }} }} }}", ours=True).truth:
                return self._moved(iri, snapshot)
            if form != "html":
                return self._data(worker, node, media, form)
            if request.scope["path"] == "/graph":
                return self._graph(snapshot)
            return self._page(worker, snapshot, node)

        return self._with_worker(show)

    def _page(self, worker: Worker, snapshot: Snapshot, node: ox.NamedNode) -> Response:
        """Show an entity, a paper, the ontology or anything else."""
        names, iri = snapshot.names, node.value
        shared: dict[str, Any] = {"iri": iri, "formats": [name for name in FORMATS if name != "html"]}
        if iri == ONTOLOGY[:-1]:
            rows = worker.run(_TERMS.format(node=node, start=ox.Literal(ONTOLOGY)), ours=True).terms()
            terms = [tuple("" if cell is None else cell.value for cell in row) for row in rows]
            return self.render("ontology.html", names, terms=terms, title="Ontology", **shared)
        fields = facts.properties(worker, node)
        types = facts.kinds_of(fields)
        shared["fields"] = fields
        if FIXED["skos"] + "Concept" in types and iri.startswith(f"{names.base}entity/"):
            title = next(iter(facts.texts(fields, "skos:prefLabel")), iri)
            groups, papers = facts.claims(worker, node), facts.papers_of(worker, node)
            kind = facts.kind_of(fields)
            return self.render(
                "entity.html", names, title=title, kind=kind, groups=groups, papers=papers, facts=facts, **shared
            )
        if FIXED["fabio"] + "ResearchPaper" in types:
            title = next(iter(facts.texts(fields, "dcterms:title")), iri)
            groups, said = facts.claims(worker, node), facts.said_in(worker, node)
            return self.render("paper.html", names, title=title, groups=groups, said=said, facts=facts, **shared)
        named = ("skos:prefLabel", "foaf:name", "rdfs:label", "dcterms:title", "nif:anchorOf")
        title = next((text for name in named for text in facts.texts(fields, name)), names.compress(iri))
        incoming = facts.properties(worker, node, inverse=True)
        return self.render("thing.html", names, title=title, incoming=incoming, **shared)

    def _data(self, worker: Worker, node: ox.NamedNode, media: str, form: str) -> Response:
        """Give what the graph says of a thing, and the claims about it, as RDF; of the ontology all of it."""
        query = (_WHOLE if node.value == ONTOLOGY[:-1] else _ABOUT).format(node=node)
        result = worker.run(query, ours=True, forms={"graph": form})
        return Response(result.body, media_type=typed(media), headers={"Vary": "Accept", "Cache-Control": "no-cache"})

    def _moved(self, iri: str, snapshot: Snapshot) -> Response:
        """Lead from an IRI of an earlier build to the one that stands for it now, or say that there is nothing."""
        curie = snapshot.names.compress(iri)
        later = {row.old: row.new for row in self.live.space.identity()}
        seen: set[str] = set()
        while curie in later and curie not in seen:
            seen.add(curie)
            curie = later[curie]
        path = addresses.path_of(snapshot.names.expand(curie), snapshot.names) if seen else None
        if path is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"the graph holds nothing called {iri}")
        return RedirectResponse(path, HTTPStatus.PERMANENT_REDIRECT)

    def _graph(self, snapshot: Snapshot) -> Response:
        """Give the interactive page of the build, which has its own policy inside."""
        data = snapshot.build.file("graph.html").read_bytes()
        return Response(data, media_type="text/html; charset=utf-8", headers={"Vary": "Accept"})

    def _with_worker(self, show: Callable[[Worker, Snapshot], Response]) -> Response:
        """Make a page with a process to ask."""
        try:
            with self.live.borrow() as snapshot, snapshot.pages.worker(patience=PATIENCE) as worker:
                return show(worker, snapshot)
        except KGError as error:
            raise problem_of(error) from error


def _form(request: Request) -> tuple[str, str]:
    """Choose the media type and form of a thing."""
    name = request.query_params.get("format")
    if name is not None:
        if name not in FORMATS:
            raise Problem(HTTPStatus.NOT_ACCEPTABLE, f"there is no format {name!r}; there are {', '.join(FORMATS)}")
        return FORMATS[name], name
    accept = ", ".join(request.headers.getlist("accept")) or None
    chosen = negotiate.choose(accept, negotiate.PAGE)
    if chosen is None:
        known = ", ".join(dict.fromkeys(media for media, _ in negotiate.PAGE))
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, f"nothing is to be had as {accept}; there are {known}")
    return chosen
