"""Characters that every format and every reader of it takes."""

import re

#: Characters that XML 1.0 (section 2.2) does not allow; readers of other formats refuse some of them too.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    r"""Replace the characters that no XML document can hold by U+FFFD.

    >>> legal("a\x00b\uffffc\td")
    'a\ufffdb\ufffdc\td'
    """
    return _ILLEGAL.sub("\ufffd", text)


def one_line(text: str) -> str:
    r"""Give a text on one line, legal, with single spaces.

    >>> one_line(" a\n\n b ")
    'a b'
    """
    return " ".join(legal(text).split())
