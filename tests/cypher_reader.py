"""Runs the little Cypher that `kg export cypher` writes: constraints, and UNWIND of literals into MERGE."""

import re
from typing import Any

Nodes = dict[str, tuple[frozenset[str], dict[str, Any]]]
Edges = dict[tuple[str, str, str], dict[str, Any]]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?(?:e-?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<quoted>`(?:[^`]|``)*`)"""
    r"""|(?P<sign>->|\+=|[\[\]{}():,;=.<>-]))""",
    re.S,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}


def run(script: str, *, nodes: Nodes | None = None, edges: Edges | None = None) -> tuple[Nodes, Edges]:
    """Run a script on a graph, and give its nodes and relationships."""
    nodes, edges = nodes if nodes is not None else {}, edges if edges is not None else {}
    for statement in _statements(script):
        head = statement[0][1]
        if head == "UNWIND":
            _unwind(statement, nodes, edges)
        else:
            assert head in ("CREATE", "CALL"), head
    return nodes, edges


def _statements(script: str) -> list[list[tuple[str, str]]]:
    tokens: list[list[tuple[str, str]]] = [[]]
    at = 0
    while script[at:].strip() if len(script) - at < 50 else True:
        found = _TOKEN.match(script, at)
        assert found, f"no token: {script[at : at + 60]!r}"
        at = found.end()
        kind = found.lastgroup or ""
        if found[kind] == ";" and kind == "sign":
            tokens.append([])
        else:
            tokens[-1].append((kind, found[kind]))
    assert tokens[-1] == []
    return tokens[:-1]


def _unwind(tokens: list[tuple[str, str]], nodes: Nodes, edges: Edges) -> None:
    rows, at = _value(tokens, 1)
    rest = " ".join(token for _, token in tokens[at:])
    if found := re.fullmatch(
        r"AS row MERGE \( n : (\w+) \{ id : row \. id \} \) SET n \+= row \. values(?: , n : (\w+))?", rest
    ):
        for row in rows:
            labels, values = nodes.get(row["id"], (frozenset(), {"id": row["id"]}))
            nodes[row["id"]] = (labels | {name for name in found.groups() if name}, values | row["values"])
        return
    found = re.fullmatch(
        r"AS row MATCH \( a : (\w+) \{ id : row \. head \} \) MATCH \( b : (\w+) \{ id : row \. tail \} \) "
        r"MERGE \( a \) - \[ r : (\w+) \] -> \( b \) SET r \+= row \. values",
        rest,
    )
    assert found, rest
    for row in rows:
        assert found[1] in nodes[row["head"]][0]
        assert found[2] in nodes[row["tail"]][0]
        key = (row["head"], found[3], row["tail"])
        edges[key] = edges.get(key, {}) | row["values"]


def _value(tokens: list[tuple[str, str]], at: int) -> tuple[Any, int]:
    kind, token = tokens[at]
    if kind == "text":
        return _text(token[1:-1]), at + 1
    if kind == "number":
        return float(token) if re.search(r"[.e]", token) else int(token), at + 1
    if token in "[{":
        return _many(tokens, at)
    raise AssertionError(f"no literal: {token!r}")


def _many(tokens: list[tuple[str, str]], at: int) -> tuple[Any, int]:
    is_list = tokens[at][1] == "["
    items: list[Any] = []
    at += 1
    while tokens[at][1] not in "]}":
        if items:
            assert tokens[at][1] == ","
            at += 1
        name = ""
        if not is_list:
            name = tokens[at][1]
            assert tokens[at + 1][1] == ":"
            at += 2
        value, at = _value(tokens, at)
        items.append(value if is_list else (name, value))
    return (items if is_list else dict(items)), at + 1


def _text(text: str) -> str:
    return re.sub(
        r"\\(u[0-9A-Fa-f]{4}|.)", lambda found: _ESCAPES.get(found[1]) or chr(int(found[1][1:], 16)), text, flags=re.S
    )
