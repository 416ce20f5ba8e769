"""kg builds a knowledge graph of the machine-learning literature.

>>> import kg
>>> manifest = kg.build(["papers.jsonl"], "output")     # doctest: +SKIP
>>> graph = kg.load("output")                           # doctest: +SKIP

Nothing heavy is imported before it is used.
"""

from kg import stopping  # noqa: F401 - before all that takes time

# isort: split
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from kg.config import Config
from kg.errors import ConfigError, FetchError, InputError, KGError, QueryError, VocabularyError, WorkspaceError
from kg.model import (
    Entity,
    Evidence,
    Extraction,
    LocalEntity,
    LocalRelation,
    Mention,
    Merge,
    Paper,
    Reject,
    Relation,
    Source,
    Span,
)

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kg.query import Result
    from kg.workspace import Manifest

__version__ = "0.1.0"

__all__ = [
    "Config",
    "ConfigError",
    "Entity",
    "Evidence",
    "Extraction",
    "FetchError",
    "InputError",
    "KGError",
    "LocalEntity",
    "LocalRelation",
    "Mention",
    "Merge",
    "Paper",
    "QueryError",
    "Reject",
    "Relation",
    "Source",
    "Span",
    "VocabularyError",
    "WorkspaceError",
    "__version__",
    "build",
    "extract",
    "load",
    "load_rdf",
    "open_graph",
    "query",
    "recipe",
]


def build(
    inputs: str | Path | Sequence[str | Path] = (),
    workspace: str | Path = "output",
    *,
    config: Config | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    reader: str | None = None,
    columns: Mapping[str, str] | None = None,
    enrich: str | Path | Sequence[str | Path] = (),
    strict: bool = False,
) -> "Manifest":
    """Make a workspace hold exactly the papers of ``inputs``, or of the bundled sample if there are none.

    ``inputs`` are files and folders, or a single one; ``workers`` defaults to one per core, ``cluster`` is the
    address of a Dask scheduler that extracts instead, or empty for one on this machine. ``columns`` say which
    column of a table holds which field of a paper. Records of ``enrich`` fill what papers lack and add none. Bad
    records are kept in ``rejects.jsonl`` unless ``strict`` makes them an error. Raises `InputError` and
    `WorkspaceError`; the last good build then stays in use.
    """
    from kg import pipeline
    from kg.workspace import Workspace

    given, filling = ([one] if isinstance(one, str | Path) else one for one in (inputs, enrich))
    return pipeline.build(
        [str(item) for item in given],
        Workspace(Path(workspace)),
        config=config,
        workers=workers,
        cluster=cluster,
        reader=reader,
        columns=columns,
        enrichment=[str(item) for item in filling],
        strict=strict,
    )


def extract(
    papers: Iterable[Paper], *, config: Config | None = None, workers: int | None = None, cluster: str | None = None
) -> Iterator[Extraction]:
    """Extract from each paper on its own, in the order given, without a workspace."""
    from kg import engine

    return engine.extract(papers, config or Config(), workers=workers, cluster=cluster)


def load(
    workspace: str | Path = "output", *, min_confidence: float = 0.0, max_graph_edges: int | None = None
) -> "networkx.MultiDiGraph[str]":
    """Load the current build as a NetworkX graph, whose data `kg.graph` describes.

    Every claim is an edge, also those too weak for the graph to assert (``confidence`` below ``export_threshold``,
    0.55 unless set) and those that papers only deny (``polarity`` "negated", ``support`` and ``confidence`` 0).
    ``min_confidence`` leaves out the claims less sure; ``mentions`` edges and nodes stay. More edges than
    ``max_graph_edges``, which is the setting of the build unless given, are an error that says what to use instead.
    """
    from kg.config import from_dict
    from kg.graph import check_size, count_edges, to_networkx
    from kg.selection import Selection, select
    from kg.workspace import Workspace

    build = Workspace(Path(workspace)).build()
    config = from_dict(build.manifest().config, where=str(build.folder / "manifest.json"))
    most = config.max_graph_edges if max_graph_edges is None else max_graph_edges
    check_size(count_edges(build.tables(), min_confidence=min_confidence), most, where=str(workspace))
    return to_networkx(select(build.tables(), Selection(min_confidence=max(min_confidence, 0.0))))


def load_rdf(path: str | Path, *, max_graph_edges: int | None = None) -> "networkx.MultiDiGraph[str]":
    """Read an RDF file that ``kg export FORMAT --rdf-detail full`` wrote as the NetworkX graph that `load` gives.

    Nothing is lost on the way. Any format does that RDF 1.1 or 1.2 has, told by the suffix (``.nq.gz``, ``.ttl``, ...).
    More edges than ``max_graph_edges``, or the default of that setting, are an error as for `load`.
    """
    from kg.exporters.reading import read_rdf
    from kg.graph import check_size, from_records

    records = read_rdf(Path(path))
    most = Config().max_graph_edges if max_graph_edges is None else max_graph_edges
    check_size(len(records.relations), most, where=str(path))
    return from_records(records)


def open_graph(workspace: str | Path = "output") -> "rdflib.Graph":
    """Open the current build as a read-only rdflib graph over Oxigraph."""
    from kg.query import open_graph as opened
    from kg.workspace import Workspace

    return opened(Workspace(Path(workspace)).file("store"))


def query(workspace: str | Path, sparql: str, *, config: Config | None = None) -> "Result":
    """Run a SPARQL query on the current build; `QueryError` says what is wrong with it, refused or too slow."""
    from kg.query import run
    from kg.workspace import Workspace

    return run(Workspace(Path(workspace)).file("store"), sparql, config=config or Config())


def recipe(workspace: str | Path, name: str, /, *, config: Config | None = None, **params: object) -> "Result":
    """Run a named query of ``kg recipe``: ``kg.recipe("output", "evaluated-on", name="KIVI")``."""
    from kg.query import recipe as run
    from kg.workspace import Workspace

    given = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in params.items()}
    return run(Workspace(Path(workspace)).file("store"), name, given, config=config)


#: Functions whose names packages have too.
_CALLABLE: dict[str, Callable[..., object]] = {"extract": extract, "query": query}


class _Package(ModuleType):
    """A package whose functions `extract` and `query` can be called even when packages of these names are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        """Make a package callable that takes the place of a function."""
        if name in _CALLABLE and isinstance(value, ModuleType):
            value.__class__ = type("_Callable", (ModuleType,), {"__call__": staticmethod(_CALLABLE[name])})
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
