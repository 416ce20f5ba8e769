"""The tables of a build: sorted Parquet files, one per record type, that everything else is written from.

| table     | one row per                    | record            | sorted by                  |
| --------- | ------------------------------ | ----------------- | -------------------------- |
| papers    | paper                          | `PaperRow`        | id                         |
| mentions  | place that names an entity     | `model.Mention`   | all columns                |
| entities  | node                           | `model.Entity`    | id                         |
| relations | typed link                     | `model.Relation`  | head, type, tail           |
| evidence  | reason for a relation          | `model.Evidence`  | head, type, tail, id       |
| merges    | decision on two names          | `model.Merge`     | all columns                |

Columns are the fields of the record, in order; a span is a struct of section, start and end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, groupby, islice, pairwise
from operator import attrgetter
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import WorkspaceError
from kg.model import Entity, Evidence, Mention, Merge, Paper, Relation

T = TypeVar("T")

#: Rows per row group: a reader holds one group in memory.
_GROUP = 20_000

_PLAIN: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}


@dataclass(frozen=True, slots=True, order=True)
class PaperRow:
    """A merged paper with its CURIE."""

    id: str
    paper: Paper


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """A CURIE that an earlier build used, the one that stands for it now, and why."""

    old: str
    new: str
    reason: str


#: Table name -> record type of its rows.
RECORDS: dict[str, type] = {
    "papers": PaperRow,
    "mentions": Mention,
    "entities": Entity,
    "relations": Relation,
    "evidence": Evidence,
    "merges": Merge,
}


def _arrow(hint: Any) -> pa.DataType:
    """Give the Arrow type of a field's type hint."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) is tuple:
        return pa.list_(_arrow(get_args(hint)[0]))
    if isinstance(hint, UnionType):
        return _arrow(get_args(hint)[0])
    return pa.struct([(name, _arrow(kind)) for name, kind in get_type_hints(hint).items()])


#: What turns a value into another.
_Turn = Callable[[Any], Any]

#: Type hints of a record's fields, in order.
_hints: Callable[[Any], dict[str, Any]] = cache(get_type_hints)


def _schema(kind: Any) -> pa.Schema:
    """Give the Arrow schema of the records of one type."""
    return pa.schema([(field, _arrow(hint)) for field, hint in _hints(kind).items()])


def _same(value: Any) -> Any:
    """Give a value as it is."""
    return value


def _make_reader(kind: Any) -> _Turn:
    """Give the function that turns plain data read from Parquet back into a value of ``kind``."""
    if kind in _PLAIN:
        return _same
    if get_origin(kind) is tuple:
        inner = _reader(get_args(kind)[0])
        return tuple if inner is _same else lambda value: tuple(map(inner, value))
    if isinstance(kind, UnionType):
        known = _reader(get_args(kind)[0])
        return lambda value: None if value is None else known(value)
    fields = [(name, _reader(hint)) for name, hint in _hints(kind).items()]
    return lambda value: kind(*[read(value[name]) for name, read in fields])


def _make_writer(kind: Any) -> _Turn:
    """Give the function that turns a value of ``kind`` into plain data, the inverse of `_reader`."""
    if kind in _PLAIN:
        return _same
    if get_origin(kind) is tuple:
        inner = _writer(get_args(kind)[0])
        return list if inner is _same else lambda value: list(map(inner, value))
    if isinstance(kind, UnionType):
        known = _writer(get_args(kind)[0])
        return lambda value: None if value is None else known(value)
    fields = [(name, _writer(hint)) for name, hint in _hints(kind).items()]
    return lambda value: {name: write(getattr(value, name)) for name, write in fields}


def plain(column: pa.Array) -> list[Any]:
    """Turn a column into a list of plain values, equal strings being one object.

    >>> plain(pa.array(["a", "b", "a"]))
    ['a', 'b', 'a']
    """
    if column.null_count or not (pa.types.is_string(column.type) or pa.types.is_primitive(column.type)):
        return list(column.to_pylist())
    if pa.types.is_string(column.type):
        coded = column.dictionary_encode()
        strings = coded.dictionary.to_pylist()
        return [strings[code] for code in coded.indices.to_numpy().tolist()]
    # The way through NumPy makes a list in one go.
    found: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
    return found


def _column(array: pa.Array, kind: Any) -> list[Any]:
    """Turn a column into values of ``kind``; whole columns are read far faster than rows.

    >>> _column(pa.array([["a"], [], ["b", "a"]]), tuple[str, ...])
    [('a',), (), ('b', 'a')]
    """
    if kind in _PLAIN:
        return plain(array)
    if get_origin(kind) is tuple:
        inner = _column(array.flatten(), get_args(kind)[0])
        ends = accumulate(array.value_lengths().to_pylist(), initial=0)
        return [tuple(inner[start:end]) for start, end in pairwise(ends)]
    if isinstance(kind, UnionType):
        there = array.is_valid()
        found = iter(_column(array.filter(there), get_args(kind)[0]))
        return [next(found) if held else None for held in there.to_pylist()]
    columns = [_column(field, hint) for field, hint in zip(array.flatten(), _hints(kind).values(), strict=True)]
    return list(map(kind, *columns))


def made(batch: pa.RecordBatch, kind: type[T]) -> Iterator[T]:
    """Make the records of a batch that has all their columns."""
    columns = [_column(array, hint) for array, hint in zip(batch.columns, _hints(kind).values(), strict=True)]
    return map(kind, *columns)


def _array(values: Sequence[Any], kind: Any) -> pa.Array:
    """Make a column of values of ``kind``, the inverse of `_column`; None stands in structs only."""
    if kind in _PLAIN:
        return pa.array(values, type=_PLAIN[kind])
    if get_origin(kind) is tuple:
        ends = pa.array(accumulate(map(len, values), initial=0), type=pa.int32())
        return pa.ListArray.from_arrays(ends, _array(list(chain.from_iterable(values)), get_args(kind)[0]))
    if isinstance(kind, UnionType):
        kind = get_args(kind)[0]
    absent = pa.array([value is None for value in values], type=pa.bool_())
    columns = [_array([getattr(value, name, None) for value in values], hint) for name, hint in _hints(kind).items()]
    return pa.StructArray.from_arrays(columns, fields=list(_arrow(kind)), mask=absent)


_reader: Callable[[Any], _Turn] = cache(_make_reader)
_writer: Callable[[Any], _Turn] = cache(_make_writer)


def to_plain(record: Any) -> dict[str, Any]:
    """Turn a record into plain JSON data: dicts, lists, strings and numbers.

    >>> to_plain(Replacement("paper:a", "paper:b", "merged"))
    {'old': 'paper:a', 'new': 'paper:b', 'reason': 'merged'}
    """
    return cast(dict[str, Any], _writer(type(record))(record))


def from_plain(kind: type[T], value: dict[str, Any]) -> T:
    """Make a record of ``kind`` of plain JSON data, the inverse of `to_plain`.

    >>> from_plain(Replacement, {"old": "paper:a", "new": "paper:b", "reason": "merged"})
    Replacement(old='paper:a', new='paper:b', reason='merged')
    """
    return cast(T, _reader(kind)(value))


#: Table name -> Arrow schema.
SCHEMAS: dict[str, pa.Schema] = {name: _schema(kind) for name, kind in RECORDS.items()}


def write_rows(path: Path, kind: type[T], rows: Iterable[T]) -> int:
    """Write records of one type as a Parquet file and return their number."""
    schema = _schema(kind)
    source = iter(rows)
    count = 0
    # With a checksum for each page, damage is an error to a reader and no strange record.
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        while group := list(islice(source, _GROUP)):
            columns = [_array([getattr(row, name) for row in group], hint) for name, hint in _hints(kind).items()]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            count += len(group)
    return count


def read_rows(path: Path, kind: type[T]) -> Iterator[T]:
    """Stream the records of one type from a Parquet file."""
    for batch in batches(path, kind, rows=2_000):
        yield from made(batch, kind)


def batches(path: Path, kind: type, *, columns: Sequence[str] | None = None, rows: int) -> Iterator[pa.RecordBatch]:
    """Stream a Parquet file of records of one type, or some of its columns, so many rows at once."""
    # What a reader does with a batch is not within the try, as its errors do not come here.
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if file.schema_arrow.names != list(_hints(kind)):
                raise WorkspaceError(f"{path}: the columns are those of another version of kg; run `kg build` again")
            yield from file.iter_batches(batch_size=rows, columns=columns and list(columns))
    except (OSError, ValueError, pa.ArrowException) as error:
        why = " ".join(str(error).split())
        raise WorkspaceError(f"{path}: no readable table ({why}); run `kg build` again") from error


def write_table(folder: Path, name: str, rows: Iterable[Any]) -> int:
    """Write sorted ``rows`` as the table ``name`` and return their number."""
    return write_rows(folder / f"{name}.parquet", RECORDS[name], rows)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables in one folder; each method streams the records of one table in their order."""

    folder: Path

    def rows(self, name: str) -> Iterator[Any]:
        """Stream the records of the table ``name``."""
        return read_rows(self.folder / f"{name}.parquet", RECORDS[name])

    def papers(self) -> Iterator[PaperRow]:
        """Stream the papers, sorted by id."""
        return self.rows("papers")

    def mentions(self) -> Iterator[Mention]:
        """Stream the mentions, sorted by paper and place."""
        return self.rows("mentions")

    def entities(self) -> Iterator[Entity]:
        """Stream the entities, sorted by id."""
        return self.rows("entities")

    def relations(self) -> Iterator[Relation]:
        """Stream the relations, ``mentions`` among them, sorted by head, type and tail."""
        return self.rows("relations")

    def evidence(self) -> Iterator[Evidence]:
        """Stream the evidence, in the order of the relations."""
        return self.rows("evidence")

    def merges(self) -> Iterator[Merge]:
        """Stream the identity decisions."""
        return self.rows("merges")


def join(relations: Iterable[Relation], evidence: Iterable[Evidence]) -> Iterator[tuple[Relation, list[Evidence]]]:
    """Pair each relation with its evidence; both come sorted by head, type and tail."""
    groups = groupby(evidence, key=attrgetter("head", "type", "tail"))
    key, items = next(groups, (None, iter(())))
    for relation in relations:
        wanted = (relation.head, relation.type, relation.tail)
        while key is not None and key < wanted:
            key, items = next(groups, (None, iter(())))
        yield relation, list(items) if key == wanted else []
