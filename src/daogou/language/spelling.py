"""Corrects misspelt English words against the shop's own vocabulary (symmetric deletes, Garbe 2012)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST = 4
"""Shorter words are left alone: too many are one edit apart."""


LONGEST = 24
"""Longer words are no words, and would take the longest to correct."""
_FIRST_LETTER = 6
"""Letters of the shortest word whose first letter may be the wrong one: beans are not jeans."""


@cache
def common_words() -> frozenset[str]:
    """English words and names that shoppers use whatever the shop sells: typed right, however near to a word of its."""
    return _small_words() | _read("common_names.txt")


@cache
def _small_words() -> frozenset[str]:
    return _read("common_words.txt")


def _read(name: str) -> frozenset[str]:
    return frozenset(Path(__file__).with_name(name).read_text("ascii").split())


class Spelling:
    """Finds the vocabulary's nearest words. Words are added as the vocabulary grows.

    What is left of a word without some letters is known by its hash alone: every word found is compared in full.
    """

    def __init__(self, words: Mapping[str, int] | None = None) -> None:
        self._counts: dict[str, int] = {}
        self._words: list[str] = []
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        """Hashes of what is left, ascending,"""
        self._numbers: NDArray[np.int32] = np.empty(0, np.int32)
        """and the place in `_words` of the word each is left of."""
        self.add(words or {})

    def add(self, words: Mapping[str, int]) -> None:
        """Count words; only letters make a word that can be corrected to."""
        keys, numbers = array("q"), array("i")
        for word, count in words.items():
            if not SHORTEST <= len(word) <= LONGEST or not (word.isascii() and word.isalpha()):
                continue
            if word not in self._counts:
                left = _deletes(word, _reach(word))
                keys.extend(map(hash, left))
                numbers.extend([len(self._words)] * len(left))
                self._words.append(word)
            self._counts[word] = count
        if keys:
            order = np.argsort(keys)
            new = np.array(keys, np.int64)[order]
            places = self._keys.searchsorted(new)
            self._keys = np.insert(self._keys, places, new)
            self._numbers = np.insert(self._numbers, places, np.array(numbers, np.int32)[order])

    def nearest(self, word: str) -> str | None:
        """The likeliest word within one edit (two for words of eight letters and more), or None.

        Nearer comes first, then the same first letter, then the commoner word.
        A word that the shop or everybody knows is its own nearest.
        """
        if word in self._counts or _is_form(word, common_words()):
            return word
        if not SHORTEST <= len(word) <= LONGEST or not (word.isascii() and word.isalpha()):
            return None
        reach = _reach(word)
        near = self._sharing(_deletes(word, reach))
        ranked = [
            (distance, found[0] != word[0], -self._counts[found], found)
            for found in near
            if (distance := edits(word, found, reach)) <= reach and (found[0] == word[0] or len(word) >= _FIRST_LETTER)
        ]
        return min(ranked)[-1] if ranked else None

    def _sharing(self, left: set[str]) -> set[str]:
        """The words of which one of these is left, too."""
        keys = np.fromiter(map(hash, left), np.int64, len(left))
        first, last = self._keys.searchsorted(keys), self._keys.searchsorted(keys, "right")
        here = np.flatnonzero(first < last)
        spans = zip(first[here].tolist(), last[here].tolist(), strict=True)
        return {self._words[number] for a, b in spans for number in self._numbers[a:b].tolist()}


def is_small(word: str) -> bool:
    """Is it a common word, or a form of one, that names no goods and no brand? Nobody looks for it in a shop."""
    return _is_form(word, _small_words())


def _is_form(word: str, words: frozenset[str]) -> bool:
    return any(form in words for form in (word, *_stems(word)))


def _stems(word: str) -> Iterator[str]:
    """What the word may be a form of: thinking, looked, nights."""
    for ending in ("s", "ing", "ed", "ly"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            yield from (stem, stem + "e", stem[:-1]) if ending in ("ing", "ed") else (stem,)


def edits(a: str, b: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from a to b; more than `most` is `most` + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)


def _reach(word: str) -> int:
    return 2 if len(word) >= 8 else 1


def _deletes(word: str, most: int) -> set[str]:
    """The word, and what is left of it without one letter, up to `most` letters."""
    found = last = {word}
    for _ in range(most):
        last = {longer[:place] + longer[place + 1 :] for longer in last for place in range(len(longer))}
        found = found | last
    return found
