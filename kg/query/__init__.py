"""SPARQL over the store of a build, safe with strangers' queries.

A query is checked and run in a child process that can open no socket and is killed at the time limit;
a result that is too long is an error, never a short answer.

| module    | does                                                             |
| --------- | ---------------------------------------------------------------- |
| check     | decides whether a query may run                                  |
| standard  | notes misspelt terms of well-known vocabularies                   |
| sandbox   | takes the child process the means to open a socket               |
| worker    | is the child process                                             |
| process   | starts, asks and ends it                                         |
| pool      | shares several of them between threads                           |
| result    | holds an answer and writes it                                    |
| screen    | lays it out as a table                                           |
| parameters | makes terms of the values of their parameters                   |
| schema    | tells what a graph holds                                         |
| recipes   | reads the named queries of ``kg/queries`` and binds their values |
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.config import Config
from kg.errors import WorkspaceError
from kg.namespaces import Namespaces
from kg.query.pool import Pool
from kg.query.process import Worker
from kg.query.recipes import GROUPS, RECIPES, ask, recipe, recipe_text
from kg.query.result import FORMATS, FORMATS_OF, MEDIA, Result
from kg.query.schema import schema

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = [
    "FORMATS",
    "FORMATS_OF",
    "GROUPS",
    "MEDIA",
    "RECIPES",
    "Pool",
    "Result",
    "Worker",
    "ask",
    "open_graph",
    "recipe",
    "recipe_text",
    "run",
    "schema",
]


def run(store: Path, sparql: str, *, config: Config | None = None) -> Result:
    """Run one query on the store in a fresh child process."""
    with Worker(store, config) as worker:
        return worker.run(sparql)


def open_graph(store: Path, *, config: Config | None = None) -> "Graph":
    """Open the store as a read-only rdflib Graph, its queries run by Oxigraph.

    For your own code only: queries on it have none of the protection of `run`.
    """
    from oxrdflib import OxigraphStore
    from rdflib import Graph
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    if not store.is_dir():
        raise WorkspaceError(f"{store}: no store; run `kg build` first")
    try:
        opened = ox.Store.read_only(str(store))
    except (OSError, RuntimeError) as error:  # the latter is what pyoxigraph says of damage
        raise WorkspaceError(f"{store}: no readable store ({error}); run `kg build` again") from error
    graph = Graph(OxigraphStore(store=opened), identifier=DATASET_DEFAULT_GRAPH_ID)
    for prefix, iri in Namespaces((config or Config()).base_iri).prefixes.items():
        graph.bind(prefix, iri, replace=True)
    return graph
