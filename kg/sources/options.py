"""What a reader may be told besides its stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """Hints for readers; each uses what concerns its format."""

    #: Year of dates without one on saved pages; 0 infers it from each page.
    page_year: int = 0
    #: Field of a paper (``title``, ``abstract``, ``date`` …) -> name of the column that holds it, in tables.
    columns: Mapping[str, str] = field(default_factory=dict)
