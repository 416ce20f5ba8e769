"""Papers, entities and their hierarchy as triples."""

from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

import pyoxigraph as ox

from kg.exporters.terms import Terms, date, integer, web_address
from kg.model import Entity
from kg.namespaces import author_curie
from kg.tables import PaperRow
from kg.text import normal_form


def year_of(text: str) -> int | None:
    """Give the year of an ISO 8601 date, or None where there is none.

    >>> year_of("2024-03"), year_of("")
    (2024, None)
    """
    return int(text[:4]) if text[:4].isdecimal() and len(text) >= 4 else None


def paper_triples(row: PaperRow, terms: Terms) -> Iterator[ox.Triple]:
    """Describe one paper; its authors' names are given by `author_triples`."""
    paper, id_ = row.paper, row.id
    yield terms.link(id_, "rdf:type", "fabio:ResearchPaper")
    yield terms.link(id_, "rdf:type", "schema:ScholarlyArticle")
    yield terms.value(id_, "dcterms:title", paper.title)
    if paper.abstract:
        yield terms.value(id_, "dcterms:abstract", paper.abstract)
    if paper.date:
        yield terms.value(id_, "dcterms:issued", date(paper.date))
        yield terms.value(id_, "kg:date_basis", "inferred" if paper.date_inferred else "given")
    if (year := year_of(paper.date)) is not None:
        yield terms.value(id_, "kg:year", integer(year))
    if paper.arxiv:
        yield terms.value(id_, "dcterms:identifier", f"arXiv:{paper.arxiv}")
        yield terms.value(id_, "foaf:page", web_address("https://arxiv.org/abs/", paper.arxiv))
    if paper.doi:
        yield terms.value(id_, "dcterms:identifier", f"doi:{paper.doi}")
        yield terms.value(id_, "foaf:page", web_address("https://doi.org/", paper.doi))
    if paper.authors:
        yield terms.value(id_, "kg:author_list", "; ".join(paper.authors))
    for author in sorted(set(paper.authors)):
        yield terms.link(id_, "dcterms:creator", author_curie(author))
    for name, values in (("kg:category", paper.categories), ("kg:flag", paper.flags)):
        for value in sorted(set(values)):
            yield terms.value(id_, name, value)
    for source in sorted(set(paper.sources)):
        yield terms.value(id_, "kg:source", f"{source.reader}:{source.name}#{source.record}")


def author_triples(names: Iterable[str], terms: Terms) -> Iterator[ox.Triple]:
    """Describe the authors with these names."""
    for name in names:
        yield terms.link(author_curie(name), "rdf:type", "foaf:Person")
        yield terms.value(author_curie(name), "foaf:name", name)


def entity_triples(entity: Entity, terms: Terms, scheme: str) -> Iterator[ox.Triple]:
    """Describe one entity, a concept of ``scheme``."""
    id_ = entity.id
    yield terms.link(id_, "rdf:type", "skos:Concept")
    yield terms.link(id_, "rdf:type", f"kg:{entity.kind}")
    if entity.kind == "Dataset":
        yield terms.link(id_, "rdf:type", "schema:Dataset")
    yield terms.link(id_, "skos:inScheme", scheme)
    yield terms.value(id_, "skos:prefLabel", entity.label)
    others = set(entity.alt_labels) - {entity.label}
    for label in sorted(others):
        yield terms.value(id_, "skos:altLabel", label)
    for form in sorted({normal_form(label) for label in (entity.label, *others)} - {""}):
        yield terms.value(id_, "kg:search_form", form)
    yield terms.value(id_, "kg:support", integer(entity.support))
    if entity.first_seen:
        yield terms.value(id_, "kg:first_seen", date(entity.first_seen))
    if (year := year_of(entity.first_seen)) is not None:
        yield terms.value(id_, "kg:first_year", integer(year))
    if entity.version_order:
        yield terms.value(id_, "kg:version_order", integer(entity.version_order))
    for match in sorted({*entity.exact_match, entity.term} - {""}):
        yield terms.link(id_, "skos:exactMatch", match)
    for paper in sorted(set(entity.introduced_by)):
        yield terms.link(id_, "kg:introduced_by", paper)


def count_triples(counts: Counter[tuple[str, int]], terms: Terms) -> Iterator[ox.Triple]:
    """Write how many papers of each year mention each entity, a node per entity and year."""
    for (entity, year), papers in counts.items():
        id_ = f"{entity}-y{year}"
        yield terms.link(id_, "rdf:type", "kg:YearCount")
        yield terms.link(id_, "kg:counts", entity)
        yield terms.value(id_, "kg:year", integer(year))
        yield terms.value(id_, "kg:papers", integer(papers))


def hierarchy_triples(edges: Iterable[tuple[str, str]], terms: Terms) -> Iterator[ox.Triple]:
    """Write ``skos:broader`` for (narrower, broader) pairs, and its transitive closure.

    Pairs that lie on a cycle are left out: none of them is broader than the others.
    """
    broader = acyclic(edges)
    above: dict[str, set[str]] = {}
    for node in TopologicalSorter(broader).static_order():
        parents = broader.get(node, set())
        above[node] = parents.union(*(above[parent] for parent in parents))
        for parent in parents:
            yield terms.link(node, "skos:broader", parent)
        for ancestor in above[node]:
            yield terms.link(node, "skos:broaderTransitive", ancestor)


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
