"""Write the graph as a vault for Obsidian: a Markdown note per entity and paper, joined by links.

Notes have YAML front matter and lie in a folder per kind. Names of notes are unique in the whole vault, so a link is
``[[name]]``. Notes tell the relations that the graph asserts (``export_threshold``) and those that papers only deny.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappush, heappushpop
from itertools import groupby

from kg.config import Config
from kg.exporters.characters import legal, one_line
from kg.exporters.files import Files
from kg.exporters.names import file_name, link, markdown, same_file, shortened, yaml
from kg.exporters.plain import Passages, web_page
from kg.model import KINDS, Entity, Evidence, Relation
from kg.namespaces import short_hash
from kg.readings import RELATIONS, reading
from kg.tables import PaperRow, Tables, join
from kg.text import counted, readable

#: The note to begin with.
INDEX = "Index"

#: Papers that an entity's note lists as mentioning it, the most salient ones; all others link to it themselves.
_PAPERS = 50

#: Entities of a kind that the index lists, the best supported ones.
_LISTED = 100

_Claim = tuple[Relation, list[Evidence]]


def write_obsidian(tables: Tables, config: Config, files: Files) -> None:
    """Write a vault of notes (https://help.obsidian.md/data-storage, https://help.obsidian.md/properties)."""
    vault = _Vault(tables, config.export_threshold)
    with files.open(f"{INDEX}.md") as stream:
        stream.write(_page(vault.index()))
    claims = _ByHead(join(tables.relations(), tables.evidence()))
    for entity in tables.entities():
        with files.open(f"{entity.kind}/{vault.names[entity.id]}.md") as stream:
            stream.write(_page(vault.entity(entity, claims.of(entity.id))))
    for row in tables.papers():
        with files.open(f"Paper/{vault.names[row.id]}.md") as stream:
            stream.write(_page(vault.paper(row, claims.of(row.id))))


def _page(lines: Iterable[str]) -> bytes:
    """Join the lines of a note."""
    return ("\n".join(lines) + "\n").encode()


class _ByHead:
    """Claims of one head at a time, for heads that come sorted as the claims do."""

    def __init__(self, claims: Iterator[_Claim]) -> None:
        self._groups = groupby(claims, key=lambda claim: claim[0].head)
        self._next = next(self._groups, None)

    def of(self, head: str) -> list[_Claim]:
        """Give the claims of a head."""
        while self._next is not None and self._next[0] < head:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != head:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


class _Vault:
    """What notes say of each other: names, texts, and relations by their tail."""

    def __init__(self, tables: Tables, threshold: float) -> None:
        self._threshold = threshold
        self._labels = {entity.id: one_line(entity.label) for entity in tables.entities()}
        self._labels |= {row.id: _title(row) for row in tables.papers()}
        self.names = note_names(self._labels)
        self._passages = Passages(tables)
        self._tops: dict[str, list[tuple[int, str]]] = {kind: [] for kind in KINDS}
        for entity in tables.entities():
            self._tops[entity.kind].append((-entity.support, entity.id))
        self._counts = Counter({kind: len(found) for kind, found in self._tops.items()})
        self._counts["Paper"] = sum(1 for _ in tables.papers())
        self._into: dict[str, list[Relation]] = defaultdict(list)
        self._mentioning: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for relation in tables.relations():
            if relation.type == "mentions":
                best = self._mentioning[relation.tail]
                (heappush if len(best) < _PAPERS else heappushpop)(best, (relation.salience, relation.head))
            elif relation.confidence >= threshold:
                self._into[relation.tail].append(relation)

    def link(self, id_: str) -> str:
        """Give the link to a note, shown by its label."""
        return link(self.names[id_], self._labels[id_])

    def index(self) -> Iterator[str]:
        """Give the lines of the index."""
        total = counted(self._counts["Paper"], "paper")
        yield from ("---", 'tags: ["kg"]', "---", "", "# Knowledge graph of papers", "")
        yield f"Made by kg from {total}. A note per entity and paper; every claim shows its sentence."
        for kind in KINDS:
            found = sorted(self._tops[kind])
            if found:
                yield from ("", f"## {kind}: {len(found)}", "")
                yield from (f"- {self.link(id_)}, {counted(-support, 'paper')}" for support, id_ in found[:_LISTED])
            if len(found) > _LISTED:
                yield f"- and {len(found) - _LISTED} more in the folder {kind}"

    def entity(self, entity: Entity, claims: list[_Claim]) -> Iterator[str]:
        """Give the lines of an entity's note."""
        yield from self._front(
            {
                "id": entity.id,
                "kind": entity.kind,
                "label": self._labels[entity.id],
                "aliases": self._aliases(entity.id, *entity.alt_labels),
                "tags": [f"kg/{entity.kind.lower()}"],
                "papers": entity.support,
                "first_seen": entity.first_seen,
                "same_as": list(entity.exact_match),
            }
        )
        since = f", first {entity.first_seen}" if entity.first_seen else ""
        yield from ("", f"# {markdown(entity.label)}", "", f"{entity.kind}, {counted(entity.support, 'paper')}{since}")
        yield from self._claims(claims)
        yield from self._incoming(entity.id)
        yield from self._mentions(entity)

    def paper(self, row: PaperRow, claims: list[_Claim]) -> Iterator[str]:
        """Give the lines of a paper's note."""
        paper = row.paper
        yield from self._front(
            {
                "id": row.id,
                "kind": "Paper",
                "title": self._labels[row.id],
                "aliases": self._aliases(row.id),
                "tags": ["kg/paper"],
                "authors": [one_line(name) for name in paper.authors],
                "date": paper.date,
                "arxiv": one_line(paper.arxiv),
                "doi": one_line(paper.doi),
                "url": one_line(web_page(paper)),
                "categories": [one_line(name) for name in paper.categories],
            }
        )
        yield from ("", f"# {markdown(self._labels[row.id])}")
        if paper.abstract:
            yield from ("", markdown(readable(paper.abstract).text))
        yield from self._claims(claims)
        named = [relation for relation, _ in claims if relation.type == "mentions"]
        if named:
            named.sort(key=lambda relation: (-relation.salience, relation.tail))
            yield from ("", "## mentions", "", ", ".join(self.link(relation.tail) for relation in named))

    def _front(self, values: dict[str, object]) -> Iterator[str]:
        """Give front matter without what is not known."""
        yield "---"
        yield from (f"{name}: {yaml(value)}" for name, value in values.items() if value not in ("", []))
        yield "---"

    def _aliases(self, id_: str, *others: str) -> list[str]:
        """Give the names of a note that are not the one of its file."""
        names = dict.fromkeys([self._labels[id_], *map(one_line, others)])
        return [name for name in names if name and name != self.names[id_]]

    def _claims(self, claims: list[_Claim]) -> Iterator[str]:
        """Tell what is said of a note's thing, with the sentences."""
        order = {name: number for number, name in enumerate(RELATIONS)}
        groups: dict[tuple[bool, int, str], list[_Claim]] = defaultdict(list)
        for relation, evidence in claims:
            denied = bool(evidence) and all(item.polarity == "negated" for item in evidence)
            if relation.type != "mentions" and (denied or relation.confidence >= self._threshold):
                place = order.get(relation.type, len(order))
                groups[denied, place, relation.type].append((relation, evidence))
        for (denied, _, name), found in sorted(groups.items(), key=lambda item: item[0]):
            yield from ("", f"## {'denied: ' if denied else ''}{reading(name)[0]}", "")
            for relation, evidence in sorted(found, key=lambda claim: (-claim[0].confidence, claim[0].tail)):
                yield f"- {self.link(relation.tail)}{'' if denied else _figures(relation)}"
                yield from self._sentences(evidence)

    def _sentences(self, evidence: Iterable[Evidence]) -> Iterator[str]:
        """Quote the evidence of a relation."""
        for item in sorted(evidence, key=lambda item: (-item.probability, item.id)):
            source = f" ({self.link(item.paper)})" if item.paper in self.names else ""
            for sentence in self._passages.sentences(item):
                yield f"    - {markdown(readable(sentence).text)}{source}"

    def _incoming(self, id_: str) -> Iterator[str]:
        """Tell which other notes say something of this one; the sentences stand there."""
        found = sorted(self._into.get(id_, ()), key=lambda item: (item.type, -item.confidence, item.head))
        for name, relations in groupby(found, key=lambda item: item.type):
            yield from ("", f"## {reading(name)[1]}", "")
            yield from (f"- {self.link(relation.head)}{_figures(relation)}" for relation in relations)

    def _mentions(self, entity: Entity) -> Iterator[str]:
        """List the papers that mention an entity."""
        found = sorted(self._mentioning.get(entity.id, ()), key=lambda item: (-item[0], item[1]))
        if found:
            yield from ("", "## mentioned in", "")
            yield from (f"- {self.link(paper)}" for _, paper in found)
        if entity.support > len(found) == _PAPERS:
            yield f"- and {entity.support - len(found)} more, which link to this note"


def note_names(labels: dict[str, str]) -> dict[str, str]:
    """Name the note of each thing by its label; of several with one name, all but the first carry a part of their id.

    >>> note_names({"entity:a": "LoRA", "entity:b": "LORA"})
    {'entity:a': 'LoRA', 'entity:b': 'LORA (763cc3c7)'}
    """
    taken = {same_file(INDEX)}
    names = {}
    for id_, label in labels.items():
        name = file_name(label)
        length = 8
        while same_file(name) in taken:
            name = f"{shortened(file_name(label), 100)} ({short_hash(id_, length=length)})"
            length += 1
        taken.add(same_file(name))
        names[id_] = name
    return names


def _title(row: PaperRow) -> str:
    """Give the readable title of a paper."""
    return one_line(readable(legal(row.paper.title)).text) or row.id


def _figures(relation: Relation) -> str:
    """Tell how many papers state a relation and how sure it is."""
    return f", {counted(relation.support, 'paper')}, {relation.confidence:.2f}" if relation.support else ""
