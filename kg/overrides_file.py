"""Change ``overrides.toml`` as a person would: comments and layout stay, entries come and go one at a time."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ConfigError
from kg.overrides import Overrides, Pair, parse, read

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_INDENT = re.compile(r"\n([ \t]*)[\[{]")

_HEADER = """\
What you decided about names; it beats every rule of kg. `kg merge` and `kg split` edit this file.
A pair is ["one name", "another"], or { names = ["one name", "another"], note = "why" }."""


@dataclass(frozen=True, slots=True)
class Change:
    """The text of a changed file, the entries taken out of it, and whether the wanted one was there already."""

    text: str
    removed: tuple[str, ...] = ()
    known: bool = False


def merged(text: str, pair: Pair, *, add: bool = True) -> Change:
    """Say that two names are one thing; entries that say otherwise go. Without ``add`` they only go."""
    document, made = _opened(text)
    wanted = Overrides(same=(*made.same, pair)).groups()
    group = next(set(group) for group in wanted if pair.forms[0] in group)
    against = [place for place, other in enumerate(made.different) if group.issuperset(other.forms)]
    return _changed(document, made, "same", pair, _Wrong("different", against), add=add)


def parted(text: str, pair: Pair, *, add: bool = True) -> Change:
    """Say that two names are two things; entries that join them go. Without ``add`` they only go."""
    document, made = _opened(text)
    keep, leave = pair.forms
    rest = Overrides(same=tuple(other for other in made.same if leave not in other.forms)).groups()
    group = next((set(group) for group in rest if keep in group), {keep})
    against = [
        place for place, other in enumerate(made.same) if leave in other.forms and not group.isdisjoint(other.forms)
    ]
    return _changed(document, made, "different", pair, _Wrong("same", against), add=add)


def written(overrides: Overrides) -> str:
    """Write decisions as a new file."""
    import tomlkit

    document = tomlkit.document()
    for line in _HEADER.splitlines():
        document.add(tomlkit.comment(line))
    values: dict[str, Any] = overrides.as_dict()
    for key in ("same", "different", "drop"):
        if values[key]:
            document[key] = _array(values[key])
    for key in ("rename", "kind"):
        if values[key]:
            table = tomlkit.table()
            for name, value in values[key].items():
                table[name] = _inline(value)
            document[key] = table
    return tomlkit.dumps(document)


def save(path: Path, text: str) -> None:
    """Replace a file of decisions, once its new text is known to be readable."""
    _opened(text, where=str(path))
    replace_file(path, text)


def replace_file(path: Path, text: str) -> None:
    """Replace a text file in one step, keeping its mode."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}); make its folder writable") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(path.resolve())
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def start(path: Path, built: Overrides) -> tuple[str, bool]:
    """Give the text of a file, or that of a new one with the decisions a build was made with; and if it is new."""
    if path.exists():
        read(path)
        with path.open(encoding="utf-8", newline="") as stream:
            return stream.read(), False
    return written(built), True


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The entries of one list that contradict what is wanted."""

    key: str
    places: list[int]


def _opened(text: str, where: str = "overrides") -> tuple["TOMLDocument", Overrides]:
    """Read a file both as text to be edited and as decisions."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        # Without the last line end, what is added would stand on the last line.
        document = tomlkit.parse(text if not text or text.endswith("\n") else f"{text}\n")
        values = document.unwrap()
    except TOMLKitError as error:  # of a few texts that tomllib takes
        raise ConfigError(f"{where}: no TOML that can be changed in place ({error}); mend that line") from error
    return document, parse(values, where=where)


def _changed(document: "TOMLDocument", made: Overrides, key: str, pair: Pair, wrong: _Wrong, *, add: bool) -> Change:
    """Take the wrong entries out and put the pair in, if it is not there."""
    import tomlkit

    held: tuple[Pair, ...] = getattr(made, wrong.key)
    removed = [f"{wrong.key}: {held[place].a!r}, {held[place].b!r}" for place in wrong.places]
    for place in reversed(wrong.places):
        del document[wrong.key][place]
    if removed and not document[wrong.key] and "#" not in document[wrong.key].as_string():
        del document[wrong.key]
    known = any(set(other.forms) == set(pair.forms) for other in getattr(made, key))
    if add and not known:
        _append(document, key, pair)
    return Change(tomlkit.dumps(document), tuple(removed), known)


def _append(document: "TOMLDocument", key: str, pair: Pair) -> None:
    """Put a pair at the end of its list, in the form that the list has."""
    import tomlkit
    from tomlkit.items import AoT, Array

    value = pair.plain()
    present = document.get(key)
    if isinstance(present, AoT):
        table = tomlkit.table()
        table.update({"names": [pair.a, pair.b], **({"note": pair.note} if pair.note else {})})
        present.append(table)
    elif isinstance(present, Array):
        if "\n" in present.as_string() or not present:
            indent = _INDENT.search(present.as_string())
            present.add_line(_inline(value), indent=indent[1] if indent else "    ")
            if len(present) == 1:
                present.multiline(True)
        else:
            present.append(_inline(value))
    else:
        document[key] = _array([value])


def _array(values: list[Any]) -> Any:
    """Make a list with a line for each entry."""
    import tomlkit

    array = tomlkit.array()
    array.extend(_inline(value) for value in values)
    return array.multiline(True)


def _inline(value: Any) -> Any:
    """Make a value that stays on one line."""
    import tomlkit

    if not isinstance(value, dict):
        return tomlkit.item(value)
    table = tomlkit.inline_table()
    table.update(value)
    return table
