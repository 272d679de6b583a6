"""Cuts text into the word pieces of a unigram language model: the most probable cut, found by Viterbi's algorithm.

Kudo 2018, https://arxiv.org/abs/1804.10959, as SentencePiece does it. No piece crosses a space, so each word is cut by
itself, and shops use few words again and again: the cut of a word is remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SPACE = "▁"
"""What stands for the space before a word."""
_UNKNOWN_COST = 10.0
"""How much less likely than the rarest piece a character is that no piece has."""
_REMEMBERED = 100_000
_LONGEST_REMEMBERED = 40
"""Characters. Longer runs, such as Chinese sentences, hardly come twice."""


class Pieces:
    """The pieces of a model. Safe to use from several threads."""

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        *,
        begin: int,
        end: int,
        unknown: int,
        spelled: Mapping[int, str],
    ) -> None:
        """`scores` are logarithms of probabilities; `spelled` says how characters, by code point, are normalised."""
        self.begin, self.end = begin, end
        self._unknown = unknown
        self._pieces = pieces
        self._spelled = spelled
        self._known: dict[str, tuple[int, float]] = {
            piece: (id, score)
            for id, (piece, score) in enumerate(zip(pieces, scores, strict=True))
            if id not in (begin, end, unknown)
        }
        self._worst = min(scores) - _UNKNOWN_COST
        self._reach: dict[str, int] = {}
        for piece in self._known:
            self._reach[piece[:2]] = max(self._reach.get(piece[:2], 1), len(piece))  # longest that begins so
        self._cuts: dict[str, tuple[int, ...]] = {}

    def text(self, id: int) -> str:
        """What a piece stands for, with a space for the one before a word."""
        return self._pieces[id].replace(SPACE, " ")

    def ids(self, text: str) -> list[int]:
        """Numbers of the pieces of a text, without begin and end."""
        found: list[int] = []
        for word in text.translate(self._spelled).split():
            cut = self._cuts.get(word)
            if cut is None:
                cut = self._remember(word)
            found += cut
        return found

    def framed(self, text: str, limit: int) -> list[int]:
        """Numbers with begin and end, at most `limit` of them; what is over goes from the end of the text."""
        return [self.begin, *self.ids(text)[: limit - 2], self.end]

    def _remember(self, word: str) -> tuple[int, ...]:
        cut = tuple(self._cut(SPACE + word))
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self._cuts) >= _REMEMBERED:
                self._cuts.clear()
            self._cuts[word] = cut
        return cut

    def _cut(self, word: str) -> list[int]:
        """The most probable cut; neighbouring unknown characters are one unknown piece."""
        n = len(word)
        best, step = [0.0] + [-1e30] * n, [(0, self._unknown)] * (n + 1)
        known, reach = self._known.get, self._reach
        for start in range(n):
            so_far = best[start]
            for stop in range(start + 1, min(n, start + reach.get(word[start : start + 2], 1)) + 1):
                piece = known(word[start:stop])
                if piece is not None and so_far + piece[1] > best[stop]:
                    best[stop], step[stop] = so_far + piece[1], (start, piece[0])
            if so_far + self._worst > best[start + 1]:
                best[start + 1], step[start + 1] = so_far + self._worst, (start, self._unknown)
        ids: list[int] = []
        place = n
        while place:
            place, id = step[place]
            if not (id == self._unknown and ids and ids[-1] == id):
                ids.append(id)
        return ids[::-1]
