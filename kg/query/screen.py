"""How an answer is laid out as a table on a screen: what is shown of it, and how wide its columns are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

#: Column of nodes -> the columns that name them, beside ``NODE_label`` and ``NODE_name``.
_NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "entity": ("label",),
    "name": ("label",),
    "paper": ("title",),
    "other": ("other_label", "title"),
}

#: Columns of running text, which get more room than others.
_PROSE = ("sentence", "against_sentence")

#: Heads shorter than the names of numbers that they stand over.
_SHORT = {"confidence": "conf.", "probability": "prob.", "against_confidence": "against_conf."}

#: Blanks beside the text of each column, tried in this order.
_PADDINGS = (1, 0)

#: Least room of a column of running text and of another one that is broken into lines.
_LEAST = {True: 24, False: 14}

#: Columns of at most this width stay whole even where the room is too little for all.
_NARROW = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and its cells as text, and whether all of them are numbers."""

    name: str
    cells: tuple[str, ...]
    numeric: bool

    def width(self) -> int:
        """Give the width of the widest cell, or of the widest line of the head."""
        from rich.cells import cell_len

        return max(map(cell_len, (*_folded(self.name).split("\n"), *self.cells)))

    @property
    def is_prose(self) -> bool:
        """Tell whether the column holds running text."""
        return self.name in _PROSE


def columns(
    names: Sequence[str], rows: Sequence[Sequence[Any]], *, nodes: Collection[str], brief: bool
) -> list[Column]:
    """Make the columns of an answer of plain values.

    If ``brief``, numbers are rounded, names shortened, and columns of ``nodes`` that another one names left out.

    >>> rows = [["LoRA", Decimal("0.5467"), "entity:lora"]]
    >>> [c.cells for c in columns(["part_label", "confidence", "part"], rows, nodes=["part"], brief=True)]
    [('LoRA',), ('0.55',)]
    """
    made = []
    for number, name in enumerate(names):
        if brief and name in nodes and _is_named(name, names):
            continue
        values = [row[number] for row in rows]
        known = [value for value in values if value is not None]
        cells = tuple(_cell(value, brief=brief) for value in values)
        made.append(Column(_head(name) if brief else name, cells, bool(known) and all(map(_is_number, known))))
    return made


def table(shown: Sequence[Column], width: int | None) -> "Table":
    """Lay columns out within ``width``, if one is given: short columns whole, long ones in the room that is left."""
    from rich.table import Table
    from rich.text import Text

    tight = width is not None and sum(max(column.width(), len(column.name)) + 3 for column in shown) >= width
    padding, broken = _broken(shown, width) if tight and width is not None else (_PADDINGS[0], [])
    made = Table(expand=bool(broken), padding=(0, padding))
    for column in shown:
        made.add_column(
            _folded(column.name) if tight else column.name,
            justify="right" if column.numeric else "left",
            overflow="fold",
            no_wrap=column not in broken,
            ratio=(5 if column.is_prose else 3) if column in broken else None,
        )
    for cells in zip(*(column.cells for column in shown), strict=True):
        made.add_row(*map(Text, cells))
    return made


def _broken(shown: Sequence[Column], width: int) -> tuple[int, list[Column]]:
    """Choose a padding, and the columns whose cells are broken: the fewest and widest that have room enough then."""
    order = sorted((column for column in shown if not column.numeric), key=Column.width, reverse=True)
    for padding in _PADDINGS:
        room = width - 1 - len(shown) * (2 * padding + 1)
        for number in range(len(order)):
            broken = order[:number]
            rest = room - sum(column.width() for column in shown if column not in broken)
            if rest >= sum(min(column.width(), _LEAST[column.is_prose]) for column in broken):
                return padding, broken
    return _PADDINGS[-1], [column for column in order if column.is_prose or column.width() > _NARROW]


def _head(name: str) -> str:
    """Give the head over a column."""
    return _SHORT.get(name, name.removesuffix("_label").removesuffix("_name"))


def _folded(head: str) -> str:
    """Put the parts of a head on lines of their own."""
    return head.replace("_", "_\n")


def _is_named(name: str, names: Sequence[str]) -> bool:
    """Tell whether a column of nodes has one beside it that names them."""
    return any(label in names for label in (f"{name}_label", f"{name}_name", *_NAMED_BY.get(name, ())))


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number; truth values are not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _cell(value: Any, *, brief: bool) -> str:
    """Write a value; if ``brief``, a number that is not whole with two decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("no", "yes")[value] if brief else str(value)
    return f"{value:.2f}" if brief and isinstance(value, float | Decimal) else str(value)
