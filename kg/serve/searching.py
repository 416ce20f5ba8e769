"""Find entities and papers by parts of their names."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import FIXED
from kg.query import Worker
from kg.serve.facts import Thing
from kg.text import normal_form

#: Entities and papers that a search shows at most, and characters of what is looked for.
SHOWN, LONGEST = 50, 200


@dataclass(frozen=True, slots=True)
class Found:
    """Entities with their kind and number of papers, papers with their date, and whether there were more of either."""

    entities: list[tuple[Thing, str, str]]
    papers: list[tuple[Thing, str]]
    more: bool


def search(worker: Worker, text: str) -> Found:
    """Look for entities with a name like ``text``, the same name first, and for papers with it in their title."""
    words = " ".join(text.split())[:LONGEST]
    entities = _entities(worker, words) if normal_form(words) else []
    papers = _papers(worker, words) if words else []
    return Found(entities[:SHOWN], papers[:SHOWN], len(entities) > SHOWN or len(papers) > SHOWN)


def _entities(worker: Worker, words: str) -> list[tuple[Thing, str, str]]:
    """Find entities: those called so, then those whose name begins so, then the others, most papers first."""
    form = ox.Literal(normal_form(words))
    rows = worker.run(
        f"""SELECT ?entity ?label ?kind ?support (MIN(?order) AS ?place) {{
          ?entity kg:search_form ?form FILTER(CONTAINS(?form, {form}))
          BIND(IF(?form = {form}, 0, IF(STRSTARTS(?form, {form}), 1, 2)) AS ?order)
          ?entity skos:prefLabel ?label ; kg:support ?support ; a ?kind .
          FILTER(STRSTARTS(STR(?kind), {ox.Literal(FIXED["kg"])}))
        }} GROUP BY ?entity ?label ?kind ?support ORDER BY ?place DESC(?support) ?label ?entity LIMIT {SHOWN + 1}""",
        ours=True,
    ).terms()
    return [(Thing(row[0].value, row[1].value), row[2].value.removeprefix(FIXED["kg"]), row[3].value) for row in rows]


def _papers(worker: Worker, words: str) -> list[tuple[Thing, str]]:
    """Find papers by a part of their title, whatever the case, or by identifier, the newest first."""
    text = ox.Literal(words.lower())
    rows = worker.run(
        f"""SELECT DISTINCT ?paper ?title ?date {{
          ?paper a fabio:ResearchPaper ; dcterms:title ?title .
          OPTIONAL {{ ?paper dcterms:issued ?date }} OPTIONAL {{ ?paper dcterms:identifier ?id }}
          FILTER(CONTAINS(LCASE(?title), {text}) || LCASE(STRAFTER(?id, ":")) = {text} || LCASE(?id) = {text})
        }} ORDER BY DESC(STR(?date)) ?title ?paper LIMIT {SHOWN + 1}""",
        ours=True,
    ).terms()
    return [(Thing(row[0].value, row[1].value), row[2].value if row[2] else "") for row in rows]
