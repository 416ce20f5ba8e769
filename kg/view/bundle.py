"""Put the page together: its modules become one script, packed and closed in by a policy that names its hash.

The sources lie beside this module as they are read and changed; nothing but what stands here is done to them.
"""

import base64
import gzip
import hashlib
import html
import io
import re
from functools import cache
from importlib import resources

#: The modules of the page, each after those it imports.
MODULES = (
    "text",
    "looks",
    "model",
    "walk",
    "filters",
    "state",
    "find",
    "grid",
    "pens",
    "labels",
    "rings",
    "scene",
    "captions",
    "paint",
    "dom",
    "camera",
    "evidence",
    "app",
    "ranked",
    "panel",
    "legend",
    "table",
    "searchbox",
    "save",
    "keys",
    "inspect",
    "main",
)

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*|//[^\n]*)\n", re.MULTILINE)
#: Ends of lines at which no statement can end, or one ends that says so.
_BREAK = re.compile(r"(?<=[,(\[{;])\n|\n(?=[)\]}.?:&|])")
_TYPE = re.compile(r"/\*\* @(?:[^*]|\*(?!/))*\*/ ?")


def _read(name: str) -> str:
    """Read a file that lies beside this module."""
    return resources.files("kg.view").joinpath(name).read_text(encoding="utf-8")


def plain(source: str) -> str:
    r"""Strip what only readers and tools need: imports, ``export``, indentation, breaks and lines that are comments.

    >>> plain('import { a } from "./b.js";\n/** Say c. */\nexport const c = f(\n  1,\n);\n')
    'const c = f(1,);'
    """
    bare = _TYPE.sub("", _COMMENT.sub("", _IMPORT.sub("", source)))
    return _BREAK.sub("", re.sub(r"\n\s+", "\n", re.sub(r"^export ", "", bare, flags=re.MULTILINE)).lstrip())


@cache
def script() -> str:
    """Join the modules into the page's one script."""
    return "".join(plain(_read(f"{name}.js")) for name in MODULES)


@cache
def style() -> str:
    """Give the page's style sheet, without comments and needless blanks."""
    bare = re.sub(r"/\*.*?\*/", "", _read("page.css"), flags=re.DOTALL)
    return re.sub(r":\s+", ":", re.sub(r"\s*([{};,])\s*", r"\1", bare)).replace(";}", "}").strip()


@cache
def loader() -> str:
    """Give the script that unpacks the others."""
    return plain(_read("loader.js"))


def pack(content: bytes) -> str:
    """Pack bytes as the page's loader reads them: base64 of gzip (RFC 1952) without a name and a date.

    >>> gzip.decompress(base64.b64decode(pack(b"seen")))
    b'seen'
    """
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=9) as stream:
        stream.write(content)
    return base64.b64encode(packed.getvalue()).decode()


def _digest(text: str) -> str:
    """Hash an inline element as a content policy names it."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def fill(data: str, *, title: str) -> str:
    """Make the page around ``data``, which is a whole inert script element; see Content Security Policy Level 3."""
    policy = (
        f"default-src 'none'; script-src {_digest(loader())} {_digest(script())}; style-src {_digest(style())}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "POLICY": policy,
        "TITLE": html.escape(title, quote=False),
        "STYLE": style(),
        "DATA": data,
        "LOADER": loader(),
        "CODE": pack(script().encode()),
    }
    return re.sub(r"@@([A-Z]+)@@", lambda found: parts[found[1]], _read("page.html"))
