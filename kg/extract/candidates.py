"""Every stretch of tokens that could be the name of something, proposed generously.

A candidate is up to six tokens of content words (adjectives, nouns, participles, names) inside one
sentence, which may hold one link such as "of" between them; a later component weighs them.
"""

from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Token

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
    "i.e.", "e.g.", "etc", "etc.", "respectively", "thus", "hence", "yet", "only", "even", "much", "few",
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


def is_content(token: Token) -> bool:
    """Tell whether a token may be part of a name."""
    text = token.text
    if not any(character.isalpha() for character in text) or "://" in text or token.like_url:
        return False
    if text.lower() in _NEVER:
        return text.lower() in _ALLOWED_INSIDE
    if token.tag_ in _CONTENT:
        return True
    if token.tag_ in {"RB", "VB", "VBP", "VBZ"}:
        return len(text) > 3
    return token.tag_ in _MISREAD and looks_like_name(text)


def _may_start(token: Token) -> bool:
    return token.lower_ not in _NEVER or token.lower_ in _START


def _may_end(token: Token) -> bool:
    return token.tag_ in _LAST or looks_like_name(token.text) or (token.tag_ in _ODD_LAST and len(token) > 4)


def _is_number(token: Token) -> bool:
    return token.tag_ == "CD" and len(token) <= 5


def candidates(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield candidate token ranges ``(start, end)``, by start and then end."""
    content = [is_content(token) for token in doc]
    for start, token in enumerate(doc):
        if not content[start] or not _may_start(token):
            continue
        links = 0
        for end in range(start + 1, min(start + MAX_TOKENS, len(doc)) + 1):
            last = doc[end - 1]
            if end - 1 > start and last.is_sent_start:
                break
            if content[end - 1]:
                if _may_end(last):
                    yield start, end
            elif last.lower_ in LINKS and (links == 0 or last.lower_ == "the"):
                links += 1
            elif _is_number(last) and end - 1 > start and links == 0:
                yield start, end
            else:
                break


@Language.component("kg_candidates", requires=["token.tag", "token.is_sent_start"], assigns=["doc._.candidates"])
def kg_candidates(doc: Doc) -> Doc:
    """Write ``doc._.candidates``: every stretch of tokens that could be a name."""
    doc._.candidates = list(candidates(doc))
    return doc
