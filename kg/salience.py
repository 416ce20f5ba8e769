"""Salience: how much a paper is about an entity that it mentions."""

from kg.model import PAPER, Extraction, LocalEntity, Paper

#: Relations by which a paper says that an entity is its subject.
SUBJECT = ("introduces", "addresses")

#: Parts of the place score: named in the title, named again, named early. Their ratio is that of a logistic
#: regression of "introduced or addressed" on the annotated training papers.
TITLE, AGAIN, EARLY = 0.4, 0.3, 0.3


def salience(paper: Paper, extraction: Extraction) -> dict[str, float]:
    """Give the salience of each entity of a paper, by its id: a number in [0, 1], rounded to four places.

    It is the mean of two scores. The first is how sure the extraction is that the paper introduces or addresses the
    entity, 0 where it does not say so or denies it. The second is where the entity stands: 0.4 for the title, and
    0.3 (1 - 1/n) for n mentions, and 0.3 (1 - f) for a first mention at the share f of the abstract, f being 0 for
    one in the title. How sure it is that the entity is one at all is not part of it: that is the confidence of
    ``mentions``.

    >>> from kg.model import LocalEntity, Span
    >>> thing = LocalEntity("e1", "Method", "Foo", 0.9, (Span("title", 0, 3), Span("abstract", 9, 12)), ("Foo",))
    >>> salience(Paper("Foo", "We study Foo."), Extraction((thing,)))
    {'e1': 0.425}
    """
    said: dict[str, float] = {}
    for relation in extraction.relations:
        if relation.head == PAPER and relation.type in SUBJECT and relation.polarity == "stated":
            said[relation.tail] = max(relation.confidence, said.get(relation.tail, 0.0))
    return {
        entity.id: round((said.get(entity.id, 0.0) + _place(entity, len(paper.abstract))) / 2, 4)
        for entity in extraction.entities
    }


def _place(entity: LocalEntity, length: int) -> float:
    """Score where a paper names an entity."""
    if not entity.spans:
        return 0.0
    titled = any(span.section == "title" for span in entity.spans)
    first = 0.0 if titled else min(span.start for span in entity.spans) / max(1, length)
    return TITLE * titled + AGAIN * (1 - 1 / len(entity.spans)) + EARLY * (1 - first)
