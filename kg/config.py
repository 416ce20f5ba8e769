"""The settings of a build: defaults, and what ``kg.toml`` and ``overrides.toml`` may change."""

import re
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from kg import overrides as decided
from kg.errors import ConfigError
from kg.namespaces import DEFAULT_BASE
from kg.overrides import Overrides

#: The models that a build can extract with.
MODELS = ("accurate", "fast")

#: Signs that no IRI has (RFC 3987) as they are.
_NO_IRI = r"\x00-\x20\x7f-\x9f<>\"{}|^`\\#\[\]%\ud800-\udfff"

_BASE = re.compile(rf"https?://[^{_NO_IRI}/?:]+(?::\d+)?(?:/(?:[^{_NO_IRI}]|%[0-9A-Fa-f]{{2}})*)?[/#]")


@dataclass(frozen=True, slots=True)
class Config:
    """Everything besides the papers that decides what a build holds."""

    #: Base IRI of entities, papers and assertions; ends in ``/`` or ``#``.
    base_iri: str = DEFAULT_BASE
    #: The model that extracts: ``accurate``, or ``fast`` where a corpus is large.
    model: str = "accurate"
    #: Direct triples, page edges and recipes need at least this confidence (0 to 1).
    export_threshold: float = 0.55
    #: An entity is a node where the papers that name it are together at least this sure (0 to 1).
    entity_threshold: float = 0.65
    #: Entities of one paper less probable than this are not kept (0 to 1).
    min_entity_confidence: float = 0.5
    #: Relations of one paper less probable than this are not kept (0 to 1).
    min_relation_confidence: float = 0.25
    #: Year of dates without one on saved pages; 0 infers it from each page.
    page_year: int = 0
    #: Further vocabulary files (Turtle) read after the shipped one.
    vocabularies: tuple[str, ...] = ()
    #: What a user decided about names; in ``kg.toml`` the file that says so, in place of ``overrides.toml`` beside it.
    overrides: Overrides = decided.NONE
    #: ``graph.ttl`` is written up to this many triples.
    max_turtle_triples: int = 1_000_000
    #: NetworkX holds at most this many relations: ``kg.load`` refuses larger graphs.
    max_graph_edges: int = 2_000_000
    #: Seconds a query may run.
    query_seconds: float = 30.0
    #: Rows or triples a query may return.
    query_rows: int = 100_000

    def __post_init__(self) -> None:
        """Check the ranges that later stages rely on."""
        if not _BASE.fullmatch(self.base_iri):
            raise ConfigError(f"base_iri is {self.base_iri!r}; it must be an http(s) IRI that ends in / or #")
        if self.model not in MODELS:
            raise ConfigError(f"model is {self.model!r}; it must be one of {', '.join(MODELS)}")
        for name in ("export_threshold", "entity_threshold", "min_entity_confidence", "min_relation_confidence"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} is {getattr(self, name)!r}; it must lie between 0 and 1")
        if self.max_graph_edges < 0:
            raise ConfigError(f"max_graph_edges is {self.max_graph_edges}; it must be 0 or more")

    def as_dict(self) -> dict[str, object]:
        """Give the settings as plain data, for the manifest."""
        return {**asdict(self), "overrides": self.overrides.as_dict()}


def from_dict(values: dict[str, object], *, where: str = "settings", folder: Path = Path()) -> Config:
    """Make a Config of plain data, refusing unknown keys and wrong types.

    ``overrides`` may be a file, which is looked for from ``folder``, or what such a file holds.
    """
    known = {field.name: type(field.default) for field in fields(Config)}
    checked: dict[str, object] = {}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"{where}: unknown setting {name!r}; known are {', '.join(sorted(known))}")
        kind = known[name]
        if kind is Overrides and isinstance(value, str):
            checked[name] = decided.read(folder / value)
        elif kind is Overrides and isinstance(value, dict):
            checked[name] = decided.parse(value, where=f"{where}, overrides")
        elif kind is tuple and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            checked[name] = tuple(value)
        elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
            checked[name] = _as_float(value, f"{where}: {name}")
        elif type(value) is kind:
            checked[name] = value
        else:
            raise ConfigError(f"{where}: {name} is {value!r}; it must be of type {kind.__name__}")
    return Config(**checked)  # type: ignore[arg-type]


def _as_float(value: float, where: str) -> float:
    """Make a float of a number, if it is not beyond what a float holds."""
    try:
        return float(value)
    except OverflowError as error:
        raise ConfigError(f"{where} is a number of hundreds of digits; it must be smaller") from error


def load(path: Path | None = None) -> Config:
    """Read ``path``, or ``kg.toml`` in the current directory if there is one, else take the defaults.

    ``overrides.toml`` in the same directory is read too, unless the settings name another file.
    """
    given, path = path is not None, path or Path("kg.toml")
    values = _values(path) if given or path.exists() else {}
    beside = path.parent / decided.FILE
    if "overrides" not in values and beside.exists():
        values["overrides"] = beside.name
    return from_dict(values, where=str(path), folder=path.parent)


def overrides_file(path: Path | None = None) -> Path:
    """Give the file of overrides that `load` reads, or would if it were there."""
    given, path = path is not None, path or Path("kg.toml")
    named = _values(path).get("overrides") if given or path.exists() else None
    return path.parent / (named if isinstance(named, str) else decided.FILE)


def _values(path: Path) -> dict[str, object]:
    """Read a TOML file of settings."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give an existing file to --config") from error
    except (ValueError, RecursionError) as error:  # of TOML, of text, or of numbers and lists beyond measure
        raise ConfigError(f"{path}: no valid TOML ({error})") from error
