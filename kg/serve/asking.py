"""Ask a query for a client who may leave: the wait happens on a thread, and who hangs up ends his query."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import Request

from kg.errors import (
    KGError,
    QueryBusyError,
    QueryCancelledError,
    QueryError,
    QueryFormError,
    QueryMemoryError,
    QueryRefusedError,
    QueryRowsError,
    QueryTimeError,
)
from kg.query import Worker
from kg.serve.protocol import Problem

Answer = TypeVar("Answer")

#: Seconds after which a client that was turned away may come again.
RETRY = {"Retry-After": "2"}

#: Error -> status. The Protocol (section 2.1.7) gives 400 to a wrong query and 500 to one that is not executed;
#: HTTP has narrower ones for a refusal, a limit of time and a full house.
STATUSES: dict[type[KGError], HTTPStatus] = {
    QueryFormError: HTTPStatus.NOT_ACCEPTABLE,
    QueryRefusedError: HTTPStatus.FORBIDDEN,
    QueryTimeError: HTTPStatus.GATEWAY_TIMEOUT,
    QueryRowsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    QueryMemoryError: HTTPStatus.INTERNAL_SERVER_ERROR,
    QueryBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    QueryCancelledError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem_of(error: KGError) -> Problem:
    """Give the answer to a query that failed."""
    wrong = HTTPStatus.BAD_REQUEST if isinstance(error, QueryError) else HTTPStatus.INTERNAL_SERVER_ERROR
    status = STATUSES.get(type(error), wrong)
    return Problem(status, str(error), RETRY if status == HTTPStatus.SERVICE_UNAVAILABLE else None)


@dataclass(slots=True)
class Errand:
    """What one client waits for: the process at work on it, once there is one, and whether the client left."""

    left: bool = False
    _worker: Worker | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, worker: Worker) -> None:
        """Say which process is at work; for nobody, it need not begin."""
        with self._lock:
            if self.left:
                raise QueryCancelledError("the client left")
            self._worker = worker

    def end(self) -> None:
        """Say that the process is at work no more, so that what it does next is left alone."""
        with self._lock:
            self._worker = None

    def abandon(self) -> None:
        """End the work: the client left."""
        with self._lock:
            self.left = True
            if self._worker is not None:
                self._worker.cancel()


async def wait_for(request: Request, work: Callable[[Errand], Answer], threads: Executor) -> Answer:
    """Do some work on a thread, and tell its errand when the client hangs up."""
    errand = Errand()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        errand.abandon()

    watching = asyncio.create_task(watch())
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, work, errand)
    finally:
        watching.cancel()
