"""Decide what a paper does with its things and how these relate, with the sentence that says so."""

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract import linear
from kg.extract.encoder import Reading
from kg.extract.linear import Array, Models, sigmoid
from kg.extract.parts import Link, Range, Thing
from kg.extract.patterns import HEDGES, NEGATIONS
from kg.extract.relation_features import (
    Line,
    Scene,
    pair_cues,
    pair_features,
    paper_cues,
    rendered,
    scene,
    thing_features,
)
from kg.model import PAPER, RELATIONS

#: Relations from the paper and between two things, in the order of the models' columns.
PAPER_RELATIONS = ("introduces", "addresses", "uses", "evaluates_on", "compares_with")
PAIR_RELATIONS = ("is_a", "part_of", "based_on", "used_for", "evaluated_on", "measured_by", "outperforms")

#: Of these only one direction can hold.
_ONE_WAY = {"is_a", "part_of", "based_on", "outperforms", "used_for"}

#: A thing has a role for the paper from this probability on.
_ROLE = 0.3

#: The guidelines' limit on what one paper addresses.
_MOST_ADDRESSED = 4

Lines = dict[int, Line]


def roles_of(things: Sequence[Thing], probabilities: Array) -> dict[str, str]:
    """Give the likeliest role of each thing for the paper, where there is one."""
    return {
        thing.id: PAPER_RELATIONS[int(np.argmax(row))]
        for thing, row in zip(things, probabilities, strict=True)
        if row.max() > _ROLE
    }


def pairs_of(known: Scene, roles: Mapping[str, str]) -> list[tuple[Thing, Thing]]:
    """List the ordered pairs worth asking about: those of one sentence, and all with what the paper introduces."""
    where = {thing.id: set(known.sentences_of(thing)) for thing in known.things}
    return [
        (head, tail)
        for head, tail in permutations(known.things, 2)
        if where[head.id] & where[tail.id] or "introduces" in (roles.get(head.id), roles.get(tail.id))
    ]


def allowed(relation: str, head: str, tail: str) -> bool:
    """Tell whether the kinds of head and tail fit the relation."""
    heads, tails = RELATIONS[relation]
    return (heads is None or head in heads) and (tails is None or tail in tails)


def joined(scores: Array, ends: Array, names: Sequence[str], calibration: Mapping[str, Mapping[str, float]]) -> Array:
    """Join what the experts say into calibrated probabilities: rows x relations.

    ``scores`` holds rows x relations x experts (the linear model, the encoder) as log-odds, ``ends`` the mean
    log-odds of the things at the ends of each row.
    """
    weights = np.array([[calibration[name]["rules"], calibration[name]["encoder"]] for name in names])
    of_ends = np.array([calibration[name]["ends"] for name in names])
    intercepts = np.array([calibration[name]["intercept"] for name in names])
    return sigmoid((scores * weights).sum(axis=2) + np.outer(ends, of_ends) + intercepts)


def log_odds(probability: float) -> float:
    """Give the log-odds of a probability, kept finite."""
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    return float(np.log(clipped / (1 - clipped)))


def _stack(rules: Array, encoder: Array | None) -> Array:
    return np.stack([rules, np.zeros_like(rules) if encoder is None else encoder], axis=2)


def paper_links(known: Scene, lines: Lines, reading: Reading | None, sure: Array, threshold: float) -> list[Link]:
    """Give the relations of the paper to its things, of their probabilities: things x paper relations."""
    links = []
    things = known.things
    places = [_Evidence(known, lines, thing, reading) for thing in things]
    for column, relation in enumerate(PAPER_RELATIONS):
        found = [
            _paper_link(known, things[row], relation, float(sure[row, column]), places[row])
            for row in np.flatnonzero(sure[:, column] >= threshold).tolist()
            if allowed(relation, PAPER, things[row].kind)
        ]
        if relation == "addresses":
            found = sorted(found, key=lambda link: -link.confidence)[:_MOST_ADDRESSED]
        links += found
    return links


class _Evidence:
    """Where a paper says what it does with one thing."""

    def __init__(self, known: Scene, lines: Lines, thing: Thing, reading: Reading | None) -> None:
        self._known, self._lines, self._thing, self._reading = known, lines, thing, reading

    def best(self, relation: str) -> tuple[Range, str]:
        """Choose the mention that says a relation most plainly, and name what told.

        It is the first with a cue; without one that of which the encoder is surest, or the first of the abstract.
        """
        spans = self._thing.spans
        for span in spans:
            for cue in paper_cues(self._lines[self._known.sentence[span[0]]], self._thing.id):
                if cue.relation == relation:
                    return span, f"rules:{cue.name}"
        if self._reading:
            column = PAPER_RELATIONS.index(relation)
            return spans[int(self._reading.mention_roles(spans)[:, column].argmax())], "model:context"
        return next((span for span in spans if self._known.sentence[span[0]]), spans[0]), "model:context"


def _paper_link(known: Scene, thing: Thing, relation: str, sure: float, evidence: _Evidence) -> Link:
    span, cue = evidence.best(relation)
    number = known.sentence[span[0]]
    negated, hedged = _doubt(known, known.ranges[number][0], span[0], reach=6)
    return Link(PAPER, relation, thing.id, sure, (number,), cue, None, span, _polarity(negated), _modality(hedged))


def pair_links(
    known: Scene, lines: Lines, pairs: Sequence[tuple[Thing, Thing]], sure: Array, threshold: float
) -> list[Link]:
    """Give the relations between things, of their probabilities: pairs x pair relations."""
    links = {}
    for row, column in np.argwhere(sure >= threshold).tolist():
        (head, tail), relation = pairs[row], PAIR_RELATIONS[column]
        if allowed(relation, head.kind, tail.kind):
            link = _pair_link(known, lines, (head, tail), relation, float(sure[row, column]))
            links[head.id, relation, tail.id] = link
    return [
        link
        for (head_id, relation, tail_id), link in links.items()
        if relation not in _ONE_WAY or _wins(link, links.get((tail_id, relation, head_id)))
    ]


def _wins(link: Link, other: Link | None) -> bool:
    return other is None or (link.confidence, other.head) > (other.confidence, link.head)


def _pair_link(known: Scene, lines: Lines, ends: tuple[Thing, Thing], relation: str, sure: float) -> Link:
    head, tail = ends
    shared = sorted(set(known.sentences_of(head)) & set(known.sentences_of(tail)))
    for number in shared:
        cue = next((cue for cue in pair_cues(lines[number], head.id, tail.id) if cue.relation == relation), None)
        if cue:
            return _shared_link(known, ends, relation, sure, (number, f"rules:{cue.name}"))
    if shared:
        return _shared_link(known, ends, relation, sure, (shared[-1], "model:context"))
    head_span = next((span for span in head.spans if known.sentence[span[0]]), head.spans[0])
    tail_span = next((span for span in tail.spans if known.sentence[span[0]]), tail.spans[0])
    numbers = tuple(sorted({known.sentence[head_span[0]], known.sentence[tail_span[0]]}))
    return Link(head.id, relation, tail.id, sure, numbers, "model:self-reference", head_span, tail_span)


def _shared_link(known: Scene, ends: tuple[Thing, Thing], relation: str, sure: float, found: tuple[int, str]) -> Link:
    number, extractor = found
    head, tail = ends
    inside = [[span for span in thing.spans if known.sentence[span[0]] == number] for thing in ends]
    head_span, tail_span = min(
        ((h, t) for h in inside[0] for t in inside[1]), key=lambda pair: (abs(pair[0][0] - pair[1][0]), pair)
    )
    negated, hedged = _doubt(known, min(head_span[1], tail_span[1]), max(head_span[0], tail_span[0]), reach=40)
    return Link(
        head.id,
        relation,
        tail.id,
        sure,
        (number,),
        extractor,
        head_span,
        tail_span,
        _polarity(negated),
        _modality(hedged),
    )


def _doubt(known: Scene, start: int, end: int, *, reach: int) -> tuple[bool, bool]:
    """Tell whether the words in ``[start, end)``, at most ``reach`` of them, deny or weaken what follows."""
    words = known.lower[max(start, end - reach) : end]
    denied = any(
        word in NEGATIONS and (index + 1 == len(words) or words[index + 1] not in {"only", "just"})
        for index, word in enumerate(words)
    )
    return denied, not HEDGES.isdisjoint(words)


def _polarity(negated: bool) -> str:
    return "negated" if negated else "stated"


def _modality(hedged: bool) -> str:
    return "hedged" if hedged else "asserted"


def paper_scores(known: Scene, lines: Lines, models: Models, reading: Reading | None) -> tuple[Array, Array]:
    """Ask what the paper does with its things: things x paper relations x experts, and the things' own log-odds."""
    rules = models.paper.scores([thing_features(known, thing, lines) for thing in known.things])
    encoder = reading.roles(known.things) if reading else None
    return _stack(rules, encoder), np.array([log_odds(thing.confidence) for thing in known.things])


def pair_scores(
    known: Scene, lines: Lines, roles: dict[str, str], models: Models, reading: Reading | None
) -> tuple[list[tuple[Thing, Thing]], Array, Array]:
    """Ask how pairs of things relate: pairs, pairs x pair relations x experts, mean log-odds of their ends."""
    pairs = pairs_of(known, roles)
    rules = models.pair.scores([pair_features(known, head, tail, lines, roles) for head, tail in pairs])
    number = {thing.id: i for i, thing in enumerate(known.things)}
    numbers = [(number[head.id], number[tail.id]) for head, tail in pairs]
    encoder = reading.links(known.things, numbers) if reading and pairs else None
    odds = [log_odds(thing.confidence) for thing in known.things]
    ends = [(odds[head] + odds[tail]) / 2 for head, tail in numbers]
    return pairs, _stack(rules, encoder), np.array(ends)


@Language.factory(
    "kg_relations",
    requires=["doc._.things", "doc._.reading"],
    assigns=["doc._.links"],
    default_config={"model": "accurate", "threshold": 0.5},
)
class RelationFinder:
    """Write ``doc._.links``."""

    def __init__(self, nlp: Language, name: str, model: str, threshold: float) -> None:
        """Load the shipped weights."""
        self.models = linear.shipped(model)
        self.threshold = threshold

    def __call__(self, doc: Doc) -> Doc:
        """Find the relations of a document's things."""
        doc._.links = []
        if not doc._.things:
            return doc
        known = scene(doc, tuple(doc._.things))
        lines = {number: rendered(known, number) for number in range(len(known.ranges))}
        calibration = self.models.calibration["relation"]
        of_paper = joined(*paper_scores(known, lines, self.models, doc._.reading), PAPER_RELATIONS, calibration)
        roles = roles_of(known.things, of_paper)
        pairs, scores, ends = pair_scores(known, lines, roles, self.models, doc._.reading)
        of_pairs = joined(scores, ends, PAIR_RELATIONS, calibration)
        doc._.links = [
            *paper_links(known, lines, doc._.reading, of_paper, self.threshold),
            *pair_links(known, lines, pairs, of_pairs, self.threshold),
        ]
        return doc
