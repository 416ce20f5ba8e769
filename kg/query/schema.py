"""What a graph holds, for those who do not know its schema: classes and properties, counts, and an example of each."""

import pyoxigraph as ox

from kg.query.process import Worker
from kg.query.result import Result

#: Terms beside those of the graph, and what the description of the data set (VoID) counts of them.
_COUNTED = """
SELECT ?what ?term ?count (MIN(?said) AS ?meaning)
WHERE {
  {
    ?part void:class ?term ; void:entities ?count BIND("class" AS ?what)
  } UNION {
    ?part void:property ?term ; void:triples ?count BIND("property" AS ?what)
  }
  OPTIONAL { GRAPH ?ontology { ?term rdfs:comment ?said } }
}
GROUP BY ?what ?term ?count
ORDER BY ?what DESC(?count) ?term
"""

#: Where the graph does not describe itself, everything is counted.
_ALL = """
SELECT ?what ?term ?count (MIN(?said) AS ?meaning)
WHERE {
  {
    SELECT ("class" AS ?what) ?term (COUNT(?one) AS ?count) WHERE { ?one a ?term } GROUP BY ?term
  } UNION {
    SELECT ("property" AS ?what) ?term (COUNT(?one) AS ?count) WHERE { ?one ?term ?any } GROUP BY ?term
  }
  OPTIONAL { GRAPH ?ontology { ?term rdfs:comment ?said } }
}
GROUP BY ?what ?term ?count
ORDER BY ?what DESC(?count) ?term
"""

#: Rows that the schema of any graph has less than.
_ROWS = 10_000

#: Longest example, in characters.
_LONGEST = 80


def schema(worker: Worker) -> Result:
    """Give a row for each class and property: its count, an example, and what the ontology says it means."""
    found = worker.run(_COUNTED, rows=_ROWS, ours=True)
    if not found.rows:
        found = worker.run(_ALL, rows=_ROWS, ours=True)
    rows = []
    for what, term, count, meaning in found.terms():
        example = ox.Literal(_example(worker, what.value, term))
        name = ox.Literal(worker.names.compress(term.value))
        rows.append("\n".join(map(str, (ox.Literal(what.value), name, count, example, meaning or "UNDEF"))))
    block = "\n".join(f"({row})" for row in rows)
    text = f"SELECT * {{ VALUES (?what ?name ?count ?example ?meaning) {{ {block} }} }}"
    return worker.run(text, rows=_ROWS, ours=True)


def _example(worker: Worker, what: str, term: ox.NamedNode) -> str:
    """Give an instance of a class, or the subject and value of a property, as one writes them in a query."""
    pattern = f"?s a {term}" if what == "class" else f"?s {term} ?o"
    row = next(worker.run(f"SELECT * {{ {pattern} }} LIMIT 1", ours=True).terms(), ())
    return "  ".join(_shown(worker, part) for part in row)


def _shown(worker: Worker, term: object) -> str:
    """Write a term for reading."""
    if isinstance(term, ox.NamedNode):
        return worker.names.compress(term.value)
    text = term.value if isinstance(term, ox.Literal) else str(term)
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
