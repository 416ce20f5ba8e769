"""What a build says, streamed from its tables, as blocks of one subject each.

What many rows share (spans of text, authors, counts per year) is noted in a `Sorter` and described afterwards, so that
memory does not grow with the number of papers.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby, starmap
from operator import itemgetter
from pathlib import Path

from kg.config import Config
from kg.exporters import detail
from kg.exporters.blocks import Blocks, Thing
from kg.exporters.claims import PHRASE, Claims, span_curie
from kg.exporters.description import dataset_iri, describe
from kg.exporters.sorting import Sorter
from kg.exporters.statements import (
    author_thing,
    count_thing,
    entity_thing,
    hierarchy,
    paper_thing,
    year_of,
)
from kg.exporters.tallies import Tallies
from kg.exporters.terms import Terms, integer, text
from kg.model import Span
from kg.tables import Replacement, Tables, join, to_plain

#: How much is told: claims with their evidence, or mentions and all that the tables hold, too.
DETAILS = ("claims", "full")

_SEPARATOR = "\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an RDF export holds besides the default.

    ``detail`` is one of `DETAILS`. ``rdf12`` writes assertions as reifiers of RDF 1.2. ``replaced`` lists the CURIEs
    that earlier builds used, oldest first.
    """

    detail: str = "claims"
    rdf12: bool = False
    replaced: tuple[Replacement, ...] = ()


#: The options of every build.
CLAIMS = Options()


@dataclass(slots=True)
class _Notes:
    """What is described after the rows that speak of it."""

    authors: Sorter
    years: Sorter
    spans: Sorter
    tallies: Tallies
    #: Paper -> its year.
    year: dict[str, int] = field(default_factory=dict)
    #: (narrower, broader) pairs.
    kinds: list[tuple[str, str]] = field(default_factory=list)

    def span(self, paper: str, span: Span, what: str) -> None:
        """Note a span of a paper and what it is: a class, or the entity that it names."""
        self.spans.add(f"{paper}\t{span.section}\t{span.start}\t{span.end}\t{what}")


def blocks(tables: Tables, config: Config, folder: Path, options: Options) -> Iterator[str]:
    """Give all that is said of a build, each triple once, one block or more for a subject; ``folder`` takes notes."""
    terms = Terms(config.base_iri)
    notes = _Notes(Sorter(folder), Sorter(folder), Sorter(folder), Tallies(terms))
    digest = hashlib.sha256()
    written = Blocks(terms)
    things = chain(
        _papers(tables, terms, notes, digest, options),
        _authors(notes, terms),
        _entities(tables, terms, config, notes, options),
        _relations(tables, terms, config, notes, options),
        hierarchy(notes.kinds, terms),
        _counts(notes, terms),
        notes.tallies.described(),
        _mentions(tables, notes) if options.detail == "full" else (),
        _spans(tables, notes, terms),
        detail.decisions(tables.merges(), terms) if options.detail == "full" else (),
        replacements(tables, options.replaced, terms),
    )
    yield from starmap(written.block, things)
    yield from starmap(written.block, describe(terms, config, written, digest.hexdigest(), detail=options.detail))


def _papers(tables: Tables, terms: Terms, notes: _Notes, digest: "hashlib._Hash", options: Options) -> Iterator[Thing]:
    """Describe the papers; note their years and authors."""
    for row in tables.papers():
        if (year := year_of(row.paper.date)) is not None:
            notes.year[row.id] = year
            notes.tallies.papers[year] += 1
        for author in set(row.paper.authors):
            notes.authors.add(json.dumps(author))
        digest.update(json.dumps(to_plain(row), sort_keys=True).encode())
        yield paper_thing(row, terms)
        if options.detail == "full":
            yield from detail.paper(row, terms)


def _authors(notes: _Notes, terms: Terms) -> Iterator[Thing]:
    """Describe each author once."""
    for batch in notes.authors.batches():
        for name in dict.fromkeys(batch):
            yield author_thing(json.loads(name), terms)


def _entities(tables: Tables, terms: Terms, config: Config, notes: _Notes, options: Options) -> Iterator[Thing]:
    """Describe the entities."""
    scheme = terms.node(dataset_iri(config))
    for entity in tables.entities():
        introduced = min((notes.year[paper] for paper in entity.introduced_by if paper in notes.year), default=None)
        yield entity_thing(entity, terms, scheme, notes.tallies.entity(entity), introduced=introduced)
        if options.detail == "full":
            yield from detail.entity(entity, terms)


def _relations(tables: Tables, terms: Terms, config: Config, notes: _Notes, options: Options) -> Iterator[Thing]:
    """Write direct triples, and assertions with their evidence, in one pass over the relations."""
    claims = Claims(terms, notes.span, options.rdf12)
    is_full = options.detail == "full"
    for head, rows in groupby(join(tables.relations(), tables.evidence()), key=lambda row: row[0].head):
        year = notes.year.get(head)
        direct: defaultdict[str, list[str]] = defaultdict(list)
        for relation, evidence in rows:
            name, tail = relation.type, relation.tail
            if name == "mentions":
                direct["kg:mentions"].append(terms.node(tail))
                if year is not None:
                    notes.years.add(f"{tail}{_SEPARATOR}{year}")
                if is_full:
                    yield from detail.occurrence(relation, terms, rdf12=options.rdf12)
                continue
            stated = not evidence or any(item.polarity != "negated" for item in evidence)
            if stated and relation.confidence >= config.export_threshold:
                direct[f"kg:{name}"].append(terms.node(tail))
                if name in ("is_a", "version_of"):
                    notes.kinds.append((head, tail))
            yield from claims.things(relation, evidence)
            notes.tallies.claim(relation, evidence)
            if is_full:
                yield from detail.claim(relation, evidence, terms)
        if direct:
            yield terms.node(head), (), {}, direct
    yield from claims.contradictions()
    yield from claims.activities()


def _counts(notes: _Notes, terms: Terms) -> Iterator[Thing]:
    """Count the papers of each year that mention each entity."""
    keys = (item for batch in notes.years.batches() for item in Counter(batch).items())
    for entity, rows in groupby(keys, key=lambda row: row[0].partition(_SEPARATOR)[0]):
        years = {int(key.rpartition(_SEPARATOR)[2]): papers for key, papers in rows}
        for year, papers in years.items():
            yield count_thing(entity, year, papers, terms)
        if tallies := notes.tallies.years(entity, years):
            yield terms.node(entity), (), {}, {"kg:year_tally": tallies}


def _mentions(tables: Tables, notes: _Notes) -> Iterator[Thing]:
    """Note the places where papers name entities."""
    for mention in tables.mentions():
        span = Span(mention.section, mention.start, mention.end)
        notes.span(mention.paper, span, f"{mention.entity}{_SEPARATOR}{json.dumps(mention.text)}")
    yield from ()


def _spans(tables: Tables, notes: _Notes, terms: Terms) -> Iterator[Thing]:
    """Describe the spans of text that were noted, each once, beside the papers, which are in the same order."""
    papers = ((row.id, row.paper.title, row.paper.abstract) for row in tables.papers())
    id_, title, abstract = "", "", ""
    noted = (key.split(_SEPARATOR, 4) for batch in notes.spans.batches() for key in dict.fromkeys(batch))
    for (paper, section, start, end), group in groupby(noted, key=itemgetter(0, 1, 2, 3)):
        while id_ < paper and (following := next(papers, None)):
            id_, title, abstract = following
        whole = (title if section == "title" else abstract) if id_ == paper else ""
        span = Span(section, int(start), int(end))
        yield span_thing(paper, span, whole[span.start : span.end], [what for *_, what in group], terms)


def span_thing(paper: str, span: Span, said: str, roles: Iterable[str], terms: Terms) -> Thing:
    """Describe a span of a paper; a role is a class, or an entity that is named and how."""
    named = [role.split(_SEPARATOR) for role in roles if _SEPARATOR in role]
    classes = {PHRASE if _SEPARATOR in role else role for role in roles}
    facts = {
        "kg:paper": terms.node(paper),
        "kg:section": text(span.section),
        "nif:beginIndex": integer(span.start),
        "nif:endIndex": integer(span.end),
        "nif:anchorOf": text(said),
    }
    names = detail.named([(entity, json.loads(name)) for entity, name in named], said, terms) if named else {}
    return terms.node(span_curie(paper, span)), tuple(sorted(classes)), facts, names


def replacements(tables: Tables, rows: tuple[Replacement, ...], terms: Terms) -> Iterator[Thing]:
    """Say which CURIEs of earlier builds stand for something under another CURIE now."""
    if not rows:
        return
    present = {row.id for row in tables.papers()} | {entity.id for entity in tables.entities()}
    links: dict[str, str] = {row.old: row.new for row in rows}
    for old in sorted(links.keys() - present):
        seen, new = {old}, links[old]
        while new not in present and new in links and new not in seen:
            seen.add(new)
            new = links[new]
        if new in present:
            yield terms.node(old), (), {"dcterms:isReplacedBy": terms.node(new)}, {}
