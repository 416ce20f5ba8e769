"""Values of BibTeX fields: pieces joined by ``#``, braces that keep capitals, lists of names."""

import re
from collections.abc import Mapping
from itertools import pairwise

from kg.sources.fields import Unusable
from kg.text import readable

#: A longer value is none; abbreviations made of each other grow fast.
LONGEST_VALUE = 1 << 20

#: What opens and closes, and whatever a backslash escapes.
_MARKS = re.compile(r'\\.|[{}$"]', re.DOTALL)

#: What stands before a brace that belongs to TeX: a macro, an accent, a script.
_ARGUMENT = re.compile(r"(?:\\[A-Za-z]+\*?\s*|\\.|[_^])$")


def resolved(value: str, strings: Mapping[str, str]) -> str:
    """Give the text of a field's value: quoted and braced pieces and abbreviations, joined.

    >>> resolved('acl # " 2020"', {"acl": "Proc. of ACL"}), resolved("{A {B}}", {}), resolved("jan", {})
    ('Proc. of ACL 2020', 'A {B}', 'jan')
    """
    parts, at, size = [], 0, len(value)
    while at < size:
        sign = value[at]
        if sign in '{"':
            end = _closing(value, at)
            parts.append(value[at + 1 : end])
            at = end + 1
        else:
            end = value.find("#", at)
            end = end if end >= 0 else size
            name = value[at:end].strip()
            parts.append(strings.get(name.lower(), name))
            at = end
        while at < size and value[at].isspace():
            at += 1
        if at < size:
            if value[at] != "#":
                raise Unusable(f"no comma before {value[at : at + 30]!r}; separate the fields of this entry")
            at += 1
            while at < size and value[at].isspace():
                at += 1
    if sum(map(len, parts)) > LONGEST_VALUE:
        raise Unusable(f"a value of more than {LONGEST_VALUE} characters with its abbreviations written out")
    return " ".join("".join(parts).split())


def _closing(value: str, start: int) -> int:
    """Find where the brace or quote that opens at ``start`` closes; as for the parser, a backslash escapes."""
    depth, quoted = 0, value[start] == '"'
    for match in _MARKS.finditer(value, start + 1):
        sign = match[0]
        if not depth and sign == ('"' if quoted else "}"):
            return match.start()
        depth += (sign == "{") - (sign == "}")
    raise Unusable(f"{value[start]} is never closed; check the braces and quotes of this entry")


def protected(value: str, *, inner: bool = True) -> str:
    r"""Leave out braces that only keep capitals; those that TeX needs stay. Without ``inner`` only those around all.

    >>> protected("{{BERT}: {P}re-training} of {$x_{i}$}"), protected(r"{All of \emph{it}}", inner=False)
    ('BERT: Pre-training of $x_{i}$', 'All of \\emph{it}')
    >>> protected(r"Schr{\"o}dinger, \textbf{bold} and \{a set\}")
    'Schr{\\"o}dinger, \\textbf{bold} and \\{a set\\}'
    """
    if "{" not in value or not (inner or value[0] == "{"):
        return value
    pairs = _pairs(value)
    dropped: set[int] = set()
    low, high = 0, len(value) - 1
    while pairs.get(low, (-1, False))[0] == high:
        dropped |= {low, high}
        low, high = low + 1, high - 1
    for start, (end, mathematics) in pairs.items() if inner else ():
        before = value[max(0, start - 40) : start]
        if not (mathematics or value[start + 1 : start + 2] == "\\" or _ARGUMENT.search(before)):
            dropped |= {start, end}
    places = [-1, *sorted(dropped), len(value)]
    return "".join(value[start + 1 : end] for start, end in pairwise(places))


def _pairs(value: str) -> dict[int, tuple[int, bool]]:
    """Give the place of each opening brace with that of its closing one, and whether they stand in mathematics."""
    pairs: dict[int, tuple[int, bool]] = {}
    opened: list[tuple[int, bool]] = []
    mathematics = False
    for match in _MARKS.finditer(value):
        sign = match[0]
        if sign == "$":
            mathematics = not mathematics
        elif sign == "{":
            opened.append((match.start(), mathematics))
        elif sign == "}" and opened:
            start, within = opened.pop()
            pairs[start] = (match.start(), within)
    return pairs


def plain(value: str, *, inner: bool = True) -> str:
    r"""Give a value without TeX; ``inner`` is that of `protected`.

    >>> plain(r"{10.1000/a\_b}")
    '10.1000/a_b'
    """
    return readable(protected(value, inner=inner)).text.strip()


def names(value: str) -> list[str]:
    r"""Give the names that ``and`` joins.

    >>> names(r"{Barnes and Noble} and Gr{\"o}{\ss}er, Ada and others")
    ['Barnes and Noble', 'Größer, Ada']
    """
    from bibtexparser.middlewares.names import split_multiple_persons_names

    found = [plain(name) for name in split_multiple_persons_names(value)]
    return [name for name in found if name and name != "others"]
