"""The graph as RDF: its canonical N-Quads, and the Oxigraph store.

Everything is in the default graph and nothing is a blank node. The canonical form is the set of
N-Triples lines sorted bytewise; each other format is derived from it, so its bytes depend on the triples alone.
Memory stays flat: lines are sorted on disk where they are many, and every format is streamed.
"""

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import chain, islice, starmap
from pathlib import Path

import pyoxigraph as ox

from kg.config import Config
from kg.exporters.blocks import Blocks, lines
from kg.exporters.changes import Difference, updated
from kg.exporters.description import dataset_iri, tool_version
from kg.exporters.sorting import Sorter
from kg.exporters.terms import Terms
from kg.exporters.triples import CLAIMS, DETAILS, Options, blocks, replacements
from kg.exporters.writers import Taker, parse, spread, write_packed, write_turtle
from kg.tables import Replacement, Tables
from kg.vocabulary import ontology_file, shipped_files

__all__ = [
    "CLAIMS",
    "DETAILS",
    "IDENTITY_GRAPH",
    "ONTOLOGY_GRAPH",
    "VOCABULARY_GRAPH",
    "Options",
    "build_store",
    "canonical",
    "dataset_iri",
    "identity_lines",
    "load_store",
    "tool_version",
    "triples",
    "write_build",
]

#: The named graphs of the store beside the default graph.
ONTOLOGY_GRAPH = "https://w3id.org/paper-kg/ontology"
VOCABULARY_GRAPH = "https://w3id.org/paper-kg/vocabulary"
IDENTITY_GRAPH = "https://w3id.org/paper-kg/identity"

#: Subjects whose lines make one piece of a file.
_PIECE = 1_000


def triples(tables: Tables, config: Config, options: Options = CLAIMS) -> Iterator[ox.Triple]:
    """Give the triples of a build, each once, in canonical order."""
    return parse(canonical(tables, config, options))


def canonical(
    tables: Tables, config: Config, options: Options = CLAIMS, *, aside: Path | None = None
) -> Iterator[bytes]:
    """Give the canonical N-Triples lines, distinct and sorted bytewise, many in one piece.

    What memory should not hold goes into a folder in ``aside``, or where the system keeps temporary files.
    """
    # No TemporaryDirectory: a reader that stops half-way would leave it to the garbage collector, which complains.
    folder = Path(tempfile.mkdtemp(prefix="kg-rdf-", dir=aside))
    try:
        sorter = Sorter(folder)
        for block in blocks(tables, config, folder, options):
            sorter.add(block)
        found = lines(chain.from_iterable(sorter.batches()))
        while piece := "".join(islice(found, _PIECE)):
            yield piece.encode()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load_store(packed: Path, config: Config, folder: Path, *, identity: bytes = b"") -> None:
    """Load a packed canonical file, the ontology and the vocabulary into a new Oxigraph database.

    ``identity`` are N-Triples on replaced names, as `identity_lines` gives them.
    """
    with gzip.open(packed) as stream:
        _load(iter(partial(stream.read, 1 << 20), b""), folder)
    _complete(folder, config, identity, is_new=True)


def _load(pieces: Iterator[bytes], folder: Path) -> None:
    """Load the pieces of a canonical file into a new database, which takes them from a pipe while more are made."""
    store = ox.Store(str(folder))
    source, sink = os.pipe()
    with ThreadPoolExecutor(1) as threads:
        # Lenient, since it was checked when it was written.
        load = partial(store.bulk_load, path=f"/dev/fd/{source}", format=ox.RdfFormat.N_TRIPLES, lenient=True)
        loaded = threads.submit(load)
        loaded.add_done_callback(lambda _: os.close(source))
        with suppress(BrokenPipeError), os.fdopen(sink, "wb") as stream:  # where the load fails, it says why
            stream.writelines(pieces)
        loaded.result()


def _complete(folder: Path, config: Config, identity: bytes, *, is_new: bool) -> None:
    """Load the named graphs into a database, in place of those it has, and put the files of a new one in order."""
    store = ox.Store(str(folder))
    for held in list(store.named_graphs()):
        store.remove_graph(held)
    if identity:
        store.load(identity, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(IDENTITY_GRAPH))
    extra = [Path(name) for name in config.vocabularies]
    files = [(ONTOLOGY_GRAPH, ontology_file("kg.ttl"))]
    files += [(VOCABULARY_GRAPH, path) for path in (*shipped_files(), *extra)]
    for graph, path in files:
        store.load(path=str(path), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    if is_new:
        store.optimize()  # joins look up keys some ten times faster in the files that this merges
    store.flush()


def identity_lines(tables: Tables, config: Config, replaced: tuple[Replacement, ...]) -> bytes:
    """Say as N-Triples which CURIEs of earlier builds stand for something under another CURIE in these tables."""
    terms = Terms(config.base_iri)
    write = Blocks(terms).block
    return "".join(lines(sorted(starmap(write, replacements(tables, replaced, terms))))).encode()


def build_store(tables: Tables, config: Config, folder: Path) -> None:
    """Write the Oxigraph database of a build into ``folder``, which must be new or empty."""
    with tempfile.TemporaryDirectory(prefix="kg-rdf-") as aside:
        path = Path(aside) / "graph.nq.gz"
        with path.open("wb") as stream:
            write_packed(canonical(tables, config), config, stream)
        load_store(path, config, folder)


def write_build(
    tables: Tables,
    config: Config,
    folder: Path,
    *,
    replaced: tuple[Replacement, ...] = (),
    before: Path | None = None,
) -> int:
    """Write ``graph.nq.gz``, ``graph.ttl`` and ``store/``, and return the number of triples.

    The store is that of the build ``before`` brought up to date where there is one and little changed.
    ``graph.ttl`` is left out above ``config.max_turtle_triples``. Names that were replaced are in the store only,
    since the files of a build depend on its papers alone, and not on the builds before it.
    """
    packed, store = folder / "graph.nq.gz", folder / "store"
    changes = Difference(before / "graph.nq.gz") if before is not None else None
    with packed.open("wb") as stream:
        takers: tuple[Taker, Taker] = (
            partial(write_packed, config=config, stream=stream),
            partial(_load, folder=store) if changes is None else changes.read,
        )
        count = spread(canonical(tables, config, aside=folder), takers)
    if count <= config.max_turtle_triples:
        with (folder / "graph.ttl").open("wb") as stream, gzip.open(packed) as lines:
            write_turtle(lines, config, stream)
    identity = identity_lines(tables, config, replaced)
    if before is None or changes is None:
        _complete(store, config, identity, is_new=True)
    elif not _brought_up(before, changes, count, store, config=config, identity=identity):
        load_store(packed, config, store, identity=identity)
    return count


def _brought_up(before: Path, changes: Difference, count: int, store: Path, *, config: Config, identity: bytes) -> bool:
    """Try to make a store of that of an earlier build; it is not there where this fails."""
    if not updated(before, changes, count, store):
        return False
    try:
        _complete(store, config, identity, is_new=False)
    except (OSError, RuntimeError):  # a part of the older store that is read here first is damaged
        shutil.rmtree(store)
        return False
    return True
