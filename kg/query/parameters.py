"""The values of a recipe's parameters: text from a user becomes RDF terms, or an error that says what is wanted.

| type             | text                                        | terms                                        |
| ---------------- | ------------------------------------------- | -------------------------------------------- |
| entity           | a label in any spelling, a CURIE or an IRI   | the entities of that name                    |
| paper            | an arXiv id, DOI, title, CURIE or IRI        | the papers                                   |
| author           | a name in any case, a CURIE or an IRI        | the authors                                  |
| category         | a subject class of the graph, in any case    | its name as the graph spells it              |
| kind, relation   | a name of the ontology                       | its IRI                                      |
| integer, number  | digits                                       | a number                                     |
| date             | a year, month or day: 2024, 2024-03          | the text                                     |
| flag             | yes or no                                    | a truth value                                |

A value that is the parameter's default and one of `OPEN` gives no terms: the query then decides.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from kg.errors import QueryError
from kg.model import KINDS, RELATIONS
from kg.namespaces import FIXED, ONTOLOGY
from kg.query.check import nearest
from kg.query.process import Worker
from kg.text import alike, normal_form

Term = ox.NamedNode | ox.Literal

#: Defaults that leave a parameter open: every thing there is, or the newest month of the graph.
OPEN = ("any", "newest")

#: Rows that looking up names may read; the user's own limits do not apply to it.
_LOOKUP_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: ``type`` is one of those in `MAKERS`; no default means required."""

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

    @property
    def required(self) -> bool:
        """Tell whether a value must be given."""
        return self.default is None and self.name != "threshold"


def terms_of(worker: Worker, parameter: Parameter, value: str) -> list[Term]:
    """Turn a parameter's text into terms; none mean that any will do."""
    if value in OPEN and (value == parameter.default or parameter.type in ("kind", "relation")):
        return []
    return MAKERS[parameter.type](worker, parameter, value)


def _entities(worker: Worker, _: Parameter, name: str) -> list[Term]:
    """Find the entities with a label of this normal form; none is an error that suggests others."""
    node = _iri(worker, name, "entity")
    found: list[Term] = [node] if node else _lookup(worker, "kg:search_form", ox.Literal(normal_form(name)))
    if not found:
        rows = _rows(worker, "SELECT ?form ?label { ?e kg:search_form ?form ; skos:prefLabel ?label } ORDER BY ?label")
        labels = {form.value: label.value for form, label in rows}
        raise QueryError(f"no entity is called {name!r}{_nearest(normal_form(name), labels)}")
    return found


def _papers(worker: Worker, _: Parameter, name: str) -> list[Term]:
    """Find a paper by CURIE, arXiv id, DOI or title."""
    if node := _iri(worker, name, "paper"):
        return [node]
    bare = re.sub(r"^(arxiv:|doi:|https?://(arxiv\.org/abs|doi\.org)/)", "", name.strip(), flags=re.IGNORECASE)
    arxiv = re.sub(r"v\d+$", "", bare)
    found = _lookup(worker, "dcterms:identifier", ox.Literal(f"arXiv:{arxiv}"), ox.Literal(f"doi:{bare}"))
    found = found or _lookup(worker, "dcterms:title", ox.Literal(name))
    if not found:
        same = f"LCASE(?t) = LCASE({ox.Literal(name)!s})"
        found = [
            s for (s,) in _rows(worker, f"SELECT ?s {{ ?s a fabio:ResearchPaper ; dcterms:title ?t FILTER({same}) }}")
        ]
    if not found:
        raise QueryError(f"no paper has the arXiv id, DOI or title {name!r}")
    return found


def _authors(worker: Worker, _: Parameter, name: str) -> list[Term]:
    """Find authors by name; none is an error that suggests others."""
    if node := _iri(worker, name, "author"):
        return [node]
    if found := _lookup(worker, "foaf:name", ox.Literal(name)):
        return found
    rows = _rows(worker, "SELECT ?s ?name { ?s a foaf:Person ; foaf:name ?name } ORDER BY ?name ?s")
    folded = normal_form(name)
    same: list[Term] = [node for node, text in rows if normal_form(text.value) == folded]
    if same:
        return same
    names = {normal_form(text.value): text.value for _, text in rows}
    raise QueryError(f"no author is called {name!r}{_nearest(folded, names)}")


def _categories(worker: Worker, _: Parameter, name: str) -> list[Term]:
    """Find a subject class in any case; an unknown one is an error that names those there are."""
    known = [text for (text,) in _rows(worker, "SELECT DISTINCT ?c { ?p kg:category ?c } ORDER BY ?c")]
    found: list[Term] = [text for text in known if text.value == name]
    found = found or [text for text in known if text.value.casefold() == name.casefold()]
    if not found:
        names = [text.value for text in known]
        listed = f"; there are {', '.join(names[:40])}{' …' if len(names) > 40 else ''}" if names else ""
        raise QueryError(f"no paper has the category {name!r}{nearest(name, names)}{listed}")
    return found


def _terms_of_ontology(_: Worker, parameter: Parameter, value: str) -> list[Term]:
    """Give the class or property of a kind or relation."""
    choices = KINDS if parameter.type == "kind" else (*RELATIONS, "version_of")
    if value not in choices:
        raise _wrong(parameter, value, f"one of {', '.join(choices)}{nearest(value, choices)}")
    return [ox.NamedNode(ONTOLOGY + value)]


def _flag(_: Worker, parameter: Parameter, value: str) -> list[Term]:
    """Read yes or no."""
    if value not in ("yes", "no", "true", "false"):
        raise _wrong(parameter, value, "yes or no")
    return [ox.Literal(value in ("yes", "true"))]


def _number(_: Worker, parameter: Parameter, value: str) -> list[Term]:
    """Read a whole number, or a decimal one."""
    kind = "integer" if parameter.type == "integer" else "decimal"
    if not re.fullmatch(r"\d{1,9}" if kind == "integer" else r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
        raise _wrong(parameter, value, f"a number such as {parameter.example}")
    return [ox.Literal(value, datatype=ox.NamedNode(FIXED["xsd"] + kind))]


def _date(_: Worker, parameter: Parameter, value: str) -> list[Term]:
    """Read a date as precise as it is given; queries compare its text."""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", value, re.ASCII):
        try:
            date.fromisoformat(value + "-01-01"[len(value) - 4 :])
        except ValueError:
            pass
        else:
            return [ox.Literal(value)]
    raise _wrong(parameter, value, "a year, month or day such as 2024, 2024-03 or 2024-03-09")


#: Type of a parameter -> what makes its terms.
MAKERS: Mapping[str, Callable[[Worker, Parameter, str], list[Term]]] = {
    "entity": _entities,
    "paper": _papers,
    "author": _authors,
    "category": _categories,
    "kind": _terms_of_ontology,
    "relation": _terms_of_ontology,
    "integer": _number,
    "number": _number,
    "date": _date,
    "flag": _flag,
}


def _wrong(parameter: Parameter, value: str, wanted: str) -> QueryError:
    """Say that a value does not do."""
    return QueryError(f"{parameter.name} is {value!r}; it must be {wanted}")


def _nearest(form: str, names: Mapping[str, str]) -> str:
    """Suggest the names whose forms are nearest."""
    found = dict.fromkeys(names[key] for key in alike(form, names))
    return f"; did you mean {', '.join(map(repr, found))}?" if found else ""


def _iri(worker: Worker, name: str, prefix: str) -> ox.NamedNode | None:
    """Give the node of a CURIE or IRI of the graph; None for any other name."""
    base = worker.names.prefixes[prefix]
    for start in (f"{prefix}:", base):
        if name.startswith(start) and re.fullmatch(r"[\w.~-]+", name.removeprefix(start), re.ASCII):
            return ox.NamedNode(base + name.removeprefix(start))
    return None


def _lookup(worker: Worker, predicate: str, *values: ox.Literal) -> list[Term]:
    """Find the subjects that have one of the values."""
    text = f"SELECT DISTINCT ?s {{ VALUES ?v {{ {' '.join(map(str, values))} }} ?s {predicate} ?v }} ORDER BY ?s"
    return [row[0] for row in _rows(worker, text)]


def _rows(worker: Worker, text: str) -> list[tuple[ox.Literal, ...]]:
    """Run a query of ours."""
    return list(worker.run(text, rows=_LOOKUP_ROWS, ours=True).terms())
