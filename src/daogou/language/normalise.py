"""One way of writing text, character by character, so that every span can be pointed at in the text as typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

_QUOTES = {ord(c): "'" for c in "’‘`´"} | {ord(c): '"' for c in "“”″"} | {ord(c): "-" for c in "‐‑‒–—−"}


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text that remembers where each of its characters came from."""

    text: str
    starts: tuple[int, ...]
    """For each character, and for the end, its place in the text as typed."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the normalised text into a span of the text as typed."""
        if end <= start:
            return self.starts[start], self.starts[start]
        return self.starts[start], self.starts[end - 1] + 1


def normalise(text: str) -> Normal:
    """Fold width (NFKC), case, traditional characters, quotes and white space; lengths may change, places are kept."""
    out: list[str] = []
    starts: list[int] = []
    for place, char in enumerate(text):
        for folded in _FOLDED[ord(char)]:
            out.append(folded)
            starts.append(place)
    return Normal("".join(out), (*starts, len(text)))


def plain(text: str) -> str:
    """The normalised text alone."""
    if text.isascii() and text.isprintable():
        return text.lower()
    return text.translate(_FOLDED)


def _fold(char: str) -> str:
    """One character, folded; control characters and combining marks become nothing or a space."""
    if char < "\x80":
        return " " if char < " " or char == "\x7f" else char.lower()
    if char in "™®©":
        return " "
    folded = simplified(unicodedata.normalize("NFKC", char).casefold().translate(_QUOTES))
    if folded.isalnum() or not folded:
        return _without_marks(folded)
    return "".join(" " if c.isspace() or unicodedata.category(c)[0] == "C" else c for c in _without_marks(folded))


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, one for one, so that places stay: 運動鞋 → 运动鞋.

    Words that differ between the two ways of writing are not translated: 滑鼠 stays 滑鼠 and does not become 鼠标.
    """
    return "".join(map(_to_simplified().convert, text)) if text > "\u2fff" else text


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def _without_marks(text: str) -> str:
    """é becomes e: shoppers type brand names without accents. Other scripts keep their letters."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


class _Folded(dict[int, str]):
    """Characters folded before, for `str.translate`: more than any shop's texts have."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _MOST_FOLDED:
            self[code] = folded
        return folded


_MOST_FOLDED = 16_384


_FOLDED = _Folded()
