"""Which strings have been met, by their hashes alone: the ids of a large catalogue weigh more than all its words."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b


class Marks:
    """Strings that can be added and asked for, not listed. One in 10 ** 13 passes for one of a million."""

    def __init__(self, kept: bytes = b"") -> None:
        """Go on from what `kept` gave."""
        self._kept = array("q", kept)
        self._new: set[int] = set()

    def __contains__(self, text: str) -> bool:
        mark = _mark(text)
        place = bisect_left(self._kept, mark)
        return mark in self._new or (place < len(self._kept) and self._kept[place] == mark)

    def add(self, text: str) -> None:
        """Remember the string."""
        self._new.add(_mark(text))

    def kept(self) -> bytes:
        """All of them, ascending, 8 bytes each: the same in every process."""
        return array("q", sorted({*self._kept, *self._new})).tobytes()


def _mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)
