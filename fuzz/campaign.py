"""Drive one target with atheris for some minutes of processor time, and keep what it finds.

Atheris (https://github.com/google/atheris) mutates inputs and follows which code they reach. A finding does not end
the run: its input is made small and stored under the name of its error, and the same error at the same place is kept
once.
"""

import faulthandler
import hashlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fuzz.target import ROOT, BrokenError, Target, hold

#: Seconds of processor time that one input may take, and bytes by which it may raise the peak of memory.
SLOW, HUGE = 20, 512 << 20

#: Seconds that making one finding small may take.
_SHRINKING = 20

#: Seconds between two writings of the log.
_REPORTING = 15


class SlowError(Exception):
    """An input that takes too long."""


class HugeError(Exception):
    """An input that takes too much memory."""


@dataclass(slots=True)
class Log:
    """What a run has done so far."""

    target: str
    seconds: float = 0.0
    executions: int = 0
    #: Name of a finding -> how often it was met.
    findings: dict[str, int] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the log as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def signature(error: BaseException) -> str:
    """Name an error by its type, the last line of our own code that it passed, and a hash of that place."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT) and frame.name != hold.__name__]
    own = places or list(frames)
    place, line = (f"{Path(own[-1].filename).stem}-{own[-1].name}", own[-1].line) if own else ("memory", "")
    promise = error.promise if isinstance(error, BrokenError) else ""
    what = f"{type(error).__name__}:{place}:{line}:{promise}"
    return f"{type(error).__name__.lower()}-{place}-{hashlib.sha256(what.encode()).hexdigest()[:6]}"


class Runner:
    """Run inputs, and keep one small input of each sort of error."""

    def __init__(self, name: str, target: Target, folder: Path, *, minutes: float) -> None:
        self.log = Log(name)
        self._check = target.check
        self._folder = folder
        self._until = minutes * 60
        self._written = 0.0
        self._begun = time.process_time()
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, data: bytes) -> None:
        """Run one input; end the process when the time is over."""
        self.log.executions += 1
        error = self.error_of(data)
        if error is not None:
            self._keep(data, error)
        self.log.seconds = round(time.process_time() - self._begun, 1)
        if self.log.seconds - self._written >= _REPORTING or self.log.seconds >= self._until:
            self._written = self.log.seconds
            self.log.write(self._folder / "log.json")
        if self.log.seconds >= self._until:
            sys.stdout.flush()
            os._exit(0)  # atheris itself never returns

    def error_of(self, data: bytes) -> BaseException | None:
        """Give what an input raises, too much time and memory among it."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOW)
        try:
            self._check(data)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever comes is a finding, a panic of Rust among it
            return error
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - before
        if grown > HUGE:
            return HugeError(f"{grown >> 20} MB for {len(data)} bytes")
        return None

    def _keep(self, data: bytes, error: BaseException) -> None:
        name = signature(error)
        self.log.findings[name] = self.log.findings.get(name, 0) + 1
        path = self._folder / name
        if path.exists():
            return
        path.write_bytes(data)
        told = "".join(traceback.format_exception(error))
        path.with_name(f"{name}.txt").write_text(told, encoding="utf-8", errors="backslashreplace")
        path.write_bytes(shrunk(data, lambda part: self._is(part, name)))

    def _is(self, data: bytes, name: str) -> bool:
        error = self.error_of(data)
        return error is not None and signature(error) == name


def shrunk(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    """Leave stretches of an input out as long as it still does what it did.

    >>> shrunk(b"xxxxabxxxx", lambda part: b"ab" in part)
    b'ab'
    """
    until = time.monotonic() + _SHRINKING
    size = max(1, len(data) // 2)
    while size:
        place = 0
        while place < len(data):
            shorter = data[:place] + data[place + size :]
            if time.monotonic() > until:
                return data
            if still(shorter):
                data = shorter
            else:
                place += size
        size //= 2
    return data


def run(name: str, target: Target, folder: Path, *, minutes: float) -> None:
    """Fuzz a target; this never returns, for atheris ends the process."""
    import atheris

    def stop(*_: object) -> None:
        raise SlowError(f"more than {SLOW} seconds of processor time")

    faulthandler.enable()
    signal.signal(signal.SIGVTALRM, stop)
    runner = Runner(name, target, folder, minutes=minutes)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    target.check(next(target.seeds()))  # models are loaded before time and memory are measured
    for seed in target.seeds():
        runner.run(seed)
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed[: target.longest])
    words = folder / "words"
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in dict.fromkeys(target.words) if word), encoding="ascii")
    options = [
        f"-max_len={target.longest}",
        f"-dict={words}",
        f"-artifact_prefix={folder}/died-",
        "-timeout=1200",  # of the clock; processor time is watched by `Runner`
        "-report_slow_units=1200",
        "-rss_limit_mb=6000",
        "-print_final_stats=0",
        "-verbosity=0",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *options], runner.run)
    atheris.Fuzz()


def _quoted(word: str) -> str:
    r"""Write a word as libFuzzer's dictionaries have it.

    >>> _quoted('a"é')
    'a\\x22\\xc3\\xa9'
    """
    return "".join(chr(code) if chr(code).isalnum() and code < 128 else f"\\x{code:02x}" for code in word.encode())
