"""Read some columns, or some records, of a large table, without making a record of each of its rows.

A `Tables` that makes its rows itself (a part of a build, or two builds as one) is read through its records.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import pyarrow as pa

from kg.tables import RECORDS, Tables, batches, made, plain

T = TypeVar("T")

#: Rows that are decoded at once.
_BATCH = 5_000


def values(tables: Tables, name: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Stream two or more columns of the table ``name``, row by row; ``paper.date`` is a field of a column.

    Lists stay lists, and equal strings that stand close together are one object.
    """
    if _makes_its_rows(tables):
        return map(attrgetter(*columns), tables.rows(name))
    return _read(tables, name, lambda batch: _rows(batch, columns), columns)


def records(tables: Tables, name: str, columns: Sequence[str], wanted: Callable[..., bool]) -> Iterator[Any]:
    """Stream the records of the table ``name`` for whose values in ``columns`` the function ``wanted`` is true."""
    if _makes_its_rows(tables):
        turns = [attrgetter(column) for column in columns]
        return (row for row in tables.rows(name) if wanted(*(turn(row) for turn in turns)))

    def kept(batch: pa.RecordBatch) -> Iterable[Any]:
        numbers = [number for number, row in enumerate(_rows(batch, columns)) if wanted(*row)]
        return made(batch.take(pa.array(numbers, pa.int64())), RECORDS[name]) if numbers else ()

    return _read(tables, name, kept)


def _makes_its_rows(tables: Tables) -> bool:
    """Tell whether tables are other than the files in their folder."""
    return type(tables).rows is not Tables.rows


def _read(
    tables: Tables, name: str, turn: Callable[[pa.RecordBatch], Iterable[T]], columns: Sequence[str] | None = None
) -> Iterator[T]:
    """Stream what a function makes of the batches of a file."""
    path = tables.folder / f"{name}.parquet"
    for batch in batches(path, RECORDS[name], columns=columns, rows=_BATCH):
        yield from turn(batch)


def _rows(batch: pa.RecordBatch, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Give some columns of a batch row by row."""
    table = pa.Table.from_batches([batch])
    if any("." in column for column in columns):
        table = table.flatten()
    return zip(*(plain(table.column(column).combine_chunks()) for column in columns), strict=True)
