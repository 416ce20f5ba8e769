"""Make text readable with offsets kept, and fold names to the one form that identity uses."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from kg import text_tables as tables
from kg.text_markup import Readable, clean, has_markup, readable

__all__ = ["Readable", "akin", "alike", "clean", "is_mathematics", "normal_form", "readable", "solid_form"]

#: Similarity in percent from which on a name is suggested in place of an unknown one.
_ALIKE = 70

_BRACKETED = re.compile(r"\s+\([^()]*\)")
_ARTICLE = re.compile(r"^(?:(?:the|an?|our)\s+)+(?=\S)")
_ARTICLES = frozenset(("the", "a", "an", "our"))
_DASHES = re.compile(r"[\-‐-―_/~|\\]+")
_INITIALS = re.compile(r"(?<![\w.])(?:[a-z]\.){2,}(?:[a-z](?![\w]))?")
_SOLID = re.compile(r"^a-(?=\w)|\b(over|under)-(?=[a-z])")
_EXPANDED = re.compile(r"(?<=[a-z]{3})\([A-Z][A-Za-z-]+\)")  # Network(GCN); not SE(3)
_PLURAL = re.compile(r"(.*(?<![A-Z])[A-Z]{2})s")
_JOINING = frozenset({*tables.PREFIXES, *tables.COMPOUNDS})
_BASIC = re.compile(r"[a-z0-9 -]*")
_DROPPED = re.compile(r"[^\w\s+*#.@&-]|(?<!\w)\.|\.(?!\w)")


def _unaccented(name: str) -> str:
    """Return a name in lower case without accents, Greek letters spelt out."""
    if name.isascii():
        return name.lower()
    name = unicodedata.normalize("NFKC", name).casefold().translate(tables.FOLDS)
    name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", name).casefold().translate(tables.FOLDS)


def _singular(word: str) -> str:
    """Return the singular of a lower-case word; a word that is none comes back."""
    if word in tables.IRREGULAR:
        return tables.IRREGULAR[word]
    if len(word) < 4 or word[-1] != "s" or word in tables.SINGULAR or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


@lru_cache(maxsize=1 << 16)
def _american(word: str) -> str:
    """Return a word in American spelling, by rule."""
    for pattern, replacement in tables.SPELLINGS:
        if pattern.fullmatch(word):
            return pattern.sub(replacement, word)
    return word


def _joined(words: list[str]) -> list[str]:
    """Write prefixes and a few compounds solid."""
    if _JOINING.isdisjoint(words):
        return words
    out: list[str] = []
    for word in words:
        first = out[-1] if out else ""
        prefixed = first in tables.PREFIXES and len(word) > 1 and word[0].isalpha() and word not in tables.LOOSE
        prefixed = prefixed and (len(out) == 1 or first not in tables.PREPOSITIONS)
        if prefixed or (first in tables.COMPOUNDS and word.startswith(tables.COMPOUNDS[first])):
            out[-1] = first + word
        else:
            out.append(word)
    return out


def _unpunctuated(name: str) -> str:
    """Return a lower-case name without brackets and punctuation, every sort of dash as a hyphen."""
    name = _BRACKETED.sub("", " " + name).strip() or name
    name = re.sub(r"\(e?s\)(?!\w)", "s", name)
    name = re.sub(r"['’]s(?!\w)", "", name)
    name = re.sub(r"(?<!\w)(\w+s)['’](?=\s)", lambda found: _singular(found[1]), name)
    name = re.sub(r"(?<![^\W_])([a-z])_(?=\d)|[_^](?=[+*])", r"\1", name)  # L_2 is L2, A^* is A*
    name = _INITIALS.sub(lambda found: found[0].replace(".", ""), name)
    name = re.sub(r"(?<=\w)[(\[]|[)\]](?=\w)", " ", re.sub(r"\s&\s", " and ", name))
    return _DROPPED.sub("", _DASHES.sub("-", name))


def _folded(name: str) -> str:
    """Return a name after one turn of folding."""
    name = _unaccented(name)
    if not _BASIC.fullmatch(name):
        name = _unpunctuated(name)
    words = name.split()
    if "-" in name or (words and words[0] in _ARTICLES):
        name = _ARTICLE.sub("", " ".join(words))
        words = _SOLID.sub(lambda found: found[1] or "a", name).replace("-", " ").split()  # no article: A/B testing
    words = _joined([_american(word) for word in words])
    return " ".join([*words[:-1], _singular(words[-1])]) if words else ""


@lru_cache(maxsize=1 << 18)
def normal_form(name: str) -> str:
    """Return the one form of a name that identity compares; empty if the name has no letter, digit or sign to keep.

    >>> normal_form("The Kullback–Leibler (KL) divergences"), normal_form("Pre-trained Modelling")
    ('kullback leibler divergence', 'pretrained modeling')
    >>> [normal_form(name) for name in ("C", "C++", "C#", "A* search", "GPT-3.5", "LLMs")]
    ['c', 'c++', 'c#', 'a* search', 'gpt 3.5', 'llm']
    """
    text = readable(name).text.strip() if has_markup(name) else name
    if "(" in text:
        text = _EXPANDED.sub("", text)
    plural = _PLURAL.fullmatch(text) if text.endswith("s") else None
    text = plural[1] if plural else text
    for _ in range(9):  # rare characters and nested markup need another turn; two are the rule
        again, text = text, _folded(text)
        if "&" in text:  # what was dropped may have stood inside markup
            text = readable(text).text
        if again == text:
            break
    return text


#: Words that begin with so many letters alike may be one word with another ending.
_STEM = 4

#: Beginnings after which the rest of a word makes the meaning.
_OPPOSING = (
    *("non", "un", "in", "dis", "anti", "multi", "inter", "intra"),
    *("over", "under", "pre", "post", "hyper", "hypo"),
)

#: Longest abbreviation, in characters.
_LONGEST = 12

_SCRIPT = re.compile(r"[_^]\s*[-+]?(?:\([^()]*\)|\w*?\d+|[^\W\d_]+|[*+∞'])")
_NUMBER_NAME = re.compile(r"[A-Z]+[\^_]\d[A-Z]+|[A-Z]\*|[RF][\^_]?[12²₁]|[EU]\([1-9dn]\)|π_?0(?:\.\d+)?")


def _named(runs: list[str]) -> bool:
    """Tell whether one of some runs of letters is a word, not a variable or a function."""
    for run in runs:  # noqa: SIM110 (much faster than any)
        if len(run) > 1 and run not in tables.FUNCTIONS:
            return True
    return False


def is_short_of(short: str, long: str) -> bool:
    """Tell whether the letters of a normal form stand in another in their order, the first one at its beginning.

    >>> is_short_of("lora", "low rank adaptation"), is_short_of("bert", "low rank adaptation")
    (True, False)
    """
    if " " in short or not 2 <= len(short) <= _LONGEST or short[0] != long[:1] or len(short) >= len(long):
        return False
    letters = iter(long)
    return all(character in letters for character in short if character.isalnum())


@lru_cache(maxsize=1 << 16)
def is_mathematics(name: str) -> bool:
    """Tell an equation, a number or a lone variable from a name.

    >>> [is_mathematics(name) for name in ("x", "O(1/T)", "h_{CLT}(alpha)", "10^{-3}", "f(f(z))=f(z)")]
    [True, True, True, True, True]
    >>> [is_mathematics(name) for name in ("$R^2$VLM", "SE(3)", "k-means", "F1", "A*", "C++", "GPT-4", "R^2", "3D")]
    [False, False, False, False, False, False, False, False, False]
    """
    parts = name.replace("-", " ").split()
    if "".join(parts).isalpha() and _named(parts):
        return False
    text = readable(name).text.strip(" .,;:")
    if _NUMBER_NAME.fullmatch(text) or re.fullmatch(r"[A-Za-z]+(?:\+\+|#)|[A-Za-z]{2,}\*", text):
        return False
    if re.fullmatch(r"[\d.,]+\s?[KMBT]", text):
        return True  # a number of parameters
    bare = _SCRIPT.sub(" ", text)
    runs = re.findall(r"[^\W\d_]+", bare)
    if not runs:
        return True
    if _named(runs):
        return False
    if re.search(r"[^\W\d_]\d|\d[A-Z]|^[A-Za-z]{2,}-\d", bare) and not re.search(r"[=<>≤≥≈∈]", text):
        return False
    if len(runs) == 1 and re.fullmatch(r"[^\W\d_]+'*", bare.strip()):
        return len(runs[0]) == 1 or runs[0] in tables.GREEK or runs[0].lower() in tables.GREEK or bare.strip() != text
    return bool(re.search(r"[-+=<>≤≥≈∈×·/|*^()\[\]√∑∏→∞_ ~]|\d", text)) and not re.search(r"[&@]", text)


def solid_form(name: str) -> str:
    """Return the normal form without spaces, other than between digits, for names written solid, apart or hyphened.

    >>> solid_form("FlashAttention-2") == solid_form("Flash Attention 2"), solid_form("Llama-3-8B")
    (True, 'llama3 8b')
    """
    return re.sub(r"(?<!\d)\s|\s(?!\d)", "", normal_form(name))


def akin(a: str, b: str) -> bool:
    """Tell whether two normal forms of several words are the same but for the endings of words.

    >>> akin("low rank adaptation", "low rank adapter"), akin("mixture of expert", "mixture of encoder")
    (True, False)
    """
    one, two = a.split(), b.split()
    return len(one) == len(two) > 1 and all(_one_word(x, y) for x, y in zip(one, two, strict=True))


def _one_word(a: str, b: str) -> bool:
    """Tell whether two words begin alike in most letters, and have no beginning that changes the meaning."""
    if a == b:
        return True
    common = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    alike = common >= max(_STEM, (min(len(a), len(b)) + 1) // 2)
    return alike and a.isalpha() and b.isalpha() and not a.startswith(_OPPOSING)


def alike(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Give the names spelt much like ``name``, whatever their case, the most alike first.

    >>> alike("Mamba", ["Llama", "Samba", "mamba-2"]), alike("LoRa", ["Llama"])
    (['mamba-2', 'Samba'], [])
    """
    from rapidfuzz import fuzz, process

    names = sorted(set(known))
    found = process.extract(
        name.lower(), names, scorer=fuzz.ratio, processor=str.lower, limit=most, score_cutoff=_ALIKE
    )
    return [near for near, _, _ in found]


def counted(number: int, noun: str, plural: str = "") -> str:
    """Give a number with its noun.

    >>> counted(1, "paper"), counted(2, "paper"), counted(0, "entity", "entities")
    ('1 paper', '2 papers', '0 entities')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
