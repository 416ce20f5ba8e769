"""Measure the RDF export of a workspace: time and memory of each step, beside rdflib and a raw bulk load.

usage: python benchmarks/rdf.py WORKSPACE [--part PAPERS] [--skip-rdflib] [-o FILE.json]

Each step runs in a process of its own, one after the other. rdflib is measured on a part of the papers, since it takes
minutes for the whole; kg writes the same part beside it, so that the ratio compares like with like.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from kg.config import Config
from kg.exporters import EXPORTERS, rdf, writers
from kg.exporters.triples import groups
from kg.selection import Selected
from kg.tables import Tables
from kg.workspace import Workspace

#: What a step is given: the tables, those of a part, a folder for files.
Step = Callable[[Tables, Tables, Path], int]

#: Files that several steps use: the canonical lines of the whole and of the part.
WHOLE, PACKED, PART = "whole.nq", "whole.nq.gz", "part.nt"


def pieces(path: Path) -> Iterator[bytes]:
    """Give a file a piece at a time."""
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece


def make_triples(tables: Tables, part: Tables, folder: Path) -> int:
    """Make the triples, and keep none."""
    return sum(len(group) for group in groups(tables, Config(), folder, rdf.CLAIMS))


def make_canonical(tables: Tables, part: Tables, folder: Path) -> int:
    """Make and sort the canonical lines."""
    with (folder / WHOLE).open("wb") as stream:
        stream.writelines(rdf.canonical(tables, Config(), aside=folder))
    return (folder / WHOLE).stat().st_size


def pack(tables: Tables, part: Tables, folder: Path) -> int:
    """Pack the canonical lines."""
    with (folder / PACKED).open("wb") as stream:
        writers.write_packed(pieces(folder / WHOLE), Config(), stream)
    return (folder / PACKED).stat().st_size


def make_part(tables: Tables, part: Tables, folder: Path) -> int:
    """Make and sort the canonical lines of the part."""
    with (folder / PART).open("wb") as stream:
        stream.writelines(rdf.canonical(part, Config(), aside=folder))
    return (folder / PART).stat().st_size


def write(name: str, source: str) -> Step:
    """Give the step that writes a format from canonical lines."""
    form = {"ttl": writers.write_turtle, "jsonld": writers.write_jsonld, "rdfxml": writers.write_rdfxml}[name]

    def step(tables: Tables, part: Tables, folder: Path) -> int:
        path = folder / f"out{EXPORTERS[name].suffix}"
        with path.open("wb") as stream:
            form(pieces(folder / source), Config(), stream)
        return path.stat().st_size

    return step


def rdflib_turtle(tables: Tables, part: Tables, folder: Path) -> int:
    """Write the part with rdflib; only the writing is timed, not the reading before it."""
    import rdflib

    from kg.namespaces import Namespaces

    graph = rdflib.Graph()
    for prefix, iri in Namespaces().prefixes.items():
        graph.bind(prefix, iri, replace=True)
    graph.parse(folder / PART, format="nt")
    start()
    graph.serialize(folder / "out.ttl", format="turtle", encoding="utf-8")
    return (folder / "out.ttl").stat().st_size


def load_raw(tables: Tables, part: Tables, folder: Path) -> int:
    """Load the canonical file with pyoxigraph alone."""
    import pyoxigraph as ox

    store = ox.Store(str(folder / "raw"))
    store.bulk_load(path=folder / WHOLE, format=ox.RdfFormat.N_TRIPLES)
    store.flush()
    return 0


def load(tables: Tables, part: Tables, folder: Path) -> int:
    """Load the packed file with the ontology and vocabulary, as a build does."""
    rdf.load_store(folder / PACKED, Config(), folder / "store")
    return 0


#: Name -> step, in the order they run.
STEPS: dict[str, Step] = {
    "triples from tables": make_triples,
    "canonical N-Quads from tables": make_canonical,
    "gzip of them": pack,
    "Turtle": write("ttl", WHOLE),
    "JSON-LD": write("jsonld", WHOLE),
    "RDF/XML": write("rdfxml", WHOLE),
    "canonical N-Quads from tables, part": make_part,
    "Turtle, part": write("ttl", PART),
    "Turtle by rdflib, part": rdflib_turtle,
    "raw bulk load": load_raw,
    "store as a build makes it": load,
}

_started = (0.0, 0.0)


def start() -> None:
    """Start the clocks of a step."""
    global _started
    _started = time.perf_counter(), time.process_time()


def run(name: str, workspace: Path, folder: Path, papers: int) -> dict[str, object]:
    """Run one step here and give what it took."""
    tables = Workspace(workspace).tables()
    chosen = frozenset(row.id for row in islice(tables.papers(), papers))
    named = frozenset(row.tail for row in tables.relations() if row.head in chosen)
    part = Selected(tables.folder, chosen, named)
    start()
    size = STEPS[name](tables, part, folder)
    took = time.perf_counter() - _started[0], time.process_time() - _started[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "what": name,
        "seconds": round(took[0], 2),
        "processor": round(took[1], 2),
        "megabytes": peak,
        "size": size,
    }


def ratios(rows: dict[str, dict[str, float]]) -> dict[str, float]:
    """Give the ratios that the export is judged by, of processor time, which other work on the machine bends less."""
    spent = {name: row["processor"] for name, row in rows.items()}
    found = {"store to raw bulk load": spent["store as a build makes it"] / spent["raw bulk load"]}
    if theirs := spent.get("Turtle by rdflib, part"):
        found["rdflib's Turtle to kg's"] = theirs / spent["Turtle, part"]
        whole = spent["Turtle, part"] + spent["canonical N-Quads from tables, part"]
        found["rdflib's Turtle to kg's from the tables"] = theirs / whole
    return {name: round(ratio, 2) for name, ratio in found.items()}


def main() -> None:
    """Measure, print a table and write the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workspace", type=Path, help="a built workspace; it is only read")
    parser.add_argument("--part", type=int, default=1000, metavar="PAPERS", help="papers that rdflib is measured on")
    parser.add_argument("--skip-rdflib", action="store_true", help="leave rdflib out")
    parser.add_argument("--aside", type=Path, help="where temporary files go")
    parser.add_argument("-o", "--output", type=Path, help="file for the figures as JSON")
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(run(given.only[0], given.workspace, Path(given.only[1]), given.part)))
        return
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir=given.aside) as folder:
        for name in STEPS:
            if given.skip_rdflib and "rdflib" in name:
                continue
            command = [sys.executable, __file__, str(given.workspace), "--part", str(given.part)]
            done = subprocess.run([*command, "--only", name, folder], stdout=subprocess.PIPE, check=True)
            rows[name] = row = json.loads(done.stdout)
            times = f"{row['seconds']:9.2f} s {row['processor']:9.2f} CPU s"
            print(f"{name:38} {times} {row['megabytes']:7} MB {row['size']:12}", flush=True)
    found = ratios(rows)
    for name, ratio in found.items():
        print(f"{name:38} {ratio:9.2f}")
    if given.output:
        given.output.write_text(json.dumps({"steps": list(rows.values()), "ratios": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
