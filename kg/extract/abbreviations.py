"""Abbreviations as a paper defines them.

Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text",
PSB 2003, on tokens: "low-rank adaptation (LoRA)" and "LoRA (low-rank adaptation)"; a plural s of the
short form need not occur in the long form, digits and hyphens are allowed in it.
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.parts import Range, Words, words_of

#: Longest short form in characters, as in the paper.
MAX_SHORT = 12

#: In a title, the long form begins at most so many words after the name.
_AHEAD = 3

_OPEN, _CLOSE = {"(", "["}, {")", "]"}

#: What a long form has nothing of: the end of a clause, or its verb.
_LIMITS = _OPEN | _CLOSE | {";", ":", ".", "is", "are", "was", "were", "which", "such", "including"}

#: Bracketed words that abbreviate nothing.
_NEVER_SHORT = {
    "e.g",
    "i.e",
    "ours",
    "resp",
    "left",
    "right",
    "top",
    "bottom",
    "eq",
    "fig",
    "sec",
    "cf",
    "vs",
    "or",
    "and",
}


def is_short_form(text: str) -> bool:
    """Tell whether a bracketed string may be an abbreviation.

    >>> [is_short_form(text) for text in ("LoRA", "GANs", "2023", "e.g.", "see below", "MoE-2", "D$^2$")]
    [True, True, False, False, False, True, True]
    """
    if not 2 <= len(text) <= MAX_SHORT or not text[0].isalnum() or text.lower().rstrip(".") in _NEVER_SHORT:
        return False
    upper = sum(character.isupper() for character in text)
    return " " not in text and any(character.isalpha() for character in text) and upper > 0


def match_long_form(short: str, before: str) -> int | None:
    """Give the offset in ``before`` where the long form of ``short`` starts, or None.

    Each letter and digit of the short form is looked for from right to left; the first must start a word.

    >>> text = "we study low-rank adaptation"
    >>> text[match_long_form("LoRA", text):]
    'low-rank adaptation'
    >>> match_long_form("XYZ", text) is None
    True
    """
    position = len(before)
    characters = [character.lower() for character in short if character.isalnum()]
    for index in range(len(characters) - 1, -1, -1):
        position -= 1
        while position >= 0 and (
            before[position].lower() != characters[index]
            or (index == 0 and position > 0 and before[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
    return position


def _initials(words: list[str]) -> str:
    return "".join(part[0] for word in words for part in word.split("-") if part and part[0].isalnum()).lower()


def _by_beginnings(words: list[str], short: str) -> bool:
    """Tell whether a short form is made of the beginnings of words, in order.

    Every word gives at least a letter; what follows a hyphen need not. A capital after a small letter begins a word.

    >>> _by_beginnings(["Low-Rank", "Adaptation"], "LoRA"), _by_beginnings(["Learning", "to", "Rank"], "LoRA")
    (True, False)
    >>> _by_beginnings(["Hierarchical", "Segmentation"], "HieraRS")
    False
    """
    parts = [(part.lower(), place > 0) for word in words for place, part in enumerate(word.split("-")) if part]
    cased = "".join(filter(str.isalnum, short))
    letters = cased.lower()
    humps = {place for place in range(1, len(cased)) if cased[place].isupper() and cased[place - 1].islower()}
    ends = {0}
    for part, spare in parts:
        found = set(ends) if spare else set()
        for end in ends:
            length = 0
            while length < len(part) and letters[end + length : end + length + 1] == part[length]:
                if length and end + length in humps:
                    break
                length += 1
                found.add(end + length)
        ends = found
    return len(words) > 1 and len(letters) in ends


def _title(texts: list[str]) -> Iterator[tuple[Range, Range]]:
    """Find the long form behind the name that a title begins with: "LoRA: Low-Rank Adaptation of Language Models"."""
    if len(texts) < 4 or texts[1] != ":" or not is_short_form(texts[0]):
        return
    for start in range(2, min(2 + _AHEAD, len(texts))):
        for stop in range(start + 2, min(start + len(texts[0]) + 1, len(texts)) + 1):
            words = texts[start:stop]
            if words[-1][-1].isalnum() and _by_beginnings(words, texts[0]):
                yield (start, stop), (0, 1)
                return


def _reach(words: Words, short: str, stop: int) -> int:
    """Give the first token before ``stop`` that may belong to the long form of ``short``."""
    first, most = stop, min(len(short) + 5, len(short) * 2)
    while first > 0 and stop - first < most and words.texts[first - 1] not in _LIMITS:
        first -= 1
        if words.starts[first]:
            break
    return first


def _by_initials(texts: list[str], short: str, first: int, stop: int) -> Range | None:
    """Find the tokens whose initials are the letters of ``short``, the surest reading."""
    letters = "".join(character for character in short.lower() if character.isalnum())
    for form in dict.fromkeys((letters, letters.removesuffix("s"))):
        for start in range(stop - 1, first - 1, -1):
            if form and _initials(texts[start:stop]) == form:
                return start, stop
    return None


def _by_letters(words: Words, short: str, first: int, stop: int) -> Range | None:
    """Find the tokens that hold the letters of ``short`` in order, as Schwartz and Hearst do."""
    base, before = words.begins[first], words.between(first, stop)
    for form in dict.fromkeys((short, short.removesuffix("s"))):
        offset = match_long_form(form, before)
        if offset is not None:
            start = max(index for index in range(first, stop) if words.begins[index] <= base + offset)
            long = words.between(start, stop)
            if len(long) > len(form) and form.lower() not in long.lower().split():
                return start, stop
    return None


def _before(words: Words, short: str, stop: int) -> Range | None:
    """Find the tokens before ``stop`` that ``short`` abbreviates."""
    first = _reach(words, short, stop)
    if first == stop:
        return None
    return _by_initials(words.texts, short, first, stop) or _by_letters(words, short, first, stop)


def definitions(words: Words) -> Iterator[tuple[Range, Range]]:
    """Yield ``(long, short)`` token ranges for each definition in the document."""
    texts = words.texts
    yield from _title(texts)
    for place, text in enumerate(texts):
        if text not in _OPEN or place == 0:
            continue
        start = place + 1
        close = next((i for i in range(start, min(place + 12, len(texts))) if texts[i] in _CLOSE), None)
        if close is None or close == start:
            continue
        inner = next((i for i in range(start, close) if texts[i] in {",", ";"}), close)
        short = words.between(start, inner)
        if inner - place <= 3 and is_short_form(short):
            found = _before(words, short, place)
            if found:
                yield found, (start, inner)
        elif is_short_form(texts[place - 1]):
            # Brackets behind a name hold examples as often as expansions, so only initials count here.
            found = _by_initials(texts, texts[place - 1], start, inner)
            if found and found[0] == start:
                yield found, (place - 1, place)
            elif _by_beginnings(texts[start:inner], texts[place - 1]):
                yield (start, inner), (place - 1, place)


@Language.component("kg_abbreviations", assigns=["doc._.definitions"])
def kg_abbreviations(doc: Doc) -> Doc:
    """Write ``doc._.definitions``: pairs of token ranges, long form and short form."""
    doc._.definitions = list(definitions(words_of(doc)))
    return doc
