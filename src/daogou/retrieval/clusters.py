"""Vectors in groups around centres, so that a question to a large catalogue scores a part of it.

An inverted file (Jégou et al. 2011, https://doi.org/10.1109/TPAMI.2010.57) without compression: the groups whose
centres lie nearest are scored exactly, the others are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 6
_LEARNT_FROM = 50_000
"""Vectors that the centres are learnt from."""
_BLOCK = 20_000


class Near(NamedTuple):
    """What the likeliest groups hold, and what was passed over."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    """Dot products with the question."""
    passed: NDArray[np.int64]
    """How many rows each group holds that was passed over."""
    centres: NDArray[np.float32]
    """The dot product of the centre of each of these."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Rows grouped by nearest centre; each group's vectors lie together."""

    centres: NDArray[np.float32]
    """(groups, dim)"""
    offsets: NDArray[np.int64]
    """(groups + 1,)"""
    rows: NDArray[np.int32]
    """Group after group."""
    vectors: NDArray[np.float32]
    """(rows, dim), in the order of `rows`."""

    @classmethod
    def of(cls, vectors: NDArray[np.float32], *, fine: int = 1, seed: int = 0) -> Clusters:
        """About `fine` times as many groups as the square root of the number of vectors; k-means on a sample drawn with
        the seed."""
        n = len(vectors)
        random = np.random.default_rng(seed)
        sample = vectors[np.sort(random.choice(n, min(n, _LEARNT_FROM), replace=False))]
        centres = sample[random.choice(len(sample), min(n, max(1, int(fine * np.sqrt(n)))), replace=False)].copy()
        for _ in range(_ROUNDS):
            group = _nearest(sample, centres)
            sums = np.zeros_like(centres)
            np.add.at(sums, group, sample)
            counts = np.bincount(group, minlength=len(centres))
            centres[counts > 0] = sums[counts > 0] / counts[counts > 0, None].astype(np.float32)
        group = _nearest(vectors, centres)
        order = np.argsort(group, kind="stable")
        offsets = np.concatenate(([0], np.cumsum(np.bincount(group, minlength=len(centres)))))
        return cls(centres, offsets.astype(np.int64), order.astype(np.int32), np.ascontiguousarray(vectors[order]))

    def scores(self, question: NDArray[np.float32], most: int) -> Near:
        """The dot products of the likeliest groups, as many as hold `most` vectors."""
        likeness = self.centres @ question
        order = (-likeness).argsort(kind="stable").astype(np.int32)
        sizes = (self.offsets[1:] - self.offsets[:-1]).take(order)
        end = int(sizes.cumsum().searchsorted(most)) + 1
        near = order[:end]
        spans = list(zip(self.offsets.take(near).tolist(), self.offsets.take(near + 1).tolist(), strict=True))
        # group by group: gathering the vectors first would write and read them once more
        return Near(
            np.concatenate([self.rows[low:high] for low, high in spans]),
            np.concatenate([self.vectors[low:high].dot(question) for low, high in spans]),
            sizes[end:],
            likeness.take(order[end:]),
        )

    def save(self, folder: Path) -> None:
        """Write one array a field."""
        for name in ("centres", "offsets", "rows", "vectors"):
            write_array(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> Clusters:
        """Map what `save` wrote."""
        return cls(*(read_array(folder / f"{name}.npy") for name in ("centres", "offsets", "rows", "vectors")))


def _nearest(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    """The nearest centre of each vector, a block at a time."""
    half = (centres**2).sum(1) / 2
    blocks = [(vectors[low : low + _BLOCK] @ centres.T - half).argmax(1) for low in range(0, len(vectors), _BLOCK)]
    return np.concatenate(blocks) if blocks else np.empty(0, np.intp)
