"""Find what is wrong with vocabularies: clashes of labels, circles, links that lead nowhere, kinds that contradict."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import VocabularyError
from kg.namespaces import Namespaces
from kg.text import normal_form
from kg.vocabulary import Term, read_terms

#: Words that name nothing in particular by themselves: as a label they would be found in every paper.
GENERIC = frozenset(
    "a about above after all also an and any approach are as at algorithm analysis application based be before "
    "benchmark best better between both but by can data dataset design different each effect evaluation example "
    "experiment feature first for framework from function has have high how however idea in information input into is "
    "it its knowledge language large learning less low many may measure mechanism method metric model more most much "
    "network new no non not novel number of on one only or other our output over paper parameter performance "
    "problem procedure process proposed result same sample score second set show since small some state step strategy "
    "study such system task technique test than that the their them then theory there these they this those three "
    "through to tool training two under up use user using value various very via was we well were what when where "
    "which while will with within without word work".split()
)

#: Kinds that a term of a kind may have above it, besides its own: what is an instance of what.
_ABOVE = {"Method": ("Concept", "Task"), "Task": ("Concept",), "Metric": ("Concept",), "Concept": (), "Dataset": ()}


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """Something wrong: in which file, on which term, what it is."""

    file: str
    term: str
    problem: str


def may_be_above(kind: str, above: str) -> bool:
    """Tell whether a term of one kind may have a broader term of another.

    >>> may_be_above("Method", "Task"), may_be_above("Task", "Method")
    (True, False)
    """
    return kind == above or above in _ABOVE[kind]


def is_generic(label: str) -> bool:
    """Tell a word that names nothing in particular, or a lone letter, from a name.

    >>> [is_generic(label) for label in ("methods", "x", "support vector machine", "C++")]
    [True, True, False, False]
    """
    form = normal_form(label)
    return form in GENERIC or (len(form) == 1 and label.strip().casefold() == form)


def check(files: Sequence[Path], *, against: Sequence[Path] = ()) -> list[Clash]:
    """List the clashes within some files, and between them and those they are used with, sorted."""
    owned: list[tuple[str, Term]] = []
    found: list[Clash] = []
    for path in files:
        owned += [(str(path), term) for term in read_terms(path)]
        found += _incomplete(path)
    known = [(str(path), term) for path in against for term in read_terms(path)]
    for finder in (_ids, _labels, _generic, _links, _circles):
        found += finder(owned, known)
    return sorted(set(found))


_Owned = Sequence[tuple[str, Term]]


def _incomplete(path: Path) -> Iterator[Clash]:
    """Find concepts that are no term, for lack of a label or kind."""
    import pyoxigraph as ox

    names = Namespaces()
    concept = ox.NamedNode(names.expand("skos:Concept"))
    known = {term.id for term in read_terms(path)}
    try:
        quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    except (SyntaxError, OSError) as error:
        raise VocabularyError(f"{path}: no readable Turtle ({error})") from error
    for id_ in {names.compress(str(quad.subject.value)) for quad in quads if quad.object == concept} - known:
        yield Clash(str(path), id_, "has no preferred label or no kind, and is not read")


def _ids(owned: _Owned, known: _Owned) -> Iterator[Clash]:
    """Find ids that several files, or this and another, define, and ids outside the namespace of terms."""
    seen: dict[str, str] = {term.id: file for file, term in known}
    for file, term in owned:
        if term.id in seen:
            yield Clash(file, term.id, f"is defined in {seen[term.id]} too")
        if not term.id.startswith("term:"):
            yield Clash(file, term.id, "is no name under the prefix term:, which kg needs")
        seen[term.id] = file


def _labels(owned: _Owned, known: _Owned) -> Iterator[Clash]:
    """Find labels of two terms, which then name neither."""
    homes: dict[str, dict[str, str]] = defaultdict(dict)
    for _, term in (*known, *owned):
        for label in term.labels:
            homes[normal_form(label)].setdefault(term.id, label)
    for file, term in owned:
        for form in {normal_form(label) for label in term.labels}:
            others = [f"{id_} ({label!r})" for id_, label in homes[form].items() if id_ != term.id]
            if others and form:
                yield Clash(file, term.id, f"label {homes[form][term.id]!r} is also one of {', '.join(sorted(others))}")


def _generic(owned: _Owned, known: _Owned) -> Iterator[Clash]:
    """Find labels that are empty once normalised, or a word that names nothing in particular."""
    for file, term in owned:
        for label in term.labels:
            if not normal_form(label):
                yield Clash(file, term.id, f"label {label!r} is empty once normalised")
            elif is_generic(label):
                yield Clash(file, term.id, f"label {label!r} is a general word")


def _links(owned: _Owned, known: _Owned) -> Iterator[Clash]:
    """Find broader links to what is no term, or to a kind that cannot be above."""
    terms = {term.id: term for _, term in (*known, *owned)}
    for file, term in owned:
        for up in term.broader:
            if up not in terms:
                yield Clash(file, term.id, f"broader {up} is no term")
            elif not may_be_above(term.kind, terms[up].kind):
                yield Clash(file, term.id, f"is a {term.kind}, but its broader {up} is a {terms[up].kind}")


def _circles(owned: _Owned, known: _Owned) -> Iterator[Clash]:
    """Find terms that are broader than themselves."""
    ups = {term.id: term.broader for _, term in (*known, *owned)}
    for file, term in owned:
        path = _way_back(term.id, ups)
        if path and term.id == min(path):
            yield Clash(file, term.id, f"lies on a circle of broader links: {' > '.join((*path, term.id))}")


def _way_back(start: str, ups: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Give the shortest way from a term up to itself, or nothing."""
    level: Iterable[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while level:
        following = []
        for path in level:
            for up in ups.get(path[-1], ()):
                if up == start:
                    return path
                if up not in seen:
                    seen.add(up)
                    following.append((*path, up))
        level = following
    return ()
