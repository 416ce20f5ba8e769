"""Single assertions as nanopublications: claim, provenance and publication info, each a named graph, in TriG.

The form is that of https://nanopub.net/guidelines/working_draft/, and names end in a hash of the content as
https://trustyuri.net/ defines it for RDF (module RA), so a nanopublication never changes under its name. They are
neither signed nor dated: who publishes them adds that.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from kg.config import Config
from kg.exporters.blocks import triples
from kg.exporters.claims import Claims, evidence_curie, span_curie, strength
from kg.exporters.description import LICENCE, tool_version
from kg.exporters.plain import Passages
from kg.exporters.terms import Terms, Triple, decimal, integer, text
from kg.exporters.triples import span_thing
from kg.model import Evidence, Relation, Span
from kg.namespaces import FIXED, Namespaces, assertion_curie
from kg.tables import Tables, join

#: Stands for the hash while it is being made; trusty URIs are hashed with a space there.
_HASH = " "

#: The graphs of a nanopublication beside its head, in order.
_PARTS = ("assertion", "provenance", "pubinfo")

#: Local names that Turtle takes without escapes.
_LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>)?')
_UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "\\": "\\", "u007F": "\x7f"}
_ESCAPE = re.compile(r'\\(u007F|[tnr"\\])')


class _Writer:
    """Writes the nanopublications of one graph."""

    def __init__(self, tables: Tables, config: Config) -> None:
        self.terms = Terms(config.base_iri)
        self.names = Namespaces(config.base_iri)
        self._passages = Passages(tables)
        self._labels = {entity.id: entity.label for entity in tables.entities()}
        self._labels |= {row.id: row.paper.title for row in tables.papers()}

    def nanopub(self, relation: Relation, polarity: str, evidence: list[Evidence]) -> str:
        """Write the nanopublication of one assertion."""
        known, base = self.terms.known, f"{self.names.prefixes['nanopub']}{_HASH}"
        this, parts = f"<{base}>", {name: f"<{base}/{name}>" for name in ("Head", *_PARTS)}
        graphs = {
            "Head": [
                (this, known["rdf:type"], known["np:Nanopublication"]),
                (this, known["np:hasAssertion"], parts["assertion"]),
                (this, known["np:hasProvenance"], parts["provenance"]),
                (this, known["np:hasPublicationInfo"], parts["pubinfo"]),
            ],
            "assertion": self._claim(relation, polarity),
            "provenance": self._provenance(parts["assertion"], relation, evidence),
            "pubinfo": self._publication(this, relation, polarity),
        }
        code = artifact_code((parts[name], *triple) for name, found in graphs.items() for triple in found)
        name = base.replace(_HASH, code)
        lines = [f"@prefix this: <{name}> .\n@prefix sub: <{name}/> .\n"]
        for part, found in graphs.items():
            lines.append(f"sub:{part} {{\n")
            lines += [f"  {' '.join(self._short(term, base) for term in triple)} .\n" for triple in sorted(set(found))]
            lines.append("}\n")
        return "".join(lines)

    def _claim(self, relation: Relation, polarity: str) -> list[Triple]:
        """State the claim; of a denied one, that the statement is denied."""
        terms, known = self.terms, self.terms.known
        triple = terms.node(relation.head), known[f"kg:{relation.type}"], terms.node(relation.tail)
        if polarity == "stated":
            return [triple]
        id_ = terms.node(assertion_curie(relation.head, relation.type, relation.tail, polarity))
        return [
            (id_, known["rdf:type"], known["rdf:Statement"]),
            (id_, known["rdf:subject"], triple[0]),
            (id_, known["rdf:predicate"], triple[1]),
            (id_, known["rdf:object"], triple[2]),
            (id_, known["kg:polarity"], text(polarity)),
        ]

    def _provenance(self, claim: str, relation: Relation, evidence: list[Evidence]) -> list[Triple]:
        """Say how sure the claim is, and on what evidence of which papers it rests."""
        terms, known = self.terms, self.terms.known
        spans: dict[str, tuple[str, Span, set[str]]] = {}

        def note(paper: str, span: Span, kind: str) -> None:
            spans.setdefault(span_curie(paper, span), (paper, span, set()))[2].add(kind)

        found = [
            (claim, known["kg:support"], integer(relation.support)),
            (claim, known["kg:confidence"], decimal(relation.confidence)),
        ]
        claims = Claims(terms, note)
        for item in evidence:
            found.append((claim, known["kg:evidence"], terms.node(evidence_curie(item))))
            if item.paper:
                found.append((claim, known["prov:wasDerivedFrom"], terms.node(item.paper)))
            found += triples(claims.evidence(item), terms)
        for paper, span, kinds in spans.values():
            said = self._passages.text(paper, span)
            found += triples(span_thing(paper, span, said, kinds, terms), terms)
        return found + [triple for thing in claims.activities() for triple in triples(thing, terms)]

    def _publication(self, this: str, relation: Relation, polarity: str) -> list[Triple]:
        """Say what made the nanopublication and under which terms it is given."""
        terms, known = self.terms, self.terms.known
        program = terms.node("run:kg")
        label = f"{self._labels[relation.head]} {relation.type.replace('_', ' ')} {self._labels[relation.tail]}"
        label += " (denied)" * (polarity == "negated")
        return [
            (this, known["rdfs:label"], text(label)),
            (this, known["dcterms:license"], f"<{LICENCE}>"),
            (this, known["dcterms:creator"], program),
            (this, known["prov:wasGeneratedBy"], terms.node("run:build")),
            (program, known["rdf:type"], known["prov:SoftwareAgent"]),
            (program, known["foaf:name"], text("kg")),
            (program, known["schema:softwareVersion"], text(tool_version())),
        ]

    def _short(self, term: str, base: str) -> str:
        """Write a term with a prefix where that is possible."""
        if term.startswith('"'):
            value, sign, kind = term.rpartition("^^<")
            return f"{value}^^{self._short(f'<{kind}', base)}" if sign and kind.endswith(">") else term
        iri = term[1:-1]
        if iri.startswith(base):
            return f"sub:{iri[len(base) + 1 :]}" if len(iri) > len(base) else "this:"
        prefix, _, name = self.names.compress(iri).partition(":")
        return f"{prefix}:{name}" if prefix in self.names.prefixes and _LOCAL.fullmatch(name) else term


def artifact_code(quads: Iterable[tuple[str, str, str, str]]) -> str:
    """Give the hash of a nanopublication: that of its quads, normalised and sorted, with a space for the hash.

    https://trustyuri.net/ defines it as module RA.
    """
    rows = sorted({(*(term[1:-1] for term in first), *_order(target)) for *first, target in quads})
    lines = [f"{graph}\n{subject}\n{predicate}\n{_normal(*target)}\n" for graph, subject, predicate, *target in rows]
    digest = hashlib.sha256("".join(lines).encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _order(term: str) -> tuple[str, str, str]:
    """Give what a term is sorted by: IRIs come first, then literals by value and type."""
    if term.startswith("<"):
        return "", term[1:-1], ""
    match = _LITERAL.fullmatch(term)
    assert match
    value = _ESCAPE.sub(lambda found: _UNESCAPED[found[1]], match[1])
    return "literal", value, match[2] or f"{FIXED['xsd']}string"


def _normal(sort: str, value: str, kind: str) -> str:
    """Write a term as trusty URIs normalise it."""
    if not sort:
        return value
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
    return f"^{kind} {escaped}"


def write_nanopubs(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write a nanopublication for each assertion that is sure enough for the graph, denials too."""
    writer = _Writer(tables, config)
    for prefix, iri in writer.names.prefixes.items():
        stream.write(f"@prefix {prefix}: <{iri}> .\n".encode())
    for relation, polarity, evidence in _assertions(tables, config.export_threshold):
        stream.write(b"\n" + writer.nanopub(relation, polarity, evidence).encode())


def _assertions(tables: Tables, threshold: float) -> Iterator[tuple[Relation, str, list[Evidence]]]:
    """Give the assertions that are sure enough, with polarity and evidence."""
    for relation, evidence in join(tables.relations(), tables.evidence()):
        if relation.type == "mentions":
            continue
        stated = [item for item in evidence if item.polarity != "negated"]
        negated = [item for item in evidence if item.polarity == "negated"]
        if (stated or not negated) and relation.confidence >= threshold:
            yield relation, "stated", stated
        if negated:
            denial = Relation(relation.head, relation.type, relation.tail, *strength(negated))
            if denial.confidence >= threshold:
                yield denial, "negated", negated
