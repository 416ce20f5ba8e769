"""Entries of Hugging Face Daily Papers, as its API and the data inside its pages hold them.

An entry of the list (https://huggingface.co/api/daily_papers) wraps a ``paper`` and repeats some of its fields; the
record of one paper (https://huggingface.co/api/papers/ID) is the ``paper`` alone.
"""

from collections.abc import Callable, Mapping

from kg.model import Paper, Source
from kg.sources.fields import Unusable, paper
from kg.sources.wrapping import one_line, paragraphs


def entry(record: Mapping[str, object], source: Source) -> Paper:
    r"""Make a paper of an entry of the list or of the record of one paper; raise `Unusable` where it cannot be one.

    >>> entry({"paper": {"id": "2401.01234", "title": "On\n  Wraps"}}, Source("hf-api", "day.json", 1)).title
    'On Wraps'
    """
    inner = record.get("paper", record)
    if not isinstance(inner, Mapping):
        raise Unusable('paper is no object; an entry looks like {"paper": {"id": …, "title": …, "summary": …}}')
    return paper(
        {
            "id": _first("id", inner, record),
            "title": _tidy(_first("title", inner, record), one_line),
            "summary": _tidy(_first("summary", inner, record), paragraphs),
            "authors": _first("authors", inner, record),
            # The outer date is that of the listing in some entries; the inner one is that of the paper.
            "date": _first("publishedAt", inner, record),
        },
        source,
    )


def _first(name: str, *records: Mapping[str, object]) -> object:
    return next((record[name] for record in records if record.get(name)), None)


def _tidy(value: object, change: Callable[[str], str]) -> object:
    return change(value) if isinstance(value, str) else value
