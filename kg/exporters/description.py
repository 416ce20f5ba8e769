"""The description of the graph as a whole, with VoID (https://www.w3.org/TR/void/)."""

from collections import Counter
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, version

from kg.config import Config
from kg.exporters.blocks import Blocks, Facts, Thing
from kg.exporters.terms import Terms, decimal, integer, text

#: The licence of the statements.
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
_RIGHTS = "CC0 1.0 for the statements; titles, abstracts and sentences stay under the terms of their sources."

#: Where the W3C names the forms of RDF files, and those that the graph can be had in.
_FEATURE = "http://www.w3.org/ns/formats/"
_FORMS = ("JSON-LD", "N-Quads", "N-Triples", "N3", "RDF_XML", "TriG", "Turtle")

#: Vocabularies that the graph is mainly said in, by prefix.
_VOCABULARIES = ("kg", "skos", "fabio", "prov", "nif")


def dataset_iri(config: Config) -> str:
    """Give the IRI of the graph as a whole: its data set and concept scheme."""
    return f"{config.base_iri}graph"


def tool_version() -> str:
    """Give the version of the installed distribution."""
    try:
        return version("paper-kg")
    except PackageNotFoundError:
        return "unknown"


def describe(terms: Terms, config: Config, written: Blocks, inputs: str, *, detail: str) -> list[Thing]:
    """Describe what the graph holds, its licence, what made it of which papers.

    ``written`` counts the rest of the graph. The description counts itself, so it is made anew until it is right.
    """
    properties, classes = written.properties(), written.classes()
    things: list[Thing] = []
    while True:
        own = Blocks(terms)
        for id_, kinds, facts, several in things:
            own.block(id_, kinds, facts.copy(), several)
        counts = {"property": properties + own.properties(), "class": classes + own.classes()}
        again = [_graph(terms, config, counts, inputs, detail), *_makers(terms), *_partitions(terms, config, counts)]
        if again == things:
            return things
        things = again


def _graph(terms: Terms, config: Config, counts: dict[str, Counter[str]], inputs: str, detail: str) -> Thing:
    """Describe the data set."""
    properties, classes = counts["property"], counts["class"]
    entities = integer(classes["skos:Concept"])
    facts: Facts = {
        "dcterms:title": text("Knowledge graph of machine-learning papers"),
        "dcterms:license": f"<{LICENCE}>",
        "dcterms:rights": text(_RIGHTS),
        "prov:wasGeneratedBy": terms.node("run:build"),
        "kg:input_hash": text(f"sha256:{inputs}"),
        "kg:export_threshold": decimal(config.export_threshold),
        "kg:paper_count": integer(classes["fabio:ResearchPaper"]),
        "kg:entity_count": entities,
        "void:uriSpace": text(config.base_iri),
        "void:triples": integer(properties.total()),
        "void:entities": entities,
        "void:classes": integer(len(classes)),
        "void:properties": integer(len(properties)),
    }
    if detail != "claims":
        facts["kg:detail"] = text(detail)
    several: dict[str, Collection[str]] = {
        "void:vocabulary": [f"<{terms.prefixes[name]}>" for name in _VOCABULARIES],
        "void:feature": [f"<{_FEATURE}{name}>" for name in _FORMS],
        "void:classPartition": [_part(config, "class", name) for name in classes],
        "void:propertyPartition": [_part(config, "property", name) for name in properties],
    }
    return terms.node(dataset_iri(config)), ("void:Dataset", "skos:ConceptScheme"), facts, several


def _partitions(terms: Terms, config: Config, counts: dict[str, Counter[str]]) -> Iterator[Thing]:
    """Count the things of each class and the triples of each property."""
    for kind, counted in (("class", "void:entities"), ("property", "void:triples")):
        for name, number in counts[kind].items():
            facts = {f"void:{kind}": terms.known[name], counted: integer(number)}
            yield _part(config, kind, name), (), facts, {}


def _part(config: Config, kind: str, name: str) -> str:
    """Name the part of the data set that one class or property makes."""
    return f"<{dataset_iri(config)}/{kind}/{name.replace(':', '-')}>"


def _makers(terms: Terms) -> Iterator[Thing]:
    """Describe what made the graph: an activity, and the program."""
    program = terms.node("run:kg")
    yield terms.node("run:build"), ("prov:Activity",), {"prov:wasAssociatedWith": program}, {}
    about = {"foaf:name": text("kg"), "schema:softwareVersion": text(tool_version())}
    yield program, ("prov:SoftwareAgent",), about, {}
