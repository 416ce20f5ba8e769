"""What speaks for a relation of the paper to one entity, or between two entities, as named binary features."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from kg.extract.features import shape
from kg.extract.parts import Range, Thing, sentence_ranges, words_of
from kg.extract.patterns import PAIR_CUES, PAPER_CUES, SELF_REFERENCE, Cue

#: A cue, its pattern, and a pattern that is found wherever it may fire, all entities looking alike.
_Rule = tuple[Cue, re.Pattern[str], re.Pattern[str]]


def _rule(cue: Cue) -> _Rule:
    # Without the boundary in front it is searched twice as fast.
    return cue, re.compile(cue.regex), re.compile(re.sub("<[xht]>", "<e>", cue.regex.removeprefix(r"\b")))


_PAPER, _PAIR = tuple(map(_rule, PAPER_CUES)), tuple(map(_rule, PAIR_CUES))
_SELF = re.compile(rf"\b{SELF_REFERENCE}\b")

#: Mentions of one entity that are looked at, from the first.
_MENTIONS = 5


@dataclass(frozen=True, slots=True)
class Note:
    """What surrounds a mention, as features; ``own`` tells whether the paper speaks of its own work before it."""

    features: tuple[str, ...]
    apart: tuple[str, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """A paper as the relation model sees it: words, tags, sentence numbers (0 is the title) and entities.

    ``numbers`` gives the sentences that name each thing, ``notes`` what was seen of the mentions already looked at.
    """

    lower: list[str]
    tags: list[str]
    sentence: list[int]
    things: tuple[Thing, ...]
    ranges: list[Range]
    numbers: dict[str, list[int]]
    notes: dict[Range, Note] = field(default_factory=dict)

    def sentences_of(self, thing: Thing) -> list[int]:
        """Give the numbers of the sentences that name ``thing``, in order."""
        return self.numbers[thing.id]


def scene(doc: Doc, things: tuple[Thing, ...]) -> Scene:
    """Make the scene of a document and its things."""
    words = words_of(doc)
    ranges = sentence_ranges(words)
    sentence = [0] * len(words.texts)
    for number, (start, end) in enumerate(ranges):
        sentence[start:end] = [number] * (end - start)
    return Scene(
        lower=words.lower,
        tags=words.tags,
        sentence=sentence,
        things=things,
        ranges=ranges,
        numbers={thing.id: sorted({sentence[start] for start, _ in thing.spans}) for thing in things},
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as cues read it: words, ``<e>`` for entities, the places of each entity, and the rules that may fire.

    Most cues fire for no entity of a sentence, which one search of the sentence tells.
    """

    words: list[str]
    places: dict[str, list[int]]
    paper: list[_Rule]
    pair: list[_Rule]

    def fired(self, rules: list[_Rule], marks: Mapping[str, str]) -> list[Cue]:
        """List the cues of ``rules`` that fire where entities are marked: id -> mark."""
        if not rules:
            return []
        words = self.words.copy()
        for name, mark in marks.items():
            for place in self.places.get(name, ()):
                words[place] = mark
        text = " ".join(words) + " ."
        return [cue for cue, regex, _ in rules if regex.search(text)]


def line(items: Sequence[tuple[str, str]]) -> Line:
    """Make a line of ``(word, "")`` and ``("", thing id)`` items."""
    words = [word or "<e>" for word, _ in items]
    places: dict[str, list[int]] = {}
    for place, (_, name) in enumerate(items):
        if name:
            places.setdefault(name, []).append(place)
    text = " ".join(words) + " ."
    return Line(
        words,
        places,
        paper=[rule for rule in _PAPER if rule[2].search(text)] if places else [],
        pair=[rule for rule in _PAIR if rule[2].search(text)] if len(places) > 1 else [],
    )


def rendered(scene: Scene, number: int) -> Line:
    """Give a sentence as a line."""
    start, end = scene.ranges[number]
    inside = {s: (min(e, end), thing.id) for thing in scene.things for s, e in thing.spans if start <= s < end}
    items, index = [], start
    while index < end:
        if index in inside:
            stop, name = inside[index]
            items.append(("", name))
            index = max(stop, index + 1)
        else:
            items.append((scene.lower[index], ""))
            index += 1
    return line(items)


def paper_cues(line: Line, thing: str) -> list[Cue]:
    """List the cues that fire for one entity of a sentence."""
    return line.fired(line.paper, {thing: "<x>"})


def pair_cues(line: Line, head: str, tail: str) -> list[Cue]:
    """List the cues that fire for two entities of a sentence."""
    return line.fired(line.pair, {head: "<h>", tail: "<t>"})


def _bin(number: int) -> str:
    return str(number if number < 4 else 4 if number < 7 else 7 if number < 11 else 11)


def _verb_before(scene: Scene, start: int) -> Iterator[str]:
    first = scene.ranges[scene.sentence[start]][0]
    for index in range(start - 1, first - 1, -1):
        if scene.tags[index].startswith("VB"):
            yield f"verb={scene.lower[index]}"
            yield f"verb,far={scene.lower[index]},{start - index > 4}"
            if any(scene.lower[i] in {"we", "paper", "work"} for i in range(max(first, index - 4), index)):
                yield f"we-verb={scene.lower[index]}"
            return
    yield "verb=none"


def thing_features(scene: Scene, thing: Thing, lines: Mapping[int, Line]) -> list[str]:
    """Name the features of an entity as the tail of a relation of the paper, each once.

    Its name is none of them: what everybody uses today was once introduced by some paper.
    """
    numbers = scene.sentences_of(thing)
    last = len(scene.ranges) - 1
    kind, look, titled, defined = thing.kind, shape(thing.name), 0 in numbers, thing.defined
    body = [number for number in numbers if number] or [0]
    rare = "rare" if not thing.papers and not thing.term else "known" if thing.papers < 50 else "common"
    names = [
        "bias",
        f"kind={kind}",
        f"title={titled},{kind}",
        f"title,n={titled},{_bin(len(thing.spans))}",
        f"n={_bin(len(thing.spans))}",
        f"first={_bin(body[0])}",
        f"first,last={body[0] <= 2},{body[-1] >= last - 1}",
        f"last={_bin(last - body[-1])}",
        f"shape={look},{kind}",
        f"defined={defined},{kind}",
        f"defined,title={defined},{titled},{kind}",
        f"rare={rare},{kind}",
        f"rare,title={rare},{titled},{defined}",
        f"rare,shape={rare},{look}",
        f"head={thing.name.lower().split()[-1]}",
    ]
    mentions = thing.spans[:_MENTIONS]
    for start, end in mentions:
        names += _note(scene, start, end).features
        names += _proposed(scene, start, look, kind)
    for number in dict.fromkeys(scene.sentence[start] for start, _ in mentions):
        for cue in paper_cues(lines[number], thing.id):
            names += f"cue={cue.name}", f"cue,title={cue.name},{titled}", f"cue,kind={cue.name},{kind}"
    names += _before_colon(scene, thing, look)
    return list(dict.fromkeys(names))


def _before_colon(scene: Scene, thing: Thing, look: str) -> Iterator[str]:
    """Tell where an entity of the title stands to its colon."""
    colon = next((i for i in range(*scene.ranges[0]) if scene.lower[i] == ":"), None)
    if colon is None or 0 not in scene.sentences_of(thing):
        return
    first = min(start for start, _ in thing.spans)
    yield f"before-colon={first < colon},{thing.kind}"
    yield f"before-colon,shape={first < colon},{look}"
    if first <= 1 and thing.spans[0][1] == colon:
        yield "is-title-name"


def _proposed(scene: Scene, start: int, look: str, kind: str) -> Iterator[str]:
    """Tell of a mention right behind a verb of proposing, and with which article it stands there."""
    first = scene.ranges[scene.sentence[start]][0]
    before = scene.lower[max(first, start - 2) : start]
    article = before[-1] if before and before[-1] in {"a", "an", "the", "our"} else ""
    verb = before[-2:-1] if article else before[-1:]
    if verb and verb[0].startswith(_PROPOSE):
        yield f"proposed={article},{look}"
        yield f"proposed={article},{kind}"


#: Beginnings of verbs by which a paper brings up something new.
_PROPOSE = ("propos", "introduc", "present", "develop", "releas", "design", "construct", "creat", "describ")


def _note(scene: Scene, start: int, end: int) -> Note:
    """Look at a mention, once for all pairs it stands in."""
    note = scene.notes.get((start, end))
    if note is None:
        features = tuple(_mention(scene, start, end, scene.sentence[start]))
        before = " ".join(scene.lower[scene.ranges[scene.sentence[start]][0] : start])
        note = Note(features, tuple(f"s:{name}" for name in features), bool(_SELF.search(before)))
        scene.notes[start, end] = note
    return note


def _mention(scene: Scene, start: int, end: int, number: int) -> Iterator[str]:
    where = "t" if number == 0 else "a"
    first, stop = scene.ranges[number]
    lower = scene.lower
    left = lower[max(first, start - 3) : start]
    right = lower[end : min(end + 2, stop)]
    yield f"{where}l={left[-1] if left else '<s>'}"
    yield f"{where}ll={' '.join(left[-2:])}"
    yield f"{where}r={right[0] if right else '</s>'}"
    yield f"{where}rr={' '.join(right)}"
    for word in left:
        yield f"{where}near={word}"
    if number:
        yield from _verb_before(scene, start)
        for word in set(lower[first:stop]) & _TELLING:
            yield f"sent={word}"
        for word in set(lower[first:start]) & _TELLING:
            yield f"sent-left={word}"
        if _SELF.search(" ".join(lower[first:stop])):
            yield "sent-self"


#: Words whose presence in a sentence says what the sentence is about.
_TELLING = frozenset(
    (
        "we propose introduce present experiments results evaluate datasets dataset benchmarks outperforms "
        "outperform baselines compared methods however existing recent prior achieves improves show demonstrate "
        "study paper address challenge problem novel new our state-of-the-art than training trained using use "
        "based while such traditional often has have widely prove analysis "
    ).split()
)


def pair_features(
    scene: Scene, head: Thing, tail: Thing, lines: Mapping[int, Line], roles: Mapping[str, str]
) -> list[str]:
    """Name the features of an ordered pair, each once; ``roles`` gives what the paper does with each entity."""
    kinds = f"{head.kind}>{tail.kind}"
    role = f"{roles.get(head.id, '-')}>{roles.get(tail.id, '-')}"
    one, two = head.name.lower(), tail.name.lower()
    of_tail = scene.sentences_of(tail)
    shared = [number for number in scene.sentences_of(head) if number in of_tail]
    names = [
        "bias",
        f"kinds={kinds}",
        f"roles={role}",
        f"kinds,roles={kinds},{role}",
        f"n={_bin(len(head.spans))},{_bin(len(tail.spans))}",
        *_names(one, two),
        f"tname={two}",
        f"hname={one}",
        f"thead={two.split()[-1]},{kinds}",
        f"hhead={one.split()[-1]},{kinds}",
        f"shared={min(len(shared), 3)},{0 in shared},{kinds}",
    ]
    for number in shared[:3]:
        names += _together(head, tail, lines[number], number)
    if not shared:
        names.append(f"apart,roles={role},{kinds}")
    if roles.get(head.id) == "introduces":
        for start, end in tail.spans[:2]:
            if scene.sentence[start] not in shared:
                note = _note(scene, start, end)
                names += f"self-before-tail={note.own},{tail.kind}", *note.apart
    return list(dict.fromkeys(names))


def _names(head: str, tail: str) -> Iterator[str]:
    if head.endswith(tail):
        yield "h-ends-with-t"
    if tail.endswith(head):
        yield "t-ends-with-h"
    if head in tail:
        yield "h-in-t"
    if tail in head:
        yield "t-in-h"
    if head.split()[-1].rstrip("s") == tail.split()[-1].rstrip("s"):
        yield "same-head"


def _together(head: Thing, tail: Thing, line: Line, number: int) -> list[str]:
    kinds = f"{head.kind}>{tail.kind}"
    words = line.words
    h, t = _closest(line.places[head.id], line.places[tail.id])
    order, low, high = ("ht", h, t) if h < t else ("th", t, h)
    between = words[low + 1 : high]
    names = [
        f"{order},{kinds}",
        f"gap={order},{_bin(len(between))}",
        f"between-entities={order},{min(between.count('<e>'), 4)}",
    ]
    if len(between) <= 4:
        names.append(f"between={order},{' '.join(between)}")
    names += [f"b={order},{word}" for word in between[:12]]
    if between:
        names += f"b1={order},{between[0]}", f"b9={order},{between[-1]}", f"b99={order},{' '.join(between[-2:])}"
    before = words[low - 1] if low else "<s>"
    after = words[high + 1] if high + 1 < len(words) else "</s>"
    names += f"before={order},{before}", f"after={order},{after}", f"in-title={number == 0},{order},{kinds}"
    for cue in pair_cues(line, head.id, tail.id):
        names += f"cue={cue.name}", f"cue,kinds={cue.name},{kinds}"
    return names


def _closest(heads: Sequence[int], tails: Sequence[int]) -> tuple[int, int]:
    """Give the places of two entities of a sentence that lie nearest to each other."""
    return min([(h, t) for h in heads for t in tails], key=lambda pair: (abs(pair[0] - pair[1]), pair))
