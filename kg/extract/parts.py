"""What the components hand on to each other in ``Doc._``: plain tuples, and these records of one document."""

from dataclasses import dataclass

from spacy.attrs import IDX, SENT_START, TAG
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


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of a document as plain lists, which are read far faster than tokens.

    ``lower`` is in lower case, ``¶`` for blank lines; ``starts`` tells where a sentence starts, ``begins`` and ``ends``
    are offsets in ``text``, ``title_end`` is the index of the token that separates title and abstract.
    """

    text: str
    texts: list[str]
    lower: list[str]
    tags: list[str]
    starts: list[bool]
    begins: list[int]
    ends: list[int]
    title_end: int

    def between(self, start: int, end: int) -> str:
        """Give the text of a range of tokens."""
        return self.text[self.begins[start] : self.ends[end - 1]]


def words_of(doc: Doc) -> Words:
    """Read the tokens of a tagged document with sentences, once."""
    if doc._.words is None:
        table: list[list[int]] = doc.to_array([TAG, SENT_START, IDX]).tolist()
        names = {tag: doc.vocab.strings[tag] for tag in {tag for tag, _, _ in table}}
        texts = [token.text for token in doc]
        begins = [place for _, _, place in table]
        doc._.words = Words(
            text=doc.text,
            texts=texts,
            lower=["¶" if text.isspace() else text.lower() for text in texts],
            tags=[names[tag] for tag, _, _ in table],
            starts=[start == 1 or not index for index, (_, start, _) in enumerate(table)],
            begins=begins,
            ends=[place + len(text) for place, text in zip(begins, texts, strict=True)],
            title_end=next((index for index, text in enumerate(texts) if text.startswith("\n")), len(texts)),
        )
    words: Words = doc._.words
    return words


def sentence_ranges(words: Words) -> list[Range]:
    """Give the token ranges of the sentences, the title first (empty where there is none)."""
    split, size = words.title_end, len(words.texts)
    starts = [0] + [index for index in range(split + 1, size) if words.starts[index] or index == split + 1]
    ends = [split, *starts[2:], size] if len(starts) > 1 else [split]
    return list(zip(starts, ends, strict=True))


for _name, _default in (
    ("words", None),
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
