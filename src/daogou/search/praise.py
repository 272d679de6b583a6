"""What search asks of the shop's reviews: which side of a product its reviewers like, and whom they bought it for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.text import Text


class Praise(Protocol):
    """Opinions of all reviews, counted by product."""

    def sure(self, aspect: str) -> NDArray[np.float32]:
        """How sure it is that more reviewers like this side than not, from 0 to 1, by row of the shelf."""

    def said(self, aspect: str, row: int) -> Text:
        """How many reviewers of the product at the row like this side, as a sentence."""

    def suits(self, purpose: str) -> NDArray[np.float32]:
        """How well it is on record that products suit a person or an occasion, from 0 to 1, by row of the shelf."""

    def suited(self, purpose: str, row: int) -> Text:
        """How many reviewers of the product at the row say that it did, as a sentence."""
