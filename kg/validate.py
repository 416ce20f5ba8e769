"""Check a store against the shapes of ``ontology/shapes.ttl``.

Each shape carries its rule in SHACL and as a query for its violations; the queries run here, since a SHACL
processor takes seconds per hundred papers. The tests hold that pySHACL agrees with them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from kg.config import Config
from kg.errors import WorkspaceError
from kg.namespaces import FIXED, ONTOLOGY, Namespaces
from kg.vocabulary import ontology_file

#: Violations of one shape that a report lists; all are counted.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: its name, what it asks for, and the query for nodes that break it."""

    name: str
    message: str
    query: str


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A node that breaks a shape, and the value at fault where there is one; both as CURIEs."""

    shape: str
    message: str
    node: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome: how many shapes were checked, and every violation."""

    shapes: int
    violations: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        """Tell whether there is no violation."""
        return not self.violations

    def text(self) -> str:
        """Lay the report out for a reader."""
        if self.conforms:
            return f"The graph conforms to all {self.shapes} shapes.\n"
        found = Counter(item.shape for item in self.violations)
        lines = [f"The graph breaks {len(found)} of {self.shapes} shapes in {len(self.violations)} places."]
        shown: Counter[str] = Counter()
        for item in self.violations:
            if not shown[item.shape]:
                lines.append(f"\n{item.shape}: {item.message} ({found[item.shape]})")
            if shown[item.shape] < SHOWN:
                lines.append(f"  {item.node}" + (f"  {item.value}" if item.value else ""))
            elif shown[item.shape] == SHOWN:
                lines.append(f"  ... and {found[item.shape] - SHOWN} more")
            shown[item.shape] += 1
        return "\n".join(lines) + "\n"


def read_shapes(path: Path | None = None) -> list[Shape]:
    """Read the shapes, sorted by name."""
    store = ox.Store()
    store.load(path=str(path or ontology_file("shapes.ttl")), format=ox.RdfFormat.TURTLE)
    query = f"""
        SELECT ?shape ?message ?query
        WHERE {{ ?shape <{FIXED["sh"]}message> ?message ; <{ONTOLOGY}violation_query> ?query }}
        ORDER BY ?shape
    """
    return [
        Shape(row["shape"].value.rpartition("#")[2], row["message"].value, row["query"].value)
        for row in cast(ox.QuerySolutions, store.query(query))
    ]


def validate(store: Path, *, config: Config | None = None) -> Report:
    """Check a store on disk against the shipped shapes."""
    try:
        opened = ox.Store.read_only(str(store))
    except OSError as error:
        raise WorkspaceError(f"{store}: no readable store ({error}); run `kg build` again") from error
    return check(opened, read_shapes(), Namespaces((config or Config()).base_iri))


def check(store: ox.Store, shapes: list[Shape], names: Namespaces) -> Report:
    """Check an open store against shapes."""
    found = [item for shape in shapes for item in _violations(store, shape, names)]
    return Report(len(shapes), tuple(sorted(found)))


def _violations(store: ox.Store, shape: Shape, names: Namespaces) -> Iterator[Violation]:
    """Give the violations of one shape."""
    rows = cast(ox.QuerySolutions, store.query(shape.query, prefixes=names.prefixes))
    columns = {variable.value for variable in rows.variables}
    for row in rows:
        value = row["value"] if "value" in columns else None
        yield Violation(shape.name, shape.message, _written(row["this"], names), _written(value, names))


def _written(term: object, names: Namespaces) -> str:
    """Write a term for a reader."""
    if isinstance(term, ox.NamedNode):
        return names.compress(term.value)
    return "" if term is None else str(term)
