"""Text cleaning: nothing but characters that every format takes, and offsets that lead back into what was given."""

import re
import time
from collections.abc import Iterator

from fuzz.target import Target, hold
from kg.text import (
    akin,
    clean,
    is_mathematics,
    is_short_of,
    normal_form,
    readable,
    solid_form,
)

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

#: Markup, one piece a line, to start from.
SAMPLES = (
    r"Schr\"odinger bridges, {\it fast}, 14.2\%, i.\,i.\,d, $\epsilon$-greedy \cite{a,b} \href{x}{y}",
    r"\textbf{L}arge \underline{\textbf{S}}teps $\mathcal{O}(n \log n)$ in $\ell_\infty$ and $\frac{1}{2}$",
    "<i>In vitro</i> R&amp;D &lt;think&gt; &#x1d53d; 6.94times faster in ell_infty for $5 and $6",
    "``quotes'' --- dashes -- C:\\a\\b.txt \\unicode{x2014} {$}$ $$x$$ \\(y\\) \\[z\\]",
    "The Kullback–Leibler (KL) divergences, Pre-trained Modelling; LLMs' caches, A/B tests, C++, R^2, L_2",
    "\ufeff\ufb01nal 𝔽 ½ ß İ ǅ \u202e \u0301 e\u0301 한국어 扩散模型 שלום 👩‍🔬",
)


def check(data: bytes) -> None:
    """Clean and read a text and its parts."""
    raw = data.decode("utf-8", "surrogateescape")
    cleaned = clean(raw)
    hold(len(cleaned) == len(raw), "cleaning keeps the length")
    hold(clean(cleaned) == cleaned and not _CONTROL.search(cleaned), "nothing is left to clean")
    for text in (raw, cleaned):
        _check_readable(text)
    for name in (cleaned[:200], *cleaned.split("\n", 3)[:3]):
        _check_name(name[:400])


def _check_readable(raw: str) -> None:
    begun = time.process_time()
    found = readable(raw)
    hold(time.process_time() - begun < 5, "a text of some kilobytes is read in a moment")
    hold(len(found.text) == len(found.starts) == len(found.ends), "every character has its place")
    hold(
        all(0 <= low < high <= len(raw) for low, high in zip(found.starts, found.ends, strict=True)),
        "places lie in the text",
    )
    hold(list(found.starts) == sorted(found.starts) and list(found.ends) == sorted(found.ends), "places go forward")
    hold(not re.search(r"[^\S ]", found.text), "white space is blanks")
    hold(readable(raw) == found, "the same text is read the same way")
    size = len(found.text)
    for start in range(0, size, max(1, size // 24)):
        for width in (1, 2, 7, size):
            low, high = found.span(start, start + width)
            end = min(start + width, size)
            hold(0 <= low <= found.starts[start] and found.ends[end - 1] <= high <= len(raw), "a span holds its slice")
    if raw == clean(raw):
        hold(found.text == clean(found.text), "clean text stays clean")


def _check_name(name: str) -> None:
    once = normal_form(name)
    hold(normal_form(once) == once, "a normal form is one of itself", name)
    hold(once == " ".join(once.split()), "a normal form has single blanks")
    once.encode()
    hold(" " not in re.sub(r"\d \d", "", solid_form(name)) or re.search(r"\d", once), "a solid form has no blanks")
    hold(is_mathematics(name) in (True, False), "a name is mathematics or not")
    other = normal_form(name[::-1])
    hold(akin(once, other) == akin(other, once), "being akin has no direction")
    hold(not (is_short_of(once, other) and is_short_of(other, once)), "of two names one is short of the other")


def _seeds() -> Iterator[bytes]:
    yield from (text.encode("utf-8", "surrogateescape") for text in SAMPLES)
    yield "\n".join(SAMPLES).encode()


def targets() -> dict[str, Target]:
    """Give the one target."""
    words = (
        r"\ { } $ $$ ~ ^ _ & % # \( \) \[ \" \' \cite{ \textbf{ \frac \sqrt \alpha \hat \unicode{x2014} \href{ \it \ss "
        r"\\ < <i> </i> &amp; &#0; &#xd800; infty mathcal C:\a\b `` '' -- --- times (s) 's"
    )
    described = "cleaning, readable text with its offsets, normal forms: total, idempotent, in linear time"
    return {"text": Target(described, check, _seeds, tuple(words.split(" ")), longest=4096)}
