"""Which part of a query names the thing, and which says more about it: the phone of “phone with good camera”."""

from __future__ import annotations

import re

_ABOUT_IT = re.compile(r"(?<![a-z])(?:with|without|for|like|that|which)(?![a-z])", re.IGNORECASE)


def thing_in(text: str) -> tuple[int, int]:
    """Where the part that names the thing starts and ends: in English up to with, for or that, in Chinese after 的."""
    about = _ABOUT_IT.search(text)
    if about is not None and text[: about.start()].strip():
        return 0, about.start()
    last = text.rfind("的") + 1
    return (last, len(text)) if text[last:].strip() else (0, len(text))
