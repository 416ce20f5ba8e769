"""The application: which address leads where, and the rules that hold for every answer.

| address             | is                                                                            |
| ------------------- | ----------------------------------------------------------------------------- |
| `/`                 | what the graph holds                                                           |
| `/sparql`           | the SPARQL endpoint; without a query its description, to a browser `/query`    |
| `/query`            | the query page                                                                 |
| `/recipe/NAME`      | the SPARQL of a recipe with values in it                                       |
| `/search?q=`        | entities and papers by name                                                    |
| `/graph`            | the interactive page; as RDF, what describes the graph as a whole              |
| `/ontology`         | the terms of the ontology                                                      |
| anything else       | the thing of that IRI under the base IRI                                       |
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from importlib import resources

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KGError
from kg.serve import negotiate
from kg.serve.asking import problem_of
from kg.serve.endpoint import Endpoint
from kg.serve.live import Live
from kg.serve.pages import Pages
from kg.serve.protocol import Problem

#: What our pages may do: nothing but show themselves and ask this server.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

#: The query page's editor sets styles in elements that it writes as text.
QUERY_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

#: The graph page holds its own stricter policy, with the hashes of its scripts.
GRAPH_POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'none'; object-src 'none'"

#: Path -> policy of it; elsewhere `POLICY`.
_POLICIES = {"/query": QUERY_POLICY, "/graph": GRAPH_POLICY}

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: Files that pages need: address -> where it lies beside this module, and its type.
FILES = {
    "/static/style.css": ("static/style.css", "text/css"),
    "/static/query.css": ("static/query.css", "text/css"),
    "/static/query.js": ("static/query.js", "text/javascript"),
    "/static/icon.svg": ("static/icon.svg", "image/svg+xml"),
    "/assets/yasgui.min.js": ("assets/yasgui/yasgui.min.js", "text/javascript"),
    "/assets/yasgui.min.css": ("assets/yasgui/yasgui.min.css", "text/css"),
}

#: Seconds between two looks for a newer build while nobody asks anything.
_LOOK = 5.0


def make(live: Live, *, patience: float, hosts: Sequence[str] = (), origins: Sequence[str] = ("*",)) -> Starlette:
    """Make the application; ``hosts`` are the names it answers to, all if there are none.

    ``patience`` is how many seconds a query waits for a free process; pages of ``origins`` may read the answers.
    """
    pages, endpoint = Pages(live), Endpoint(live, patience)

    async def sparql(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive))
        await response(scope, receive, send)

    routes = [
        Route("/", pages.home),
        Route("/sparql", _Any(sparql)),
        Route("/sparql/", _Any(sparql)),
        Route("/query", pages.query),
        Route("/recipe/{name}", pages.recipe),
        Route("/search", pages.search),
        *(Route(address, _File(*place)) for address, place in FILES.items()),
        Route("/{path:path}", pages.thing),
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["*"],
        expose_headers=["X-KG-Note", "Retry-After"],
    )
    return Starlette(
        routes=routes,
        middleware=[Middleware(Rules, hosts=frozenset(hosts)), *([cors] if origins else [])],
        exception_handlers={
            Problem: lambda request, error: _said(pages, request, error),
            KGError: lambda request, error: _said(pages, request, error),
            HTTPException: lambda request, error: _said(pages, request, error),
        },
        lifespan=lambda _: _living(live),
    )


@asynccontextmanager
async def _living(live: Live) -> AsyncIterator[None]:
    """Look for newer builds now and then while the application runs, and end its processes with it."""

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK)
            with suppress(KGError, OSError):  # a later look, or a request, meets it again
                await asyncio.to_thread(live.refresh)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        live.close()


class Rules:
    """Refuse requests for other hosts, and give every answer the headers of the policy.

    A page of elsewhere whose name its owner points at this machine (DNS rebinding) is known by the host it asks for.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = hostname(Headers(scope=scope).get("host", ""))
        if self.hosts and host not in self.hosts:
            known = ", ".join(sorted(self.hosts))
            reason = f"this server answers to {known}, not to {host!r}\n"
            await PlainTextResponse(reason, HTTPStatus.MISDIRECTED_REQUEST)(scope, receive, send)
            return

        async def send_ruled(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _POLICIES.get(scope["path"], POLICY))
            await send(message)

        await self.app(scope, receive, send_ruled)


def hostname(header: str) -> str:
    """Give the name in a Host header without its port.

    >>> hostname("LOCALHOST:7878"), hostname("[::1]:7878"), hostname("[::1]")
    ('localhost', '::1', '::1')
    """
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


class _Any:
    """An application of its own, which gets every method; the router takes a bare function for one that answers GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        await self.app(scope, receive, send)


class _File:
    """Answers with a file that travels with kg."""

    def __init__(self, name: str, media: str) -> None:
        self.name, self.media = name, media

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""
        with resources.as_file(resources.files("kg.serve").joinpath(self.name)) as path:
            response = FileResponse(path, media_type=self.media, headers={"Cache-Control": "no-cache"})
            await response(scope, receive, send)


def _said(pages: Pages, request: Request, error: Exception) -> Response:
    """Say what went wrong: as a page where one was asked for, else in plain text."""
    if isinstance(error, HTTPException):
        error = Problem(HTTPStatus(error.status_code), str(error.detail), error.headers)
    elif isinstance(error, KGError):
        error = problem_of(error)
    assert isinstance(error, Problem)
    plain = (("text/plain", "text"), ("text/html", "html"), ("*/*", "text"))
    chosen = negotiate.choose(request.headers.get("accept"), plain)
    if request.url.path.startswith("/sparql") or chosen is None or chosen[1] == "text":
        return PlainTextResponse(f"{error.reason}\n", error.status, error.headers)
    page = pages.render(
        "error.html", status=error.status, number=error.status.value, title=error.status.phrase, reason=error.reason
    )
    page.headers.update(error.headers)
    return page
