"""The interchange holds what one record states, and nothing else."""

from kg.interchange import to_dict
from kg.model import Extraction, LocalEntity, LocalRelation, Paper, Span

PAPER = Paper("On Foo", "Foo beats Bar. Foo is no Baz.", key="own id", arxiv="2101.00001")
FOO = LocalEntity("e1", "Method", "Foo", 0.123456, (Span("title", 3, 6), Span("abstract", 0, 3)), ("Foo",))
BAR = LocalEntity("e2", "Method", "Bar", 1.0, (Span("abstract", 10, 13),), ("Bar",))
BEATS = LocalRelation("e1", "outperforms", "e2", 0.98765, (Span("abstract", 0, 14),), "pattern")
DENIED = LocalRelation("e1", "is_a", "e2", 0.9, (Span("abstract", 15, 29),), "pattern", polarity="negated")
MENTIONS = LocalRelation("PAPER", "mentions", "e2", 0.9, (Span("abstract", 0, 14),), "pattern")
VERSION = LocalRelation("e1", "version_of", "e2", 0.9, (Span("abstract", 0, 14),), "rule")


def test_a_record_becomes_plain_data() -> None:
    assert to_dict(PAPER, Extraction((FOO, BAR), (BEATS, DENIED, MENTIONS, VERSION))) == {
        "id": "own id",
        "title": "On Foo",
        "entities": [
            {
                "id": "e1",
                "type": "Method",
                "label": "Foo",
                "confidence": 0.1235,
                "mentions": [
                    {"text": "Foo", "section": "title", "start": 3, "end": 6},
                    {"text": "Foo", "section": "abstract", "start": 0, "end": 3},
                ],
            },
            {
                "id": "e2",
                "type": "Method",
                "label": "Bar",
                "confidence": 1.0,
                "mentions": [{"text": "Bar", "section": "abstract", "start": 10, "end": 13}],
            },
        ],
        "relations": [
            {
                "head": "e1",
                "type": "outperforms",
                "tail": "e2",
                "confidence": 0.9877,
                "evidence": [{"section": "abstract", "start": 0, "end": 14}],
            }
        ],
    }


def test_a_record_without_findings_has_empty_lists() -> None:
    assert to_dict(PAPER, Extraction()) == {"id": "own id", "title": "On Foo", "entities": [], "relations": []}
