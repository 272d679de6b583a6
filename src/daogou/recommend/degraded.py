"""What an answer had to do without: every check says one thing or nothing, and all that is said is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.recommend.fusions import BY_SEGMENT

if TYPE_CHECKING:
    from daogou.domain.hit import Hit
    from daogou.domain.ids import ProductId
    from daogou.recommend.request import RecommendRequest
    from daogou.recommend.situation import Situation
    from daogou.retrieval.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with what it was made from."""

    request: RecommendRequest
    situation: Situation
    shelf: Shelf
    hits: tuple[Hit, ...]
    release: str
    held: int | None
    """`Variety.most`, where more was found than it lets be shown."""


def said(answered: Answered) -> str | None:
    """All that was missing; None where nothing was."""
    return "; ".join(filter(None, (check(answered) for check in _CHECKS))) or None


def _untrained(answered: Answered) -> str | None:
    return None if answered.release else "no release yet: what is popular and new; run `daogou train`"


def _unknown_product(answered: Answered) -> str | None:
    product = answered.request.product
    return f"unknown product {product!r}" if product is not None and product not in answered.shelf.row else None


def _unknown_basket(answered: Answered) -> str | None:
    unknown = [id for id in answered.request.basket if id not in answered.shelf.row]
    return f"unknown in the basket: {', '.join(map(repr, unknown))}" if unknown else None


def _unknown_history(answered: Answered) -> str | None:
    history = answered.request.history or ()
    unknown = [id for id in history if id not in answered.shelf.row]
    return (
        f"{len(unknown)} of {len(history)} products of the history unknown, such as {unknown[0]!r}" if unknown else None
    )


def _nothing_to_go_with(answered: Answered) -> str | None:
    situation = answered.situation
    if situation.kind not in {"together", "complete"} or len(situation.trail):
        return None
    return f"{situation.kind!r} had no product to go with: what is popular"


def _candidates(answered: Answered) -> str | None:
    wanted = list(dict.fromkeys(answered.request.candidates or ()))
    if len(answered.hits) >= min(answered.request.k, len(wanted)):
        return None
    shown = {hit.product for hit in answered.hits}
    left = Counter(_left_out(id, answered) for id in wanted if id not in shown)
    causes = ", ".join(f"{n} {cause}" for cause, n in left.items())
    return f"{left.total()} of {len(wanted)} candidates left out: {causes}"


def _left_out(id: ProductId, answered: Answered) -> str:
    row = answered.shelf.row.get(id)
    if row is None:
        return "unknown"
    if not answered.shelf.available[row]:
        return "sold out or no longer in the shop"
    if row in answered.situation.excluded:
        return "seen, bought or rejected before"
    return "taken out by a rule" if answered.situation.ruling.takes(row) else "taken out by the filter"


def _ruled_out(answered: Answered) -> str | None:
    """Rules that leave nothing of the whole shop, such as two that each show only what the other does not."""
    return None if answered.hits else answered.situation.ruling.leaving_nothing(answered.shelf.available)


def _held(answered: Answered) -> str | None:
    if answered.held is None:
        return None
    shown = f"{len(answered.hits)} of {answered.request.k}"
    return f"{shown}: of the others' brand or category {answered.held} are shown, as many as may be"


def _likes(answered: Answered) -> str | None:
    unheard = [repr(like.words) for like in answered.request.likes if not like.products]
    return f"nothing in the shop is called {', '.join(unheard)}" if unheard else None


def _strangers(answered: Answered) -> str | None:
    members = answered.situation.members
    strangers = sum(not len(member.trail) for member in members)
    return f"{strangers} of {len(members)} people have no history: for them, what is popular" if strangers else None


def _together(answered: Answered) -> str | None:
    if answered.situation.kind != "together" or not answered.release or not len(answered.situation.trail):
        return None
    together = sum(any(reason.kind == "together" for reason in hit.because) for hit in answered.hits)
    if together == len(answered.hits):
        return None
    return (
        f"{together} bought together by enough shoppers; the others are often next, go with its category, or are alike"
    )


def _context(answered: Answered) -> str | None:
    situation = answered.situation
    if not situation.unheard:
        return None
    facts = ", ".join(map(repr, situation.unheard))
    if situation.kind not in BY_SEGMENT:
        return f"context not used: {facts}; {situation.kind!r} does not rest on who asks"
    return f"context not used: {facts}; training knew no such group of shoppers, or this one told otherwise"


_CHECKS: tuple[Callable[[Answered], str | None], ...] = (
    _untrained,
    _unknown_product,
    _unknown_basket,
    _unknown_history,
    _nothing_to_go_with,
    _candidates,
    _ruled_out,
    _held,
    _likes,
    _strangers,
    _together,
    _context,
)
