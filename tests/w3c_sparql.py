"""Read the W3C tests of SPARQL 1.1: manifests, data, expected results, and compare results as the tests ask."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox

#: Where the tests lie on the web; relative IRIs in them are resolved against it.
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"

_GRAPHS = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".rdf": ox.RdfFormat.RDF_XML}
_TABLES = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}

#: Ending of the expected result -> what the client accepts.
ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
    ".ttl": "text/turtle",
}

_NUMBERS = ("integer", "decimal", "float", "double", "int", "long", "short", "byte", "nonNegativeInteger")


@dataclass(frozen=True)
class Case:
    """One test of a query: its data, and the file of the expected result; none where the query is wrong."""

    name: str
    query: Path
    data: tuple[Path, ...]
    graphs: tuple[tuple[str, Path], ...]
    result: Path | None


def manifest(folder: Path) -> Any:
    """Read a manifest."""
    from rdflib import Graph

    return Graph().parse(folder / "manifest.ttl", publicID=f"{BASE}{folder.name}/manifest.ttl", format="turtle")


def cases(root: Path) -> list[Case]:
    """Give the tests of queries, those with the same data after each other."""
    from rdflib import RDF, URIRef

    found = []
    for file in sorted(root.glob("*/manifest.ttl")):
        graph = manifest(file.parent)
        for kind in ("QueryEvaluationTest", "CSVResultFormatTest", "NegativeSyntaxTest11"):
            for test in sorted(graph.subjects(RDF.type, URIRef(MF + kind))):
                action = graph.value(test, URIRef(MF + "action"))
                wrong = kind == "NegativeSyntaxTest11"
                query = action if wrong else graph.value(action, URIRef(QT + "query"))
                data = tuple(sorted(_local(root, node) for node in graph.objects(action, URIRef(QT + "data"))))
                named = sorted(
                    (str(node), _local(root, node)) for node in graph.objects(action, URIRef(QT + "graphData"))
                )
                result = None if wrong else _local(root, graph.value(test, URIRef(MF + "result")))
                name = f"{file.parent.name}/{str(test).rpartition('#')[2]}"
                found.append(Case(name, _local(root, query), data, tuple(named), result))
    return sorted(found, key=lambda case: (case.data, case.graphs, case.name))


def _local(root: Path, node: Any) -> Path:
    """Give the file an IRI of a manifest stands for."""
    return root / str(node).removeprefix(BASE)


def quads(root: Path, case: Case) -> list[ox.Quad]:
    """Read the data of a test."""
    found = []
    for name, file in [("", path) for path in case.data] + list(case.graphs):
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        base = BASE + file.relative_to(root).as_posix()
        for quad in ox.parse(path=str(file), format=_GRAPHS[file.suffix], base_iri=base):
            found.append(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return found


def text(root: Path, case: Case) -> str:
    """Read the query of a test, with the base that it has on the web."""
    return f"BASE <{BASE}{case.query.relative_to(root).as_posix()}>\n{case.query.read_text('utf-8')}"


def same(expected: Path, body: bytes) -> bool:
    """Tell whether an answer is the expected result, in the form of that one's file."""
    if expected.suffix == ".csv":
        return _lines(expected.read_text("utf-8")) == _lines(body.decode())
    if expected.suffix == ".ttl" and b"ResultSet" in expected.read_bytes():
        found_rows = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        return _canonical(_result_set(expected)) == _canonical(_as_graph(found_rows))
    if expected.suffix == ".ttl":
        wanted = ox.Dataset(ox.parse(path=str(expected), format=ox.RdfFormat.TURTLE, base_iri=BASE))
        found = ox.Dataset(ox.parse(body, format=ox.RdfFormat.TURTLE))
        return _canonical(wanted) == _canonical(found)
    wanted_rows = ox.parse_query_results(path=str(expected), format=_TABLES[expected.suffix])
    found_rows = ox.parse_query_results(body, format=_TABLES[expected.suffix])
    if isinstance(wanted_rows, ox.QueryBoolean) or isinstance(found_rows, ox.QueryBoolean):
        return bool(wanted_rows) == bool(found_rows) and type(wanted_rows) is type(found_rows)
    if {v.value for v in wanted_rows.variables} != {v.value for v in found_rows.variables}:
        return False
    return _canonical(_as_graph(wanted_rows)) == _canonical(_as_graph(found_rows))


def _lines(written: str) -> Counter[tuple[str, ...]]:
    """Give the rows of a CSV file by column, with numbers by value and blank nodes without their labels."""
    head, *rows = csv.reader(io.StringIO(written, newline=""))
    order = sorted(range(len(head)), key=lambda place: head[place])  # of SELECT *, any order of columns is right
    cells = [["_:" if cell.startswith("_:") else _number(cell) for cell in row] for row in (head, *rows)]
    return Counter(tuple(row[place] for place in order) for row in cells)


def _number(cell: str) -> str:
    try:
        return repr(float(cell))
    except ValueError:
        return cell


def _as_graph(rows: ox.QuerySolutions) -> ox.Dataset:
    """Write rows as a graph, so that blank nodes can be compared whatever their labels."""
    made = ox.Dataset()
    names = rows.variables
    for row in rows:
        node = ox.BlankNode()
        made.add(ox.Quad(node, ox.NamedNode("row:is"), ox.Literal("row")))
        for name in names:
            if (value := row[name]) is not None:
                made.add(ox.Quad(node, ox.NamedNode(f"var:{name.value}"), _plain(value)))
    return made


def _result_set(file: Path) -> ox.Dataset:
    """Read rows that are written as RDF (https://www.w3.org/2001/sw/DataAccess/tests/result-set#), as `_as_graph`."""
    base = f"{BASE}{file.parent.name}/{file.name}"
    written = ox.Dataset(ox.parse(path=str(file), format=ox.RdfFormat.TURTLE, base_iri=base))
    made, rs = ox.Dataset(), "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

    def objects(node: Any, name: str) -> list[Any]:
        return [quad.object for quad in written.quads_for_subject(node) if quad.predicate.value == rs + name]

    for solution in [quad.object for quad in written if quad.predicate.value == f"{rs}solution"]:
        made.add(ox.Quad(solution, ox.NamedNode("row:is"), ox.Literal("row")))
        for binding in objects(solution, "binding"):
            name, value = objects(binding, "variable")[0].value, objects(binding, "value")[0]
            made.add(ox.Quad(solution, ox.NamedNode(f"var:{name}"), _plain(value)))
    return made


def accepted(expected: Path) -> str:
    """Give what a client accepts who wants to compare with a file."""
    return ACCEPT[".srj" if b"ResultSet" in expected.read_bytes() and expected.suffix == ".ttl" else expected.suffix]


def _plain(value: Any) -> Any:
    """Write a number or truth value in one way: results are compared by value (section 17.1 of SPARQL 1.1 Query)."""
    if isinstance(value, ox.Literal) and value.datatype.value.endswith("#boolean"):
        return ox.Literal({"1": "true", "0": "false"}.get(value.value, value.value), datatype=value.datatype)
    if isinstance(value, ox.Literal) and value.datatype.value.rpartition("#")[2] in _NUMBERS:
        try:
            kind = value.datatype.value.rpartition("#")[2]
            number = repr(float(value.value)) if kind in ("float", "double") else str(Decimal(value.value).normalize())
            return ox.Literal(number, datatype=value.datatype)
        except ArithmeticError:
            return value
    return value


def _canonical(dataset: ox.Dataset) -> Counter[str]:
    """Give the quads with blank nodes named by their place."""
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return Counter(map(str, dataset))


def empty_graphs(names: Iterable[str], quads: Iterable[ox.Quad]) -> list[str]:
    """Give those names that no quad is in."""
    filled = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    return sorted(set(names) - filled)
