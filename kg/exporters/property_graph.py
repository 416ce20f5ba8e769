"""Write the graph for Neo4j: CSV files for its import tool, and a Cypher script.

A paper is a node ``:Paper``, an entity a node ``:Entity`` and of its kind, such as ``:Method``. A relation has the type
in capitals, such as ``BASED_ON``, its figures, the identifiers of its papers and the surest sentence.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from kg.config import Config
from kg.exporters.characters import legal
from kg.exporters.files import Files
from kg.exporters.plain import edges, nodes
from kg.graph import PAPER_KIND
from kg.model import KINDS
from kg.tables import Tables

#: Property -> its type for the import tool; others are strings.
_TYPES = {
    "support": "long",
    "version_order": "long",
    "year": "long",
    "confidence": "double",
    "salience": "double",
    "alt_labels": "string[]",
    "authors": "string[]",
    "categories": "string[]",
    "papers": "string[]",
}
_PAPER = ("label", "authors", "date", "year", "arxiv", "doi", "url", "categories", "abstract")
_ENTITY = ("kind", "label", "alt_labels", "support", "date", "year", "term", "version_order")
_EDGE = ("support", "confidence", "salience", "polarity", "papers", "sentence")

#: Property of the tables -> its name in Neo4j, by whether it is a paper's.
_NAMES = {True: {"label": "title"}, False: {"date": "first_seen", "year": "first_year"}}

#: Rows of a Cypher statement: few enough for the planner, many enough for speed.
_BATCH = 200

_README = """\
# Import into Neo4j

Neo4j 5, into a database that is empty and stopped, from this folder:

    neo4j-admin database import full neo4j --overwrite-destination --multiline-fields=true \\
      --nodes=papers.csv --nodes=entities.csv --relationships=relations.csv

then start the database. Fields hold line breaks, which --multiline-fields allows. Arrays are separated by ";", the
import tool's default; it knows no way to write that sign in an element, so it is a comma there.

    MATCH (m:Method)-[r:EVALUATED_ON]->(d:Dataset) WHERE r.confidence >= 0.55
    RETURN d.label, count(m) AS methods ORDER BY methods DESC LIMIT 10
"""


def write_neo4j(tables: Tables, config: Config, files: Files) -> None:
    """Write CSV files for ``neo4j-admin database import``.

    The header is that of https://neo4j.com/docs/operations-manual/current/import/.
    """
    with files.open("README.md") as stream:
        stream.write(_README.encode())
    for name, columns in (("papers", _PAPER), ("entities", _ENTITY)):
        is_paper = name == "papers"
        known = _NAMES[is_paper]
        with files.open(f"{name}.csv") as stream:
            _write_header(stream, ["id:ID", ":LABEL", *(_header(column, known) for column in columns)])
            for row in nodes(tables):
                if (row["kind"] == PAPER_KIND) == is_paper:
                    labels = [PAPER_KIND] if is_paper else ["Entity", row["kind"]]
                    _write_row(stream, [row["id"], labels, *(row[column] for column in columns)])
    with files.open("relations.csv") as stream:
        _write_header(stream, [":START_ID", ":END_ID", ":TYPE", *(_header(column, {}) for column in _EDGE)])
        for edge in edges(tables):
            _write_row(stream, [edge.head, edge.tail, edge.type.upper(), *(getattr(edge, name) for name in _EDGE)])


def _header(column: str, names: Mapping[str, str]) -> str:
    """Give the name and type of a property."""
    return f"{names.get(column, column)}:{_TYPES.get(column, 'string')}"


def _write_header(stream: BinaryIO, names: Iterable[str]) -> None:
    """Write the line that names the columns."""
    stream.write((",".join(names) + "\n").encode())


def _write_row(stream: BinaryIO, values: Iterable[object]) -> None:
    """Write a line of CSV; what is empty stands for no property."""
    stream.write((",".join(map(_field, values)) + "\n").encode())


def _field(value: object) -> str:
    """Give a value as a field.

    >>> _field('5" disks'), _field(["a;b", "c"]), _field(None), _field(0.5)
    ('"5"" disks"', '"a,b;c"', '', '0.5')
    """
    if isinstance(value, list | tuple):
        value = ";".join(item.replace(";", ",") for item in value)
    if value is None or value == "":
        return ""
    return '"' + legal(value).replace('"', '""') + '"' if isinstance(value, str) else str(value)


def write_cypher(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write a script for ``cypher-shell`` of Neo4j 5; running it again changes nothing.

    Escapes are those of https://neo4j.com/docs/cypher-manual/current/syntax/parsing/.
    """
    for line in chain(_constraints(), _node_statements(tables), _edge_statements(tables)):
        stream.write(line.encode() + b"\n")


def _constraints() -> Iterator[str]:
    """Give the statements that make identifiers unique, and quick to find."""
    for label in ("Paper", "Entity"):
        name = _name(f"kg_{label.lower()}_id")
        yield f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{_name(label)}) REQUIRE n.id IS UNIQUE;"
    yield "CALL db.awaitIndexes();"


def _node_statements(tables: Tables) -> Iterator[str]:
    """Give the statements that make the nodes, batched by kind."""
    batches: dict[str, list[str]] = {kind: [] for kind in (*KINDS, PAPER_KIND)}
    for row in nodes(tables):
        is_paper = row["kind"] == PAPER_KIND
        names = _NAMES[is_paper]
        values = {names.get(name, name): row[name] for name in (_PAPER if is_paper else _ENTITY)}
        batches[row["kind"]].append(_map({"id": row["id"], "values": values}))
        if len(batches[row["kind"]]) == _BATCH:
            yield _node_statement(row["kind"], batches[row["kind"]])
            batches[row["kind"]] = []
    yield from (_node_statement(kind, rows) for kind, rows in batches.items() if rows)


def _node_statement(kind: str, rows: list[str]) -> str:
    """Give the statement that makes nodes of one kind."""
    label, own = ("Paper", "") if kind == PAPER_KIND else ("Entity", f", n:{_name(kind)}")
    return f"{_unwind(rows)}\nMERGE (n:{_name(label)} {{id: row.id}})\nSET n += row.values{own};"


def _edge_statements(tables: Tables) -> Iterator[str]:
    """Give the statements that make the relations, batched by type and by the sort of their head."""
    batches: dict[tuple[str, str], list[str]] = {}
    for edge in edges(tables):
        key = ("Paper" if edge.head.startswith("paper:") else "Entity", edge.type)
        values = {name: getattr(edge, name) for name in _EDGE}
        rows = batches.setdefault(key, [])
        rows.append(_map({"head": edge.head, "tail": edge.tail, "values": values}))
        if len(rows) == _BATCH:
            yield _edge_statement(*key, batches.pop(key))
    yield from (_edge_statement(*key, batches[key]) for key in sorted(batches))


def _edge_statement(head: str, type_: str, rows: list[str]) -> str:
    """Give the statement that makes relations of one type."""
    ends = f"MATCH (a:{_name(head)} {{id: row.head}})\nMATCH (b:{_name('Entity')} {{id: row.tail}})"
    return f"{_unwind(rows)}\n{ends}\nMERGE (a)-[r:{_name(type_.upper())}]->(b)\nSET r += row.values;"


def _unwind(rows: list[str]) -> str:
    """Give the clause that goes through rows, one a line."""
    return "UNWIND [\n" + ",\n".join(rows) + "\n] AS row"


def _map(values: Mapping[str, Any]) -> str:
    """Write a map literal without what is not known."""
    known = {name: value for name, value in values.items() if value not in (None, "")}
    return "{" + ", ".join(f"{_name(name)}: {_literal(value)}" for name, value in known.items()) + "}"


def _literal(value: Any) -> str:
    r"""Write a literal.

    >>> _literal("it's"), _literal("a\\user"), _literal(["x", "y"]), _literal(0.5), _literal(3)
    ("'it\\'s'", "'a\\\\\\u0075ser'", "['x', 'y']", '0.5', '3')
    """
    if isinstance(value, str):
        return "'" + _ESCAPED.sub(_escape, legal(value)) + "'"
    if isinstance(value, dict):
        return _map(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value)


# Some releases look for \uXXXX before they look for \\, so a "u" after a backslash is escaped itself.
_ESCAPED = re.compile("\\\\u?|['\"\n\r\t\x7f-\x9f\u2028\u2029]")
_SIGNS = {"'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "\\u": "\\\\\\u0075"}


def _escape(found: re.Match[str]) -> str:
    """Write a character of a string literal that cannot stand for itself."""
    return _SIGNS.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _name(name: str) -> str:
    """Write an identifier, in backticks unless it is plain.

    >>> _name("kind"), _name("a`b")
    ('kind', '`a``b`')
    """
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) else "`" + name.replace("`", "``") + "`"
