"""Go through all answers to a query, newest papers first, and later through those that are new."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from kg.fetch.folder import Folder, Stored, Sweep
from kg.fetch.http import Answer, Client, redacted
from kg.text import counted


@dataclass(frozen=True, slots=True)
class Part:
    """What one answer holds: ids, the newest date, and the position of the next answer or None at the end."""

    ids: tuple[str, ...]
    newest: str
    following: str | None
    total: int


class Service(Protocol):
    """A service that answers a query page by page."""

    #: What it is called.
    name: str
    #: Ending of the files that hold its answers.
    suffix: str
    #: Position of the first answer.
    first: str
    #: Date from which papers are wanted, or nothing.
    since: str
    #: A later fetch asks again for so many days before the newest paper: papers appear late and out of order.
    overlap: int

    def address(self, position: str, since: str) -> str:
        """Give the address of an answer."""

    def read(self, answer: Answer, position: str) -> Part:
        """Take an answer apart; one that is damaged is `Passing`, a wrong one a FetchError."""


def sweep(
    service: Service,
    folder: Folder,
    client: Client,
    *,
    most: int | None,
    refresh: bool = False,
    notify: Callable[[str], None],
) -> int:
    """Fetch what is not yet there, at most ``most`` papers in one pass; give the number of new papers."""
    state, today = folder.state, day_of(client)
    before = state.known()
    if any(not folder.holds(page) for page in state.pages):
        notify("files are missing or were changed; fetching all of them again")
        refresh = True
    if refresh:
        folder.begin_anew()
    begun = state.sweep
    if begun is None:
        state.sweep = Sweep(service.since, service.first, 0, today)
    elif _unfinished(begun, most):
        notify(f"going on after {counted(begun.taken, 'paper')}")
    elif begun.day >= today:
        notify("asked today already; --refresh asks again")
    _finish(service, folder, client, most, notify)
    if begun is not None and begun.day < today:
        since = _earlier(min(state.newest, today), service.overlap) if state.newest else ""
        state.sweep = Sweep(max(service.since, since), service.first, 0, today)
        _finish(service, folder, client, most, notify)
    folder.drop_stale()
    folder.save()
    return len(state.known() - before)


def _unfinished(going: Sweep, most: int | None) -> bool:
    """Tell whether a pass has more to take."""
    return going.following is not None and (most is None or going.taken < most)


def _finish(service: Service, folder: Folder, client: Client, most: int | None, notify: Callable[[str], None]) -> None:
    """Go through the rest of a pass, keeping each answer that brings something new as it comes."""
    state, going = folder.state, folder.state.sweep
    assert going is not None
    known = state.known()
    visited: set[str | None] = set()
    while _unfinished(going, most):
        position = str(going.following)
        url = service.address(position, going.since)
        answer, part = client.get(url, partial(_taken_apart, service, position))
        fresh = [name for name in part.ids if name not in known]
        if fresh:
            name = folder.next_name(service.suffix)
            folder.store(answer.body, Stored(name, "", redacted(url), moment_of(client), list(part.ids)))
        known.update(fresh)
        visited.add(position)
        going.taken += len(fresh)
        going.following = part.following
        state.newest = max(state.newest, part.newest)
        folder.save()
        notify(f"{counted(going.taken, 'paper')} of {part.total}")
        if part.following in visited:
            notify(f"the service sends the same page again ({part.following}); stopped there")
            going.following = None
        if going.following is None and going.since == service.since and len(known) < part.total:
            notify(f"the service gave {len(known)} of {part.total}; narrow the query (--since, --until) for the rest")


def _taken_apart(service: Service, position: str, answer: Answer) -> tuple[Answer, Part]:
    """Give an answer with what it holds."""
    return answer, service.read(answer, position)


def _earlier(day: str, days: int) -> str:
    """Give the day some days before."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=days)).isoformat()


def moment_of(client: Client) -> str:
    """Give the time in UTC."""
    return datetime.datetime.fromtimestamp(client.clock.time(), datetime.UTC).isoformat(timespec="seconds")


def day_of(client: Client) -> str:
    """Give the day in UTC."""
    return moment_of(client)[:10]


def even_pages(most: int | None, largest: int) -> int:
    """Give the size of pages of at most ``largest`` papers that add up to ``most`` with little left over.

    >>> even_pages(50, 200), even_pages(300, 200), even_pages(None, 200)
    (50, 150, 200)
    """
    return -(-most // -(-most // largest)) if most else largest
