"""Papers, entities and their hierarchy, described as things."""

from collections.abc import Collection, Iterable, Iterator
from graphlib import TopologicalSorter

from kg.exporters.blocks import Facts, Thing
from kg.exporters.terms import Terms, date, integer, text, web_address
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


def paper_thing(row: PaperRow, terms: Terms) -> Thing:
    """Describe one paper; its authors' names are given by `author_thing`."""
    paper = row.paper
    facts: Facts = {"dcterms:title": text(paper.title)}
    if paper.abstract:
        facts["dcterms:abstract"] = text(paper.abstract)
    if paper.date:
        facts["dcterms:issued"] = date(paper.date)
        facts["kg:date_basis"] = text("inferred" if paper.date_inferred else "given")
    if (year := year_of(paper.date)) is not None:
        facts["kg:year"] = integer(year)
    if paper.authors:
        facts["kg:author_list"] = text("; ".join(paper.authors))
    names, pages = [], []
    if paper.arxiv:
        names.append(text(f"arXiv:{paper.arxiv}"))
        pages.append(web_address("https://arxiv.org/abs/", paper.arxiv))
    if paper.doi:
        names.append(text(f"doi:{paper.doi}"))
        pages.append(web_address("https://doi.org/", paper.doi))
    several: dict[str, Collection[str]] = {
        "dcterms:identifier": names,
        "foaf:page": pages,
        "dcterms:creator": [terms.node(author_curie(author)) for author in set(paper.authors)],
        "kg:category": set(map(text, paper.categories)),
        "kg:flag": set(map(text, paper.flags)),
        "kg:source": {text(f"{source.reader}:{source.name}#{source.record}") for source in paper.sources},
    }
    return terms.node(row.id), ("fabio:ResearchPaper", "schema:ScholarlyArticle"), facts, several


def author_thing(name: str, terms: Terms) -> Thing:
    """Describe the author with this name."""
    return terms.node(author_curie(name)), ("foaf:Person",), {"foaf:name": text(name)}, {}


def entity_thing(entity: Entity, terms: Terms, scheme: str, tally: str, *, introduced: int | None = None) -> Thing:
    """Describe one entity, a concept of the node ``scheme`` with a tally.

    ``introduced`` is the year of its first introduction.
    """
    facts: Facts = {
        "skos:inScheme": scheme,
        "skos:prefLabel": text(entity.label),
        "kg:support": integer(entity.support),
        "kg:tally": tally,
    }
    if entity.first_seen:
        facts["kg:first_seen"] = date(entity.first_seen)
    if (year := year_of(entity.first_seen)) is not None:
        facts["kg:first_year"] = integer(year)
    if introduced is not None:
        facts["kg:introduced_year"] = integer(introduced)
    if entity.version_order:
        facts["kg:version_order"] = integer(entity.version_order)
    others = set(entity.alt_labels) - {entity.label}
    forms = {normal_form(label) for label in (entity.label, *others)} - {""}
    matches = {*entity.exact_match, entity.term} - {""}
    several: dict[str, Collection[str]] = {
        "skos:altLabel": set(map(text, others)),
        "kg:search_form": set(map(text, forms)),
        "skos:exactMatch": [terms.node(match) for match in matches],
        "kg:introduced_by": [terms.node(paper) for paper in set(entity.introduced_by)],
    }
    classes = ("skos:Concept", f"kg:{entity.kind}", *(("schema:Dataset",) if entity.kind == "Dataset" else ()))
    return terms.node(entity.id), classes, facts, several


def count_thing(entity: str, year: int, papers: int, terms: Terms) -> Thing:
    """Write how many papers of a year mention an entity, as a node of its own."""
    facts = {"kg:counts": terms.node(entity), "kg:year": integer(year), "kg:papers": integer(papers)}
    return terms.node(f"{entity}-y{year}"), ("kg:YearCount",), facts, {}


def hierarchy(edges: Iterable[tuple[str, str]], terms: Terms) -> Iterator[Thing]:
    """Write ``skos:broader`` for (narrower, broader) pairs, and its transitive closure.

    Pairs that lie on a cycle are left out: none of them is broader than the others.
    """
    broader = acyclic(edges)
    above: dict[str, set[str]] = {}
    for node in TopologicalSorter(broader).static_order():
        parents = broader.get(node, set())
        above[node] = parents.union(*(above[parent] for parent in parents))
        if parents:
            nearest, all_ = (list(map(terms.node, found)) for found in (parents, above[node]))
            yield terms.node(node), (), {}, {"skos:broader": nearest, "skos:broaderTransitive": all_}


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
