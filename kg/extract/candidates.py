"""Every stretch of tokens that could be the name of something, proposed generously.

A candidate is up to six tokens of content words (adjectives, nouns, participles, names) inside one
sentence, which may hold one link such as "of" between them; a later component weighs them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from spacy.lang.lex_attrs import like_url
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.parts import Range, words_of
from kg.text import is_mathematics, normal_form

#: Longest candidate in tokens.
MAX_TOKENS = 6

#: Most characters of a number that a name may end with.
_DIGITS = 5

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
def is_content(text: str, tag: str) -> bool:
    """Tell whether a token may be part of a name."""
    if not any(character.isalpha() for character in text) or "://" in text or like_url(text):
        return False
    if text.lower() in _NEVER:
        return text.lower() in _ALLOWED_INSIDE
    if tag in _CONTENT:
        return True
    if tag in {"RB", "VB", "VBP", "VBZ"}:
        return len(text) > 3
    return tag in _MISREAD and looks_like_name(text)


def _may_start(lower: str) -> bool:
    return lower not in _NEVER or lower in _START


@lru_cache(maxsize=1 << 16)
def _may_end(text: str, tag: str) -> bool:
    return tag in _LAST or looks_like_name(text) or (tag in _ODD_LAST and len(text) > 4)


def candidates(doc: Doc) -> Iterator[Range]:
    """Yield candidate token ranges ``(start, end)``, by start and then end."""
    words = words_of(doc)
    lower, starts, size = words.lower, words.starts, len(words.texts)
    content = list(map(is_content, words.texts, words.tags))
    ending = list(map(_may_end, words.texts, words.tags))
    for start, inside in enumerate(content):
        if not inside or not _may_start(lower[start]):
            continue
        links = 0
        for last in range(start, min(start + MAX_TOKENS, size)):
            if last > start and starts[last]:
                break
            if content[last]:
                if ending[last]:
                    yield start, last + 1
            elif lower[last] in LINKS and (links == 0 or lower[last] == "the"):
                links += 1
            elif links == 0 and last > start and words.tags[last] == "CD" and len(words.texts[last]) <= _DIGITS:
                yield start, last + 1
            else:
                break


def forms(doc: Doc, spans: Iterable[Range]) -> dict[Range, str]:
    """Give the normal form of each token range that is no formula."""
    between = words_of(doc).between
    texts = ((span, between(*span)) for span in spans)
    return {span: normal_form(text) for span, text in texts if not is_mathematics(text)}


@Language.component(
    "kg_candidates",
    requires=["token.tag", "token.is_sent_start"],
    assigns=["doc._.words", "doc._.candidates", "doc._.forms"],
)
def kg_candidates(doc: Doc) -> Doc:
    """Write ``doc._.candidates``, each stretch of tokens that could be a name, and ``doc._.forms``, normal forms."""
    doc._.forms = forms(doc, candidates(doc))
    doc._.candidates = list(doc._.forms)
    return doc
