"""Hugging Face Daily Papers: the lists of days, as JSON.

https://huggingface.co/docs/hub/api#paper-pages-api: ``date``, ``limit`` (at most 100) and ``p``, the page from 0 on; an
empty list on days without papers. Lists begin in May 2023. A list may grow while its day is young.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from kg.errors import FetchError
from kg.fetch.answers import changed, loaded
from kg.fetch.folder import Folder, Stored
from kg.fetch.http import Answer, Client
from kg.fetch.sweep import day_of, moment_of
from kg.text import counted

#: Where the service is.
ADDRESS = "https://huggingface.co/api/daily_papers"

#: Seconds between requests.
PAUSE = 1.0

#: Papers a page.
PAGE = 100

#: A list is final so many days after its day.
SETTLED = 3

#: Before this day there are no lists.
EARLIEST = datetime.date(2023, 5, 1)

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")


@dataclass(frozen=True, slots=True)
class _Listed:
    """One answer, and the arXiv ids it lists; no ids of an answer that says nothing has changed."""

    answer: Answer
    ids: tuple[str, ...]


def days(text: str, *, today: str) -> list[str]:
    """Give the days that a day, month, year or range FROM..TO stands for, up to today.

    >>> days("2025-03-30..2025-04", today="2025-04-01")
    ['2025-03-30', '2025-03-31', '2025-04-01']
    """
    first, dots, last = text.partition("..")
    begin, end = _bounds(first.strip())[0], _bounds((last if dots else first).strip())[1]
    if begin > end:
        raise FetchError(f"{text!r}: the range ends before it begins; write FROM..TO")
    begin, end = max(begin, EARLIEST), min(end, datetime.date.fromisoformat(today))
    if begin > end:
        raise FetchError(f"{text!r}: no such lists; they begin on {EARLIEST} and today is {today}")
    return [(begin + datetime.timedelta(days=number)).isoformat() for number in range((end - begin).days + 1)]


def fetch(
    wanted: list[str],
    folder: Folder,
    client: Client,
    *,
    address: str = ADDRESS,
    most: int | None = None,
    refresh: bool = False,
    notify: Callable[[str], None],
) -> int:
    """Fetch the lists of days that are not yet there or not yet final; give the number of new papers."""
    state, today = folder.state, day_of(client)
    before = state.known()
    for day in wanted:
        kept = [page for page in state.pages if page.file.startswith(f"hf-{day}")]
        whole = all(folder.holds(page) for page in kept)
        if whole and not refresh and (state.asked.get(day, "") >= _final(day) or state.asked.get(day) == today):
            continue
        if most is not None and len(state.known() - before) >= most:
            notify(f"stopped before {day}: {counted(most, 'paper')} reached (--max)")
            break
        for number in range(1_000):
            name = f"hf-{day}.json" if number == 0 else f"hf-{day}-{number + 1}.json"
            url = f"{address}?{urlencode({'date': day, 'limit': PAGE, 'p': number})}"
            old = next((page for page in kept if page.file == name and whole), None)
            listed = client.get(url, _read, headers=_conditions(old))
            if listed.answer.status == 200 and listed.ids:
                tags = (listed.answer.headers.get("etag", ""), listed.answer.headers.get("last-modified", ""))
                folder.store(listed.answer.body, Stored(name, "", url, moment_of(client), list(listed.ids), *tags))
            # A page may hold fewer papers than asked for and have a successor, but never half as many.
            if len(listed.ids or (old.ids if old and listed.answer.status == 304 else ())) < PAGE // 2:
                break
        state.asked[day] = today
        folder.save()
        notify(f"{day}: {counted(sum(len(p.ids) for p in state.pages if p.file.startswith(f'hf-{day}')), 'paper')}")
    return len(state.known() - before)


def _bounds(text: str) -> tuple[datetime.date, datetime.date]:
    """Give the first and last day of a day, month or year."""
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError("not of the form 2025-03-31, 2025-03 or 2025")
        year, month, day = (int(match[name] or 0) for name in ("year", "month", "day"))
        begin = datetime.date(year, month or 1, day or 1)
        if day:
            return begin, begin
        after = datetime.date(year + (month in (0, 12)), 1 if month in (0, 12) else month + 1, 1)
    except ValueError as error:
        raise FetchError(
            f"{text!r}: no date ({error}); give a day, a month, or a range such as 2025-03-01..2025-03-07"
        ) from error
    return begin, after - datetime.timedelta(days=1)


def _final(day: str) -> str:
    """Give the day from which on a list does not change."""
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=SETTLED)).isoformat()


def _conditions(old: Stored | None) -> dict[str, str]:
    """Give the headers that ask for an answer only if it is another than the one at hand."""
    named = {"If-None-Match": old.etag, "If-Modified-Since": old.modified} if old else {}
    return {name: value for name, value in named.items() if value}


def _read(answer: Answer) -> _Listed:
    """Take a list apart."""
    if answer.status == 304:
        return _Listed(answer, ())
    value = loaded(answer)
    if not isinstance(value, list):
        raise changed(answer, "a list of papers")
    return _Listed(answer, tuple(_ids(value, answer)))


def _ids(items: list[object], answer: Answer) -> Iterator[str]:
    """Give the arXiv id of each paper of a list."""
    for item in items:
        paper = item.get("paper") if isinstance(item, dict) else None
        if not isinstance(paper, dict) or not isinstance(paper.get("id"), str):
            raise changed(answer, "paper.id")
        yield paper["id"]
