"""What a measurement is given."""

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.results import Row


@dataclass(frozen=True, slots=True)
class Setting:
    """Papers as lines of JSON and their number, folders, and what the command line chose.

    ``folder`` is for what goes away, ``cache`` for what is kept from run to run. ``only`` names the candidates, all if
    it is empty. ``done`` are the rows of a run before, to go on from.
    """

    papers: Path
    count: int
    folder: Path
    cache: Path
    rounds: int = 3
    processes: tuple[int, ...] = (1,)
    models: tuple[str, ...] = ("fast",)
    sizes: tuple[int, ...] = ()
    only: tuple[str, ...] = ()
    part: int = 500
    done: list[Row] = field(default_factory=list)
