"""What speaks for a relation of the paper to one entity, or between two entities, as named binary features."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from kg.extract.features import shape
from kg.extract.parts import Range, Thing, sentence_ranges
from kg.extract.patterns import PAIR_CUES, PAPER_CUES, SELF_REFERENCE, Cue

_PAPER = tuple((cue, re.compile(cue.regex)) for cue in PAPER_CUES)
_PAIR = tuple((cue, re.compile(cue.regex)) for cue in PAIR_CUES)
_SELF = re.compile(rf"\b{SELF_REFERENCE}\b")

#: Mentions of one entity that are looked at, from the first.
_MENTIONS = 5


@dataclass(frozen=True, slots=True)
class Scene:
    """A paper as the relation model sees it: words, tags, sentence numbers (0 is the title) and entities."""

    lower: list[str]
    tags: list[str]
    sentence: list[int]
    things: tuple[Thing, ...]
    ranges: list[Range]

    def sentences_of(self, thing: Thing) -> list[int]:
        """Give the numbers of the sentences that name ``thing``, in order."""
        return sorted({self.sentence[start] for start, _ in thing.spans})


def scene(doc: Doc, things: tuple[Thing, ...]) -> Scene:
    """Make the scene of a document and its things."""
    ranges = sentence_ranges(doc)
    sentence = [0] * len(doc)
    for number, (start, end) in enumerate(ranges):
        sentence[start:end] = [number] * (end - start)
    return Scene(
        ["¶" if token.is_space else token.lower_ for token in doc],
        [token.tag_ for token in doc],
        sentence,
        things,
        ranges,
    )


def rendered(scene: Scene, number: int) -> list[tuple[str, str]]:
    """Give a sentence as ``(word, "")`` and ``("", thing id)`` items."""
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
    return items


def _text(items: list[tuple[str, str]], marks: dict[str, str]) -> str:
    return " ".join(word or marks.get(name, "<e>") for word, name in items) + " ."


def paper_cues(items: list[tuple[str, str]], thing: str) -> list[Cue]:
    """List the cues that fire for one entity of a sentence."""
    text = _text(items, {thing: "<x>"})
    return [cue for cue, regex in _PAPER if regex.search(text)]


def pair_cues(items: list[tuple[str, str]], head: str, tail: str) -> list[Cue]:
    """List the cues that fire for two entities of a sentence."""
    text = _text(items, {head: "<h>", tail: "<t>"})
    return [cue for cue, regex in _PAIR if regex.search(text)]


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


def thing_features(scene: Scene, thing: Thing, lines: dict[int, list[tuple[str, str]]]) -> Iterator[str]:
    """Name the features of an entity as the tail of a relation of the paper.

    Its name is none of them: what everybody uses today was once introduced by some paper.
    """
    numbers = scene.sentences_of(thing)
    last = len(scene.ranges) - 1
    yield "bias"
    yield f"kind={thing.kind}"
    yield f"title={0 in numbers},{thing.kind}"
    yield f"title,n={0 in numbers},{_bin(len(thing.spans))}"
    yield f"n={_bin(len(thing.spans))}"
    body = [number for number in numbers if number] or [0]
    yield f"first={_bin(body[0])}"
    yield f"first,last={body[0] <= 2},{body[-1] >= last - 1}"
    yield f"last={_bin(last - body[-1])}"
    yield f"shape={shape(thing.name)},{thing.kind}"
    yield f"defined={thing.defined},{thing.kind}"
    yield f"defined,title={thing.defined},{0 in numbers},{thing.kind}"
    rare = "rare" if not thing.papers and not thing.term else "known" if thing.papers < 50 else "common"
    yield f"rare={rare},{thing.kind}"
    yield f"rare,title={rare},{0 in numbers},{thing.defined}"
    yield f"rare,shape={rare},{shape(thing.name)}"
    yield f"head={thing.name.lower().split()[-1]}"
    for start, end in thing.spans[:_MENTIONS]:
        number = scene.sentence[start]
        yield from _mention(scene, start, end, number)
        yield from _proposed(scene, start, shape(thing.name), thing.kind)
        for cue in paper_cues(lines[number], thing.id):
            yield f"cue={cue.name}"
            yield f"cue,title={cue.name},{0 in numbers}"
            yield f"cue,kind={cue.name},{thing.kind}"
    colon = next((i for i in range(*scene.ranges[0]) if scene.lower[i] == ":"), None)
    if colon is not None and 0 in numbers:
        first = min(start for start, _ in thing.spans)
        yield f"before-colon={first < colon},{thing.kind}"
        yield f"before-colon,shape={first < colon},{shape(thing.name)}"
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
    scene: Scene, head: Thing, tail: Thing, lines: dict[int, list[tuple[str, str]]], roles: dict[str, str]
) -> Iterator[str]:
    """Name the features of an ordered pair; ``roles`` gives what the paper does with each entity."""
    kinds = f"{head.kind}>{tail.kind}"
    role = f"{roles.get(head.id, '-')}>{roles.get(tail.id, '-')}"
    yield "bias"
    yield f"kinds={kinds}"
    yield f"roles={role}"
    yield f"kinds,roles={kinds},{role}"
    yield f"n={_bin(len(head.spans))},{_bin(len(tail.spans))}"
    yield from _names(head, tail)
    yield f"tname={tail.name.lower()}"
    yield f"hname={head.name.lower()}"
    yield f"thead={tail.name.lower().split()[-1]},{kinds}"
    yield f"hhead={head.name.lower().split()[-1]},{kinds}"
    shared = sorted(set(scene.sentences_of(head)) & set(scene.sentences_of(tail)))
    yield f"shared={min(len(shared), 3)},{0 in shared},{kinds}"
    for number in shared[:3]:
        yield from _together(scene, head, tail, lines[number], number)
    if not shared:
        yield f"apart,roles={role},{kinds}"
    for start, end in tail.spans[:2]:
        number = scene.sentence[start]
        own = " ".join(scene.lower[scene.ranges[number][0] : start])
        if number not in shared and roles.get(head.id) == "introduces":
            yield f"self-before-tail={bool(_SELF.search(own))},{tail.kind}"
            yield from (f"s:{name}" for name in _mention(scene, start, end, number))


def _names(head: Thing, tail: Thing) -> Iterator[str]:
    one, two = head.name.lower(), tail.name.lower()
    if one.endswith(two):
        yield "h-ends-with-t"
    if two.endswith(one):
        yield "t-ends-with-h"
    if one in two:
        yield "h-in-t"
    if two in one:
        yield "t-in-h"
    if one.split()[-1].rstrip("s") == two.split()[-1].rstrip("s"):
        yield "same-head"


def _together(scene: Scene, head: Thing, tail: Thing, items: list[tuple[str, str]], number: int) -> Iterator[str]:
    kinds = f"{head.kind}>{tail.kind}"
    h, t = _closest(items, head.id, tail.id)
    order = "ht" if h < t else "th"
    low, high = min(h, t), max(h, t)
    between = [word or "<e>" for word, _ in items[low + 1 : high]]
    yield f"{order},{kinds}"
    yield f"gap={order},{_bin(len(between))}"
    yield f"between-entities={order},{min(between.count('<e>'), 4)}"
    if len(between) <= 4:
        yield f"between={order},{' '.join(between)}"
    for word in dict.fromkeys(between[:12]):
        yield f"b={order},{word}"
    if between:
        yield f"b1={order},{between[0]}"
        yield f"b9={order},{between[-1]}"
        yield f"b99={order},{' '.join(between[-2:])}"
    before = items[low - 1][0] or "<e>" if low else "<s>"
    after = items[high + 1][0] or "<e>" if high + 1 < len(items) else "</s>"
    yield f"before={order},{before}"
    yield f"after={order},{after}"
    yield f"in-title={number == 0},{order},{kinds}"
    for cue in pair_cues(items, head.id, tail.id):
        yield f"cue={cue.name}"
        yield f"cue,kinds={cue.name},{kinds}"


def _closest(items: list[tuple[str, str]], head: str, tail: str) -> tuple[int, int]:
    """Give the positions of the two entities in a sentence that lie nearest to each other."""
    heads = [index for index, (_, name) in enumerate(items) if name == head]
    tails = [index for index, (_, name) in enumerate(items) if name == tail]
    return min(((h, t) for h in heads for t in tails), key=lambda pair: (abs(pair[0] - pair[1]), pair))
