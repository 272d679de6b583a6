"""Which of the products on the table a message means: “第二个”, "the cheaper one", "it", or a title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from daogou.assistant.phrases import normalised
from daogou.domain.query import Where

if TYPE_CHECKING:
    from daogou.assistant.phrases import Phrases
    from daogou.assistant.state import State
    from daogou.assistant.tools import Tools
    from daogou.domain.ids import ProductId
    from daogou.domain.query import Understood

LOOKED_AT = 8
"""Hits whose titles are compared with the message."""
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

    def or_titled(self, products: tuple[ProductId, ...]) -> References:
        """These references, or the products whose titles were found where there are none."""
        return replace(self, products=products) if products and not self.products else self

    def __bool__(self) -> bool:
        return bool(self.products or self.superlative or self.missing)


def references(plain: str, table: Phrases, state: State) -> References:
    """Read the references of a normalised message against what was shown."""
    quantity = next((table.number(found) for found in table.quantity.findall(plain)), 1) or 1
    leading = next((table.number(found) for found in table.leading.findall(plain)), 0)
    if leading and state.shown:
        return References(state.shown[:leading], quantity=quantity)
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


def titled(plain: str, state: State, understood: Understood, tools: Tools) -> tuple[ProductId, ...]:
    """Products whose whole title, in either language, stands in the message: of those shown, else of a search."""
    shown = _mentioned(plain, state.shown, tools)
    if shown or not (understood.words or understood.slots):
        return shown
    any_state = Where(include_unavailable=True)
    hits = tools.search(understood.text, k=LOOKED_AT, where=any_state, sort="relevance", language=understood.language)
    return _mentioned(plain, tuple(hit.product for hit in hits.items), tools)


def _mentioned(plain: str, products: tuple[ProductId, ...], tools: Tools) -> tuple[ProductId, ...]:
    """A title that stands inside another one that was found does not count."""
    found: dict[str, ProductId] = {}
    for id in products:
        product = tools.product(id)
        for title in (product.title.zh, product.title.en) if product else ():
            if title and normalised(title) in plain:
                found.setdefault(normalised(title), id)
    whole = [t for t in found if not any(t != other and t in other for other in found)]
    return tuple(dict.fromkeys(found[title] for title in whole))
