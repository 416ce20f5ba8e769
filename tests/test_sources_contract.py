"""What every reader keeps to, whatever its format."""

import gzip
import io
import random
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import READERS, read, recognise
from kg.sources.opening import Stream, open_input
from kg.sources.options import Options
from tests.reader_sample import DATA, Sample

#: Modules that hold samples.
MODULES = ("readers_json", "readers_markup", "readers_text")

SAMPLES: dict[str, Sample] = {}
for _module in MODULES:
    SAMPLES |= import_module(f"tests.{_module}").SAMPLES

#: Bytes of the huge files, and by how much memory may grow with them.
HUGE, GROWTH = 32 << 20, 10 << 20

#: Formats whose reader needs the end of the file before anything else.
FROM_THE_END = frozenset({"parquet"})

every = pytest.mark.parametrize("name", READERS)
streamed = pytest.mark.parametrize(
    "name", [name for name in READERS if name not in SAMPLES or SAMPLES[name].huge is not None]
)


def read_all(path: Path, name: str | None = None) -> tuple[list[Paper], list[Reject]]:
    rejects: list[Reject] = []
    return list(read([str(path)], reader=name, rejects=rejects.append)), rejects


def pieces(name: str, count: int) -> Iterable[bytes]:
    huge = SAMPLES[name].huge
    assert huge is not None
    return huge(count)


def test_every_reader_has_a_sample() -> None:
    assert SAMPLES.keys() == READERS.keys()


@every
def test_a_small_file_is_recognised_and_read(name: str) -> None:
    path = DATA / SAMPLES[name].small
    assert recognise(open_input(str(path)).head.decode("utf-8", "replace")) == name
    papers, rejects = read_all(path)
    assert not rejects
    assert len(papers) == SAMPLES[name].papers
    assert all(paper.title.strip() and paper.title == paper.title.strip() for paper in papers)
    sources = [source for paper in papers for source in paper.sources]
    assert {(source.reader, source.name) for source in sources} == {(name, path.name)}
    numbers = [source.record for source in sources]
    assert len(numbers) == len(papers)
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) >= 1
    assert read_all(path, name) == (papers, rejects)


@every
def test_no_other_reader_takes_the_sample_of_one_in_front_of_it(name: str) -> None:
    before = list(READERS)[: list(READERS).index(name)]
    for path in (DATA / SAMPLES[name].small, DATA / SAMPLES[name].malformed):
        head = open_input(str(path)).head.decode("utf-8", "replace")
        assert [other for other in before if READERS[other].detect(head)] == []


@every
def test_a_malformed_file_gives_rejects_and_what_is_good(name: str) -> None:
    sample, rejects, papers = SAMPLES[name], list[Reject](), list[Paper]()
    one_a_file = sample.huge is None
    try:
        papers.extend(read([str(DATA / sample.malformed)], reader=name, rejects=rejects.append))
    except InputError as error:
        assert one_a_file, error
        assert sample.complaint in str(error)
    assert rejects or one_a_file
    assert papers or one_a_file
    assert all(reject.reason and reject.name == sample.malformed and len(reject.excerpt) <= 120 for reject in rejects)
    if rejects:
        assert any(sample.complaint in reject.reason for reject in rejects), rejects


@every
def test_a_packed_file_gives_the_same(name: str, tmp_path: Path) -> None:
    sample = DATA / SAMPLES[name].small
    packed = tmp_path / sample.name
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    assert read_all(packed) == read_all(sample)


@every
def test_what_comes_before_a_cut_is_used_and_the_cut_is_told(name: str, tmp_path: Path) -> None:
    stem, _, suffix = SAMPLES[name].small.partition(".")
    huge = SAMPLES[name].huge
    whole = b"".join(huge(40)) if huge else (DATA / SAMPLES[name].small).read_bytes()
    packed = gzip.compress(whole, 0)  # stored as it is, so that the cut falls where it is made
    path = tmp_path / f"{stem}.{suffix}"
    path.write_bytes(packed[: len(packed) * 3 // 4])
    try:
        papers, rejects = read_all(path, name)
    except InputError as error:
        assert huge is None or name in FROM_THE_END, error
        assert "cut off" in str(error)
    else:
        assert 1 <= len(papers) < 40
        assert ["cut off" in reject.reason for reject in rejects] == [True]


@every
def test_garbage_after_the_head_does_no_harm(name: str) -> None:
    whole = (DATA / SAMPLES[name].small).read_bytes()
    chance = random.Random(7)
    for place in (0, 1, 2, 3, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        for noise in (chance.randbytes(3000), b"\xff\xfe\x00" * 50, b'"{[<(' * 200, b"\n---\n" + bytes(40)):
            try:
                stream = Stream(io.BytesIO(whole[:place] + noise), name="a", shown="a")
                rejects: list[Reject] = []
                list(READERS[name].read(stream, options=Options(), rejects=rejects.append))
            except InputError as error:
                assert str(error).startswith("a")
            else:
                assert all(reject.reason for reject in rejects)


_MEASURE = """
import io, itertools, resource, sys
from kg.sources import READERS
from kg.sources.opening import Stream
from kg.sources.options import Options
from tests.test_sources_contract import FROM_THE_END, HUGE, pieces

class Raw(io.RawIOBase):
    def __init__(self, chunks): self.chunks, self.rest = iter(chunks), b""
    def readable(self): return True
    def readinto(self, buffer):
        while not self.rest:
            self.rest = next(self.chunks, None)
            if self.rest is None:
                self.rest = b""
                return 0
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size

def run(chunks):
    stream = Stream(io.BufferedReader(Raw(chunks)), name="a", shown="a")
    return sum(1 for _ in READERS[name].read(stream, options=Options(), rejects=lambda reject: exit(str(reject))))

def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10

name = sys.argv[1]
some = sum(map(len, pieces(name, 50)))
count = HUGE * 50 // some + 1
chunks = pieces(name, count)
if name in FROM_THE_END:
    chunks = list(chunks)  # made as a whole, so made before anything is measured
run(pieces(name, 50))
before = peak()
assert run(chunks) == count
sys.stdout.write(str(peak() - before))
"""


@streamed
def test_a_huge_file_is_read_with_flat_memory(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", _MEASURE, name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < GROWTH
