"""Exporters: another library reads back what they write of a graph with any texts, nothing lost, the same twice."""

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fuzz.feed import Feed, fed
from fuzz.target import Target, hold
from kg.config import Config
from kg.exporters import EXPORTERS
from kg.exporters.characters import one_line
from kg.exporters.reading import FORMATS, read_rdf
from kg.exporters.triples import Options
from kg.graph import Records, from_networkx, from_records, to_networkx
from kg.model import KINDS, RELATIONS, Entity, Evidence, Mention, Merge, Paper, Relation, Source, Span
from kg.namespaces import entity_curie, paper_curie
from kg.tables import RECORDS, PaperRow, Tables, write_table
from kg.text import clean, normal_form
from tests.graph_sample import LABELS
from tests.read_back import READERS, edges_of

#: Most papers, entities and relations of a graph.
_MOST = 5

#: Formats of RDF that kg reads back.
_FULL = tuple(one for one in EXPORTERS.values() if one.write_rdf is not None and one.suffix in FORMATS)

_DATES = ("", "2024", "2024-03", "2024-03-07")

#: Where the tables lie; in memory where the system has such a place.
_PLACE = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)


@dataclass(slots=True)
class _Draft:
    """Records as they are made up, by what must be unique in each."""

    papers: dict[str, PaperRow] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    mentions: dict[tuple[str, str, int, int, str], Mention] = field(default_factory=dict)
    relations: dict[tuple[str, str, str], Relation] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    merges: set[Merge] = field(default_factory=set)

    def records(self) -> Records:
        """Give the records in the order of the tables."""
        return Records(
            papers=tuple(sorted(self.papers.values())),
            mentions=tuple(sorted(self.mentions.values())),
            entities=tuple(sorted(self.entities.values())),
            relations=tuple(self.relations[key] for key in sorted(self.relations)),
            evidence=tuple(sorted(self.evidence, key=lambda row: (row.head, row.type, row.tail, row.id))),
            merges=tuple(sorted(self.merges)),
        )


def records(feed: Feed) -> Records:
    """Make up records as a build has them, with texts that are clean and otherwise anything."""
    draft = _Draft()
    for _ in range(feed.number(_MOST)):
        _add_paper(feed, draft)
    for _ in range(feed.number(_MOST)):
        _add_entity(feed, draft)
    if draft.entities:
        for _ in range(feed.number(2 * _MOST)):
            _add_relation(feed, draft)
        for _ in range(feed.number(3)):
            name = feed.choice(sorted(draft.entities))
            draft.merges.add(Merge(name, _text(feed), _text(feed), "same", _text(feed), feed.number(101) / 100))
    return draft.records()


def _text(feed: Feed, most: int = 60) -> str:
    """Take a text of the bytes, or one that is known to be hard, or both."""
    way = feed.number(4)
    hard = feed.choice(LABELS)[:300] if way else ""
    return clean(feed.text(most) + hard if way < 3 else hard)


def _names(feed: Feed) -> tuple[str, ...]:
    found = (_text(feed, 20) for _ in range(feed.number(3)))
    return tuple(dict.fromkeys(name for name in found if name.strip()))


def _add_paper(feed: Feed, draft: _Draft) -> None:
    title, abstract = _text(feed), _text(feed, 200)
    if not title.strip() and not abstract.strip():
        title = "Untitled"
    paper = Paper(
        title=title,
        abstract=abstract,
        arxiv=("", "2101.00001", "cs/0202002")[feed.number(3)],
        doi=("", f"10.1/{_text(feed, 9)}".strip())[feed.number(2)],
        key=_text(feed, 9),
        authors=_names(feed),
        date=feed.choice(_DATES),
        categories=_names(feed),
        sources=(Source("jsonl", "a.jsonl", 1 + feed.number(9)),),
    )
    draft.papers.setdefault(curie := paper_curie(paper), PaperRow(curie, paper))


def _add_entity(feed: Feed, draft: _Draft) -> None:
    label = _text(feed)
    papers = sorted(draft.papers)
    entity = Entity(
        id=entity_curie(normal_form(label) or label),
        kind=feed.choice(KINDS),
        label=label,
        alt_labels=_names(feed),
        term=("", "term:lora")[feed.number(2)],
        support=feed.number(9),
        first_seen=feed.choice(_DATES),
        exact_match=("term:lora", "https://www.wikidata.org/entity/Q1")[: feed.number(3)],
        introduced_by=tuple(papers[: feed.number(2)]),
        version_order=feed.number(256) * 1000,
    )
    draft.entities.setdefault(entity.id, entity)


def _add_relation(feed: Feed, draft: _Draft) -> None:
    names, papers = sorted(draft.entities), sorted(draft.papers)
    type_ = feed.choice((*RELATIONS, "mentions"))
    tail = feed.choice(names)
    of_paper = type_ == "mentions" or RELATIONS[type_][0] is not None
    if of_paper and not papers:
        return
    head = feed.choice(papers if of_paper else names)
    sure = feed.number(101) / 100
    salience = feed.number(101) / 100 if type_ == "mentions" else 0.0
    link = (head, type_, tail)
    draft.relations.setdefault(link, Relation(*link, feed.number(9), sure, salience))
    if type_ == "mentions":
        start = feed.number(9)
        size = 1 + feed.number(5)
        row = Mention(head, feed.choice(("title", "abstract")), start, start + size, tail, _text(feed, 20))
        draft.mentions.setdefault((row.paper, row.section, row.start, row.end, row.entity), row)
        return  # what says it is the mention
    for _ in range(feed.number(3)):
        draft.evidence.append(_evidence(feed, link, papers, len(draft.evidence)))


def _evidence(feed: Feed, link: tuple[str, str, str], papers: list[str], number: int) -> Evidence:
    extractor, sure = f"test {_text(feed, 9)}".strip(), feed.number(101) / 100
    if not papers or feed.number(4) == 0:
        return Evidence(*link, f"evidence:{number}", ("rule", "vocabulary")[feed.number(2)], extractor, sure)
    start = feed.number(20)
    span = Span(feed.choice(("title", "abstract")), start, start + 1 + feed.number(30))
    return Evidence(
        *link,
        f"evidence:{number}",
        "text",
        extractor,
        sure,
        feed.choice(papers),
        (span,),
        head_mention=(None, span)[feed.number(2)],
        tail_mention=(None, span)[feed.number(2)],
        polarity=feed.choice(("stated", "negated")),
        modality=feed.choice(("asserted", "hedged")),
    )


def _with_tables(check: Callable[[Feed, Records, Tables], None], data: bytes) -> None:
    feed = Feed(data)
    first = Feed(feed.text(1).encode() or b"\0")
    made = records(feed)
    folder = Path(tempfile.mkdtemp(prefix="kg-fuzz-", dir=_PLACE))
    try:
        for name in RECORDS:
            write_table(folder, name, getattr(made, name))
        check(first, made, Tables(folder))
    finally:
        shutil.rmtree(folder)


def check_formats(first: Feed, made: Records, tables: Tables) -> None:
    """Write one format twice and read back what it says of entities and relations."""
    name = first.choice(tuple(EXPORTERS))
    exporter = EXPORTERS[name]
    written, again = io.BytesIO(), io.BytesIO()
    exporter.write(tables, Config(), written)
    exporter.write(tables, Config(), again)
    hold(written.getvalue() == again.getvalue(), f"{name} writes the same bytes twice")
    if name in READERS:
        found = {id_: one_line(label) for id_, label in READERS[name](written.getvalue()).items()}
        hold(found == {one.id: one_line(one.label) for one in made.entities}, f"{name} gives every entity's name")
    told = edges_of(name, written.getvalue())
    links = {(row.head, row.type, row.tail) for row in made.relations}
    hold(told is None or told == links, f"{name} gives every relation")


def check_detail(first: Feed, made: Records, tables: Tables) -> None:
    """Write RDF of full detail and read the same graph back; NetworkX gives the same records."""
    graph = to_networkx(tables)
    hold(from_networkx(graph) == made, "NetworkX loses no record")
    hold(dict(from_records(made).nodes) == dict(graph.nodes), "records and tables make one graph")
    exporter = first.choice(_FULL)
    assert exporter.write_rdf is not None
    path = tables.folder / f"graph{exporter.suffix}"
    with path.open("wb") as stream:
        exporter.write_rdf(tables, Config(), stream, Options(detail="full"))
    hold(read_rdf(path) == made, f"{exporter.name} of full detail loses no record")


def check_page(first: Feed, made: Records, tables: Tables) -> None:
    """Write the page twice; no text of the graph may end its script or be read as markup."""
    from kg.view.page import write_page

    pages = []
    for _ in range(2):
        stream = io.BytesIO()
        write_page(tables, Config(), stream)
        pages.append(stream.getvalue())
    hold(pages[0] == pages[1], "the page has the same bytes twice")
    text = pages[0].decode("utf-8")
    hold("<script>alert(1)" not in text and "]]> <!-- -->" not in text, "no text of the graph is markup of the page")


def _seeds() -> Iterator[bytes]:
    body = fed(2, 0, "One", 0, "FrobNet is not based on LoRA.", 1, 1, 0, "x", 0, "k", 1, 0, "Ada", 3, 0)
    yield fed("\0") + body * 3
    for place in range(0, len(LABELS), 5):
        yield fed(chr(place), 3) + bytes(((place + step * 7) % 251) for step in range(400))


def targets() -> dict[str, Target]:
    """Give a target for the formats, one for RDF of full detail and one for the page."""
    words = ("</script>", "]]>", "<!--", "\\u0041", "\\", '"', "'", "\n", "\t", ";", ",", "=", "{", "}", "[[", "|", "é")
    parts = {
        "exports": (check_formats, f"the exporters {', '.join(EXPORTERS)}: same bytes twice, read back without loss"),
        "rdf": (check_detail, "NetworkX and RDF of full detail: nothing lost on the way there and back"),
        "page": (check_page, "the page: same bytes twice, texts stay texts"),
    }
    return {
        name: Target(described, partial(_with_tables, check), _seeds, words, longest=3000, examples=8)
        for name, (check, described) in parts.items()
    }
