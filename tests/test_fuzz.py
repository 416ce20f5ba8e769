"""Every target of fuzzing: what campaigns found, and some input that hypothesis makes up; see docs/how-to/fuzz.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.campaign import shrunk, signature
from fuzz.counting import COUNTS
from fuzz.readers import FAMILIES
from fuzz.table import TARGETS
from fuzz.target import CASES, ROOT, BrokenError, hold
from kg.sources import READERS

every = pytest.mark.parametrize("name", TARGETS)


def cases() -> Iterator[tuple[str, Path]]:
    for folder in sorted(path for path in CASES.iterdir() if path.is_dir()):
        yield from ((folder.name, path) for path in sorted(folder.iterdir()))


FOUND = list(cases())


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """Make inputs of the seeds with some stretches replaced, and inputs of nothing but chance."""
    target = TARGETS[name]
    seeds = [seed[: target.longest] for seed in target.seeds()]
    words = [word.encode() for word in target.words]
    piece = st.sampled_from(words) | st.binary(max_size=9) | st.text(max_size=5).map(str.encode)
    edit = st.tuples(st.integers(0, target.longest), st.integers(0, 30), piece)
    return st.builds(edited, st.sampled_from(seeds), st.lists(edit, max_size=6)) | st.lists(piece).map(b"".join)


def edited(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, size, piece in edits:
        start = place % (len(data) + 1)
        data = data[:start] + piece + data[start + size :]
    return data


@every
def test_the_seeds_hold(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for seed in seeds[:: 1 + len(seeds) // 30]:
        TARGETS[name].check(seed)


@pytest.mark.parametrize(("name", "path"), FOUND, ids=lambda value: getattr(value, "name", value))
def test_what_was_found_stays_mended(name: str, path: Path) -> None:
    TARGETS[name].check(path.read_bytes())


@every
def test_inputs_of_chance_hold(name: str) -> None:
    @settings(max_examples=TARGETS[name].examples, suppress_health_check=list(HealthCheck))
    @given(inputs(name))
    def holds(data: bytes) -> None:
        TARGETS[name].check(data)

    holds()


def test_every_reader_has_a_target() -> None:
    assert sorted(name for names in FAMILIES.values() for name in names) == sorted(READERS)
    assert COUNTS.keys() <= READERS.keys()


def test_every_case_belongs_to_a_target() -> None:
    assert {name for name, _ in FOUND} <= TARGETS.keys()
    assert all(path.stat().st_size <= 1 << 15 for _, path in FOUND)


def test_a_broken_promise_is_found_and_made_small() -> None:
    def check(data: bytes) -> None:
        hold(b"ab" not in data, "there is no ab", data)

    def name_of(data: bytes) -> str:
        with pytest.raises(BrokenError) as caught:
            check(data)
        return signature(caught.value)

    assert name_of(b"xxab") == name_of(b"ab")
    assert re.fullmatch(r"brokenerror-test_fuzz-check-[0-9a-f]{6}", name_of(b"ab"))
    assert shrunk(b"x" * 99 + b"ab" + b"y" * 99, lambda data: b"ab" in data) == b"ab"


def test_the_guide_names_every_target() -> None:
    guide = (ROOT / "docs" / "how-to" / "fuzz.md").read_text(encoding="utf-8")
    assert {name for name in TARGETS if f"`{name}`" not in guide} == set()
