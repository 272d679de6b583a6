"""New products rank higher for a while, where a shop says so: what is on sale changes faster than what is on record.

The score of a product is multiplied by 1 + gain * 2 ** (-age / days). Exponential decay as in Ding and Li, "Time Weight
Collaborative Filtering", CIKM 2005, of the product's age and not of the step's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta

from daogou.domain.bounds import Positive
from daogou.domain.ids import DAY_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import Instant

FRESHNESS = "freshness"
"""What the gain is called among the parts of a score."""
_LEAST = 0.01
"""Part of the gain below which nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How much higher what came lately ranks. Products without a release date have no gain."""

    gain: Annotated[float, Meta(ge=0, le=10)] = 0.0
    """1 doubles the score of a product that is released now. 0, the default, leaves it to what shoppers do and to lists
    of `new`; a shop that lives by its newest goods turns it up."""
    days: Positive = 30.0
    """After so many days half of the gain is left."""


@dataclass(frozen=True, slots=True)
class Ages:
    """When each product was released, and what that is worth at a moment."""

    config: Freshness
    released: NDArray[np.int64]
    """By row; 0 where it is not known."""
    at: Instant

    def factors(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """What the score of each of the rows is multiplied with: 1 for what is old or of no known age."""
        released = self.released.take(rows)
        days = np.maximum(0, self.at - released) / DAY_MS
        left = np.exp2(-days / self.config.days)
        gain = np.where((released > 0) & (left >= _LEAST), self.config.gain * left, 0.0)
        return (1 + gain).astype(np.float32)
