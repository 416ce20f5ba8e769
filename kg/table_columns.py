"""Read some columns, or some records, of a large table, without making a record of each of its rows.

A `Tables` that makes its rows itself (a part of a build, or two builds as one) is read through its records.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, pairwise
from operator import attrgetter
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import WorkspaceError
from kg.tables import RECORDS, SCHEMAS, Tables

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
        return _objects(batch.take(pa.array(numbers, pa.int64())).to_struct_array(), RECORDS[name]) if numbers else ()

    return _read(tables, name, kept)


def _makes_its_rows(tables: Tables) -> bool:
    """Tell whether tables are other than the files in their folder."""
    return type(tables).rows is not Tables.rows


def _read(
    tables: Tables, name: str, turn: Callable[[pa.RecordBatch], Iterable[T]], columns: Sequence[str] | None = None
) -> Iterator[T]:
    """Stream what a function makes of the batches of a file; damage is told as by `kg.tables.read_rows`."""
    path = tables.folder / f"{name}.parquet"
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if file.schema_arrow.names != SCHEMAS[name].names:
                raise WorkspaceError(f"{path}: the columns are those of another version of kg; run `kg build` again")
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns and list(columns)):
                yield from turn(batch)
    except (OSError, ValueError, pa.ArrowException) as error:
        why = " ".join(str(error).split())
        raise WorkspaceError(f"{path}: no readable table ({why}); run `kg build` again") from error


def _rows(batch: pa.RecordBatch, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Give some columns of a batch row by row."""
    table = pa.Table.from_batches([batch])
    if any("." in column for column in columns):
        table = table.flatten()
    return zip(*(_plain(table.column(column).combine_chunks()) for column in columns), strict=True)


#: Type hints of a record's fields, in order.
_hints: Callable[[Any], dict[str, Any]] = cache(get_type_hints)


def _objects(column: pa.Array, hint: Any) -> list[Any]:
    """Turn a column into values of a type: structs into records, lists into tuples.

    >>> _objects(pa.array([["a"], [], ["b", "a"]]), tuple[str, ...])
    [('a',), (), ('b', 'a')]
    """
    if isinstance(hint, UnionType):  # or None
        there = column.is_valid()
        found = iter(_objects(column.filter(there), get_args(hint)[0]))
        return [next(found) if held else None for held in there.to_pylist()]
    if get_origin(hint) is tuple:
        inner = _objects(column.flatten(), get_args(hint)[0])
        ends = accumulate(column.value_lengths().to_pylist(), initial=0)
        return [tuple(inner[start:end]) for start, end in pairwise(ends)]
    if pa.types.is_struct(column.type):
        fields = zip(column.flatten(), _hints(hint).values(), strict=True)
        return list(map(hint, *(_objects(field, kind) for field, kind in fields)))
    return _plain(column)


def _plain(column: pa.Array) -> list[Any]:
    """Turn a column into a list of plain values.

    >>> _plain(pa.array(["a", "b", "a"]))
    ['a', 'b', 'a']
    """
    if pa.types.is_string(column.type) and not column.null_count:
        # Each different string is made once.
        coded = column.dictionary_encode()
        strings = coded.dictionary.to_pylist()
        return [strings[code] for code in coded.indices.to_numpy().tolist()]
    if pa.types.is_primitive(column.type) and not column.null_count:
        plain: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
        return plain
    return list(column.to_pylist())
