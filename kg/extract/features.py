"""What a candidate looks like, as named binary features for the linear tagger.

Five groups: its words, its shape, its neighbours, what the vocabulary and the abbreviations say, and
how the phrase is used across 60 000 abstracts (document frequency and how often it stands alone).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc

#: Phrase -> (papers that hold it, papers in which it stands alone, not inside a longer candidate).
Statistics = Mapping[str, tuple[int, int]]


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
class Context:
    """What is known about a document before its candidates are weighed.

    ``forms`` gives the normal form of each candidate, ``counts`` how often each form occurs, ``terms`` the
    kind of the vocabulary term at a token range, ``abbreviations`` the token ranges that define or are
    an abbreviation.
    """

    doc: Doc
    title_end: int
    content: list[bool]
    lower: list[str]
    forms: dict[tuple[int, int], str]
    counts: Mapping[str, int]
    title_forms: frozenset[str]
    terms: dict[tuple[int, int], str]
    covered: list[int]
    definitions: Mapping[tuple[int, int], str]


def features(context: Context, span: tuple[int, int], statistics: Statistics) -> Iterator[str]:
    """Name the features of one candidate."""
    start, end = span
    yield "bias"
    yield from _words(context, start, end)
    yield from _shapes(context, start, end)
    yield from _neighbours(context, start, end)
    yield from _knowledge(context, start, end)
    yield from _usage(context, span, statistics)


def _words(context: Context, start: int, end: int) -> Iterator[str]:
    lower = context.lower
    form = context.forms[start, end]
    head, first = lower[end - 1], lower[start]
    head = head[:-1] if head.endswith("s") and not head.endswith("ss") and len(head) > 3 else head
    last = head.rpartition("-")[2]
    yield f"form={form}"
    yield f"head={head}"
    yield f"head3={last[-4:]}"
    if last != head:
        yield f"headpart={last}"
    length = end - start
    yield f"len={length}"
    if length > 1:
        yield f"first={first}"
        yield f"first3={first[-3:]}"
        yield f"len,head={length},{last}"
        yield f"last2={lower[end - 2]} {head}"
        for index in range(start + 1, end - 1):
            yield f"in={lower[index]}"
    else:
        yield f"only3={head[-3:]}"
        yield f"only2={head[:4]}"


def _shapes(context: Context, start: int, end: int) -> Iterator[str]:
    doc = context.doc
    tags = [doc[index].tag_ for index in range(start, end)]
    where = "t" if start < context.title_end else "a"
    shapes = [shape(doc[index].text) for index in range(start, end)]
    yield f"tags={where}{'_'.join(tags)}"
    yield f"tag1={where}{tags[0]}"
    yield f"tag9={where}{tags[-1]}"
    yield f"shape={where}{'_'.join(shapes) if end - start < 4 else 'long'}"
    yield f"shape9={where}{shapes[-1]},{end - start > 1}"
    initial = doc[start].is_sent_start or start == 0
    yield f"shape1={where}{shapes[0]},{initial}"


def _neighbours(context: Context, start: int, end: int) -> Iterator[str]:
    doc, lower, content = context.doc, context.lower, context.content
    where = "t" if start < context.title_end else "a"
    left = lower[start - 1] if start and not doc[start].is_sent_start else "<s>"
    left2 = lower[start - 2] if start > 1 and left != "<s>" and not doc[start - 1].is_sent_start else "<s>"
    right = lower[end] if end < len(doc) and not doc[end].is_sent_start else "</s>"
    right2 = lower[end + 1] if end + 1 < len(doc) and right != "</s>" and not doc[end + 1].is_sent_start else "</s>"
    left_tag = doc[start - 1].tag_ if left != "<s>" else "<s>"
    right_tag = doc[end].tag_ if right != "</s>" else "</s>"
    yield f"l={left}"
    yield f"ll={left2} {left}"
    yield f"r={right}"
    yield f"rr={right} {right2}"
    yield f"lt={where}{left_tag}"
    yield f"rt={where}{right_tag}"
    left_open = left != "<s>" and content[start - 1]
    right_open = right != "</s>" and content[end]
    yield f"open={left_open},{right_open},{end - start}"
    yield f"ltrt={left_tag},{right_tag}"
    if right_open:
        yield f"rhead={right}"


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
