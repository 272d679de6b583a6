"""Groups that an average hides: shoppers by how much is known of them, products by how much is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.evaluation.offline.questions import Question

_SHOPPERS = (("no history", 0, 0), ("1 to 4 products", 1, 4), ("5 to 19 products", 5, 19), ("20 or more", 20, 10**9))
HEAD = 0.2
"""Part of the touched products, most popular first, that are called well known."""


def by_shopper(questions: Sequence[Question]) -> dict[str, NDArray[np.bool_]]:
    """Which questions come from shoppers with so many products in their history; empty groups are left out."""
    known = np.array([len(question.history) for question in questions])
    groups = {name: (known >= low) & (known <= high) for name, low, high in _SHOPPERS}
    return {name: mask for name, mask in groups.items() if mask.any()}


def by_product(reach: NDArray[np.float64]) -> dict[str, NDArray[np.bool_]]:
    """Which products nobody had touched before the split, which many had, and the rest; by row."""
    touched = reach[reach > 0]
    edge = np.quantile(touched, 1 - HEAD) if len(touched) else np.inf
    return {
        "no events yet": reach == 0,
        "little known": (reach > 0) & (reach < edge),
        "well known": (reach > 0) & (reach >= edge),
    }
