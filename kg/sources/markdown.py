"""One paper in a file of Markdown or plain text: notes with front matter, and a title with its abstract.

Front matter is YAML between lines of ``---`` or TOML between lines of ``+++``, as Jekyll, Hugo, Pandoc and Obsidian
have it. The title may be the first heading, the abstract a section of that name.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kg.model import Paper, Reject, Source
from kg.sources.columns import assigned, known, record
from kg.sources.fields import Unusable, paper
from kg.sources.opening import Stream
from kg.sources.options import Options
from kg.text import clean

#: Characters that are read of a file.
LONGEST_NOTE = 1 << 20

_FRONT = re.compile(
    r"\ufeff?\s*(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<front>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*$", re.S | re.M
)
_HEADING = re.compile(r"^#{1,2}\s+(\S.*)$", re.M)
_SECTION = re.compile(
    r"^(?:#{1,6}[ \t]*|\*\*|__)?(?:\d+\.?[ \t]+)?(?:abstract|summary)"
    r"(?:[ \t]*(?:(?:\*\*|__)[ \t]*)?(?:[:.—–]|-+\s)(?:\*\*|__)?|[ \t]*(?:\*\*|__)|(?=[ \t]*(?:#+[ \t]*)?$))"
    r"[ \t]*#*(?P<rest>.*)$"
    r"|^>[ \t]*\[!abstract\].*$",
    re.I | re.M,
)
_NEXT = re.compile(
    r"^(?:#{1,6}\s|(?:---|\*\*\*|___)[ \t]*$|(?:\d+\.?\s+)?(?:introduction|keywords?)\b.{0,80}$)", re.I | re.M
)
_NO_PROSE = re.compile(r"^\s*(?:!\[|```|\||<!--|#)")


def detect(head: str) -> bool:
    """Tell whether a text has front matter with a paper's fields, or a title and then an abstract that is so named."""
    head = head.replace("\r\n", "\n")
    match = _FRONT.match(head)
    if match is None:
        return _is_plain(head)
    try:
        fields = known(_front(match))
    except Unusable:  # its reading says what is wrong
        fields = known(re.findall(r"^(\w+) *[:=]", match["front"], re.M))
    body = head[match.end() :]
    titled = "title" in fields or _HEADING.search(body) is not None
    return titled and bool(fields & {"abstract", "doi", "arxiv"} or _SECTION.search(body))


def read(stream: Stream, *, options: Options, rejects: Callable[[Reject], None]) -> Iterator[Paper]:
    """Read the one paper of a file; ``options.columns`` name keys of the front matter."""
    text = stream.bytes.read(LONGEST_NOTE * 4).decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    stream.bytes.close()
    try:
        if wrong := stream.misread(text):
            raise Unusable(wrong)
        yield paper(_record(text[:LONGEST_NOTE], options, stream.shown), Source("markdown", stream.name, 1))
    except Unusable as unusable:
        rejects(Reject(stream.name, 1, unusable.reason, clean(" ".join(text[:240].split())[:120])))


def _record(text: str, options: Options, shown: str) -> dict[str, object]:
    match = _FRONT.match(text)
    front = _front(match) if match else {}
    names = list(front)
    chosen = {field: name for field, name in options.columns.items() if name in front}
    places = assigned([*names, "title"], chosen, shown)  # the title may stand in the body
    found = record(lambda place: front[names[place]] if place < len(names) else None, places)
    body = text[match.end() :] if match else text
    heading = _HEADING.search(body)
    section = _section(body)
    if not found["title"]:
        found["title"] = heading[1].rstrip().rstrip("#").rstrip() if heading else _first_line(body)
        body = body[heading.end() :] if heading else body.lstrip().partition("\n")[2]
    elif heading and not body[: heading.start()].strip():
        body = body[heading.end() :]
    found["abstract"] = found["abstract"] or section or _prose(body)
    return found


def _front(match: re.Match[str]) -> Mapping[str, Any]:
    """Read front matter; every value of YAML stays text, so that no arXiv id becomes a number."""
    try:
        return _toml(match["front"]) if match["fence"] == "+++" else _yaml(match["front"])
    except RecursionError as error:
        raise Unusable("front matter that is nested too deeply; mend it") from error


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except ValueError as error:  # of TOML, or a number of thousands of digits
        raise Unusable(f"front matter that is no TOML ({error}); mend it") from error


def _yaml(text: str) -> Mapping[str, Any]:
    import yaml

    try:
        # Values made of other values grow fast, and one may hold itself.
        if "*" in text and any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(text, Loader=yaml.BaseLoader)):
            raise Unusable("front matter with references (*name); write their values out")
        found = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())[:200]
        raise Unusable(f"front matter that is no YAML ({reason}); put values with a colon into quotes") from error
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def _is_plain(head: str) -> bool:
    """Tell whether a text is a title, perhaps authors, and an abstract under that name."""
    match = _SECTION.search(head[:4000])
    if match is None or not match[0].lower().lstrip("#*_ 0123456789.").startswith("abstract"):
        return False
    before = head[: match.start()].strip()
    lines = [line for line in before.splitlines() if line.strip()]
    return (
        bool(before)
        and len(lines) <= 8
        and len(lines[0]) <= 300
        and before[0] not in "<{[@%\\"
        and len(_section(head)) > 80
    )


def _section(body: str) -> str:
    """Give the text of the section that is called abstract."""
    match = _SECTION.search(body)
    if match is None:
        return ""
    end = _NEXT.search(body, match.end())
    return _prose((match["rest"] or "") + body[match.end() : end.start() if end else len(body)])


def _prose(text: str) -> str:
    """Join the lines of each paragraph; headings, pictures, tables and code are left out."""
    text = re.sub(r"^[ \t]*>[ \t]?(?:\[!\w+\][-+]?[^\n]*)?", "", text, flags=re.M)
    text = re.sub(r"^```.*?^```[^\n]*$", "", text, flags=re.S | re.M)
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip() and not _NO_PROSE.match(part)]
    return "\n".join(" ".join(part.split()) for part in parts)


def _first_line(body: str) -> str:
    return body.strip().partition("\n")[0].strip()
