"""The named queries of ``kg/queries``: read their headers, bind their parameters, run them.

A recipe begins with comment lines:

    # title: What most papers speak of
    # help: The entities that most papers mention.
    # param limit (integer, default 20): rows at most. Example: 5

and takes the value of a parameter in an empty ``VALUES ?limit { }`` block, which gets RDF terms as
Oxigraph writes them, never a user's text; the number after each ``LIMIT`` that ends a line is ``limit``'s.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from kg.config import Config
from kg.errors import QueryError
from kg.query.check import nearest
from kg.query.parameters import Parameter, Term, terms_of
from kg.query.process import Worker
from kg.query.result import Result

_PARAM = re.compile(
    r"# param (?P<name>\w+) \((?P<type>\w+)(?:, default (?P<default>[^)]*))?\): (?P<help>.*) Example: (?P<example>.*)"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named query with its parameters."""

    name: str
    title: str
    help: str
    parameters: tuple[Parameter, ...]
    text: str


def parse_recipe(name: str, text: str) -> Recipe:
    """Read a recipe's header."""
    fields = dict(re.findall(r"^# (title|help): (.*)$", text, re.MULTILINE))
    parameters = tuple(Parameter(**found.groupdict()) for found in _PARAM.finditer(text))
    return Recipe(name, fields["title"], fields["help"], parameters, text)


def _shipped(name: str) -> Recipe:
    """Read a recipe that comes with kg."""
    return parse_recipe(name, resources.files("kg").joinpath("queries", f"{name}.rq").read_text("utf-8"))


#: What a recipe asks about -> the names of its recipes, in the order of listings.
GROUPS: dict[str, tuple[str, ...]] = {
    "The field": (
        "top",
        "rising",
        "fading",
        "new-per-year",
        "new-entities",
        "new-papers",
        "categories",
        "category",
        "ambiguous",
    ),
    "One thing": (
        "profile",
        "evidence",
        "doubts",
        "introduced-by",
        "timeline",
        "trend",
        "companions",
        "kinds",
        "parts",
        "authors-on",
    ),
    "Tasks and data sets": ("methods-for", "datasets-for", "evaluated-on", "measured-by", "benchmarks"),
    "Methods": ("rivals", "wins", "contradictions", "lineage", "built-on"),
    "Papers and authors": ("paper", "related", "both", "author"),
    "Where to look next": ("gaps", "untried", "bridges"),
    "What to check": ("weakest", "silent-papers"),
}

#: Name -> recipe.
RECIPES: dict[str, Recipe] = {name: _shipped(name) for names in GROUPS.values() for name in names}


def recipe(store: Path, name: str, params: Mapping[str, str] | None = None, *, config: Config | None = None) -> Result:
    """Run a recipe on a store; parameters are given by name as text."""
    with Worker(store, config) as worker:
        return ask(worker, name, params or {})


def ask(worker: Worker, name: str, params: Mapping[str, str], **limits: Any) -> Result:
    """Run a recipe in a process that may be kept for more; ``limits`` are options of `Worker.run`."""
    return worker.run(recipe_text(worker, name, params), ours=True, **limits)


def recipe_text(worker: Worker, name: str, params: Mapping[str, str]) -> str:
    """Give a recipe's SPARQL with the values of its parameters."""
    if name not in RECIPES:
        raise QueryError(f"no recipe is called {name!r}{nearest(name, RECIPES)}; there are {', '.join(RECIPES)}")
    chosen = RECIPES[name]
    known = {parameter.name: parameter for parameter in chosen.parameters}
    for given in params:
        if given not in known:
            takes = ", ".join(known) or "none"
            raise QueryError(f"{name} has no parameter {given!r}{nearest(given, known)}; it takes {takes}")
    text = chosen.text
    for parameter in chosen.parameters:
        value = params.get(parameter.name, _default(parameter, worker.config))
        if value is None:
            example = f"--param {parameter.name}={parameter.example!r}"
            raise QueryError(f"{name} needs {parameter.name}, {parameter.help} For example {example}")
        text = bind(text, parameter, terms_of(worker, parameter, value))
    return text


def bind(text: str, parameter: Parameter, terms: Sequence[Term]) -> str:
    r"""Put a parameter's terms into the query; no terms mean any.

    >>> import pyoxigraph as ox
    >>> print(bind("VALUES ?name { }", Parameter("name", "entity", "", ""), [ox.Literal('x" } #')]))
    VALUES ?name { "x\" } #" }
    """
    if parameter.name == "limit":
        return re.sub(r"\bLIMIT \d+$", lambda _: f"LIMIT {int(terms[0].value)}", text, flags=re.MULTILINE)
    variable = f"{parameter.name}_iri" if parameter.type in ("kind", "relation") else parameter.name
    block = " ".join(map(str, terms)) or "UNDEF"
    return re.sub(rf"VALUES \?{variable} \{{ \}}", lambda _: f"VALUES ?{variable} {{ {block} }}", text)


def _default(parameter: Parameter, config: Config) -> str | None:
    """Give the value a parameter has where none is given."""
    return str(config.export_threshold) if parameter.name == "threshold" else parameter.default
