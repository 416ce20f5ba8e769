"""Read annotated papers as documents with labels, the way the pipeline sees them."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.features import Statistics
from kg.extract.parts import Range, Thing
from kg.text import normal_form, readable


@dataclass(slots=True)
class Annotated:
    """A gold paper: its record, its document, and the token ranges of every gold entity."""

    record: dict
    doc: Doc
    places: dict[str, list[Range]] = field(default_factory=dict)

    @property
    def entities(self) -> dict[str, dict]:
        """Gold entities by id."""
        return {entity["id"]: entity for entity in self.record["entities"]}


def load(path: Path, nlp: Language) -> list[Annotated]:
    """Read a gold file and run the components of ``nlp`` over it."""
    papers = []
    for line in path.open(encoding="utf-8"):
        record = json.loads(line)
        doc = nlp(readable(record["title"]).text + "\n\n" + readable(record["abstract"]).text)
        papers.append(Annotated(record, doc, _places(record, doc)))
    return papers


def _places(record: dict, doc: Doc) -> dict[str, list[Range]]:
    starts = {token.idx: token.i for token in doc}
    ends = {token.idx + len(token): token.i + 1 for token in doc}
    places = defaultdict(list)
    for entity in record["entities"]:
        for name in {readable(mention).text for mention in entity["mentions"]}:
            for found in re.finditer(re.escape(name), doc.text):
                if found.start() in starts and found.end() in ends:
                    places[entity["id"]].append((starts[found.start()], ends[found.end()]))
    return places


def labels(paper: Annotated) -> list[tuple[str, list[str], float]]:
    """Give ``(kind or none, further kinds, weight)`` for each candidate; optional ones weigh nothing."""
    at = {}
    for name, ranges in paper.places.items():
        entity = paper.entities[name]
        for span in ranges:
            if span not in at or at[span]["optional"]:
                at[span] = entity
    wanted = [span for span, entity in at.items() if not entity["optional"]]
    rows = []
    for span in paper.doc._.candidates:
        inside = any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in wanted)
        entity = None if inside else at.get(span)
        if entity is None:
            rows.append(("none", [], 1.0))
        else:
            rows.append((entity["type"], entity["alt_types"], 0.0 if entity["optional"] else 1.0))
    return rows


def gold_things(paper: Annotated, counts: Statistics) -> tuple[Thing, ...]:
    """Make things of the gold entities, longer places first where they overlap."""
    taken: set[int] = set()
    kept = defaultdict(list)
    every = [(end - start, start, end, name) for name, ranges in paper.places.items() for start, end in ranges]
    for _, start, end, name in sorted(set(every), key=lambda row: (-row[0], row[1], row[3])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept[name].append((start, end))
    defined = {span for pair in paper.doc._.definitions for span in pair}
    things = []
    for entity in paper.record["entities"]:
        spans = tuple(sorted(kept.get(entity["id"], ())))
        if spans:
            texts = [paper.doc[start:end].text for start, end in spans]
            name = min(texts, key=lambda text: (len(text), text))
            papers = max(counts.get(normal_form(text), (0, 0))[0] for text in texts)
            term = next((paper.doc._.terms[span][0] for span in spans if span in paper.doc._.terms), "")
            known = not defined.isdisjoint(spans)
            things.append(Thing(entity["id"], entity["type"], name, spans, known, term=term, papers=papers))
    return tuple(things)


def match(paper: Annotated, things: tuple[Thing, ...]) -> dict[str, str]:
    """Pair things with gold entities by name, each at most once: thing id -> gold id."""
    by_form = defaultdict(list)
    for entity in paper.record["entities"]:
        for form in {normal_form(readable(mention).text) for mention in entity["mentions"]}:
            by_form[form].append(entity["id"])
    used: set[str] = set()
    pairs = {}
    for thing in things:
        forms = [normal_form(paper.doc[start:end].text) for start, end in thing.spans]
        for name in (name for form in forms for name in by_form.get(form, ())):
            if name not in used:
                used.add(name)
                pairs[thing.id] = name
                break
    return pairs
