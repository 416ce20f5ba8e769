"""What is said of one subject, as a block of text that has the subject once, and the canonical lines of a block.

A block is half as long as its lines, so blocks are what is sorted.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from kg.exporters.terms import Terms, Triple

#: What is said of one subject: property -> its value as N-Triples text.
Facts = dict[str, str]

#: A node, its classes, its properties of one value, and those of any number of distinct values.
Thing = tuple[str, tuple[str, ...], Facts, Mapping[str, Collection[str]]]

#: What stands between the subject and the facts of a block; in a text it is escaped.
_END = "\n"


@dataclass(slots=True)
class _Shape:
    """What things of the same classes and properties share: a template with gaps for the values, and what fills it."""

    template: str
    values: Callable[[Facts], str | tuple[str, ...]]
    number: int = 0


class Blocks:
    """Writes things as blocks, and counts their triples by property, and the things by class."""

    def __init__(self, terms: Terms) -> None:
        self._known = terms.known
        #: Classes and properties -> their shape.
        self._shapes: dict[tuple[tuple[str, ...], *tuple[str, ...]], _Shape] = {}
        #: Values beyond the first one of a thing, by property.
        self._more: Counter[str] = Counter()

    def block(
        self, subject: str, classes: tuple[str, ...], facts: Facts, several: Mapping[str, Collection[str]]
    ) -> str:
        """Write a thing in canonical order."""
        for name, values in several.items():
            if values:  # all but the first are facts of their own
                facts[name] = f"{_END}{self._known[name]} ".join(sorted(values))
                self._more[name] += len(values) - 1
        key: tuple[tuple[str, ...], *tuple[str, ...]] = (classes, *facts)
        shape = self._shapes.get(key)
        if shape is None:
            self._shapes[key] = shape = self._shape(classes, facts)
        shape.number += 1
        return subject + shape.template % shape.values(facts)

    def _shape(self, classes: tuple[str, ...], facts: Iterable[str]) -> _Shape:
        """Make the shape of things."""
        gaps = {self._known[name]: name for name in facts}
        types = [f"{self._known['rdf:type']} {node}" for node in map(self._known.__getitem__, classes)]
        parts = sorted([*types, *gaps])
        template = "".join(f"{_END}{part.replace('%', '%%')}{' %s' * (part in gaps)}" for part in parts)
        return _Shape(template, itemgetter(*(gaps[part] for part in parts if part in gaps)))

    def properties(self) -> Counter[str]:
        """Count the triples written so far by property."""
        found = self._more.copy()
        for (classes, *names), shape in self._shapes.items():
            for name in (*names, *(["rdf:type"] * len(classes))):
                found[name] += shape.number
        return +found

    def classes(self) -> Counter[str]:
        """Count the things written so far by class."""
        found: Counter[str] = Counter()
        for (classes, *_), shape in self._shapes.items():
            for name in classes:
                found[name] += shape.number
        return found


def triples(thing: Thing, terms: Terms) -> list[Triple]:
    """Give what is said of a thing as triples."""
    subject, classes, facts, several = thing
    found = [(subject, terms.known["rdf:type"], terms.known[name]) for name in classes]
    found += [(subject, terms.known[name], value) for name, value in facts.items()]
    return found + [(subject, terms.known[name], value) for name, values in several.items() for value in values]


def lines(blocks: Iterable[str]) -> Iterator[str]:
    r"""Write sorted blocks as canonical lines, those of one subject at once.

    >>> list(lines(["<a>\n<p> <x>\n<p> <z>", "<a>\n<p> <y>", "<b>\n<p> <z>"]))
    ['<a> <p> <x> .\n<a> <p> <y> .\n<a> <p> <z> .\n', '<b> <p> <z> .\n']
    """
    last, held = "", [""]
    for block in chain(blocks, ("",)):
        subject, _, facts = block.partition(_END)
        if subject == last:
            held.append(facts)
            continue
        if last:
            whole = held[0] if len(held) == 1 else _END.join(sorted(_END.join(held).split(_END)))
            yield f"{last} {whole.replace(_END, f' .{_END}{last} ')} .{_END}"
        last, held = subject, [facts]
