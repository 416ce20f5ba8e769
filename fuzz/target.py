"""What a target of fuzzing is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: The folder with a checkout of kg.
ROOT = Path(__file__).resolve().parent.parent

#: Found cases, a folder for each target.
CASES = ROOT / "tests" / "data" / "fuzz"


class BrokenError(AssertionError):
    """A promise that kg did not keep, and what it did instead."""

    def __init__(self, promise: str, *details: object) -> None:
        super().__init__(": ".join((promise, *map(repr, details))))
        self.promise = promise


@dataclass(frozen=True, slots=True)
class Target:
    """A part of kg under fuzzing."""

    #: What is fuzzed and what must hold.
    description: str
    #: Raise unless kg keeps its promises on this input; any exception is a finding.
    check: Callable[[bytes], None]
    #: Give inputs to start from.
    seeds: Callable[[], Iterator[bytes]]
    #: Words that the format knows.
    words: tuple[str, ...] = ()
    #: Longest input, in bytes.
    longest: int = 8192
    #: Input that hypothesis tries in the tests, by number.
    examples: int = field(default=40, kw_only=True)


def hold(condition: object, promise: str, *details: object) -> None:
    """Raise unless a promise is kept; ``details`` say of what input it was broken.

    >>> hold(True, "one is one")
    """
    if not condition:
        raise BrokenError(promise, *details)
