"""The limits of the server: time, rows, a full house, clients who leave, a new build, the end."""

import http.client
import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import KGError
from kg.serve.live import share
from kg.serve.run import address_of, is_local, listen
from kg.workspace import Workspace
from tests.serving import ROOT, WAIT, Reply, Served, publish_quads, serving

#: A query that would run for hours on the numbers below: 200 to the power of five.
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . ?g ?s ?h . ?i ?t ?j "
    "FILTER(?b + ?d + ?f + ?h + ?j < 0) }"
)


def numbers(space: Workspace, count: int = 200, *, name: str = "n") -> None:
    """Publish a build that holds some numbers."""
    node, value = "http://e.example/", ox.NamedNode("http://e.example/value")
    publish_quads(space, [ox.Quad(ox.NamedNode(f"{node}{name}{n}"), value, ox.Literal(n)) for n in range(count)])


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("limits") / "space")
    numbers(made)
    return made


def patient(served: Served, query: str) -> Reply:
    """Ask as often as the server says to come again, which a slow machine may say for long."""
    for _ in range(WAIT):
        reply = served.query(query, timeout=4 * WAIT)
        if reply.status != 503:
            break
        time.sleep(int(reply.headers["retry-after"]) / 2)
    return reply


def count(served: Served) -> int:
    """Count the triples that are served."""
    found = patient(served, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()
    assert isinstance(found, dict)
    return int(found["results"]["bindings"][0]["n"]["value"])


def worked(served: Served) -> int:
    """Count the ticks that the server's processes have worked."""
    stats = [Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split() for number in children(served.process)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats)


def children(process: subprocess.Popen[str]) -> set[int]:
    """Give the processes that a process started."""
    return {int(n) for file in Path(f"/proc/{process.pid}/task").glob("*/children") for n in file.read_text().split()}


def test_an_endless_query_ends_while_others_are_answered(space: Workspace) -> None:
    with serving(space.path, "--seconds", "3", "--concurrency", "2") as served, ThreadPoolExecutor(1) as threads:
        assert count(served) == 200
        long = threads.submit(served.query, ENDLESS)
        answered = 0
        while not long.done():
            assert count(served) == 200
            assert served.ask("/").status == 200
            answered += 1
        assert answered > 0
        reply = long.result()
        assert reply.status == 504
        assert "3 s" in reply.text
        assert count(served) == 200


def test_the_rows_of_an_answer_are_limited(space: Workspace) -> None:
    with serving(space.path, "--rows", "100", "--concurrency", "1") as served:
        reply = patient(served, "SELECT * { ?s ?p ?o }")
        assert reply.status == 500
        assert "more than 100 rows" in reply.text
        assert "results" not in reply.text
        assert patient(served, "SELECT * { ?s ?p ?o } LIMIT 100").status == 200
        assert patient(served, "CONSTRUCT WHERE { ?s ?p ?o }").status == 500


def test_a_full_house_says_when_to_come_again(space: Workspace) -> None:
    clients = 80
    with (
        serving(space.path, "--seconds", "2", "--concurrency", "1") as served,
        ThreadPoolExecutor(clients) as threads,
    ):
        count(served)
        replies = list(threads.map(lambda _: served.query(ENDLESS, timeout=10 * WAIT), range(clients)))
        statuses = [reply.status for reply in replies]
        assert set(statuses) == {503, 504}
        assert all(int(reply.headers["retry-after"]) > 0 for reply in replies if reply.status == 503)
        assert patient(served, "ASK {}").status == 200


def test_who_leaves_ends_his_query(space: Workspace) -> None:
    with serving(space.path, "--seconds", "3600", "--concurrency", "1") as served:
        count(served)
        parts = urlsplit(served.url)
        for _ in range(3):
            client = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=WAIT)
            client.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.5)
            client.close()
        assert count(served) == 200


def test_a_client_that_sends_nothing_blocks_nobody(space: Workspace) -> None:
    with serving(space.path, "--concurrency", "1") as served:
        parts = urlsplit(served.url)
        idle = [socket.create_connection((parts.hostname or "", parts.port or 0), timeout=WAIT) for _ in range(50)]
        for number, client in enumerate(idle):
            client.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n"[: 10 + number * 2]
            )
        assert count(served) == 200
        for client in idle:
            client.close()


def test_a_new_build_is_served_without_a_restart(space: Workspace) -> None:
    numbers(space)
    with serving(space.path, "--concurrency", "1", "--seconds", "900") as served, ThreadPoolExecutor(1) as threads:
        assert count(served) == 200
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(?b + ?d < ?f) }"
        assert served.ask("/").status == 200
        before = worked(served)
        running = threads.submit(served.query, slow, timeout=15 * WAIT)
        while worked(served) < before + 20 and not running.done():
            time.sleep(0.02)
        for size in (3, 4, 5):  # the build of the running query is removed from the disk meanwhile
            numbers(space, size)
            assert count(served) == size
        reply = running.result()
        assert reply.status == 200, reply.text
        old = reply.json()
        assert isinstance(old, dict)
        below = sum(1 for b in range(200) for d in range(200) for _ in range(max(0, 199 - b - d)))
        assert int(old["results"]["bindings"][0]["n"]["value"]) == below
        deadline = time.monotonic() + WAIT
        while len(children(served.process)) > 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(children(served.process)) <= 2


def test_a_damaged_new_build_does_not_end_the_old_one(space: Workspace) -> None:
    numbers(space)
    try:
        with serving(space.path, "--concurrency", "1") as served:
            with space.writing(), space.publishing() as folder:
                (folder / "manifest.json").write_text("{}", encoding="utf-8")
            assert count(served) == 200
            assert served.ask("/").status == 200
    finally:
        numbers(space)


def test_many_clients_get_right_answers(space: Workspace) -> None:
    """A short form of ``benchmarks.serve``."""
    clients, each = 64, 6
    with serving(space.path, "--concurrency", "2", "--seconds", "60") as served:
        count(served)
        wrong: list[str] = []

        def client(seed: int) -> None:
            chance = random.Random(seed)
            parts = urlsplit(served.url)
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=4 * WAIT)
            for _ in range(each):
                low = chance.randrange(200)
                query = f"SELECT ?o {{ ?s <http://e.example/value> ?o FILTER(?o >= {low}) }} ORDER BY ?o"
                connection.request(
                    "POST",
                    "/sparql",
                    urlencode({"query": query}),
                    {"Content-Type": "application/x-www-form-urlencoded"},
                )
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 503:
                    continue
                rows = [int(row["o"]["value"]) for row in json.loads(body)["results"]["bindings"]]
                if answer.status != 200 or rows != list(range(low, 200)):
                    wrong.append(f"{answer.status} {rows[:5]} for {low}")
            connection.close()

        threads = [threading.Thread(target=client, args=(seed,)) for seed in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert len(children(served.process)) == 3


def test_the_disk_is_only_read(space: Workspace) -> None:
    def state() -> set[tuple[str, int, int]]:
        return {(str(p), p.lstat().st_size, p.lstat().st_mtime_ns) for p in space.path.rglob("*")}

    before = state()
    with serving(space.path) as served:
        count(served)
        served.ask("/search?q=n")
    assert state() == before


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_soon_even_while_a_query_runs(space: Workspace, way: signal.Signals) -> None:
    with ThreadPoolExecutor(1) as threads, serving(space.path, "--seconds", "3600", "--concurrency", "1") as served:
        count(served)
        long = threads.submit(served.query, ENDLESS)
        time.sleep(0.5)
        workers = children(served.process)
        assert workers
        served.ended = True
        served.process.send_signal(way)
        served.process.wait(WAIT)
        assert long.exception(WAIT) is not None or long.result().status == 503
        assert [number for number in workers if _runs(number)] == []


def _runs(number: int) -> bool:
    """Tell whether a process runs still, after a moment to end."""
    status = Path(f"/proc/{number}/status")
    for _ in range(100):
        try:
            if "zombie" in status.read_text():
                return False
        except OSError:
            return False
        time.sleep(0.05)
    return True


def test_a_taken_port_is_an_error_if_it_was_asked_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(KGError, match="give another --port"):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(KGError, match="give another --host"):
        listen("no.such.host.invalid", 0)


def test_the_usual_port_gives_way_to_a_free_one() -> None:
    first, second = listen("127.0.0.1", None), listen("127.0.0.1", None)
    try:
        assert first.getsockname()[1] != second.getsockname()[1]
        assert address_of(second).startswith("http://127.0.0.1:")
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize(("host", "local"), [("localhost", True), ("127.0.0.2", True), ("::1", True), ("::", False)])
def test_what_others_can_reach_is_known(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_who_listens_to_all_is_warned(space: Workspace) -> None:
    with serving(space.path, "--host", "0.0.0.0", "--concurrency", "1") as served:
        assert served.said[0].startswith("Warning: 0.0.0.0 can be reached from other machines")
        assert served.ask("/sparql?query=ASK%7B%7D", host="kg.example").status == 200


@pytest.mark.parametrize(("origins", "allowed"), [(("none",), None), (("https://a.example",), "https://a.example")])
def test_who_may_read_is_chosen(space: Workspace, origins: tuple[str, ...], allowed: str | None) -> None:
    with serving(space.path, *(part for origin in origins for part in ("--cors", origin))) as served:
        reply = served.ask("/sparql?query=ASK%7B%7D", origin="https://a.example")
        assert reply.headers.get("access-control-allow-origin") == allowed
        other = served.ask("/sparql?query=ASK%7B%7D", origin="https://b.example")
        assert "access-control-allow-origin" not in other.headers


def test_what_cannot_be_served_is_said_first(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", "-w", str(tmp_path / "none")])
    assert done.exit_code == 1
    assert "run `kg build" in done.output
    for wrong in (
        ["--seconds", "0"],
        ["--seconds", "nan"],
        ["--rows", "0"],
        ["--concurrency", "0"],
        ["--port", "70000"],
    ):
        assert CliRunner().invoke(main, ["serve", "-w", str(tmp_path), *wrong]).exit_code == 2


def test_importing_the_command_is_light() -> None:
    code = "import sys, kg.cli.serve; assert not {'starlette', 'uvicorn', 'jinja2', 'pyoxigraph'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_memory_is_shared_out() -> None:
    assert share(1) >= share(8) >= share(10_000) == 1 << 30
