"""A workspace of a few triples or of the hand-made graph, and `kg serve` on it, started as a user starts it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg.config import Config
from kg.tables import Tables
from kg.workspace import Manifest, Workspace

ROOT = Path(__file__).resolve().parent.parent

#: Longest wait for anything that must come.
WAIT = 60


def manifest(config: Config, **counts: int) -> str:
    """Write the manifest of a build of our own."""
    plain = json.loads(json.dumps(config.as_dict()))
    return Manifest("0", "0", "0", plain, "0", counts, {}, {}, {}).to_json()


def publish(space: Workspace, tables: Tables, config: Config | None = None) -> None:
    """Publish a build of tables: the store and the page."""
    from kg.exporters import rdf
    from kg.view.page import write_page

    config = config or Config()
    with space.writing(), space.publishing() as folder:
        rdf.build_store(tables, config, folder / "store")
        with (folder / "graph.html").open("wb") as stream:
            write_page(tables, config, stream)
        counts = {"papers": sum(1 for _ in tables.papers()), "entities": sum(1 for _ in tables.entities())}
        (folder / "manifest.json").write_text(manifest(config, **counts), encoding="utf-8")


def publish_quads(space: Workspace, quads: list[ox.Quad], graphs: list[str] | None = None) -> None:
    """Publish a build whose store holds some quads, and the named graphs, which may be empty."""
    with space.writing(), space.publishing() as folder:
        store = ox.Store(str(folder / "store"))
        store.extend(quads)
        for name in graphs or []:
            store.add_graph(ox.NamedNode(name))
        store.flush()
        del store
        (folder / "manifest.json").write_text(manifest(Config()), encoding="utf-8")


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    def json(self) -> object:
        return json.loads(self.body)


@dataclass
class Served:
    """A running server: its address without a path, and the lines it said."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    #: A test ended the process itself.
    ended: bool = False

    def ask(
        self,
        path: str = "/sparql",
        *,
        method: str = "GET",
        body: bytes | None = None,
        timeout: float = WAIT,
        **headers: str,
    ) -> Reply:
        """Send one request; a header ``content_type`` is Content-Type."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        try:
            named = {name.replace("_", "-").title(): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def query(self, sparql: str, *, accept: str = "", timeout: float = WAIT, **fields: str) -> Reply:
        """Ask a query by GET."""
        given = {"accept": accept} if accept else {}
        return self.ask(f"/sparql?{urlencode({'query': sparql, **fields})}", timeout=timeout, **given)


@contextmanager
def serving(space: Path, *options: str) -> Iterator[Served]:
    """Start `kg serve` on a free port; end it as Control-C does, which must be clean."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kg", "serve", "-w", str(space), "--port", "0", *options]
    process = subprocess.Popen(command, cwd=space, env=environment, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    found = threading.Event()

    def hear() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if line.startswith("endpoint: "):
                found.set()
        found.set()

    listening = threading.Thread(target=hear)
    listening.start()
    try:
        assert found.wait(WAIT), said
        url = next((line.split()[1].removesuffix("/sparql") for line in said if line.startswith("endpoint: ")), "")
        assert url, said
        served = Served(url, process, said)
        yield served
        assert served.ended or process.poll() is None, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            listening.join()
            assert process.stderr is not None
            process.stderr.close()
    if process.returncode != -signal.SIGTERM:  # which only a test sends
        assert process.returncode == 0, said
        assert said[-1] == "The server has ended.\n", said
    assert not any("Traceback" in line for line in said), said


@contextmanager
def hearing() -> Iterator[tuple[int, list[str]]]:
    """Listen on loopback; give the port and the list of who came."""
    seen: list[str] = []
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def wait() -> None:
            while not stop.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                seen.append(str(address))
                connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield server.getsockname()[1], seen
        finally:
            stop.set()
            thread.join()
