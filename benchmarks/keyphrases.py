"""Measure how many of the keywords that authors gave their papers are among the extracted entities.

usage: python -m benchmarks.keyphrases KEYWORDS.jsonl [--limit N] [--model NAME] [--lowest P]

KEYWORDS.jsonl has one paper a line: title, abstract, keywords. A keyword counts where words of the title or abstract
fold to it, and is found where a name of an entity does. ``folded`` folds names as `kg evaluate` does, ``normal`` as
identity does. Each row keeps the entities that are at least so sure.
"""

import argparse
import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from kg.config import Config
from kg.evaluate import fold
from kg.extract.pipeline import Extractor
from kg.model import Extraction, Paper
from kg.text import clean, normal_form

#: Ways of folding a name.
FORMS: dict[str, Callable[[str], str]] = {"folded": fold, "normal": normal_form}

#: Steps of the sweep over thresholds.
STEP, HIGHEST = 0.05, 0.8

_WORD = re.compile(r"[^\s()\[\]{},;:!?\"“”]+")


@dataclasses.dataclass(slots=True)
class Found:
    """The keywords of a paper that stand in its text, by form, and its entities as (confidence, names by form)."""

    keywords: dict[str, set[str]]
    entities: list[tuple[float, dict[str, set[str]]]]


def windows(text: str, longest: int) -> Iterator[str]:
    """Give every run of up to ``longest`` words of a text."""
    words = [word.rstrip(".'’") for word in _WORD.findall(text)]
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            yield " ".join(words[start:end])


def measure(record: dict, extraction: Extraction) -> Found:
    """Compare the keywords of a paper with its text and its entities."""
    longest = max((len(keyword.split()) for keyword in record["keywords"]), default=0)
    phrases = {
        phrase for text in (record["title"], record["abstract"]) for phrase in windows(text.replace("-", " "), longest)
    }
    keywords = {
        name: {form(keyword) for keyword in record["keywords"]} & {form(phrase) for phrase in phrases} - {""}
        for name, form in FORMS.items()
    }
    entities = [
        (entity.confidence, {name: {form(text) for text in entity.names} for name, form in FORMS.items()})
        for entity in extraction.entities
    ]
    return Found(keywords, entities)


def row(papers: list[Found], threshold: float) -> dict[str, float]:
    """Give the share of keywords found by entities at least so sure, and the mean number of these a paper."""
    result = {"confidence": threshold}
    kept = [[names for confidence, names in paper.entities if confidence >= threshold] for paper in papers]
    for form in FORMS:
        counted = sum(len(paper.keywords[form]) for paper in papers)
        hits = sum(
            len(paper.keywords[form].intersection(*[set().union(*(names[form] for names in own))]))
            for paper, own in zip(papers, kept, strict=True)
        )
        result[form] = hits / counted if counted else 0.0
    return result | {"entities": sum(map(len, kept)) / len(papers)}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("keywords", type=Path)
    parser.add_argument("--limit", type=int, default=300, help="papers to read")
    parser.add_argument("--model", help="accurate or fast")
    parser.add_argument("--lowest", type=float, help="keep entities from this confidence; default: that of kg")
    arguments = parser.parse_args()
    changed = {"min_entity_confidence": arguments.lowest, "model": arguments.model}
    config = dataclasses.replace(Config(), **{name: value for name, value in changed.items() if value is not None})
    extractor = Extractor(config)
    papers = []
    with arguments.keywords.open(encoding="utf-8") as lines:
        for line in islice(lines, arguments.limit):
            record = json.loads(line)
            paper = Paper(clean(record["title"]), clean(record["abstract"] or ""))
            papers.append(measure({**record, "abstract": paper.abstract}, extractor.extract(paper)))
    if not papers:
        parser.error(f"{arguments.keywords}: holds no paper")
    counted = sum(len(paper.keywords["folded"]) for paper in papers)
    print(f"{len(papers)} papers, {counted} keywords in title or abstract")
    print(f"{'confidence':>10}{'folded':>9}{'normal':>9}{'entities a paper':>18}")
    first = config.min_entity_confidence
    for threshold in [first, *(step * STEP for step in range(1, 20) if first < step * STEP <= HIGHEST)]:
        found = row(papers, round(threshold, 4))
        print(f"{found['confidence']:10.2f}{found['folded']:9.3f}{found['normal']:9.3f}{found['entities']:18.1f}")


if __name__ == "__main__":
    main()
