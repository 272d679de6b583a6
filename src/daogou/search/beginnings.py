"""Beginnings of the shop's words near to what somebody has typed of one so far."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

SHORTEST = 4
"""Letters that must be typed before one of them is doubted: “hat” is one letter from too many words."""
LONGEST = 24
"""Longer words are no words, and would take the longest."""
_FIRST_LETTER = 6
"""Letters that must be typed before the first of them is doubted, as in `daogou.language.spelling`."""


class Beginnings:
    """The words in order, so that a beginning is looked up in a few comparisons."""

    def __init__(self) -> None:
        self._words: list[str] = []

    def add(self, words: Iterable[str]) -> None:
        """Learn words; those that are not of English letters alone are passed over."""
        self._words = sorted([*self._words, *(word for word in words if word.isascii() and word.isalpha())])

    def near(self, typed: str) -> list[str]:
        """The beginnings one letter away from `typed`, those that keep its first letter first; swaps of neighbours
        count as one letter."""
        if not SHORTEST <= len(typed) <= LONGEST or not (typed.isascii() and typed.isalpha()):
            return []
        found = [each for each in dict.fromkeys(_edited(typed)) if self._begins(each)]
        alike = [each for each in found if each[0] == typed[0]]
        others = [each for each in found if each[0] != typed[0]] if len(typed) >= _FIRST_LETTER else []
        return alike + others

    def _begins(self, beginning: str) -> bool:
        place = bisect.bisect_left(self._words, beginning)
        return place < len(self._words) and self._words[place].startswith(beginning)


def _edited(typed: str) -> Iterator[str]:
    for place in range(len(typed)):
        before, here, after = typed[:place], typed[place], typed[place + 1 :]
        if after:
            yield before + after[0] + here + after[1:]
        yield from (before + letter + after for letter in ascii_lowercase)
        yield from (before + letter + here + after for letter in ascii_lowercase)
        yield before + after
