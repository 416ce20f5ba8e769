"""Every stretch of tokens that could be the name of something, proposed generously.

A candidate is up to six tokens of content words (adjectives, nouns, participles, names) inside one
sentence, which may hold one link such as "of" between them; a later component weighs them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from spacy.language import Language
from spacy.tokens import Doc, Token

from kg.extract.parts import Range
from kg.text import is_mathematics, normal_form

#: Longest candidate in tokens.
MAX_TOKENS = 6

#: Tags of tokens that may stand anywhere in a name.
_CONTENT = {"JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "VBG", "VBN", "VBD", "FW", "AFX", "ADD", "LS", "XX", "NFP"}

#: Tags that the tagger gives to misread names and that count when the word looks like one.
_MISREAD = {"CD", "RB", "VB", "VBP", "VBZ", "SYM", "UH", "PRP", "EX", "MD", "IN", ":", "$"}

#: Tags that a name may end with.
_LAST = {"NN", "NNS", "NNP", "NNPS", "VBG", "FW", "JJ", "ADD", "LS", "XX", "NFP"}

#: Tags of misread nouns: "two point clouds", "long contexts".
_ODD_LAST = {"VBZ", "VBP", "RB", "VB", "VBN"}

#: Words that may link two parts of a name, as in "mixture of experts".
LINKS = {"of", "for", "in", "to", "from", "with", "and", "the"}

#: Words that are no part of a name wherever they stand.
_NEVER = {
    "such", "other", "same", "many", "several", "more", "most", "less", "least", "own", "very", "et", "al",
    "i.e.", "e.g.", "ie", "eg", "etc", "etc.", "respectively", "thus", "hence", "yet", "only", "even", "much", "few",
    "various", "certain", "particular", "different", "using", "based", "including", "given", "following",
    "regarding", "compared", "due", "able", "likely", "first", "second", "third", "last", "next", "further",
    "overall", "whole", "called", "named", "termed", "dubbed", "%", "available", "novel", "new", "existing",
    "previous", "prior", "recent", "current", "proposed", "state-of-the-art", "superior", "significant",
    "competitive", "promising", "effective", "important", "key", "main", "major", "simple", "extensive",
    "comprehensive", "our", "its", "their", "this", "these", "those", "related", "according", "depending",
    "specific", "corresponding", "respective", "underlying", "popular", "common", "well-known", "traditional",
    "conventional", "standard", "publicly", "numerous", "multiple", "enabling", "achieving", "leading",
    "making", "requiring", "providing", "leveraging", "outperforming", "improving", "reducing", "introducing",
    "demonstrating", "showing", "having", "being", "similar", "immense", "huge", "vast", "substantial",
    "considerable", "remarkable", "excellent", "notable",
}  # fmt: skip
#: Words of the list above that an established name may hold after its first word, or start with.
_START = {"prior", "multiple", "whole", "first", "next", "key"}
_ALLOWED_INSIDE = {
    "prior", "standard", "multiple", "common", "key", "least", "last", "first", "second", "next", "most",
    "whole", "following", "different", "specific", "underlying",
}  # fmt: skip


def looks_like_name(text: str) -> bool:
    """Tell whether a word has the shape of a name: letters with inner capitals, digits or signs.

    >>> [looks_like_name(word) for word in ("GPT-4", "LoRA", "ViT-B/16", "3D", "model", "Model", "2023", "C++")]
    [True, True, True, True, False, False, False, True]
    """
    letters = sum(character.isalpha() for character in text)
    if not letters:
        return False
    signs = any(character.isdigit() or character in "+#*@^" for character in text)
    return signs or any(character.isupper() for character in text[1:])


@lru_cache(maxsize=1 << 16)
def _is_content(text: str, tag: str, url: bool) -> bool:
    if not any(character.isalpha() for character in text) or "://" in text or url:
        return False
    if text.lower() in _NEVER:
        return text.lower() in _ALLOWED_INSIDE
    if tag in _CONTENT:
        return True
    if tag in {"RB", "VB", "VBP", "VBZ"}:
        return len(text) > 3
    return tag in _MISREAD and looks_like_name(text)


def is_content(token: Token) -> bool:
    """Tell whether a token may be part of a name."""
    return _is_content(token.text, token.tag_, token.like_url)


def _may_start(lower: str) -> bool:
    return lower not in _NEVER or lower in _START


@lru_cache(maxsize=1 << 16)
def _may_end(text: str, tag: str) -> bool:
    return tag in _LAST or looks_like_name(text) or (tag in _ODD_LAST and len(text) > 4)


def _is_number(token: Token) -> bool:
    return token.tag_ == "CD" and len(token) <= 5


def candidates(doc: Doc) -> Iterator[Range]:
    """Yield candidate token ranges ``(start, end)``, by start and then end."""
    tokens = list(doc)
    content = [is_content(token) for token in tokens]
    lower = [token.lower_ for token in tokens]
    for start, inside in enumerate(content):
        if not inside or not _may_start(lower[start]):
            continue
        links = 0
        for last in range(start, min(start + MAX_TOKENS, len(tokens))):
            token = tokens[last]
            if last > start and token.is_sent_start:
                break
            if content[last]:
                if _may_end(token.text, token.tag_):
                    yield start, last + 1
            elif lower[last] in LINKS and (links == 0 or lower[last] == "the"):
                links += 1
            elif _is_number(token) and last > start and links == 0:
                yield start, last + 1
            else:
                break


def texts(doc: Doc, spans: Iterable[Range]) -> Iterator[tuple[Range, str]]:
    """Yield each token range with its text."""
    tokens = list(doc)
    words = [token.text for token in tokens]
    spaced = [token.text_with_ws for token in tokens]
    for start, end in spans:
        yield (start, end), "".join(spaced[start : end - 1]) + words[end - 1]


def forms(doc: Doc, spans: Iterable[Range]) -> dict[Range, str]:
    """Give the normal form of each token range that is no formula."""
    return {span: normal_form(text) for span, text in texts(doc, spans) if not is_mathematics(text)}


@Language.component(
    "kg_candidates",
    requires=["token.tag", "token.is_sent_start"],
    assigns=["doc._.candidates", "doc._.forms"],
)
def kg_candidates(doc: Doc) -> Doc:
    """Write ``doc._.candidates``, each stretch of tokens that could be a name, and ``doc._.forms``, normal forms."""
    doc._.forms = forms(doc, candidates(doc))
    doc._.candidates = list(doc._.forms)
    return doc
