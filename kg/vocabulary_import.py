"""Read vocabularies of others: SKOS and OWL in any RDF form, OBO, and CSV tables.

| format | an entry is                         | labels                              | broader                         |
| ------ | ----------------------------------- | ----------------------------------- | ------------------------------- |
| skos   | a `skos:Concept`, or a topic of CSO | prefLabel, altLabel, hiddenLabel    | broader, narrower, superTopicOf |
| owl    | an `owl:Class` or `rdfs:Class`      | rdfs:label, oboInOwl exact synonyms | subClassOf                      |
| rdf    | either                              | all of them                         | all of them                     |
| obo    | a `[Term]` frame of OBO 1.2 or 1.4  | name, exact synonyms                | is_a                            |
| csv    | a row of a table with a header      | columns label, alt_labels           | column broader: labels or ids   |

A table may have the columns kind and id too; a cell holds several values parted by a bar.

SKOS is https://www.w3.org/TR/skos-reference/, OBO https://owlcollab.github.io/oboformat/doc/obo-syntax.html, CSO
https://w3id.org/cso. Only exact synonyms name the same thing; deprecated entries, and those without a label in the
wanted language, are told of and left out.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import VocabularyError
from kg.model import KINDS, Reject
from kg.namespaces import FIXED, ONTOLOGY

if TYPE_CHECKING:
    import pyoxigraph as ox

_OBO = "http://www.geneontology.org/formats/oboInOwl#"
_CSO = ("http://cso.kmi.open.ac.uk/schema/cso#", "https://cso.kmi.open.ac.uk/schema/cso#")
_SKOS, _RDFS, _OWL = FIXED["skos"], FIXED["rdfs"], FIXED["owl"]
_TYPE = FIXED["rdf"] + "type"

#: RDF classes whose members are entries.
_CLASSES = {
    "skos": (_SKOS + "Concept", *(name + "Topic" for name in _CSO)),
    "owl": (_OWL + "Class", _RDFS + "Class"),
}

#: Where the preferred label stands, the best place first.
_LABELS = (_SKOS + "prefLabel", _RDFS + "label")

#: Properties with further labels.
_ALTERNATIVES = (
    _SKOS + "altLabel",
    _SKOS + "hiddenLabel",
    _OBO + "hasExactSynonym",
    "http://purl.obolibrary.org/obo/IAO_0000118",
)

#: Properties from an entry to a broader one, and the other way round.
_BROADER = (_SKOS + "broader", _SKOS + "broaderGeneric", _RDFS + "subClassOf")
_NARROWER = (_SKOS + "narrower", _SKOS + "narrowerGeneric", *(name + "superTopicOf" for name in _CSO))

#: From a name of something to the entry that is preferred for it.
_PREFERRED = tuple(name + "preferentialEquivalent" for name in _CSO)

_DEPRECATED = (_OWL + "deprecated",)

#: A line of an OBO file that holds a comment alone, at which the parser would panic.
_COMMENT = re.compile(rb"^[ \t]*!.*$", re.MULTILINE)

#: Names that columns of a table may have.
_COLUMNS = {
    "label": ("label", "preferred label", "prefLabel", "name", "term"),
    "alt_labels": ("alt_labels", "alt labels", "altLabel", "synonyms", "aliases"),
    "kind": ("kind", "type"),
    "broader": ("broader", "parent", "parents"),
    "id": ("id", "iri", "uri"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its source has it; ``broader`` holds ids, or labels where the source is a table."""

    id: str
    label: str
    alt_labels: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    kind: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """What one file holds: its entries, and what could not be used."""

    entries: list[Entry]
    rejects: list[Reject]


def read_entries(path: Path, format_: str | None = None, *, language: str = "en") -> Source:
    """Read the entries of a file; without a format its name and content tell."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VocabularyError(f"{path}: cannot be read ({error.strerror}); give an existing file") from error
    found = format_ or _guess(path, data)
    source = READERS[found](path, data, language)
    if not source.entries:
        hint = f" ({source.rejects[0].reason})" if source.rejects else ""
        raise VocabularyError(f"{path}: holds no entry that can be read as {found}{hint}; try another --format")
    return source


def _guess(path: Path, data: bytes) -> str:
    """Tell the format of a file from its name, or else its first bytes."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return "csv"
    if suffix == ".obo" or data.lstrip().startswith((b"format-version:", b"[Term]")):
        return "obo"
    return "rdf"


def _rdf(path: Path, data: bytes, language: str, *, classes: Iterable[str]) -> Source:
    """Read the entries of an RDF file whose type is one of some classes."""
    found = _statements(path, data)
    types = set(classes)
    members = sorted(name for name, values in found.items() if types & {value.value for value in values[_TYPE]})
    preferred = {
        name: values[link][0].value for name, values in found.items() for link in _PREFERRED if values.get(link)
    }
    moved = {name: home for name, home in preferred.items() if home != name and home in found}
    also: dict[str, list[str]] = defaultdict(list)
    for name, home in moved.items():
        also[home] += _texts(found[name], _LABELS, language)
    broader: dict[str, set[str]] = defaultdict(set)
    for name, values in found.items():
        broader[name] |= {value.value for link in _BROADER for value in values.get(link, ()) if _is_node(value)}
        for value in (value for link in _NARROWER for value in values.get(link, ())):
            broader[value.value].add(name)
    entries, rejects = [], []
    for number, name in enumerate(members, 1):
        values = found[name]
        labels = _texts(values, _LABELS, language)
        reason = _unusable(values, labels, language)
        if reason:
            rejects.append(Reject(path.name, number, reason, name))
        elif name not in moved:
            others = [*labels[1:], *_texts(values, _ALTERNATIVES, language), *also[name]]
            ups = sorted({moved.get(up, up) for up in broader[name]} - {name})
            entries.append(Entry(name, labels[0], tuple(others), tuple(ups), _kind(values), number))
    return Source(entries, rejects)


def _any_rdf(path: Path, data: bytes, language: str) -> Source:
    """Read SKOS concepts, or classes where there are none."""
    every = [name for names in _CLASSES.values() for name in names]
    return _rdf(path, data, language, classes=every)


def _skos(path: Path, data: bytes, language: str) -> Source:
    """Read SKOS concepts."""
    return _rdf(path, data, language, classes=_CLASSES["skos"])


def _owl(path: Path, data: bytes, language: str) -> Source:
    """Read classes of an ontology."""
    return _rdf(path, data, language, classes=_CLASSES["owl"])


def _statements(path: Path, data: bytes) -> dict[str, dict[str, list[Any]]]:
    """Parse an RDF file and give the values of each node by property, sorted."""
    import pyoxigraph as ox

    values: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in ox.parse(data, format=_form(path, data), base_iri=path.absolute().as_uri()):
            if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.Triple):
                values[quad.subject.value][quad.predicate.value].append(quad.object)
    except (SyntaxError, ValueError) as error:
        raise VocabularyError(f"{path}: no readable RDF ({error}); mend it or name another --format") from error
    for properties in values.values():
        for found in properties.values():
            found.sort(key=str)
    return values


def _form(path: Path, data: bytes) -> "ox.RdfFormat":
    """Tell the form of RDF from the name of a file, or else its first bytes."""
    import pyoxigraph as ox

    known = ox.RdfFormat.from_extension(path.suffix.lower().lstrip("."))
    if known is not None:
        return known
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    head = re.sub(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE.*?\]>", b"", start[:4000], flags=re.DOTALL).lstrip()
    if re.match(rb"<Ontology\b", head) or head.startswith((b"Prefix(", b"Ontology(", b"Prefix:")):
        raise VocabularyError(
            f"{path}: an ontology in OWL/XML, functional or Manchester form; convert it to Turtle first"
        )
    if re.match(rb"<[\w]+:RDF\b|<RDF\b", head):
        return ox.RdfFormat.RDF_XML
    return ox.RdfFormat.JSON_LD if head.startswith((b"{", b"[")) else ox.RdfFormat.TURTLE


def _texts(values: Mapping[str, list[Any]], names: Iterable[str], language: str) -> list[str]:
    """List the texts of some properties in a language, or in none, that of the language first."""
    found = [value for name in names for value in values.get(name, ()) if hasattr(value, "datatype")]
    exact = [value.value for value in found if _tag(value) == language]
    plain = [value.value for value in found if not value.language]
    return list(dict.fromkeys(" ".join(text.split()) for text in (*exact, *plain) if text.strip()))


def _tag(value: Any) -> str:
    """Give the language of a text without its region."""
    return (value.language or "").split("-")[0].lower()


def _unusable(values: Mapping[str, list[Any]], labels: list[str], language: str) -> str:
    """Say why an entry cannot be used, or nothing."""
    if any(value.value == "true" for name in _DEPRECATED for value in values.get(name, ())):
        return "deprecated"
    if labels:
        return ""
    tags = sorted({_tag(value) for name in _LABELS for value in values.get(name, ()) if _tag(value)})
    return f"no label in {language}, only in {', '.join(tags)}" if tags else "no label"


def _kind(values: Mapping[str, list[Any]]) -> str:
    """Give the kind of kg that an entry states of itself."""
    types = sorted(value.value.removeprefix(ONTOLOGY) for value in values[_TYPE] if value.value.startswith(ONTOLOGY))
    return next((kind for kind in types if kind in KINDS), "")


def _is_node(value: Any) -> bool:
    """Tell an IRI from a literal or an anonymous class."""
    return type(value).__name__ == "NamedNode"


def _obo(path: Path, data: bytes, language: str) -> Source:
    """Read the terms of an OBO file."""
    try:
        import fastobo
    except ImportError as error:
        raise VocabularyError(f"{path}: reading OBO needs the package fastobo: pip install paper-kg[obo]") from error
    try:
        document = fastobo.load(io.BytesIO(_COMMENT.sub(b"", data)))
    except BaseException as error:
        # A clause that the parser's Rust code did not expect comes as a panic, which is no Exception.
        if isinstance(error, SyntaxError | ValueError | OSError) or type(error).__name__ == "PanicException":
            raise VocabularyError(f"{path}: no readable OBO ({error})") from error
        raise
    entries, rejects = [], []
    terms = (frame for frame in document if isinstance(frame, fastobo.term.TermFrame))
    for number, frame in enumerate(terms, 1):
        tags: dict[str, list[Any]] = defaultdict(list)
        for clause in frame:
            tags[type(clause).__name__].append(clause)
        if any(clause.obsolete for clause in tags["IsObsoleteClause"]) or not tags["NameClause"]:
            reason = "deprecated" if tags["IsObsoleteClause"] else "no label"
            rejects.append(Reject(path.name, number, reason, str(frame.id)))
            continue
        others = tuple(item.synonym.desc for item in tags["SynonymClause"] if item.synonym.scope == "EXACT")
        ups = tuple(sorted(str(clause.term) for clause in tags["IsAClause"]))
        entries.append(Entry(str(frame.id), tags["NameClause"][0].name, others, ups, "", number))
    return Source(entries, rejects)


def _csv(path: Path, data: bytes, language: str) -> Source:
    """Read the rows of a table with a header."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VocabularyError(f"{path}: no text in UTF-8 ({error})") from error
    first = text.split("\n", 1)[0]
    mark = max("\t;,", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return _table(path, rows)
    except csv.Error as error:
        raise VocabularyError(f"{path}, line {rows.line_num}: no readable table ({error})") from error


def _table(path: Path, rows: Iterator[list[str]]) -> Source:
    """Read rows after the header."""
    header = [name.strip().casefold() for name in next(rows, [])]
    places = {
        column: next((header.index(name.casefold()) for name in names if name.casefold() in header), -1)
        for column, names in _COLUMNS.items()
    }
    if places["label"] < 0:
        raise VocabularyError(
            f"{path}: the first line is {', '.join(header[:6])!r}; it must name the columns, label and perhaps "
            "alt_labels, kind, broader, id"
        )
    entries, rejects = [], []
    for number, row in enumerate(rows, 2):
        cells = {column: row[place].strip() if 0 <= place < len(row) else "" for column, place in places.items()}
        kind = next((known for known in KINDS if known.casefold() == cells["kind"].casefold()), "")
        if not any(cell.strip() for cell in row):
            continue
        if not cells["label"] or (cells["kind"] and not kind):
            reason = f"kind {cells['kind']!r} is none of {', '.join(KINDS)}" if cells["label"] else "no label"
            rejects.append(Reject(path.name, number, reason, " | ".join(row)[:200]))
            continue
        others, ups = (_several(cells[column]) for column in ("alt_labels", "broader"))
        entries.append(Entry(cells["id"] or cells["label"], cells["label"], others, ups, kind, number))
    return Source(entries, rejects)


def _several(cell: str) -> tuple[str, ...]:
    """Take the parts of a cell.

    >>> _several("a | b|")
    ('a', 'b')
    """
    return tuple(part.strip() for part in cell.split("|") if part.strip())


#: Format -> what reads it from the path, bytes and wanted language of a file.
READERS: dict[str, Callable[[Path, bytes, str], Source]] = {
    "rdf": _any_rdf,
    "skos": _skos,
    "owl": _owl,
    "obo": _obo,
    "csv": _csv,
}
