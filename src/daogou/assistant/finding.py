"""Acts that look for products: a new search, a narrower one, cheaper, others, similar ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from daogou.assistant.drafts import Desk, Draft
from daogou.assistant.references import settle
from daogou.assistant.say import Said, every, first, say
from daogou.assistant.state import State, merged
from daogou.domain.money import Money

if TYPE_CHECKING:
    from daogou.domain.hit import Hit, Hits
    from daogou.domain.ids import ProductId

CARDS = 4
"""How many products one answer shows: as many as fit a chat panel without scrolling."""


def find(desk: Desk) -> Draft:
    """Look for what the message says, forgetting what was looked for before."""
    understood = desk.turn.understood
    sort = understood.sort
    if sort == "relevance" and "cheaper" in desk.turn.cues:
        sort = "price_asc"
    return _show(desk, State(words=understood.words, where=understood.where, sort=sort, searching=True), "found")


def refine(desk: Desk) -> Draft:
    """Narrow what was looked for by what the message adds."""
    understood = desk.turn.understood
    words = desk.state.words
    if "refine" in desk.turn.cues:
        words += tuple(w for w in understood.words if w not in words and w not in understood.unknown)
    sort = understood.sort if understood.sort != "relevance" else desk.state.sort
    where = merged(desk.state.where, understood.where)
    return _show(desk, State(words=words, where=where, sort=sort, searching=True), "found")


def cheaper(desk: Desk) -> Draft:
    """Below the price of what the message points at, else below everything on the table."""
    prices = _prices(desk)
    wanted = _narrowed(desk)
    if not prices:
        return _show(desk, replace(wanted, sort="price_asc"), "found")
    bound = Money(min(prices).minor - 1, prices[0].currency)
    below = replace(wanted, where=replace(wanted.where, price_max=bound, price_min=None), sort="relevance")
    draft = _show(desk, below, "found_cheaper")
    if draft.hits:
        return draft
    cheapest = _show(desk, replace(wanted, sort="price_asc"), "found")
    return replace(cheapest, said=every(say(desk.records, "none_cheaper")) + cheapest.said)


def pricier(desk: Desk) -> Draft:
    """Above the price of what the message points at, else above everything on the table."""
    prices = _prices(desk)
    wanted = _narrowed(desk)
    if not prices:
        return _show(desk, replace(wanted, sort="price_desc"), "found")
    bound = Money(max(prices).minor + 1, prices[0].currency)
    above = replace(wanted, where=replace(wanted.where, price_min=bound, price_max=None), sort="relevance")
    return _show(desk, above, "found_pricier")


def another(desk: Desk) -> Draft:
    """The same search without what has been seen."""
    wanted = _narrowed(desk)
    seen = desk.state.seen | set(desk.state.shown)
    draft = _show(desk, wanted, "found_other", exclude=seen)
    if draft.hits:
        return replace(draft, state=replace(draft.state, seen=draft.state.seen | seen))
    return replace(draft, said=every(say(desk.records, "no_more")), state=desk.state)


def similar(desk: Desk) -> Draft:
    """Products like the one the message points at."""
    products = settle(desk.turn.refers, desk.state, desk.tools) or ((desk.state.focus,) if desk.state.focus else ())
    products = products or desk.state.shown[:1]
    if not products:
        return Draft(every(say(desk.records, "ask_which")), desk.state)
    hits = desk.tools.similar(products[0], k=CARDS)
    return _cards(desk, hits, replace(desk.state, focus=products[0]), "found_similar")


@dataclass(frozen=True, slots=True)
class _Item:
    id: ProductId
    said: Said


def _narrowed(desk: Desk) -> State:
    where = merged(desk.state.where, desk.turn.understood.where)
    return State(words=desk.state.words, where=where, sort=desk.state.sort, searching=True)


def _prices(desk: Desk) -> list[Money]:
    products = settle(desk.turn.refers, desk.state, desk.tools) or desk.state.shown
    found = [product.price for id in products if (product := desk.tools.product(id)) and product.price]
    return [price for price in found if price.currency == found[0].currency]


def _show(
    desk: Desk, wanted: State, opening: str, *, exclude: frozenset[ProductId] | set[ProductId] = frozenset()
) -> Draft:
    where = replace(wanted.where, exclude=wanted.where.exclude | frozenset(exclude))
    text = " ".join(wanted.words)
    hits = desk.tools.search(text, k=CARDS, where=where, sort=wanted.sort, language=desk.turn.language)
    return _cards(desk, hits, wanted, opening)


def _cards(desk: Desk, hits: Hits, wanted: State, opening: str) -> Draft:
    items = [_Item(hit.product, said) for hit in hits.items for said in _item(desk, hit)]
    if not items:
        return Draft(every(say(desk.records, "nothing")), replace(wanted, language=desk.turn.language))
    said = every(say(desk.records, "relaxed") if hits.relaxed else None, say(desk.records, opening))
    said += [item.said for item in items]
    said += every(say(desk.records, "refine_hint") if opening == "found" else None)
    shown = tuple(item.id for item in items)
    state = replace(wanted, shown=shown, focus=None, seen=wanted.seen | set(shown))
    kept = tuple(hit for hit in hits.items if hit.product in set(shown))
    return Draft(said, state, kept, degraded=hits.degraded)


def _item(desk: Desk, hit: Hit) -> list[Said]:
    source = f"product:{hit.product}#"
    fields = {name: source + name for name in ("title", "price", "stock")}
    rated = say(desk.records, "item_rated", **fields, rating=source + "rating", n=source + "n_reviews")
    return first(rated, say(desk.records, "item", **fields))
