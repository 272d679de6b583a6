"""The products nearest to a question, found by a part of their numbers, so that only these are scored in full.

Vectors are turned so that their first numbers hold as much of them as can be (principal components, not centred), and
the first numbers are put into groups (`clusters`). What a question costs is memory that must be read: of 12,101 vectors
of 256 numbers 12 MB in full, of 64 numbers of 4,000 of them one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.clusters import Clusters
from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The first numbers of turned vectors, in groups, and what is needed to ask them."""

    turn: NDArray[np.float32]
    """(dim, short): a vector times this is its first numbers."""
    left_out: NDArray[np.float32]
    """(1,) Mean square of a number that is not among the first."""
    clusters: Clusters

    @classmethod
    def of(cls, vectors: NDArray[np.float32], short: int) -> Shortlist:
        """Turn the vectors, keep the first `short` numbers, and put them into groups."""
        sizes, directions = np.linalg.eigh(np.asarray(vectors.T @ vectors, np.float64))  # ascending
        turn = np.ascontiguousarray(directions[:, ::-1][:, :short], np.float32)
        rest = sizes[:-short] if short < len(sizes) else np.zeros(1)
        left_out = np.array([max(0.0, rest.mean()) / max(1, len(vectors))], np.float32)
        return cls(turn, left_out, Clusters.of(vectors @ turn))

    def nearest(self, question: NDArray[np.float32], *, scored: int, kept: int) -> tuple[NDArray[np.int32], float]:
        """The `kept` rows that look best of about `scored`, and the logarithm of the sum of e ** score of all others.

        The sum is estimated: what is not seen of a score is taken to be normal, and groups that were passed over to
        stand at their centres.
        """
        part = question @ self.turn
        found = self.clusters.scores(part, scored)
        most = found.scores.max()
        mass = np.exp(found.scores - most)
        best = np.argpartition(mass, max(0, len(mass) - kept))[-kept:]
        passed = (found.passed * np.exp(found.centres - most)).sum()
        others = max(float(mass.sum() - mass[best].sum() + passed), 1e-30)
        unseen = max(0.0, float(question @ question - part @ part))  # square of the length
        return found.rows[best], float(most) + float(np.log(others)) + unseen * float(self.left_out[0]) / 2

    def save(self, folder: Path) -> None:
        """Write the turn and the groups."""
        write_array(folder / "turn.npy", self.turn)
        write_array(folder / "left_out.npy", self.left_out)
        self.clusters.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Shortlist:
        """Map what `save` wrote."""
        return cls(read_array(folder / "turn.npy"), read_array(folder / "left_out.npy"), Clusters.load(folder))
