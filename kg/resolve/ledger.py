"""Write the decisions of identity down as rows of the ``merges`` table."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.model import Merge
from kg.namespaces import entity_curie
from kg.resolve.clusters import Decision, Unit
from kg.text import counted, normal_form
from kg.vocabulary import Vocabulary

#: A pair of names that was refused is written down if this much speaks for one thing.
PLAUSIBLE = 0.4

#: Pairs of one abbreviation's meanings that are written down: the best supported with each of so many others.
_MEANINGS = 8


def main_form(key: str, vocabulary: Vocabulary) -> str:
    """Give the form that stands for a cluster in the ledger: the term's label, else its key."""
    term = vocabulary.terms.get(key)
    return normal_form(term.label) if term else key


def given(
    key: str, names: Mapping[str, Counter[str]], vocabulary: Vocabulary, judged: Mapping[str, Decision]
) -> Iterator[Merge]:
    """Say of each further form of a cluster why it is the same thing: ``names`` holds the papers' reasons."""
    main = main_form(key, vocabulary)
    for form, reasons in names.items():
        if form in (main, ""):
            continue
        decision = judged.get(form)
        if decision:
            yield Merge(entity_curie(key), main, form, "same", decision.reason, round(decision.score, 4))
            continue
        reason, papers = min(reasons.items(), key=lambda item: (-item[1], item[0]))
        why = f"{reason} ({papers} of {counted(reasons.total(), 'paper')})"
        yield Merge(entity_curie(key), main, form, "same", why, 1.0)


def refused(decisions: Iterable[Decision], units: Sequence[Unit], keys: Mapping[str, str]) -> Iterator[Merge]:
    """Give the plausible pairs that were not joined; ``keys`` maps the units' keys to those of their clusters."""
    for item in decisions:
        a, b = units[item.a], units[item.b]
        if item.same or item.score < PLAUSIBLE or keys[a.key] == keys[b.key]:
            continue
        yield Merge(entity_curie(keys[a.key]), _name(a), _name(b), "different", item.reason, round(item.score, 4))


def _name(unit: Unit) -> str:
    """Give the form by which the ledger calls a unit."""
    return unit.forms[0] if unit.is_term and unit.forms else unit.key


def meanings(short: str, papers: Mapping[str, int], vocabulary: Vocabulary) -> Iterator[Merge]:
    """Write down that an abbreviation has several meanings: the most frequent one is none of the others."""
    first, *others = sorted(papers, key=lambda key: (-papers[key], key)) or [""]
    for other in others[:_MEANINGS]:
        reason = f"two expansions of {short}, given in {papers[first]} and in {counted(papers[other], 'paper')}"
        a, b = main_form(first, vocabulary), main_form(other, vocabulary)
        yield Merge(entity_curie(first), a, b, "different", reason, 0.5)


def undecided(short: str, papers: Mapping[str, int], vocabulary: Vocabulary) -> Iterator[Merge]:
    """Say which meanings an abbreviation may have where its papers do not tell."""
    total = sum(papers.values())
    for sense in sorted(papers, key=lambda key: (-papers[key], key))[:_MEANINGS]:
        if main_form(sense, vocabulary) == short:
            continue
        reason = (
            f"papers that do not spell it out may mean it; spelt out so in {papers[sense]} of {counted(total, 'paper')}"
        )
        share = round(papers[sense] / total, 4)
        yield Merge(entity_curie(short), short, main_form(sense, vocabulary), "undecided", reason, share)
