"""Tests of kg.report: a page a person can read."""

from pathlib import Path

from kg import report
from kg.model import Entity, Evidence, Merge, Paper, Reject, Relation, Source, Span
from kg.tables import RECORDS, PaperRow, Tables, write_table


def tables(folder: Path, **rows: list[object]) -> Tables:
    for name in RECORDS:
        write_table(folder, name, rows.get(name, []))
    return Tables(folder)


def test_an_empty_build_has_a_report(tmp_path: Path) -> None:
    text = "\n".join(report.lines(tables(tmp_path), threshold=0.55, merged=[], rejects=[]))
    assert text.startswith("# Report\n\n0 records of 0 papers")


def test_the_report_names_what_matters(tmp_path: Path) -> None:
    sources = (Source("jsonl", "a.jsonl", 1), Source("jsonl", "b.jsonl", 1))
    made = tables(
        tmp_path,
        papers=[
            PaperRow(
                "paper:p",
                Paper("A <b>title</b>", "FOO is a BAR.", date="2021-03-01", flags=("short",), sources=sources),
            ),
        ],
        entities=[
            Entity("entity:bar", "Concept", "BAR", ("B.A.R.", "foo"), support=1, first_seen="2021-03-01"),
            Entity("entity:data", "Dataset", "Digits", support=1),
            Entity("entity:foo", "Method", "FOO", support=1, first_seen="2021-03-01"),
        ],
        relations=[
            Relation("entity:foo", "is_a", "entity:bar", 1, 0.75),
            Relation("entity:foo", "part_of", "entity:bar", 1, 0.54),
            Relation("paper:p", "evaluates_on", "entity:bar", 1, 0.3),
            Relation("paper:p", "evaluates_on", "entity:data", 1, 0.9),
            Relation("paper:p", "mentions", "entity:foo", 1, 1.0),
        ],
        evidence=[
            Evidence(
                "entity:foo",
                "is_a",
                "entity:bar",
                "evidence:1",
                "text",
                "x",
                0.75,
                "paper:p",
                (Span("abstract", 0, 13),),
            )
        ],
        merges=[Merge("entity:foo", "FOO", "fu", "different", "too unlike", 0.4)],
    )
    rejects = [Reject("a.jsonl", 7, "no JSON | cut")]
    text = "\n".join(report.lines(made, threshold=0.55, merged=[("paper:p", "same arXiv id")], rejects=rejects))
    for part in (
        "2 records of 1 paper; 1 record rejected",
        "| is_a | 1 |",
        "* **Method**: FOO (1)",
        "| Digits | 1 |",
        "**FOO** is_a **BAR** (1 paper, 0.75)",
        "> FOO is a BAR.",
        "| 2021 | 2 |",
        "| undated | 1 | Digits |",
        "| foo | BAR, FOO |",
        "| FOO | fu | different | too unlike | 0.40 |",
        "| A &lt;b&gt;title&lt;/b&gt; | 2 | same arXiv id |",
        "| a.jsonl | 7 | no JSON \\| cut |",
    ):
        assert part in text, part
    assert "**FOO** part_of" not in text
    assert "| BAR | 1 |" not in text
