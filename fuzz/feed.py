"""Take numbers, choices and texts out of bytes, so that any bytes make some structured input."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Feed:
    """Bytes that are used up from the front; at their end there are only zeros and empty texts."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def __bool__(self) -> bool:
        return self._place < len(self._data)

    def number(self, below: int) -> int:
        r"""Take a number from 0 to ``below`` - 1.

        >>> Feed(b"\x07").number(5), Feed(b"").number(5)
        (2, 0)
        """
        value, size = 0, 1 if below <= 256 else 4
        for _ in range(size):
            value = value << 8 | (self._data[self._place] if self else 0)
            self._place += 1
        return value % below

    def choice(self, values: Sequence[T]) -> T:
        r"""Take one of some values.

        >>> Feed(b"\x01").choice("abc")
        'b'
        """
        return values[self.number(len(values))]

    def text(self, most: int = 255, *, errors: str = "replace") -> str:
        r"""Take a text of up to ``most`` bytes: a byte tells its length.

        >>> Feed(b"\x02abc").text()
        'ab'
        """
        size = self.number(min(most, 255) + 1)
        taken = self._data[self._place : self._place + size]
        self._place += size
        return taken.decode("utf-8", errors)

    def rest(self, *, errors: str = "replace") -> str:
        """Take all that is left as text."""
        taken = self._data[self._place :]
        self._place = len(self._data)
        return taken.decode("utf-8", errors)


def fed(*parts: int | str) -> bytes:
    """Write what a feed would take as these numbers below 256 and texts.

    >>> feed = Feed(fed(3, "ab"))
    >>> feed.number(9), feed.text()
    (3, 'ab')
    """
    written = b""
    for part in parts:
        data = part.encode()[:255] if isinstance(part, str) else b""
        written += bytes((part,)) if isinstance(part, int) else bytes((len(data),)) + data
    return written
