"""Arranging what was found: only what may be shown, and not ten of the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Part
from daogou.retrieval.candidates import Candidates

if TYPE_CHECKING:
    from numpy.typing import NDArray

Groups = Callable[[int], Sequence[Hashable]]
"""The groups a row belongs to, such as its brand and its category."""


@dataclass(frozen=True, slots=True)
class Variety:
    """How different the products of one answer should be."""

    dial: Part = 0.0
    """0 ranks by score alone; 1 gives a product nothing for its score once its groups have been shown. Between, a
    product keeps 1 - dial * (part of its groups already shown) of its score (maximal marginal relevance)."""
    most: Count | None = None
    """At most this many of one group; None: no limit."""
    pool: Count = 5
    """How many times k candidates are looked at; more where `most` leaves too few."""

    @property
    def silent(self) -> bool:
        """It changes no list."""
        return self.dial == 0 and self.most is None


def arrange(
    rows: NDArray[np.int32], scores: NDArray[np.float32], k: int, *, variety: Variety, groups: Groups | None = None
) -> Candidates:
    """The k best rows, best first; ties in order of row. Scores are returned as they were found.

    Fewer than k where all others have a group of which `most` are shown.
    """
    if groups is None or variety.silent:
        return Candidates.best(scores, k, rows=rows)
    pool = Candidates.best(scores, len(rows) if variety.most is not None else k * variety.pool, rows=rows)
    of = [tuple(groups(row)) for row in pool.rows[: k * variety.pool].tolist()]
    left = list(range(len(of)))
    shown: Counter[Hashable] = Counter()
    picked: list[int] = []
    while len(picked) < k and (left or len(of) < len(pool)):
        if not left:  # beyond those that were compared, in their order
            left.append(len(of))
            of.append(tuple(groups(int(pool.rows[len(of)]))))
        best = max(left, key=lambda place: (_marginal(float(pool.scores[place]), of[place], shown, variety), -place))
        left.remove(best)
        if variety.most is not None and any(shown[group] >= variety.most for group in of[best]):
            continue
        shown.update(of[best])
        picked.append(best)
    return Candidates(pool.rows[picked], pool.scores[picked])


def ahead(picked: Candidates, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of the picked stand before, or in the place of, a product with a higher score. `scores`: of all."""
    better = (scores > picked.scores[:, None]).sum(1)
    before = np.tril(picked.scores > picked.scores[:, None], -1).sum(1)
    found: NDArray[np.bool_] = better > before
    return found


def _marginal(score: float, groups: Sequence[Hashable], shown: Counter[Hashable], variety: Variety) -> float:
    if not groups:
        return score
    return score * (1 - variety.dial * sum(group in shown for group in groups) / len(groups))
