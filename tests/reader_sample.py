"""What the contract test of the readers needs to know of each format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: The folder of the small files.
DATA = Path(__file__).parent / "data" / "readers"


@dataclass(frozen=True, slots=True)
class Sample:
    """A format's small file, a malformed one, and a way to write as many records as one likes."""

    #: A real-shaped file in `DATA` and the number of papers in it.
    small: str
    papers: int
    #: A damaged file in `DATA`: at least one record of it is rejected, with a reason that holds ``complaint``.
    malformed: str
    complaint: str
    #: Give the pieces of a file of so many records; None where the format holds one paper a file.
    huge: Callable[[int], Iterator[bytes]] | None
