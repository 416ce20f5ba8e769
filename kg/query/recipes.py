"""The named queries of ``kg/queries``: read their headers, bind their parameters, run them.

A recipe begins with comment lines:

    # title: What most papers speak of
    # help: The entities that most papers mention.
    # param limit (integer, default 20): rows at most. Example: 5

and takes the value of a parameter in an empty ``VALUES ?limit { }`` block, which gets RDF terms as
Oxigraph writes them, never a user's text; the number of ``LIMIT`` at the end is ``limit``'s.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pyoxigraph as ox

from kg.config import Config
from kg.errors import QueryError
from kg.model import KINDS, RELATIONS
from kg.namespaces import FIXED, ONTOLOGY
from kg.query.check import nearest
from kg.query.process import Worker
from kg.query.result import Result
from kg.text import normal_form

_PARAM = re.compile(
    r"# param (?P<name>\w+) \((?P<type>\w+)(?:, default (?P<default>[^)]*))?\): (?P<help>.*) Example: (?P<example>.*)"
)

#: Rows that looking up names may read; the user's own limits do not apply to it.
_LOOKUP_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: ``type`` is entity, paper, integer, number, flag, kind or relation; no default means required."""

    name: str
    type: str
    help: str
    example: str
    default: str | None = None

    @property
    def presence(self) -> str:
        """Say what happens where no value is given."""
        if self.name == "threshold":
            return "default: the export_threshold of the graph"
        return "required" if self.default is None else f"default {self.default}"


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


#: Name -> recipe.
RECIPES: dict[str, Recipe] = {
    name: _shipped(name)
    for name in (
        "top",
        "rising",
        "new-per-year",
        "introduced-by",
        "evidence",
        "evaluated-on",
        "measured-by",
        "rivals",
        "lineage",
        "related",
    )
}


def recipe(store: Path, name: str, params: Mapping[str, str] | None = None, *, config: Config | None = None) -> Result:
    """Run a recipe on a store; parameters are given by name as text."""
    with Worker(store, config) as worker:
        return ask(worker, name, params or {})


def ask(worker: Worker, name: str, params: Mapping[str, str]) -> Result:
    """Run a recipe in a process that may be kept for more."""
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
        text = bind(text, parameter, _terms(worker, parameter, value))
    return worker.run(text, ours=True)


def bind(text: str, parameter: Parameter, terms: Sequence[ox.NamedNode | ox.Literal]) -> str:
    r"""Put a parameter's terms into the query; no terms mean any.

    >>> print(bind("VALUES ?name { }", Parameter("name", "entity", "", ""), [ox.Literal('x" } #')]))
    VALUES ?name { "x\" } #" }
    """
    if parameter.name == "limit":
        return re.sub(r"\bLIMIT \d+\s*$", lambda _: f"LIMIT {int(terms[0].value)}\n", text)
    variable = f"{parameter.name}_iri" if parameter.type in ("kind", "relation") else parameter.name
    block = " ".join(map(str, terms)) or "UNDEF"
    return re.sub(rf"VALUES \?{variable} \{{ \}}", lambda _: f"VALUES ?{variable} {{ {block} }}", text)


def _default(parameter: Parameter, config: Config) -> str | None:
    """Give the value a parameter has where none is given."""
    return str(config.export_threshold) if parameter.name == "threshold" else parameter.default


def _terms(worker: Worker, parameter: Parameter, value: str) -> list[ox.NamedNode | ox.Literal]:
    """Turn a parameter's text into terms."""
    if parameter.type == "entity":
        return [*_entities(worker, value)]
    if parameter.type == "paper":
        return [*_papers(worker, value)]
    if parameter.type in ("kind", "relation"):
        choices = KINDS if parameter.type == "kind" else (*RELATIONS, "version_of")
        if value == "any":
            return []
        if value not in choices:
            raise _wrong(parameter, value, f"one of {', '.join(choices)}{nearest(value, choices)}")
        return [ox.NamedNode(ONTOLOGY + value)]
    if parameter.type == "flag":
        if value not in ("yes", "no", "true", "false"):
            raise _wrong(parameter, value, "yes or no")
        return [ox.Literal(value in ("yes", "true"))]
    kind = "integer" if parameter.type == "integer" else "decimal"
    if not re.fullmatch(r"\d{1,9}" if kind == "integer" else r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
        raise _wrong(parameter, value, f"a number such as {parameter.example}")
    return [ox.Literal(value, datatype=ox.NamedNode(FIXED["xsd"] + kind))]


def _wrong(parameter: Parameter, value: str, wanted: str) -> QueryError:
    """Say that a value does not do."""
    return QueryError(f"{parameter.name} is {value!r}; it must be {wanted}")


def _iri(worker: Worker, name: str, prefix: str) -> ox.NamedNode | None:
    """Give the node of a CURIE or IRI of the graph; None for any other name."""
    base = worker.names.prefixes[prefix]
    for start in (f"{prefix}:", base):
        if name.startswith(start) and re.fullmatch(r"[\w.~-]+", name.removeprefix(start), re.ASCII):
            return ox.NamedNode(base + name.removeprefix(start))
    return None


def _entities(worker: Worker, name: str) -> list[ox.NamedNode]:
    """Find the entities with a label of this normal form; none is an error that suggests others."""
    node = _iri(worker, name, "entity")
    found = [node] if node else _lookup(worker, "kg:search_form", ox.Literal(normal_form(name)))
    if not found:
        from rapidfuzz import fuzz, process

        rows = worker.run(
            "SELECT ?form ?label { ?e kg:search_form ?form ; skos:prefLabel ?label }", rows=_LOOKUP_ROWS, ours=True
        )
        labels = {row["form"]: row["label"] for row in rows.values()}
        near = process.extract(normal_form(name), list(labels), scorer=fuzz.ratio, limit=3, score_cutoff=60)
        names = list(dict.fromkeys(labels[form] for form, _, _ in near))
        hint = f"; the nearest names are {', '.join(map(repr, names))}" if names else ""
        raise QueryError(f"no entity is called {name!r}{hint}")
    return found


def _papers(worker: Worker, name: str) -> list[ox.NamedNode]:
    """Find a paper by CURIE, arXiv id, DOI or title."""
    if node := _iri(worker, name, "paper"):
        return [node]
    bare = re.sub(r"^(arxiv:|doi:|https?://(arxiv\.org/abs|doi\.org)/)", "", name.strip(), flags=re.IGNORECASE)
    arxiv = re.sub(r"v\d+$", "", bare)
    found = _lookup(worker, "dcterms:identifier", ox.Literal(f"arXiv:{arxiv}"), ox.Literal(f"doi:{bare}"))
    found = found or _lookup(worker, "dcterms:title", ox.Literal(name))
    if not found:
        same = f"LCASE(?t) = LCASE({ox.Literal(name)!s})"
        text = f"SELECT ?s {{ ?s a fabio:ResearchPaper ; dcterms:title ?t FILTER({same}) }}"
        found = [row[0] for row in worker.run(text, rows=_LOOKUP_ROWS, ours=True).terms()]
    if not found:
        raise QueryError(f"no paper has the arXiv id, DOI or title {name!r}")
    return found


def _lookup(worker: Worker, predicate: str, *values: ox.Literal) -> list[ox.NamedNode]:
    """Find the subjects that have one of the values."""
    text = f"SELECT DISTINCT ?s {{ VALUES ?v {{ {' '.join(map(str, values))} }} ?s {predicate} ?v }} ORDER BY ?s"
    return [row[0] for row in worker.run(text, rows=_LOOKUP_ROWS, ours=True).terms()]
