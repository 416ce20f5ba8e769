"""File names that every system takes, and text that Markdown and YAML take as it is."""

import json
import re
import unicodedata

from kg.exporters.characters import one_line

#: Characters that Windows forbids in a name, or Obsidian in a link (https://help.obsidian.md/links).
_FORBIDDEN = re.compile(r'[\\/:*?"<>|#^\[\]%]')

#: Characters that are not seen but change what is: direction marks, joiners that stand alone, controls, fillers.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))

#: Names that Windows keeps for devices, whatever follows a dot.
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")

#: Bytes of a name in UTF-8 without its ending: with the folder it stays within what any system and sync service takes.
_LONGEST = 120

#: What Markdown and Obsidian give a meaning to.
_MARKED = re.compile(r"[\\`*_\[\]<>#|~$]|==|%%|&(?=#?\w+;)|(?<!\S)\^")

#: Signs that end a link or its parts, and what stands for them in the text shown.
_LINK_TEXT = str.maketrans({"[": "(", "]": ")", "|": "/", "`": "'", "$": "＄"})


def file_name(text: str) -> str:
    """Give the name of a file, without ending, that Windows, macOS and Linux take, close to ``text``.

    >>> [file_name(name) for name in ("A*", "C/C++", "con", ".net", "what?...", "", "a: b")]
    ['A', 'C C++', '_con', 'net', 'what', 'unnamed', 'a b']
    """
    text = unicodedata.normalize("NFC", one_line(text))
    seen = "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in text)
    name = " ".join(_FORBIDDEN.sub(" ", seen).split()).strip(". ")
    name = _DEVICE.sub(r"_\1", name, count=1) if _DEVICE.match(name) else name
    return shortened(name) or "unnamed"


def shortened(name: str, longest: int = _LONGEST) -> str:
    """Cut a name to a number of bytes in UTF-8, at a character.

    >>> shortened("ääää", 5)
    'ää'
    """
    data = name.encode()
    if len(data) <= longest:
        return name
    cut = data[:longest].decode("utf-8", "ignore")
    while cut and unicodedata.combining(name[len(cut)]):  # a letter keeps its accents or goes
        cut = cut[:-1]
    return cut.rstrip(". ")


def same_file(name: str) -> str:
    """Give what two names share that some file system takes for one: without case and composition.

    >>> same_file("LoRA") == same_file("LORA")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def markdown(text: str) -> str:
    r"""Write a text on one line so that Markdown prints it as it is.

    >>> markdown("a_b [[c]] <d>")
    'a\\_b \\[\\[c\\]\\] \\<d\\>'
    """
    line = _MARKED.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), one_line(text))
    return re.sub(r"^(\s*)([-+]|\d+[.)])(?=\s|$)", _escape_marker, line)


def _escape_marker(found: re.Match[str]) -> str:
    """Escape what would begin a list."""
    return f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"


def link(note: str, shown: str) -> str:
    """Write a link to a note; the text that is shown cannot hold what ends a link (https://help.obsidian.md/links).

    >>> link("LoRA", "LoRA"), link("A", "A [x|y]")
    ('[[LoRA]]', '[[A|A (x/y)]]')
    """
    text = one_line(shown).translate(_LINK_TEXT).replace("%%", "%")
    return f"[[{note}]]" if text in (note, "") else f"[[{note}|{text}]]"


def yaml(value: object) -> str:
    r"""Write text, a number or a list as a YAML 1.2 flow value; text is always quoted.

    >>> yaml("no: \"x\""), yaml(["a", 'b\u2028']), yaml(3)
    ('"no: \\"x\\""', '["a", "b\\u2028"]', '3')
    """
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text)
