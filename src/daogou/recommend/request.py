"""What is asked of the recommender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant, ProductId, SessionId, ShopperId
from daogou.domain.kinds import Kind
from daogou.domain.query import Where

KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 1000
"""Products of one answer, and candidates of one request."""
MOST_LIKES = 50
MOST_PEOPLE = 20
MOST_CONTEXT = 20


@dataclass(frozen=True, slots=True)
class Like:
    """What a shopper said they like, such as an answer on a welcome page."""

    words: str
    products: tuple[ProductId, ...]
    """What the words stand for, best first."""


@dataclass(frozen=True, slots=True)
class RecommendRequest:
    """A request; everything may be left out, and a shopper nobody knows gets what is popular."""

    shopper: ShopperId | None = None
    session: SessionId | None = None
    product: ProductId | None = None
    """The product looked at: for "similar", "because" and "together"; to be completed it counts as of the basket."""
    basket: tuple[ProductId, ...] = ()
    """What lies in the basket; never recommended."""
    group: tuple[ShopperId, ...] = ()
    """Whom the answer must suit, the asker too only if named. A gift is a group without the one who asks."""
    kind: Kind | None = None
    """None: "group" where one is given, "similar" where a product is, else "together" where a basket is, else
    "for-you"."""
    k: int = 10
    where: Where | None = None
    history: tuple[ProductId, ...] | None = None
    """If given, used in place of what the shop knows of the shopper; oldest first."""
    at: Instant | None = None
    """None: now. An earlier moment is answered without what was done and shown later; what the release and the counters
    learnt later they keep."""
    exclude_seen: bool = False
    """Leave out whatever the shopper has ever been at, however long ago, not only what was just bought."""
    candidates: tuple[ProductId, ...] | None = None
    """If given, only these are ranked, those that nothing speaks for last and in the order given. What was bought or is
    in the basket keeps its place among them: the list is the caller's. Of none, none are left."""
    likes: tuple[Like, ...] = ()
    """They speak for less as the history grows; for a group, or a gift, in full."""
    context: Mapping[str, str] = field(default_factory=dict)
    """What is known of whoever asks at this moment, such as {"country": "DE", "device": "mobile"}: counts as labels of
    a shopper who has none of these names. What training knows no group of shoppers for is said in `Hits.degraded`."""
    explore: bool = True
    """False: no place goes by lot, whatever the settings say."""

    def chosen(self) -> Kind:
        """The kind asked for, or the one that fits what was given. Raises BadRequest."""
        if self.kind is not None and self.kind not in KINDS:
            raise BadRequest(f"no kind {self.kind!r}; there are: {', '.join(KINDS)}", where="kind")
        if self.candidates is not None and len(self.candidates) > MOST:
            raise BadRequest(f"{len(self.candidates)} candidates; at most {MOST} can be ranked", where="candidates")
        if not 1 <= self.k <= MOST:
            raise BadRequest(f"k is {self.k}; it must be from 1 to {MOST}", where="k")
        if len(self.likes) > MOST_LIKES:
            raise BadRequest(f"{len(self.likes)} likes; at most {MOST_LIKES} are heard", where="likes")
        if len(self.group) > MOST_PEOPLE:
            raise BadRequest(f"a group of {len(self.group)}; at most {MOST_PEOPLE} can be suited", where="group")
        if len(self.context) > MOST_CONTEXT:
            raise BadRequest(f"{len(self.context)} facts of context; at most {MOST_CONTEXT} count", where="context")
        kind: Kind = self.kind or self._fitting()
        if kind == "group" and not self.group:
            raise BadRequest("'group' needs to know whom it must suit", where="group")
        if kind != "group" and self.group:
            raise BadRequest(f"{kind!r} is for one shopper, not for a group", where="group")
        if kind in {"similar", "because"} and self.product is None:
            raise BadRequest(f"{kind!r} needs a product", where="product")
        return kind

    def _fitting(self) -> Kind:
        if self.group:
            return "group"
        return "similar" if self.product else "together" if self.basket else "for-you"
