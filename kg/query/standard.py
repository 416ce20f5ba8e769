"""The terms of well-known vocabularies that graphs use, and notes on those that queries misspell."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from kg.namespaces import Namespaces
from kg.text import normal_form

#: The properties and classes of the default graph, as CURIEs, beside those of the ontology.
USED = tuple(
    """
    dcterms:abstract dcterms:creator dcterms:identifier dcterms:issued dcterms:license dcterms:rights dcterms:title
    fabio:ResearchPaper foaf:Person foaf:name foaf:page nif:Phrase nif:Sentence nif:anchorOf nif:beginIndex nif:endIndex
    prov:Activity prov:SoftwareAgent prov:wasAssociatedWith prov:wasDerivedFrom prov:wasGeneratedBy
    rdf:Statement rdf:object rdf:predicate rdf:subject rdf:type
    schema:Dataset schema:ScholarlyArticle schema:softwareVersion
    skos:Concept skos:ConceptScheme skos:altLabel skos:broader skos:broaderTransitive skos:exactMatch skos:inScheme
    skos:prefLabel
    """.split()
)

#: Prefixes whose terms are looked at.
PREFIXES = frozenset({"rdfs", *(name.partition(":")[0] for name in USED)})

#: What people mean by names that are spelt like none of the used ones.
MEANT = {
    "rdfs:label": "skos:prefLabel",
    "dcterms:date": "dcterms:issued",
    "schema:name": "skos:prefLabel",
    "kg:Paper": "fabio:ResearchPaper",
    "kg:Author": "foaf:Person",
    "kg:Person": "foaf:Person",
    "kg:Entity": "skos:Concept",
    "kg:Claim": "kg:Assertion",
    "kg:Relation": "kg:Assertion",
    "kg:Sentence": "nif:Sentence",
}

_LABELLED = re.compile(r"""\b(skos:(?:pref|alt)Label)\s+("[^"\\\n]+"|'[^'\\\n]+')(?!@)""")


def unused(iris: Iterable[str]) -> list[str]:
    """Give a note on each well-known term the graph does not use, naming the nearest that it does.

    >>> unused(["http://www.w3.org/2004/02/skos/core#preflabel"])
    ['the graph does not use skos:preflabel; did you mean skos:prefLabel?']
    """
    names = dict.fromkeys(map(Namespaces().compress, iris))
    return [
        f"the graph does not use {name}; did you mean {_nearest(name)}?"
        for name in names
        if name.partition(":")[0] in PREFIXES and name not in USED
    ]


def exact_labels(text: str) -> list[str]:
    """Give a note on each label that a query without an answer asks for letter by letter.

    >>> exact_labels('SELECT ?x { ?x skos:prefLabel "Lora" }')
    ['labels are case-sensitive; kg:search_form "lora" finds Lora however it is written']
    """
    found = dict.fromkeys(quoted[1:-1] for _, quoted in _LABELLED.findall(text))
    return [
        f'labels are case-sensitive; kg:search_form "{normal_form(name)}" finds {name} however it is written'
        for name in found
        if normal_form(name)
    ]


def _nearest(name: str) -> str:
    """Give the used term spelt most like ``name``, of the same vocabulary where the graph uses that."""
    prefix = name.partition(":")[0]
    same = [term for term in USED if term.startswith(f"{prefix}:")]
    return MEANT.get(name) or process.extractOne(name, same or USED, scorer=fuzz.ratio, processor=str.lower)[0]
