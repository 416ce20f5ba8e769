"""The form in which extractions travel: one line of JSON per record, as `kg extract` writes it."""

from typing import Any

from kg.model import RELATIONS, Extraction, LocalEntity, LocalRelation, Paper, Span


def to_dict(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """Give what one record states as plain data: its own id, entities with mentions, asserted relations.

    Offsets are code points into the title or abstract as given, and ``text`` equals that slice.
    """
    return {
        "id": paper.key,
        "title": paper.title,
        "entities": [_entity(paper, entity) for entity in extraction.entities],
        "relations": [_relation(item) for item in extraction.relations if _told(item)],
    }


def _told(relation: LocalRelation) -> bool:
    """Tell whether a relation is one of the guidelines' and not denied."""
    return relation.type in RELATIONS and relation.polarity == "stated"


def _place(span: Span) -> dict[str, Any]:
    """Give a span as plain data."""
    return {"section": span.section, "start": span.start, "end": span.end}


def _entity(paper: Paper, entity: LocalEntity) -> dict[str, Any]:
    """Give an entity as plain data."""
    text = {"title": paper.title, "abstract": paper.abstract}
    return {
        "id": entity.id,
        "type": entity.kind,
        "label": entity.label,
        "confidence": round(entity.confidence, 4),
        "mentions": [{"text": text[span.section][span.start : span.end], **_place(span)} for span in entity.spans],
    }


def _relation(relation: LocalRelation) -> dict[str, Any]:
    """Give a relation as plain data."""
    return {
        "head": relation.head,
        "type": relation.type,
        "tail": relation.tail,
        "confidence": round(relation.confidence, 4),
        "evidence": [_place(span) for span in relation.sentences],
    }
