"""Records of whole graphs drawn at random, for the tests that turn them into something and back."""

from pathlib import Path

from hypothesis import strategies as st

from kg.graph import Records
from kg.model import KINDS, RELATIONS, Entity, Evidence, Mention, Merge, Paper, Relation, Source, Span
from kg.namespaces import DEFAULT_BASE
from kg.tables import RECORDS, PaperRow, Tables, write_table

#: Any text that a table can hold.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
NUMBER = st.integers(0, 999)
UNIT = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 0.25, 0.1 + 0.2, 1e-9])
DATE = st.sampled_from(["", "2024", "2024-03", "2024-03-07", "soon"])
NAMES = st.lists(TEXT, max_size=3).map(tuple)
SPAN = st.builds(Span, st.sampled_from(("title", "abstract")), st.integers(0, 12), st.integers(0, 12))
WEB = st.sampled_from(
    ["term:lora", "term:c-plus-plus", "https://www.wikidata.org/entity/Q1", f"{DEFAULT_BASE}vocabulary/adam"]
)


def _curies(prefix: str) -> st.SearchStrategy[list[str]]:
    names = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,5}[a-z0-9])?", fullmatch=True)
    return st.lists(names, min_size=1, max_size=4, unique=True).map(
        lambda found: sorted(f"{prefix}:{name}" for name in found)
    )


PAPER = st.builds(
    Paper,
    title=TEXT,
    abstract=TEXT,
    arxiv=TEXT,
    doi=TEXT,
    key=TEXT,
    authors=NAMES,
    date=DATE,
    date_inferred=st.booleans(),
    categories=NAMES,
    flags=NAMES,
    sources=st.lists(st.builds(Source, TEXT, TEXT, NUMBER), max_size=2).map(tuple),
)


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Draw records as a build has them: sorted, distinct, with CURIEs that lead somewhere, and any text."""
    papers = [PaperRow(curie, draw(PAPER)) for curie in draw(_curies("paper"))]
    ids = [row.id for row in papers]
    entities = [
        Entity(
            id=curie,
            kind=draw(st.sampled_from(KINDS)),
            label=draw(TEXT),
            alt_labels=draw(NAMES),
            term=draw(st.just("") | WEB),
            support=draw(NUMBER),
            first_seen=draw(DATE),
            exact_match=draw(st.lists(WEB, max_size=2).map(tuple)),
            introduced_by=draw(st.lists(st.sampled_from(ids), max_size=2).map(tuple)),
            version_order=draw(NUMBER),
        )
        for curie in draw(_curies("entity"))
    ]
    things = st.sampled_from([entity.id for entity in entities])
    heads = st.sampled_from([*ids, *(entity.id for entity in entities)])
    places = st.builds(
        Mention, st.sampled_from(ids), st.sampled_from(("title", "abstract")), NUMBER, NUMBER, things, TEXT
    )
    # A place names an entity once.
    mentions = {(row.paper, row.section, row.start, row.end, row.entity): row for row in draw(st.lists(places))}
    links = set(draw(st.lists(st.tuples(heads, st.sampled_from(sorted(RELATIONS)), things), max_size=5)))
    evidence = []
    for head, name, tail in sorted(links):
        for number in range(draw(st.integers(0, 3))):
            prefix = draw(st.sampled_from(("", "evidence:")))
            evidence.append(_evidence(draw, (head, name, tail), f"{prefix}{len(evidence)}-{number}", ids))
    links |= {(row.paper, "mentions", row.entity) for row in mentions.values()}
    decided = draw(st.lists(st.builds(Merge, things, TEXT, TEXT, TEXT, TEXT, UNIT), max_size=3))
    return Records(
        papers=tuple(papers),
        mentions=tuple(sorted(mentions.values())),
        entities=tuple(entities),
        relations=tuple(
            Relation(*link, draw(NUMBER), draw(UNIT), draw(UNIT) if link[1] == "mentions" else 0.0)
            for link in sorted(links)
        ),
        evidence=tuple(sorted(evidence, key=lambda row: (row.head, row.type, row.tail, row.id))),
        merges=tuple(sorted(decided)),
    )


def _evidence(draw: st.DrawFn, link: tuple[str, str, str], id_: str, papers: list[str]) -> Evidence:
    is_text = draw(st.booleans())
    return Evidence(
        *link,
        id=id_,
        origin="text" if is_text else draw(st.sampled_from(("rule", "vocabulary"))),
        extractor=draw(TEXT),
        probability=draw(UNIT),
        paper=draw(st.sampled_from(papers)) if is_text else "",
        sentences=tuple(draw(st.lists(SPAN, max_size=3))) if is_text else (),
        head_mention=draw(st.none() | SPAN) if is_text else None,
        tail_mention=draw(st.none() | SPAN) if is_text else None,
        polarity=draw(st.sampled_from(("stated", "negated"))),
        modality=draw(st.sampled_from(("asserted", "hedged"))),
    )


def write(given_records: Records, folder: Path) -> Tables:
    """Write records as tables."""
    for name in RECORDS:
        write_table(folder, name, getattr(given_records, name))
    return Tables(folder)
