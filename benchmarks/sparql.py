"""Time every recipe in a warm worker on a workspace, and rdflib's own engine beside it on a few.

    python -m benchmarks.sparql WORKSPACE [--rounds 5] [-o FILE.json] [--rdflib SECONDS]

A recipe is asked with its examples where the graph knows them, else with the graph's own most frequent names. The
first answer, which warms caches, is not counted; the median of the others is. With --rdflib, a second process
loads the graph into rdflib and runs `BESIDE` there, each for that many seconds at most.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.results import about, save
from kg.config import from_dict
from kg.errors import QueryError
from kg.query import RECIPES, Worker, ask, recipe_text
from kg.query.parameters import Parameter
from kg.workspace import Workspace

#: Recipes that rdflib runs too: it is given names, so that it need not read everything.
BESIDE = ("timeline", "related", "both", "categories", "top")

#: Milliseconds that a warm recipe may take on 10 000 papers; those that compare all pairs are excepted.
LIMIT, ALL_PAIRS = 150.0, ("gaps",)

#: Seconds of a recipe's rounds after which no further one begins.
PATIENCE = 3.0

#: Type of a parameter -> the query for the value that stands most for the graph.
_FREQUENT = {
    "entity": "SELECT ?l { { SELECT ?e { ?e kg:support ?n ; a skos:Concept } ORDER BY DESC(?n) LIMIT 9 } "
    "?e skos:prefLabel ?l ; kg:support ?m } ORDER BY DESC(?m)",
    "paper": "SELECT ?p { ?p a fabio:ResearchPaper } ORDER BY ?p LIMIT 1",
    "author": "SELECT ?n { { SELECT ?a (COUNT(?p) AS ?c) { ?p dcterms:creator ?a } GROUP BY ?a ORDER BY DESC(?c) ?a "
    "LIMIT 1 } ?a foaf:name ?n }",
    "category": "SELECT ?c (COUNT(?p) AS ?n) { ?p kg:category ?c } GROUP BY ?c ORDER BY DESC(?n) ?c LIMIT 1",
    "integer": "SELECT (MAX(?y) AS ?last) { ?t a kg:YearTotal ; kg:year ?y }",
}

_RDFLIB = """
import json, signal, sys, time
from rdflib import Graph
from kg.exporters.writers import parse
text, prefixes, seconds = json.load(open(sys.argv[1])), json.loads(sys.argv[2]), int(sys.argv[3])
started = time.perf_counter()
graph = Graph()
import gzip
graph.parse(data=gzip.open(sys.argv[4]).read(), format="nt")
print(json.dumps({"load": time.perf_counter() - started}), flush=True)
def late(*_): raise TimeoutError
signal.signal(signal.SIGALRM, late)
for name, query in text.items():
    started = time.perf_counter()
    signal.alarm(seconds)
    try:
        rows = len(list(graph.query(query, initNs=prefixes)))
    except TimeoutError:
        rows = None
    signal.alarm(0)
    print(json.dumps({"name": name, "rows": rows, "seconds": time.perf_counter() - started}), flush=True)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("-o", "--output", type=Path, help="file for the figures as JSON")
    parser.add_argument(
        "--rdflib", type=int, default=0, metavar="SECONDS", help="run rdflib beside, each query so long"
    )
    given = parser.parse_args()
    build = Workspace(given.workspace).build()
    config = from_dict({**build.manifest().config, "query_seconds": 120.0})
    with Worker(build.file("store"), config) as worker:
        found = measure(worker, given.rounds)
        others = beside(worker, build.file("graph.nq.gz"), given.rdflib) if given.rdflib else {}
    show(found, others)
    if given.output:
        told = about(papers=build.manifest().counts["papers"], rdflib=others)
        save(given.output, "recipes", {"about": told, "complete": True, "rows": found})


def measure(worker: Worker, rounds: int) -> list[dict[str, object]]:
    """Time each recipe."""
    found: list[dict[str, object]] = []
    for name in RECIPES:
        values = values_of(worker, name)
        first = time.perf_counter()
        rows = ask(worker, name, values).rows
        cold = time.perf_counter() - first
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            ask(worker, name, values)
            times.append(time.perf_counter() - started)
            if sum(times) > PATIENCE:
                break
        row = {"name": name, "values": values, "rows": rows, "first_ms": 1000 * cold}
        found.append({**row, "median_ms": 1000 * statistics.median(times), "best_ms": 1000 * min(times)})
    return found


def values_of(worker: Worker, name: str) -> dict[str, str]:
    """Give the values of the parameters that a recipe needs."""
    return {p.name: _value(worker, name, p) for p in RECIPES[name].parameters if p.required}


def _value(worker: Worker, name: str, parameter: Parameter) -> str:
    """Give the example where the graph knows it, else what the graph has most of."""
    if parameter.type != "integer":
        try:
            known = {p.name: p.example for p in RECIPES[name].parameters if p.required}
            recipe_text(worker, name, known)
        except QueryError:
            pass
        else:
            return parameter.example
    if parameter.type not in _FREQUENT:
        return parameter.example
    rows = worker.run(_FREQUENT[parameter.type], ours=True).values()
    place = 1 if parameter.name == "other" else 0
    return str(next(iter(rows[place].values())))


def beside(worker: Worker, packed: Path, seconds: int) -> dict[str, dict[str, float | int | None]]:
    """Run a few recipes in rdflib, in a process of its own, after loading the same graph."""
    texts = {name: recipe_text(worker, name, values_of(worker, name)) for name in BESIDE}
    place = packed.parent / "store"  # only read; the queries go through a file, since they are long
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".json") as stream:
        json.dump(texts, stream)
        stream.flush()
        command = [sys.executable, "-c", _RDFLIB, stream.name, json.dumps(worker.names.prefixes), str(seconds)]
        ran = subprocess.run([*command, str(packed)], capture_output=True, text=True, check=False, cwd=place.parent)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    if not lines:
        return {"load": {"seconds": None}}
    return {"load": {"seconds": lines[0]["load"]}, **{line["name"]: line for line in lines[1:]}}


def show(found: list[dict[str, object]], others: dict[str, dict[str, float | int | None]]) -> None:
    """Print the tables."""
    print(f"{'recipe':<16}{'rows':>6}{'first':>10}{'median':>10}{'best':>10}  values")
    for row in sorted(found, key=lambda row: -float(str(row["median_ms"]))):
        late = " over the limit" if float(str(row["median_ms"])) > LIMIT and row["name"] not in ALL_PAIRS else ""
        numbers = "".join(f"{float(str(row[key])):>7.1f} ms" for key in ("first_ms", "median_ms", "best_ms"))
        print(f"{row['name']:<16}{row['rows']:>6}{numbers}  {row['values']}{late}")
    if not others:
        return
    ours = {str(row["name"]): float(str(row["median_ms"])) for row in found}
    load = others["load"]["seconds"]
    print(f"\nrdflib loads the graph in {load:.1f} s" if load else "\nrdflib did not load the graph")
    for name in BESIDE:
        row = others.get(name)
        if row is None or row["rows"] is None:
            print(f"{name:<16} {'no answer' if row is None else 'ended at the limit'}; here {ours[name]:.1f} ms")
        else:
            took = 1000 * float(row["seconds"] or 0)
            print(f"{name:<16} {took:.0f} ms in rdflib, {ours[name]:.1f} ms here: {took / ours[name]:.0f} times")


if __name__ == "__main__":
    main()
