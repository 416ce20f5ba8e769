"""Volumes of the ACL Anthology in its own XML (https://github.com/acl-org/acl-anthology, data/xml/schema.rnc)."""

import re
from collections.abc import Callable, Iterator

from kg.model import Paper, Reject, Source
from kg.sources.fields import MONTHS, as_number, iso, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.sources.xml_stream import Form, Found, read_records, root
from kg.sources.xml_text import blocks_of, one_line_of

#: Papers, and what their volume says of itself; a volume's front matter is no paper.
FORM = Form("acl", records=frozenset(("paper",)), context=frozenset(("meta",)))

_VOLUME = re.compile(r"<volume\s")
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]*", re.IGNORECASE)


def detect(head: str) -> bool:
    """Tell whether a text starts like a collection of the Anthology."""
    return root(head) in ("collection", "volume") and _VOLUME.search(head) is not None


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read papers in file order with flat memory, dated as their volume is; ``options`` mean nothing here."""
    volume = _Volume()
    yield from read_records(stream, FORM, volume.paper, note=volume.note, rejects=rejects)


class _Volume:
    """What the volume that is being read says of all its papers."""

    def __init__(self) -> None:
        self._date = ""

    def note(self, found: Found) -> None:
        """Remember the date of the volume."""
        self._date = _date(one_line_of(found.element.find("year")), one_line_of(found.element.find("month")))

    def paper(self, found: Found, source: Source) -> Paper:
        """Make a paper of its element."""
        element = found.element
        names = (
            " ".join(part for tag in ("first", "last") if (part := one_line_of(author.find(tag))))
            or one_line_of(author)
            for author in element.findall("author")
        )
        own = _date(one_line_of(element.find("year")), one_line_of(element.find("month")))
        return paper(
            {
                "id": _key(found),
                "title": one_line_of(element.find("title")),
                "abstract": blocks_of(element.find("abstract")),
                "authors": [name for name in names if name],
                "date": own or self._date,
                "doi": one_line_of(element.find("doi")),
            },
            source,
        )


def _key(found: Found) -> str:
    """Give the Anthology's id of a paper: its address there, or the numbers of collection, volume and paper."""
    url = one_line_of(found.element.find("url"))
    if url and "/" not in url:
        return url
    above = {tag: attributes.get("id", "") for tag, attributes in found.above}
    volume, number = above.get("volume", ""), found.element.get("id", "")
    if "collection" not in above:  # before 2019 a file was one volume, and its papers counted within it
        return f"{volume}-{number.zfill(4)}" if volume and number else ""
    return f"{above['collection']}-{volume}.{number}"


def _date(year: str, month: str) -> str:
    """Give a volume's date; of several months the first.

    >>> _date("2023", "July 9-14"), _date("2021", "November–December"), _date("", "May")
    ('2023-07', '2021-11', '')
    """
    found = _MONTH.search(month)
    return iso(as_number(year), MONTHS[found[1].lower()] if found else 0)
