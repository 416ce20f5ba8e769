"""Give the readable text of XML elements that mix text with markup: letters set high and low, formulas, paragraphs."""

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType
from xml.etree.ElementTree import Element

from kg.sources.wrapping import one_line

#: What stands, while text is gathered, between paragraphs, for what was left out, and between a heading and its text.
_BREAK, _GONE, _HEADED = "\u2029", "\u2028", "\u2064"

#: What is no part of the sentence around it: notes, marks that lead to them, pictures, other forms of a formula.
_DROPPED = frozenset("fn xref graphic inline-graphic media object-id annotation annotation-xml label".split())

#: Elements that stand on lines of their own.
_BLOCKS = frozenset("p sec title list list-item disp-formula disp-quote def-list".split())

_INVISIBLE = re.compile(r"[\u2061-\u2064\u200b\s]+")
_SIMPLE = re.compile(r"[-+]?\w+|[*+′'-]+")
_CITED = re.compile(rf"\s*(?:\[[{_GONE},;\s–-]*{_GONE}[{_GONE},;\s–-]*\]|{_GONE}(?=\s*[.,;:)\]]))")
_HEADING = re.compile(rf"[:.\s]*{_HEADED}\s*{_BREAK}")
_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)


def one_line_of(element: Element | None) -> str:
    """Give the text of an element on one line; nothing for no element."""
    return one_line(_gathered(element).replace(_BREAK, " "))


def blocks_of(element: Element | None) -> str:
    """Give the text of an element, one paragraph a line, a section's heading before its first."""
    parts = _HEADING.sub(": ", _gathered(element)).split(_BREAK)
    return "\n".join(line for part in parts if (line := one_line(part.replace(_HEADED, ""))))


def lines_of(element: Element, name: str) -> tuple[str, ...]:
    """Give the texts of all children of a name, without empty ones."""
    return tuple(text for child in element.findall(name) if (text := one_line_of(child)))


def _gathered(element: Element | None) -> str:
    if element is None:
        return ""
    text = "".join(_pieces(element))
    return _CITED.sub("", text).replace(_GONE, " ") if _GONE in text else text


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _INLINE.get(child.tag, _plain)(child)
        yield child.tail or ""


def _plain(element: Element) -> Iterator[str]:
    if element.tag in _BLOCKS:
        yield _BREAK
        yield from _pieces(element)
        yield _HEADED if element.tag == "title" else _BREAK
    elif element.tag in _DROPPED:
        yield _GONE
    else:
        yield from _pieces(element)


def _raised(element: Element) -> Iterator[str]:
    text = "".join(_pieces(element)).strip()
    if text.strip(f"{_GONE}[],;– "):
        yield "^"
    yield text


def _space(_element: Element) -> Iterator[str]:
    yield " "


def _tex(element: Element) -> Iterator[str]:
    """Keep TeX between dollars, out of the document around it that publishers deliver."""
    tex = "".join(element.itertext())
    whole = _DOCUMENT.search(tex)
    yield f"${one_line(whole[1] if whole else tex).strip('$ ')}$"


def _alternatives(element: Element) -> Iterator[str]:
    """Give one of several forms of the same thing."""
    best = next((child for name in ("tex-math", "math") if (child := element.find(name)) is not None), None)
    if best is None and len(element):
        best = element[0]
    if best is not None:
        yield from _INLINE.get(best.tag, _plain)(best)


def _mathml(element: Element) -> Iterator[str]:
    yield _formula(element)


def _formula(element: Element) -> str:
    """Write presentation MathML (https://www.w3.org/TR/MathML3/) on one line."""
    if element.tag in ("annotation", "annotation-xml"):
        return ""
    if not len(element):
        return _INVISIBLE.sub(" " if element.tag == "mtext" else "", element.text or "")
    parts = [_formula(child) for child in element]
    signs = _SCRIPTS.get(element.tag, ())
    if signs and len(parts) > len(signs):
        return parts[0] + "".join(sign + _script(part) for sign, part in zip(signs, parts[1:], strict=False))
    if element.tag == "semantics":
        return parts[0]
    if element.tag == "msqrt":
        return "√" + _script("".join(parts))
    if element.tag == "mfenced":
        return element.get("open", "(") + ",".join(parts) + element.get("close", ")")
    return "".join(parts)


def _script(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


#: MathML elements of a base and what is set around it -> the sign before each.
_SCRIPTS = MappingProxyType(
    {
        "msup": ("^",), "msub": ("_",), "msubsup": ("_", "^"), "munder": ("_",), "mover": ("^",),
        "munderover": ("_", "^"), "mfrac": ("/",),
    }
)  # fmt: skip

#: Elements inside text -> how they are written; all others by their own text.
_INLINE: MappingProxyType[str, Callable[[Element], Iterator[str]]] = MappingProxyType(
    {
        "sup": _raised, "superscript": _raised, "br": _space, "break": _space, "tex-math": _tex, "math": _mathml,
        "alternatives": _alternatives,
    }
)  # fmt: skip
