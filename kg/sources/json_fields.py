"""Reach into the objects of foreign JSON without trusting their types."""

from collections.abc import Mapping, Sequence


def at(record: object, *path: str) -> object:
    """Give the value at a path of keys, or None where there is none.

    >>> at({"ids": {"doi": "10.1/x"}}, "ids", "doi"), at({"ids": []}, "ids", "doi")
    ('10.1/x', None)
    """
    for key in path:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def text_at(record: object, *path: str) -> str:
    """Give the text or the whole number at a path of keys, or an empty text.

    >>> text_at({"year": 2024}, "year"), text_at({"year": [2024]}, "year")
    ('2024', '')
    """
    value = at(record, *path)
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def list_at(record: object, *path: str) -> Sequence[object]:
    """Give the list at a path of keys, or an empty one."""
    value = at(record, *path)
    return value if isinstance(value, list) else ()


def first_text(record: object, *keys: str) -> str:
    """Give the first text that is not empty under some keys.

    >>> first_text({"title": None, "display_name": "A"}, "title", "display_name")
    'A'
    """
    return next((text for key in keys if (text := text_at(record, key)).strip()), "")


def names_at(value: object, *keys: str) -> object:
    """Give the names of authors that are objects with their name under one of some keys; what else it is comes back.

    >>> names_at([{"fullname": "A. Byron"}, {"fullname": None}, "B. Turing"], "fullname")
    ['A. Byron', 'B. Turing']
    """
    if not isinstance(value, list):
        return value
    return [name for item in value if (name := _name(item, keys))]


def _name(item: object, keys: Sequence[str]) -> object:
    return first_text(item, *keys) if isinstance(item, Mapping) else item
