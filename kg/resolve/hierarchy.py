"""Relations that no sentence states: broader terms of the vocabulary, and names that contain their kind."""

from collections.abc import Iterator, Mapping

from kg.model import Entity, Evidence
from kg.namespaces import short_hash
from kg.text import normal_form
from kg.vocabulary import Vocabulary

#: Probability of an edge taken from a name: of the pairs read by hand 97 in 100 hold, those of rare kinds fewer.
NAME_PROBABILITY = 0.9

#: Names with such a word speak of several things: "relaxation of optimal transport" is no "optimal transport".
_LINKS = frozenset("of for in to from with and or as by on via without against versus vs beyond toward towards".split())

#: A thing is not what its name ends with after such a word: a "fake review" is none, nor is "inverse planning".
_DENYING = frozenset(
    "non anti pseudo quasi fake self semi weakly partially partly inverse reverse counter former no not near".split()
)

#: Names that begin so were cut from a longer one: "language" of "low resource language" has no resource.
_CUT = frozenset(
    "shot based aware driven guided order term resource wise hop turn agnostic centric oriented tailed modal free "
    "conditioned augmented enhanced supervised specific level scale vector source world anything with of and".split()
)

#: Ends of names that begin so and are whole all the same.
_WHOLE = frozenset(("supervised learning", "supervised fine tuning", "vector quantization", "world model"))

#: Heads of a single word that mean one thing, whatever stands before them; "calibration", "precision", "attention",
#: "alignment" or "memory" would not do.
_HEADS = frozenset(
    "transformer autoencoder accuracy reasoning finetuning pretraining robustness latency throughput classifier "
    "perceptron distillation regression classification segmentation clustering forecasting tokenizer optimizer "
    "regularization overfitting hallucination unlearning benchmarking summarization paraphrasing tokenization "
    "interpretability explainability".split()
)

#: Kinds that papers and models take for one another, where the broader thing has this many papers.
_NEAR = frozenset(("Method", "Concept", "Task"))
_PAPERS = 5


def from_vocabulary(entities: Mapping[str, Entity], vocabulary: Vocabulary) -> Iterator[Evidence]:
    """Give ``is_a`` from each entity with a term to its nearest broader terms that are entities too.

    ``entities`` maps identity keys to entities.
    """
    for key, entity in entities.items():
        for broader in sorted(_nearest(key, entities, vocabulary)):
            yield _evidence(entity.id, entities[broader].id, "vocabulary", "vocabulary:broader", 1.0)


def _nearest(key: str, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> set[str]:
    found, seen, waiting = set(), {key}, [key]
    while waiting:
        term = vocabulary.terms.get(waiting.pop())
        for broader in term.broader if term else ():
            if broader in seen:
                continue
            seen.add(broader)
            if broader in entities:
                found.add(broader)
            else:
                waiting.append(broader)
    return found


def from_names(entities: Mapping[str, Entity]) -> Iterator[Evidence]:
    """Give ``is_a`` where the end of a name is the label of another entity of a kind that fits.

    "latent diffusion model" is a "diffusion model". The longest such end counts. Only whole words are cut off: a
    "radar-camera calibration" is no "camera calibration".
    """
    forms = {key: normal_form(entity.label) for key, entity in entities.items()}
    by_form = _by_form(entities, forms)
    for key, entity in sorted(entities.items()):
        kind = _kind_in_name(entity, by_form) if _may_end(entity.label, forms[key], by_form) else None
        if kind:
            yield _evidence(entity.id, kind.id, "rule", "rule:name", NAME_PROBABILITY)


def _by_form(entities: Mapping[str, Entity], forms: Mapping[str, str]) -> dict[str, Entity]:
    """Map the normal form of each label to its entity, of several to the one with most papers."""
    found: dict[str, Entity] = {}
    for key, entity in sorted(entities.items(), key=lambda item: (item[1].support, item[1].id)):
        found[forms[key]] = entity
    return found


def _may_end(label: str, form: str, by_form: Mapping[str, Entity]) -> bool:
    """Tell whether the end of a label may be one of these, by its normal form: most need no closer look."""
    if form.count(" ") < label.count(" "):
        return True  # words were joined
    while " " in form:
        form = form.partition(" ")[2]
        if form in by_form:
            return True
    return False


def _kind_in_name(entity: Entity, by_form: Mapping[str, Entity]) -> Entity | None:
    """Find the entity that the longest proper end of a label names, if the end is what the thing is."""
    words = entity.label.split()
    if not _LINKS.isdisjoint(word.lower() for word in words):
        return None
    for first in range(1, len(words)):
        end = normal_form(" ".join(words[first:]))
        kind = by_form.get(end)
        if kind and kind.id != entity.id and _is_head(words[first - 1].lower(), end) and _fits(entity, kind):
            return kind
    return None


def _is_head(before: str, end: str) -> bool:
    """Tell whether the end of a name, after this word, says what the thing is.

    >>> _is_head("latent", "diffusion model"), _is_head("low", "resource language"), _is_head("camera", "calibration")
    (True, False, False)
    """
    first, _, more = end.partition(" ")
    if before in _DENYING or before[-1] in ",;:/&":
        return False
    return (first not in _CUT or end in _WHOLE) if more else end in _HEADS


def _fits(entity: Entity, kind: Entity) -> bool:
    """Tell whether one thing can be a kind of another by what sorts of things they are."""
    if entity.kind == kind.kind:
        return True
    return {entity.kind, kind.kind} <= _NEAR and kind.support >= _PAPERS


def _evidence(head: str, tail: str, origin: str, extractor: str, probability: float) -> Evidence:
    name = short_hash(head, "is_a", tail, extractor, length=16)
    return Evidence(head, "is_a", tail, f"evidence:{name}", origin, extractor, probability)
