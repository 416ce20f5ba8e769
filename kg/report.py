"""The report of a build: a Markdown page on what is new, rising, most connected, ambiguous and rejected."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kg.model import KINDS, Entity, Evidence, Reject, Relation
from kg.namespaces import slug
from kg.overrides import REASON
from kg.tables import PaperRow, Tables
from kg.text import counted

#: Rows shown of a list.
SHOWN = 15

#: Relations of one paper that say nothing on how the field hangs together.
_PLAIN_RELATIONS = frozenset({"mentions"})


@dataclass
class _Found:
    """What one pass over the tables gathers."""

    entities: dict[str, Entity] = field(default_factory=dict)
    papers: dict[str, PaperRow] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    evidence: dict[tuple[str, str, str], Evidence] = field(default_factory=dict)
    derived: set[tuple[str, str, str]] = field(default_factory=set)
    degree: Counter[str] = field(default_factory=Counter)
    recent: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)


def lines(
    tables: Tables,
    *,
    threshold: float,
    merged: Sequence[tuple[str, str]],
    rejects: Sequence[Reject],
    ambiguous: Sequence[tuple[str, str]] = (),
    unmatched: Sequence[str] = (),
) -> Iterator[str]:
    """Give the lines of the report.

    Claims count from a confidence of ``threshold``; ``merged`` names papers of several records and why these are one,
    ``ambiguous`` papers that could not be enriched and what fits them;
    ``unmatched`` are the names of the user's overrides that nothing has.
    """
    found = _gather(tables)
    yield "# Report"
    yield ""
    yield from _counts(found, rejects)
    yield from _top_entities(found)
    yield from _datasets(found, threshold)
    yield from _claims(found, threshold)
    yield from _by_year(found)
    yield from _rising(found)
    yield from _connected(found)
    yield from _ambiguous(tables, found)
    yield from _enriched(found, ambiguous)
    yield from _overridden(tables, found, unmatched)
    yield from _merged(found, merged)
    yield from _rejected(rejects)


def _gather(tables: Tables) -> _Found:
    """Read the tables once."""
    found = _Found()
    found.papers = {row.id: row for row in tables.papers()}
    found.entities = {entity.id: entity for entity in tables.entities()}
    since = _recent_since(found.papers.values())
    for relation in tables.relations():
        if relation.type in _PLAIN_RELATIONS:
            date = found.papers[relation.head].paper.date
            if len(date) >= 7:
                (found.recent if date[:7] >= since else found.earlier)[relation.tail] += 1
            continue
        found.relations.append(relation)
        found.degree.update(end for end in (relation.head, relation.tail) if end in found.entities)
    for evidence in tables.evidence():
        link = (evidence.head, evidence.type, evidence.tail)
        if evidence.origin != "text":
            found.derived.add(link)
        if evidence.origin != "text" or evidence.polarity != "stated" or not evidence.sentences:
            continue
        if link not in found.evidence or found.evidence[link].probability < evidence.probability:
            found.evidence[link] = evidence
    return found


def _recent_since(papers: Iterable[PaperRow]) -> str:
    """Give the first month of the newest quarter of the papers dated to the month."""
    months = sorted(row.paper.date[:7] for row in papers if len(row.paper.date) >= 7)
    return months[(3 * len(months)) // 4] if months else ""


def _counts(found: _Found, rejects: Sequence[Reject]) -> Iterator[str]:
    """Give how much there is of everything."""
    kinds = Counter(entity.kind for entity in found.entities.values())
    types = Counter(relation.type for relation in found.relations)
    records = sum(_records(row) for row in found.papers.values())
    read = f"{counted(records, 'record')} of {counted(len(found.papers), 'paper')}"
    made = f"{counted(len(found.entities), 'entity', 'entities')} and {counted(len(found.relations), 'relation')}"
    yield f"{read}; {counted(len(rejects), 'record')} rejected. {made} besides the mentions."
    yield ""
    flags = Counter(flag for row in found.papers.values() for flag in row.paper.flags)
    yield from _table(("kind", "entities"), [(kind, kinds[kind]) for kind in KINDS if kinds[kind]])
    numbers = sorted((-count, name) for name, count in types.items())
    yield from _table(("relation", "count"), [(name, -count) for count, name in numbers])
    if flags:
        yield from _table(("flag", "papers"), sorted(flags.items()))


def _top_entities(found: _Found) -> Iterator[str]:
    """Give the entities that most papers name, by kind."""
    yield from _heading("Most named")
    for kind in KINDS:
        entities = [entity for entity in found.entities.values() if entity.kind == kind]
        best = sorted(entities, key=lambda entity: (-entity.support, entity.label, entity.id))[:SHOWN]
        if best:
            named = ", ".join(f"{_text(entity.label)} ({entity.support})" for entity in best)
            yield f"* **{kind}**: {named}"
    yield ""


def _datasets(found: _Found, threshold: float) -> Iterator[str]:
    """Give the datasets that most papers evaluate on."""
    used: dict[str, set[str]] = defaultdict(set)
    for relation in found.relations:
        if relation.type == "evaluates_on" and _is_sure(relation, threshold):
            used[relation.tail].add(relation.head)
    rows = sorted((-len(heads), _label(found, tail)) for tail, heads in used.items())
    yield from _heading("Most evaluated on")
    yield from _table(("dataset", "papers"), [(label, -count) for count, label in rows[:SHOWN]])


def _is_sure(relation: Relation, threshold: float) -> bool:
    """Tell whether papers state a relation and the graph asserts it."""
    return relation.support > 0 and relation.confidence >= threshold


def _claims(found: _Found, threshold: float) -> Iterator[str]:
    """Give the relations between entities that papers support best, each with a sentence.

    Those that the vocabulary or a name tells too are left out: their confidence is not that of the sentence.
    """
    sure = (row for row in found.relations if row.head in found.entities and _is_sure(row, threshold))
    between = [row for row in sure if (row.head, row.type, row.tail) not in found.derived]
    best = sorted(between, key=lambda row: (-row.support, -row.confidence, row.head, row.type, row.tail))[:SHOWN]
    yield from _heading("Best supported")
    for row in best:
        papers = counted(row.support, "paper")
        yield (
            f"* **{_label(found, row.head)}** {row.type} **{_label(found, row.tail)}** ({papers}, {row.confidence:.2f})"
        )
        evidence = found.evidence.get((row.head, row.type, row.tail))
        if evidence is not None:
            yield f"  > {_sentence(found, evidence)}"
    yield ""


def _by_year(found: _Found) -> Iterator[str]:
    """Give the entities by the year they were first seen in."""
    years: dict[str, list[Entity]] = defaultdict(list)
    for entity in found.entities.values():
        years[entity.first_seen[:4] or "undated"].append(entity)
    yield from _heading("New by year")
    rows = []
    for year, entities in sorted(years.items(), reverse=True):
        best = sorted(entities, key=lambda entity: (-entity.support, entity.label, entity.id))[:5]
        rows.append((year, len(entities), ", ".join(_text(entity.label) for entity in best)))
    yield from _table(("first seen", "entities", "most named of them"), rows)


def _rising(found: _Found) -> Iterator[str]:
    """Give the entities whose share of the papers grew most in the newest quarter."""
    totals = max(sum(found.recent.values()), 1), max(sum(found.earlier.values()), 1)
    rows = []
    for curie, recent in found.recent.items():
        growth = (recent / totals[0]) / ((found.earlier[curie] + 1) / totals[1])
        if recent >= 3 and growth > 1:
            rows.append((-growth, _label(found, curie), recent, found.earlier[curie]))
    yield from _heading("Rising in the newest quarter of the papers")
    yield from _table(("entity", "papers in it", "papers before"), [row[1:] for row in sorted(rows)[:SHOWN]])


def _connected(found: _Found) -> Iterator[str]:
    """Give the entities with most relations."""
    rows = sorted((-count, _label(found, curie)) for curie, count in found.degree.items())
    yield from _heading("Most connected")
    yield from _table(("entity", "relations"), [(label, -count) for count, label in rows[:SHOWN]])


def _ambiguous(tables: Tables, found: _Found) -> Iterator[str]:
    """Give the identity decisions least sure, and the names that several entities share."""
    shared: dict[str, list[Entity]] = defaultdict(list)
    for entity in found.entities.values():
        for name in {slug(label) for label in (entity.label, *entity.alt_labels)}:
            shared[name].append(entity)
    rows = []
    for name, entities in shared.items():
        if len(entities) > 1:
            labels = ", ".join(sorted(_text(entity.label) for entity in entities))
            rows.append((sum(entity.support for entity in entities), name, labels))
    close = sorted((abs(row.score - 0.5), row.a, row.b, row) for row in tables.merges() if 0 < row.score < 1)
    yield from _heading("Ambiguous")
    yield "Names that several entities have:"
    yield ""
    best = sorted(rows, key=lambda row: (-row[0], row[1]))[:SHOWN]
    yield from _table(("name", "entities"), [(_text(name), labels) for _, name, labels in best])
    yield "Decisions nearest to even:"
    yield ""
    decisions = [(_text(row.a), _text(row.b), row.decision, _text(row.reason), row.score) for *_, row in close]
    yield from _table(("name", "name", "decision", "reason", "score"), decisions[:SHOWN])


def _records(row: PaperRow) -> int:
    """Count the records of a paper, without those that filled something."""
    return sum(not source.reader.startswith("enrich:") for source in row.paper.sources)


def _enriched(found: _Found, ambiguous: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Give what was filled from other records, and which papers could not be told apart."""
    names = Counter(
        flag.removeprefix("enriched-")
        for row in found.papers.values()
        for flag in row.paper.flags
        if flag.startswith("enriched-")
    )
    if not names and not ambiguous:
        return
    yield from _heading("Enriched")
    yield from _table(("field", "papers filled"), sorted(names.items()))
    if ambiguous:
        yield "Left as they are, because records of several papers fit:"
        yield ""
        rows = [(_text(found.papers[curie].paper.title), _text(fitting)) for curie, fitting in ambiguous]
        yield from _table(("paper", "fitting"), rows[:100])


def _overridden(tables: Tables, found: _Found, unmatched: Sequence[str]) -> Iterator[str]:
    """Give what the user decided, and the names in it that nothing has; nothing where nothing was decided."""
    decided = [row for row in tables.merges() if row.reason.startswith(REASON)]
    if not decided and not unmatched:
        return
    yield from _heading("Overrides")
    rows = [(_label(found, row.entity), _text(row.a), row.decision, _text(row.b), _text(row.reason)) for row in decided]
    yield from _table(("entity", "name", "decision", "name, label or kind", "reason"), rows)
    if unmatched:
        yield f"Nothing is called {', '.join(map(_text, unmatched))}: those decisions have no effect."
        yield ""


def _merged(found: _Found, merged: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Give the papers that several records told of."""
    yield from _heading("Records merged")
    rows = [(_text(found.papers[c].paper.title), _records(found.papers[c]), _text(why)) for c, why in merged]
    yield from _table(("paper", "records", "why"), rows)


def _rejected(rejects: Sequence[Reject]) -> Iterator[str]:
    """Give the records that could not be used."""
    yield from _heading("Rejected")
    rows = [(_text(reject.name), reject.record, _text(reject.reason)) for reject in rejects]
    yield from _table(("file", "record", "why"), rows[:100])
    if len(rows) > 100:
        yield f"and {len(rows) - 100} more in rejects.jsonl"


def _heading(text: str) -> Iterator[str]:
    """Give a heading."""
    yield f"## {text}"
    yield ""


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Give a Markdown table, or say that there is nothing."""
    if not rows:
        yield "None."
    else:
        yield "| " + " | ".join(names) + " |"
        yield "| " + " | ".join("---:" if isinstance(cell, int) else "---" for cell in rows[0]) + " |"
        for row in rows:
            cells = (f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row)
            yield "| " + " | ".join(cells) + " |"
    yield ""


def _label(found: _Found, curie: str) -> str:
    """Give what a person calls a node."""
    if curie in found.entities:
        return _text(found.entities[curie].label)
    return _text(found.papers[curie].paper.title) if curie in found.papers else curie


def _sentence(found: _Found, evidence: Evidence) -> str:
    """Give the sentences of an evidence."""
    paper = found.papers[evidence.paper].paper
    texts = {"title": paper.title, "abstract": paper.abstract}
    return _text(" […] ".join(texts[span.section][span.start : span.end] for span in evidence.sentences))


def _text(text: str) -> str:
    r"""Make text safe inside Markdown: one line, no markup, no cell border.

    >>> print(_text("a|b <b>\n*c*"))
    a\|b &lt;b&gt; \*c\*
    """
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_[]|":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
