"""Ctrl-C while the program kg is still being imported: nothing was begun, so it ends at once and without a word."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

#: Exit status that shells expect of a program that Ctrl-C ended.
STATUS = 130


def is_program(command: Sequence[str]) -> bool:
    """Tell whether Python was started to run kg, by the parts of `sys.orig_argv`, and not something that imports kg.

    >>> is_program(["python", "-X", "dev", "-m", "kg", "build"]), is_program(["python", "/usr/bin/kg", "build"])
    (True, True)
    >>> is_program(["python", "-m", "pytest", "-m", "kg"]), is_program(["python", "-c", "import kg", "-m", "kg"])
    (False, False)
    """
    for place, part in enumerate(command[1:], 1):
        if part in ("-c", "-m"):
            return part == "-m" and command[place + 1 : place + 2] == ["kg"]
        if not part.startswith("-") and command[place - 1] not in ("-X", "-W"):
            return os.path.basename(part) == "kg"  # noqa: PTH119 - pathlib would be imported before Ctrl-C is heeded
    return False


def _end(number: int, frame: FrameType | None) -> None:
    """End the process; an exception would come out of whatever import is going on, or get lost in it."""
    os._exit(STATUS)


def as_exception() -> None:
    """Make Ctrl-C a KeyboardInterrupt again, for a command that tells how to go on after it."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# A shell that runs kg in the background has Ctrl-C ignored, which stays so.
if is_program(sys.orig_argv) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _end)
