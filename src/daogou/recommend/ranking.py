"""The release's ranker at work: the first products of the fused list in a better order for whoever asks now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.candidates import are_highest
from daogou.retrieval.ranking import Asker, described

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.fusion import Fused
    from daogou.retrieval.ranking import Ranker
    from daogou.retrieval.shelf import Shelf

RANKING = "ranking"
"""What the ranker is called among the parts of a score."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranker, and the goods it is told of."""

    ranker: Ranker
    shelf: Shelf

    def applied(self, fused: Fused, asker: Asker, events: NDArray[np.floating]) -> Fused:
        """The same with the scores of the first products multiplied; the differences are entries of their own source.

        `events`: how many events each row has. Someone without a history is told what the fusion says.
        """
        rows, scores = fused.totals
        if not len(asker.trail) or not len(rows):
            return fused
        first = are_highest(scores, min(len(scores), self.ranker.config.first)).nonzero()[0]
        parts = fused.by_source(first, self.ranker.sources)
        told = described(rows.take(first), scores.take(first), parts, asker, goods=self.shelf, events=events)
        factors = np.ones(len(rows), np.float32)
        factors[first] = self.ranker.factors(told)
        factors[rows == asker.trail.rows[0]] = 1  # turned to again it is the same step, so nobody learnt of it
        return fused.scaled(RANKING, factors)
