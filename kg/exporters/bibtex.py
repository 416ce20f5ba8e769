"""Write papers as BibTeX, for LaTeX and reference managers.

TeX of titles and abstracts is made readable first and then written anew, so what a source left open or unbalanced does
no harm. Letters and signs are written as TeX commands where these read back as the same, such as accents and Greek;
others, such as Chinese ones, stay UTF-8.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, BinaryIO

from kg.config import Config
from kg.exporters.characters import legal, one_line
from kg.exporters.plain import web_page
from kg.namespaces import short_hash, slug
from kg.tables import PaperRow, Tables
from kg.text import readable

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: What TeX would not print as it is.
_SPECIAL = re.compile(r"[\\{}#$%&^_~<>]|[^\x00-\x7f]")

#: ASCII signs that TeX gives a meaning to.
_SIGNS = {sign: f"{{\\{sign}}}" for sign in "#$%&_"} | {
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
}
_BALANCED = {"{": r"\{", "}": r"\}"}

#: Words whose capitals a style must not change: those with one after the first sign, or with a digit.
_CAPITALS = re.compile(r"(?<![\w\\])[\w-]*(?:(?<=\w)[A-Z]|[A-Z](?=\d))[\w+*-]*")

#: Words of a title that say nothing of it.
_SMALL = frozenset(
    ("a an and are as at by can do does for from how in is it of on or the to towards what when why with").split()
)


def write_bibtex(tables: Tables, config: Config, stream: BinaryIO) -> None:
    """Write an entry a paper, with the eprint fields that arXiv asks for (https://info.arxiv.org/help/hypertex/bibstyles)."""
    separator = ""
    for row in tables.papers():
        stream.write((separator + "\n".join(_entry(row)) + "\n").encode())
        separator = "\n"


def _entry(row: PaperRow) -> Iterator[str]:
    """Give the lines of an entry."""
    paper = row.paper
    yield f"@misc{{{key(row)},"
    yield f"  title = {{{_title(paper.title)}}},"
    if paper.authors:
        yield f"  author = {{{' and '.join(map(_author, paper.authors))}}},"
    year, _, rest = paper.date.partition("-")
    if year.isdecimal():
        yield f"  year = {{{year}}},"
    if rest[:2].isdecimal() and 1 <= int(rest[:2]) <= 12:
        yield f"  month = {_MONTHS[int(rest[:2]) - 1]},"
    if paper.arxiv:
        yield f"  eprint = {{{_verbatim(paper.arxiv)}}},"
        yield "  archiveprefix = {arXiv},"
        if paper.categories:
            yield f"  primaryclass = {{{_verbatim(paper.categories[0])}}},"
    if paper.doi:
        yield f"  doi = {{{_verbatim(paper.doi)}}},"
    if page := web_page(paper):
        yield f"  url = {{{_verbatim(page)}}},"
    if paper.abstract:
        yield f"  abstract = {{{tex(_readable(paper.abstract))}}},"
    yield "}"


def key(row: PaperRow) -> str:
    """Give the key of a paper: first author, year, first word of the title, and what its identifier ends in.

    It depends on the paper alone, so it stays the same whatever else is exported, and no two papers share one.

    >>> from kg.model import Paper
    >>> paper = Paper("LoRA: Low-Rank Adaptation", authors=("Edward J. Hu", "Yelong Shen"), date="2021-06")
    >>> key(PaperRow("paper:arxiv-2106.09685", paper))
    'hu2021lora-2106.09685'
    """
    paper = row.paper
    author = slug(_surname(paper.authors[0]), 20).replace("-", "") if paper.authors else "anon"
    words = [word for word in slug(_readable(paper.title), 80).split("-") if word not in _SMALL]
    kind, _, name = row.id.removeprefix("paper:").partition("-")
    end = name if kind == "arxiv" and re.fullmatch(r"[A-Za-z0-9.-]+", name) else short_hash(row.id, length=10)
    return f"{author}{paper.date[:4]}{words[0] if words else ''}-{end}"


def _surname(author: str) -> str:
    """Give the family name of an author, written before a comma or last.

    >>> _surname("Hu, Edward"), _surname("Edward J. Hu"), _surname("")
    ('Hu', 'Hu', '')
    """
    before, comma, _ = author.partition(",")
    return before if comma else (author.split() or [""])[-1]


def _readable(text: str) -> str:
    """Give a text without TeX, on one line, its letters composed."""
    text = legal(text)
    return unicodedata.normalize("NFC", one_line(readable(text).text))


def _title(text: str) -> str:
    r"""Write a title, the capitals of names kept from styles that write small letters.

    >>> _title("QLoRA & 8-bit nets at 100%")
    '{QLoRA} {\\&} 8-bit nets at 100{\\%}'
    """
    parts, last = [], 0
    plain = _readable(text) or "(no title)"
    for found in _CAPITALS.finditer(plain):
        parts += [tex(plain[last : found.start()]), "{", tex(found[0]), "}"]
        last = found.end()
    return "".join([*parts, tex(plain[last:])])


def _author(name: str) -> str:
    """Write an author; a name that BibTeX would take for several is kept together by braces."""
    text = tex(_readable(name))
    return f"{{{text}}}" if re.search(r"(?i)\band\b", text) or text.count(",") > 2 or text.lower() == "others" else text


def _verbatim(text: str) -> str:
    """Write an identifier or address, whose signs are meant as they are, without what would end the field."""
    signs = {"{": "%7B", "}": "%7D", "\\": "%5C"}
    return re.sub(r"[{}\\]", lambda found: signs[found[0]], one_line(text))


def tex(text: str) -> str:
    r"""Write readable text as TeX, each special character in braces of its own.

    BibTeX counts braces after a backslash too, so these stand only where they are balanced.

    >>> tex("Möbius {50%}"), tex("a { b")
    ('M{\\"o}bius \\{50{\\%}\\}', 'a {\\textbraceleft} b')
    """
    signs = _BALANCED if _is_balanced(text) else {}
    return _SPECIAL.sub(lambda found: signs.get(found[0]) or _sign(found[0]), text)


def _is_balanced(text: str) -> bool:
    """Tell whether each brace of a text has its partner."""
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


@cache
def _sign(sign: str) -> str:
    """Write one character as TeX, or as it is where its command would be read as another."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    encoded: str = _encoder().unicode_to_latex(sign)
    return encoded if readable(f"x{encoded} x").text == f"x{sign} x" else sign


@cache
def _encoder() -> "UnicodeToLatexEncoder":
    """Make the encoder once."""
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(
        replacement_latex_protection="braces-all", unknown_char_policy="keep", unknown_char_warning=False
    )
