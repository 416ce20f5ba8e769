"""Check what a service answered: damage may be gone at the next try, another form of the format is an error."""

import json
from typing import Any

from kg.errors import FetchError
from kg.fetch.http import Answer, Passing, excerpt, redacted


def loaded(answer: Answer) -> Any:
    """Read an answer as JSON; one that is none may come right at the next try."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Passing(f"no whole JSON ({error}) but {excerpt(answer.body)}") from error


def changed(answer: Answer, wanted: str) -> FetchError:
    """Make the error for an answer that has another form than the published one."""
    return FetchError(
        f"{redacted(answer.url)}: the answer lacks {wanted}, so the format has changed: {excerpt(answer.body)}; "
        "look for a newer kg"
    )
