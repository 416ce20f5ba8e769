"""Edits of a file of decisions leave comments and layout alone."""

from pathlib import Path

import pytest

from kg.errors import ConfigError
from kg.overrides import NONE, Pair, parse
from kg.overrides_file import merged, parted, save, start, written

MINE = """\
# what I know
same = [
  # first
  ["a b", "c d"],  # sure
]
[rename]  # labels
"x y" = "Y"
"""


def test_a_pair_is_added_in_the_layout_of_the_list() -> None:
    change = merged(MINE, Pair("e f", "g h", "why not"))
    assert change.text == MINE.replace("# sure\n", '# sure\n  {names = ["e f", "g h"], note = "why not"},\n')
    assert (change.removed, change.known) == ((), False)


def test_a_pair_that_is_there_is_not_added_again() -> None:
    assert merged(MINE, Pair("C D", "a b")) == (merged(MINE, Pair("a b", "c d")))
    assert merged(MINE, Pair("C D", "a b")).known
    assert merged(MINE, Pair("C D", "a b")).text == MINE


def test_parting_takes_back_what_joined() -> None:
    change = parted(MINE, Pair("a b", "c d"), add=False)
    assert change.removed == ("same: 'a b', 'c d'",)
    assert '["a b"' not in change.text
    assert '"x y" = "Y"' in change.text
    both = parted(MINE, Pair("a b", "c d")).text
    assert both.index("different") < both.index("[rename]")
    assert merged(both, Pair("a b", "c d")).removed == ("different: 'a b', 'c d'",)


def test_a_chain_is_cut_where_the_parted_name_hangs_on_it() -> None:
    text = 'same = [["a", "x1"], ["x1", "b"], ["b", "y1"]]\n'
    change = parted(text, Pair("a", "b"))
    assert change.removed == ("same: 'x1', 'b'",)
    assert change.text == 'same = [["a", "x1"], ["b", "y1"]]\ndifferent = [\n    ["a", "b"],\n]\n'


def test_merging_lifts_contradictions_within_the_whole_group() -> None:
    text = 'same = [["a", "b"]]\ndifferent = [["b", "c"], ["d", "e"]]\n'
    change = merged(text, Pair("a", "c"))
    assert change.removed == ("different: 'b', 'c'",)
    assert change.text == 'same = [["a", "b"], ["a", "c"]]\ndifferent = [["d", "e"]]\n'


def test_tables_in_place_of_a_list_are_kept_as_such() -> None:
    text = '[[same]]\nnames = ["a", "b"]\n'
    assert parse_text(merged(text, Pair("c", "d", "n")).text).same == (Pair("a", "b"), Pair("c", "d", "n"))


def parse_text(text: str):
    import tomllib

    return parse(tomllib.loads(text))


def test_inverse_edits_leave_the_file_as_it_was() -> None:
    for text in ("", MINE, written(NONE)):
        there = merged(text, Pair("q", "r")).text
        assert parted(there, Pair("q", "r"), add=False).text == text


def test_a_new_file_begins_with_what_a_graph_was_built_with(tmp_path: Path) -> None:
    built = parse({"same": [["a", "b"]], "drop": ["p"], "kind": {"z": {"kind": "Task", "note": "n"}}})
    text, new = start(tmp_path / "overrides.toml", built)
    assert new
    assert parse_text(text) == built
    save(tmp_path / "overrides.toml", text)
    assert start(tmp_path / "overrides.toml", NONE) == (text, False)
    assert [path.name for path in tmp_path.iterdir()] == ["overrides.toml"]


def test_a_text_that_contradicts_itself_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="said to be different"):
        save(tmp_path / "o.toml", 'same = [["a", "b"]]\ndifferent = [["a", "b"]]\n')
    assert not (tmp_path / "o.toml").exists()
