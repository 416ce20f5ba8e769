"""Extraction: no text stops it, every place lies in the text, and the same text gives the same twice."""

import json
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from fuzz.target import ROOT, Target, hold
from kg.config import Config
from kg.interchange import to_dict
from kg.model import KINDS, PAPER, RELATIONS, Extraction, Paper, Span
from kg.sources import read
from kg.text import clean

if TYPE_CHECKING:
    from kg.extract.pipeline import Extractor

#: Text between title and abstract of an input.
_SPLIT = "\n"

#: A file of papers to start from, besides the hostile ones below.
_PAPERS = ROOT / "tests" / "data" / "readers" / "papers.jsonl"

#: Title and abstract in one text each.
SAMPLES = (
    "FrobNet: Sparse Caches\nLarge language models (LLMs) keep a KV cache. We propose FrobNet (FN), based on LoRA.",
    r"On $\alpha$-GANs" + "\n" + r"We study {\it Schr\"odinger bridges} and $R^2$VLM at 14.2\%, e.g., on CIFAR-10.",
    "\nWe do not use BERT. It may outperform GPT-4 (GPT) [1]; our method, called X, is a kind of Y (XY) on ImageNet.",
    "Only a title\n",
    "x" * 400 + "\n" + "-" * 500 + " " + "a-" * 300 + "(" * 50,
    "扩散模型 한국어\n\u202eשלום LoRA\u202c 👩‍🔬 ﬁne-tuning ½ ß \ufffd\ufffd (GAN) e\u0301",
)


@cache
def _extractor(model: str) -> "Extractor":
    from kg.extract.pipeline import Extractor

    return Extractor(Config(model=model))


def check(model: str, data: bytes) -> None:
    """Extract a text twice, with another one in between, and look at every place."""
    title, _, abstract = clean(data.decode("utf-8", "replace")).partition(_SPLIT)
    paper = Paper(title, abstract)
    extractor = _extractor(model)
    found = extractor.extract(paper)
    extractor.extract(Paper("LoRA", "We train a GAN on CIFAR-10."))
    hold(extractor.extract(paper) == found, "the same text gives the same twice")
    _check(paper, found)
    for entity in to_dict(paper, found)["entities"]:
        for mention in entity["mentions"]:
            text = title if mention["section"] == "title" else abstract
            hold(mention["text"] == text[mention["start"] : mention["end"]], "a mention is a slice of the text")
    json.dumps(to_dict(paper, found), ensure_ascii=False, allow_nan=False).encode()


def _check(paper: Paper, found: Extraction) -> None:
    ids = {entity.id for entity in found.entities}
    hold(len(ids) == len(found.entities), "every entity has its own id")
    for entity in found.entities:
        hold(entity.kind in KINDS and 0 <= entity.confidence <= 1, "an entity has a kind and a confidence")
        hold(entity.label.strip() and entity.names and entity.spans, "an entity has a label, names and places")
        hold(all(_within(span, paper) for span in entity.spans), "mentions lie in the text")
    for relation in found.relations:
        heads, tails = RELATIONS[relation.type]
        hold(relation.head in ids | {PAPER} and relation.tail in ids, "a relation has its ends")
        hold(relation.head != relation.tail and 0 <= relation.confidence <= 1, "a relation links two things")
        hold(heads != (PAPER,) or relation.head == PAPER, f"{relation.type} has a head that it may have")
        kinds = {entity.id: entity.kind for entity in found.entities}
        hold(tails is None or kinds[relation.tail] in tails, f"{relation.type} has a tail that it may have")
        hold(
            relation.sentences and all(_within(span, paper) for span in relation.sentences), "sentences lie in the text"
        )
        for mention in filter(None, (relation.head_mention, relation.tail_mention)):
            inside = any(
                one.section == mention.section and one.start <= mention.start and mention.end <= one.end
                for one in relation.sentences
            )
            hold(inside, "a mention lies in a sentence of its relation")


def _within(span: Span, paper: Paper) -> bool:
    size = len(paper.title if span.section == "title" else paper.abstract)
    return span.section in ("title", "abstract") and 0 <= span.start < span.end <= size


def _seeds() -> Iterator[bytes]:
    yield from (text.encode() for text in SAMPLES)
    for paper in read([str(_PAPERS)], rejects=lambda reject: None):
        yield f"{paper.title}\n{paper.abstract}".encode()


def targets() -> dict[str, Target]:
    """Give a target for each model."""
    words = (
        "LoRA ( ) $x$ \\alpha {\\it } &lt; we propose based on ImageNet dataset . GPT-4 <b> not ; of the ½ 🙂 % ~ -- "
        "(LLMs) large language models such as is a kind of outperforms called our method et al. e.g. Fig. 3.5 \\cite{a}"
    )
    described = "extraction with the {} model: total, places in the text, the same twice"
    return {
        f"extraction-{model}": Target(
            described.format(model),
            partial(check, model),
            _seeds,
            tuple(words.split(" ")),
            longest=3000,
            examples=25 if model == "fast" else 4,
        )
        for model in ("fast", "accurate")
    }
