"""Records of the Semantic Scholar Academic Graph: searches, batches, recommendations, citations, JSON lines.

The fields are those of https://api.semanticscholar.org/api-docs/graph, and of the bulk data sets, which write them in
lower case. Fields of study are given by a model and do not become categories; the same goes for ``tldr``.
"""

from collections.abc import Callable, Iterator, Mapping

from kg.model import Paper, Reject, Source
from kg.sources.fields import Unusable, paper
from kg.sources.json_fields import at, first_text, names_at, text_at
from kg.sources.json_outline import outline
from kg.sources.json_stream import read_records
from kg.sources.opening import Stream
from kg.sources.options import Options

#: Keys that only these records have; citations hold them one object further in.
_SIGNS = frozenset("externalIds corpusId corpusid externalids citedPaper citingPaper authors.authorId".split())

#: Keys of records that are not theirs, though they may call an id ``paperId``.
_OTHERS = frozenset(("id", "categories", "summary"))

_LOOKS = '{"paperId": …, "title": …, "abstract": …}'


def detect(head: str) -> bool:
    """Tell whether a text starts like such records."""
    keys = outline(head).keys
    return bool(keys & _SIGNS) or ("paperId" in keys and not keys & _OTHERS)


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read records in their order; ``options`` mean nothing here. Null in a batch is an id the service did not know."""
    yield from read_records(stream, "semantic-scholar", record, rejects=rejects, looks=_LOOKS)


def record(found: Mapping[str, object], source: Source) -> Paper:
    """Make a paper of a record; raise `Unusable` where it cannot be one."""
    inner = found.get("citedPaper", found.get("citingPaper", found))
    if not isinstance(inner, Mapping):
        raise Unusable("the paper of a citation is no object")
    ids = inner.get("externalIds", inner.get("externalids"))
    return paper(
        {
            "id": first_text(inner, "paperId", "corpusid", "corpusId"),
            "title": inner.get("title"),
            "abstract": inner.get("abstract"),
            "arxiv": text_at(ids, "ArXiv"),
            "doi": text_at(ids, "DOI"),
            "authors": names_at(at(inner, "authors"), "name"),
            "date": inner.get("publicationDate", inner.get("publicationdate")),
            "year": inner.get("year"),
        },
        source,
    )
