"""What is asked of the recommender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant, ProductId, SessionId, ShopperId
from daogou.domain.query import Where

Kind = Literal["for-you", "similar", "because", "together", "next-basket", "trending", "new"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class RecommendRequest:
    """A request; everything may be left out, and a shopper nobody knows gets what is popular."""

    shopper: ShopperId | None = None
    session: SessionId | None = None
    product: ProductId | None = None
    """The product looked at: for "similar", "because" and "together"."""
    basket: tuple[ProductId, ...] = ()
    """What lies in the basket; never recommended."""
    kind: Kind | None = None
    """None: "similar" where a product is given, else "together" where a basket is, else "for-you"."""
    k: int = 10
    where: Where | None = None
    history: tuple[ProductId, ...] | None = None
    """If given, used in place of what the shop knows of the shopper; oldest first."""
    at: Instant | None = None
    """None: now."""
    exclude_seen: bool = False
    """Leave out everything in the history, not only what was just bought."""

    def chosen(self) -> Kind:
        """The kind asked for, or the one that fits what was given. Raises BadRequest."""
        if self.kind is not None and self.kind not in KINDS:
            raise BadRequest(f"no kind {self.kind!r}; there are: {', '.join(KINDS)}", where="kind")
        if not 1 <= self.k <= 1000:
            raise BadRequest(f"k is {self.k}; it must be from 1 to 1000", where="k")
        kind: Kind = self.kind or ("similar" if self.product else "together" if self.basket else "for-you")
        if kind in {"similar", "because"} and self.product is None:
            raise BadRequest(f"{kind!r} needs a product", where="product")
        return kind
