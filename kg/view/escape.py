"""JSON that can stand in an HTML page."""

import json
from typing import Any

#: What must not stand in a script element; line ends that older JavaScript knows are no ASCII.
_ESCAPES = {sign: f"\\u{ord(sign):04x}" for sign in "<>&"}


def as_json(data: Any) -> str:
    r"""Write data as ASCII JSON that cannot end the script element it stands in.

    >>> as_json("</script>\u2028")
    '"\\u003c/script\\u003e\\u2028"'
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    for sign, escape in _ESCAPES.items():
        text = text.replace(sign, escape)
    return text
