"""JSON of services and conferences, and the shapes in which JSON holds papers."""

import io
import itertools
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Paper, Reject
from kg.sources import READERS, recognise
from kg.sources.json_outline import outline
from kg.sources.opening import Stream
from kg.sources.options import Options
from tests.reader_sample import DATA

#: The readers of JSON.
NAMES = ("hf-api", "openalex", "semantic-scholar", "openreview", "conference", "jsonl")

ONE = {"title": "One", "abstract": "We measure."}
TWO = {"title": "Two", "abstract": "We measure again."}


def read_json(data: object, name: str = "") -> tuple[list[Paper], list[Reject], str]:
    """Read bytes, text, or what is written as JSON, with the reader that recognises it or the one named."""
    text = data if isinstance(data, bytes | str) else json.dumps(data)
    stream = Stream(io.BytesIO(text if isinstance(text, bytes) else text.encode()), name="a", shown="a")
    name = name or recognise(stream.head.decode("utf-8", "replace"))
    rejects: list[Reject] = []
    return list(READERS[name].read(stream, options=Options(), rejects=rejects.append)), rejects, name


def read_file(name: str) -> tuple[list[Paper], list[Reject], str]:
    return read_json((DATA / name).read_bytes())


def titles(data: object, name: str = "jsonl") -> list[str]:
    papers, rejects, _ = read_json(data, name)
    assert not rejects
    assert [paper.sources[0].record for paper in papers] == list(range(1, len(papers) + 1))
    return [paper.title for paper in papers]


def works(*records: object) -> object:
    return {"meta": {"count": len(records), "db_response_time_ms": 5}, "results": list(records), "group_by": []}


def one_work(**fields: object) -> Paper:
    papers, rejects, _ = read_json(works({"id": "https://openalex.org/W1", "title": "T", **fields}))
    assert not rejects
    return papers[0]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "value",
    [
        [ONE, TWO],
        {"papers": [ONE, TWO]},
        {"conference": "Small Models", "year": 2031, "papers": [ONE, TWO], "count": 2},
        {"title": "Proceedings of Small Models", "papers": [ONE, TWO]},
        {"status": "ok", "data": {"items": [ONE, TWO], "more": False}},
        {"oral": [ONE], "poster": [TWO]},
        {"p1": ONE, "p2": TWO},
        {"papers": {"p1": ONE, "p2": TWO}},
    ],
)
def test_papers_are_found_in_whatever_holds_them(value: object, indent: int | None) -> None:
    assert titles(json.dumps(value, indent=indent)) == ["One", "Two"]


def test_an_object_over_several_lines_is_a_record_and_so_is_the_next_one() -> None:
    assert titles(json.dumps(ONE, indent=2)) == ["One"]
    assert titles(json.dumps(ONE, indent=2) + "\n" + json.dumps(TWO, indent=2)) == ["One", "Two"]
    assert titles('[{"title": "One"}]\n[{"title": "Two"}]\n') == ["One", "Two"]
    assert titles('{"papers": [\n{"title": "One"},\n{"title": "Two"}\n]}') == ["One", "Two"]


def test_lines_that_are_whole_answers_are_counted_by_paper() -> None:
    pages = [{"total": 4, "data": [{"paperId": f"{n}{m}", "title": f"T{n}{m}"} for m in (1, 2)]} for n in (1, 2)]
    assert titles("\n".join(map(json.dumps, pages)), "semantic-scholar") == ["T11", "T12", "T21", "T22"]


@pytest.mark.parametrize("indent", [None, 1])
def test_lists_inside_a_paper_are_no_papers(indent: int | None) -> None:
    record = {"references": [TWO], **ONE, "results": [{"metric": 0.5}], "papers": "none", "data": {"x": 1}}
    assert titles(json.dumps(record, indent=indent)) == ["One"]
    assert titles(json.dumps({"title": "One", "citations": [TWO], "results": []}, indent=indent)) == ["One"]


def test_an_id_that_is_a_key_is_kept() -> None:
    (paper,), _, _ = read_json({"3102.01234": ONE})
    assert (paper.key, paper.arxiv) == ("3102.01234", "3102.01234")


def test_an_empty_answer_has_no_record() -> None:
    for indent in (None, 2):
        assert read_json(json.dumps(works(), indent=indent)) == ([], [], "openalex")
        assert read_json(json.dumps({"notes": [], "count": 0}, indent=indent))[:2] == ([], [])


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("cut", [10, 40])
def test_what_stands_before_a_fault_is_used(indent: int | None, cut: int) -> None:
    text = json.dumps({"count": 3, "papers": [ONE, TWO, {"title": "Three", "abstract": "x" * 90}]}, indent=indent)
    for damaged in (text[:-cut], text.replace('"Three",', '"Three"')):
        papers, rejects, _ = read_json(damaged, "jsonl")
        assert [paper.title for paper in papers] == ["One", "Two"]
        assert [reject.record for reject in rejects] == [3]
        assert rejects[0].reason.startswith("no valid JSON from here on: ")


def test_a_first_line_that_is_cut_costs_one_record() -> None:
    good = json.dumps(ONE)
    for bad in ('{"title": "Cu', '{"title": "Cut"', '{"title": "Cut",', '{"ti'):
        papers, rejects, _ = read_json(f"{bad}\n{good}\n{good}\n", "jsonl")
        assert [paper.sources[0].record for paper in papers] == [2, 3]
        assert [reject.record for reject in rejects] == [1]
        assert "no valid JSON in line 1" in rejects[0].reason


def test_a_record_in_another_encoding_is_one_reject() -> None:
    whole = '{"papers": [{"title": "Café"}, {"title": "Two"}]}'.encode("latin-1")
    for data in (whole, whole.replace(b", {", b",\n{"), whole[11:-1]):
        papers, rejects, _ = read_json(data)
        assert [(paper.title, paper.sources[0].record) for paper in papers] == [("Two", 2)]
        assert [reject.record for reject in rejects] == [1]
        assert "iconv -f WINDOWS-1252" in rejects[0].reason
        assert rejects[0].excerpt == '{"title": "Caf\ufffd"}'


def test_odd_values_do_no_harm() -> None:
    text = '[{"title": "A\x01B", "n": NaN, "big": %s, "odd": "\\ud800"}, {"title": "Two"}]' % ("9" * 5000)
    assert titles(text) == ["A\ufffdB", "Two"]
    assert titles(text[1:-1].replace("}, {", "}\n{")) == ["A\ufffdB", "Two"]
    papers, rejects, _ = read_json('[{"title": "One"}, ' + "[" * 100_000)
    assert [paper.title for paper in papers] == ["One"]
    assert "nested too deeply" in rejects[0].reason


def test_a_number_at_the_edge_of_what_was_read_is_read_whole() -> None:
    for filler in range(65_480, 65_540):
        text = json.dumps({"about": "x" * filler, "count": 123456, "papers": [ONE]}, indent=1)
        assert titles(text) == ["One"]


def test_signs_are_keys_and_no_words_of_an_abstract() -> None:
    quoted = 'We read "abstract_inverted_index": {} and "paperId": 1, {"forum": {"content": {"title": ""}}}.'
    assert read_json([{"title": "On JSON", "abstract": quoted}])[2] == "jsonl"
    assert outline(json.dumps([{"a": quoted, "b": [{"c": 1}]}])).keys == {"a", "b", "b.c"}
    assert outline("not JSON").keys == outline("").keys == outline("   ").keys == frozenset()


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_keys_and_long_texts_do_not_hide_the_format(name: str) -> None:
    files = {"conference": "conference-events.json", "jsonl": "papers-pretty.json"}
    value = json.loads((DATA / files.get(name, f"{name}.json")).read_text(encoding="utf-8"))

    def turned(item: object) -> object:
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(item)}
        return [turned(one) for one in item] if isinstance(item, list) else item

    for indent in (None, 2):
        papers, _, found = read_json(json.dumps(turned(value), indent=indent))
        assert found == name
        assert papers == read_json(json.dumps(value), name)[0]
    line = json.dumps(value)
    assert recognise(line[: len(line) // 2]) == name
    rows = value if isinstance(value, list) else next(rows for rows in value.values() if isinstance(rows, list))
    assert recognise("{broken\n" + "\n".join(map(json.dumps, rows))) == name


def test_hugging_face() -> None:
    papers, rejects, name = read_file("hf-api.json")
    assert (name, rejects) == ("hf-api", [])
    first = papers[0]
    assert (first.arxiv, first.key, first.date) == ("3102.01234", "3102.01234", "2031-02-03")
    assert first.authors == ("Mira Kowalczyk", "Jonas Feld")
    assert "\n" not in papers[1].abstract
    assert not any("not read" in paper.abstract for paper in papers)
    (alone,), _, name = read_json(json.loads((DATA / "hf-api.json").read_bytes())[0]["paper"])
    assert (name, alone.title, alone.arxiv) == ("hf-api", first.title, first.arxiv)


def test_openalex() -> None:
    papers, rejects, name = read_file("openalex.json")
    assert (name, rejects) == ("openalex", [])
    first, second, third = papers
    assert (first.arxiv, first.doi, first.key, first.date) == ("3102.01234", "", "W4400000001", "2031-02-03")
    assert first.abstract.startswith("We introduce PebbleNet, a language model of 40 million")
    assert (second.arxiv, second.doi) == ("3102.00777", "10.99999/foot.2031.7")
    assert second.authors == ("Adaeze Obi",)
    assert (third.abstract, third.flags) == ("", ("title-only",))
    assert not any(paper.categories for paper in papers)
    single = json.loads((DATA / "openalex.json").read_bytes())["results"][0]
    for text in (json.dumps(single), json.dumps(single, indent=2), json.dumps([single])):
        assert read_json(text)[0] == [first]


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ({"b": [1], "a": [0, 2]}, "a b a"),
        ({"a": [0], "c": [7], "b": [3]}, "a b c"),
        ({"a": [0], "b": [0, 1]}, "a b"),
        ({"a": [0, 0], "b": None, "c": ["1"], "d": [True], "e": 5, "f": [-1]}, "f a"),
        ({"Abstract:": [0], "We": [1]}, "We"),
        ({"Abstract": [0], "We": [1], "measure.": [2]}, "We measure."),
        ({"Abstract": [0], "reasoning": [1], "is": [2], "hard.": [3]}, "Abstract reasoning is hard."),
        ({}, ""),
        (None, ""),
    ],
)
def test_inverted_abstracts(index: object, text: str) -> None:
    paper = one_work(abstract_inverted_index=index)
    assert paper.abstract == text
    assert ("title-only" in paper.flags) == (not text)


def test_openalex_values_of_a_wrong_type_cost_their_field() -> None:
    paper = one_work(
        authorships=[None, {"author": {"display_name": "A. Byron"}}, 5],
        ids=[1],
        locations=7,
        doi={},
        publication_date=[],
    )
    assert (paper.authors, paper.flags) == (("A. Byron",), ("title-only", "unread-date"))
    assert one_work(title=None, display_name="Shown").title == "Shown"
    assert one_work(publication_date=None, publication_year=2031).date == "2031"
    assert (
        read_json(works({"id": "https://openalex.org/W1", "display_name": "T", "cited_by_count": 0}))[2] == "openalex"
    )


def test_semantic_scholar() -> None:
    papers, rejects, name = read_file("semantic-scholar.json")
    assert (name, rejects) == ("semantic-scholar", [])
    assert [(paper.arxiv, paper.doi, paper.date) for paper in papers] == [
        ("3102.01234", "", "2031-02-03"),
        ("", "10.99999/foot.2031.7", "2031"),
        ("", "", "2030-12-01"),
    ]
    assert papers[0].key.endswith("b")
    assert not any(paper.categories for paper in papers)


def test_semantic_scholar_batches_citations_and_bulk_records() -> None:
    papers, rejects, name = read_json([None, {"paperId": "a", "title": "One"}])
    assert (name, papers[0].sources[0].record, rejects[0].record) == ("semantic-scholar", 2, 1)
    cited = {"offset": 0, "data": [{"citedPaper": {"paperId": "b", "title": "Two"}}, {"citedPaper": None}]}
    papers, rejects, name = read_json(cited)
    assert (name, papers[0].title, rejects[0].reason) == (
        "semantic-scholar",
        "Two",
        "the paper of a citation is no object",
    )
    bulk = {
        "corpusid": 7,
        "externalids": {"ArXiv": "3102.01234", "DOI": None},
        "title": "T",
        "publicationdate": "2031-02-03",
    }
    (paper,), _, name = read_json(bulk)
    assert (name, paper.key, paper.arxiv, paper.date) == ("semantic-scholar", "7", "3102.01234", "2031-02-03")


def test_openreview() -> None:
    papers, rejects, name = read_file("openreview.json")
    assert (name, rejects) == ("openreview", [])
    assert [(paper.key, paper.date, paper.categories, paper.flags) for paper in papers] == [
        ("pEbBleN3t", "2031-02-03", (), ()),
        ("f00tN0te5", "2031-02-04", ("retrieval",), ()),
        ("warmR3st", "2031-02-04", (), ("tldr",)),
    ]
    assert papers[2].abstract == "Small and sparse."
    assert papers[1].authors == ("Adaeze Obi",)


@pytest.mark.parametrize("when", ["soon", None, True, -5, 10**30, float("nan"), float("inf"), [1]])
def test_openreview_without_a_date(when: object) -> None:
    note = {
        "forum": "f",
        "cdate": when,
        "content": {"title": {"value": "T"}, "authors": {"value": [{"fullname": "A. B."}]}},
    }
    (paper,), rejects, name = read_json({"notes": [note]})
    assert (name, paper.date, paper.authors, rejects) == ("openreview", "", ("A. B.",), [])


def test_openreview_replies_are_no_papers() -> None:
    papers, rejects, _ = read_file("openreview-broken.json")
    assert [paper.sources[0].record for paper in papers] == [1, 4]
    assert rejects[0].reason == "a reply in the forum pEbBleN3t, no paper"
    assert papers[1].flags == ("unread-authors",)


def test_conferences() -> None:
    papers, rejects, name = read_file("conference.json")
    assert (name, rejects) == ("conference", [])
    assert [(paper.key, paper.arxiv, paper.date) for paper in papers] == [
        ("pEbBleN3t", "", "2031"),
        ("f00tN0te5", "3102.00777", "2031"),
        ("warmR3st", "", "2031"),
    ]
    assert (papers[0].authors, papers[0].categories) == (("Mira Kowalczyk", "Jonas Feld"), ("foundation models",))
    papers, rejects, name = read_file("conference-events.json")
    assert (name, papers[0].date, papers[0].authors) == ("conference", "2031", ("Mira Kowalczyk", "Jonas Feld"))
    assert "'Break'" in rejects[0].reason


def test_other_shapes_of_conferences() -> None:
    talk = {
        "type": "Poster",
        "name": "T",
        "virtualsite_url": "u",
        "speakers/authors": "A. Byron, B. Turing",
        "abstract": "We.",
    }
    (paper,), _, name = read_json([talk])
    assert (name, paper.title, paper.authors) == ("conference", "T", ("A. Byron", "B. Turing"))
    (paper,), _, name = read_json([{"UID": "main.7", "title": "T", "authors": "A. Byron|B. Turing", "abstract": "We."}])
    assert (name, paper.key, paper.authors) == ("conference", "main.7", ("A. Byron", "B. Turing"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from(
    "id title abstract summary authors paper content forum doi ids locations authorships abstract_inverted_index "
    "externalIds paperId year publicationDate cdate name eventtype keywords replyto results notes data papers".split()
)


@given(st.dictionaries(_KEYS, st.dictionaries(_KEYS, _JSON, max_size=3) | _JSON, max_size=6), st.sampled_from(NAMES))
def test_no_value_crashes_a_reader(record: dict[str, object], name: str) -> None:
    for value in (record, {"results": [record, record]}, [record]):
        for indent in (None, 1):
            papers, rejects, _ = read_json(json.dumps(value, indent=indent), name)
            assert all(reject.reason for reject in rejects)
            assert all(paper.title.strip() or paper.abstract.strip() for paper in papers)


@given(st.binary(max_size=40), st.integers(0, 4000), st.sampled_from(NAMES))
def test_no_bytes_crash_a_reader(noise: bytes, place: int, name: str) -> None:
    files = {"jsonl": "papers-pretty.json"}
    whole = (DATA / files.get(name, f"{name}.json")).read_bytes()
    place %= len(whole)
    try:
        _, rejects, _ = read_json(whole[:place] + noise + whole[place + len(noise) // 2 :], name)
    except InputError as error:
        assert str(error).startswith("a")
    else:
        assert all(len(reject.excerpt) <= 120 for reject in rejects)


def _object(count: int) -> Iterable[bytes]:
    record = json.dumps({"title": "T", "abstract": "word " * 2000}, indent=2).encode()
    yield b'{\n  "count": 1,\n  "papers": [\n'
    yield from itertools.chain.from_iterable(itertools.repeat((record, b",\n"), count - 1))
    yield record + b"\n]}"


def test_an_object_is_read_with_flat_memory(tmp_path: Path) -> None:
    with (tmp_path / "big.json").open("wb") as file:
        file.writelines(_object(5000))
    script = (
        "import resource, sys\n"
        "from kg.sources import read\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "count = sum(1 for _ in read(sys.argv[1:], rejects=print))\n"
        "sys.stdout.write(f'{count} {peak() - before}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "big.json")], capture_output=True, text=True, check=True
    )
    count, grown = done.stdout.split()
    assert count == "5000"
    assert int(grown) < 25  # of 50 MB
