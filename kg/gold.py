"""Read annotated papers and the output of `kg extract`, refusing what scoring cannot read."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import InputError


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Read annotated papers, one a line."""
    return list(_lines(path, {"id": str, "title": str, "entities": list}))


def read_predictions(path: Path) -> dict[str, dict[str, Any]]:
    """Read the output of `kg extract`, by paper id."""
    return {row["id"]: row for row in _lines(path, {"id": str, "entities": list})}


def _lines(path: Path, wanted: Mapping[str, type]) -> Iterator[dict[str, Any]]:
    """Read JSON lines that have the wanted fields."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path}: cannot be read ({reason}); give a file of JSON lines in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: no JSON ({error}); each line must hold one paper") from error
        missing = [
            name for name, kind in wanted.items() if not isinstance(row, dict) or type(row.get(name)) is not kind
        ]
        if missing:
            raise InputError(f"{path}, line {number}: lacks {', '.join(missing)}; each line must hold one paper")
        _check_entities(row, f"{path}, line {number}")
        yield row


def _check_entities(row: Mapping[str, Any], where: str) -> None:
    """Refuse entities and relations that scoring cannot read."""
    for entity in row["entities"]:
        if not isinstance(entity, dict) or not {"id", "type", "mentions"} <= entity.keys():
            raise InputError(f"{where}: an entity lacks its id, type or mentions: {str(entity)[:80]}")
    for item in row.get("relations", ()):
        listed = isinstance(item, list) and len(item) == 3
        fits = {"head", "type", "tail"} <= item.keys() if isinstance(item, dict) else listed
        if not fits:
            raise InputError(f"{where}: a relation lacks its head, type or tail: {str(item)[:80]}")
