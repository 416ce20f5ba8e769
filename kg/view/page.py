"""Write the graph page: a pyvis network in our own template, closed to everything from outside."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, BinaryIO

from kg import readings
from kg.config import Config
from kg.model import Entity
from kg.tables import Tables
from kg.view import looks, network
from kg.view.proofs import Proofs, gather, newest
from kg.view.subgraph import PAPERS_PER_ENTITY, PAPERS_PER_OUTER, Subgraph, choose

#: What must not stand in a script element, and line ends that older JavaScript knows.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}

#: Our own code, in the order it runs.
_SCRIPTS = ("graph.js", "details.js", "tools.js")

#: Characters of a label and number of alternative labels kept on the page.
_LONGEST, _ALT_LABELS = 300, 20


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What a page shows and leaves out; ``message`` says it in a sentence."""

    nodes: int
    edges: int
    left_out_nodes: int
    left_out_edges: int
    message: str


def write_page(
    tables: Tables, config: Config, stream: BinaryIO, *, around: str | None = None, limit: int = 150
) -> PageInfo:
    """Write the page of ``limit`` well-supported, connected entities, or of those around the one named ``around``.

    An unknown name is a `KGError` that lists the nearest ones. The same tables give the same bytes.
    """
    graph = choose(tables, config, around=around, limit=limit)
    mentioned = sorted({paper for papers in graph.papers_of.values() for paper in papers})
    proofs = gather(tables, graph.told, mentioned)
    info = _info(graph)
    stream.write(render(page_data(graph, proofs, info)))
    return info


def _plural(count: int, one: str, many: str) -> str:
    """Count things in words.

    >>> _plural(1, "entity", "entities"), _plural(1200, "relation", "relations")
    ('1 entity', '1,200 relations')
    """
    return f"{count:,} {one if count == 1 else many}"


def _info(graph: Subgraph) -> PageInfo:
    """Count what is shown and left out."""
    nodes, edges = len(graph.entities), sum(link.confidence > 0 for link in graph.links)
    more_nodes, more_edges = graph.all_entities - nodes, graph.all_links - edges
    relations = _plural(edges, "relation", "relations")
    if graph.center:
        what = f"“{graph.entities[0].label[:60]}” with {_around(graph)}, {relations} among them"
    elif more_nodes:
        best = nodes - graph.joined
        joined = f", {graph.joined:,} more that papers relate to them," if graph.joined else ""
        entities = _plural(best, "best-supported entity", "best-supported entities")
        what = f"The {entities}{joined} and the {relations} among them"
    else:
        what = f"All {_plural(nodes, 'entity', 'entities')} and {relations}"
    left = ""
    if more_nodes or more_edges:
        rest = " of the graph" if graph.center else ""
        are = "is" if more_nodes + more_edges == 1 else "are"
        counted = [_plural(more_nodes, "entity", "entities"), _plural(more_edges, "relation", "relations")]
        left = f"; {' and '.join(counted)}{rest} {are} left out"
    return PageInfo(nodes, edges, more_nodes, more_edges, f"{what}{left}.")


def _around(graph: Subgraph) -> str:
    """Say how much of a neighbourhood is shown."""
    others = len(graph.entities) - 1
    direct = min(graph.neighbours, others)
    all_of_them = _plural(graph.neighbours, "neighbour", "neighbours")
    said = f"its {all_of_them}" if direct == graph.neighbours else f"{direct:,} of its {all_of_them}"
    if not graph.neighbours:
        said = "no neighbours"
    if others > direct:
        said += f" and {_plural(others - direct, 'entity', 'entities')} one step further"
    return said


def page_data(graph: Subgraph, proofs: Proofs, info: PageInfo) -> dict[str, Any]:
    """Collect everything the page knows as plain data, ids numbered in the order of the page."""
    links = graph.told
    entities = [*graph.entities, *graph.outer]
    listed = {
        entity.id: newest(
            graph.papers_of.get(entity.id, ()),
            proofs,
            PAPERS_PER_ENTITY if number < len(graph.entities) else PAPERS_PER_OUTER,
        )
        for number, entity in enumerate(entities)
    }
    named = {paper for papers in listed.values() for paper in papers} | {paper for paper, _ in proofs.sentences}
    papers = sorted((named | {link.head for link in graph.paper_links}) & proofs.papers.keys())
    numbers = {entity.id: f"e{number}" for number, entity in enumerate(entities)}
    numbers |= {paper: f"p{number}" for number, paper in enumerate(papers)}
    relations = _in_order({link.type for link in links} | {kind for _, kind in graph.more_papers})
    kinds = {entity.kind for entity in entities} | {"Paper"}
    return {
        "message": info.message,
        "center": numbers.get(graph.center, ""),
        "canvas": looks.CANVAS,
        "lines": looks.LINES,
        "kinds": {kind: look for kind, look in looks.KINDS.items() if kind in kinds},
        "held": looks.HELD,
        "relations": {kind: readings.reading(kind) for kind in relations},
        "nodes": [_node(graph, e, numbers[e.id], [numbers[p] for p in listed[e.id]], relations) for e in entities],
        "papers": [
            {"id": numbers[p], **proofs.papers[p], "beyond": graph.beyond[p], "about": _about(graph, p, numbers)}
            for p in papers
        ],
        "sentences": [[numbers[paper], text] for paper, text in proofs.sentences],
        "links": _links(links, proofs, numbers),
        "vis": network.draw(graph, numbers, proofs.held),
    }


def _about(graph: Subgraph, paper: str, numbers: dict[str, str]) -> list[list[str]]:
    """Name what a paper is most about: ``[number]`` of what the page knows, ``["", label]`` of other entities."""
    return [
        [numbers[entity.id]] if entity.id in numbers else ["", entity.label[:_LONGEST]]
        for entity in graph.about.get(paper, ())
    ]


def _in_order(relations: set[str]) -> list[str]:
    """Sort relations as the details list them, unknown ones last."""
    order = {kind: number for number, kind in enumerate(readings.RELATIONS)}
    return sorted(relations, key=lambda kind: (order.get(kind, len(order)), kind))


def _node(
    graph: Subgraph, entity: Entity, number: str, papers: Sequence[str], relations: Sequence[str]
) -> dict[str, Any]:
    """Describe an entity; ``more`` counts the papers left out per relation."""
    more = {kind: graph.more_papers[entity.id, kind] for kind in relations if graph.more_papers[entity.id, kind]}
    return {
        "id": number,
        "label": entity.label[:_LONGEST],
        "kind": entity.kind,
        "alt": [label[:_LONGEST] for label in entity.alt_labels[:_ALT_LABELS]],
        "support": entity.support,
        "first": entity.first_seen,
        "papers": papers,
        "beyond": graph.beyond[entity.id],
        "more": more,
    }


def _links(links: Sequence[Any], proofs: Proofs, numbers: dict[str, str]) -> list[dict[str, Any]]:
    """Describe the links with their evidence."""
    described = []
    for number, link in enumerate(links):
        key = (link.head, link.type, link.tail)
        evidence = [
            {**item, "paper": numbers[item["paper"]]} if "paper" in item else item for item in proofs.evidence[key]
        ]
        described.append(
            {
                "id": f"r{number}",
                "head": numbers[link.head],
                "tail": numbers[link.tail],
                "type": link.type,
                "support": link.support,
                "confidence": round(link.confidence, 3),
                "held": proofs.held[key],
                "evidence": evidence,
                "more": proofs.more[key],
            }
        )
    return described


def as_json(data: Any) -> str:
    r"""Write data as ASCII JSON that cannot end the script element it stands in.

    >>> as_json("</script>\u2028")
    '"\\u003c/script\\u003e\\u2028"'
    """
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPES)


def _source(name: str) -> str:
    """Read one of the page's own source files."""
    return (resources.files("kg.view") / name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """Give the content-policy source that allows exactly this inline text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def render(data: dict[str, Any]) -> bytes:
    """Fill the template: the library, our script and style, and the data; nothing else may run or load."""
    parts = {
        "STYLE": _source("page.css"),
        "LIBRARY": network.library(),
        "SCRIPT": "(() => {\n" + "\n".join(map(_source, _SCRIPTS)) + "})();\n",
        "DATA": as_json(data),
    }
    policy = (
        f"default-src 'none'; script-src {_allowed(parts['LIBRARY'])} {_allowed(parts['SCRIPT'])}; "
        f"style-src {_allowed(parts['STYLE'])}; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    parts["POLICY"] = policy
    # One pass, so that a placeholder spelt out in some paper stays text.
    return re.sub(r"@@([A-Z]+)@@", lambda found: parts[found[1]], _source("page.html")).encode("utf-8")
