"""The polite client against a server with the faults that servers have."""

import threading
from email.utils import formatdate

import pytest

from kg.errors import FetchError
from kg.fetch.http import LONGEST_PAUSE, TRIES, Answer, Client
from tests.service import Asked, Reply, Watch, client, serving


def good(asked: Asked) -> Reply:
    return Reply(b"[1]")


def body(answer: Answer) -> bytes:
    return answer.body


def test_requests_to_one_host_keep_their_distance() -> None:
    watch = Watch()
    with serving(good) as service:
        asking = client(3.0, watch=watch)
        for _ in range(3):
            assert asking.get(service.url, body) == b"[1]"
    assert watch.slept == [3.0, 3.0]


def test_the_program_names_itself_and_whom_to_write_to() -> None:
    with serving(good) as service:
        Client(0, contact="ada@example.org").get(service.url, body)
    agent = service.asked[0].headers["user-agent"]
    assert agent.startswith("paper-kg/")
    assert "mailto:ada@example.org" in agent


@pytest.mark.parametrize("dated", [False, True])
def test_the_service_says_when_to_come_back(dated: bool) -> None:
    watch, said = Watch(), list[str]()
    after = formatdate(watch.now + 17, usegmt=True) if dated else "17"
    with serving(good) as service:
        service.faults = [Reply(b"slow down", 429, {"Retry-After": after})]
        assert client(watch=watch, said=said).get(service.url, body) == b"[1]"
    assert watch.slept == [17.0]
    assert "HTTP 429" in said[0]
    assert "slow down" in said[0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_faults_of_the_server_pass_with_growing_waits(status: int) -> None:
    watch = Watch()
    with serving(good) as service:
        service.faults = [Reply(b"", status), Reply(b"", status)]
        assert client(watch=watch).get(service.url, body) == b"[1]"
    assert len(service.asked) == 3
    assert 2.0 <= watch.slept[0] <= 2.5
    assert 4.0 <= watch.slept[1] <= 5.0


def test_it_gives_up_after_a_few_tries_and_says_how_to_go_on() -> None:
    watch = Watch()
    message = r"HTTP 503.*Maintenance.*tried 6 times.*Run the same command again"
    with (
        serving(lambda asked: Reply(b"<h1>Maintenance</h1>", 503)) as service,
        pytest.raises(FetchError, match=message),
    ):
        client(watch=watch).get(service.url, body)
    assert len(service.asked) == TRIES
    assert max(watch.slept) <= LONGEST_PAUSE * 1.25


def test_a_long_wait_is_left_to_the_user() -> None:
    watch = Watch()
    with serving(good) as service:
        service.faults = [Reply(b"budget used up", 429, {"Retry-After": "20000"})]
        with pytest.raises(FetchError, match=r"budget used up.*wait 5\.6 hours.*Run the same command again"):
            client(watch=watch).get(service.url, body)
    assert not watch.slept


@pytest.mark.parametrize(("status", "remedy"), [(400, "mend the query"), (401, "key"), (404, "--url")])
def test_what_trying_again_cannot_help_ends_at_once(status: int, remedy: str) -> None:
    with (
        serving(lambda asked: Reply(b'{"message": "no such field"}', status)) as service,
        pytest.raises(FetchError, match=f"HTTP {status}.*no such field.*{remedy}"),
    ):
        client().get(service.url, body)
    assert len(service.asked) == 1


def test_a_cut_off_body_is_fetched_again() -> None:
    said: list[str] = []
    with serving(good) as service:
        service.faults = [Reply(b"[1, 2, 3]", cut=4)]
        assert client(said=said).get(service.url, body) == b"[1]"
    assert "the connection broke" in said[0]


def test_a_redirect_is_followed_and_a_circle_is_not() -> None:
    def moved(asked: Asked) -> Reply:
        return Reply(b"[2]") if asked.path == "/new" else Reply(status=301, headers={"Location": "/new"})

    with serving(moved) as service:
        assert client().get(f"{service.url}/old", body) == b"[2]"
    with (
        serving(lambda asked: Reply(status=302, headers={"Location": "/again"})) as service,
        pytest.raises(FetchError, match="redirected in a circle"),
    ):
        client().get(service.url, body)


def test_a_body_that_does_not_come_times_out() -> None:
    said: list[str] = []
    with serving(good) as service:
        service.faults = [Reply(b"[1]" * 9, cut=0, headers={"X": "y"}), Reply(b"[1]")]
        assert client(said=said).get(service.url, body) == b"[1]"
    assert len(service.asked) == 2


def test_a_body_that_drips_for_ever_times_out() -> None:
    drip, said = threading.Event(), list[str]()
    with serving(good) as service:
        service.faults = [Reply(b" " * 100_000, drip=drip)]
        asking = Client(0, clock=Watch(), notify=said.append, timeouts=(2.0, 2.0, 0.1))
        assert asking.get(service.url, body) == b"[1]"
        drip.set()
    assert "too slowly" in said[0]


def test_silence_times_out() -> None:
    silence, said = threading.Event(), list[str]()

    def answer(asked: Asked) -> Reply:
        if len(said) == 0:
            silence.wait(5)
        return Reply(b"[1]")

    with serving(answer) as service:
        asking = Client(0, clock=Watch(), notify=said.append, timeouts=(0.1, 0.1, 2.0))
        assert asking.get(service.url, body) == b"[1]"
        silence.set()
    assert "no answer (Read timed out" in said[0]


@pytest.mark.parametrize("by_proxy", [False, True])
def test_a_name_that_is_not_found_is_tried_twice(by_proxy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if by_proxy:
        monkeypatch.setenv("http_proxy", "http://proxy.invalid:3128")
        monkeypatch.setenv("no_proxy", "")
    watch = Watch()
    with pytest.raises(FetchError, match=r"no network.*reads files that you already have") as caught:
        client(watch=watch).get("http://papers.invalid/list", body)
    assert len(watch.slept) == 1
    assert "kept" not in str(caught.value)


def test_what_came_is_said_to_be_kept_only_if_something_came() -> None:
    with serving(lambda asked: Reply(b"[1]") if asked.path.endswith("/first") else Reply(b"", 503)) as service:
        asking = client(watch=Watch())
        with pytest.raises(FetchError, match=r"503.*Run the same command again later$"):
            asking.get(f"{service.url}/second", body)
        asking.get(f"{service.url}/first", body)
        with pytest.raises(FetchError, match=r"503.*What came so far is kept: run the same command again"):
            asking.get(f"{service.url}/second", body)


def test_nobody_at_the_address() -> None:
    with serving(good) as service:
        gone = service.url
    with pytest.raises(FetchError, match=r"no answer \(.*refused"):
        client().get(gone, body)


def test_keys_stay_out_of_messages() -> None:
    said: list[str] = []
    with serving(lambda asked: Reply(b"", 500)) as service, pytest.raises(FetchError) as caught:
        client(said=said).get(f"{service.url}/works?api_key=secret123&page=1", body)
    with pytest.raises(FetchError) as refused:
        client(said=said).get(f"{service.url}/works?api_key=secret123", body)
    assert "secret123" not in f"{caught.value} {refused.value} {said}"


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda asked: Reply(b"by way of " + asked.path.encode())) as service:
        monkeypatch.setenv("http_proxy", service.url)
        monkeypatch.setenv("no_proxy", "")
        assert client().get("http://papers.invalid/list", body).startswith(b"by way of")
