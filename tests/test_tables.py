"""Tables hold records, and only those of this version of kg."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kg.errors import WorkspaceError
from kg.model import Relation
from kg.tables import Tables, write_table


def test_a_relation_keeps_its_salience(tmp_path: Path) -> None:
    rows = [Relation("paper:a", "mentions", "entity:b", 1, 0.75, 0.5), Relation("paper:a", "uses", "entity:b", 1, 0.5)]
    write_table(tmp_path, "relations", rows)
    assert list(Tables(tmp_path).relations()) == rows


def test_a_table_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    write_table(tmp_path, "relations", [Relation("paper:a", "uses", "entity:b", 1, 0.5)])
    path = tmp_path / "relations.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["salience"]), path)
    with pytest.raises(WorkspaceError, match=r"relations\.parquet: .*another version of kg; run `kg build` again"):
        list(Tables(tmp_path).relations())
