"""Turn the entries of another vocabulary into terms of kg, and write terms as Turtle in kg's own form."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import VocabularyError
from kg.model import KINDS, Reject
from kg.namespaces import FIXED, slug
from kg.text import normal_form
from kg.vocabulary import Term, Vocabulary
from kg.vocabulary_check import is_generic, may_be_above
from kg.vocabulary_import import Entry

#: An IRI or absolute name that `skos:exactMatch` may point to.
_ABSOLUTE = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Adopted:
    """The terms made of entries, the entries that became none, and labels left out of terms."""

    terms: list[Term]
    rejects: list[Reject]
    dropped: list[Reject]


def adopt(
    entries: Sequence[Entry],
    *,
    name: str,
    known: Vocabulary,
    kind: str = "Concept",
    under: Mapping[str, str] | None = None,
    source: str = "",
) -> Adopted:
    """Make terms with ids ``term:NAME-...`` of entries.

    What has the label of a term in ``known`` is that term already and becomes none; a label of two entries stays with
    the first. The kind is the entry's own, else that which ``under`` gives to its label or the nearest one above, or
    which a term of ``known`` above it has, else ``kind``.
    """
    work = _Adoption(entries, name, known, source or name)
    work.choose()
    kinds = work.kinds({normal_form(label): value for label, value in (under or {}).items()}, kind)
    return Adopted(work.terms(kinds), work.rejects, work.dropped)


class _Adoption:
    """Entries on their way to terms."""

    def __init__(self, entries: Sequence[Entry], name: str, known: Vocabulary, source: str) -> None:
        """Index the entries by id and label."""
        self.entries, self.name, self.known, self.source = entries, slug(name), known, source
        self.rejects: list[Reject] = []
        self.dropped: list[Reject] = []
        #: Entry id -> id of the term it is or becomes.
        self.homes: dict[str, str] = {}
        self.chosen: list[tuple[Entry, list[str]]] = []
        #: Other labels of entries that share the preferred label of a chosen one.
        self.more: dict[str, tuple[str, ...]] = defaultdict(tuple)
        self.by_id = {entry.id: entry for entry in entries}
        self.by_form: dict[str, str] = {}
        for entry in entries:
            self.by_form.setdefault(normal_form(entry.label), entry.id)

    def choose(self) -> None:
        """Decide which entries become terms, and with which labels."""
        taken: dict[str, str] = {}
        used: set[str] = set(self.known.terms)
        for entry in self.entries:
            form = normal_form(entry.label)
            there = self.known.index.get(form, ())
            home = there[0] if there else taken.get(form)
            if not form or is_generic(entry.label):
                self._reject(entry, "label too general to name a thing" if form else "label without a letter or digit")
            elif self.homes.get(entry.id, home) != home:
                self._reject(entry, "id of another entry, which goes first")
            elif there:
                self.homes[entry.id] = there[0]
                self._reject(entry, "in the vocabulary already")
            elif form in taken:
                self.homes[entry.id] = taken[form]
                self.more[taken[form]] += entry.alt_labels
                self._reject(entry, "label of another entry, joined with it")
            else:
                id_ = self._mint(form, used)
                used.add(id_)
                self.homes[entry.id] = taken[form] = id_
                self.chosen.append((entry, []))
        for entry, others in self.chosen:  # after all preferred labels, which go first
            for label in (*entry.alt_labels, *self.more[self.homes[entry.id]]):
                form = normal_form(label)
                if form in self.known.index or taken.get(form, self.homes[entry.id]) != self.homes[entry.id]:
                    self.dropped.append(Reject(self.source, entry.number, "other label of another term", label))
                elif not form or is_generic(label):
                    self.dropped.append(Reject(self.source, entry.number, "other label too general", label))
                elif form not in taken:
                    taken[form] = self.homes[entry.id]
                    others.append(label)

    def _mint(self, form: str, used: set[str]) -> str:
        """Make an id of a name that is not used."""
        base = f"term:{self.name}-{slug(form)}"
        return next(
            id_ for number in range(1, len(used) + 3) if (id_ := f"{base}-{number}" * (number > 1) or base) not in used
        )

    def _reject(self, entry: Entry, reason: str) -> None:
        """Note an entry that becomes no term."""
        self.rejects.append(Reject(self.source, entry.number, reason, entry.label))

    def _up(self, name: str) -> str:
        """Give the entry id that a broader reference names by id or label, or nothing."""
        return name if name in self.by_id else self.by_form.get(normal_form(name), "")

    def kinds(self, under: Mapping[str, str], kind: str) -> dict[str, str]:
        """Give each entry a kind."""
        for value in (*under.values(), kind):
            if value not in KINDS:
                raise VocabularyError(f"{value!r} is no kind; known are {', '.join(KINDS)}")
        unknown = sorted(form for form in under if form not in self.by_form)
        if unknown:
            raise VocabularyError(f"no entry is called {unknown[0]!r}; --under takes the label of an entry of the file")
        return {entry.id: entry.kind or self._kind_above(entry, under) or kind for entry, _ in self.chosen}

    def _kind_above(self, entry: Entry, under: Mapping[str, str]) -> str:
        """Find the nearest entry above, or the entry itself, whose label says the kind."""
        seen, level = {entry.id}, [entry.id]
        while level:
            found = {under[form] for id_ in level if (form := normal_form(self.by_id[id_].label)) in under}
            there = {self.known.terms[home].kind for id_ in level if (home := self.homes.get(id_)) in self.known.terms}
            if found or there:
                return min(found or there)
            above = {self._up(name) for id_ in level for name in self.by_id[id_].broader} - {""} - seen
            seen |= above
            level = sorted(above)
        return ""

    def terms(self, kinds: Mapping[str, str]) -> list[Term]:
        """Make the terms; broader links that lead nowhere, or in a circle, are dropped."""
        ups: dict[str, list[str]] = {}
        kinds_of = {self.homes[id_]: kind for id_, kind in kinds.items()}
        for entry, _ in self.chosen:
            own, found = self.homes[entry.id], []
            for name in entry.broader:
                term = self.known.find(name)
                home = self.homes.get(self._up(name), "") or (term.id if term else "")
                above = kinds_of.get(home) or (self.known.terms[home].kind if home in self.known.terms else "")
                if home and not may_be_above(kinds[entry.id], above):
                    self.dropped.append(Reject(self.source, entry.number, "broader entry of another kind", name))
                elif not home:
                    self.dropped.append(Reject(self.source, entry.number, "broader entry that is no term", name))
                elif home != own and not _reaches(home, own, ups):
                    found.append(home)
                elif home != own:
                    self.dropped.append(Reject(self.source, entry.number, "broader link that closes a circle", name))
            ups[own] = sorted(set(found))
        return sorted(
            (
                Term(
                    id=self.homes[entry.id],
                    label=entry.label,
                    kind=kinds[entry.id],
                    alt_labels=tuple(sorted(others)),
                    broader=tuple(ups[self.homes[entry.id]]),
                    exact_match=(entry.id,) if _is_address(entry.id) else (),
                )
                for entry, others in self.chosen
            ),
            key=lambda term: term.id,
        )


def _reaches(start: str, goal: str, ups: Mapping[str, Iterable[str]]) -> bool:
    """Tell whether broader links lead from one term to another."""
    seen, waiting = {start}, [start]
    while waiting:
        for up in ups.get(waiting.pop(), ()):
            if up == goal:
                return True
            if up not in seen:
                seen.add(up)
                waiting.append(up)
    return False


def to_turtle(terms: Iterable[Term], *, comment: str = "") -> str:
    """Write terms as a file that `kg.vocabulary.read_terms` reads back."""
    return "\n".join(_lines(terms, comment)) + "\n"


def _lines(terms: Iterable[Term], comment: str) -> Iterator[str]:
    """Give the lines of a file of terms."""
    yield from (f"# {line}" for line in comment.splitlines())
    for prefix in ("kg", "skos", "term"):
        yield f"@prefix {prefix}: <{FIXED[prefix]}> ."
    for term in terms:
        yield ""
        yield f"{term.id} a skos:Concept, kg:{term.kind} ; skos:prefLabel {_quoted(term.label)} ;"
        parts: dict[str, list[str]] = defaultdict(list)
        parts["altLabel"] = [_quoted(label) for label in term.alt_labels]
        parts["hiddenLabel"] = [_quoted(label) for label in term.hidden_labels]
        parts["broader"] = list(term.broader)
        parts["exactMatch"] = [_iri(name) for name in term.exact_match]
        yield from (f"    skos:{name} {', '.join(values)} ;" for name, values in parts.items() if values)
        yield "    skos:inScheme term:scheme ."


def _quoted(text: str) -> str:
    r"""Write a label.

    >>> print(_quoted('a "b" c'))
    "a \"b\" c"@en
    """
    import pyoxigraph as ox

    return str(ox.Literal(text, language="en"))


def _is_address(name: str) -> bool:
    """Tell whether a name is an IRI of the web, perhaps with characters to be escaped.

    >>> _is_address("https://example.org/a b"), _is_address("https://example.org/%"), _is_address("LoRA")
    (True, False, False)
    """
    import pyoxigraph as ox

    if not name.startswith(_ABSOLUTE):
        return False
    try:
        ox.NamedNode(_iri(name)[1:-1])
    except ValueError:
        return False
    return True


def _iri(name: str) -> str:
    """Write an IRI with the characters that none may have escaped."""
    return "<" + "".join(f"%{ord(c):02X}" if c in '<>"{}|^`\\' or ord(c) <= 32 else c for c in name) + ">"
