"""Ask a web service politely: spaced requests, retries that heed Retry-After, answers that are checked to be whole.

Retry-After is read as RFC 9110, section 10.2.3 has it: seconds or a date.
"""

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, ProxyError, ResponseError

import kg
from kg.errors import FetchError

T = TypeVar("T")

#: Statuses that pass: too many requests, and faults of the server or of what stands before it.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

#: Seconds before the second try; they double with each one, up to `LONGEST_PAUSE`.
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0

#: A service that asks to wait longer than so many seconds is left alone, and the user is told when to come back.
LONGEST_WAIT = 300.0

#: Tries of one request in all.
TRIES = 6

#: Bytes of an answer; a longer one is no page of records.
LONGEST_BODY = 1 << 28

#: Bytes read at a time.
_CHUNK = 1 << 16

#: Redirects are followed a few times; everything else is retried here, where it can be told and timed.
_REDIRECTS = urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=5)

_SECRET = re.compile(r"(?<=api_key=)[^&\s'\")]+")


class Clock:
    """The time, and waiting; tests put another in its place."""

    def time(self) -> float:
        """Give the seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Passing(Exception):
    """A fault that may be gone at the next try, and how long the service asks to wait, if it does."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        """Keep the reason and the wait."""
        super().__init__(reason)
        self.wait = wait


class Nameless(Passing):
    """The address of a host is not found by its name, mostly for want of a network."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service sent: 200 with a body, or 304 where the body known before still holds."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Client:
    """Sends requests, no two to one host closer together than ``pause`` seconds."""

    pause: float
    contact: str = ""
    #: Seconds that connecting, each wait for bytes and a whole answer may take.
    timeouts: tuple[float, float, float] = (20.0, 60.0, 600.0)
    clock: Clock = field(default_factory=Clock)
    notify: Callable[[str], None] = lambda message: None
    _answered: bool = False
    _last: dict[str, float] = field(default_factory=dict)
    _managers: dict[str, urllib3.PoolManager] = field(default_factory=dict)

    def get(self, url: str, check: Callable[[Answer], T], *, headers: Mapping[str, str] | None = None) -> T:
        """Ask until ``check`` takes the answer; it raises `Passing` for one that is worth another try.

        Gives up with a `FetchError` after a few tries, and at once where trying again cannot help.
        """
        host = urlsplit(url).netloc
        for attempt in range(1, TRIES + 1):
            self._keep_distance(host)
            try:
                checked = check(self._send(url, headers or {}))
                self._answered = True
                return checked
            except Passing as fault:
                wait = self._backoff(attempt) if fault.wait is None else max(fault.wait, self.pause)
                if wait > LONGEST_WAIT:
                    raise FetchError(
                        redacted(f"{url}: {fault}; the service asks to wait {_span(wait)}. {self._remedy()}")
                    ) from None
                if isinstance(fault, Nameless) and attempt > 1:
                    raise FetchError(redacted(f"{url}: {fault}; {NO_NETWORK}. {self._remedy()}")) from fault
                if attempt == TRIES:
                    raise FetchError(redacted(f"{url}: {fault}; tried {TRIES} times. {self._remedy()}")) from fault
                self.notify(redacted(f"{host}: {fault}; trying again in {_span(wait)}"))
                self.clock.sleep(wait)
        raise AssertionError("unreachable")

    def _remedy(self) -> str:
        """Say what a user does after a failure that may pass."""
        return f"What came so far is kept: {GO_ON}, it goes on from there" if self._answered else GO_ON.capitalize()

    def _keep_distance(self, host: str) -> None:
        """Wait until the last request to a host is long enough ago."""
        now = self.clock.time()
        wait = min(self.pause, self._last.get(host, now - self.pause) + self.pause - now)
        if wait > 0:
            self.clock.sleep(wait)
        self._last[host] = self.clock.time()

    @staticmethod
    def _backoff(attempt: int) -> float:
        """Give the seconds to wait after a try, with a little chance so that clients do not march in step."""
        return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))) * random.uniform(1.0, 1.25)

    def _send(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Send one request and read the whole answer."""
        connect, read, whole = self.timeouts
        named = {"User-Agent": self.agent, "Accept-Encoding": "gzip, deflate", **headers}
        try:
            response = self._manager(url).request(
                "GET",
                url,
                headers=named,
                retries=_REDIRECTS,
                timeout=urllib3.Timeout(connect=connect, read=read),
                preload_content=False,
            )
            try:
                body = _body(response, until=time.monotonic() + whole)
            except BaseException:
                response.close()  # a connection with half an answer in it is of no more use
                raise
            response.release_conn()
        except MaxRetryError as error:
            if isinstance(error.reason, ResponseError):
                raise FetchError(redacted(f"{url}: redirected in a circle; check the address (--url)")) from None
            fault = Nameless if _is_nameless(error.reason) else Passing
            raise fault(f"no answer ({_cause(error.reason or error)})") from error
        except (HTTPError, OSError) as error:
            raise Passing(f"the connection broke ({_cause(error)})") from error
        answer = Answer(url, response.status, body, {name.lower(): value for name, value in response.headers.items()})
        if answer.status in (200, 304):
            return answer
        said = f"HTTP {answer.status} {response.reason or ''}".strip() + f": {excerpt(body)}"
        if answer.status in PASSING:
            raise Passing(said, retry_after(answer.headers.get("retry-after", ""), self.clock.time()))
        raise FetchError(redacted(f"{url}: {said}; {_REMEDIES.get(answer.status, 'check the request')}"))

    @property
    def agent(self) -> str:
        """Name the program, and whom to write to."""
        contact = f"; mailto:{self.contact}" if self.contact else ""
        return f"paper-kg/{kg.__version__} (https://pypi.org/project/paper-kg{contact})"

    def _manager(self, url: str) -> urllib3.PoolManager:
        """Give the pool of connections for an address: through the proxy that the environment names, if it does."""
        parts = urlsplit(url)
        proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
        if proxy not in self._managers:
            self._managers[proxy] = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
        return self._managers[proxy]


#: What a user does after a failure that may pass.
GO_ON = "run the same command again later"

#: What is likely where the name of a service is not found.
NO_NETWORK = "no network? `kg build` reads files that you already have"

_REMEDIES = {
    400: "mend the query",
    401: "the service wants a key, or another one",
    403: "the service refuses; wait, name yourself with --mailto, or use a key",
    404: "check the address (--url)",
}


def retry_after(value: str, now: float) -> float | None:
    """Give the seconds that a Retry-After header asks to wait, or None where it cannot be read.

    >>> retry_after("7", 0), retry_after("Thu, 01 Jan 1970 00:02:00 GMT", 100.0), retry_after("soon", 0)
    (7.0, 20.0, None)
    """
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError):
        return None


def excerpt(body: bytes, length: int = 200) -> str:
    r"""Give the beginning of an answer on one line, for a message.

    >>> excerpt(b"<html>\n <h1>Moved</h1>")
    '<html> <h1>Moved</h1>'
    """
    text = " ".join(body[: 4 * length].decode("utf-8", "replace").split())
    return (text[:length] + "…" if len(text) > length else text) or "an empty answer"


def redacted(message: str) -> str:
    """Take keys out of a message or an address.

    >>> redacted("https://host/works?api_key=abc&page=1")
    'https://host/works?api_key=…&page=1'
    """
    return _SECRET.sub("…", message)


def _body(response: urllib3.BaseHTTPResponse, *, until: float) -> bytes:
    """Read an answer as its bytes arrive; one that ends early, is too long or drips for ever is a fault."""
    parts, length = [], 0
    while piece := response.read1(_CHUNK):
        parts.append(piece)
        length += len(piece)
        if length > LONGEST_BODY:
            raise FetchError(f"an answer of more than {LONGEST_BODY >> 20} MB; ask for less with --max")
        if time.monotonic() > until:
            raise Passing("the answer came too slowly")
    return b"".join(parts)


def _is_nameless(error: Exception | None) -> bool:
    """Tell whether the name of a host, or of the proxy on the way to it, was not found."""
    return isinstance(error.original_error if isinstance(error, ProxyError) else error, NameResolutionError)


def _cause(error: Exception) -> str:
    """Give what an error says, without the connection it says it of."""
    return re.sub(r"^HTTPS?Connection(?:Pool)?\(.*?\): ", "", str(error))


def _span(seconds: float) -> str:
    """Write a stretch of time."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
