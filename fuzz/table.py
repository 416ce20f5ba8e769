"""The targets by name."""

from fuzz import exports, extraction, names, queries, readers, settings, texts
from fuzz.target import Target

#: Name -> target.
TARGETS: dict[str, Target] = {
    **readers.targets(),
    **texts.targets(),
    **names.targets(),
    **extraction.targets(),
    **exports.targets(),
    **queries.targets(),
    **settings.targets(),
}
