"""A local server that plays the services papers are fetched from, with the faults they have."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from kg.fetch.http import Client, Clock


@dataclass
class Reply:
    """What the server sends; it closes the connection after ``cut`` bytes of the body, and drips with ``drip``."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: threading.Event | None = None


@dataclass
class Asked:
    """One request as it came."""

    path: str
    fields: dict[str, str]
    headers: dict[str, str]


@dataclass
class Service:
    """A running server: where it is, what it was asked, and replies that come before its own."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    faults: list[Reply] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[Asked], Reply]) -> Iterator[Service]:
    """Run a server; each fault of the service is sent once, before what ``answer`` gives."""
    service = Service("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked = Asked(parts.path, fields, {name.lower(): value for name, value in self.headers.items()})
            service.asked.append(asked)
            self._reply(service.faults.pop(0) if service.faults else answer(asked))

        def _reply(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if reply.drip is not None:
                self.close_connection = True
                while not reply.drip.wait(0.01):
                    self.wfile.write(b" ")
                return
            self.wfile.write(reply.body[: reply.cut])
            if reply.cut is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is part of the play."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Watch(Clock):
    """A clock that stands still but for waiting, which takes no time and is noted."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:  # 2025-06-15
        self.now = now
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def next_day(self) -> None:
        self.now += 86_400


def client(pause: float = 0.0, *, watch: Watch | None = None, said: list[str] | None = None) -> Client:
    """Give a client that waits without waiting."""
    heard: list[str] = [] if said is None else said
    return Client(pause, clock=watch or Watch(), notify=heard.append, timeouts=(2.0, 2.0, 5.0))


def entry(number: int, day: str) -> str:
    """Write an entry of an Atom feed of arXiv, of a made-up paper."""
    return f"""<entry>
    <id>http://arxiv.org/abs/2506.{number:05d}v1</id>
    <title>Made-up study number {number} &amp; its\n  sequel</title>
    <updated>{day}T09:00:00Z</updated><published>{day}T08:00:00Z</published>
    <summary>We study case {number}. It is made up for a test of fetching.</summary>
    <author><name>Ada Example</name></author>
    <arxiv:primary_category term="cs.LG"/><category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""


def feed(papers: list[tuple[int, str]], *, total: int, start: int = 0) -> bytes:
    """Write an Atom feed as the query interface of arXiv sends it."""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
  xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/query</id><title>arXiv Query: {escape("cat:cs.LG")}</title>
  <updated>2025-06-15T00:00:00Z</updated>
  <opensearch:itemsPerPage>{len(papers)}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
  {"".join(entry(number, day) for number, day in papers)}
</feed>""".encode()


def play_arxiv(papers: list[tuple[int, str]]) -> Callable[[Asked], Reply]:
    """Answer as arXiv does from a list of papers that may grow: numbers and days, in any order."""

    def answer(asked: Asked) -> Reply:
        query, low, high = asked.fields["search_query"], "", "9"
        if "submittedDate:[" in query:
            low, high = query.partition("submittedDate:[")[2].rstrip("]").split(" TO ")
        found = [paper for paper in papers if low <= f"{paper[1].replace('-', '')}0800" <= high]
        found.sort(key=lambda paper: (paper[1], paper[0]), reverse=True)
        start, size = int(asked.fields["start"]), int(asked.fields["max_results"])
        return Reply(feed(found[start : start + size], total=len(found), start=start))

    return answer


def work(number: int, day: str) -> dict[str, Any]:
    """Give a made-up work as OpenAlex has it."""
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.5555/made.{number}",
        "title": f"Made-up work number {number}",
        "display_name": f"Made-up work number {number}",
        "publication_date": day,
        "publication_year": int(day[:4]),
        "authorships": [{"author": {"display_name": "Ada Example"}}],
        "abstract_inverted_index": {"We": [0], "study": [1], "case": [2], str(number): [3]},
    }


def play_openalex(works: list[tuple[int, str]], *, key: str = "") -> Callable[[Asked], Reply]:
    """Answer as OpenAlex does: by cursor to those who have the key, by number to all."""

    def answer(asked: Asked) -> Reply:
        fields = asked.fields
        if "cursor" in fields and fields.get("api_key") != key:
            return Reply(b'{"error": "Unauthorized", "message": "Cursor paging needs an API key"}', 401)
        since = fields.get("filter", "").partition("from_publication_date:")[2].partition(",")[0]
        found = sorted((item for item in works if item[1] >= since), key=lambda item: (item[1], item[0]), reverse=True)
        size = int(fields["per_page"])
        cursor = fields.get("cursor", "")
        start = (int(fields["page"]) - 1) * size if "page" in fields else 0 if cursor == "*" else int(cursor[1:])
        page = found[start : start + size]
        meta: dict[str, Any] = {"count": len(found), "per_page": size, "page": None, "next_cursor": None}
        if "cursor" in fields and page:
            meta["next_cursor"] = f"c{start + len(page)}"
        return Reply(json.dumps({"meta": meta, "results": [work(*item) for item in page], "group_by": []}).encode())

    return answer


def listed(number: int, day: str) -> dict[str, Any]:
    """Give a made-up item of a list of Daily Papers."""
    return {
        "paper": {
            "id": f"2506.{number:05d}",
            "title": f"Made-up daily paper {number}",
            "summary": f"We study case {number} of the day.",
            "authors": [{"name": "Ada Example", "hidden": False}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "upvotes": 3,
        },
        "publishedAt": f"{day}T00:00:00.000Z",
        "title": f"Made-up daily paper {number}",
    }


def play_hf(days: dict[str, list[int]], *, tags: bool = False) -> Callable[[Asked], Reply]:
    """Answer as Daily Papers does, with an ETag if wanted."""

    def answer(asked: Asked) -> Reply:
        day, size, page = asked.fields["date"], int(asked.fields["limit"]), int(asked.fields["p"])
        numbers = days.get(day, [])[page * size : (page + 1) * size]
        body = json.dumps([listed(number, day) for number in numbers]).encode()
        tag = f'W/"{len(body):x}"'
        if tags and asked.headers.get("if-none-match") == tag:
            return Reply(status=304, headers={"ETag": tag})
        return Reply(body, headers={"ETag": tag} if tags else {})

    return answer
