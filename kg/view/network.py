"""Draw a neighbourhood with pyvis: its network in a page of our own that loads nothing and runs no other code.

pyvis's own page asks a network for its libraries, reads titles as HTML where they look like it, and never comes to
rest; here titles are text, the Content Security Policy allows only what is inline, and the physics stops.
"""

import base64
import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from math import log2, sqrt
from textwrap import wrap
from typing import Any, BinaryIO

from kg import quotes
from kg.config import Config
from kg.errors import KGError
from kg.model import Entity, Evidence, Relation
from kg.readings import reading
from kg.selection import Selection, conditions
from kg.tables import PaperRow, Tables
from kg.view import looks
from kg.view.choice import Choice
from kg.view.escape import as_json
from kg.view.page import chosen, content
from kg.view.proofs import DENIED, HEDGED, Key, Proof, gather, section
from kg.view.wording import Asked, PageInfo, describe

#: Entities that pyvis draws without freezing a browser.
MOST = 150
#: Steps after which the nodes stand still.
STEPS = 150

#: Characters a label may have, those in one line of it, and those of a title.
_LABEL, _LINE, _TITLE = 34, 18, 400

_OPTIONS: dict[str, Any] = {
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "physics": {
        "enabled": True,
        "solver": "barnesHut",
        "barnesHut": {"gravitationalConstant": -6000, "springLength": 160, "avoidOverlap": 0.5},
        "stabilization": {"enabled": True, "iterations": STEPS, "fit": True},
    },
    "interaction": {"hover": True, "keyboard": {"enabled": True, "bindToWindow": False, "autoFocus": False}},
    "nodes": {"borderWidth": 1, "labelHighlightBold": False},
    "edges": {"arrows": {"to": {"enabled": True, "scaleFactor": 0.5}}, "smooth": {"enabled": True, "type": "dynamic"}},
}


def write_page(
    tables: Tables, config: Config, stream: BinaryIO, *, selection: Selection | None = None, limit: int | None = None
) -> PageInfo:
    """Write the page of a neighbourhood, or of a small graph; more than `MOST` entities are a `KGError`."""
    about = content(tables, config, selection or Selection())
    choice = chosen(about, limit or MOST + 1)
    if len(choice.entities) > MOST:
        found = f"{limit} entities" if limit else f"more than {MOST} entities"
        raise KGError(
            f"this page would hold {found}, and pyvis draws at most {MOST} of them well; "
            f"use --engine canvas, or narrow it with --around NAME and --limit {MOST}"
        )
    asked = Asked(conditions(about.selection), about.dates, about.selection.hops)
    info = describe(about.totals, about.graph, choice, "all", asked)
    proofs = gather(about.tables, choice.links, about.graph.dates, most=1)
    papers = quotes.papers(about.tables, {item.paper for proof in proofs.values() for item in proof.best})
    titles = {key: _quote(proof, papers) for key, proof in proofs.items()}
    stream.write(_fill(_network(choice, proofs, titles), info).encode("utf-8"))
    return info


def library() -> str:
    """Read the vis-network code that the installed pyvis carries (Apache-2.0 or MIT; its notice stays on top)."""
    folder = resources.files("pyvis") / "templates" / "lib" / "vis-9.1.2"
    code = (folder / "vis-network.min.js").read_text(encoding="utf-8").replace("\r\n", "\n")
    # The page must not look for a source map.
    return re.sub(r"\n//# sourceMappingURL=\S*", "", code)


def short_label(label: str, length: int = _LABEL) -> str:
    r"""Cut a label for the canvas, on one or two lines, without control and direction characters.

    >>> short_label("out-of-distribution detection")
    'out-of-\ndistribution\ndetection'
    """
    plain = _plain(label[: 4 * length])
    if len(plain) > length:
        plain = plain[: length - 1].rstrip() + "…"
    return "\n".join(wrap(plain, _LINE)) or "?"


def _plain(text: str) -> str:
    """Give a text without control and direction characters, on one line."""
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def _quote(proof: Proof[Evidence], papers: Mapping[str, PaperRow]) -> str:
    """Give the best sentence of a relation, or what it is held by instead."""
    for item in proof.best:
        if item.paper in papers and item.sentences:
            paper, span = papers[item.paper].paper, item.sentences[0]
            text = _plain(section(paper, span.section)[span.start : span.end])
            return f"{text[:_TITLE]}\n— {_plain(paper.title)[:_TITLE]}"
        return f"by {item.origin}, no sentence"
    return ""


def _network(choice: Choice, proofs: Mapping[Key, Proof[Evidence]], titles: dict[Key, str]) -> dict[str, Any]:
    """Give pyvis's nodes, edges and options."""
    from pyvis.network import Network

    network = Network(directed=True)
    network.options = _OPTIONS
    numbers = {entity.id: number for number, entity in enumerate(choice.entities)}
    for entity in choice.entities:
        _add_node(network, numbers[entity.id], entity, focus=entity.id == choice.focus)
    for link in sorted(choice.links, key=lambda link: (link.head, link.type, link.tail)):
        key = (link.head, link.type, link.tail)
        network.add_edge(
            numbers[link.head],
            numbers[link.tail],
            title=f"{reading(link.type)[0]}\n{titles[key]}".strip(),
            width=round(min(1.2 + 0.8 * log2(max(link.support, 1)), 5), 2),
            dashes=list(looks.HELD[_held(link, proofs[key])][0]) or False,
        )
    nodes, edges, *_ = network.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": network.options}


def _add_node(network: Any, number: int, entity: Entity, *, focus: bool) -> None:
    """Add an entity; its title is text."""
    look = looks.KINDS[entity.kind]
    papers = f"{entity.support:,} paper{'s' * (entity.support != 1)}"
    network.add_node(
        number,
        label=short_label(entity.label),
        title=f"{_plain(entity.label)[:_TITLE]}\n{entity.kind}, {papers}",
        shape=look["shape"],
        color=look["light"],
        size=round(min(7 + 2.2 * sqrt(max(entity.support, 1)), 26), 1),
        borderWidth=4 if focus else 1,
    )


def _held(link: Relation, proof: Proof[Evidence]) -> str:
    """Name the strongest ground a link stands on; one of `looks.HELD`."""
    if proof.flags & DENIED or not link.confidence:
        return "negated"
    if proof.origin & 1:
        return "hedged" if proof.flags & HEDGED else "text"
    return "vocabulary" if proof.origin & 4 else "rule"


#: Shapes of vis-network as SVG on a ground of 12 by 12.
_SHAPES = {
    "dot": '<circle cx="6" cy="6" r="5"/>',
    "square": '<rect x="1" y="1" width="10" height="10"/>',
    "diamond": '<path d="M6 0 12 6 6 12 0 6z"/>',
    "triangle": '<path d="M6 1 11 10H1z"/>',
    "triangleDown": '<path d="M6 11 1 2h10z"/>',
}


def _legend(data: dict[str, Any]) -> list[str]:
    """List the kinds of nodes and lines that are drawn."""
    shapes = {node["shape"] for node in data["nodes"]}
    dashes = {tuple(edge["dashes"] or ()) for edge in data["edges"]}
    kinds = [
        f'<li><svg width="12" height="12" fill="{look["light"]}" aria-hidden="true">{_SHAPES[look["shape"]]}</svg> '
        f"{html.escape(look['plural'])}</li>"
        for look in looks.KINDS.values()
        if look["shape"] in shapes
    ]
    lines = [
        f'<li><svg width="40" height="12" stroke="#0072b2" aria-hidden="true"><path d="M0 6h40" stroke-width="1.5"'
        f' stroke-dasharray="{" ".join(map(str, dash)) or "none"}"/></svg> {html.escape(said)}</li>'
        for dash, said in looks.HELD.values()
        if dash in dashes
    ]
    return [*kinds, *lines]


def _source(name: str) -> str:
    """Read one of the files of this page."""
    return (resources.files("kg.view") / name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """Give the content-policy source that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _fill(data: dict[str, Any], info: PageInfo) -> str:
    """Fill the template: the library, our script and style, and the data; nothing else may run or load."""
    parts = {
        "STYLE": _source("pyvis.css"),
        "LIBRARY": library(),
        "SCRIPT": _source("pyvis.js"),
        "DATA": as_json(data),
        "MESSAGE": html.escape(info.message),
        "LEGEND": "".join(_legend(data)),
    }
    parts["POLICY"] = (
        f"default-src 'none'; script-src {_allowed(parts['LIBRARY'])} {_allowed(parts['SCRIPT'])}; "
        f"style-src {_allowed(parts['STYLE'])}; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    # One pass, so that a placeholder spelt out in some paper stays text.
    return re.sub(r"@@([A-Z]+)@@", lambda found: parts[found[1]], _source("pyvis.html"))
