"""Which of the products on the table a message means: “第二个”, "the cheaper one", "it", or a title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.assistant.phrases import Phrases
    from daogou.assistant.state import State
    from daogou.assistant.tools import Tools
    from daogou.domain.ids import ProductId

SUPERLATIVES = ("cheapest", "dearest", "best_rated")


@dataclass(frozen=True, slots=True)
class References:
    """The products a message points at, in the order it does; falsy when it points at none."""

    products: tuple[ProductId, ...] = ()
    superlative: str | None = None
    """ "cheapest", "dearest" or "best_rated" of those shown: settled from the records by `settle`."""
    missing: bool = False
    """True for "the ninth one" of four."""
    quantity: int = 1

    def __bool__(self) -> bool:
        return bool(self.products or self.superlative or self.missing)


def references(plain: str, table: Phrases, state: State) -> References:
    """Read the references of a normalised message against what was shown."""
    quantity = next((table.number(found) for found in table.quantity.findall(plain)), 1) or 1
    numbers = [table.number(token) for token in table.ordinal.findall(plain)]
    picked = [state.shown[n - 1] for n in numbers if 1 <= n <= len(state.shown)]
    if table.references["last"].search(plain) and state.shown:
        picked.append(state.shown[-1])
    if numbers or picked:
        return References(tuple(dict.fromkeys(picked)), missing=not picked, quantity=quantity)
    for superlative in SUPERLATIVES:
        if state.shown and table.references[superlative].search(plain):
            return References(superlative=superlative, quantity=quantity)
    if table.references["these"].search(plain) and state.shown:
        return References(state.shown, quantity=quantity)
    if table.references["this"].search(plain):
        current = state.focus or (state.shown[0] if state.shown else None)
        return References((current,) if current else (), quantity=quantity)
    return References(quantity=quantity)


def settle(refers: References, state: State, tools: Tools) -> tuple[ProductId, ...]:
    """The products meant, with superlatives looked up; ties go to the one shown first."""
    if refers.superlative is None:
        return refers.products
    shown = [product for id in state.shown if (product := tools.product(id))]
    if refers.superlative == "best_rated":
        ratings = tools.shop.ratings([p.id for p in shown])
        rated = [p for p in shown if p.id in ratings]
        return (max(rated, key=lambda p: ratings[p.id].mean).id,) if rated else ()
    priced = [p for p in shown if p.price is not None]
    if not priced:
        return ()
    sign = 1 if refers.superlative == "cheapest" else -1
    return (min(priced, key=lambda p: sign * (p.price.minor if p.price else 0)).id,)


def mentioned(plain: str, products: tuple[ProductId, ...], tools: Tools) -> tuple[ProductId, ...]:
    """Those of the products whose whole title, in either language, stands in the message."""
    found = []
    for id in products:
        product = tools.product(id)
        titles = [title.casefold() for title in (product.title.zh, product.title.en) if title] if product else []
        if any(title in plain for title in titles):
            found.append(id)
    return tuple(found)
