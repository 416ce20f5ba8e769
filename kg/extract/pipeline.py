"""The spaCy pipeline that turns one paper into its extraction."""

from spacy.language import Language
from spacy.tokens import Doc

from kg.config import Config
from kg.extract import abbreviations, candidates, gazetteer, relations, tagger
from kg.extract.fingerprint import fingerprint
from kg.extract.parts import Link, Range, Thing, sentence_ranges, words_of
from kg.extract.tokens import tagger as load_tagger
from kg.model import PAPER, Extraction, LocalEntity, LocalRelation, Paper, Span
from kg.text import Readable, readable

#: Components registered with spaCy by importing their modules, in the order they run.
COMPONENTS = {
    "kg_candidates": candidates,
    "kg_gazetteer": gazetteer,
    "kg_abbreviations": abbreviations,
    "kg_tagger": tagger,
    "kg_relations": relations,
}

#: Separates title and abstract in the text of a document; readable text holds no line break of its own.
_SPLIT = "\n\n"


def build(config: Config) -> Language:
    """Assemble the pipeline."""
    nlp = load_tagger()
    settings: dict[str, dict[str, object]] = {
        "kg_gazetteer": {"extra": list(config.vocabularies)},
        "kg_tagger": {"model": config.model, "threshold": config.min_entity_confidence},
        "kg_relations": {"model": config.model, "threshold": config.min_relation_confidence},
    }
    for name in COMPONENTS:
        nlp.add_pipe(name, config=settings.get(name, {}))
    return nlp


class Extractor:
    """Extract papers one by one: the result of a paper never depends on the papers around it."""

    def __init__(self, config: Config | None = None) -> None:
        """Load models and vocabulary; takes about two seconds."""
        config = config or Config()
        self.fingerprint = fingerprint(config)
        self._nlp = build(config)

    def extract(self, paper: Paper) -> Extraction:
        """Give the entities and relations of a paper, with offsets into its title and abstract as given."""
        title, abstract = readable(paper.title), readable(paper.abstract)
        # One paper a pass: floating-point kernels may round differently in batches.
        doc = self._nlp(title.text + _SPLIT + abstract.text)
        places = _Places(doc, title, abstract)
        entities = tuple(places.entity(thing) for thing in doc._.things)
        found = {entity.id for entity in entities} | {PAPER}
        links = [link for link in doc._.links if link.head in found and link.tail in found]
        return Extraction(entities, tuple(places.relation(link) for link in links))


class _Places:
    """Map token ranges of a document to spans of the paper."""

    def __init__(self, doc: Doc, title: Readable, abstract: Readable) -> None:
        self._words, self._title, self._abstract = words_of(doc), title, abstract
        self._shift = len(title.text) + len(_SPLIT)
        self._sentences = sentence_ranges(self._words)

    def span(self, tokens: Range) -> Span:
        start, end = self._words.begins[tokens[0]], self._words.ends[tokens[1] - 1]
        if tokens[0] < self._words.title_end:
            return Span("title", *self._title.span(start, end))
        return Span("abstract", *self._abstract.span(start - self._shift, end - self._shift))

    def entity(self, thing: Thing) -> LocalEntity:
        names = sorted({self._words.between(start, end) for start, end in thing.spans})
        return LocalEntity(
            id=thing.id,
            kind=thing.kind,
            label=thing.label,
            confidence=round(thing.confidence, 4),
            spans=tuple(map(self.span, thing.spans)),
            names=tuple(names),
            long=thing.long,
            term=thing.term,
        )

    def relation(self, link: Link) -> LocalRelation:
        return LocalRelation(
            head=link.head,
            type=link.type,
            tail=link.tail,
            confidence=round(link.confidence, 4),
            sentences=tuple(self.span(self._sentences[number]) for number in link.sentences),
            extractor=link.extractor,
            head_mention=self.span(link.head_span) if link.head_span else None,
            tail_mention=self.span(link.tail_span) if link.tail_span else None,
            polarity=link.polarity,
            modality=link.modality,
        )
