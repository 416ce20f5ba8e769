"""`kg show`: one entity, its relations with their sentences, its papers, and why it is one thing."""

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import say, stdout_console, workspace_option

if TYPE_CHECKING:
    from rich.text import Text

    from kg.model import Entity, Evidence, Relation
    from kg.quotes import Quote
    from kg.tables import PaperRow, Tables

#: Relations of one sort, and papers, shown unless --all is given.
FEW = 8


@click.command()
@click.argument("name")
@click.option("--why", is_flag=True, help="Also show why its names are taken for one thing.")
@click.option("--all", "everything", is_flag=True, help="Show every relation, sentence and paper.")
@workspace_option
def show(name: str, *, why: bool, everything: bool, workspace: Path) -> None:
    """Show an entity: its names, relations with sentences, papers.

    NAME is a label, another name of the entity, or its identifier in the graph.

    \b
    Example:
      kg show "KV cache"
      kg show LoRA --why -w my-graph
    """
    from kg import quotes
    from kg.workspace import Workspace

    tables = Workspace(workspace).tables()
    entity, *others = quotes.find(tables, name)
    card = _Card(tables, entity, most=10**9 if everything else FEW)
    console = stdout_console()
    for line in [*card.head(), *card.relations(), *card.papers(), *(card.reasons() if why else [])]:
        console.print(line, soft_wrap=not console.is_terminal)
    if others:
        say(f"Also called {name!r}: {', '.join(f'{item.label} ({item.kind}, {item.id})' for item in others)}")


class _Card:
    """The lines that describe one entity."""

    def __init__(self, tables: "Tables", entity: "Entity", *, most: int) -> None:
        from kg import quotes

        self.tables, self.entity, self.most = tables, entity, most
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

    def head(self) -> list["Text"]:
        """Describe the entity itself."""
        from kg.quotes import cite

        entity = self.entity
        lines = [_text((entity.label, "bold"), (f"  {entity.kind}  {entity.id}", "dim"))]
        if entity.alt_labels:
            lines.append(_text((f"also called: {', '.join(entity.alt_labels)}", "")))
        since = f", first {entity.first_seen}" if entity.first_seen else ""
        lines.append(_text((f"{_papers(entity.support)}{since}", "")))
        if entity.term:
            others = [name for name in entity.exact_match if name != entity.term]
            same = f" = {', '.join(others)}" if others else ""
            lines.append(_text((f"vocabulary: {entity.term}{same}", "")))
        lines += [
            _text((f"introduced by: {cite(self.sources[paper])}", ""))
            for paper in entity.introduced_by
            if paper in self.sources
        ]
        return lines

    def relations(self) -> list["Text"]:
        """List the relations by name, each with its sentences."""
        from kg.view.looks import reading

        groups: dict[tuple[bool, str], list[Relation]] = defaultdict(list)
        for row in self.links:
            if row.type != "mentions":
                groups[row.head != self.entity.id, row.type].append(row)
        lines = []
        for (inverse, name), rows in sorted(groups.items()):
            ranked = sorted(rows, key=lambda row: (-row.support, -row.confidence, row.head, row.tail))
            lines += [_text(("", "")), _text((reading(name)[inverse], "bold underline"))]
            for row in ranked[: self.most]:
                lines += self._relation(row)
            lines += _more(len(rows) - self.most)
        return lines

    def _relation(self, row: "Relation") -> list["Text"]:
        """Describe one relation by its other end, strength and evidence."""
        from kg import quotes

        proofs = self.proofs[row.head, row.type, row.tail]
        origins = sorted({item.origin for item in proofs} - {"text"})
        strength = f"{_papers(row.support)}, confidence {row.confidence:.2f}" if row.support else ""
        told = ", ".join([*([strength] if strength else []), *(f"by {origin}" for origin in origins)]) or "denied only"
        other = row.tail if row.head == self.entity.id else row.head
        lines = [_text((f"  {self._name(other)}", "bold"), (f"  {told}", "dim"))]
        best = sorted(
            (item for item in proofs if item.paper in self.sources),
            key=lambda item: (item.polarity == "negated", -item.probability, item.paper, item.id),
        )
        shown = [quote for item in best for quote in quotes.of_evidence(self.sources[item.paper], item)]
        most = max(2, self.most // 4)
        for quote in shown[:most]:
            lines += _quoted(quote)
        return [*lines, *_more(len(shown) - most, "      ")]

    def papers(self) -> list["Text"]:
        """List the papers that mention the entity, newest first."""
        from kg.quotes import cite

        ids = {row.head for row in self.links if row.type == "mentions"}
        rows = sorted((self.sources[name] for name in ids if name in self.sources), key=lambda row: row.id)
        rows.sort(key=lambda row: row.paper.date, reverse=True)
        lines = [_text(("", "")), _text(("papers", "bold underline"))] if rows else []
        lines += [_text((f"  {row.paper.date or 'undated':10}  ", "dim"), (cite(row), "")) for row in rows[: self.most]]
        return [*lines, *_more(len(rows) - self.most)]

    def reasons(self) -> list["Text"]:
        """List the decisions that made the entity one thing."""
        rows = [row for row in self.tables.merges() if row.entity == self.entity.id]
        lines = [_text(("", "")), _text(("identity", "bold underline"))]
        for row in rows:
            sign = "=" if row.decision == "same" else "≠"
            lines.append(_text((f"  {row.a} {sign} {row.b}", ""), (f"  {row.reason} ({row.score:.2f})", "dim")))
        return lines if rows else [*lines, _text(("  one name only: nothing to decide", ""))]

    def _name(self, node: str) -> str:
        """Name a node for a reader."""
        from kg.quotes import cite

        if node in self.nodes:
            return f"{self.nodes[node].label} ({self.nodes[node].kind})"
        return cite(self.sources[node]) if node in self.sources else node


def _papers(number: int) -> str:
    """Count papers in words."""
    return "1 paper" if number == 1 else f"{number} papers"


def _text(*parts: tuple[str, str]) -> "Text":
    """Make a line of styled parts."""
    from rich.text import Text

    return Text.assemble(*parts)


def _more(number: int, indent: str = "  ") -> list["Text"]:
    """Say how much is left out."""
    return [_text((f"{indent}... and {number} more", "dim"))] if number > 0 else []


def _quoted(quote: "Quote") -> list["Text"]:
    """Show a sentence with its names marked, and the paper it is from."""
    return [_text(("    > ", "dim"), (quote.marked(), "")), _text((f"      — {quote.title}  [{quote.note}]", "dim"))]
