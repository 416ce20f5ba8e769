"""What a candidate looks like, as named binary features for the linear tagger.

Three groups: what its first token and the words before it say, what its last token and the words after it say, and what
only the whole candidate says: its words and shape, what the vocabulary and the abbreviations know of it, and how the
phrase is used across 60 000 abstracts (document frequency and how often it stands alone). Candidates share their
starts and ends, so the first two groups are weighed once for each token.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc

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


def _bin(value: float) -> str:
    return str(min(int(math.log2(value + 1)), 12))


@dataclass(frozen=True, slots=True)
class Words:
    """What the features ask of each token: lower case, tags, shapes, sentence starts, title or abstract."""

    lower: list[str]
    tags: list[str]
    shapes: list[str]
    starts: list[bool]
    place: list[str]


def words_of(doc: Doc, title_end: int) -> Words:
    """Look at each token once."""
    tokens = list(doc)
    texts = [token.text for token in tokens]
    return Words(
        ["¶" if text.isspace() else text.lower() for text in texts],
        [token.tag_ for token in tokens],
        [shape(text) for text in texts],
        [token.i == 0 or bool(token.is_sent_start) for token in tokens],
        ["t" if index < title_end else "a" for index in range(len(tokens))],
    )


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a document before its candidates are weighed.

    ``forms`` gives the normal form of each candidate, ``counts`` how often each form occurs, ``terms`` the
    kind of the vocabulary term at a token range, ``abbreviations`` the token ranges that define or are
    an abbreviation.
    """

    doc: Doc
    title_end: int
    content: list[bool]
    words: Words
    forms: dict[tuple[int, int], str]
    counts: Mapping[str, int]
    title_forms: frozenset[str]
    terms: dict[tuple[int, int], str]
    covered: list[int]
    definitions: Mapping[tuple[int, int], str]


def start_features(context: Context, start: int) -> Iterator[str]:
    """Name what the first token of a candidate and the words before it say."""
    words = context.words
    lower, where = words.lower, words.place[start]
    yield f"tag1={where}{words.tags[start]}"
    yield f"shape1={where}{words.shapes[start]},{words.starts[start]}"
    yield f"first={lower[start]}"
    yield f"first3={lower[start][-3:]}"
    left, left2, tag = "<s>", "<s>", "<s>"
    if start and not words.starts[start]:
        left, tag = lower[start - 1], words.tags[start - 1]
        if start > 1 and not words.starts[start - 1]:
            left2 = lower[start - 2]
    yield f"l={left}"
    yield f"ll={left2} {left}"
    yield f"lt={where}{tag}"


def end_features(context: Context, end: int) -> Iterator[str]:
    """Name what the last token of a candidate and the words after it say."""
    words = context.words
    lower, where = words.lower, words.place[end - 1]
    head = _head(lower[end - 1])
    last = head.rpartition("-")[2]
    yield f"tag9={where}{words.tags[end - 1]}"
    yield f"head={head}"
    yield f"head3={last[-4:]}"
    if last != head:
        yield f"headpart={last}"
    right, right2, tag = "</s>", "</s>", "</s>"
    if end < len(lower) and not words.starts[end]:
        right, tag = lower[end], words.tags[end]
        if end + 1 < len(lower) and not words.starts[end + 1]:
            right2 = lower[end + 1]
        if context.content[end]:
            yield f"rhead={right}"
    yield f"r={right}"
    yield f"rr={right} {right2}"
    yield f"rt={where}{tag}"


def _head(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def span_features(context: Context, span: tuple[int, int], statistics: Statistics) -> Iterator[str]:
    """Name what only the whole candidate says."""
    start, end = span
    yield "bias"
    yield from _words(context, start, end)
    yield from _knowledge(context, start, end)
    yield from _usage(context, span, statistics)


def features(context: Context, span: tuple[int, int], statistics: Statistics) -> Iterator[str]:
    """Name all features of one candidate."""
    yield from start_features(context, span[0])
    yield from end_features(context, span[1])
    yield from span_features(context, span, statistics)


def _words(context: Context, start: int, end: int) -> Iterator[str]:
    words, content = context.words, context.content
    lower, where, length = words.lower, words.place[start], end - start
    head = _head(lower[end - 1])
    yield f"form={context.forms[start, end]}"
    yield f"len={length}"
    yield f"tags={where}{'_'.join(words.tags[start:end])}"
    yield f"shape={where}{'_'.join(words.shapes[start:end]) if length < 4 else 'long'}"
    if length > 1:
        yield f"len,head={length},{head.rpartition('-')[2]}"
        yield f"last2={lower[end - 2]} {head}"
        for index in range(start + 1, end - 1):
            yield f"in={lower[index]}"
    else:
        yield f"only2={head[:4]}"
        yield f"only3={head[-3:]}"
    left_open = not words.starts[start] and content[start - 1]
    right_open = end < len(lower) and not words.starts[end] and content[end]
    yield f"open={left_open},{right_open},{length}"
    left_tag = "<s>" if words.starts[start] else words.tags[start - 1]
    right_tag = words.tags[end] if end < len(lower) and not words.starts[end] else "</s>"
    yield f"ltrt={left_tag},{right_tag}"


def _knowledge(context: Context, start: int, end: int) -> Iterator[str]:
    kind = context.terms.get((start, end))
    if kind:
        yield "term"
        yield f"term={kind}"
        yield f"term,len={kind},{end - start}"
    inside = max(context.covered[start:end])
    if inside > end - start:
        yield "inside-term"
    if not kind and any(context.covered[start:end]):
        yield "holds-term"
    head_kind = next((k for (s, e), k in context.terms.items() if e == end and start < s), None)
    if head_kind:
        yield f"ends-in-term={head_kind}"
    definition = context.definitions.get((start, end))
    if definition:
        yield f"definition={definition}"
    elif any((s, end) in context.definitions or (start, s) in context.definitions for s in range(start, end)):
        yield "holds-definition"


def _usage(context: Context, span: tuple[int, int], statistics: Statistics) -> Iterator[str]:
    form = context.forms[span]
    length = min(span[1] - span[0], 4)
    count = context.counts[form]
    yield f"count={min(count, 5)},{length}"
    yield f"in-title={form in context.title_forms},{length}"
    papers, alone = statistics.get(form, (0, 0))
    yield f"df={_bin(papers)},{length}"
    if papers:
        ratio = int(6 * alone / papers)
        yield f"alone={ratio},{min(length, 3)}"
        yield f"df,alone={_bin(papers)},{ratio // 2},{min(length, 3)}"
