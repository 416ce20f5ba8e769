"""Tables as Parquet files (parquet.apache.org), as Hugging Face and Kaggle publish corpora."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import IO, Any

from kg.errors import InputError
from kg.model import Paper, Reject, Source
from kg.sources.columns import assigned, record
from kg.sources.fields import Unusable, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.text import clean

#: Rows taken at a time, and bytes of a column read at a time, however large its row group is.
BATCH, BUFFER = 256, 1 << 18


def detect(head: str) -> bool:
    """Tell whether a file starts with Parquet's mark."""
    return head.startswith("PAR1")


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read rows in file order, numbered from 1, a few at a time; only the columns that matter are read.

    A column inside another one goes by its full name, such as ``content.title``.
    """
    if stream.binary != "parquet":
        raise InputError(f"{stream.shown}: this is no Parquet file; leave out --from, or name another form")
    with stream.seekable() as file:
        opened = _opened(file, stream)
        names = list(_leaves(opened.schema_arrow))
        places = assigned(names, options.columns, stream.shown)
        wanted = sorted({names[place] for found in places.values() for place in found})
        for number, row in zip(count(1), _rows(opened, wanted, stream), strict=False):
            try:
                if isinstance(row, Unusable):
                    raise row
                found = record(lambda place, row=row: _value(row, names[place]), places)  # type: ignore[misc]
                yield paper(found, Source("parquet", stream.name, number))
            except Unusable as unusable:
                excerpt = "" if isinstance(row, Unusable) else clean(str(row)[:120])
                rejects(Reject(stream.name, number, clean(unusable.reason), excerpt))


def _opened(file: IO[bytes], stream: Stream) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(file, pre_buffer=False, buffer_size=BUFFER)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = stream.damage or " ".join(str(error).split())[:200]
        stream.damage = ""
        raise InputError(
            f"{stream.shown}: a Parquet file that cannot be opened ({reason}); fetch or write it again"
        ) from error


def _rows(opened: Any, columns: list[str], stream: Stream) -> Iterator[dict[str, Any] | Unusable]:
    import pyarrow as pa

    batches = opened.iter_batches(batch_size=BATCH, columns=columns, use_threads=False)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError, ValueError) as error:
            stream.damage = f"the Parquet data is damaged ({' '.join(str(error).split())[:200]})"
            return
        if batch is None:
            return
        yield from _plain(batch)


def _plain(batch: Any) -> Iterator[dict[str, Any] | Unusable]:
    """Give the rows of a batch, an `Unusable` for one with dates out of range or text that is no UTF-8."""
    import pyarrow as pa

    try:
        yield from batch.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError) as error:
        if batch.num_rows == 1:
            reason = " ".join(str(error).split())[:200]
            yield Unusable(f"a value that cannot be read ({reason}); write the row again")
        else:  # it fails as a whole, before any row
            yield from (row for place in range(batch.num_rows) for row in _plain(batch.slice(place, 1)))


def _leaves(fields: Any, prefix: str = "") -> Iterator[str]:
    """Give the full names of columns, those inside others too."""
    import pyarrow as pa

    for field in fields:
        if pa.types.is_struct(field.type):
            yield from _leaves(
                [field.type.field(place) for place in range(field.type.num_fields)], f"{prefix}{field.name}."
            )
        else:
            yield f"{prefix}{field.name}"


def _value(row: Any, name: str) -> object:
    """Give the value of a column by its full name."""
    if isinstance(row, dict):
        if name in row:
            return row[name]
        head, _, rest = name.partition(".")
        return _value(row.get(head), rest) if rest else None
    return None
