"""The records of kg: what one paper says, and what the graph holds.

Frozen, slotted, standard library only. Offsets are Unicode code points into the
title or abstract exactly as the source gave it.
"""

from dataclasses import dataclass

#: Kinds of entity; Task and Metric are kinds of Concept.
KINDS = ("Method", "Dataset", "Concept", "Task", "Metric")

#: Stands for the paper itself as the head of a relation inside one extraction.
PAPER = "PAPER"

#: Relation name -> (kinds its head may have, kinds its tail may have).
#: ``PAPER`` as a head kind means the paper; ``None`` means any kind.
RELATIONS: dict[str, tuple[tuple[str, ...] | None, tuple[str, ...] | None]] = {
    "introduces": ((PAPER,), None),
    "addresses": ((PAPER,), None),
    "uses": ((PAPER,), None),
    "evaluates_on": ((PAPER,), ("Dataset",)),
    "compares_with": ((PAPER,), ("Method",)),
    "is_a": (None, None),
    "part_of": (None, None),
    "based_on": (None, None),
    "used_for": (None, None),
    "evaluated_on": (None, ("Dataset",)),
    "measured_by": (None, ("Metric",)),
    "outperforms": (None, None),
}

#: Relations the graph adds to those of the text: every entity of a paper, and versions.
GRAPH_RELATIONS = ("mentions", "version_of")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a paper was listed: the reader, the file's base name, the record's number (from 1)."""

    reader: str
    name: str
    record: int


@dataclass(frozen=True, slots=True, order=True)
class Paper:
    """One publication, or one record of it before records are merged.

    ``key`` is the record's own id in its source. ``date`` is ISO 8601 with the precision known
    (``2024``, ``2024-03``, ``2024-03-07`` or empty). ``flags`` are words such as ``title-only``.
    """

    title: str
    abstract: str = ""
    arxiv: str = ""
    doi: str = ""
    key: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    date_inferred: bool = False
    categories: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be used: where it stands, why, and what it held (cut short)."""

    name: str
    record: int
    reason: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch ``[start, end)`` of a paper's ``title`` or ``abstract``."""

    section: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LocalEntity:
    """A thing as one paper speaks of it.

    ``names`` are its distinct readable surface strings; ``long`` is the expansion where the paper
    defines one; ``term`` is the vocabulary id it is linked to, or empty.
    """

    id: str
    kind: str
    label: str
    confidence: float
    spans: tuple[Span, ...]
    names: tuple[str, ...]
    long: str = ""
    term: str = ""

    @property
    def all_names(self) -> tuple[str, ...]:
        """Give the distinct names, label and expansion among them."""
        return tuple(name for name in dict.fromkeys((*self.names, self.label, self.long)) if name)


@dataclass(frozen=True, slots=True)
class LocalRelation:
    """A relation as one paper states it: ``head`` is an entity id or ``PAPER``."""

    head: str
    type: str
    tail: str
    confidence: float
    sentences: tuple[Span, ...]
    extractor: str
    head_mention: Span | None = None
    tail_mention: Span | None = None
    polarity: str = "stated"
    modality: str = "asserted"


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found in one paper's title and abstract."""

    entities: tuple[LocalEntity, ...] = ()
    relations: tuple[LocalRelation, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A place where a paper names an entity; ``paper`` and ``entity`` are CURIEs."""

    paper: str
    section: str
    start: int
    end: int
    entity: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """A node of the graph.

    ``support`` counts the distinct papers that mention it; ``first_seen`` is the earliest date
    among them or empty; ``exact_match`` holds vocabulary CURIEs; ``introduced_by`` paper CURIEs.
    ``version_order`` puts the versions of one thing in order (3001000 for 3.1); it is 0 where there is no order.
    """

    id: str
    kind: str
    label: str
    alt_labels: tuple[str, ...] = ()
    term: str = ""
    support: int = 0
    first_seen: str = ""
    exact_match: tuple[str, ...] = ()
    introduced_by: tuple[str, ...] = ()
    version_order: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A typed, directed link between two CURIEs.

    ``support`` counts the distinct papers whose text states it and ``confidence`` is
    1 - prod(1 - p) over them; both are 0 where all evidence is negated, and for rules and vocabulary
    ``support`` is 0 and ``confidence`` 1. ``salience`` says of ``mentions`` how much the paper is about the entity
    (0 to 1, see `kg.salience`); it is 0 for every other relation.
    """

    head: str
    type: str
    tail: str
    support: int
    confidence: float
    salience: float = 0.0


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Why a relation is held.

    ``origin`` is ``text``, ``rule`` or ``vocabulary``; only ``text`` has a paper, sentences and
    mentions. ``polarity`` is ``stated`` or ``negated``, ``modality`` ``asserted`` or ``hedged``.
    """

    head: str
    type: str
    tail: str
    id: str
    origin: str
    extractor: str
    probability: float
    paper: str = ""
    sentences: tuple[Span, ...] = ()
    head_mention: Span | None = None
    tail_mention: Span | None = None
    polarity: str = "stated"
    modality: str = "asserted"


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """An identity decision on two names: ``same`` or ``different``, with its reason and score.

    ``undecided`` says that the abbreviation ``a``, where papers do not spell it out, may mean ``b`` among others.
    A user's override may also give the entity called ``a`` the label or kind ``b`` (``renamed``, ``kind``), or take
    it out (``dropped``, ``b`` is empty).
    """

    entity: str
    a: str
    b: str
    decision: str
    reason: str
    score: float
