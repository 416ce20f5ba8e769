"""White space of titles and abstracts that stand wrapped in their files."""

import re

#: Where a paragraph ends: at an empty line, or before an indented one, as arXiv marks them.
_PARAGRAPH = re.compile(r"\n\s*\n\s*|\n(?=[ \t])")
_INDENTED = re.compile(r"\n[ \t]")


def one_line(text: str) -> str:
    r"""Join the lines of a title.

    >>> one_line("  On\n  Wrapped Titles ")
    'On Wrapped Titles'
    """
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    r"""Join the lines of each paragraph of an abstract, one paragraph a line.

    >>> paragraphs("  We wrap\nlines.\n  Then we\nindent.\n")
    'We wrap lines.\nThen we indent.'
    >>> paragraphs("We wrap\n    lines of\n    indented markup.")
    'We wrap lines of indented markup.'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.count("\n") == len(_INDENTED.findall(text)):  # all of it is indented: the file's layout, not the author's
        text = re.sub(r"\n[ \t]+", "\n", text)
    lines = (one_line(part) for part in _PARAGRAPH.split(text))
    return "\n".join(line for line in lines if line)
