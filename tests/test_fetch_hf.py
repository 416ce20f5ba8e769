"""Fetching Daily Papers: days and ranges, days without papers, young lists that grow."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import FetchError
from kg.fetch import hf
from kg.fetch.folder import held
from kg.sources import read
from tests.service import Reply, Watch, client, listed, play_hf, serving

DAYS = {"2025-06-02": [1, 2, 3], "2025-06-03": [4], "2025-06-14": [5]}


def fetch(path: Path, url: str, date: str, *, watch: Watch | None = None, **options: object) -> int:
    asking = client(watch=watch)
    with held(path, "hf", {}) as place:
        wanted = hf.days(date, today="2025-06-15")
        return hf.fetch(wanted, place, asking, address=url, notify=print, **options)  # type: ignore[arg-type]


def names(path: Path) -> list[str]:
    return sorted(item.name for item in path.iterdir() if item.name.startswith("hf-"))


def test_a_range_of_days_becomes_papers(tmp_path: Path) -> None:
    with serving(play_hf(DAYS)) as service:
        assert fetch(tmp_path, service.url, "2025-06-01..2025-06-04") == 4
    assert names(tmp_path) == ["hf-2025-06-02.json", "hf-2025-06-03.json"]
    assert [asked.fields["date"] for asked in service.asked] == [f"2025-06-0{day}" for day in (1, 2, 3, 4)]
    papers = list(read([str(tmp_path)], rejects=print))
    assert [paper.arxiv for paper in papers] == [f"2506.0000{number}" for number in (1, 2, 3, 4)]


def test_final_lists_are_not_asked_for_again_and_young_ones_are(tmp_path: Path) -> None:
    days, watch = {day: list(numbers) for day, numbers in DAYS.items()}, Watch()
    with serving(play_hf(days, tags=True)) as service:
        assert fetch(tmp_path, service.url, "2025-06-02..2025-06-14", watch=watch) == 5
        sent = len(service.asked)
        assert fetch(tmp_path, service.url, "2025-06-02..2025-06-14", watch=watch) == 0
        assert len(service.asked) == sent
        watch.next_day()
        assert fetch(tmp_path, service.url, "2025-06-12..2025-06-14", watch=watch) == 0
        assert [asked.fields["date"] for asked in service.asked[sent:]] == ["2025-06-13", "2025-06-14"]
        assert "if-none-match" in service.asked[-1].headers
        days["2025-06-14"].append(6)
        watch.next_day()
        assert fetch(tmp_path, service.url, "2025-06-14", watch=watch) == 1
    assert len(json.loads((tmp_path / "hf-2025-06-14.json").read_bytes())) == 2


def test_a_long_list_takes_several_pages(tmp_path: Path) -> None:
    with serving(play_hf({"2025-06-02": list(range(230))})) as service:
        assert fetch(tmp_path, service.url, "2025-06-02") == 230
    assert [asked.fields["p"] for asked in service.asked] == ["0", "1", "2"]
    assert names(tmp_path) == [f"hf-2025-06-02{part}.json" for part in ("-2", "-3", "")]


def test_max_stops_between_days_and_refresh_asks_again(tmp_path: Path) -> None:
    with serving(play_hf(DAYS)) as service:
        assert fetch(tmp_path, service.url, "2025-06", most=3) == 3
        assert fetch(tmp_path, service.url, "2025-06") == 2
        sent = len(service.asked)
        assert fetch(tmp_path, service.url, "2025-06-02", refresh=True) == 0
    assert len(service.asked) == sent + 1


def test_a_lost_file_is_fetched_again(tmp_path: Path) -> None:
    with serving(play_hf(DAYS, tags=True)) as service:
        fetch(tmp_path, service.url, "2025-06-02")
        (tmp_path / "hf-2025-06-02.json").unlink()
        fetch(tmp_path, service.url, "2025-06-02")
    assert names(tmp_path) == ["hf-2025-06-02.json"]


def test_a_failure_leaves_the_days_before_it(tmp_path: Path) -> None:
    def answer(asked: object) -> Reply:
        return Reply(b"", 500) if asked.fields["date"] == "2025-06-03" else play_hf(DAYS)(asked)  # type: ignore[attr-defined, arg-type]

    with serving(answer) as service, pytest.raises(FetchError, match=r"HTTP 500.*goes on from there"):
        fetch(tmp_path, service.url, "2025-06-02..2025-06-04")
    with serving(play_hf(DAYS)) as service:
        assert fetch(tmp_path, service.url, "2025-06-02..2025-06-04") == 1
    assert [asked.fields["date"] for asked in service.asked] == ["2025-06-03", "2025-06-04"]


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        ({"papers": []}, "a list of papers"),
        ([{"id": "2506.00001"}], "paper.id"),
        ([{"paper": {"arxiv": "1"}}], "paper.id"),
    ],
)
def test_a_changed_format_shows_what_came(tmp_path: Path, body: object, lacks: str) -> None:
    with (
        serving(lambda asked: Reply(json.dumps(body).encode())) as service,
        pytest.raises(FetchError, match=f"{lacks}.*has changed: ."),
    ):
        fetch(tmp_path, service.url, "2025-06-02")


@pytest.mark.parametrize(
    ("text", "first", "last", "number"),
    [
        ("2025-03-31", "2025-03-31", "2025-03-31", 1),
        ("2024-02", "2024-02-01", "2024-02-29", 29),
        ("2024-12", "2024-12-01", "2024-12-31", 31),
        ("2024", "2024-01-01", "2024-12-31", 366),
        ("2025-06", "2025-06-01", "2025-06-15", 15),
        ("2023", "2023-05-01", "2023-12-31", 245),
    ],
)
def test_dates(text: str, first: str, last: str, number: int) -> None:
    days = hf.days(text, today="2025-06-15")
    assert (days[0], days[-1], len(days)) == (first, last, number)


@pytest.mark.parametrize(
    "text", ["2025-02-30", "soon", "2025-03-02..2025-03-01", "2031-01-01", "2020", "2025-3-1", ".."]
)
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(FetchError, match=repr(text.split("..")[0])[:-1]):
        hf.days(text, today="2025-06-15")


def test_the_command(tmp_path: Path) -> None:
    with serving(play_hf(DAYS)) as service:
        done = CliRunner().invoke(main, ["fetch", "hf", "2025-06-02", "-o", str(tmp_path / "hf"), "--url", service.url])
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{tmp_path / 'hf'}\n"
    assert "3 new papers, 3 in all" in done.stderr


def test_one_item_is_what_the_reader_expects() -> None:
    assert listed(1, "2025-06-02")["paper"]["id"] == "2506.00001"
