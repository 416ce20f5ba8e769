"""Measure the RDF export of a workspace: time and memory of each step, beside rdflib and a raw bulk load.

usage: python -m benchmarks.rdf WORKSPACE [--part PAPERS] [--rounds N] [--skip-rdflib] [-o FILE.json]

Each step runs in a process of its own, one after the other. rdflib is measured on a part of the papers, since it takes
minutes for the whole; kg writes the same part beside it, so that the ratio compares like with like.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.builds import build
from benchmarks.processes import own_peak, python, run
from benchmarks.results import Row, about, add, middle, save
from benchmarks.setting import Setting
from kg.config import Config
from kg.exporters import EXPORTERS, rdf, writers
from kg.exporters.triples import blocks
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


def make_blocks(tables: Tables, part: Tables, folder: Path) -> int:
    """Make what is said of each subject, and keep nothing."""
    return sum(map(len, blocks(tables, Config(), folder, rdf.CLAIMS)))


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
    "blocks from tables": make_blocks,
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


def step(name: str, workspace: Path, folder: Path, papers: int) -> Row:
    """Run one step here and give a round of its figures."""
    tables = Workspace(workspace).tables()
    chosen = frozenset(row.id for row in islice(tables.papers(), papers))
    named = frozenset(row.tail for row in tables.relations() if row.head in chosen)
    part = Selected(tables.folder, chosen, named)
    start()
    size = STEPS[name](tables, part, folder)
    took = time.perf_counter() - _started[0], time.process_time() - _started[1]
    seconds = {"seconds": [round(took[0], 2)], "processor": [round(took[1], 2)]}
    return {"what": name, **seconds, "megabytes": own_peak(), "bytes": size}


def ratios(rows: list[Row]) -> Row:
    """Give the ratios that the export is judged by, of processor time, which other work on the machine bends less."""
    spent = {row["what"]: row["processor"] for row in rows}
    found = {"store to raw bulk load": divided(spent["store as a build makes it"], spent["raw bulk load"])}
    if theirs := spent.get("Turtle by rdflib, part"):
        ours = spent["Turtle, part"]
        whole = [sum(pair) for pair in zip(ours, spent["canonical N-Quads from tables, part"], strict=True)]
        found["rdflib's Turtle to kg's"] = divided(theirs, ours)
        found["rdflib's Turtle to kg's from the tables"] = divided(theirs, whole)
    return {"what": "ratios", **found}


def divided(ones: list[float], others: list[float]) -> list[float]:
    """Divide the figures of each round.

    >>> divided([3.0, 5.0], [2.0, 4.0])
    [1.5, 1.25]
    """
    return [round(one / max(other, 0.01), 2) for one, other in zip(ones, others, strict=True)]


def rounds(workspace: Path, folder: Path, *, part: int, number: int, skip: str = "") -> Iterator[list[Row]]:
    """Run all steps, whose name has no ``skip``, a number of times."""
    rows: list[Row] = []
    for _ in range(number):
        with tempfile.TemporaryDirectory(dir=folder) as aside:
            for name in STEPS:
                if not skip or skip not in name:
                    step = ("--part", str(part), "--only", name, aside)
                    add(rows, json.loads(run(python("-m", "benchmarks.rdf", workspace, *step)).output))
        yield [*rows, ratios(rows)]


def measure(setting: Setting) -> Iterator[list[Row]]:
    """Build a workspace from the papers and measure its export."""
    space = setting.folder / "export"
    build(setting.papers, setting.count, space, model="fast", processes=setting.processes[-1])
    yield from rounds(space, setting.folder, part=setting.part, number=setting.rounds)


def main() -> None:
    """Measure, print a table and write the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workspace", type=Path, help="a built workspace; it is only read")
    parser.add_argument("--part", type=int, default=1000, metavar="PAPERS", help="papers that rdflib is measured on")
    parser.add_argument("--rounds", type=int, default=1, help="times that each step runs")
    parser.add_argument("--skip-rdflib", action="store_true", help="leave rdflib out")
    parser.add_argument("--aside", type=Path, help="where temporary files go")
    parser.add_argument("-o", "--output", type=Path, help="file for the figures as JSON")
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(step(given.only[0], given.workspace, Path(given.only[1]), given.part)))
        return
    with tempfile.TemporaryDirectory(dir=given.aside) as folder:
        skip = "rdflib" if given.skip_rdflib else ""
        *_, rows = rounds(given.workspace, Path(folder), part=given.part, number=given.rounds, skip=skip)
    for row in rows[:-1]:
        times = f"{middle(row['seconds']):9.2f} s {middle(row['processor']):9.2f} CPU s"
        print(f"{row['what']:38} {times} {row['megabytes']:7} MB {row['bytes']:12}")
    for name, found in rows[-1].items():
        print(f"{name:38} {middle(found):9.2f}" if name != "what" else "")
    if given.output:
        save(given.output, "export", {"about": about(part=given.part), "complete": True, "rows": rows})


if __name__ == "__main__":
    main()
