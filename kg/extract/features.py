"""What a candidate looks like, as named binary features for the linear tagger.

Three groups: what its first token and the words before it say, what its last token and the words after it say, and what
only the whole candidate says: its words and shape, what the vocabulary and the abbreviations know of it, and how the
phrase is used across 60 000 abstracts (document frequency and how often it stands alone). Candidates share their
starts and ends, so the first two groups are weighed once for each token.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.extract.parts import Words

#: Phrase -> (papers that hold it, papers in which it stands alone, not inside a longer candidate).
Statistics = Mapping[str, tuple[int, int]]


@lru_cache(maxsize=1 << 16)
def shape(text: str) -> str:
    """Describe the capitals, digits and signs of a word.

    >>> [shape(word) for word in ("LoRA", "GPT-4", "model", "Model", "RL", "LLMs", "low-rank", "3D")]
    ['Mix', 'UP-9', 'low', 'Cap', 'UP', 'UPs', 'low-', '9U']
    """
    hyphen = "-" if "-" in text or "/" in text else ""
    digit = "9" if any(character.isdigit() for character in text) else ""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return "sign"
    upper = sum(character.isupper() for character in letters)
    if upper == 0:
        kind = "low"
    elif upper == len(letters):
        kind = "UP" if len(letters) > 1 else "U"
    elif upper == len(letters) - 1 and text[-1] == "s":
        kind = "UPs"
    elif upper == 1 and text[0].isupper():
        kind = "Cap"
    else:
        kind = "Mix"
    return digit + kind + hyphen if text[0].isdigit() else kind + hyphen + digit


def _bin(value: int) -> int:
    return min((value + 1).bit_length() - 1, 12)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a document before its candidates are weighed.

    ``places`` tells title (``t``) from abstract (``a``), ``forms`` gives the normal form of each candidate, ``counts``
    how often each form occurs, ``terms`` the kind of the vocabulary term at a token range, ``ending`` the start and
    kind of those that end at a token, ``definitions`` the token ranges that define or are an abbreviation, ``edges``
    where these start or end.
    """

    words: Words
    shapes: list[str]
    places: list[str]
    content: list[bool]
    forms: dict[tuple[int, int], str]
    counts: Mapping[str, int]
    title_forms: frozenset[str]
    terms: dict[tuple[int, int], str]
    ending: Mapping[int, Sequence[tuple[int, str]]]
    covered: list[int]
    definitions: Mapping[tuple[int, int], str]
    edges: frozenset[int]

    def holds_definition(self, start: int, end: int) -> bool:
        """Tell whether a shorter range with the same start or end defines or is an abbreviation."""
        return (start in self.edges or end in self.edges) and any(
            (place, end) in self.definitions or (start, place) in self.definitions for place in range(start + 1, end)
        )


def start_features(context: Context, start: int) -> list[str]:
    """Name what the first token of a candidate and the words before it say."""
    words = context.words
    lower, where = words.lower, context.places[start]
    left, left2, tag = "<s>", "<s>", "<s>"
    if start and not words.starts[start]:
        left, tag = lower[start - 1], words.tags[start - 1]
        if start > 1 and not words.starts[start - 1]:
            left2 = lower[start - 2]
    return [
        f"tag1={where}{words.tags[start]}",
        f"shape1={where}{context.shapes[start]},{words.starts[start]}",
        f"first={lower[start]}",
        f"first3={lower[start][-3:]}",
        f"l={left}",
        f"ll={left2} {left}",
        f"lt={where}{tag}",
    ]


def end_features(context: Context, end: int) -> list[str]:
    """Name what the last token of a candidate and the words after it say."""
    words = context.words
    lower, where = words.lower, context.places[end - 1]
    head = _head(lower[end - 1])
    last = head.rpartition("-")[2]
    names = [f"tag9={where}{words.tags[end - 1]}", f"head={head}", f"head3={last[-4:]}"]
    if last != head:
        names.append(f"headpart={last}")
    right, right2, tag = "</s>", "</s>", "</s>"
    if end < len(lower) and not words.starts[end]:
        right, tag = lower[end], words.tags[end]
        if end + 1 < len(lower) and not words.starts[end + 1]:
            right2 = lower[end + 1]
        if context.content[end]:
            names.append(f"rhead={right}")
    return [*names, f"r={right}", f"rr={right} {right2}", f"rt={where}{tag}"]


def _head(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def span_features(context: Context, span: tuple[int, int], statistics: Statistics) -> list[str]:
    """Name what only the whole candidate says."""
    form = context.forms[span]
    length = span[1] - span[0]
    papers, alone = statistics.get(form, (0, 0))
    return [
        "bias",
        f"form={form}",
        *_words(context, *span),
        *_around(context, *span),
        *_knowledge(context, *span),
        *_usage(min(length, 4), min(context.counts[form], 5), form in context.title_forms, papers, alone),
    ]


def features(context: Context, span: tuple[int, int], statistics: Statistics) -> list[str]:
    """Name all features of one candidate."""
    return [
        *start_features(context, span[0]),
        *end_features(context, span[1]),
        *span_features(context, span, statistics),
    ]


def _words(context: Context, start: int, end: int) -> list[str]:
    words = context.words
    lower, where, length = words.lower, context.places[start], end - start
    head = _head(lower[end - 1])
    names = [
        f"len={length}",
        f"tags={where}{'_'.join(words.tags[start:end])}",
        f"shape={where}{'_'.join(context.shapes[start:end]) if length < 4 else 'long'}",
    ]
    if length == 1:
        return [*names, f"only2={head[:4]}", f"only3={head[-3:]}"]
    names += f"len,head={length},{head.rpartition('-')[2]}", f"last2={lower[end - 2]} {head}"
    return names + [f"in={word}" for word in dict.fromkeys(lower[start + 1 : end - 1])]


def _around(context: Context, start: int, end: int) -> tuple[str, str]:
    words, content = context.words, context.content
    first = words.starts[start]
    last = end == len(words.lower) or words.starts[end]
    left_tag = "<s>" if first else words.tags[start - 1]
    right_tag = "</s>" if last else words.tags[end]
    left_open = not first and content[start - 1]
    right_open = not last and content[end]
    return f"open={left_open},{right_open},{end - start}", f"ltrt={left_tag},{right_tag}"


def _knowledge(context: Context, start: int, end: int) -> Iterator[str]:
    inside = max(context.covered[start:end])
    if inside:
        kind = context.terms.get((start, end))
        if kind:
            yield "term"
            yield f"term={kind}"
            yield f"term,len={kind},{end - start}"
        if inside > end - start:
            yield "inside-term"
        if not kind:
            yield "holds-term"
        head_kind = next((kind for first, kind in context.ending.get(end, ()) if start < first), None)
        if head_kind:
            yield f"ends-in-term={head_kind}"
    definition = context.definitions.get((start, end))
    if definition:
        yield f"definition={definition}"
    elif context.holds_definition(start, end):
        yield "holds-definition"


@lru_cache(maxsize=1 << 14)
def _usage(length: int, count: int, titled: bool, papers: int, alone: int) -> tuple[str, ...]:
    names = f"count={count},{length}", f"in-title={titled},{length}", f"df={_bin(papers)},{length}"
    if not papers:
        return names
    ratio, short = int(6 * alone / papers), min(length, 3)
    return *names, f"alone={ratio},{short}", f"df,alone={_bin(papers)},{ratio // 2},{short}"
