"""Relations that no sentence states: broader terms of the vocabulary, and names that contain their kind."""

from collections.abc import Iterator, Mapping

from kg.model import Entity, Evidence
from kg.namespaces import short_hash
from kg.text import normal_form
from kg.vocabulary import Vocabulary

#: Probability of an edge taken from a name: an estimate, not a fit. Of 212 such pairs in 550 annotated papers 119 are
#: annotated ``is_a`` too; most of the others, where read, hold when the longer name has no link word (`_LINKS`).
NAME_PROBABILITY = 0.9

#: Names with such a word speak of several things: "relaxation of optimal transport" is no "optimal transport".
_LINKS = frozenset({"of", "for", "in", "to", "from", "with", "and", "as", "by", "on", "via", "without"})

#: A kind named by the end of another name has at least this many words and papers.
_WORDS, _PAPERS = 2, 2


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
    """Give ``is_a`` where the end of a name is the name of another entity of the same kind.

    "latent diffusion model" is a "diffusion model". The longest such end counts.
    """
    by_form = {normal_form(entity.label): entity for entity in entities.values()}
    for form, entity in by_form.items():
        words = form.split()
        if not _LINKS.isdisjoint(words):
            continue
        for first in range(1, len(words) - _WORDS + 1):
            kind = by_form.get(" ".join(words[first:]))
            if kind and kind.kind == entity.kind and kind.support >= _PAPERS and kind.id != entity.id:
                yield _evidence(entity.id, kind.id, "rule", "rule:name", NAME_PROBABILITY)
                break


def _evidence(head: str, tail: str, origin: str, extractor: str, probability: float) -> Evidence:
    name = short_hash(head, "is_a", tail, extractor, length=16)
    return Evidence(head, "is_a", tail, f"evidence:{name}", origin, extractor, probability)
