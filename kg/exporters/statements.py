"""Papers, entities and their hierarchy as triples."""

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

from kg.exporters.terms import Terms, Triple, date, integer, text, web_address
from kg.model import Entity
from kg.namespaces import author_curie
from kg.tables import PaperRow
from kg.text import normal_form


def year_of(day: str) -> int | None:
    """Give the year of an ISO 8601 date, or None where there is none.

    >>> year_of("2024-03"), year_of("")
    (2024, None)
    """
    return int(day[:4]) if day[:4].isdecimal() and len(day) >= 4 else None


def paper_triples(row: PaperRow, terms: Terms) -> list[Triple]:
    """Describe one paper; its authors' names are given by `author_triples`."""
    paper, id_, known = row.paper, terms.node(row.id), terms.known
    found = [
        (id_, known["rdf:type"], known["fabio:ResearchPaper"]),
        (id_, known["rdf:type"], known["schema:ScholarlyArticle"]),
        (id_, known["dcterms:title"], text(paper.title)),
    ]
    if paper.abstract:
        found.append((id_, known["dcterms:abstract"], text(paper.abstract)))
    if paper.date:
        found.append((id_, known["dcterms:issued"], date(paper.date)))
        found.append((id_, known["kg:date_basis"], text("inferred" if paper.date_inferred else "given")))
    if (year := year_of(paper.date)) is not None:
        found.append((id_, known["kg:year"], integer(year)))
    if paper.arxiv:
        found.append((id_, known["dcterms:identifier"], text(f"arXiv:{paper.arxiv}")))
        found.append((id_, known["foaf:page"], web_address("https://arxiv.org/abs/", paper.arxiv)))
    if paper.doi:
        found.append((id_, known["dcterms:identifier"], text(f"doi:{paper.doi}")))
        found.append((id_, known["foaf:page"], web_address("https://doi.org/", paper.doi)))
    if paper.authors:
        found.append((id_, known["kg:author_list"], text("; ".join(paper.authors))))
    creator = known["dcterms:creator"]
    found += [(id_, creator, terms.node(author_curie(author))) for author in set(paper.authors)]
    for name, values in (("kg:category", paper.categories), ("kg:flag", paper.flags)):
        found += [(id_, known[name], value) for value in set(map(text, values))]
    sources = {text(f"{source.reader}:{source.name}#{source.record}") for source in paper.sources}
    return found + [(id_, known["kg:source"], source) for source in sources]


def author_triples(name: str, terms: Terms) -> list[Triple]:
    """Describe the author with this name."""
    id_ = terms.node(author_curie(name))
    known = terms.known
    return [(id_, known["rdf:type"], known["foaf:Person"]), (id_, known["foaf:name"], text(name))]


def entity_triples(entity: Entity, terms: Terms, scheme: str, *, introduced: int | None = None) -> list[Triple]:
    """Describe one entity, a concept of the node ``scheme``; ``introduced`` is the year of its first introduction."""
    id_, known = terms.node(entity.id), terms.known
    found = [
        (id_, known["rdf:type"], known["skos:Concept"]),
        (id_, known["rdf:type"], known[f"kg:{entity.kind}"]),
        (id_, known["skos:inScheme"], scheme),
        (id_, known["skos:prefLabel"], text(entity.label)),
        (id_, known["kg:support"], integer(entity.support)),
    ]
    if entity.kind == "Dataset":
        found.append((id_, known["rdf:type"], known["schema:Dataset"]))
    others = set(entity.alt_labels) - {entity.label}
    found += [(id_, known["skos:altLabel"], label) for label in set(map(text, others))]
    forms = {normal_form(label) for label in (entity.label, *others)} - {""}
    found += [(id_, known["kg:search_form"], form) for form in set(map(text, forms))]
    if entity.first_seen:
        found.append((id_, known["kg:first_seen"], date(entity.first_seen)))
    if (year := year_of(entity.first_seen)) is not None:
        found.append((id_, known["kg:first_year"], integer(year)))
    if introduced is not None:
        found.append((id_, known["kg:introduced_year"], integer(introduced)))
    if entity.version_order:
        found.append((id_, known["kg:version_order"], integer(entity.version_order)))
    matches = {*entity.exact_match, entity.term} - {""}
    found += [(id_, known["skos:exactMatch"], terms.node(match)) for match in matches]
    found += [(id_, known["kg:introduced_by"], terms.node(paper)) for paper in set(entity.introduced_by)]
    return found


def count_triples(entity: str, year: int, papers: int, terms: Terms) -> list[Triple]:
    """Write how many papers of a year mention an entity, as a node of its own."""
    id_, known = terms.node(f"{entity}-y{year}"), terms.known
    return [
        (id_, known["rdf:type"], known["kg:YearCount"]),
        (id_, known["kg:counts"], terms.node(entity)),
        (id_, known["kg:year"], integer(year)),
        (id_, known["kg:papers"], integer(papers)),
    ]


def hierarchy_triples(edges: Iterable[tuple[str, str]], terms: Terms) -> Iterator[list[Triple]]:
    """Write ``skos:broader`` for (narrower, broader) pairs, and its transitive closure, a list for each node.

    Pairs that lie on a cycle are left out: none of them is broader than the others.
    """
    broader = acyclic(edges)
    direct, closed = terms.known["skos:broader"], terms.known["skos:broaderTransitive"]
    above: dict[str, set[str]] = {}
    for node in TopologicalSorter(broader).static_order():
        parents = broader.get(node, set())
        above[node] = parents.union(*(above[parent] for parent in parents))
        if parents:
            id_ = terms.node(node)
            yield [
                *((id_, direct, terms.node(parent)) for parent in parents),
                *((id_, closed, terms.node(ancestor)) for ancestor in above[node]),
            ]


def acyclic(edges: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Map each node to its targets, without the edges that lie on a cycle.

    >>> acyclic([("a", "b"), ("b", "a"), ("b", "c"), ("d", "d")])
    {'b': {'c'}}
    """
    import networkx as nx

    graph = nx.DiGraph(list(edges))
    part = {node: number for number, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    kept: dict[str, set[str]] = {}
    for tail, head in graph.edges:
        if part[tail] != part[head]:
            kept.setdefault(tail, set()).add(head)
    return kept
