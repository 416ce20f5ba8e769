"""What each paper says of its own: the key it gives each thing, and the abbreviations it spells out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.model import Extraction, LocalEntity
from kg.resolve.clusters import Unit
from kg.text import akin, is_short_of, normal_form
from kg.vocabulary import Term, Vocabulary

#: The reason of a name that needs none.
SAME_FORM = "same normal form"


@dataclass(slots=True)
class Use:
    """A thing of one paper: its identity key and the reason.

    ``forms`` are the normal forms of its names; ``short`` is set where it is an abbreviation that its paper does not
    spell out and other papers do.
    """

    entity: LocalEntity
    key: str
    reason: str
    forms: tuple[str, ...]
    short: str = ""


def own_key(entity: LocalEntity, vocabulary: Vocabulary) -> tuple[str, str]:
    """Give an entity's identity key from its own paper, and the reason.

    The key is a ``term:`` CURIE or a normal form; kind and display label are no part of it.
    """
    if entity.term and (not entity.long or _is_label(entity, vocabulary.terms.get(entity.term))):
        return entity.term, f"label of the vocabulary term {entity.term}"
    if entity.long:
        term = vocabulary.find(entity.long)
        if term:
            return term.id, f"its expansion is a label of the vocabulary term {term.id}"
        return normal_form(entity.long), "expansion given in the paper"
    return normal_form(entity.label), SAME_FORM


def _is_label(entity: LocalEntity, term: Term | None) -> bool:
    """Tell whether an expansion names a term, but for endings or words added; an unknown term is believed.

    Words added make another thing unless the abbreviation leaves them out too: "convex semidefinite programming (SDP)".
    """
    form = normal_form(entity.long)
    labels = [normal_form(label) for label in term.labels] if term else [form]
    shorts, words = {normal_form(name) for name in entity.names} - {form}, set(form.split())
    return any(
        form == label
        or akin(form, label)
        or (words > set(label.split()) > set() and any(is_short_of(short, label) for short in shorts))
        for label in labels
    )


def read(extractions: Iterable[Extraction], vocabulary: Vocabulary) -> list[list[Use]]:
    """Give the uses of each paper, leaving out names of which nothing is left when they are normalised."""
    rows = []
    for extraction in extractions:
        row = []
        for entity in extraction.entities:
            key, reason = own_key(entity, vocabulary)
            if key:
                row.append(Use(entity, key, reason, tuple(dict.fromkeys(map(normal_form, entity.names)))))
        rows.append(row)
    return rows


def definitions(rows: Iterable[Sequence[Use]]) -> dict[str, Counter[str]]:
    """Count, for each abbreviation, the papers that spell it out as each key."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for use in row:
            if use.entity.long:
                long = normal_form(use.entity.long)
                for form in use.forms:
                    if form not in (long, use.key) and is_short_of(form, long):
                        found[form][use.key] += 1
    return found


def mark_undefined(rows: Iterable[Sequence[Use]], defined: Mapping[str, Mapping[str, int]]) -> None:
    """Set ``short`` of each use that is an abbreviation which its own paper leaves open.

    A label of the vocabulary is open too where papers give the abbreviation another meaning.
    """
    for row in rows:
        for use in row:
            if use.entity.long or len(use.forms) != 1 or use.forms[0] not in defined:
                continue
            if not use.entity.term or any(key != use.key for key in defined[use.forms[0]]):
                use.short = use.forms[0]


def units_of(rows: Sequence[Sequence[Use]], vocabulary: Vocabulary, shorts: Mapping[str, object]) -> list[Unit]:
    """Make a unit of all spelt-out uses of one key, in the order in which names are joined."""
    units: dict[str, Unit] = {}
    for number, row in enumerate(rows):
        for use in row:
            if use.short:
                continue
            unit = units.get(use.key)
            if unit is None:
                unit = units[use.key] = Unit(use.key)
            if not unit.papers or unit.papers[-1] != number:
                unit.papers.append(number)
            unit.entities.append(use.entity)
    for unit in units.values():
        _name(unit, vocabulary, shorts)
    return sorted(units.values(), key=lambda unit: unit.order)


def _name(unit: Unit, vocabulary: Vocabulary, shorts: Mapping[str, object]) -> None:
    """Give a unit the forms that it is compared by: its key, or the labels of its term that abbreviate nothing."""
    unit.is_term = unit.key.startswith("term:")
    term = vocabulary.terms.get(unit.key)
    if term:
        forms = dict.fromkeys(map(normal_form, (term.label, *term.alt_labels)))
        unit.forms = tuple(form for form in forms if form not in shorts) or (normal_form(term.label),)
        unit.name = term.label
    elif not unit.is_term:
        unit.forms = (unit.key,)
