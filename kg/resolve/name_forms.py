"""Work out the forms of a name that `kg.resolve.names` compares, once a name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.initials import looks_short
from kg.resolve import name_tables as tables
from kg.resolve.versions import Versioned, parse
from kg.text import normal_form, readable, solid_form
from kg.text_markup import has_markup
from kg.vocabulary import Vocabulary

_NUMBER = re.compile(r"\d+(?:\.\d+)*|[+*#]+")
_VERSION = re.compile(r"(?<=[a-z])(?<!con)v(?=\d)|(?<= )v(?=\d)")
_BETWEEN = re.compile(r"(?<=[a-z]{3})2(?=[a-z]{3})")
_SPACE = re.compile(r"(?<!\d)\s|\s(?!\d)")
_TOKENS = re.compile(r"[\s\-‐-―/_]+")
_BRACKETED = re.compile(r"\s+\([^()]*\)")
_PLURAL = re.compile(r"(?<=[A-Z])s(?![^\W_])")
_PEOPLE = re.compile(r"[A-Z][a-zà-ÿ]+(?:[-‐-―][A-Z][a-zà-ÿ]+)+")


@dataclass(frozen=True, slots=True)
class Prepared:
    """One name in the forms that the rules compare.

    ``words`` are canonical words, ``plain`` the same without synonyms, ``key`` their solid form; ``short`` is the name
    as written where it looks like an abbreviation, ``shorts`` its words that do. ``bare`` is ``key`` without a generic
    last word, ``generic`` that word. ``terms`` are the ids of the vocabulary terms with this label.
    """

    name: str
    form: str
    solid: str
    words: tuple[str, ...]
    plain: tuple[str, ...]
    key: str
    numbers: tuple[str, ...]
    short: str
    shorts: Mapping[str, str]
    bare: str
    generic: tuple[str, ...]
    version: Versioned | None
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The labels of a vocabulary by ``Prepared.key``, and all their words."""

    keys: Mapping[str, tuple[str, ...]]
    words: frozenset[str]


class _Handle:
    """A vocabulary as a cache key: the same only as itself."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __hash__(self) -> int:
        return id(self.vocabulary)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Handle) and self.vocabulary is other.vocabulary


def lexicon(vocabulary: Vocabulary) -> Lexicon:
    """Give the lexicon of a vocabulary, worked out once."""
    return _lexicon(_Handle(vocabulary))


@lru_cache(maxsize=4)
def _lexicon(handle: _Handle) -> Lexicon:
    keys: dict[str, tuple[str, ...]] = {}
    words: set[str] = set()
    for form, ids in handle.vocabulary.index.items():
        key = canonical(form)[2]
        keys[key] = tuple(sorted({*keys.get(key, ()), *ids}))
        words.update(form.split())
    return Lexicon(keys, frozenset(words))


def prepare(name: str, vocabulary: Vocabulary) -> Prepared:
    """Work out the forms of a name.

    >>> name = prepare("the GSM8K benchmarks", Vocabulary({}, {}))
    >>> name.words, name.bare, name.generic, name.numbers
    (('gsm8k', 'benchmark'), 'gsm8k', ('benchmark',), ('8',))
    """
    text = _BRACKETED.sub("", readable(name).text if has_markup(name) else name).strip()
    text = _PLURAL.sub("", text)
    form, tokens = normal_form(text), [token for token in _TOKENS.split(text) if token]
    words, plain, key = canonical(form)
    size = _generic_size(form, text, vocabulary)
    numbers = tuple(sorted({*_NUMBER.findall(key), *_NUMBER.findall(form)}))
    return Prepared(
        name=name,
        form=form,
        solid=solid_form(text),
        words=words,
        plain=plain,
        key=key,
        numbers=numbers,
        short=text if " " not in text and looks_short(text) else "",
        shorts={normal_form(token): token for token in tokens if looks_short(token) and "(" not in token},
        bare=canonical(form.rsplit(" ", size)[0])[2] if size else key,
        generic=words[len(words) - size :] if size else (),
        version=parse(text) if numbers or _mixed(tokens) else None,
        terms=vocabulary.index.get(form) or lexicon(vocabulary).keys.get(key, ()),
    )


@lru_cache(maxsize=1 << 16)
def canonical(form: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Give the canonical words of a normal form, the same without synonyms, and their solid form.

    >>> canonical("mixtures of expert"), canonical("3 dimensional unet v2")[0]
    ((('mixture', 'of', 'expert'), ('mixture', 'of', 'expert'), 'mixtureofexpert'), ('3d', 'unet', '2'))
    """
    plain: list[str] = []
    words: list[str] = []
    found = [normal_form(word) or word for word in _BETWEEN.sub(" to ", _VERSION.sub("", form)).split()]
    for place, word in enumerate(found):
        same = tables.WORDS.get(word, word)
        if place < len(found) - 1:
            same = same.removesuffix("ly") if same.endswith("ally") else same
            same = tables.MODIFIERS.get(same, same)
        if place:
            same = tables.ROMAN.get(same, same)
        phrase = tables.PHRASES.get((words[-1], same)) if words else None
        if phrase:
            words[-1], plain[-1] = phrase, f"{plain[-1]} {word}"
        else:
            words.append(same)
            plain.append(word)
    return tuple(words), tuple(plain), _SPACE.sub("", " ".join(words))


def _mixed(tokens: Iterable[str]) -> bool:
    """Tell whether a name has capitals among small letters, or digits."""
    return any(
        any(map(str.isdigit, token)) or (token[1:] != token[1:].lower() and not token.isupper()) for token in tokens
    )


def _generic_size(form: str, text: str, vocabulary: Vocabulary) -> int:
    """Count the last words of a name that only say what sort of thing it is."""
    size = 0
    words = form.split()
    while size < min(2, len(words) - 1) and words[-1 - size] in tables.GENERICS:
        size += 1
    raw = text.split()
    for count in range(size, 0, -1):
        if len(raw) > count and _empty(words[-count:], normal_form(" ".join(raw[:-count])), raw[:-count], vocabulary):
            return count
    return 0


def _empty(generic: Iterable[str], form: str, raw: list[str], vocabulary: Vocabulary) -> bool:
    """Tell whether generic words add nothing to the name before them."""
    terms = [vocabulary.terms[term] for term in vocabulary.index.get(form, ())]
    if not terms:
        return all(word in _after(form, raw) for word in generic)
    kinds = {term.kind for term in terms}
    acting = any(term.label.endswith(tables.ACTIONS) for term in terms)
    common, mixed = " ".join(raw).islower(), _mixed(_TOKENS.split(" ".join(raw)))
    for word in generic:
        if not tables.GENERICS[word] & kinds or (acting and word in tables.AGENTS):
            return False
        if acting and word in tables.AFTER_ACTION and " " in form:
            continue
        titled = word == "architecture" and raw[0][0].isupper() and not raw[0].isupper()
        if word in tables.VAGUE and not (mixed or titled):
            return False
        if common and tables.GENERICS[word] == {"Method"} and not (" " in form and word in tables.AFTER_METHOD):
            return False
    return True


def _after(form: str, raw: list[str]) -> frozenset[str]:
    """Give the generic words that add nothing to a name that no vocabulary knows, by how it is written."""
    tokens = [token for token in _TOKENS.split(" ".join(raw)) if token]
    if " " in form and form.endswith(tables.ACTIONS):
        return tables.AFTER_ACTION if form.endswith(tables.MEANS) else tables.AFTER_TASK
    if _mixed(tokens):
        return tables.AFTER_MIXED
    if tokens and all(token.isupper() for token in tokens) and len(form) > 1:
        return tables.AFTER_CAPITALS
    if len(raw) == 1 and _PEOPLE.fullmatch(raw[0]):
        return tables.AFTER_PEOPLE
    if len(tokens) == 1 and tokens[0][0].isupper() and not form.endswith(tables.ACTIONS):
        return tables.AFTER_TITLE
    return frozenset()
