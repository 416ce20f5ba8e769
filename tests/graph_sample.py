"""A small graph with hostile labels, written by hand for the tests of RDF, queries and shapes."""

from pathlib import Path
from typing import Any

from kg.model import Entity, Evidence, Mention, Paper, Relation, Source, Span
from kg.namespaces import entity_curie, paper_curie
from kg.tables import RECORDS, PaperRow, Tables, write_table

HOSTILE = (
    "C++",
    "C",
    "C#",
    "A*",
    'say "hi"',
    "back\\slash",
    "two\nlines",
    "tab\tbed",
    "cr\rlf",
    "fire 🔥",
    "שלום rtl",
    "<b>&amp;",
)

#: Names and texts that formats, programs or file systems read in a way of their own.
LABELS = (
    "two\nlines and\r\nmore\ttabs",
    'quotes " and \' and ` and """',
    "back\\slash \\user \\u0041 \\N \\",
    "${HOME} $1 {{x}} {% y %} %s %(a)s",
    "]]> <!-- --> <script>alert(1)</script> &amp; &#0; <![CDATA[",
    "low \x00\x01\x08\x0b\x0c\x1f\x7f controls",
    "\ufffe not \uffff characters",
    "\u202eright to left\u202c \u200f שלום",
    "long " * 2000,
    "emoji 🔥👩‍🔬🇫🇷 and 𝔽",
    "CON",
    "con.txt",
    "..",
    ".hidden",
    "/etc/passwd",
    "=cmd|' /C calc'!A0",
    "+1",
    "-SNE",
    "@SUM(A1)",
    "'apostrophe",
    "a;b;c|d,e",
    "'; MATCH (n) DETACH DELETE n; //",
    "*/ /* comment",
    "[[link]]|alias#heading^block",
    "---",
    "- item",
    "null",
    "yes: no",
    "#tag %%hidden%% ==mark== $x$",
    "line\u2028separator\u2029and\x85next",
    "{unbalanced",
    "un}balanced",
    "~ ^ _ & % $ # \\",
    "LoRA",
    "LORA",
    "lora",
    "Index",
    "é",
    "e\u0301",
    " ",
    "",
)

LORA = "We present Foo, a way to tune. Foo is a kind of tuning. Foo is not based on Bar. We test on DigitSet."
FIRST = Paper(
    "Foo: tuning with 𝔽ewer numbers",
    LORA,
    arxiv="2101.00001",
    doi="10.1000/a<b>c",
    authors=("Ada Äpfel", "Bo Brown"),
    date="2021-01-05",
    categories=("cs.LG",),
    sources=(Source("jsonl", "a.jsonl", 1),),
)
SECOND = Paper(
    "Baz builds on Foo",
    "Baz builds on Foo. Baz runs on DigitSet and reports accuracy.",
    arxiv="cs/0202002",
    date="2022-03",
)
THIRD = Paper("Foo again", "Foo may be used for Baz.", date="2022", date_inferred=True, flags=("short",))


def ent(name: str) -> str:
    """Give the CURIE of an entity."""
    return entity_curie(name.lower())


def paper(record: Paper) -> str:
    """Give the CURIE of a paper."""
    return paper_curie(record)


def _span(record: Paper, text: str) -> Span:
    start = record.abstract.index(text)
    return Span("abstract", start, start + len(text))


def _relation(head: str, type_: str, tail: str, evidence: list[Evidence], confidence: float | None = None) -> Relation:
    stated = [item for item in evidence if item.polarity == "stated"]
    text = {item.paper for item in stated if item.origin == "text"}
    best = max((item.probability for item in stated), default=0.0)
    return Relation(head, type_, tail, len(text), best if confidence is None else confidence)


def _evidence(head: str, type_: str, tail: str, record: Paper | None, sentence: str = "", **more: Any) -> Evidence:
    number = more.pop("number", 1)
    probability = more.pop("probability", 0.9)
    if record is None:
        return Evidence(head, type_, tail, f"{head[-8:]}{type_}{tail[-8:]}{number}", "rule", "kind-in-name 1", 1.0)
    spans = (_span(record, sentence),)
    id_ = f"{head[-8:]}{type_}{tail[-8:]}{number}"
    return Evidence(head, type_, tail, id_, "text", "pattern:test 1", probability, paper(record), spans, **more)


def rows() -> dict[str, list[Any]]:
    """Give the records of every table, sorted."""
    foo, bar, baz, tuning = ent("foo"), ent("bar"), ent("baz"), ent("tuning")
    digits, accuracy = ent("digitset"), ent("accuracy")
    first, second, third = paper(FIRST), paper(SECOND), paper(THIRD)
    mention = {"head_mention": _span(FIRST, "Foo"), "tail_mention": _span(FIRST, "tuning")}
    evidence = [
        _evidence(first, "introduces", foo, FIRST, "We present Foo, a way to tune.", probability=0.95),
        _evidence(first, "evaluates_on", digits, FIRST, "We test on DigitSet."),
        _evidence(foo, "is_a", tuning, FIRST, "Foo is a kind of tuning.", **mention),
        _evidence(foo, "based_on", bar, FIRST, "Foo is not based on Bar.", polarity="negated"),
        _evidence(second, "introduces", baz, SECOND, "Baz builds on Foo.", probability=0.6),
        _evidence(baz, "based_on", foo, SECOND, "Baz builds on Foo."),
        _evidence(baz, "evaluated_on", digits, SECOND, "Baz runs on DigitSet and reports accuracy."),
        _evidence(baz, "measured_by", accuracy, SECOND, "Baz runs on DigitSet and reports accuracy.", probability=0.7),
        _evidence(baz, "is_a", foo, None),
        _evidence(foo, "used_for", baz, THIRD, "Foo may be used for Baz.", probability=0.3, modality="hedged"),
    ]
    by_key: dict[tuple[str, str, str], list[Evidence]] = {}
    for item in evidence:
        by_key.setdefault((item.head, item.type, item.tail), []).append(item)
    relations = [_relation(*key, items) for key, items in by_key.items()]
    relations = [r if (r.head, r.type) != (baz, "is_a") else Relation(baz, "is_a", foo, 0, 1.0) for r in relations]
    named = {
        first: [foo, bar, tuning, digits, *map(ent, HOSTILE)],
        second: [foo, baz, digits, accuracy, ent("A*"), ent("C")],
        third: [foo, baz],
    }
    relations += [
        Relation(head, "mentions", tail, 1, 1.0, round(0.9 - place / 20, 2))
        for head, tails in named.items()
        for place, tail in enumerate(tails)
    ]
    kinds = {foo: "Method", bar: "Method", baz: "Method", tuning: "Task", digits: "Dataset", accuracy: "Metric"}
    labels = {foo: "Foo", bar: "Bar", baz: "Baz", tuning: "tuning", digits: "DigitSet", accuracy: "accuracy"}
    labels |= {ent(name): name for name in HOSTILE}
    entities = [
        Entity(
            id=id_,
            kind=kinds.get(id_, "Concept"),
            label=label,
            alt_labels=("Foo method", "FOO") if id_ == foo else (),
            term="term:accuracy" if id_ == accuracy else "",
            support=sum(id_ in tails for tails in named.values()),
            first_seen="2021-01-05" if id_ in named[first] else "2022",
            exact_match=("term:accuracy",) if id_ == accuracy else (),
            introduced_by={foo: (first,), baz: (second,)}.get(id_, ()),
        )
        for id_, label in labels.items()
    ]
    mentions = [Mention(first, "abstract", 11, 14, foo, "Foo")]
    found: dict[str, list[Any]] = {
        "papers": [PaperRow(paper(record), record) for record in (FIRST, SECOND, THIRD)],
        "mentions": mentions,
        "entities": entities,
        "relations": relations,
        "evidence": evidence,
        "merges": [],
    }
    return {name: ordered(name, items) for name, items in found.items()}


def ordered(name: str, items: list[Any]) -> list[Any]:
    """Sort records as their table asks."""
    order = {"relations": lambda r: (r.head, r.type, r.tail), "evidence": lambda e: (e.head, e.type, e.tail, e.id)}
    return sorted(items, key=order.get(name))


def write(folder: Path, records: dict[str, list[Any]] | None = None) -> Tables:
    """Write the records, or the sample's, as tables."""
    records = records or rows()
    folder.mkdir(parents=True, exist_ok=True)
    for name in RECORDS:
        write_table(folder, name, records[name])
    return Tables(folder)
