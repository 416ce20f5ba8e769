"""Sorting on disk gives what sorting in memory gives."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.exporters.sorting import Sorter

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(TEXT, max_size=60), st.integers(1, 40), st.integers(2, 4))
def test_runs_on_disk_are_merged_in_order(
    tmp_path_factory: pytest.TempPathFactory, items: list[str], characters: int, width: int
) -> None:
    sorter = Sorter(tmp_path_factory.mktemp("runs"), characters=characters, width=width)
    for item in items:
        sorter.add(item)
    batches = list(sorter.batches())
    found = [item for batch in batches for item in batch]
    assert found == sorted(items)
    assert [item.encode() for item in found] == sorted(item.encode() for item in items)
    # Equal strings come in one list.
    assert sum(len(set(batch)) for batch in batches) == len(set(items))


def test_runs_larger_than_a_read_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.exporters.sorting._READ", 64)
    items = [f"{number * 7919 % 3000:05} {'é' * (number % 90)}" for number in range(3000)]
    sorter = Sorter(tmp_path, characters=5000, width=3)
    for item in items:
        sorter.add(item)
    assert len(list(tmp_path.iterdir())) <= 4
    assert [item for batch in sorter.batches() for item in batch] == sorted(items)


def test_what_fits_makes_no_file(tmp_path: Path) -> None:
    sorter = Sorter(tmp_path)
    sorter.add("b")
    sorter.add("a")
    assert list(sorter.batches()) == [["a", "b"]]
    assert not list(tmp_path.iterdir())
