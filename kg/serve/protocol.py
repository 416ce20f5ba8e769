"""Read a request of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/, section 2.1).

A query comes in the address of a GET, in a form that is posted, or as the body of a POST; which graphs it is asked of
may come with it. Everything else is a `Problem` with the status of the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

#: Bytes of a request's body; a query of the greatest length fits, whatever its script.
MAX_BODY = 1 << 20

#: Media types of a posted query and form, and of the update that is refused.
QUERY, FORM, UPDATE = "application/sparql-query", "application/x-www-form-urlencoded", "application/sparql-update"

#: Methods the endpoint answers.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")

#: Parameters that a request may hold at most.
_MOST = 1000

_NO_UPDATE = "updates are refused: the graph is read-only; build it with `kg build`"


class Problem(Exception):
    """A request that gets no answer: the status, the reason in words, headers of the reply."""

    def __init__(self, status: HTTPStatus, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, dict(headers or {})


@dataclass(frozen=True, slots=True)
class Operation:
    """A query and the graphs it is asked of; without any, those of the store."""

    query: str
    default_graphs: tuple[str, ...] = field(default=())
    named_graphs: tuple[str, ...] = field(default=())


def read(method: str, address: bytes, media: str, body: bytes) -> Operation | None:
    """Give the query of a request, or None where a GET has none; ``address`` is the part after ``?``.

    >>> read("GET", b"query=ASK%20%7B%7D", "", b"")
    Operation(query='ASK {}', default_graphs=(), named_graphs=())
    """
    if method not in METHODS:
        allowed = ", ".join(METHODS)
        raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, f"use {allowed}, not {method}", {"Allow": allowed})
    asked = _parameters(address, "the address")
    if method != "POST":
        return _operation(asked) if asked.keys() & {"query", "update"} else None
    name, charset = _media(media)
    if name == UPDATE:
        raise Problem(HTTPStatus.FORBIDDEN, _NO_UPDATE)
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body is said to be {charset}; send UTF-8")
    if name == FORM:
        posted = _parameters(body, "the form")
        if "query" not in posted and "update" not in posted:
            raise Problem(HTTPStatus.BAD_REQUEST, "the form has no field named query")
        return _operation({key: asked.get(key, []) + posted.get(key, []) for key in {**asked, **posted}})
    if name == QUERY:
        return _operation({**asked, "query": [*asked.get("query", []), _text(body, "the body")]})
    given = f"not {name}" if name else "and the request names no type"
    raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a POST takes {FORM} or {QUERY}, {given}")


def _operation(fields: Mapping[str, list[str]]) -> Operation:
    """Make an operation of parameters: one query, no update."""
    if "update" in fields:
        raise Problem(HTTPStatus.FORBIDDEN, _NO_UPDATE)
    queries = fields.get("query", [])
    if len(queries) != 1:
        raise Problem(HTTPStatus.BAD_REQUEST, f"a request holds one query, this one has {len(queries)}")
    graphs = {name: tuple(fields.get(f"{name}-graph-uri", [])) for name in ("default", "named")}
    return Operation(queries[0], graphs["default"], graphs["named"])


def _parameters(text: bytes, where: str) -> dict[str, list[str]]:
    """Read parameters, in UTF-8 behind their percent signs or without them."""
    try:
        pairs = parse_qsl(_text(text, where), keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except UnicodeDecodeError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{where} is no UTF-8 ({error.reason})") from error
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{where} cannot be read ({error})") from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _text(data: bytes, where: str) -> str:
    """Decode UTF-8, or say where it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"{where} is no UTF-8 ({error.reason} at byte {error.start})"
        raise Problem(HTTPStatus.BAD_REQUEST, reason) from error


def _media(header: str) -> tuple[str, str]:
    """Give the media type of a Content-Type header and its character set, in lower case.

    >>> _media("Application/SPARQL-query; Charset=UTF-8")
    ('application/sparql-query', 'utf-8')
    """
    name, *params = (part.strip().lower() for part in header.split(";"))
    for key, _, value in (param.partition("=") for param in params):
        if key.strip() == "charset":
            return name, value.strip(' "')
    return name, ""
