"""What `kg show` prints of one entity or one paper: lines of styled text."""

import math
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from rich.text import Text

from kg import quotes
from kg.model import RELATIONS, Entity, Evidence, Relation
from kg.readings import reading
from kg.tables import PaperRow, Tables
from kg.text import counted, normal_form

#: How a decision of the ``merges`` table is written between its two names.
_SIGNS = {"same": "=", "different": "≠", "undecided": "may be", "renamed": "is labelled", "kind": "is of kind"}

#: Decisions that concern the entities of both names.
_OPEN = frozenset({"different", "undecided"})


class EntityCard:
    """The lines that describe one entity."""

    def __init__(self, tables: Tables, entity: Entity, threshold: float, *, most: int) -> None:
        self.tables, self.entity, self.threshold, self.most = tables, entity, threshold, most
        own = (entity.id,)
        self.links = [row for row in tables.relations() if entity.id in (row.head, row.tail)]
        self.proofs: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
        for item in tables.evidence():
            if item.head in own or item.tail in own:
                self.proofs[item.head, item.type, item.tail].append(item)
        ends = {end for row in self.links for end in (row.head, row.tail)}
        self.nodes = quotes.labels(tables, ends)
        cited = {item.paper for items in self.proofs.values() for item in items}
        self.sources: dict[str, PaperRow] = quotes.papers(tables, ends | cited)

    def head(self) -> list[Text]:
        """Describe the entity itself."""
        entity = self.entity
        lines = [_text((entity.label, "bold"), (f"  {entity.kind}  {entity.id}", "dim"))]
        if entity.alt_labels:
            lines.append(_text((f"also called: {', '.join(entity.alt_labels)}", "")))
        since = f", first {entity.first_seen}" if entity.first_seen else ""
        lines.append(_text((f"{counted(entity.support, 'paper')}{since}", "")))
        if entity.term:
            others = [name for name in entity.exact_match if name != entity.term]
            same = f" = {', '.join(others)}" if others else ""
            lines.append(_text((f"vocabulary: {entity.term}{same}", "")))
        lines += [
            _text((f"introduced by: {quotes.cite(self.sources[paper])}", ""))
            for paper in entity.introduced_by
            if paper in self.sources
        ]
        return lines

    def relations(self) -> list[Text]:
        """List the relations by name with their sentences; what the graph asserts comes first, of names and of each."""
        groups: dict[tuple[bool, str], list[Relation]] = defaultdict(list)
        for row in self.links:
            if row.type != "mentions":
                groups[row.head != self.entity.id, row.type].append(row)
        lines = []
        order = sorted(groups, key=lambda key: (not self._asserts(groups[key]), key))
        for inverse, name in order:
            rows = groups[inverse, name]
            lines += [_text(("", "")), _text((reading(name)[inverse], "bold underline"))]
            cited = ""
            for row in self._in_order(rows)[: self.most]:
                found, cited = self._relation(row, cited)
                lines += found
            lines += _more(len(rows) - self.most)
        return lines

    def _asserts(self, rows: Iterable[Relation]) -> bool:
        """Tell whether the graph holds one of these relations as true."""
        return any(_is_asserted(row, self.threshold) for row in rows)

    def _in_order(self, rows: list[Relation]) -> list[Relation]:
        """Sort relations by strength, but the versions of the entity by their order, those without one last."""
        ranked = _ranked(rows, self.threshold)
        if rows[0].type != "version_of" or rows[0].tail != self.entity.id:
            return ranked
        orders = {row.head: self.nodes[row.head].version_order for row in rows if row.head in self.nodes}
        return sorted(ranked, key=lambda row: (not orders.get(row.head), orders.get(row.head, 0)))

    def _relation(self, row: Relation, cited: str) -> tuple[list[Text], str]:
        """Describe a relation after one that cited the paper ``cited``; give the paper cited last, too."""
        proofs = self.proofs[row.head, row.type, row.tail]
        origins = [f"by {origin}" for origin in sorted({item.origin for item in proofs} - {"text"})]
        other = row.tail if row.head == self.entity.id else row.head
        told = ", ".join([*_strength(row, self.threshold), *origins])
        lines = [_text((f"  {self._name(other)}", "bold"), (f"  {told}", "dim"))]
        best = sorted(
            (item for item in proofs if item.paper in self.sources),
            key=lambda item: (item.polarity == "negated", -item.probability, item.paper, item.id),
        )
        shown = [quote for item in best for quote in quotes.of_evidence(self.sources[item.paper], item)]
        most = max(2, self.most // 4)
        for paper, run in groupby(shown[:most], key=lambda quote: quote.paper):
            passages = list(run)
            lines += [_text(("    > ", "dim"), (item.marked(), ""), (f"  [{item.note}]", "dim")) for item in passages]
            if paper != other:  # the line above names it
                title = "same paper" if paper == cited else passages[0].title
                lines.append(_text((f"      — {title}", "dim")))
            cited = paper
        return [*lines, *_more(len(shown) - most, "      ")], cited

    def papers(self) -> list[Text]:
        """List the papers that mention the entity, newest first."""
        ids = {row.head for row in self.links if row.type == "mentions"}
        rows = sorted((self.sources[name] for name in ids if name in self.sources), key=lambda row: row.id)
        rows.sort(key=lambda row: row.paper.date, reverse=True)
        lines = [_text(("", "")), _text(("papers", "bold underline"))] if rows else []
        lines += [
            _text((f"  {row.paper.date or 'undated':10}  ", "dim"), (quotes.cite(row), "")) for row in rows[: self.most]
        ]
        return [*lines, *_more(len(rows) - self.most)]

    def reasons(self) -> list[Text]:
        """List the decisions that made the entity one thing."""
        forms = {normal_form(name) for name in (self.entity.label, *self.entity.alt_labels)}
        # What was kept apart from another entity stands there under its name.
        rows = [
            row
            for row in self.tables.merges()
            if row.entity == self.entity.id or (row.decision in _OPEN and row.b in forms)
        ]
        lines = [_text(("", "")), _text(("identity", "bold underline"))]
        for row in rows:
            sign = _SIGNS.get(row.decision, row.decision)
            lines.append(_text((f"  {row.a} {sign} {row.b}", ""), (f"  {row.reason} ({row.score:.2f})", "dim")))
        return lines if rows else [*lines, _text(("  one name only: nothing to decide", ""))]

    def _name(self, node: str) -> str:
        """Name a node for a reader."""
        if node in self.nodes:
            return f"{self.nodes[node].label} ({self.nodes[node].kind})"
        return quotes.cite(self.sources[node]) if node in self.sources else node


class PaperCard:
    """The lines that describe one paper."""

    def __init__(self, tables: Tables, row: PaperRow, threshold: float, *, most: int) -> None:
        self.row, self.threshold, self.most = row, threshold, most
        links = [link for link in tables.relations() if link.head == row.id]
        self.links = [link for link in links if link.type != "mentions"]
        self.mentions = most_salient(link for link in links if link.type == "mentions")
        self.nodes = quotes.labels(tables, {link.tail for link in links})

    def lines(self) -> list[Text]:
        """Describe the paper, what it is most about, then what it introduces, addresses and so on, asserted first."""
        paper = self.row.paper
        names = [f"arXiv:{paper.arxiv}" if paper.arxiv else "", f"doi:{paper.doi}" if paper.doi else ""]
        names += [paper.key] if paper.key not in (paper.arxiv, paper.doi) else []
        lines = [
            _text((" ".join(paper.title.split()) or "(no title)", "bold"), (f"  Paper  {self.row.id}", "dim")),
            _text((", ".join([paper.date or "undated", *dict.fromkeys(filter(None, names))]), "")),
        ]
        if self.mentions:
            lines += [_text(("", "")), _text(("speaks of, most salient first", "bold underline"))]
        for link in self.mentions[: self.most]:
            node = self.nodes[link.tail]
            lines.append(_text((f"  {node.label} ({node.kind})", "bold"), (f"  salience {link.salience:.2f}", "dim")))
        lines += _more(len(self.mentions) - self.most)
        for name in RELATIONS:
            rows = _ranked([link for link in self.links if link.type == name], self.threshold)
            if rows:
                lines += [_text(("", "")), _text((reading(name)[0], "bold underline"))]
            for link in rows[: self.most]:
                node, told = self.nodes[link.tail], ", ".join(_strength(link, self.threshold, papers=False))
                lines.append(_text((f"  {node.label} ({node.kind})", "bold"), (f"  {told}", "dim")))
            lines += _more(len(rows) - self.most)
        return lines


def most_salient(mentions: Iterable[Relation]) -> list[Relation]:
    """Sort the ``mentions`` of a paper: what it is most about first, then the surest."""
    return sorted(mentions, key=lambda row: (-row.salience, -row.confidence, row.tail))


def _is_asserted(row: Relation, threshold: float) -> bool:
    """Tell whether the graph holds a relation as true; what is only denied has no confidence at all."""
    return row.confidence > 0 and row.confidence >= threshold


def _ranked(rows: list[Relation], threshold: float) -> list[Relation]:
    """Sort relations: asserted, too weak, only denied; each the best supported first."""
    return sorted(
        rows,
        key=lambda row: (
            not _is_asserted(row, threshold),
            not row.confidence,
            -row.support,
            -row.confidence,
            row.head,
            row.tail,
        ),
    )


def _strength(row: Relation, threshold: float, *, papers: bool = True) -> list[str]:
    """Say how strong a relation is, and whether the graph asserts it."""
    if not row.confidence:
        return ["denied only, not asserted in the graph"]
    asserted = _is_asserted(row, threshold)
    # 0.546 must not read as 0.55 where it is below that.
    misread = not asserted and round(row.confidence, 2) >= threshold
    shown = math.floor(row.confidence * 100) / 100 if misread else row.confidence
    told = [counted(row.support, "paper")] if papers and row.support else []
    told += [f"confidence {shown:.2f}"] if row.support or not papers else []
    return told if asserted else [*told, f"below {threshold:g}, not asserted in the graph"]


def _text(*parts: tuple[str, str]) -> Text:
    """Make a line of styled parts."""
    return Text.assemble(*parts)


def _more(number: int, indent: str = "  ") -> list[Text]:
    """Say how much is left out."""
    return [_text((f"{indent}... and {number} more", "dim"))] if number > 0 else []
