"""Find the terms of the vocabulary among the candidates of a document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.parts import words_of
from kg.text import normal_form
from kg.vocabulary import Term, Vocabulary
from kg.vocabulary import load as load_vocabulary

#: A one-word label with a capital that is at most this long is matched with its sort of capitals: "ARC" is not "Arc",
#: "Glow" not "GLOW", but "Llama" is "LLaMA".
_SHORT = 6


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Labels by normal form; ``cased`` holds the spellings of the forms that are matched with their capitals only."""

    vocabulary: Vocabulary
    cased: Mapping[str, frozenset[str]]

    def find(self, text: str) -> str:
        """Give the id of the term that ``text`` names, or an empty string."""
        term = self.named(normal_form(text))
        return term.id if term and self.spelt(text, normal_form(text)) else ""

    def named(self, form: str) -> Term | None:
        """Give the only term with a label of this normal form, however it is spelt."""
        ids = self.vocabulary.index.get(form, ())
        return self.vocabulary.terms[ids[0]] if len(ids) == 1 else None

    def spelt(self, text: str, form: str) -> bool:
        """Tell whether ``text`` has the capitals that the labels of its normal form ask for."""
        spellings = self.cased.get(form)
        return not spellings or any(_spelt(text, label) for label in spellings)


def _spelt(text: str, label: str) -> bool:
    """Tell whether a text has the capitals that a label asks for.

    >>> [_spelt(*pair) for pair in (("LLMs", "LLM"), ("LLaMA", "Llama"), ("PERFORMER", "Performer"))]
    [True, True, True]
    >>> [_spelt(*pair) for pair in (("arc", "ARC"), ("Arc", "ARC"), ("GLOW", "Glow"), ("performer", "Performer"))]
    [False, False, False, False]
    """
    if label in (text, text.removesuffix("s")):
        return True
    short = len(label) <= _SHORT
    return not text.islower() and not (
        short and (label.removesuffix("s").isupper() or text.removesuffix("s").isupper())
    )


def gazetteer(vocabulary: Vocabulary) -> Gazetteer:
    """Prepare a vocabulary for look-up."""
    cased: dict[str, set[str]] = {}
    plain: set[str] = set()
    for term in vocabulary.terms.values():
        for label in term.labels:
            if " " not in label and any(character.isupper() for character in label):
                cased.setdefault(normal_form(label), set()).add(label)
            else:
                plain.add(normal_form(label))
    return Gazetteer(vocabulary, {form: frozenset(found) for form, found in cased.items() if form not in plain})


@Language.factory("kg_gazetteer", requires=["doc._.forms"], assigns=["doc._.terms"], default_config={"extra": []})
class GazetteerComponent:
    """Write ``doc._.terms``: candidate range -> ``(term id, kind)``."""

    def __init__(self, nlp: Language, name: str, extra: Iterable[str]) -> None:
        """Load the shipped vocabulary and the files in ``extra``."""
        self.gazetteer = gazetteer(load_vocabulary(tuple(extra)))

    def __call__(self, doc: Doc) -> Doc:
        """Look every candidate up."""
        terms, words = {}, words_of(doc)
        for (start, end), form in doc._.forms.items():
            term = self.gazetteer.named(form)
            if term and self.gazetteer.spelt(words.between(start, end), form):
                terms[start, end] = (term.id, term.kind)
        doc._.terms = terms
        return doc
