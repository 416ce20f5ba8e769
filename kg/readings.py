"""How relations read, for all that people read."""

#: Relation -> how it reads from its head and from its tail, above one or several others, in the order of the details.
RELATIONS: dict[str, tuple[str, str]] = {
    "introduces": ("introduces", "introduced by"),
    "is_a": ("is a", "more general than"),
    "version_of": ("version of", "has the version"),
    "part_of": ("part of", "includes"),
    "based_on": ("based on", "basis of"),
    "used_for": ("used for", "done with"),
    "outperforms": ("outperforms", "outperformed by"),
    "evaluated_on": ("evaluated on", "used to evaluate"),
    "measured_by": ("measured by", "measures"),
    "addresses": ("addresses", "addressed by"),
    "uses": ("uses", "used by"),
    "evaluates_on": ("evaluates on", "used for experiments in"),
    "compares_with": ("compares with", "baseline or rival in"),
}


def reading(relation: str) -> tuple[str, str]:
    """Give how a relation reads from its head and from its tail.

    >>> reading("is_a")[0], reading("trained_on")
    ('is a', ('trained on', 'inverse of trained on'))
    """
    plain = relation.replace("_", " ")
    return RELATIONS.get(relation, (plain, f"inverse of {plain}"))
