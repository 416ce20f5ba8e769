"""Inputs of every kind, good and bad."""

import gzip
import io
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import READERS, read
from kg.sources.fields import LONGEST_ABSTRACT
from kg.sources.opening import Stream
from kg.sources.options import Options

PAGES = Path(__file__).parent / "data" / "pages"


def read_all(*inputs: object, reader: str | None = None, page_year: int = 0) -> tuple[list[Paper], list[Reject]]:
    rejects: list[Reject] = []
    names = [str(name) for name in inputs]
    return list(read(names, reader=reader, options=Options(page_year=page_year), rejects=rejects.append)), rejects


def lines(*records: object) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def some(count: int) -> bytes:
    return lines(*({"title": f"Paper {number}", "abstract": "We measure."} for number in range(1, count + 1)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, zstandard.compress])
def test_compression_is_known_by_content(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    (tmp_path / "papers.dat").write_bytes(pack(some(3)))
    assert [paper.title for paper in read_all(tmp_path / "papers.dat")[0]] == ["Paper 1", "Paper 2", "Paper 3"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstandard.compress])
def test_members_that_follow_each_other_are_read(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    padding = bytes(4096) if pack is lzma.compress else b""
    (tmp_path / "papers").write_bytes(pack(some(2)) + padding + pack(some(1)) + padding)
    assert [paper.title for paper in read_all(tmp_path / "papers")[0]] == ["Paper 1", "Paper 2", "Paper 1"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstandard.compress])
def test_a_cut_file_gives_what_is_good(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    numbers = (number * 7919 % 10007 for number in range(30_000))
    packed = pack(lines(*({"title": f"Paper {number}"} for number in numbers)))
    (tmp_path / "cut.jsonl").write_bytes(packed[: len(packed) * 3 // 4])
    papers, rejects = read_all(tmp_path / "cut.jsonl")
    assert papers[0].title == "Paper 0"
    assert len(papers) > 1000
    assert len(rejects) == 1
    assert "cut off" in rejects[0].reason
    assert "fetch the file again" in rejects[0].reason


def test_a_damaged_file_gives_what_is_good(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(lines(*({"title": f"Paper {number * 7919 % 10007}"} for number in range(30_000)))))
    packed[len(packed) // 2 : len(packed) // 2 + 40] = bytes(40)
    (tmp_path / "bad.gz").write_bytes(packed)
    papers, rejects = read_all(tmp_path / "bad.gz")
    assert papers
    assert "damaged" in rejects[-1].reason


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(some(2)))))
    papers, _ = read_all("-")
    assert [paper.sources[0].name for paper in papers] == ["-", "-"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes('{"title": "Schrödinger Bridges"}\n{"title": "B"}\n'.encode(encoding))
    assert [paper.title for paper in read_all(tmp_path / "a")[0]] == ["Schrödinger Bridges", "B"]


def test_a_folder_is_walked_in_order_without_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.jsonl").write_bytes(lines({"title": "Second"}))
    (tmp_path / "a.jsonl").write_bytes(lines({"title": "First"}))
    (tmp_path / "README.md").write_text("About these papers")
    (tmp_path / ".hidden").write_bytes(lines({"title": "Hidden"}))
    (tmp_path / "notes.txt").write_text("Nothing kg knows")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kg-workspace.json").write_bytes(lines({"title": "Ours"}))
    papers, rejects = read_all(tmp_path)
    assert [paper.title for paper in papers] == ["First", "Second"]
    assert [(reject.name, reject.reason.split(";")[0]) for reject in rejects] == [
        ("empty.txt", "the file is empty"),
        ("notes.txt", "not a format kg knows"),
    ]


def test_a_folder_without_papers(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("No papers here")
    with pytest.raises(InputError, match="no paper in this folder"):
        read_all(tmp_path)


def test_a_missing_input_stops_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(some(1))
    with pytest.raises(InputError, match="there is no such file"):
        read([str(tmp_path / "a"), str(tmp_path / "absent")], rejects=lambda reject: None)


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(some(1))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"a: cannot be read \(Permission denied\); check"):
        read_all(tmp_path / "a")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (gzip.compress(b""), "empty"),
        (b"PK\x03\x04....", "zip archive"),
        (bytes(range(256)) * 20, "binary file"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "binary file"),
        (b"Just some words.\n", "not a format kg knows.*--from"),
        (b'{\n  "name": "Pretty"\n}\n', "1 record rejected; bad, record 1: no title and no abstract"),
        (b"[1, 2]", "2 records rejected; bad, record 1: no JSON object but 1"),
        ('{"title": "A"}\n'.encode("utf-16-le"), "iconv -f UTF-16LE -t UTF-8"),
        (
            "Get trending papers in your email inbox!\nSubscribe\nCafé au lait".encode("latin-1"),
            "iconv -f WINDOWS-1252",
        ),
        (
            b"Get trending papers in your email inbox!\nSubscribe\nOne\nTwo\nThree\n",
            "layout may have changed; expected",
        ),
        (b"Get trending papers in your email inbox!\n", "layout may have changed; expected"),
        (b'{"title": 5}\n', "no paper in .*1 record rejected; bad, record 1: title is a number"),
    ],
)
def test_an_input_that_cannot_be_used_says_why(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_all(path)
    assert str(path) in str(caught.value)


def test_an_unknown_reader() -> None:
    with pytest.raises(InputError, match=r"known are .*jsonl"):
        read_all("-", reader="nothing")


def test_truncated_json_in_line_7(tmp_path: Path) -> None:
    good = some(9).splitlines(keepends=True)
    good[6] = good[6][:20] + b"\n"
    (tmp_path / "a.jsonl").write_bytes(b"".join(good))
    papers, rejects = read_all(tmp_path / "a.jsonl")
    assert [paper.sources[0].record for paper in papers] == [1, 2, 3, 4, 5, 6, 8, 9]
    (reject,) = rejects
    assert (reject.name, reject.record) == ("a.jsonl", 7)
    assert "no valid JSON in line 7" in reject.reason
    assert reject.excerpt.startswith('{"title"')


def test_bad_records_are_rejected_and_the_others_used(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        lines(
            {"title": "Kept", "abstract": "Text."},
            {"id": "x"},
            {"title": " ", "abstract": ""},
            {"title": 12, "abstract": "Text."},
            {"title": "T", "abstract": ["a"]},
            ["no", "object"],
            {"title": "T", "abstract": "long " * 1_000_000},
            {"title": "t" * 5000},
            {"title": "T", "id": True},
        )
        + '{"title": "Caf\xe9 society"}\n'.encode("latin-1")
        + lines({"title": "Kept too", "abstract": "x" * LONGEST_ABSTRACT})
    )
    papers, rejects = read_all(tmp_path / "a.jsonl")
    assert [paper.title for paper in papers] == ["Kept", "Kept too"]
    assert [reject.record for reject in rejects] == list(range(2, 11))
    reasons = [reject.reason for reject in rejects]
    assert reasons[0] == reasons[1] == "no title and no abstract"
    assert reasons[2] == "title is a number; it must be text"
    assert reasons[3] == "abstract is a list; it must be text"
    assert reasons[4].startswith('no JSON object but ["no", "object"]')
    assert "not an abstract" in reasons[5]
    assert "not a title" in reasons[6]
    assert "iconv -f WINDOWS-1252" in reasons[8]
    assert all(len(reject.excerpt) <= 120 for reject in rejects)


def test_one_text_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(lines({"title": "Only a Title"}, {"abstract": "Only an abstract."}))
    assert [(paper.title, paper.abstract, paper.flags) for paper in read_all(tmp_path / "a")[0]] == [
        ("Only a Title", "", ("title-only",)),
        ("", "Only an abstract.", ("abstract-only",)),
    ]


def test_control_characters_and_lone_surrogates_become_visible_one_for_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'{"title": "A\\ud800B\\u0000C\x00D", "authors": ["E\\udc00"]}\n')
    (paper,), rejects = read_all(tmp_path / "a")
    assert (paper.title, paper.authors) == ("A\ufffdB\ufffdC\ufffdD", ("E\ufffd",))
    assert not rejects


def test_all_fields(tmp_path: Path) -> None:
    record = {
        "id": "arXiv:2106.09685v2",
        "title": "T",
        "summary": "S",
        "authors": [{"name": "A. Byron"}, "B. Turing"],
        "categories": "cs.CL cs.LG",
        "published": "2021-06-17T17:37:18Z",
        "doi": "https://doi.org/10.1000/ABC",
    }
    (tmp_path / "a").write_bytes(
        lines(record, {"title": "U", "id": 7, "year": 2020, "doi": "10.48550/arXiv.2101.00001"})
    )
    first, second = read_all(tmp_path / "a")[0]
    assert (first.arxiv, first.key, first.abstract) == ("2106.09685", "arXiv:2106.09685v2", "S")
    assert (first.authors, first.categories) == (("A. Byron", "B. Turing"), ("cs.CL", "cs.LG"))
    assert (first.date, first.doi, first.flags) == ("2021-06-17", "10.1000/abc", ())
    assert (second.key, second.date, second.arxiv, second.doi) == ("7", "2020", "2101.00001", "")


def test_an_odd_value_in_a_lesser_field_costs_only_that_field(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(lines({"title": "T", "abstract": "A", "date": "soon", "authors": 3, "doi": "none"}))
    (paper,), rejects = read_all(tmp_path / "a")
    assert paper.flags == ("unread-authors", "unread-date", "unread-doi")
    assert not rejects


def test_an_array(tmp_path: Path) -> None:
    records = [{"title": f"Paper {number}", "abstract": "[{,}] " * 9000} for number in range(5)]
    for indent in (None, 2):
        (tmp_path / "a.json").write_text(json.dumps(records, indent=indent))
        papers, rejects = read_all(tmp_path / "a.json")
        assert [paper.sources[0].record for paper in papers] == [1, 2, 3, 4, 5]
        assert not rejects
    for tail in ("", ', {"title": "Cut', ' {"title": "No comma"}]', "] more"):
        (tmp_path / "a.json").write_text(json.dumps(records)[:-1] + tail)
        papers, rejects = read_all(tmp_path / "a.json")
        assert len(papers) == 5
        assert [reject.record for reject in rejects] == [6]
        assert "no valid JSON from here on" in rejects[0].reason


def test_nesting_that_is_too_deep_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(some(1) + b'{"title": ' + b"[" * 100_000 + b"\n" + some(1))
    papers, rejects = read_all(tmp_path / "a")
    assert len(papers) == 2
    assert [reject.record for reject in rejects] == [2]


def test_json_lines_are_read_with_flat_memory(tmp_path: Path) -> None:
    record = json.dumps({"title": "T", "abstract": "word " * 2000}) + "\n"
    (tmp_path / "big.xz").write_bytes(lzma.compress(record.encode() * 5000, preset=0))
    script = (
        "import resource, sys\n"
        "from kg.sources import read\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "count = sum(1 for _ in read(sys.argv[1:], rejects=print))\n"
        "sys.stdout.write(f'{count} {peak() - before}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "big.xz")], capture_output=True, text=True, check=True
    )
    count, grown = done.stdout.split()
    assert count == "5000"
    assert int(grown) < 25  # of 50 MB


@given(st.binary(max_size=400), st.integers(0, 300), st.integers(0, 3))
def test_no_bytes_crash_a_reader(noise: bytes, place: int, pack: int) -> None:
    whole = (some(3), (PAGES / "dated.txt").read_bytes(), some(3), gzip.compress(some(40)))[pack]
    data = whole[:place] + noise + whole[place + len(noise) // 2 :]
    rejects: list[Reject] = []
    for reader in READERS.values():
        try:
            stream = Stream(io.BytesIO(data), name="a", shown="a")
            list(reader.read(stream, options=Options(), rejects=rejects.append))
        except InputError as error:
            assert str(error).startswith("a")


def test_the_sample() -> None:
    from kg.sources.sample import read_sample

    papers = list(read_sample())
    assert len(papers) >= 60
    assert all(paper.title and paper.abstract and paper.arxiv for paper in papers)
    assert {paper.sources[0].reader for paper in papers} == {"sample"}
