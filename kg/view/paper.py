"""Write the page of one paper: its text with the mentions marked by kind, and what it says with the sentences.

The page is HTML and CSS without any script, and its Content Security Policy allows none.
"""

import base64
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import BinaryIO

from kg import members, quotes
from kg.config import Config
from kg.model import Entity, Evidence, Mention, Relation
from kg.readings import RELATIONS, reading
from kg.tables import PaperRow, Tables
from kg.text import counted
from kg.view import looks
from kg.view.highlight import Mark, marked, short
from kg.view.passages import address
from kg.view.proofs import section


@dataclass(frozen=True, slots=True)
class PaperInfo:
    """What the page of a paper holds; ``message`` says it."""

    mentions: int
    relations: int
    message: str


@dataclass(slots=True)
class Reading:
    """A paper with what the graph took from it: places of entities, and relations with this paper's evidence."""

    row: PaperRow
    mentions: list[Mention]
    entities: Mapping[str, Entity]
    claims: list[tuple[Relation, list[Evidence]]]
    threshold: float


def write_paper(tables: Tables, config: Config, name: str, stream: BinaryIO) -> PaperInfo:
    """Write the page of the paper called ``name``: its CURIE, arXiv id, DOI, own id or exact title.

    An unknown name is a `KGError` that lists the nearest ones.
    """
    found = read_paper(tables, name, config.export_threshold)
    stream.write(render(found).encode("utf-8", "replace"))
    title = " ".join(found.row.paper.title.split()) or "(no title)"
    said = f"{counted(len(found.mentions), 'mention')} of {counted(len(_own(found)), 'entity', 'entities')}"
    relations = counted(len(found.claims), "relation")
    return PaperInfo(len(found.mentions), len(found.claims), f"“{title}”: {said}, {relations}.")


def read_paper(tables: Tables, name: str, threshold: float) -> Reading:
    """Read a paper and all that the graph holds of it."""
    rows = {row.paper: row for row in tables.papers()}
    by_id = {row.id: row for row in rows.values()}
    row = by_id.get(name.strip()) or rows[members.find(list(rows), name)]
    evidence: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for item in tables.evidence():
        if item.paper == row.id:
            evidence[item.head, item.type, item.tail].append(item)
    claims = []
    for relation in tables.relations():
        key = (relation.head, relation.type, relation.tail)
        if key in evidence:
            claims.append((relation, sorted(evidence[key], key=lambda item: (-item.probability, item.id))))
    mentions = [item for item in tables.mentions() if item.paper == row.id]
    ends = {end for relation, _ in claims for end in (relation.head, relation.tail)}
    entities = quotes.labels(tables, ends | {item.entity for item in mentions})
    return Reading(row, mentions, entities, claims, threshold)


def _own(found: Reading) -> list[tuple[Entity, int]]:
    """Count the mentions of each entity of the paper, in the order of the first one."""
    counts: dict[str, int] = defaultdict(int)
    for item in sorted(found.mentions, key=lambda item: (item.section != "title", item.start)):
        counts[item.entity] += 1
    return [(found.entities[name], count) for name, count in counts.items() if name in found.entities]


def render(found: Reading) -> str:
    """Make the page; every text of the paper is escaped."""
    paper = found.row.paper
    style = _source("paper.css")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    parts = {
        "POLICY": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        "STYLE": style,
        "NAME": html.escape(" ".join(paper.title.split()) or "(no title)"),
        "TITLE": _text(found, "title") or "(no title)",
        "ABOUT": _about(found),
        "ABSTRACT": _text(found, "abstract") or "(no abstract)",
        "LEGEND": "".join(_legend(found)),
        "ENTITIES": "".join(_entities(found)) or "<p>None.</p>",
        "RELATIONS": "".join(_relations(found)) or "<p>None.</p>",
    }
    # One pass, so that a placeholder spelt out in the paper stays text.
    return re.sub(r"@@([A-Z]+)@@", lambda hit: parts[hit[1]], _source("paper.html"))


def _source(name: str) -> str:
    """Read one of the files of this page."""
    return (resources.files("kg.view") / name).read_text(encoding="utf-8")


def _text(found: Reading, name: str) -> str:
    """Mark the mentions in the title or abstract by the kind of their entity."""
    marks = [
        Mark(item.start, item.end, found.entities[item.entity].kind, found.entities[item.entity].label)
        for item in found.mentions
        if item.section == name and item.entity in found.entities
    ]
    return marked(section(found.row.paper, name), marks)


def _about(found: Reading) -> str:
    """Tell authors, date and where the paper can be read."""
    paper, link = found.row.paper, address(found.row.paper)
    told = [html.escape(text) for text in (", ".join(paper.authors), paper.date or "undated", found.row.id) if text]
    if link:
        told.append(f'<a href="{html.escape(link)}" rel="noreferrer">{html.escape(link)}</a>')
    return " · ".join(f"<span>{text}</span>" for text in told)


def _legend(found: Reading) -> Iterable[str]:
    """List the kinds that are marked."""
    shown = {entity.kind for entity, _ in _own(found)}
    for kind, look in looks.KINDS.items():
        if kind in shown:
            yield f'<li><mark class="{kind}" data-kind="{short(kind)}">{html.escape(look["plural"])}</mark></li>'


def _entities(found: Reading) -> Iterable[str]:
    """List the entities by kind."""
    groups: dict[str, list[str]] = defaultdict(list)
    for entity, count in _own(found):
        times = f" <small>×{count}</small>" if count > 1 else ""
        groups[entity.kind].append(f"<li>{html.escape(entity.label)}{times}</li>")
    for kind, look in looks.KINDS.items():
        if kind in groups:
            yield f"<h3>{html.escape(look['plural'])}</h3><ul class='entities'>{''.join(groups[kind])}</ul>"


def _relations(found: Reading) -> Iterable[str]:
    """List the relations by name, those that the graph does not assert at the end."""
    order = {name: number for number, name in enumerate(RELATIONS)}
    groups: dict[tuple[bool, int, str], list[str]] = defaultdict(list)
    for relation, evidence in found.claims:
        weak = relation.confidence < found.threshold or not relation.confidence
        place = order.get(relation.type, len(order))
        groups[weak, place, relation.type].append(_relation(found, relation, evidence))
    last = False
    for (weak, _, name), rows in sorted(groups.items()):
        if weak and not last:
            last = True
            yield "<h2>Not asserted in the graph</h2><p>Too doubtful, or denied.</p>"
        yield f"<h3>{html.escape(reading(name)[0])}</h3>{''.join(rows)}"


def _relation(found: Reading, relation: Relation, evidence: Sequence[Evidence]) -> str:
    """Describe one relation with its sentences."""
    head = "" if relation.head == found.row.id else f"{_name(found, relation.head)} → "
    proofs = "".join(_proof(found, item) for item in evidence)
    return f"<article><h4>{head}{_name(found, relation.tail)}</h4>{proofs}</article>"


def _name(found: Reading, curie: str) -> str:
    """Name an entity with its kind."""
    entity = found.entities.get(curie)
    return f"{html.escape(entity.label)} <small>{entity.kind}</small>" if entity else html.escape(curie)


def _proof(found: Reading, item: Evidence) -> str:
    """Quote the sentences of an evidence with both mentions marked."""
    notes = [f"{item.probability:.2f} by {item.extractor}"]
    notes += ["denied"] if item.polarity == "negated" else []
    notes += ["hedged"] if item.modality == "hedged" else []
    cited = []
    for span in item.sentences:
        text = section(found.row.paper, span.section)[span.start : span.end]
        ends = ((item.head_mention, "head"), (item.tail_mention, "tail"))
        marks = [
            Mark(one.start - span.start, one.end - span.start, role, role)
            for one, role in ends
            if one and one.section == span.section and span.start <= one.start < span.end
        ]
        cited.append(f"<blockquote>{marked(text, marks)}</blockquote>")
    return f"{''.join(cited)}<p class='note'>{html.escape(', '.join(notes))}</p>"
