"""What lets a query find the most frequent things without reading all: entities of equal counts share a tally.

The query reads the tallies, which are few, chooses among them, and then reads the entities of those it chose.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.exporters.blocks import Thing
from kg.exporters.claims import strength
from kg.exporters.terms import Terms, date, decimal, integer
from kg.model import Entity, Evidence, Relation


@dataclass(slots=True)
class Tallies:
    """Gathers the tallies of a graph while its tables are read, and describes them at the end."""

    terms: Terms
    #: Year -> its papers.
    papers: Counter[int] = field(default_factory=Counter)
    _kinds: dict[str, str] = field(default_factory=dict)
    _made: dict[str, Thing] = field(default_factory=dict)
    _surest: dict[str, float] = field(default_factory=dict)

    def entity(self, entity: Entity) -> str:
        """Give the node of the tally of an entity: its kind, its first month and the number of its papers."""
        self._kinds[entity.id] = entity.kind
        month = entity.first_seen[:7]
        curie = f"tally:{entity.kind.lower()}-{month or 'undated'}-{entity.support}"
        if curie not in self._made:
            facts = {"kg:tally_papers": integer(entity.support)}
            if month:
                facts["kg:tally_month"] = date(month)
            self._make(curie, "kg:Tally", entity.kind, facts)
        return self._made[curie][0]

    def years(self, entity: str, counts: Mapping[int, int]) -> list[str]:
        """Give the nodes of the tallies of an entity with so many papers in years: of each year and the one before."""
        found: list[str] = []
        kind = self._kinds.get(entity)
        if kind is None:
            return found
        for year in sorted({*counts, *(year + 1 for year in counts)} & self.papers.keys()):
            now, before = counts.get(year, 0), counts.get(year - 1, 0)
            curie = f"tally:{kind.lower()}-in-{year}-{now}-after-{before}"
            if curie not in self._made:
                facts = {"kg:tally_year": year, "kg:tally_papers": now, "kg:tally_before": before}
                self._make(curie, "kg:YearTally", kind, {name: integer(number) for name, number in facts.items()})
            found.append(self._made[curie][0])
        return found

    def claim(self, relation: Relation, evidence: list[Evidence]) -> None:
        """Note how sure the claims of papers are."""
        negated = [item for item in evidence if item.polarity == "negated"]
        denial = strength(negated)[1] if negated else 0.0
        for item in evidence:
            if item.origin == "text":
                sure = denial if item.polarity == "negated" else relation.confidence
                self._surest[item.paper] = max(self._surest.get(item.paper, 0.0), sure)

    def described(self) -> Iterator[Thing]:
        """Describe the tallies, the papers of each year, and the surest claim of each paper."""
        terms = self.terms
        yield from self._made.values()
        for year, papers in self.papers.items():
            facts = {"kg:year": integer(year), "kg:papers": integer(papers)}
            yield terms.node(f"tally:{year}"), ("kg:YearTotal",), facts, {}
        for paper, sure in self._surest.items():
            yield terms.node(paper), (), {"kg:surest": decimal(sure)}, {}

    def _make(self, curie: str, class_: str, kind: str, facts: Mapping[str, str]) -> None:
        """Keep the description of a tally."""
        described = {"kg:tally_kind": self.terms.known[f"kg:{kind}"], **facts}
        self._made[curie] = (self.terms.node(curie), (class_,), described, {})
