"""How what clicks teach is judged: some people or queries teach, others choose, and others again are asked.

A click counts by how rarely its place is looked at (inverse propensity weighting: Joachims, Swaminathan and Schnabel,
"Unbiased learning-to-rank with biased feedback", WSDM 2017), so that what is judged is not the old order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.ports.stores import Seen

_PARTS = 5
TAUGHT, CHOOSING, ASKED = frozenset({0, 1, 2}), frozenset({3}), frozenset({4})
"""Which fifths do what."""
_HEAVIEST = 10.0
"""How much more than one at the first place a click may count; more would let a few clicks decide."""
_SURE = 1.645
"""Standard errors by which it must find more: one chance in twenty that it is none."""


def fifth(name: str) -> int:
    """The fifth of somebody or something, the same in every training."""
    return crc32(name.encode()) % _PARTS


def looks(one: Seen, looked: NDArray[np.float64]) -> float:
    """How likely the place is looked at; beyond the last that is known, as that."""
    return float(looked[min(one.position, len(looked) - 1)])


def click_weight(one: Seen, looked: NDArray[np.float64]) -> float:
    """How much a click there counts."""
    return min(1 / looks(one, looked), _HEAVIEST)


def surely(gain: float, error: float) -> bool:
    """Is a gain with this standard error more than chance?"""
    return gain > _SURE * error
