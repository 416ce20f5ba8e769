"""The child process that queries run in: it opens a store read-only, locks itself down, then answers.

Frames on standard input and output are a line of JSON followed by ``size`` bytes:

    request   {"query", "rows", "seconds", "ours", "forms", "default_graphs", "named_graphs"} and no bytes
    answer    {"kind", "form", "rows", "notes", "size"} and the result in that form
    failure   {"error", "type"} and no bytes; the type is the name of an error
"""

import json
import re
import signal
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

from kg.errors import QueryError, QueryFormError, QueryMemoryError, QueryRowsError
from kg.namespaces import Namespaces
from kg.query.check import at, check, check_graphs, nearest
from kg.query.result import FORMATS_OF, Result
from kg.query.sandbox import lock_down
from kg.query.standard import exact_labels

#: Most bytes of an answer as it comes from the store.
MOST_BYTES = 256 << 20

#: Queries whose notes are kept, and the longest of them, in characters.
_KEPT, _LONGEST_KEPT = 256, 10_000

#: Text in quotes, as a term of ours is written.
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"')


class _Sink:
    """Collects a result written line by line, up to a number of lines and bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.lines = 0
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        """Take more of the result; beyond a limit this is an error."""
        self.lines += data.count(b"\n")
        if self.lines > self.limit or len(self.data) + len(data) > MOST_BYTES:
            raise QueryRowsError("")
        self.data += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: everything is kept in memory."""


@dataclass(slots=True)
class _Request:
    """What the parent asks for."""

    query: str
    rows: int
    seconds: float
    ours: bool
    forms: dict[str, str]
    default_graphs: list[str]
    named_graphs: list[str]


@dataclass
class _Desk:
    """A store and what queries on it may name."""

    store: ox.Store
    prefixes: dict[str, str]
    names: Namespaces
    _checked: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def graphs(self) -> set[str]:
        """Name the graphs of the store."""
        return {cast(ox.NamedNode, graph).value for graph in self.store.named_graphs()}

    @cached_property
    def terms(self) -> set[str]:
        """Name the terms of the store's ontology."""
        space = self.prefixes.get("kg", "")
        # A filter on a string of our own making; no user text comes near it.
        text = f'SELECT DISTINCT ?s {{ GRAPH ?g {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{space}")) }} }}'
        return {cast(ox.NamedNode, row["s"]).value for row in cast(ox.QuerySolutions, self.store.query(text))}

    def check(self, text: str) -> list[str]:
        """Check a stranger's query and give the notes on it."""
        found = self._checked.get(text)
        if found is None:
            found = check(text, prefixes=self.prefixes, graphs=self.graphs, terms=self.terms)
            if len(text) <= _LONGEST_KEPT:
                if len(self._checked) >= _KEPT:
                    self._checked.clear()
                self._checked[text] = found
        return found

    def check_age(self, text: str) -> None:
        """Refuse a query of ours that names terms the store's ontology lacks: it is older than the query."""
        names = set(re.findall(r"\bkg:(\w+)", _QUOTED.sub("", text)))
        missing = sorted(name for name in names if self.prefixes["kg"] + name not in self.terms)
        if self.terms and missing:
            lacks = ", ".join(f"kg:{name}" for name in missing)
            raise QueryError(f"the graph was built by an older kg and lacks {lacks}; run `kg build` again")

    def ask(self, request: _Request) -> Any:
        """Give the answer of Oxigraph."""
        dataset: dict[str, Any] = {}
        if request.default_graphs or request.named_graphs:
            check_graphs([*request.default_graphs, *request.named_graphs], self.graphs)
            dataset = {
                "default_graph": [ox.NamedNode(iri) for iri in request.default_graphs],
                "named_graphs": [ox.NamedNode(iri) for iri in request.named_graphs],
            }
        return self.store.query(request.query, prefixes=self.prefixes, base_iri=self.names.base, **dataset)


def answer(desk: _Desk, request: _Request) -> Result:
    """Check and run one query, and give its result in the form that is wanted."""
    notes: list[str] = []
    if request.ours:
        desk.check_age(request.query)
    else:
        notes = desk.check(request.query)
    try:
        found = desk.ask(request)
        kind = _kind(found)
        if kind not in request.forms:
            raise QueryFormError(f"this query gives {kind}; it can be written as {', '.join(FORMATS_OF[kind])}")
        rows, body = _read(found, kind, request.rows)
        if not rows and not request.ours:
            notes = [*notes, *exact_labels(request.query)]
        result = Result(kind, rows, body, desk.names, tuple(notes))
        return result.written(request.forms[kind])
    except SyntaxError as error:
        raise QueryError(_explain(request.query, str(error), desk.prefixes)) from error
    except (OSError, ValueError, RuntimeError) as error:
        remedy = "; the store is damaged, run `kg build` again" if "Corruption" in str(error) else ""
        raise QueryError(f"the query failed: {error}{remedy}") from error


def _kind(found: object) -> str:
    """Name the kind of an answer."""
    if isinstance(found, ox.QueryBoolean):
        return "boolean"
    return "bindings" if isinstance(found, ox.QuerySolutions) else "graph"


def _read(found: Any, kind: str, rows: int) -> tuple[int, bytes]:
    """Read a whole answer in the native form of its kind; one that is too long is an error."""
    if kind == "boolean":
        return 1, found.serialize(format=ox.QueryResultsFormat.JSON)
    # The first line of TSV names the variables.
    head = 1 if kind == "bindings" else 0
    sink = _Sink(rows + head)
    try:
        found.serialize(sink, ox.QueryResultsFormat.TSV if head else ox.RdfFormat.N_TRIPLES)
    except QueryRowsError as error:
        what = "rows" if head else "triples"
        if sink.lines > sink.limit:
            reason = f"the result has more than {rows} {what}; add LIMIT, or raise query_rows in kg.toml"
        else:
            reason = f"the result has more than {MOST_BYTES >> 20} MB; ask for fewer {what} or shorter values"
        raise QueryRowsError(reason) from error
    return sink.lines - head, bytes(sink.data)


def _explain(text: str, message: str, prefixes: Collection[str]) -> str:
    """Shorten Oxigraph's message on a query that the checker accepts, and point at the place."""
    found = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if found is None:
        return message
    line, column = int(found[1]), int(found[2])
    offset = sum(len(part) + 1 for part in text.split("\n")[: line - 1]) + column - 1
    if "Prefix not found" in message:
        prefix = re.split(r"[\s(){}/|^!]", text[:offset].rstrip(":"))[-1]
        return at(text, offset, f"unknown prefix{nearest(prefix, prefixes)}")
    said = re.findall(r"(?:^|, |of )((?:The|An?|It|Not) [^,\[\]]+)", found[3])
    return at(text, offset, said[0] if said else "not understood here")


def _send(stream: BinaryIO, header: dict[str, object], body: bytes = b"") -> None:
    """Write one frame."""
    stream.write(json.dumps({**header, "size": len(body)}).encode() + b"\n")
    stream.write(body)
    stream.flush()


def _serve(desk: _Desk, request: _Request, answers: BinaryIO) -> None:
    """Answer one request."""
    try:
        result = answer(desk, request)
    except QueryError as error:
        _send(answers, {"error": str(error), "type": type(error).__name__})
    except (MemoryError, SystemError):  # the latter where Python could not even make the former
        reason = "the query needs too much memory; make it more specific or add LIMIT"
        _send(answers, {"error": reason, "type": QueryMemoryError.__name__})
    else:
        header = {"kind": result.kind, "form": result.form, "rows": result.rows, "notes": list(result.notes)}
        _send(answers, header, result.body)


def main() -> None:
    """Serve queries on the store named by the first argument until standard input ends."""
    path, base, memory = sys.argv[1:]
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    names = Namespaces(base)
    try:
        desk = _Desk(ox.Store.read_only(path), names.prefixes, names)
        assert desk.graphs is not None and desk.terms is not None  # read before files can no more be opened
    except (OSError, RuntimeError) as error:  # the latter is what pyoxigraph says of damage
        _send(answers, {"error": f"{path}: no readable store ({error}); run `kg build` again", "type": "QueryError"})
        return
    _send(answers, {"ready": lock_down(int(memory))})
    for line in requests:
        request = _Request(**json.loads(line))
        # The signal's default action ends the process, whatever Oxigraph is doing, even if the parent is gone.
        signal.setitimer(signal.ITIMER_REAL, request.seconds + 1)
        _serve(desk, request, answers)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main()
