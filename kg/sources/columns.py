"""Which column of a table holds which field of a paper."""

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

from kg.errors import InputError
from kg.sources.fields import arxiv_id
from kg.sources.identifiers import arxiv_within, doi_within, month, slashed

#: Fields of a paper that a column may hold -> the names such columns go by, the best first, in lower case, letters
#: and digits alone. They are those of Zotero, Scopus, Web of Science, OpenReview, PubMed, Semantic Scholar and Kaggle.
COLUMNS: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "titles", "articletitle", "papertitle", "papername", "nameofpaper", "documenttitle",
        "publicationtitle", "ti",
    ),
    "abstract": (
        "abstract", "abstracts", "abstractnote", "abstracttext", "summary", "summaries", "paperabstract", "ab",
    ),
    "id": (
        "id", "paperid", "key", "eid", "ut", "utuniquewosid", "uniquewosid", "pmid", "forum", "citationkey", "uid",
        "uuid",
    ),
    "authors": (
        "authors", "author", "authornames", "authorfullnames", "fullauthornames", "af", "au", "creators", "creator",
        "authorsparsed",
    ),
    "date": (
        "date", "publicationdate", "published", "publisheddate", "datepublished", "pubdate", "created", "creationdate",
        "cdate", "submitted", "updatedate", "dateofpublication",
    ),
    "year": ("year", "publicationyear", "pubyear", "py", "yearpublished"),
    "month": ("month", "publicationmonth", "pd"),
    "doi": ("doi", "di", "digitalobjectidentifier", "doilink"),
    "arxiv": ("arxiv", "arxivid", "arxivno", "eprint", "arxivurl", "arxivlink"),
    "categories": ("categories", "category", "arxivcategories", "terms", "primarycategory", "subjects"),
    "url": ("url", "link", "urls", "pdf", "pdfurl", "paperurl", "entryid", "abstracturl", "absurl", "extra"),
}  # fmt: skip

#: What ``--column`` may name.
FIELDS = ("title", "abstract", "id", "authors", "date", "doi", "arxiv", "categories")

_AROUND = re.compile(r"^(?:content|externalids|metadata)\.|\.value$")
_NO_SIGN = re.compile(r"[\W_]+")


def known(names: Iterable[str]) -> set[str]:
    """Give the fields that columns of these names hold.

    >>> sorted(known(["Article Title", "Abstract", "Times Cited"]))
    ['abstract', 'title']
    """
    plain = {_plain(name) for name in names}
    return {field for field, aliases in COLUMNS.items() if not plain.isdisjoint(aliases)}


def assigned(names: Sequence[str], chosen: Mapping[str, str], shown: str) -> dict[str, list[int]]:
    """Give the places of the columns that hold each field, the best first; ``chosen`` columns hold theirs alone.

    A column that is not there, and a table without a column of titles, are an InputError.

    >>> assigned(["paper_id", "Title", "Year", "title"], {"abstract": "Year"}, "a.csv")
    {'title': [1, 3], 'abstract': [2], 'id': [0]}
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(_plain(name), []).append(place)
    taken = {field: _chosen(names, name, shown) for field, name in chosen.items()}
    found: dict[str, list[int]] = {}
    for field, aliases in COLUMNS.items():
        free = [place for alias in aliases for place in places.get(alias, ()) if place not in taken.values()]
        if field in taken:
            found[field] = [taken[field]]
        elif free:
            found[field] = free
    if "title" not in found:
        listed = ", ".join(name for name in names if name.strip())[:400] or "without names"
        raise InputError(
            f"{shown}: no column of titles; the columns are {listed}. Say which one holds them: --column title=NAME"
        )
    return found


def _chosen(names: Sequence[str], name: str, shown: str) -> int:
    for wanted in (name, name.casefold()):
        for place, given in enumerate(names):
            if wanted in (given, given.strip(), given.strip().casefold()):
                return place
    raise InputError(f"{shown}: there is no column {name!r}; the columns are {', '.join(names)[:400]}")


def record(value: Callable[[int], object], places: Mapping[str, Sequence[int]]) -> dict[str, object]:
    """Give what `fields.paper` needs of a row, whose ``value`` is asked for by place."""
    values = {field: [value(place) for place in found] for field, found in places.items()}
    texts = {field: [_text(item) for item in items] for field, items in values.items()}
    first = {field: next((text for text in found if text), "") for field, found in texts.items()}
    links = [*texts.get("arxiv", ()), *texts.get("url", ())]
    arxiv = next((found for text in links if (found := arxiv_id(text))), "") or arxiv_within(links)
    return {
        "id": first.get("id", ""),
        "title": first.get("title", ""),
        "abstract": first.get("abstract", ""),
        "authors": _listed(values.get("authors", ())),
        "categories": _listed(values.get("categories", ())),
        "arxiv": arxiv or first.get("arxiv") or None,
        "doi": doi_within(first.get("doi", "")) or first.get("doi") or doi_within(first.get("url", "")),
        "date": slashed(first.get("date", "")) or first.get("date", ""),
        "year": _year(first.get("year", ""), first.get("month", "")),
    }


def _text(value: object) -> str:
    """Give a value as text; what stands for none gives nothing."""
    if value is None or value != value:  # NaN is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return "" if text.strip().lower() in ("nan", "none", "null", "n/a", "<na>") else text.strip()


def _listed(values: Sequence[object]) -> object:
    """Give the first value as a list, or as the text that `fields` takes apart."""
    value = next((item for item in values if item is not None and _text(item)), None)
    if not isinstance(value, str):
        return value if value is None or isinstance(value, list) else _text(value)
    text = value.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the compiler, about backslashes in names
                found = ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            found = re.split(r",\s*", text[1:-1])
        if isinstance(found, list):
            return [" ".join(map(str, item)) if isinstance(item, list | tuple) else item for item in found]
    return text.split("|") if "|" in text else text


def _year(year: str, months: str) -> str:
    number = month(months) if months else 0
    return f"{year}-{number:02d}" if number and re.fullmatch(r"\d{4}", year) else year


def _plain(name: str) -> str:
    """Give letters and digits of a name, without what OpenReview and Semantic Scholar put around their fields."""
    return _NO_SIGN.sub("", _AROUND.sub("", name.casefold()))
