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
    from daogou.domain.query import Understood

_RANKING = {"attribute"}
CARDS = 4
"""How many products one answer shows: as many as fit a chat panel without scrolling."""


def find(desk: Desk) -> Draft:
    """Look for what the message says, forgetting what was looked for before."""
    understood = desk.turn.understood
    sort = understood.sort
    if sort == "relevance" and "cheaper" in desk.turn.cues:
        sort = "price_asc"
    wanted = State(words=wished(understood), refused=refused(understood), where=understood.where, sort=sort)
    return _show(desk, replace(wanted, searching=True), "found")


def refine(desk: Desk) -> Draft:
    """Narrow what was looked for by what the message adds."""
    understood = desk.turn.understood
    words = tuple(word for word in wished(understood) if word not in understood.unknown)
    wanted = _narrowed(desk)
    sort = understood.sort if understood.sort != "relevance" else desk.state.sort
    draft = _show(desk, replace(wanted, words=tuple(dict.fromkeys(wanted.words + words)), sort=sort), "found")
    if draft.hits or not words:
        return draft
    anew = find(desk)  # words that fit nothing of what was looked at are a wish of their own
    return anew if anew.hits else draft


def wished(understood: Understood) -> tuple[str, ...]:
    """The words to search by: those that were left over, and those that rank without filtering."""
    slots = [slot for slot in understood.slots if not slot.negated]
    soft = [s for s in slots if s.kind == "aspect" or (s.kind in _RANKING and s.confidence < 1)]
    said = [understood.text[slot.start : slot.end] for slot in soft]
    return tuple(dict.fromkeys([*understood.words, *said]))


def refused(understood: Understood) -> tuple[str, ...]:
    """The words that were negated and are no value of the catalogue."""
    return tuple(slot.value for slot in understood.slots if slot.negated and slot.name == "words")


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
    return _show(desk, replace(wanted, sort="price_asc"), "none_cheaper")


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
    unwanted = tuple(dict.fromkeys(desk.state.refused + refused(desk.turn.understood)))
    words = tuple(word for word in desk.state.words if word not in unwanted)
    return State(words=words, refused=unwanted, where=where, sort=desk.state.sort, searching=True, seen=desk.state.seen)


def _prices(desk: Desk) -> list[Money]:
    products = settle(desk.turn.refers, desk.state, desk.tools) or desk.state.shown
    found = [product.price for id in products if (product := desk.tools.product(id)) and product.price]
    return [price for price in found if price.currency == found[0].currency]


def _show(
    desk: Desk, wanted: State, opening: str, *, exclude: frozenset[ProductId] | set[ProductId] = frozenset()
) -> Draft:
    where = replace(wanted.where, exclude=wanted.where.exclude | frozenset(exclude))
    without = "，不要{}" if desk.turn.language == "zh" else ", not {}"
    text = " ".join(wanted.words) + "".join(without.format(word) for word in wanted.refused)
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
