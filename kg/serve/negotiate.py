"""Choose the form of an answer by what the client accepts.

The rules are those of RFC 9110, section 12.5.1: the most specific range decides on a media type, ``q=0`` refuses it.
Of what is equally welcome, a type that is named goes before one that a ``*`` stands for, then the client's order
decides, then ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: Offers for the answer of a SELECT, the best first: media type and form.
BINDINGS = (
    ("application/sparql-results+json", "json"),
    ("application/json", "json"),
    ("application/sparql-results+xml", "xml"),
    ("application/xml", "xml"),
    ("text/xml", "xml"),
    ("text/csv", "csv"),
    ("text/tab-separated-values", "tsv"),
)

#: Offers for a CONSTRUCT or DESCRIBE.
GRAPHS = (
    ("text/turtle", "ttl"),
    ("application/n-triples", "nt"),
    ("application/ld+json", "jsonld"),
    ("application/json", "jsonld"),
    ("application/rdf+xml", "rdf"),
    ("application/xml", "rdf"),
    ("text/plain", "nt"),
)

#: Offers for a page that is data too.
PAGE = (("text/html", "html"), ("application/xhtml+xml", "html"), *GRAPHS)

#: What a query can give -> the offers for it.
KINDS = {"bindings": BINDINGS, "boolean": BINDINGS, "graph": GRAPHS}


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an Accept header."""

    type: str
    subtype: str
    q: float
    place: int

    def specificity(self, media: str) -> int:
        """Tell how exactly the range names a media type; 0 if it does not match."""
        type_, _, subtype = media.partition("/")
        if (self.type, self.subtype) == (type_, subtype):
            return 3
        if self.type == type_ and self.subtype == "*":
            return 2
        return 1 if (self.type, self.subtype) == ("*", "*") else 0


def ranges(accept: str) -> list[Range]:
    """Read an Accept header; what is no media range is passed over.

    >>> [(r.type, r.subtype, r.q) for r in ranges("text/turtle;q=0.5, */*;q=0.1, nonsense")]
    [('text', 'turtle', 0.5), ('*', '*', 0.1)]
    """
    found = []
    for place, item in enumerate(accept.split(",")):
        media, *params = (part.strip().lower() for part in item.split(";"))
        type_, slash, subtype = media.partition("/")
        if slash and type_ and subtype:
            found.append(Range(type_, subtype, _quality(params), place))
    return found


def _quality(params: Sequence[str]) -> float:
    """Give the weight among the parameters of a range; one that is no number of 0 to 1 refuses.

    >>> _quality(["q=0.3"]), _quality(["charset=utf-8"]), _quality(["q=nan"])
    (0.3, 1.0, 0.0)
    """
    for name, _, value in (param.partition("=") for param in params):
        if name.strip() == "q":
            try:
                q = float(value)
            except ValueError:
                return 0.0
            return q if 0 <= q <= 1 else 0.0
    return 1.0


def choose(accept: str | None, offers: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Give the offer that suits the client best, or None where none does; no header accepts all.

    >>> choose("text/csv, */*", BINDINGS), choose("text/html", BINDINGS)
    (('text/csv', 'csv'), None)
    """
    if accept is None or not accept.strip():
        return offers[0]
    wanted = ranges(accept)
    best: tuple[tuple[float, ...], tuple[str, str]] | None = None
    for number, offer in enumerate(offers):
        matching = [(found, each) for each in wanted if (found := each.specificity(offer[0]))]
        if not matching:
            continue
        specific, decided = max(matching, key=lambda pair: (pair[0], pair[1].q))
        rank = (decided.q, specific, -decided.place, -number)
        if decided.q > 0 and (best is None or rank > best[0]):
            best = (rank, offer)
    return best[1] if best else None
