"""The products nearest to a question, found by a part of their numbers, so that only these are scored in full.

Vectors are turned so that their first numbers hold as much of them as can be (principal components, not centred). What
a question costs is memory that must be read: of 12,101 vectors of 256 numbers 12 MB in full, of the first 64 numbers in
8 bits (`scan`) less than one. Of very many vectors only those of the likeliest groups are looked at (`clusters`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.errors import CorruptRelease
from daogou.retrieval.candidates import highest
from daogou.retrieval.clusters import Clusters
from daogou.retrieval.files import read_array, write_array
from daogou.retrieval.numbers import Numbers, load_numbers, save_numbers
from daogou.retrieval.scan import Scan

if TYPE_CHECKING:
    from numpy.typing import NDArray


_FINE = 2
"""Vectors of products are of one length, so groups are of much the same size, and in twice as many of half the size
fewer products must be looked at to find as many of the best."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The first numbers of turned vectors, and what is needed to ask them."""

    turn: NDArray[np.float32]
    """(dim, short): a vector times this is its first numbers."""
    left_out: NDArray[np.float32]
    """(1,) Mean square of a number that is not among the first."""
    numbers: Numbers

    @classmethod
    def of(cls, vectors: NDArray[np.float32], short: int, *, grouped: bool) -> Shortlist:
        """Turn the vectors and keep the first `short` numbers; `grouped`: to look at a part of them only."""
        sizes, directions = np.linalg.eigh(np.asarray(vectors.T @ vectors, np.float64))  # ascending
        turn = np.ascontiguousarray(directions[:, ::-1][:, :short], np.float32)
        rest = sizes[:-short] if short < len(sizes) else np.zeros(1)
        left_out = np.array([max(0.0, rest.mean()) / max(1, len(vectors))], np.float32)
        numbers = vectors @ turn
        return cls(turn, left_out, Clusters.of(numbers, fine=_FINE) if grouped else Scan.of(numbers))

    def nearest(self, question: NDArray[np.float32], *, scored: int, kept: int) -> tuple[NDArray[np.int32], float]:
        """The `kept` rows that look best, of about `scored` where there are groups, and the logarithm of the sum of
        e ** score of all others.

        The sum is estimated: what is not seen of a score is taken to be normal, and groups that were passed over to
        stand at their centres.
        """
        part = question @ self.turn
        if isinstance(self.numbers, Scan):
            scores, rows, passed = self.numbers.scores(part), None, 0.0
            most = scores.max()
        else:
            found = self.numbers.scores(part, scored)
            scores, rows = found.scores, found.rows
            most = scores.max()
            passed = float(np.exp(found.centres - most) @ found.passed.astype(np.float32))
        best = highest(scores, kept)
        mass = np.exp(scores - most)
        others = max(float(mass.sum() - mass.take(best).sum()) + passed, 1e-30)
        unseen = max(0.0, float(question @ question - part @ part))  # square of the length
        logarithm = float(most) + math.log(others) + unseen * float(self.left_out[0]) / 2
        return best if rows is None else rows.take(best), logarithm

    def save(self, folder: Path) -> None:
        """Write the turn and the numbers."""
        write_array(folder / "turn.npy", self.turn)
        write_array(folder / "left_out.npy", self.left_out)
        save_numbers(self.numbers, folder)

    @classmethod
    def load(cls, folder: Path) -> Shortlist:
        """Map what `save` wrote. Raises CorruptRelease for what an earlier version wrote."""
        numbers = load_numbers(folder)
        if numbers is None:
            raise CorruptRelease(f"{folder} was written by an earlier version: run `daogou train`", where=str(folder))
        return cls(read_array(folder / "turn.npy"), read_array(folder / "left_out.npy"), numbers)
