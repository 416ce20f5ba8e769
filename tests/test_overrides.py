"""What a user decides about names: reading, refusing, grouping, and where the file is found."""

from pathlib import Path

import pytest

from kg import config, overrides
from kg.errors import ConfigError

WHOLE = """
same = [["QuT", "quibble tuning"], { names = ["ZM", "zeta model"], note = "our usage" }]
different = [["SAM", "sharp mill"]]
drop = ["our method", { name = "ours", note = "no thing" }]

[rename]
"kv caches" = "KV cache"

[kind]
Zork = { kind = "Dataset", note = "seen" }
"""


def test_a_whole_file_is_read_and_given_back_as_plain_data(tmp_path: Path) -> None:
    file = tmp_path / "overrides.toml"
    file.write_text(WHOLE, encoding="utf-8")
    found = overrides.read(file)
    assert [(pair.a, pair.b, pair.note) for pair in found.same] == [
        ("QuT", "quibble tuning", ""),
        ("ZM", "zeta model", "our usage"),
    ]
    assert found.kind == (overrides.Setting("Zork", "Dataset", "seen"),)
    assert found.drop[1] == overrides.Setting("ours", "", "no thing")
    assert overrides.parse(found.as_dict()) == found
    assert found.names()[:3] == ["QuT", "quibble tuning", "ZM"]
    assert found
    assert not overrides.NONE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('sam = [["a b", "c d"]]', "unknown key 'sam'; known are same"),
        ('same = [["a b"]]', "same, entry 1 is"),
        ('same = "a"', "must be a list"),
        ('same = [["a b", 3]]', "is 3; it must be one line"),
        ('same = [["KV cache", "KV Caches"]]', "are one name to kg already"),
        ('same = [{ names = ["a b", "c d"], why = "x" }]', "unknown key 'why'; known are names, note"),
        ('same = [["a b", "c d"]]\ndifferent = [["C D", "a b"]]', "'C D' and 'a b' are said to be different"),
        ('same = [["a b", "c d"], ["c d", "e f"]]\ndifferent = [["a b", "e f"]]', "take one of both out"),
        ('[kind]\nZork = "Animal"', "'Animal' is no kind; known are Method"),
        ('[rename]\nZork = ""', "must be one line of text"),
        ('rename = ["a"]', "must be a table"),
        ('[rename]\n"KV cache" = "x"\n"kv caches" = "y"', "which are one name; keep one"),
        ('drop = ["()"]', "no letter, digit or sign"),
        ('drop = ["a\\nb"]', "must be one line"),
        ("same = [", "no valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.toml") as caught:
        overrides.read(file)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        overrides.read(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="no valid TOML"):
        overrides.read(tmp_path / "bytes.toml")


def test_groups_join_over_several_pairs() -> None:
    made = overrides.parse({"same": [["c", "d"], ["x", "y"], ["a", "b"], ["b", "c"]]})
    assert made.groups() == [("c", "d", "a", "b"), ("x", "y")]


def test_the_file_beside_the_settings_is_found_and_another_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.load() == config.Config()
    Path("overrides.toml").write_text('drop = ["here"]', encoding="utf-8")
    assert [item.name for item in config.load().overrides.drop] == ["here"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "kg.toml").write_text('overrides = "mine.toml"', encoding="utf-8")
    assert config.overrides_file(other / "kg.toml") == other / "mine.toml"
    with pytest.raises(ConfigError, match=r"mine\.toml: cannot be read"):
        config.load(other / "kg.toml")
    (other / "mine.toml").write_text('drop = ["there"]', encoding="utf-8")
    assert [item.name for item in config.load(other / "kg.toml").overrides.drop] == ["there"]
    assert config.overrides_file() == Path("overrides.toml")


def test_decisions_are_part_of_the_settings_and_come_back_from_a_manifest() -> None:
    made = config.Config(overrides=overrides.parse({"same": [["a", "b"]], "kind": {"z": "Task"}}))
    assert config.from_dict(made.as_dict()) == made
    assert hash(made) != hash(config.Config())
    with pytest.raises(ConfigError, match=r"overrides is 3; it must be of type"):
        config.from_dict({"overrides": 3})
