"""What words that a shop does not use mean in words that it does: 沙发 is its sofa, learnt once from a dictionary."""

from __future__ import annotations

import math
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 8
"""Characters of the longest Chinese word that is looked up."""


class Meaning(NamedTuple):
    """A phrase of the shop that a word may stand for, and how sure that is beside its others."""

    phrase: str
    weight: float


class Piece(NamedTuple):
    """Characters `start` to `end` of a text, and what they may mean, the chosen meaning first; nothing if unknown."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Glosses:
    """A glossary as plain values: what a release keeps."""

    lines: bytes = b""
    """Sorted lines `word, tab, phrase, tab, weight in hundredths, tab, phrase …`: no object for each word, so that a
    glossary takes no more memory than its letters."""
    pairs: bytes = b""
    """Sorted hashes of two words that titles have in common, four bytes each,"""
    counts: bytes = b""
    """and how many titles, two bytes each."""
    elsewhere: bytes = b""
    """Sorted hashes of words that the dictionary has and the shop has nothing for, four bytes each."""


class Glossary:
    """Looks words up, and takes Chinese compounds apart into words it has. Never changes."""

    def __init__(self, glosses: Glosses | None = None) -> None:
        glosses = glosses or Glosses()
        self._lines = glosses.lines
        ends = np.flatnonzero(np.frombuffer(self._lines, np.uint8) == ord("\n"))
        self._starts = np.concatenate([[0], ends + 1]).astype(np.uint32)
        self._pairs = np.frombuffer(glosses.pairs, "<u4")
        self._counts = np.frombuffer(glosses.counts, "<u2")
        self._elsewhere = np.frombuffer(glosses.elsewhere, "<u4")
        self._supported = lru_cache(_KEPT)(self._support)
        self._not: frozenset[tuple[str, str]] = frozenset()

    def without(self, pairs: Iterable[tuple[str, str]]) -> Glossary:
        """The same glossary, where the first of a pair never means the second."""
        less = copy(self)
        less._not = frozenset(pairs)
        return less

    def __len__(self) -> int:
        return len(self._starts) - 1

    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """What the word can mean in this shop, the surest first; nothing for a word it does not have."""
        wanted = word.encode()
        place = bisect_left(range(len(self)), wanted, key=self._word)
        if place == len(self) or self._word(place) != wanted:
            return ()
        _, *said = self._line(place).decode().split("\t")
        meant = zip(said[::2], said[1::2], strict=True)
        return tuple(Meaning(phrase, int(n) / 100) for phrase, n in meant if (word, phrase) not in self._not)

    def knows(self, word: str) -> bool:
        """Is this a word of the dictionary's, though none of the shop's? Then it is typed right."""
        return self.is_elsewhere(word) or bool(self.meanings(word))

    def apart(self, text: str, known: Callable[[str], bool], *, before: str = "", after: str = "") -> list[Piece]:
        """Chinese characters as words of the shop, chosen together: 包 after 笔记本电脑 is a bag, not a parcel.

        Viterbi over where words end and what they mean: few words, sure meanings, and such as titles have in common.
        A word of the dictionary that the shop has nothing for is not taken apart: 吉他 is a guitar or nothing.
        `known` words are the shop's own and mean themselves; `before` and `after` are the words around.
        """
        first_word, last_word = (Meaning(word, 1.0) if word else None for word in (before, after))
        best: list[dict[Meaning | None, _Path]] = [{first_word: _Path(0.0, ())}]
        for end in range(1, len(text) + 1):
            here: dict[Meaning | None, _Path] = {}
            for start in range(max(0, end - LONGEST), end):
                for meaning, piece, cost in self._pieces(text, start, end, known):
                    for last, path in best[start].items():
                        score = path.score - cost + self._together(last, meaning)
                        if meaning not in here or score > here[meaning].score:
                            here[meaning] = _Path(score, (*path.pieces, piece))
            best.append(here)
        paths = (_Path(path.score + self._together(last, last_word), path.pieces) for last, path in best[-1].items())
        pieces = max(paths, key=lambda path: path.score).pieces
        return list(self._weighed(pieces, first_word, last_word))

    def _weighed(self, pieces: Sequence[Piece], before: Meaning | None, after: Meaning | None) -> Iterator[Piece]:
        """The pieces with their other meanings weighed beside the chosen one, which has 1, as the words around have
        it."""
        chosen = [before, *(next(iter(piece.meanings), None) for piece in pieces), after]
        for left, piece, right in zip(chosen, pieces, chosen[2:], strict=False):
            sure = [
                math.log(meaning.weight) + self._together(left, meaning) + self._together(meaning, right)
                for meaning in piece.meanings
            ]
            weighed = (
                Meaning(meaning.phrase, math.exp(min(0.0, n - sure[0])))
                for meaning, n in zip(piece.meanings, sure, strict=True)
            )
            yield piece._replace(meanings=tuple(sorted(weighed, key=lambda meaning: -meaning.weight)))

    def _pieces(
        self, text: str, start: int, end: int, known: Callable[[str], bool]
    ) -> Iterator[tuple[Meaning | None, Piece, float]]:
        """What the characters can mean, each meaning with what it costs to take it."""
        word = text[start:end]
        meanings = (Meaning(word, 1.0),) if known(word) else self.meanings(word)
        meanings = tuple(meaning for meaning in meanings if meaning.weight >= _FAINT * meanings[0].weight)
        cost = _WORD + (_HALVED if len(word) == 1 and self._is_half(text, start, known) else 0.0)
        for meaning in meanings:
            others = (other for other in meanings if other != meaning)
            yield meaning, Piece(start, end, (meaning, *others)), cost - math.log(meaning.weight)
        if len(word) == 1 or (not meanings and self.is_elsewhere(word)):
            yield None, Piece(start, end, ()), _UNKNOWN if len(word) == 1 else _ELSEWHERE

    def _is_half(self, text: str, place: int, known: Callable[[str], bool]) -> bool:
        """Is the character half of a word of two? 平 in 平板 is."""
        halved = (text[first : first + 2] for first in (place - 1, place) if 0 <= first < len(text) - 1)
        return any(known(word) or self.meanings(word) or self.is_elsewhere(word) for word in halved)

    def _together(self, last: Meaning | None, meaning: Meaning | None) -> float:
        """How much two meanings in a row support one another."""
        if last is None or meaning is None:
            return 0.0
        return self._supported(last.phrase.rpartition(" ")[2], meaning.phrase)

    def _support(self, left: str, phrase: str) -> float:
        words = phrase.split()
        near = max(self._titles(beside(left, word)) for word in {words[0], words[-1]})
        return _BESIDE * math.log1p(near) + _TOGETHER * math.log1p(self._titles(together(left, words[-1])))

    def _titles(self, hash: int) -> int:
        place = _place(hash, self._pairs)
        return 0 if place is None else int(self._counts[place])

    def is_elsewhere(self, word: str) -> bool:
        """Is this a word for something that the shop does not have?"""
        return _place(zlib.crc32(word.encode()), self._elsewhere) is not None

    def is_beside(self, left: str, right: str) -> bool:
        """Do several titles have these words beside one another?"""
        return self._titles(beside(left, right)) > 0

    def _line(self, place: int) -> bytes:
        return self._lines[self._starts[place] : self._starts[place + 1] - 1]

    def _word(self, place: int) -> bytes:
        return self._line(place).partition(b"\t")[0]


class _Path(NamedTuple):
    """How a text can be read up to a place."""

    score: float
    pieces: tuple[Piece, ...]


def _place(hash: int, hashes: NDArray[np.uint32]) -> int | None:
    place = int(np.searchsorted(hashes, np.uint32(hash)))
    return place if place < len(hashes) and hashes[place] == hash else None


def pack(found: Mapping[str, Sequence[Meaning]], pairs: Mapping[int, int], elsewhere: Iterable[str] = ()) -> Glosses:
    """Write a glossary down: words with their meanings, how many titles have the words of each pair, and words for
    things that the shop does not have."""
    lines = (
        "\t".join((word, *(f"{phrase}\t{max(1, round(weight * 100))}" for phrase, weight in meanings))).encode()
        for word, meanings in found.items()
        if meanings
    )
    kept = np.array(sorted(pairs.items()), np.int64).reshape(-1, 2)
    counts = np.minimum(kept[:, 1], np.iinfo(np.uint16).max)
    others = np.unique(np.array([zlib.crc32(word.encode()) for word in elsewhere], "<u4"))
    return Glosses(
        b"".join(line + b"\n" for line in sorted(lines)),
        kept[:, 0].astype("<u4").tobytes(),
        counts.astype("<u2").tobytes(),
        others.tobytes(),
    )


def beside(left: str, right: str) -> int:
    """The hash under which two words are counted that stand beside one another in this order."""
    return zlib.crc32(f"{left} {right}".encode())


def together(one: str, other: str) -> int:
    """The hash under which two words of one title are counted, in any order."""
    return zlib.crc32("|".join(sorted((one, other))).encode())


_WORD = 3.5
"""What every further word costs: fewer, longer words are likelier."""
_UNKNOWN = 8.0
"""What a character costs that nobody knows,"""
_ELSEWHERE = 4.0
"""and a word for something that the shop does not have."""
_FAINT = 0.05
"""The share of the surest meaning of a word below which another is not thought of."""
_KEPT = 1 << 15
"""Pairs of meanings whose support is kept: some 5 MB."""
_HALVED = 2.0
"""What it costs on top to take half a word for one."""
_BESIDE, _TOGETHER = 0.5, 0.4
"""What titles count that have two meanings side by side, and products that say both, for each time that they are e
times as many."""
