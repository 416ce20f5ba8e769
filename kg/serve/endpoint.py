"""The SPARQL endpoint: a request of the protocol becomes a query on the newest build, and its answer a response."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from kg.errors import KGError
from kg.query import Result
from kg.query.check import MAX_LENGTH
from kg.serve import description, negotiate, protocol
from kg.serve.asking import Errand, problem_of, wait_for
from kg.serve.live import Live
from kg.serve.protocol import Operation, Problem

#: Seconds a client has to send its request.
_BODY_SECONDS = 30.0

#: Threads that wait for processes: enough for every client that may wait.
_THREADS = 1024

#: Notes on likely slips in a query that an answer carries, and characters of each.
_NOTES, _NOTE = 5, 500


@dataclass(slots=True)
class Endpoint:
    """Answers the requests of the protocol; ``seconds`` is how long one waits for a free process."""

    live: Live
    patience: float
    page: str = "/query"
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS, "kg-query"))

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        body = await _body(request)
        media = request.headers.get("content-type", "")
        operation = protocol.read(request.method, request.scope["query_string"], media, body)
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": ", ".join(protocol.METHODS)})
        if operation is None:
            return await self._describe(request)
        if len(operation.query) > MAX_LENGTH:
            reason = f"the query has {len(operation.query)} characters; at most {MAX_LENGTH} are allowed"
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
        medias = _medias(request)
        result = await wait_for(request, lambda errand: self._ask(errand, operation, medias), self._threads)
        notes = {"X-KG-Note": quote(" | ".join(n[:_NOTE] for n in result.notes[:_NOTES]), safe=" |;:,?()'")}
        return Response(
            result.body,
            headers={**(notes if result.notes else {}), "Vary": "Accept", "Cache-Control": "no-cache"},
            media_type=typed(medias[result.kind][0]),
        )

    def _ask(self, errand: Errand, operation: Operation, medias: dict[str, tuple[str, str]]) -> Result:
        """Run a query in a free process."""
        try:
            with self.live.borrow() as snapshot, snapshot.strangers.worker(patience=self.patience) as worker:
                errand.begin(worker)
                try:
                    return worker.run(
                        operation.query,
                        forms={kind: form for kind, (_, form) in medias.items()},
                        default_graphs=operation.default_graphs,
                        named_graphs=operation.named_graphs,
                    )
                finally:
                    errand.end()
        except KGError as error:
            raise problem_of(error) from error

    async def _describe(self, request: Request) -> Response:
        """Answer a request without a query: to a browser the query page, to a program the service description."""
        chosen = negotiate.choose(request.headers.get("accept"), (*negotiate.GRAPHS, negotiate.PAGE[0]))
        if chosen is None:
            raise Problem(HTTPStatus.NOT_ACCEPTABLE, "a description of the service is to be had as Turtle or HTML")
        if chosen[1] == "html":
            return RedirectResponse(self.page, headers={"Vary": "Accept"})
        address = str(request.url.replace(query="", fragment=""))
        body = await wait_for(request, lambda _: self._description(address, chosen[1]), self._threads)
        return Response(body, media_type=typed(chosen[0]), headers={"Vary": "Accept"})

    def _description(self, address: str, form: str) -> bytes:
        """Describe the service for the graphs of the newest build."""
        with self.live.borrow() as snapshot, snapshot.pages.worker(patience=self.patience) as worker:
            return description.describe(worker, address, form)


def typed(media: str) -> str:
    """Add the character set where a media type has that parameter.

    >>> typed("text/csv"), typed("application/ld+json")
    ('text/csv; charset=utf-8', 'application/ld+json')
    """
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _medias(request: Request) -> dict[str, tuple[str, str]]:
    """Choose a media type and form for each kind of answer the client accepts any of."""
    accept = ", ".join(request.headers.getlist("accept")) or None
    found = {kind: negotiate.choose(accept, offers) for kind, offers in negotiate.KINDS.items()}
    medias = {kind: offer for kind, offer in found.items() if offer is not None}
    if not medias:
        known = ", ".join(dict.fromkeys(media for offers in negotiate.KINDS.values() for media, _ in offers))
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, f"nothing is to be had as {accept}; there are {known}")
    return medias


async def _body(request: Request) -> bytes:
    """Read the body of a request, no longer and no larger than allowed."""
    data = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                data += part
                if len(data) > protocol.MAX_BODY:
                    reason = f"the request is larger than {protocol.MAX_BODY} bytes"
                    raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason, {"Connection": "close"})
    except TimeoutError as error:
        reason = f"the request took longer than {_BODY_SECONDS:g} s to arrive"
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, reason, {"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the client left before its request was whole") from error
    return bytes(data)
