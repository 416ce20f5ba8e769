"""What scoring cannot read is refused, with its place."""

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.gold import read_gold


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"id": "x"\n', "line 1"),
        (b'{"id": "x", "title": "t", "entities": []}\n[]\n', "line 2"),
        (b'{"id": "x", "title": "t", "entities": [{}]}\n', "an entity lacks"),
        (b'{"id": "x", "title": "t", "entities": [], "relations": [[1]]}\n', "a relation lacks"),
        (b'{"id": "x", "title": "t", "entities": [], "relations": [7]}\n', "a relation lacks"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_bad_gold_is_refused_with_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_gold(path)
    assert str(path) in str(caught.value)


def test_absent_gold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_gold(tmp_path / "none.jsonl")
