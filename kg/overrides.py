"""What a user decided about names: ``overrides.toml``, which beats every rule of resolution.

    same = [["LoRA", "low-rank adapter"], { names = ["ViT", "vision transformer"], note = "our usage" }]
    different = [["SAM", "sharpness-aware minimization"]]
    drop = ["our method"]

    [rename]
    "kv caches" = "KV cache"

    [kind]
    "MMLU" = "Dataset"

A name stands for everything with the same normal form; ``entity:...`` is the node with that identifier. The first name
of a pair in ``same`` gives the node its identifier and label. Every entry may have a note: a pair or a dropped name is
then a table with ``names`` or ``name``, a label or kind one with ``label`` or ``kind``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.errors import ConfigError
from kg.model import KINDS
from kg.text import normal_form

#: The file that is read, if it is there, from the folder of ``kg.toml``.
FILE = "overrides.toml"

#: How a decision of the user is called in the ``merges`` table.
REASON = "override"

#: Names that start so are identifiers and kept as they are.
_IDENTIFIER = "entity:"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names said to be one thing, or two."""

    a: str
    b: str
    note: str = ""

    @property
    def forms(self) -> tuple[str, str]:
        """The forms of both names, as identity compares them."""
        return form_of(self.a), form_of(self.b)

    def plain(self) -> object:
        """Give the pair as it stands in the file."""
        return {"names": [self.a, self.b], "note": self.note} if self.note else [self.a, self.b]


@dataclass(frozen=True, slots=True)
class Setting:
    """A name with the label or kind that it gets, or that is dropped (``value`` is empty then)."""

    name: str
    value: str = ""
    note: str = ""

    @property
    def form(self) -> str:
        """The form of the name, as identity compares it."""
        return form_of(self.name)

    def plain(self, key: str) -> object:
        """Give what stands in the file beside the name; ``key`` is what the value is called there."""
        return {key: self.value, "note": self.note} if self.note else self.value


@dataclass(frozen=True, slots=True)
class Overrides:
    """The decisions of one file, in its order."""

    same: tuple[Pair, ...] = ()
    different: tuple[Pair, ...] = ()
    rename: tuple[Setting, ...] = ()
    kind: tuple[Setting, ...] = ()
    drop: tuple[Setting, ...] = ()

    def __len__(self) -> int:
        """Count the decisions."""
        return sum(map(len, (self.same, self.different, self.rename, self.kind, self.drop)))

    def as_dict(self) -> dict[str, object]:
        """Give the decisions as plain data, the inverse of `parse`."""
        return {
            "same": [pair.plain() for pair in self.same],
            "different": [pair.plain() for pair in self.different],
            "rename": {item.name: item.plain("label") for item in self.rename},
            "kind": {item.name: item.plain("kind") for item in self.kind},
            "drop": [{"name": item.name, "note": item.note} if item.note else item.name for item in self.drop],
        }

    def names(self) -> list[str]:
        """List every name that a decision is about, in order, each once."""
        pairs = [name for pair in (*self.same, *self.different) for name in (pair.a, pair.b)]
        return list(dict.fromkeys([*pairs, *(item.name for item in (*self.rename, *self.kind, *self.drop))]))

    def groups(self) -> list[tuple[str, ...]]:
        """Join the pairs of ``same`` into groups of forms, the first-named form first.

        >>> parse({"same": [["b", "c"], ["a", "b"], ["x", "y"]]}).groups()
        [('b', 'c', 'a'), ('x', 'y')]
        """
        groups: list[list[str]] = []
        for pair in self.same:
            held = [group for group in groups if not set(pair.forms).isdisjoint(group)]
            joined = list(dict.fromkeys([*(form for group in held for form in group), *pair.forms]))
            place = groups.index(held[0]) if held else len(groups)
            groups = [group for group in groups if group not in held]
            groups.insert(place, joined)
        return [tuple(group) for group in groups]


#: Nothing decided.
NONE = Overrides()


@lru_cache(maxsize=1 << 12)
def form_of(name: str) -> str:
    """Give the form in which names are compared; an identifier of a node stays as it is.

    >>> form_of("KV Caches"), form_of("entity:kv-cache-dd8b6a0b")
    ('kv cache', 'entity:kv-cache-dd8b6a0b')
    """
    return name.strip() if name.startswith(_IDENTIFIER) else normal_form(name)


def read(path: Path) -> Overrides:
    """Read a file of decisions."""
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); mend `overrides` or make the file with `kg merge`"
        ) from error
    except (ValueError, RecursionError) as error:  # of TOML, of text, or of numbers and lists beyond measure
        raise ConfigError(f"{path}: no valid TOML ({error})") from error
    return parse(values, where=str(path))


def parse(values: Mapping[str, Any], *, where: str = "overrides") -> Overrides:
    """Make decisions of plain data, refusing what is unknown, of the wrong type, or contradicts itself.

    >>> parse({"same": [["LoRA", "low-rank adapter"]]}).same
    (Pair(a='LoRA', b='low-rank adapter', note=''),)
    """
    known = ("same", "different", "rename", "kind", "drop")
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}; known are {', '.join(known)}")
    made = Overrides(
        same=tuple(_pairs(values.get("same", []), f"{where}: same")),
        different=tuple(_pairs(values.get("different", []), f"{where}: different")),
        rename=tuple(_settings(values.get("rename", {}), f"{where}: rename", "label")),
        kind=tuple(_settings(values.get("kind", {}), f"{where}: kind", "kind")),
        drop=tuple(_dropped(values.get("drop", []), f"{where}: drop")),
    )
    _check(made, where)
    return made


def _pairs(values: object, where: str) -> Iterator[Pair]:
    """Read a list of pairs."""
    for place, value in enumerate(_list(values, where), 1):
        here = f"{where}, entry {place}"
        names, note = _noted(value, "names", here)
        if not isinstance(names, list) or len(names) != 2:
            raise ConfigError(f'{here} is {value!r}; it must be two names, such as ["LoRA", "low-rank adapter"]')
        a, b = (_name(name, here) for name in names)
        if form_of(a) == form_of(b):
            raise ConfigError(f"{here}: {a!r} and {b!r} are one name to kg already; take the entry out")
        yield Pair(a, b, note)


def _settings(values: object, where: str, key: str) -> Iterator[Setting]:
    """Read a table of names with a label or kind."""
    if not isinstance(values, dict):
        raise ConfigError(f"{where} is {values!r}; it must be a table of names")
    for name, value in values.items():
        here = f"{where}, {name!r}"
        text, note = _noted(value, key, here)
        yield Setting(_name(name, where), _text(text, here), note)


def _dropped(values: object, where: str) -> Iterator[Setting]:
    """Read a list of names."""
    for place, value in enumerate(_list(values, where), 1):
        here = f"{where}, entry {place}"
        name, note = _noted(value, "name", here)
        yield Setting(_name(name, here), "", note)


def _list(values: object, where: str) -> list[Any]:
    """Take a list, or say what is there instead."""
    if not isinstance(values, list):
        raise ConfigError(f"{where} is {values!r}; it must be a list")
    return values


def _noted(value: object, key: str, where: str) -> tuple[object, str]:
    """Take a value that stands alone, or in a table with a note."""
    if not isinstance(value, dict):
        return value, ""
    for other in value:
        if other not in (key, "note"):
            raise ConfigError(f"{where}: unknown key {other!r}; known are {key}, note")
    return value.get(key), _text(value.get("note", ""), f"{where}, note", empty=True)


def _text(value: object, where: str, *, empty: bool = False) -> str:
    """Take one line of text."""
    if not isinstance(value, str) or not (empty or value.strip()) or "\n" in value:
        raise ConfigError(f"{where} is {value!r}; it must be one line of text")
    return value.strip()


def _name(value: object, where: str) -> str:
    """Take a name that something is left of when it is normalised."""
    name = _text(value, where)
    if not form_of(name):
        raise ConfigError(f"{where}: {name!r} has no letter, digit or sign to compare; write a name as papers do")
    return name


def _check(made: Overrides, where: str) -> None:
    """Refuse kinds that are none, names decided twice, and decisions that contradict each other."""
    for item in made.kind:
        if item.value not in KINDS:
            raise ConfigError(f"{where}: kind, {item.name!r}: {item.value!r} is no kind; known are {', '.join(KINDS)}")
    for key, items in (("rename", made.rename), ("kind", made.kind), ("drop", made.drop)):
        seen: dict[str, str] = {}
        for item in items:
            if item.form in seen:
                raise ConfigError(
                    f"{where}: {key} names {seen[item.form]!r} and {item.name!r}, which are one name; keep one"
                )
            seen[item.form] = item.name
    groups = {form: place for place, group in enumerate(made.groups()) for form in group}
    for pair in made.different:
        a, b = pair.forms
        if a in groups and groups[a] == groups.get(b):
            raise ConfigError(
                f"{where}: {pair.a!r} and {pair.b!r} are said to be different, and by `same` to be one thing; "
                "take one of both out"
            )
