"""Write the graph for network tools as XML: GraphML and GEXF, streamed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from kg.config import Config
from kg.exporters.characters import legal
from kg.exporters.plain import Edge, edges, network_edges, network_nodes, nodes
from kg.tables import Tables

#: Attributes of GraphML, the type of each and whether it is of nodes or edges.
_GRAPHML = {
    "node": {
        "kind": "string",
        "label": "string",
        "alt_labels": "string",
        "support": "long",
        "first_seen": "string",
        "links": "string",
        "term": "string",
        "version_order": "long",
        "paper": "string",
    },
    "edge": {
        "relation": "string",
        "support": "long",
        "confidence": "double",
        "evidence": "string",
        "salience": "double",
        "polarity": "string",
    },
}

#: Attributes of GEXF and their types; the number of an attribute is its place.
_GEXF_NODE = {
    "kind": "string",
    "support": "integer",
    "year": "integer",
    "alt_labels": "string",
    "authors": "string",
    "arxiv": "string",
    "doi": "string",
    "url": "anyURI",
}
_GEXF_EDGE = {
    "relation": "string",
    "support": "integer",
    "confidence": "double",
    "salience": "double",
    "polarity": "string",
    "sentence": "string",
}


def write_graphml(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write GraphML (http://graphml.graphdrawing.org/primer/graphml-primer.html).

    An edge's id is its triple, its relation an attribute, and lists are JSON text.
    """
    for line in _graphml(tables):
        stream.write(line.encode() + b"\n")


def _graphml(tables: Tables) -> Iterator[str]:
    """Give the lines of GraphML."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for kind, names in _GRAPHML.items():
        for name, type_ in names.items():
            yield f'  <key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{type_}"/>'
    yield '  <graph edgedefault="directed">'
    for node, data in network_nodes(tables):
        yield f"    <node id={_attribute(node)}>"
        yield from _graphml_data("node", data)
        yield "    </node>"
    for head, tail, name, data in network_edges(tables):
        ends = f"source={_attribute(head)} target={_attribute(tail)}"
        yield f"    <edge id={_attribute(f'{head} {name} {tail}')} {ends}>"
        yield from _graphml_data("edge", {"relation": name} | data)
        yield "    </edge>"
    yield "  </graph>"
    yield "</graphml>"


def _graphml_data(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Give the data of a node or edge."""
    for name, value in data.items():
        yield f'      <data key="{kind}_{name}">{_text(_scalar(value))}</data>'


def write_gexf(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write GEXF 1.3 (https://gexf.net/schema.html) for Gephi.

    Nodes and edges start at their first date, so the timeline works; one that is known as a year or month starts with
    it. An edge weighs the papers that state it, at least 1.
    """
    for line in _gexf(tables):
        stream.write(line.encode() + b"\n")


def _gexf(tables: Tables) -> Iterator[str]:
    """Give the lines of GEXF."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gexf xmlns="http://gexf.net/1.3" version="1.3">'
    yield "  <meta><creator>kg</creator><description>Knowledge graph of papers</description></meta>"
    yield '  <graph mode="dynamic" defaultedgetype="directed" timeformat="date" timerepresentation="interval">'
    for kind, names in (("node", _GEXF_NODE), ("edge", _GEXF_EDGE)):
        yield f'    <attributes class="{kind}" mode="static">'
        for number, (name, type_) in enumerate(names.items()):
            yield f'      <attribute id="{number}" title="{name}" type="{type_}"/>'
        yield "    </attributes>"
    yield "    <nodes>"
    for row in nodes(tables):
        yield f"      <node id={_attribute(row['id'])} label={_attribute(row['label'])}{_start(row['date'])}>"
        yield from _gexf_values(row, _GEXF_NODE)
        yield "      </node>"
    yield "    </nodes>"
    yield "    <edges>"
    for number, edge in enumerate(edges(tables)):
        yield from _gexf_edge(number, edge)
    yield "    </edges>"
    yield "  </graph>"
    yield "</gexf>"


def _gexf_edge(number: int, edge: Edge) -> Iterator[str]:
    """Give the lines of an edge."""
    ends = f"source={_attribute(edge.head)} target={_attribute(edge.tail)}"
    name = _attribute(edge.type)
    weight = max(edge.support, 1)
    yield f'      <edge id="{number}" {ends} kind={name} label={name} weight="{weight}"{_start(edge.since)}>'
    values = {name: getattr(edge, name) for name in _GEXF_EDGE if name != "relation"}
    yield from _gexf_values({"relation": edge.type} | values, _GEXF_EDGE)
    yield "      </edge>"


def _gexf_values(values: Mapping[str, Any], known: Iterable[str]) -> Iterator[str]:
    """Give the attribute values of a node or edge that it has."""
    yield "        <attvalues>"
    for number, name in enumerate(known):
        value = values.get(name)
        if value not in (None, "", []):
            yield f'          <attvalue for="{number}" value={_attribute(_scalar(value))}/>'
    yield "        </attvalues>"


def _start(date: str) -> str:
    """Give the attribute that says since when something is there, as a full date.

    >>> _start("2024-03"), _start("2024-03-07"), _start("")
    (' start="2024-03-01"', ' start="2024-03-07"', '')
    """
    return f' start="{date}{"-01-01"[len(date) - 4 :] if len(date) < 10 else ""}"' if date else ""


def _scalar(value: object) -> str:
    """Give text and numbers as they are and all else as JSON text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _text(text: str) -> str:
    """Write text between tags; readers would take a bare carriage return for a newline."""
    return escape(legal(text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    """Write a quoted attribute value, line breaks and tabs kept."""
    return quoteattr(legal(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
