"""Check a store, or files of RDF, against the shapes of ``ontology/shapes.ttl``.

Each shape carries its rule in SHACL and as a query for its violations; the queries run here, since a SHACL
processor is slower. The tests hold that pySHACL agrees with them.
"""

import gzip
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.config import Config
from kg.errors import InputError, WorkspaceError
from kg.namespaces import DEFAULT_BASE, FIXED, ONTOLOGY, Namespaces
from kg.vocabulary import ontology_file

#: Violations of one shape that a report for readers lists; all are counted.
SHOWN = 20

#: Namespace of the shipped shapes.
SHAPES = f"{DEFAULT_BASE}shapes#"

_SH, _RDF = FIXED["sh"], FIXED["rdf"]

_TYPE = ox.NamedNode(f"{_RDF}type")

#: Gives RDF 1.2 reifiers the triples of RDF 1.1 that the shapes speak of.
_REIFIED = f"""
    INSERT {{
      ?this a <{_RDF}Statement> ; <{_RDF}subject> ?subject ; <{_RDF}predicate> ?predicate ; <{_RDF}object> ?object
    }}
    WHERE {{
      ?this <{_RDF}reifies> ?triple
      BIND(SUBJECT(?triple) AS ?subject) BIND(PREDICATE(?triple) AS ?predicate) BIND(OBJECT(?triple) AS ?object)
    }}
"""

#: Tells whether there is anything that a graph of kg is made of.
_ANYTHING = """
    ASK {
      VALUES ?class { fabio:ResearchPaper skos:Concept kg:Assertion kg:Evidence skos:ConceptScheme }
      ?this a ?class
    }
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: its IRI, what it asks for, the query for nodes that break it, and the property it is about, if one."""

    iri: str
    message: str
    query: str
    path: str = ""

    @property
    def name(self) -> str:
        """Give the name of a shipped shape, or the IRI of another one."""
        return self.iri.removeprefix(SHAPES)


@dataclass(frozen=True, slots=True)
class Violation:
    """A node that breaks a shape, and the value at fault; without one, what the shape's property has there."""

    node: ox.NamedNode | ox.BlankNode
    value: ox.NamedNode | ox.BlankNode | ox.Literal | None = None
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A shape that is broken: how often, and the violations that are listed, in the order of their nodes."""

    shape: Shape
    count: int
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome: how many shapes were checked, and those that are broken, by name."""

    shapes: int
    broken: tuple[Broken, ...] = ()
    names: Namespaces = field(default_factory=Namespaces)

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation."""
        return not self.broken

    @property
    def count(self) -> int:
        """Count the violations."""
        return sum(item.count for item in self.broken)

    def text(self) -> str:
        """Lay the report out for a reader."""
        if self.conforms:
            return f"The graph conforms to all {self.shapes} shapes.\n"
        lines = [f"The graph breaks {len(self.broken)} of {self.shapes} shapes in {self.count} places."]
        for item in self.broken:
            lines.append(f"\n{item.shape.name}: {item.shape.message} ({item.count})")
            path = self.names.compress(item.shape.path)
            for one in item.violations:
                seen = f"{path} {', '.join(one.found)}" if one.found else f"no {path}" if path else ""
                value = _written(one.value, self.names) if one.value else seen
                lines.append(f"  {_written(one.node, self.names)}  {value}".rstrip())
            left = item.count - len(item.violations)
            lines += [f"  ... and {left} more"] if left else []
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """Write the report as a JSON object, its nodes and links as CURIEs."""
        broken = [
            {
                "shape": item.shape.name,
                "message": item.shape.message,
                "path": self.names.compress(item.shape.path),
                "count": item.count,
                "violations": [
                    {
                        "node": _written(one.node, self.names),
                        "value": _written(one.value, self.names) if one.value else None,
                        "found": list(one.found),
                    }
                    for one in item.violations
                ],
            }
            for item in self.broken
        ]
        found = {"conforms": self.conforms, "shapes": self.shapes, "count": self.count, "broken": broken}
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"

    def turtle(self) -> str:
        """Write the report as a ``sh:ValidationReport`` (https://www.w3.org/TR/shacl/#validation-report)."""
        text = ox.serialize(self._triples(), format=ox.RdfFormat.TURTLE, prefixes=self.names.prefixes)
        assert text is not None
        return text.decode()

    def _triples(self) -> Iterator[ox.Triple]:
        """Give the triples of the report; what finds a violation is the shape's query."""
        report = ox.BlankNode("report")
        yield ox.Triple(report, _TYPE, _sh("ValidationReport"))
        yield ox.Triple(report, _sh("conforms"), ox.Literal(self.conforms))
        number = 0
        for item in self.broken:
            if item.count > len(item.violations):
                note = f"{item.shape.name}: {len(item.violations)} of {item.count} violations are listed"
                yield ox.Triple(report, ox.NamedNode(f"{FIXED['rdfs']}comment"), ox.Literal(note))
            for one in item.violations:
                number += 1
                result = ox.BlankNode(f"result{number}")
                yield ox.Triple(report, _sh("result"), result)
                yield ox.Triple(result, _TYPE, _sh("ValidationResult"))
                yield ox.Triple(result, _sh("focusNode"), one.node)
                yield ox.Triple(result, _sh("resultMessage"), ox.Literal(item.shape.message))
                yield ox.Triple(result, _sh("resultSeverity"), _sh("Violation"))
                yield ox.Triple(result, _sh("sourceConstraintComponent"), _sh("SPARQLConstraintComponent"))
                yield ox.Triple(result, _sh("sourceShape"), ox.NamedNode(item.shape.iri))
                if item.shape.path:
                    yield ox.Triple(result, _sh("resultPath"), ox.NamedNode(item.shape.path))
                if one.value:
                    yield ox.Triple(result, _sh("value"), one.value)


#: Name of a form of the report -> what writes it.
FORMATS: dict[str, Callable[[Report], str]] = {"text": Report.text, "json": Report.json, "ttl": Report.turtle}


def read_shapes(path: Path | None = None) -> list[Shape]:
    """Read the shipped shapes, or those of a Turtle file, sorted by IRI; one without a query is an error."""
    store = ox.Store()
    try:
        store.load(path=str(path or ontology_file("shapes.ttl")), format=ox.RdfFormat.TURTLE)
    except (OSError, SyntaxError) as error:
        raise InputError(f"{path}: no readable Turtle ({error})") from error
    query = f"""
        PREFIX sh: <{_SH}>
        SELECT ?shape (MIN(?text) AS ?message) (MIN(?rule) AS ?query)
          (IF(COUNT(DISTINCT ?one) = 1, STR(MIN(?one)), "") AS ?path)
        WHERE {{
          ?shape a sh:NodeShape
          OPTIONAL {{ ?shape sh:message ?text }}
          OPTIONAL {{ ?shape <{ONTOLOGY}violation_query> ?rule }}
          OPTIONAL {{ ?shape sh:property/sh:path ?one FILTER(ISIRI(?one)) }}
        }}
        GROUP BY ?shape
        ORDER BY ?shape
    """
    rows = [[term and term.value for term in row] for row in cast(ox.QuerySolutions, store.query(query))]
    shapes = [Shape(iri, message or iri, rule or "", path or "") for iri, message, rule, path in rows]
    missing = [shape.iri for shape in shapes if not shape.query]
    if missing or not shapes:
        what = f"{missing[0]} has no kg:violation_query" if missing else "there is no sh:NodeShape"
        raise InputError(f"{path}: {what}; a shape in SHACL alone can be checked with pyshacl")
    return shapes


def validate(
    store: Path, *, config: Config | None = None, shapes: Sequence[Shape] = (), limit: int | None = SHOWN
) -> Report:
    """Check a store on disk against the shipped shapes and more; list at most ``limit`` violations of each."""
    try:
        opened = ox.Store.read_only(str(store))
    except (OSError, RuntimeError) as error:  # the latter is what pyoxigraph says of damage
        raise WorkspaceError(f"{store}: no readable store ({error}); run `kg build` again") from error
    names = Namespaces((config or Config()).base_iri)
    return check(opened, [*read_shapes(), *shapes], names, limit=limit)


def validate_files(
    paths: Sequence[Path], *, config: Config | None = None, shapes: Sequence[Shape] = (), limit: int | None = SHOWN
) -> Report:
    """Check files of RDF, taken together, as `validate` checks a store; what each is, its name tells."""
    names = Namespaces((config or Config()).base_iri)
    with tempfile.TemporaryDirectory() as folder:
        store = ox.Store(folder)
        for path in paths:
            _load(store, path)
        store.update(_REIFIED)
        if not store.query(_ANYTHING, prefixes=names.prefixes):
            raise InputError(f"{paths[0]}: nothing in it is of a graph of kg, so there is nothing to check")
        return check(store, [*read_shapes(), *shapes], names, limit=limit)


def _load(store: ox.Store, path: Path) -> None:
    """Load a file of RDF, packed by gzip or not."""
    suffixes = [suffix.lstrip(".") for suffix in path.suffixes]
    packed = suffixes[-1:] == ["gz"]
    form = ox.RdfFormat.from_extension((suffixes[:-1] if packed else suffixes or [""])[-1])
    if form is None:
        raise InputError(f"{path}: the name does not tell what RDF it is; known are nt, nq, ttl, trig, jsonld, rdf")
    try:
        with gzip.open(path) if packed else path.open("rb") as stream:
            store.bulk_load(cast(IO[bytes], stream), form, base_iri=path.resolve().as_uri())
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as {form.name} ({error})") from error


def check(store: ox.Store, shapes: Sequence[Shape], names: Namespaces, *, limit: int | None = SHOWN) -> Report:
    """Check an open store against shapes."""
    broken = (_broken(store, shape, names, limit) for shape in shapes)
    return Report(len(shapes), tuple(item for item in broken if item.count), names)


def _broken(store: ox.Store, shape: Shape, names: Namespaces, limit: int | None) -> Broken:
    """Count the violations of one shape and keep the first; what is not kept is not held in memory."""
    try:
        rows = cast(ox.QuerySolutions, store.query(shape.query, prefixes=names.prefixes))
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{shape.name}: its kg:violation_query cannot be run ({error})") from error
    valued = "value" in {variable.value for variable in rows.variables}
    counter = itertools.count()
    found = (Violation(row["this"], row["value"] if valued else None) for row, _ in zip(rows, counter, strict=False))
    first = sorted(found, key=_order) if limit is None else nsmallest(limit, found, key=_order)
    return Broken(shape, next(counter), tuple(_explained(store, shape, item, names) for item in first))


def _order(item: Violation) -> tuple[str, str]:
    """Sort violations by node and value."""
    return str(item.node), str(item.value or "")


def _explained(store: ox.Store, shape: Shape, item: Violation, names: Namespaces) -> Violation:
    """Add the values of the shape's property to a violation without a value."""
    if item.value is not None or not shape.path:
        return item
    quads = store.quads_for_pattern(item.node, ox.NamedNode(shape.path), None, ox.DefaultGraph())
    return Violation(item.node, None, tuple(sorted(_written(quad.object, names) for quad in quads)))


def _sh(name: str) -> ox.NamedNode:
    """Give a term of SHACL."""
    return ox.NamedNode(_SH + name)


def _written(term: object, names: Namespaces) -> str:
    """Write a term for a reader."""
    return names.compress(term.value) if isinstance(term, ox.NamedNode) else str(term)
