"""Fetching from OpenAlex: by cursor and by number, faults of its own, going on, and what is new."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import FetchError
from kg.fetch.folder import held
from kg.fetch.openalex import OpenAlex
from kg.fetch.sweep import sweep
from kg.sources import FETCHED, read
from tests.service import Asked, Reply, Watch, client, play_openalex, serving

WORKS = [(number, f"2025-05-{1 + number % 28:02d}") for number in range(25)]


def fetch(path: Path, url: str, *, watch: Watch | None = None, said: list[str] | None = None, **options: object) -> int:
    most = options.pop("most", None)
    service = OpenAlex("graphs", address=url, most=most, **options)  # type: ignore[arg-type]
    service._size = min(service._size, 10)
    heard = [] if said is None else said
    with held(path, "openalex", service.request) as place:
        asking = client(watch=watch, said=heard)
        return sweep(service, place, asking, most=most, notify=heard.append)  # type: ignore[arg-type]


def test_by_cursor_with_a_key(tmp_path: Path) -> None:
    with serving(play_openalex(WORKS, key="k1")) as service:
        assert fetch(tmp_path, service.url, key="k1", filters=("has_abstract:true",), until="2025-12-31") == 25
    assert [asked.fields["cursor"] for asked in service.asked] == ["*", "c10", "c20", "c25"]
    assert service.asked[0].fields["filter"] == "has_abstract:true,to_publication_date:2025-12-31"
    assert service.asked[0].fields["sort"] == "publication_date:desc"
    assert service.asked[0].fields["search"] == "graphs"
    assert "k1" not in (tmp_path / FETCHED).read_text()


def test_by_number_without_one(tmp_path: Path) -> None:
    with serving(play_openalex(WORKS, key="k1")) as service:
        assert fetch(tmp_path, service.url) == 25
    assert [asked.fields["page"] for asked in service.asked] == ["1", "2", "3"]
    assert all("cursor" not in asked.fields for asked in service.asked)


def test_the_answers_become_papers(tmp_path: Path) -> None:
    with serving(play_openalex(WORKS)) as service:
        fetch(tmp_path, service.url)
    papers = list(read([str(tmp_path)], rejects=print))
    assert len(papers) == 25
    assert papers[0].doi == "10.5555/made.24"
    assert papers[0].abstract == "We study case 24"


def test_a_greater_max_goes_on_with_pages_of_the_same_size(tmp_path: Path) -> None:
    with serving(play_openalex(WORKS)) as service:
        assert fetch(tmp_path, service.url, most=8) == 8
        assert fetch(tmp_path, service.url, most=20) == 16
    assert [(asked.fields["page"], asked.fields["per_page"]) for asked in service.asked] == [
        ("1", "8"),
        ("2", "8"),
        ("3", "8"),
    ]


def test_a_later_run_asks_from_a_month_before_the_newest(tmp_path: Path) -> None:
    works, watch = [*WORKS, (77, "2031-01-01")], Watch()  # a date still to come does no harm
    with serving(play_openalex(works)) as service:
        fetch(tmp_path, service.url, watch=watch)
        sent = len(service.asked)
        works.append((78, "2025-06-10"))
        watch.next_day()
        assert fetch(tmp_path, service.url, watch=watch) == 1
    assert {asked.fields["filter"] for asked in service.asked[sent:]} == {"from_publication_date:2025-05-17"}


def test_a_circle_of_cursors_ends(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        reply = play_openalex(WORKS, key="k")(Asked(asked.path, {**asked.fields, "cursor": "*"}, asked.headers))
        return Reply(reply.body.replace(b'"c10"', b'"*"'))

    said: list[str] = []
    with serving(answer) as service:
        assert fetch(tmp_path, service.url, key="k", said=said) == 10
    assert len(service.asked) == 1
    assert "the same page again" in said[-2]


@pytest.mark.parametrize(
    "fault",
    [
        Reply(b"<html>Please wait</html>"),
        Reply(b'{"meta": {"count": 25}, "results": [{"id"'),
        Reply(b'{"meta": {"count": 25, "next_cursor": null}, "results": []}'),
        Reply(b'{"error": "Too many"}', 429, {"Retry-After": "2"}),
    ],
    ids=["a page for people", "half of it", "empty page", "429"],
)
def test_faults_that_pass(tmp_path: Path, fault: Reply) -> None:
    with serving(play_openalex(WORKS)) as service:
        service.faults = [fault, fault]
        assert fetch(tmp_path, service.url) == 25
    assert len(service.asked) == 5


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        ({"meta": {"total": 3}, "results": []}, "meta.count"),
        ({"data": []}, "meta.count"),
        ({"meta": {"count": 1}, "results": [{"key": "W1"}]}, "an id for each work"),
        ([], "meta.count"),
        (json.loads("[" * 900 + "]" * 900), "meta.count"),
    ],
)
def test_a_changed_format_shows_what_came(tmp_path: Path, body: object, lacks: str) -> None:
    with (
        serving(lambda asked: Reply(json.dumps(body).encode())) as service,
        pytest.raises(FetchError, match=f"{lacks}.*has changed: ."),
    ):
        fetch(tmp_path, service.url)


def test_a_cursor_of_another_kind_is_an_error(tmp_path: Path) -> None:
    with (
        serving(
            lambda asked: Reply(b'{"meta": {"count": 9, "next_cursor": ["c"]}, "results": [{"id": "W1"}]}')
        ) as service,
        pytest.raises(FetchError, match=r"meta\.next_cursor"),
    ):
        fetch(tmp_path, service.url, key="k")


def test_nesting_without_end_is_shown(tmp_path: Path) -> None:
    with serving(lambda asked: Reply(b"[" * 200_000)) as service, pytest.raises(FetchError, match="no whole JSON"):
        fetch(tmp_path, service.url)


def test_an_answer_that_stays_a_page_for_people_is_shown(tmp_path: Path) -> None:
    with (
        serving(lambda asked: Reply(b"<html><title>Sign in</title>")) as service,
        pytest.raises(FetchError, match=r"no whole JSON.*<title>Sign in"),
    ):
        fetch(tmp_path, service.url)


def test_the_command(tmp_path: Path) -> None:
    target = tmp_path / "found"
    with serving(play_openalex(WORKS, key="k2")) as service:
        arguments = [
            "fetch",
            "openalex",
            "graphs",
            "--mailto",
            "a@example.org",
            "-o",
            str(target),
            "--url",
            service.url,
        ]
        done = CliRunner().invoke(main, arguments, env={"OPENALEX_API_KEY": "k2"})
        assert CliRunner().invoke(main, ["fetch", "openalex", "--url", service.url]).exit_code == 2
        assert CliRunner().invoke(main, [*arguments, "--since", "2025-13-01"]).exit_code == 2
        assert CliRunner().invoke(main, [*arguments, "--mailto", "nobody"]).exit_code == 1
    assert done.exit_code == 0, done.output
    assert service.asked[0].fields["mailto"] == "a@example.org"
    assert "25 new papers, 25 in all" in done.stderr
