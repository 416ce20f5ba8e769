"""JSON that can stand in an HTML page."""

import json
from typing import Any

#: What must not stand in a script element, and line ends that older JavaScript knows.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_json(data: Any) -> str:
    r"""Write data as ASCII JSON that cannot end the script element it stands in.

    >>> as_json("</script>\u2028")
    '"\\u003c/script\\u003e\\u2028"'
    """
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPES)
