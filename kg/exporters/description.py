"""The description of the graph as a whole, with VoID (https://www.w3.org/TR/void/)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from kg.config import Config
from kg.exporters.terms import Terms, Triple, decimal, integer, text
from kg.namespaces import Namespaces

#: The licence of the statements.
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
_RIGHTS = "CC0 1.0 for the statements; titles, abstracts and sentences stay under the terms of their sources."

#: Where the W3C names the forms of RDF files, and those that the graph can be had in.
_FEATURE = "http://www.w3.org/ns/formats/"
_FORMS = ("JSON-LD", "N-Quads", "N-Triples", "N3", "RDF_XML", "TriG", "Turtle")

#: Vocabularies that the graph is mainly said in, by prefix.
_VOCABULARIES = ("kg", "skos", "fabio", "prov", "nif")


@dataclass(slots=True)
class Totals:
    """Counts of what was written: triples by property, things by class."""

    properties: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)

    def add(self, triples: list[Triple], type_: str) -> None:
        """Count triples; ``type_`` is the node of ``rdf:type``."""
        properties = self.properties
        for _, predicate, target in triples:
            properties[predicate] += 1
            if predicate == type_:
                self.classes[target] += 1


def dataset_iri(config: Config) -> str:
    """Give the IRI of the graph as a whole: its data set and concept scheme."""
    return f"{config.base_iri}graph"


def tool_version() -> str:
    """Give the version of the installed distribution."""
    try:
        return version("paper-kg")
    except PackageNotFoundError:
        return "unknown"


def describe(terms: Terms, config: Config, totals: Totals, inputs: str, *, detail: str) -> list[list[Triple]]:
    """Describe what the graph holds, its licence, what made it of which papers; a list for each subject.

    ``totals`` counts the rest of the graph. The description counts itself, so it is made anew until it is right.
    """
    groups: list[list[Triple]] = []
    while True:
        whole = Totals(totals.properties.copy(), totals.classes.copy())
        for group in groups:
            whole.add(group, terms.known["rdf:type"])
        again = [_facts(terms, config, whole, inputs, detail), *_makers(terms), *_partitions(terms, config, whole)]
        if again == groups:
            return groups
        groups = again


def _facts(terms: Terms, config: Config, totals: Totals, inputs: str, detail: str) -> list[Triple]:
    """Describe the data set."""
    known, id_ = terms.known, terms.node(dataset_iri(config))
    entities = totals.classes[known["skos:Concept"]]
    facts = [
        (id_, known["rdf:type"], known["void:Dataset"]),
        (id_, known["rdf:type"], known["skos:ConceptScheme"]),
        (id_, known["dcterms:title"], text("Knowledge graph of machine-learning papers")),
        (id_, known["dcterms:license"], f"<{LICENCE}>"),
        (id_, known["dcterms:rights"], text(_RIGHTS)),
        (id_, known["prov:wasGeneratedBy"], terms.node("run:build")),
        (id_, known["kg:input_hash"], text(f"sha256:{inputs}")),
        (id_, known["kg:export_threshold"], decimal(config.export_threshold)),
        (id_, known["kg:paper_count"], integer(totals.classes[known["fabio:ResearchPaper"]])),
        (id_, known["kg:entity_count"], integer(entities)),
        (id_, known["void:uriSpace"], text(config.base_iri)),
        (id_, known["void:triples"], integer(totals.properties.total())),
        (id_, known["void:entities"], integer(entities)),
        (id_, known["void:classes"], integer(len(totals.classes))),
        (id_, known["void:properties"], integer(len(totals.properties))),
    ]
    if detail != "claims":
        facts.append((id_, known["kg:detail"], text(detail)))
    facts += [(id_, known["void:vocabulary"], f"<{terms.prefixes[name]}>") for name in _VOCABULARIES]
    facts += [(id_, known["void:feature"], f"<{_FEATURE}{name}>") for name in _FORMS]
    facts += [(id_, known["void:classPartition"], _part(config, "class", node)) for node in totals.classes]
    facts += [(id_, known["void:propertyPartition"], _part(config, "property", node)) for node in totals.properties]
    return facts


def _partitions(terms: Terms, config: Config, totals: Totals) -> Iterator[list[Triple]]:
    """Count the things of each class and the triples of each property."""
    known = terms.known
    for node, number in totals.classes.items():
        id_ = _part(config, "class", node)
        yield [(id_, known["void:class"], node), (id_, known["void:entities"], integer(number))]
    for node, number in totals.properties.items():
        id_ = _part(config, "property", node)
        yield [(id_, known["void:property"], node), (id_, known["void:triples"], integer(number))]


def _part(config: Config, kind: str, node: str) -> str:
    """Name the part of the data set that one class or property makes."""
    name = Namespaces(config.base_iri).compress(node[1:-1])
    return f"<{dataset_iri(config)}/{kind}/{name.replace(':', '-')}>"


def _makers(terms: Terms) -> Iterator[list[Triple]]:
    """Describe what made the graph: an activity, and the program."""
    known, build, program = terms.known, terms.node("run:build"), terms.node("run:kg")
    yield [(build, known["rdf:type"], known["prov:Activity"]), (build, known["prov:wasAssociatedWith"], program)]
    yield [
        (program, known["rdf:type"], known["prov:SoftwareAgent"]),
        (program, known["foaf:name"], text("kg")),
        (program, known["schema:softwareVersion"], text(tool_version())),
    ]
