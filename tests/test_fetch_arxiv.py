"""Fetching from arXiv: pages, faults of its own, going on, and what is new."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import FetchError
from kg.fetch import arxiv, folder
from kg.fetch.arxiv import Arxiv
from kg.fetch.folder import held
from kg.fetch.sweep import sweep
from kg.sources import FETCHED, read
from tests.service import Asked, Reply, Watch, client, entry, feed, play_arxiv, serving

PAPERS = [(number, f"2025-06-{1 + number // 2:02d}") for number in range(20)]


def fetch(path: Path, url: str, *, watch: Watch | None = None, said: list[str] | None = None, **options: object) -> int:
    most = options.pop("most", None)
    refresh = options.pop("refresh", False)
    service = Arxiv("cat:cs.LG", address=url, most=most, **options)  # type: ignore[arg-type]
    service._size = min(service._size, 6)
    heard = [] if said is None else said
    with held(path, "arxiv", service.request) as place:
        asking = client(watch=watch, said=heard)
        return sweep(service, place, asking, most=most, refresh=bool(refresh), notify=heard.append)  # type: ignore[arg-type]


def files(path: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in path.iterdir() if item.suffix == ".xml"}


def test_all_pages_come_newest_first_and_become_papers(tmp_path: Path) -> None:
    with serving(play_arxiv(PAPERS)) as service:
        assert fetch(tmp_path, service.url) == 20
    assert sorted(files(tmp_path)) == [f"arxiv-{number:05d}.xml" for number in (1, 2, 3, 4)]
    assert [asked.fields["start"] for asked in service.asked] == ["0", "6", "12", "18"]
    assert service.asked[0].fields["sortBy"] == "submittedDate"
    rejects: list[object] = []
    papers = list(read([str(tmp_path)], rejects=rejects.append))
    assert [paper.arxiv for paper in papers] == [f"2506.{number:05d}" for number in range(19, -1, -1)]
    assert not rejects


def test_two_fetches_give_the_same_bytes(tmp_path: Path) -> None:
    with serving(play_arxiv(PAPERS)) as service:
        fetch(tmp_path / "a", service.url)
        fetch(tmp_path / "b", service.url)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert (tmp_path / "a" / FETCHED).read_bytes() == (tmp_path / "b" / FETCHED).read_bytes()


def test_days_become_a_range_of_the_query(tmp_path: Path) -> None:
    with serving(play_arxiv(PAPERS)) as service:
        assert fetch(tmp_path, service.url, since="2025-06-08", until="2025-06-09") == 4
    assert service.asked[0].fields["search_query"] == "(cat:cs.LG) AND submittedDate:[202506080000 TO 202506092359]"


def test_max_stops_and_a_greater_one_goes_on(tmp_path: Path) -> None:
    with serving(play_arxiv(PAPERS)) as service:
        assert fetch(tmp_path, service.url, most=6) == 6
        assert len(service.asked) == 1
        assert fetch(tmp_path, service.url, most=12) == 6
        assert fetch(tmp_path, service.url, most=12) == 0
    assert [asked.fields["start"] for asked in service.asked] == ["0", "6"]


def test_a_second_run_on_the_same_day_sends_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    with serving(play_arxiv(PAPERS)) as service:
        fetch(tmp_path, service.url)
        sent = len(service.asked)
        assert fetch(tmp_path, service.url, said=said) == 0
    assert len(service.asked) == sent
    assert said == ["asked today already; --refresh asks again"]


def test_a_later_run_asks_for_what_is_new_only(tmp_path: Path) -> None:
    papers, watch = list(PAPERS), Watch()
    with serving(play_arxiv(papers)) as service:
        fetch(tmp_path, service.url, watch=watch)
        before, sent = files(tmp_path), len(service.asked)
        papers += [(90, "2025-06-15"), (91, "2025-06-09")]  # one late, held back by the service
        watch.next_day()
        assert fetch(tmp_path, service.url, watch=watch) == 2
        asked = service.asked[sent:]
    assert all("submittedDate:[202506030000 TO" in one.fields["search_query"] for one in asked)
    assert {name: body for name, body in files(tmp_path).items() if name in before} == before
    assert len(files(tmp_path)) == len(before) + 1  # a page that brings nothing new is not kept
    assert {paper.arxiv for paper in read([str(tmp_path)], rejects=print)} >= {"2506.00090", "2506.00091"}


def test_refresh_asks_for_all_again_and_leaves_no_old_file(tmp_path: Path) -> None:
    papers = list(PAPERS)
    with serving(play_arxiv(papers)) as service:
        fetch(tmp_path, service.url)
        del papers[8:]
        fetch(tmp_path, service.url, refresh=True)
    assert sorted(files(tmp_path)) == ["arxiv-00001.xml", "arxiv-00002.xml"]
    assert len(list(read([str(tmp_path)], rejects=print))) == 8


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    said: list[str] = []
    with serving(play_arxiv(PAPERS)) as service:
        fetch(tmp_path, service.url)
        (tmp_path / "arxiv-00002.xml").write_text("torn")
        fetch(tmp_path, service.url, said=said)
    assert "files are missing or were changed" in said[0]
    assert len(list(read([str(tmp_path)], rejects=print))) == 20


@pytest.mark.parametrize(
    "fault",
    [
        Reply(feed([], total=20, start=0)),
        Reply(feed(PAPERS, total=20)[:700]),
        Reply(feed(PAPERS, total=20), cut=700),
        Reply(b"Rate exceeded."),
        Reply(b"<html><body>arXiv is busy</body></html>"),
        Reply(b"", 500),
        Reply(b"", 503, {"Retry-After": "1"}),
    ],
    ids=["empty page", "half a feed", "cut off", "rate exceeded", "a page for people", "500", "503"],
)
def test_faults_that_pass(tmp_path: Path, fault: Reply) -> None:
    with serving(play_arxiv(PAPERS)) as service:
        service.faults = [fault, fault]
        assert fetch(tmp_path, service.url) == 20
    assert len(service.asked) == 6


def test_an_empty_page_that_stays_empty_is_an_error_and_what_came_is_kept(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        if int(asked.fields["start"]) >= 12:
            return Reply(feed([], total=20, start=12))
        return play_arxiv(PAPERS)(asked)

    with (
        serving(answer) as service,
        pytest.raises(FetchError, match=r"papers 13 to 20 should be.*run the same command"),
    ):
        fetch(tmp_path, service.url)
    said: list[str] = []
    with serving(play_arxiv(PAPERS)) as service:
        assert fetch(tmp_path, service.url, said=said) == 8
    assert [asked.fields["start"] for asked in service.asked] == ["12", "18"]
    assert said[0] == "going on after 12 papers"


def test_no_paper_is_believed_when_it_is_said_twice(tmp_path: Path) -> None:
    with serving(play_arxiv([])) as service:
        assert fetch(tmp_path, service.url) == 0
    assert len(service.asked) == 2
    assert not files(tmp_path)


def test_an_error_feed_says_what_arxiv_says(tmp_path: Path) -> None:
    wrong = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">
      <o:totalResults>1</o:totalResults><entry><id>http://arxiv.org/api/errors#x</id><title>Error</title>
      <summary>unbalanced brackets in the query</summary></entry></feed>"""
    with (
        serving(lambda asked: Reply(wrong.encode())) as service,
        pytest.raises(FetchError, match="unbalanced brackets"),
    ):
        fetch(tmp_path, service.url)
    assert len(service.asked) == 1


def test_a_changed_format_shows_what_came(tmp_path: Path) -> None:
    renamed = feed(PAPERS[:2], total=2).replace(b"published>", b"issued>")
    with (
        serving(lambda asked: Reply(renamed)) as service,
        pytest.raises(FetchError, match=r"published.*has changed: <\?xml"),
    ):
        fetch(tmp_path, service.url)
    uncounted = feed(PAPERS[:2], total=2).replace(b"totalResults", b"total")
    with serving(lambda asked: Reply(uncounted)) as service, pytest.raises(FetchError, match="opensearch:totalResults"):
        fetch(tmp_path, service.url)


def test_a_folder_belongs_to_one_request(tmp_path: Path) -> None:
    with serving(play_arxiv(PAPERS)) as service:
        fetch(tmp_path, service.url)
        with pytest.raises(FetchError, match=r"query 'cat:cs.LG', not to .*since '2025-01-01'; choose another folder"):
            fetch(tmp_path, service.url, since="2025-01-01")
    (tmp_path / FETCHED).write_text("{}")
    with pytest.raises(FetchError, match="no readable manifest"):
        fetch(tmp_path, service.url)


def test_a_folder_is_fetched_into_by_one_process(tmp_path: Path) -> None:
    with (
        held(tmp_path, "arxiv", {}),
        pytest.raises(FetchError, match="another kg is fetching"),
        held(tmp_path, "x", {}),
    ):
        pass


def test_nothing_beyond_what_the_service_gives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(arxiv, "LARGEST_QUERY", 8)
    said: list[str] = []
    with serving(play_arxiv(PAPERS)) as service:
        assert fetch(tmp_path, service.url, said=said) == 8
    assert [asked.fields["max_results"] for asked in service.asked] == ["6", "2"]
    assert said[-1] == "the service gave 8 of 20; narrow the query (--since, --until) for the rest"


def test_a_killed_fetch_goes_on(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "kg", "fetch", "arxiv", "cat:cs.LG", "--max", "1000", "-o", str(tmp_path)]
    papers = [(number, f"2025-{1 + number // 100:02d}-01") for number in range(1_000)]
    with serving(play_arxiv(papers)) as service:
        running = subprocess.Popen(
            [*program, "--url", service.url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            # The second page is asked for three seconds after the first one.
            deadline = time.monotonic() + 30
            while not (tmp_path / FETCHED).exists() and time.monotonic() < deadline:
                time.sleep(0.02)
        finally:
            running.send_signal(signal.SIGKILL)
            running.wait()
        assert folder.read(tmp_path / FETCHED).sweep.following == "500"  # type: ignore[union-attr]
        done = CliRunner().invoke(
            main, ["fetch", "arxiv", "cat:cs.LG", "--max", "1000", "-o", str(tmp_path), "--url", service.url]
        )
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{tmp_path}\n"
    assert "going on after 500 papers" in done.stderr
    assert [asked.fields["start"] for asked in service.asked] == ["0", "500"]
    assert len({paper.arxiv for paper in read([str(tmp_path)], rejects=print)}) == 1_000


def test_the_command_names_folder_and_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(play_arxiv(PAPERS[:3])) as service:
        monkeypatch.setenv("KG_ARXIV_URL", service.url)
        done = CliRunner().invoke(main, ["fetch", "arxiv", "cat:cs.LG", "--max", "3"])
    assert done.exit_code == 0, done.output
    assert done.stdout == "papers/arxiv-cat-cs-lg\n"
    assert "3 new papers, 3 in all; kg build papers/arxiv-cat-cs-lg makes" in done.stderr


def test_an_entry_is_what_the_reader_expects() -> None:
    assert "<published>2025-06-01T08:00:00Z</published>" in entry(1, "2025-06-01")
