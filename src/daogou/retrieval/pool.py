"""What several sources found for many requests whose answer is known, in flat arrays: trying one choice of weights is a
few passes over them, so thousands of requests can be asked hundreds of times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.evidence import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Evidence

_BEST = 100
"""Products of each source that are kept of a request, those that the shopper has been at not counted; and as many of
those that may be raised. What is below them for every source is taken not to be among the first ten."""


class Request(NamedTuple):
    """A question whose answer is known."""

    found: Mapping[str, Evidence]
    """By source."""
    answer: int
    """The row that was held out."""
    seen: NDArray[np.int32]
    """Rows that the shopper has been at."""
    again: bool = False
    """The answer is one of them."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The products of one request after those of another; of requests without their answer nothing but their number."""

    scores: Mapping[str, NDArray[np.float32]]
    """By source, (products,): what it says of each, 0 where it does not speak."""
    scales: Mapping[str, float]
    """Usual best score of each source among products that are new to the shopper, where the answer is."""
    rows: NDArray[np.int32]
    """(products,)"""
    seen: NDArray[np.bool_]
    """(products,) The shopper has been there."""
    lengths: NDArray[np.int64]
    """(requests,) How many products each has."""
    answers: NDArray[np.int64]
    """(requests,) The place of the answer among all products."""
    numbers: NDArray[np.int64]
    """(requests,) Which of the requests it is, of all that were asked."""
    again: NDArray[np.bool_]
    """(requests,) The shopper had been at the answer."""
    asked: int
    """Requests in all."""
    asked_new: int
    """Of them those whose answer is new to the shopper."""

    @classmethod
    def of(cls, requests: Iterable[Request], names: Sequence[str], *, raised: NDArray[np.bool_] | None = None) -> Pool:
        """Keep what the named sources found. `raised`: a mask of rows that may weigh more than what they say."""
        reader = _Reader(names, np.zeros(0, np.bool_) if raised is None else raised)
        kept = [part for number, request in enumerate(requests) if (part := reader.read(request, number)) is not None]
        lengths = np.array([len(part.rows) for part in kept], np.int64)
        scores = np.concatenate([np.empty((len(names), 0), np.float32), *(part.scores for part in kept)], axis=1)
        return cls(
            dict(zip(names, scores, strict=True)),
            dict(zip(names, reader.scales(), strict=True)),
            np.concatenate([np.empty(0, np.int32), *(part.rows for part in kept)]),
            np.concatenate([np.empty(0, np.bool_), *(part.seen for part in kept)]),
            lengths,
            np.cumsum(lengths) - lengths + np.array([part.answer for part in kept], np.int64),
            np.array([part.number for part in kept], np.int64),
            np.array([part.again for part in kept], np.bool_),
            reader.asked,
            reader.asked_new,
        )

    def fresh(self) -> Pool:
        """Only answers that are new to the shopper, among products that are."""
        request = np.repeat(np.arange(len(self.lengths)), self.lengths)
        kept = ~(self.seen | self.again[request])
        place = np.cumsum(kept) - 1
        new = ~self.again
        return Pool(
            {name: scores[kept] for name, scores in self.scores.items()},
            self.scales,
            self.rows[kept],
            self.seen[kept],
            np.bincount(request[kept], minlength=len(self.lengths))[new],
            place[self.answers[new]],
            self.numbers[new],
            self.again[new],
            self.asked_new,
            self.asked_new,
        )

    def taking(self, name: str, other: str) -> Pool:
        """The same with what another source says in place of this one."""
        scores, scales = {**self.scores, name: self.scores[other]}, {**self.scales, name: self.scales[other]}
        del scores[other], scales[other]
        return replace(self, scores=scores, scales=scales)

    def gains(self, scores: NDArray[np.float32], k: int) -> NDArray[np.float64]:
        """(requests,) 1 / log2(rank + 1) of each answer under scores (products,) if it is among the first k; a tie
        counts half a place."""
        if not len(self.lengths):
            return np.empty(0)
        own = scores[self.answers]
        other = np.repeat(own, self.lengths)
        starts = np.cumsum(self.lengths) - self.lengths
        above, level = (
            np.add.reduceat(mask, starts, dtype=np.int32)  # a request has its answer at least, so no span is empty
            for mask in (scores > other, scores == other)
        )
        rank = above + 0.5 * (level - 1)
        return np.where((rank < k) & (own > 0), 1 / np.log2(rank + 2), 0.0)


class _Part(NamedTuple):
    """One request, like the fields of a pool."""

    scores: NDArray[np.float32]
    """(sources, products)"""
    rows: NDArray[np.int32]
    seen: NDArray[np.bool_]
    answer: int
    number: int
    again: bool


class _Reader:
    """Reads one request after the other, and counts."""

    def __init__(self, names: Sequence[str], raised: NDArray[np.bool_]) -> None:
        self._names = names
        self._raised = raised
        self._tops = np.zeros(len(names))
        self._spoke = np.zeros(len(names), np.int64)
        self._board = np.zeros((len(names), 0), np.float32)
        """What each source says of each row of the shelf; zeros between two requests."""
        self._been = np.zeros(0, np.bool_)
        """Of each row of the shelf: the shopper has been there; likewise."""
        self.asked = self.asked_new = 0

    def scales(self) -> list[float]:
        """Mean of the highest scores of each source, where it spoke; 1 if it never did."""
        return [float(top / times) if times else 1.0 for top, times in zip(self._tops, self._spoke, strict=True)]

    def read(self, request: Request, number: int) -> _Part | None:
        """None where nobody has the answer among its best."""
        self.asked += 1
        self.asked_new += not request.again
        found = [request.found[name].totals() for name in self._names]
        self._grow(
            1 + max(request.answer, *(int(rows.max(initial=-1)) for rows in (request.seen, *(r for r, _ in found))))
        )
        self._been[request.seen] = True
        if not request.again:
            self._count(found)
        rows = self._kept(found, _BEST + len(request.seen))
        part = None
        place = int(np.searchsorted(rows, request.answer))
        if place < len(rows) and rows[place] == request.answer:
            for line, (spoken, values) in zip(self._board, found, strict=True):
                line[spoken] = values
            part = _Part(self._board[:, rows], rows, self._been[rows], place, number, request.again)
            for line, (spoken, _) in zip(self._board, found, strict=True):
                line[spoken] = 0
        self._been[request.seen] = False
        return part

    def _kept(self, found: Sequence[tuple[NDArray[np.int32], NDArray[np.float32]]], k: int) -> NDArray[np.int32]:
        best = [_best(rows, values, k) for rows, values in found]
        if self._raised.any():
            for rows, values in found:
                here = np.flatnonzero(self._raised.take(rows, mode="clip") & (rows < len(self._raised)))
                best.append(_best(rows.take(here), values.take(here), k))
        return distinct(np.concatenate(best))[0]

    def _count(self, found: Sequence[tuple[NDArray[np.int32], NDArray[np.float32]]]) -> None:
        for place, (rows, values) in enumerate(found):
            new = values[~self._been[rows]]
            if len(new):
                self._tops[place] += new.max()
                self._spoke[place] += 1

    def _grow(self, size: int) -> None:
        if size > len(self._been):
            self._board = np.zeros((len(self._names), 2 * size), np.float32)
            self._been = np.zeros(2 * size, np.bool_)


def _best(rows: NDArray[np.int32], values: NDArray[np.float32], k: int) -> NDArray[np.int32]:
    if len(rows) <= k:
        return rows
    return rows[np.argpartition(values, len(values) - k)[len(values) - k :]]
