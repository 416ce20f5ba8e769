"""`kg merge` and `kg split`: decide that two names are one thing, or two."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import (
    config_option,
    kept_config,
    overrides_option,
    say,
    stages,
    workers_option,
    workspace_option,
)
from kg.config import overrides_file as default_overrides_file
from kg.errors import InputError
from kg.text import counted, normal_form

if TYPE_CHECKING:
    from kg.model import Entity
    from kg.overrides import Pair
    from kg.tables import Tables
    from kg.workspace import Workspace

note_option = click.option("--note", default="", metavar="TEXT", help="Why, in one line; it is kept with the decision.")


@click.command()
@click.argument("a")
@click.argument("b")
@note_option
@workspace_option
@workers_option
@config_option
@overrides_option
def merge(a: str, b: str, *, note: str, workspace: Path, **options: object) -> None:
    """Decide that A and B are one thing, and resolve the graph anew.

    A and B are labels, other names or identifiers of entities, as `kg show` takes them. A keeps its label and
    identifier, unless only B is in the vocabulary. The decision is written to overrides.toml, where it beats every
    rule and survives rebuilds; `kg split A B` undoes it.

    \b
    Example:
      kg merge LoRA "low-rank adapter" -w my-graph
    """
    from kg.overrides import Pair
    from kg.overrides_file import merged

    desk = _Desk.of(workspace, **options)  # type: ignore[arg-type]
    first, second = desk.find(a), desk.find(b)
    if first.id == second.id:
        say(f"{a!r} and {b!r} are one already: {_described(first)}; nothing changed")
        return
    say(f"{_described(first)} and {_described(second)} become one.")
    pair = Pair(desk.name(first), desk.name(second), note.strip())
    lifted = merged(desk.text, pair, add=False)
    if lifted.removed:  # what the rules say without the earlier decision may be enough
        desk.settle(lifted.text, lifted.removed)
    if desk.left(first, second) is None:
        change = merged(desk.text, pair)
        desk.settle(change.text, change.removed, new=pair if not change.known else None, key="same")
    left = desk.left(first, second)
    say(f"Now one: {_described(left)}" if left else f"{pair.a!r} and {pair.b!r} are still apart; see {desk.path}")


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option("--all", "everything", is_flag=True, help="Separate every other name from A.")
@note_option
@workspace_option
@workers_option
@config_option
@overrides_option
def split(a: str, b: str | None, *, everything: bool, note: str, workspace: Path, **options: object) -> None:
    """Show the names that A joins, or decide that B is another thing.

    Without B nothing changes: the names are listed with the reasons why they were joined. With B the graph is
    resolved anew. The decision is written to overrides.toml; `kg merge A B` undoes it.

    \b
    Example:
      kg split LoRA -w my-graph
      kg split LoRA "low-rank adapter" -w my-graph
    """
    from kg.overrides import Pair

    if b is not None and everything:
        raise click.UsageError("give B or --all, not both")
    desk = _Desk.of(workspace, **options)  # type: ignore[arg-type]
    entity = desk.find(a)
    own = desk.own_name(entity, a)
    others = desk.joined(entity, own)
    if b is None and not everything:
        _list(desk.tables, entity, own, others)
        return
    leaving = others if b is None else [desk.own_name(entity, b, strict=True)]
    pairs = [Pair(own, name, note.strip()) for name in leaving if normal_form(name) != normal_form(own)]
    if not pairs:
        raise InputError(f"{_described(entity)} has no other name than {own!r}; there is nothing to separate")
    say(f"{', '.join(repr(pair.b) for pair in pairs)} will no longer be {_described(entity)}.")
    _part(desk, pairs)
    for pair in pairs:
        left = desk.together(pair)
        found = desk.called(pair.b)
        say(f"Still one: {_described(left)}" if left else f"Now apart: {_described(found) if found else pair.b}")


def _part(desk: "_Desk", pairs: list["Pair"]) -> None:
    """Take back what joined the names; where the rules join them all the same, say that they are different."""
    from kg.overrides_file import parted

    text, removed = desk.text, list[str]()
    for pair in pairs:
        change = parted(text, pair, add=False)
        text, removed = change.text, [*removed, *change.removed]
    if removed:
        desk.settle(text, removed)
    joined = [pair for pair in pairs if desk.together(pair) is not None]
    text = desk.text
    for pair in joined:
        text = parted(text, pair).text
    if joined:
        desk.settle(text, (), new=joined[0] if len(joined) == 1 else None, key="different")


@dataclass(slots=True)
class _Desk:
    """A workspace with the file of overrides that is edited."""

    space: "Workspace"
    path: Path
    text: str
    new: bool
    config_file: Path | None
    workers: int | None

    @classmethod
    def of(
        cls, workspace: Path, *, workers: int | None, config_file: Path | None, overrides_file: Path | None
    ) -> "_Desk":
        """Open both; a file that is not there begins with what the graph was built with."""
        from kg.overrides_file import start
        from kg.workspace import Workspace

        space = Workspace(workspace)
        space.build()
        path = overrides_file or default_overrides_file(config_file)
        config = kept_config(space, config_file, path if path.exists() else None)
        text, new = start(path, config.overrides)
        if new and config.overrides:
            earlier = counted(len(config.overrides), "decision")
            say(f"{path} is new; it begins with the {earlier} that the graph was built with")
        return cls(space, path, text, new, config_file, workers)

    @property
    def tables(self) -> "Tables":
        """The tables of the current build."""
        return self.space.tables()

    def find(self, name: str) -> "Entity":
        """Give the entity that `kg show` would show; several equally fitting ones must be told apart."""
        from kg import quotes

        entity, *others = quotes.find(self.tables, name)
        same = [item for item in others if normal_form(item.label) == normal_form(entity.label)]
        if same:
            known = "; ".join(f"{item.id} ({item.kind}, {counted(item.support, 'paper')})" for item in (entity, *same))
            raise InputError(f"{name!r} is the label of {1 + len(same)} entities; name one by its identifier: {known}")
        return entity

    def called(self, name: str) -> "Entity | None":
        """Give the entity with a label or other name, or None."""
        from kg import quotes
        from kg.errors import KGError

        try:
            return quotes.find(self.tables, name)[0]
        except KGError:
            return None

    def name(self, entity: "Entity") -> str:
        """Name an entity for the file: by its label where no other has it, which outlives identifiers."""
        form = normal_form(entity.label)
        alone = all(item.id == entity.id for item in self.tables.entities() if normal_form(item.label) == form)
        return entity.label if alone and form else entity.id

    def own_name(self, entity: "Entity", name: str, *, strict: bool = False) -> str:
        """Give the name that an entity has as it is written there; an identifier stands for the label."""
        names = (entity.label, *entity.alt_labels)
        found = [own for own in names if own == name] or [own for own in names if normal_form(own) == normal_form(name)]
        if not found and strict:
            raise InputError(f"{_described(entity)} has no name {name!r}; its names are {', '.join(map(repr, names))}")
        return found[0] if found else entity.label

    def joined(self, entity: "Entity", own: str) -> list[str]:
        """List the other names of an entity, one for each normal form."""
        forms = {normal_form(own)}
        kept = []
        for name in (entity.label, *entity.alt_labels):
            if normal_form(name) not in forms:
                forms.add(normal_form(name))
                kept.append(name)
        return kept

    def left(self, first: "Entity", second: "Entity") -> "Entity | None":
        """Give the one of two entities that is left, or None while both are there."""
        there = {item.id: item for item in self.tables.entities() if item.id in (first.id, second.id)}
        return None if len(there) == 2 else next(iter(there.values()), None)

    def together(self, pair: "Pair") -> "Entity | None":
        """Give the entity that has both names of a pair, if one has."""
        forms = [normal_form(name) for name in (pair.a, pair.b)]
        for entity in self.tables.entities():
            names = {entity.id, *map(normal_form, (entity.label, *entity.alt_labels))}
            if all(name in names or form in names for name, form in zip((pair.a, pair.b), forms, strict=True)):
                return entity
        return None

    def settle(
        self, text: str, removed: "tuple[str, ...] | list[str]", *, new: "Pair | None" = None, key: str = ""
    ) -> None:
        """Write the file, say what changed in it, and resolve the graph anew."""
        from kg import pipeline
        from kg.overrides_file import save

        for entry in removed:
            say(f"{self.path}: took out {entry}")
        if new is not None:
            say(f"{self.path}: {key}: {new.a!r}, {new.b!r}")
        before = self.path.read_bytes() if self.path.exists() else None
        save(self.path, text)
        try:
            config = kept_config(self.space, self.config_file, self.path)
            with stages() as tell:
                pipeline.settle(self.space, config=config, workers=self.workers, progress=tell, notify=say)
        except BaseException:  # the file must not say what the graph does not hold
            self.path.unlink() if before is None else self.path.write_bytes(before)
            raise
        self.text, self.new = text, False


def _described(entity: "Entity") -> str:
    """Name an entity for a person."""
    return f"{entity.label} ({entity.kind}, {counted(entity.support, 'paper')}, {entity.id})"


def _list(tables: "Tables", entity: "Entity", own: str, names: list[str]) -> None:
    """Print the names that were joined, with the reasons."""
    reasons: dict[str, list[str]] = {}
    for row in tables.merges():
        if row.entity == entity.id and row.decision == "same":
            reasons.setdefault(row.b, []).append(row.reason)
    click.echo(_described(entity))
    for name in names:
        why = "; ".join(reasons.get(normal_form(name), ())) or "another name in the vocabulary"
        click.echo(f"  {name}  ({why})")
    if names:
        say(f"To separate one: kg split {own!r} {names[0]!r}")
    else:
        say("It has one name only.")
