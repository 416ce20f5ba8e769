"""Measure `kg validate` on a graph, and beside pySHACL on a small part of it, in one run.

usage: python -m benchmarks.validation WORKSPACE [--papers N]

`kg validate` runs on the whole store, each shape timed; then on the part, with pySHACL beside it. The part is what the
first N papers in the order of their names hold: these papers, what they mention, their claims, evidence and sentences.
It does not conform, since supports count papers that are left out; both must find the same nodes at fault.
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery

from benchmarks.processes import own_peak
from kg.namespaces import Namespaces
from kg.validate import Report, check, read_shapes
from kg.vocabulary import ontology_file
from kg.workspace import Workspace

#: Nodes of a part: papers, then what their triples and those of what speaks of them name.
PARTS = """
    SELECT DISTINCT ?node WHERE {
      { SELECT ?paper WHERE { ?paper a fabio:ResearchPaper } ORDER BY ?paper LIMIT %d }
      {
        ?paper a fabio:ResearchPaper BIND(?paper AS ?node)
      } UNION {
        ?paper kg:mentions|dcterms:creator ?node
      } UNION {
        ?node kg:paper ?paper
      } UNION {
        ?evidence prov:wasDerivedFrom ?paper . ?evidence prov:wasGeneratedBy? ?node
      } UNION {
        ?evidence prov:wasDerivedFrom ?paper . ?node kg:evidence ?evidence
      }
    }
"""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Do some work; give its seconds on the processor, and what it gives."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def part(store: ox.Store, papers: int, names: Namespaces) -> ox.Store:
    """Take the triples of some papers and of what belongs to them."""
    small = ox.Store()
    for row in store.query(PARTS % papers, prefixes=names.prefixes):
        small.extend(store.quads_for_pattern(row["node"], None, None, ox.DefaultGraph()))
    return small


class Parsed(rdflib.Graph):
    """A graph that keeps its queries parsed: pySHACL gives the text of a shape's query anew for each node."""

    parsed = staticmethod(cache(prepareQuery))

    def query(self, query_object: Any, *arguments: Any, **options: Any) -> Any:
        """Run a query."""
        return super().query(self.parsed(query_object), *arguments, **options)


def reference(store: ox.Store) -> set[str]:
    """Give the nodes that pySHACL finds at fault."""
    import pyshacl

    text = ox.serialize((quad.triple for quad in store), format=ox.RdfFormat.N_TRIPLES) or b""
    shapes = rdflib.Graph().parse(ontology_file("shapes.ttl"), format="turtle")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = Parsed().parse(data=text, format="nt")
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False)
    return {str(node) for node in report.objects(None, SH.focusNode)}


def nodes(report: Report) -> Iterator[str]:
    """Give the nodes that a report lists."""
    return (item.node.value for broken in report.broken for item in broken.violations)


def main() -> int:
    """Measure and print lines of JSON; exit status 1 says that the two disagree, or that the graph does not conform."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--papers", type=int, default=100, help="papers of the part that pySHACL reads")
    arguments = parser.parse_args()
    names, shapes = Namespaces(), read_shapes()
    store = ox.Store.read_only(str(Workspace(arguments.workspace).build().file("store")))
    (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?paper a fabio:ResearchPaper }", prefixes=names.prefixes)
    spent = {shape.name: timed(lambda shape=shape: check(store, [shape], names)) for shape in shapes}
    slow = sorted(((round(seconds, 2), name) for name, (seconds, _) in spent.items()), reverse=True)[:5]
    found: dict[str, Any] = {"what": "kg validate, whole graph", "papers": int(row["n"].value), "shapes": len(shapes)}
    found |= {"cpu_seconds": round(sum(seconds for seconds, _ in spent.values()), 1), "slowest": slow}
    found |= {"megabytes": own_peak()}
    found |= {"conforms": all(report.conforms for _, report in spent.values())}
    print(json.dumps(found), flush=True)
    small = part(store, arguments.papers, names)
    ours, report = timed(lambda: check(small, shapes, names, limit=None))
    theirs, expected = timed(lambda: reference(small))
    agree = set(nodes(report)) == expected
    row = {"what": "part", "papers": arguments.papers, "triples": len(small), "kg_cpu_seconds": round(ours, 2)}
    row |= {"pyshacl_cpu_seconds": round(theirs, 2), "ratio": round(theirs / ours), "nodes_at_fault": len(expected)}
    print(json.dumps(row | {"agree": agree}), flush=True)
    return 0 if agree and found["conforms"] else 1


if __name__ == "__main__":
    sys.exit(main())
