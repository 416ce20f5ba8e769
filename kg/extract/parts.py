"""What the components hand on to each other in ``Doc._``: plain tuples, and these records of one document."""

from dataclasses import dataclass

from spacy.attrs import SENT_START
from spacy.tokens import Doc

#: A range of tokens ``[start, end)``.
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity of a document: token ranges, names, what it is and how sure that is.

    ``papers`` is in how many abstracts of the reference corpus its best-known name stands.
    """

    id: str
    kind: str
    name: str
    spans: tuple[Range, ...]
    defined: bool = False
    label: str = ""
    long: str = ""
    term: str = ""
    confidence: float = 1.0
    papers: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A relation of a document: ends are ids of things or ``PAPER``; sentences by number, the title being 0."""

    head: str
    type: str
    tail: str
    confidence: float
    sentences: tuple[int, ...]
    extractor: str
    head_span: Range | None = None
    tail_span: Range | None = None
    polarity: str = "stated"
    modality: str = "asserted"


def title_end(doc: Doc) -> int:
    """Give the index of the token that separates title and abstract."""
    return next((token.i for token in doc if token.text.startswith("\n")), len(doc))


def sentence_ranges(doc: Doc) -> list[Range]:
    """Give the token ranges of the sentences, the title first (empty where there is none)."""
    split = title_end(doc)
    first = doc.to_array(SENT_START).tolist()
    starts = [0] + [index for index in range(split + 1, len(doc)) if first[index] == 1 or index == split + 1]
    ends = [split, *starts[2:], len(doc)] if len(starts) > 1 else [split]
    return list(zip(starts, ends, strict=True))


for _name, _default in (
    ("candidates", None),
    ("forms", None),
    ("terms", None),
    ("definitions", None),
    ("things", None),
    ("links", None),
    ("reading", None),
):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)
