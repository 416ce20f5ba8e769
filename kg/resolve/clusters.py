"""Join things whose names are judged the same, so that a cluster holds together and not only its links.

Things are taken in a fixed order: vocabulary terms, then by the number of papers, then by name. Each joins the cluster
whose main name it is judged the same as, if no other member of that cluster is judged different. The order decides
what is the main name of a cluster, not its identifier.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from kg.model import LocalEntity
from kg.resolve.blocking import squeezed
from kg.text import counted, normal_form

#: A newcomer is compared with so many members of a cluster, the best supported.
_MEMBERS = 12

#: Two names that papers use side by side in more than this share of the papers of the rarer one are two things.
_SIDE_BY_SIDE = 0.2

#: Share of the papers' votes that makes a kind certain.
_CERTAIN = 0.75


@dataclass(slots=True)
class Unit:
    """A thing under its own key, before names are compared: its names' forms, its papers, and what these say of it.

    ``name`` is the label of a term.
    """

    key: str
    is_term: bool = False
    forms: tuple[str, ...] = ()
    papers: list[int] = field(default_factory=list)
    entities: list[LocalEntity] = field(default_factory=list)
    name: str = ""

    @property
    def order(self) -> tuple[bool, int, str]:
        """Give the place in which the unit is taken."""
        return not self.is_term, -len(self.papers), self.key

    @property
    def label(self) -> str:
        """Give the name as most papers write it, where some spell it out one of these."""
        if self.name or not self.entities:
            return self.name or self.key
        labels = Counter(entity.label for entity in self.entities)
        spelt = [label for label in labels if normal_form(label) == self.key] if len(labels) > 1 else []
        return min(spelt or labels, key=lambda label: (-labels[label], label))


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about two units, given by their places."""

    a: int
    b: int
    same: bool
    reason: str
    score: float


#: Judges two units by their places.
Compare = Callable[[int, int], Decision]


def cluster(
    units: Sequence[Unit], pairs: Iterable[tuple[int, int]], compare: Compare
) -> tuple[list[int], list[Decision]]:
    """Give each unit the place of the main unit of its cluster, and the decisions taken.

    ``units`` stand in their order; ``pairs`` (i, j), i < j, are the ones worth a comparison.
    """
    homes = list(range(len(units)))
    members: dict[int, list[int]] = {}
    decisions: list[Decision] = []
    earlier: dict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        earlier[second].append(first)
    for number in sorted(earlier):
        verdicts = [compare(other, number) for other in earlier[number]]
        decisions += [verdict for verdict in verdicts if not verdict.same]
        likely = sorted((verdict for verdict in verdicts if verdict.same), key=lambda item: (-item.score, item.a))
        for main in dict.fromkeys(homes[verdict.a] for verdict in likely):
            against = _objection(number, [main, *members.get(main, ())][:_MEMBERS], compare)
            if against is None:
                homes[number] = main
                members.setdefault(main, []).append(number)
                decisions.append(compare(main, number))
                break
            link = next(verdict for verdict in likely if homes[verdict.a] == main)
            decisions.append(Decision(link.a, number, False, _chain(link, against, units), against.score))
    return homes, decisions


def _objection(number: int, members: Sequence[int], compare: Compare) -> Decision | None:
    """Give the first comparison with a member that says that a newcomer is another thing."""
    for member in members:
        verdict = compare(member, number)
        if not verdict.same:
            return verdict
    return None


def _chain(link: Decision, against: Decision, units: Sequence[Unit]) -> str:
    """Say why a likely pair was not joined."""
    if link.a == against.a:
        return against.reason
    return f"{units[link.a].key} is also called {units[against.a].key}, and there {against.reason}"


def other_kind(a: Unit, b: Unit) -> str:
    """Say that two units are things of another kind, or give an empty string."""
    kinds = _data(a), _data(b)
    return "one is a dataset, the other is not" if None not in kinds and kinds[0] != kinds[1] else ""


def side_by_side(a: Unit, b: Unit) -> str:
    """Say that papers use two names side by side, or give an empty string."""
    few, many = sorted((a, b), key=lambda unit: (len(unit.papers), unit.key))
    common = len(set(few.papers).intersection(many.papers))
    if common > _SIDE_BY_SIDE * len(few.papers):
        return f"{common} of {counted(len(few.papers), 'paper')} with {few.key} name {many.key} as another thing"
    return ""


def _data(unit: Unit) -> bool | None:
    """Tell whether a unit is a dataset; None where papers do not agree."""
    kinds = votes(unit.entities)
    total = kinds.total()
    share = kinds["Dataset"] / total if total else 0.5
    return True if share >= _CERTAIN else False if share <= 1 - _CERTAIN else None


def votes(entities: Iterable[LocalEntity]) -> Counter[str]:
    """Sum up how sure papers are of each kind, in whole ten-thousandths, so that their order makes no difference."""
    kinds: Counter[str] = Counter()
    for entity in entities:
        kinds[entity.kind] += round(entity.confidence * 10_000)
    return kinds


def steady_key(units: Iterable[Unit]) -> str:
    """Choose the identity key of a cluster: its term, else the shortest name; no vote has a part in it.

    Of names that are the same but for spaces it is the one with the most, as identifiers are read by people too.

    >>> steady_key([Unit("flashattention"), Unit("flash attention"), Unit("flash attention algorithm")])
    'flash attention'
    """
    best = min(units, key=lambda unit: (not unit.is_term, len(squeezed(unit.key)), -len(unit.key), unit.key))
    return best.key
