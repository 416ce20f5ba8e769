"""Small, malformed and huge files of the JSON formats, all of invented papers."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from tests.reader_sample import DATA, Sample

#: Makes every record of a huge file some kilobytes long.
FILLER = "We measure what a small model forgets when it learns. " * 40


def array(record: Callable[[int], object]) -> Callable[[int], Iterator[bytes]]:
    """Write an array on one line."""

    def pieces(count: int) -> Iterator[bytes]:
        yield b"["
        for number in range(count):
            yield (b", " if number else b"") + json.dumps(record(number)).encode()
        yield b"]\n"

    return pieces


def answer(
    before: str, record: Callable[[int], object], after: str, indent: int | None = None
) -> Callable[[int], Iterator[bytes]]:
    """Write an object that holds the records in a list, between the two texts."""

    def pieces(count: int) -> Iterator[bytes]:
        yield before.encode()
        for number in range(count):
            yield (b",\n" if number else b"\n") + json.dumps(record(number), indent=indent).encode()
        yield after.encode()

    return pieces


def lines(record: Callable[[int], object]) -> Callable[[int], Iterator[bytes]]:
    """Write JSON lines."""

    def pieces(count: int) -> Iterator[bytes]:
        for number in range(count):
            yield json.dumps(record(number)).encode() + b"\n"

    return pieces


@cache
def _load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _first(name: str, *path: str | int) -> dict[str, object]:
    value = _load(name)
    for step in path:
        value = value[step]
    assert isinstance(value, dict)
    return value


def _entry(number: int) -> object:
    entry = _first("hf-api.json", 0)
    paper = {**_first("hf-api.json", 0, "paper"), "id": f"3102.{number:05d}", "title": f"Title {number}"}
    return {**entry, "paper": {**paper, "summary": FILLER}}


def _work(number: int) -> object:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(FILLER.split()):
        places.setdefault(word, []).append(place)
    work = _first("openalex.json", "results", 1)
    return {**work, "title": f"Title {number}", "abstract_inverted_index": places}


def _found(number: int) -> object:
    return {**_first("semantic-scholar.json", "data", 0), "title": f"Title {number}", "abstract": FILLER}


def _note(number: int) -> object:
    note = _first("openreview.json", "notes", 1)
    content = {"title": {"value": f"Title {number}"}, "abstract": {"value": FILLER}}
    return {**note, "id": f"n{number}", "forum": f"n{number}", "content": content}


def _event(number: int) -> object:
    return {**_first("conference-events.json", "results", 0), "name": f"Title {number}", "abstract": FILLER}


def _record(number: int) -> object:
    return {"id": f"r{number}", "title": f"Title {number}", "abstract": FILLER}


#: Reader -> what its contract test needs.
SAMPLES: dict[str, Sample] = {
    "hf-api": Sample("hf-api.json", 3, "hf-api-broken.json", "title is a list", array(_entry)),
    "openalex": Sample(
        "openalex.json",
        3,
        "openalex-broken.json",
        "abstract_inverted_index is no object",
        answer('{"meta": {"count": 1, "db_response_time_ms": 3}, "results": [', _work, '], "group_by": []}'),
    ),
    "semantic-scholar": Sample(
        "semantic-scholar.json",
        3,
        "semantic-scholar-broken.json",
        "no JSON object but null",
        answer('{"total": 1, "offset": 0, "data": [', _found, "]}", indent=1),
    ),
    "openreview": Sample(
        "openreview.json",
        3,
        "openreview-broken.json",
        "a reply in the forum",
        answer('{"notes": [', _note, '], "count": 1}'),
    ),
    "conference": Sample(
        "conference.json",
        3,
        "conference-events.json",
        "an event of the type 'Break'",
        answer('{\n  "count": 1,\n  "results": [', _event, "]\n}", indent=2),
    ),
    "jsonl": Sample("papers.jsonl", 3, "papers-broken.jsonl", "no valid JSON in line 2", lines(_record)),
}
