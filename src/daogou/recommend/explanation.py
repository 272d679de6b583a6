"""Why a product is, or is not, recommended to a shopper, taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.hit import Reason
from daogou.domain.ids import ProductId, ShopperId
from daogou.retrieval.metrics import rank_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.recommend.situation import Situation
    from daogou.retrieval.fusion import Fused
    from daogou.retrieval.rules import Ruling
    from daogou.retrieval.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A reason, and what the answer would be had its cause never happened.

    The reason's share is its part of the score and not what the score loses without it: the other steps are then newer
    by one and count for more, and what the ranker says of the product is another. It may even rise.
    """

    reason: Reason
    score: float
    """The product's score without it, computed anew."""
    rank: int | None
    """Its place without it, from 0; None where nothing would speak for the product."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that speaks for one product for one shopper."""

    shopper: ShopperId
    product: ProductId
    release: str
    score: float
    """0 where nothing speaks for the product."""
    rank: int | None
    """Place among all products that may be shown, from 0; None where it may not, or nothing speaks for it."""
    parts: Mapping[str, float]
    """The score by source; adds up to the score."""
    because: tuple[Counterfactual, ...]
    """Largest share first."""
    withheld: str | None = None
    """Why it is not shown, where it is not: "sold out", "bought, rejected or in the basket" and the like."""


def standing(fused: Fused, row: int, allowed: NDArray[np.bool_]) -> tuple[float, int | None]:
    """The score of a row, and its rank among the rows that may be shown."""
    rows, scores = fused.totals
    place = int(np.searchsorted(rows, row))
    if place >= len(rows) or rows[place] != row:
        return 0.0, None
    score = float(scores[place])
    if not allowed[row]:
        return score, None
    shown = allowed[rows]
    return score, rank_of(scores[shown], int(np.count_nonzero(shown[:place])))


def rank_with_pins(pinning: Ruling, fused: Fused, row: int, allowed: NDArray[np.bool_]) -> int:
    """The rank of a row among the rows that may be shown, once the rules have given theirs their places."""
    rows, scores = fused.totals
    shown = allowed[rows]
    order = rows[shown][np.argsort(-scores[shown], kind="stable")].tolist()
    return [each for each, _ in pinning.pin(order, len(allowed))].index(row)


def withheld(row: int, situation: Situation, shelf: Shelf) -> str | None:
    """Why a product is not shown in this situation; None where it may be."""
    product = shelf.products[row]
    if product is None or not product.available:
        return "sold out" if product is not None and not product.hidden else "hidden or no longer in the shop"
    if row in situation.excluded:
        return "bought, rejected or in the basket"
    rule = situation.ruling.takes(row)
    return f"left out by the rule {rule.name!r}" if rule else None
