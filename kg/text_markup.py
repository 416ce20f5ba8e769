"""Turn TeX and HTML into readable text, aligned with the input character by character."""

import html
import re
import unicodedata
from dataclasses import dataclass

from kg import text_tables as tables

#: Longest formula, in characters, that two dollars may enclose.
_FORMULA = 400

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = "\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_MARKUP = re.compile(rf"[\\$&<{{}}~`^_{_SPACES}\u00ad\u200b\u2060\ufeff]")
#: Where a token may start, unless backslashes were lost; one class, for it is searched in every text.
_START = re.compile(rf"[\\$&<{{}}~`'^\-{_SPACES}\u00ad\u200b\u2060\ufeff]")
_LOST = ("infty", "mathcal", "mathbb", "mathbf", "mathrm")
_LOST_TIMES = re.compile(r"[\d{]times")
_GREEK = "|".join(tables.GREEK)

_TOKEN = re.compile(
    rf"""
    (?P<path>(?<![A-Za-z])[A-Z]:\\(?:[\w.-]+\\)+[\w.-]*)
    |(?P<accent>\\\\?(?:(?P<mark>["'`^~=.])\s?
        (?:\{{\s*(?P<inner>\\[ij]|[A-Za-z])\s*\}}|(?P<bare>\\[ij](?![A-Za-z])|[A-Za-z]))))
    |(?P<macro>\\[A-Za-z]+)
    |(?P<escape>\\.)
    |(?P<degree>\^\\circ(?![A-Za-z])|\^\{{\s*\\circ\s*\}})
    |(?P<lost>\{{(?:times|to|infty|{_GREEK})\}}|(?<=\d)times(?![A-Za-z])
        |(?<![A-Za-z])(?:infty(?![A-Za-z])|ell(?=_)|(?:{_GREEK})(?=\^|_[\d{{])
            |math(?:cal|bb|bf|rm|frak|scr|sf|it)(?=\{{|\ [A-Z](?![a-z]))\ ?))
    |(?P<brace>[{{}}])
    |(?P<dollar>\$\$?)
    |(?P<entity>&(?:\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
    |(?P<tag></?(?P<name>{tables.TAGS})(?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+)){{0,9}}\s*/?>)
    |(?P<tilde>~)
    |(?P<dash>(?<=\w)---?(?=\w))
    |(?P<quote>``|'')
    |(?P<nothing>[\u00ad\u200b\u2060\ufeff])
    |(?P<space>[^\S ])
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIRED = re.compile(r"\\[()\[\]]|\\.|[{}]|\$\$?", re.DOTALL)
_ARGUMENT = re.compile(r"\s?(?:\{\s*(\\?[A-Za-z]+)\s*\}|(\\[A-Za-z]+|[A-Za-z]))")
_OPTION = re.compile(r"\s?(?:\[[^\[\]{}]{0,80}\]\s?){0,2}(?=\{)|")
_SIMPLE = re.compile(r"[-+]?\s*\\?\w+[*+]?|[-+*]+|'+")
_PROSE = re.compile(r"(?:^|\s)[a-z]{4,}(?=[\s,.;)]|$)")
_STEPS = tuple(range(1 << 13))
_STYLED = re.compile(r"\\(?:text|math|mbox|operatorname|emph|href)")


def clean(raw: str) -> str:
    r"""Replace control characters and lone surrogates by U+FFFD, one for one.

    >>> clean("a\x00b")
    'a\ufffdb'
    """
    return _CONTROL.sub("\ufffd", raw)


def _blank(text: str) -> str:
    """Make every white space a blank."""
    return re.sub(r"\s", " ", text)


@dataclass(frozen=True, slots=True)
class Readable:
    """Readable text in which character ``i`` stands for ``raw[starts[i]:ends[i]]``.

    ``pairs`` are the delimiters that were left out, as (start of the opening one, its end, start of
    the closing one, its end) in raw offsets.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    pairs: tuple[tuple[int, int, int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw slice of a readable slice, with the delimiters that belong to it.

        >>> readable("the $R^2$VLM model").span(4, 10)
        (4, 12)
        """
        size = len(self.text)
        start, end = max(0, min(start, size)), max(0, min(end, size))
        if start >= end:
            point = self.starts[start] if start < size else (self.ends[-1] if size else 0)
            return point, point
        low, high = self.starts[start], self.ends[end - 1]
        floor = self.ends[start - 1] if start else 0
        ceiling = self.starts[end] if end < size else max([high, *(pair[3] for pair in self.pairs)])
        for before, opened, closing, after in self.pairs:  # inner pairs come first
            if low <= before and opened <= high < after <= ceiling:
                high = after
            elif low <= closing and after <= high and floor <= before < low:
                low = before
        return low, high


def has_markup(raw: str) -> bool:
    """Tell whether a text holds a character that markup could begin with."""
    return bool(_MARKUP.search(raw)) or "--" in raw


def readable(raw: str) -> Readable:
    r"""Turn TeX and HTML into readable text, aligned with the input; what is neither stays as it is.

    >>> readable(r"Schr\"odinger bridges, {\it fast}, 14.2\%, i.\,i.\,d, $\epsilon$-greedy").text
    'Schrödinger bridges, fast, 14.2%, i.i.d, ε-greedy'
    >>> readable("6.94times faster in ell_infty, R&D for $5").text
    '6.94× faster in ℓ_∞, R&D for $5'
    """
    lost = any(word in raw for word in _LOST) or ("times" in raw and bool(_LOST_TIMES.search(raw)))
    if not lost and not has_markup(raw):
        size = len(raw)
        steps = _STEPS if size < len(_STEPS) else tuple(range(size + 1))
        return Readable(raw, steps[:size], steps[1 : size + 1])
    return _Scanner(raw, lost=lost or not ("$" in raw or "\\" in raw)).run()


def _is_formula(content: str, following: str) -> bool:
    """Tell mathematics between two dollars from two sums of money."""
    if not content.strip() or len(content) > _FORMULA:
        return False
    if content[-1].isspace() and not content[0].isspace() and not re.search(r"\\[A-Za-z]|[_^=<>+]", content):
        return False
    if content[0].isdigit() and following.isdigit() and not re.search(r"\\[A-Za-z]|[_^]", content):
        return False
    return len(_PROSE.findall(content)) < 3 or bool(_STYLED.search(content))


def _delimiters(raw: str) -> dict[int, int]:
    """Return the start of each opening brace, dollar and TeX bracket with the start of the one that closes it."""
    closes: dict[int, int] = {}
    braces: list[int] = []
    brackets: dict[str, int] = {}
    dollar, width = -1, 0
    for match in _PAIRED.finditer(raw):
        token, at = match[0], match.start()
        if token == "{":
            braces.append(at)
        elif token == "}" and braces:
            closes[braces.pop()] = at
        elif token in (r"\(", r"\["):
            brackets[token] = at
        elif token in (r"\)", r"\]"):
            opened = brackets.pop(r"\(" if token == r"\)" else r"\[", -1)
            if opened >= 0 and at - opened <= _FORMULA:
                closes[opened] = at
        elif token[0] == "$":
            content = raw[dollar + width : at]
            adjacent = width == 1 and len(token) == 2  # $a$$b$: one formula ends and another begins
            following = raw[at + 1 if adjacent else match.end() :][:1]
            if dollar >= 0 and width <= len(token) and _is_formula(content, following):
                closes[dollar] = at
                dollar, width = (at + 1, 1) if adjacent else (-1, 0)
            else:
                dollar, width = at, len(token)
    return closes


class _Scanner:
    """Walk once over a text with markup; every step notes what was written and where it stood."""

    def __init__(self, raw: str, *, lost: bool) -> None:
        self.raw = raw
        self.lost = lost or ":\\" in raw
        self.closes = _delimiters(raw)
        self.out: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.pairs: list[tuple[int, int, int, int]] = []
        #: start of an expected closing delimiter -> what to write for it, start and end of the opening one
        self.closing: dict[int, tuple[str, int, int]] = {}
        #: start of an argument's brace -> start of its macro, how to show it, what follows it
        self.arguments: dict[int, tuple[int, str, str]] = {}
        self.quoted = "``" in raw

    def run(self) -> Readable:
        """Return the readable text."""
        at = 0
        while match := self.token(at):
            self.copy(at, match.start())
            at = getattr(self, "on_" + str(match.lastgroup))(match)
        self.copy(at, len(self.raw))
        return Readable("".join(self.out), tuple(self.starts), tuple(self.ends), tuple(self.pairs))

    def token(self, at: int) -> re.Match[str] | None:
        """Return the next token; words that lost their backslash are only looked for where there are such words."""
        if self.lost:
            return _TOKEN.search(self.raw, at)
        while start := _START.search(self.raw, at):
            if match := _TOKEN.match(self.raw, start.start()):
                return match
            at = start.end()
        return None

    def copy(self, start: int, end: int) -> int:
        """Write a stretch as it is."""
        self.out.append(self.raw[start:end])
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))
        return end

    def write(self, text: str, start: int, end: int) -> int:
        """Write text that stands for the whole of a stretch."""
        self.out.append(text)
        self.starts.extend([start] * len(text))
        self.ends.extend([end] * len(text))
        return end

    def on_path(self, match: re.Match[str]) -> int:
        return self.copy(*match.span())

    def on_accent(self, match: re.Match[str]) -> int:
        base = (match["inner"] or match["bare"]).removeprefix("\\")
        return self.write(unicodedata.normalize("NFC", base + tables.accents()[match["mark"]]), *match.span())

    def on_escape(self, match: re.Match[str]) -> int:
        sign, (start, end) = match[0][1], match.span()
        if sign in "([" and start in self.closes:
            self.closing[self.closes[start]] = ("", start, end)
            return end
        if sign in ")]" and start in self.closing:
            return self.close(start, end)
        if sign in "%$#&_{}|@+~":
            return self.write(sign, start, end)
        if sign in ",!-/" or (sign == "@" and not self.raw[end : end + 1].isalnum()):
            return end
        return self.write(" ", start, end) if sign in "\\;:" or sign.isspace() else self.copy(start, end)

    def on_degree(self, match: re.Match[str]) -> int:
        return self.write("°", *match.span())

    def on_lost(self, match: re.Match[str]) -> int:
        word = match[0].strip("{} ")
        sign = {"times": "×", "to": "→", "infty": "∞", "ell": "ℓ", **tables.GREEK}.get(word, "")
        return self.write(sign, *match.span())

    def on_tilde(self, match: re.Match[str]) -> int:
        before, after = self.raw[: match.start()][-1:], self.raw[match.end() : match.end() + 1]
        tie = (before.isalnum() or before in tuple(".,;:)]}$")) and not after.isspace()
        return self.write(" " if tie and not (before.isdigit() and after.isdigit()) else "~", *match.span())

    def on_dash(self, match: re.Match[str]) -> int:
        return self.write("–" if len(match[0]) == 2 else "—", *match.span())

    def on_quote(self, match: re.Match[str]) -> int:
        if not self.quoted:
            return self.copy(*match.span())
        return self.write("“" if match[0] == "``" else "”", *match.span())

    def on_nothing(self, match: re.Match[str]) -> int:
        return match.end()

    def on_space(self, match: re.Match[str]) -> int:
        return self.write(" ", *match.span())

    def on_entity(self, match: re.Match[str]) -> int:
        sign = html.unescape(match[0])
        if sign == match[0]:
            return self.copy(*match.span())
        return self.write(_blank(clean(sign)), *match.span())

    def on_tag(self, match: re.Match[str]) -> int:
        name = match["name"].lower().rpartition(":")[2]
        if name == "sup" and match[0][1] != "/":
            return self.write("^", *match.span())
        return self.write(" ", *match.span()) if name in ("p", "br", "div", "li") else match.end()

    def on_dollar(self, match: re.Match[str]) -> int:
        start, end = match.span()
        if start + 1 in self.closes or start + 1 in self.closing:
            end = start + 1
        if start in self.closes:
            self.closing[self.closes[start]] = ("", start, end)
            return end
        return self.close(start, end) if start in self.closing else self.copy(start, end)

    def on_brace(self, match: re.Match[str]) -> int:
        start, end = match.span()
        if match[0] == "}":
            return self.close(start, end) if start in self.closing else self.copy(start, end)
        if start not in self.closes:
            return self.copy(start, end)
        close = self.closes[start]
        content = self.raw[end : min(close, end + _FORMULA)]
        macro, style, after = self.arguments.get(start, (start, "", ""))
        if not style and self.raw[:start][-1:] in ("^", "_"):
            style = "script"
        if style == "script" and not _SIMPLE.fullmatch(content.strip()):
            self.closing[close] = (")" + after, macro, end)
            return self.write("(", start, end)
        if not style and re.search(r'^(?!http)[^\\]*[,:;|"][^\\]*$', content) and len(content) > 1:
            return self.copy(start, end)  # a set or a piece of code, not a TeX group
        self.closing[close] = (after, macro, end)
        return end

    def close(self, start: int, end: int) -> int:
        """Leave a group and remember its delimiters."""
        text, before, opened = self.closing.pop(start)
        self.pairs.append((before, opened, start, end))
        return self.write(text, start, end)

    def expect(self, at: int, macro: int, style: str, after: str = "") -> int:
        """Announce the brace at a position as an argument; return the position."""
        if at in self.closes and self.raw[at] == "{":
            self.arguments[at] = (macro, style, after)
        return at

    def skip(self, at: int) -> int:
        """Return the position behind an option and an argument, if they stand here."""
        option = _OPTION.match(self.raw, at)
        at = option.end() if option else at
        return self.closes[at] + 1 if self.raw[at : at + 1] == "{" and at in self.closes else at

    def on_macro(self, match: re.Match[str]) -> int:
        name, (start, end) = match[0][1:], match.span()
        if name in tables.HIDDEN:
            return self.skip(end)
        if name in tables.SECOND:
            return self.expect(self.skip(end), start, "argument")
        if name == "unicode" and (code := re.compile(r"\{x([0-9a-fA-F]{1,5})\}").match(self.raw, end)):
            return self.write(_blank(clean(chr(int(code[1], 16)))), start, code.end())
        if name in tables.accents() and (stop := self.accent(name, start, end)):
            return stop
        if name.endswith("frac") and self.raw[end : end + 1] == "{" and end in self.closes:
            self.expect(self.closes[end] + 1, self.closes[end] + 1, "script")
            return self.expect(end, start, "script", "/")
        return self.plain_macro(name, start, end)

    def accent(self, name: str, start: int, end: int) -> int:
        """Write an accented letter and return where it ends, or 0 if the argument is no letter."""
        argument = _ARGUMENT.match(self.raw, end)
        if not argument:
            return 0
        base = argument[1] or argument[2]
        base = {"\\i": "i", "\\j": "j"}.get(base) or tables.symbols().get(base[1:], "") if base[0] == "\\" else base
        if len(base) != 1:
            return 0
        return self.write(unicodedata.normalize("NFC", base + tables.accents()[name]), start, argument.end())

    def plain_macro(self, name: str, start: int, end: int) -> int:
        """Write a symbol, drop a style, or show an unknown macro by its argument or its name."""
        sign = tables.symbols().get(name)
        if sign is not None:
            stop = end
            if name in tables.LETTERS:
                stop += self.raw[end : end + 1] == " "
            self.write(sign, start, stop)
            return self.expect(stop, stop, "script") if name in ("sqrt", "textsuperscript") else stop
        bare = end
        if name in tables.STYLES or name.startswith(("text", "math")):
            while self.raw[bare : bare + 1].isspace():
                bare += 1
            return self.expect(bare, start, "argument")
        if self.closes.get(end, end + 1) > end + 1 and self.raw[end] == "{" and not name.isupper():
            return self.expect(end, start, "argument")
        return self.copy(start + 1, end)
