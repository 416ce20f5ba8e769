"""`kg vocabulary same`."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main

PAIRS = "deep Q-network\tDQN\nGPT-4\tGPT-4o\r\nquantisation\tquantization\n"


def same(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["vocabulary", "same", *arguments], input=stdin)


def test_two_names() -> None:
    result = same("CoT prompting", "chain-of-thought prompting")
    assert result.exit_code == 0
    verdict, reason = result.stdout.rstrip("\n").split("\t")
    assert verdict == "same"
    assert reason
    assert same("policy iteration", "value iteration").stdout.startswith("different\t")


def test_pairs_of_a_file_and_of_standard_input_in_order(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + PAIRS.encode())
    result = same("--pairs", str(path))
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["same", "different", "same"]
    assert same("--pairs", "-", stdin=PAIRS).stdout == result.stdout


def test_no_pairs_give_no_lines() -> None:
    result = same("--pairs", "-", stdin="")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("DQN", "1 field;"),
        ("", "1 field;"),
        ("a\tb\tc", "3 fields;"),
        ("DQN\t ", "an empty name;"),
    ],
)
def test_a_malformed_line_is_named(line: str, found: str) -> None:
    result = same("--pairs", "-", stdin=f"BERT\tGPT\n{line}\nSGD\tAdam\n")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"standard input, line 2: {found}" in result.stderr


def test_a_line_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.tsv"
    path.write_bytes(b"a\tb\nSchr\xf6dinger bridge\tbridge\n")
    result = same("--pairs", str(path))
    assert result.exit_code == 1
    assert f"{path}, line 2: no UTF-8" in result.stderr


def test_a_missing_file_is_one_message(tmp_path: Path) -> None:
    result = same("--pairs", str(tmp_path / "none.tsv"))
    assert result.exit_code == 1
    assert "none.tsv: No such file" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("one",), ("a", "b", "c"), ("a", "b", "--pairs", "-")])
def test_names_or_a_file_and_not_both(arguments: tuple[str, ...]) -> None:
    result = same(*arguments)
    assert result.exit_code == 2
    assert "Give two names, or a file of pairs" in result.stderr


def test_own_vocabularies_count(tmp_path: Path) -> None:
    terms = tmp_path / "own.ttl"
    terms.write_text(
        "@prefix kg: <https://w3id.org/paper-kg/ontology#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        'kg:zed a kg:Method ; skos:prefLabel "zed machine"@en ; skos:altLabel "quux engine"@en .\n',
        encoding="utf-8",
    )
    settings = tmp_path / "kg.toml"
    settings.write_text(f'vocabularies = ["{terms}"]\n', encoding="utf-8")
    assert same("zed machines", "quux engine").stdout.startswith("different\t")
    assert same("zed machines", "quux engine", "--config", str(settings)).stdout.startswith("same\t")


def test_judging_loads_no_language_model() -> None:
    import subprocess

    code = (
        "import sys; from kg.cli import main\n"
        "main(['vocabulary', 'same', 'a', 'b'], standalone_mode=False)\n"
        "sys.exit('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
