"""The child process that queries run in: it opens a store read-only, locks itself down, then answers.

Frames on standard input and output are a line of JSON followed by ``size`` bytes:

    request   {"query", "rows", "seconds", "ours"} and no bytes; a query of ours is run without a check
    answer    {"kind", "rows", "notes", "size"} and the result: TSV of bindings, JSON of a truth value, or N-Triples
    failure   {"error"} and no bytes
"""

import json
import re
import signal
import sys
from collections.abc import Collection
from typing import BinaryIO, cast

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query.check import at, check, nearest
from kg.query.sandbox import lock_down
from kg.query.standard import exact_labels

#: Bytes of address space a query may use.
MEMORY = 4 << 30

_Header = dict[str, object]


class _Sink:
    """Collects a result written line by line, up to a number of lines."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.lines = 0
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        """Take more of the result; beyond the limit this is an error."""
        self.lines += data.count(b"\n")
        if self.lines > self.limit:
            raise QueryError("")
        self.data += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: everything is kept in memory."""


def answer(store: ox.Store, request: dict[str, object], known: dict[str, Collection[str]]) -> tuple[_Header, bytes]:
    """Check and run one query, and give what describes its result and the bytes of it."""
    text, rows = str(request["query"]), int(str(request["rows"]))
    prefixes = cast(dict[str, str], known["prefixes"])
    notes: list[str] = []
    if not request["ours"]:
        notes = check(text, prefixes=prefixes, graphs=known["graphs"], terms=known["terms"])
    try:
        result = store.query(text, prefixes=prefixes)
        if isinstance(result, ox.QueryBoolean):
            body = result.serialize(format=ox.QueryResultsFormat.JSON) or b""
            return {"kind": "boolean", "rows": 1, "notes": notes}, body
        # The first line of TSV names the variables.
        head = 1 if isinstance(result, ox.QuerySolutions) else 0
        sink = _Sink(rows + head)
        try:
            if isinstance(result, ox.QuerySolutions):
                result.serialize(cast(BinaryIO, sink), ox.QueryResultsFormat.TSV)
            else:
                result.serialize(cast(BinaryIO, sink), ox.RdfFormat.N_TRIPLES)
        except QueryError as error:
            what = "rows" if head else "triples"
            reason = f"the result has more than {rows} {what}; add LIMIT, or raise query_rows in kg.toml"
            raise QueryError(reason) from error
        kind = "bindings" if head else "graph"
        if sink.lines == head and not request["ours"]:
            notes = [*notes, *exact_labels(text)]
        return {"kind": kind, "rows": sink.lines - head, "notes": notes}, bytes(sink.data)
    except SyntaxError as error:
        raise QueryError(_explain(text, str(error), prefixes)) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(f"the query failed: {error}") from error


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


def _known(store: ox.Store, prefixes: dict[str, str]) -> dict[str, Collection[str]]:
    """Gather what queries may name: prefixes, the store's graphs, and the terms of its ontology."""
    namespace = prefixes.get("kg", "")
    # A filter on a string of our own making; no user text comes near it.
    found = store.query(f'SELECT DISTINCT ?s {{ GRAPH ?g {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{namespace}")) }} }}')
    terms = {cast(ox.NamedNode, row["s"]).value for row in cast(ox.QuerySolutions, found)}
    return {"prefixes": prefixes, "graphs": {graph.value for graph in store.named_graphs()}, "terms": terms}


def _send(stream: BinaryIO, header: _Header, body: bytes = b"") -> None:
    """Write one frame."""
    stream.write(json.dumps(header).encode() + b"\n" + body)
    stream.flush()


def main() -> None:
    """Serve queries on the store named by the first argument until standard input ends."""
    path, prefixes = sys.argv[1], json.loads(sys.argv[2])
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        store = ox.Store.read_only(path)
        known = _known(store, prefixes)
    except OSError as error:
        _send(answers, {"error": f"{path}: no readable store ({error}); run `kg build` again"})
        return
    _send(answers, {"ready": lock_down(MEMORY)})
    for line in requests:
        request = json.loads(line)
        # The signal's default action ends the process, whatever Oxigraph is doing, even if the parent is gone.
        signal.setitimer(signal.ITIMER_REAL, float(request["seconds"]) + 1)
        try:
            header, body = answer(store, request, known)
        except QueryError as error:
            _send(answers, {"error": str(error)})
        except MemoryError:
            _send(answers, {"error": "the query needs too much memory; make it more specific or add LIMIT"})
        else:
            _send(answers, {**header, "size": len(body)}, body)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main()
