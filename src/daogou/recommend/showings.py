"""What was shown to everybody since the release was made, so that no product takes every place.

A product that was shown more than `most` times as often as the mean of those shown has its score multiplied with the
part of its showings that would have been allowed. It comes back as the others catch up: nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXPOSURE = "exposure"
"""What the limit is called among the parts of a score."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much of what is shown may be one product."""

    most: Annotated[float, Meta(ge=1)] | None = None
    """So many times as often as the mean of the products shown since the last training may one be shown in lists that
    nobody typed words for; beyond that its score falls, and the reasons say so. None: no limit. It is counted from the
    impressions that are reported."""


class Showings:
    """Showings of each row."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._counts = np.zeros(0, np.int64)
        self._total = self._rows = 0

    def observe(self, row: int) -> None:
        """Count one."""
        if row >= len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros(row + 1024 - len(self._counts), np.int64)])
        self._total += 1
        self._rows += self._counts[row] == 0
        self._counts[row] += 1

    def factors(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """What the score of each of the rows is multiplied with: 1 for what was not shown too often."""
        if not self._total:
            return np.ones(len(rows), np.float32)
        counts = np.where(rows < len(self._counts), self._counts.take(rows, mode="clip"), 0)
        allowed = self._most * self._total / self._rows
        return np.minimum(1.0, allowed / np.maximum(counts, 1)).astype(np.float32)
