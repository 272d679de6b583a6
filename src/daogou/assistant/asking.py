"""Acts that answer a question about a product on the table: price, stock, reviews, details, comparison, basket."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from daogou.assistant.drafts import Desk, Draft
from daogou.assistant.finding import find
from daogou.assistant.intents import names_goods
from daogou.assistant.phrases import normalised, phrases
from daogou.assistant.quoting import quotable
from daogou.assistant.references import settle
from daogou.assistant.say import Said, every, fields_of, first, say
from daogou.assistant.traits import opinions_on, traits
from daogou.domain.conversation import Action
from daogou.domain.hit import Hit
from daogou.promotions.offers import offers

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId
    from daogou.domain.product import Product, Variant
    from daogou.domain.text import Text

COMPARED = 4
"""At most this many products side by side."""


def price(desk: Desk) -> Draft:
    return _about(desk, _price)


def price_history(desk: Desk) -> Draft:
    return _about(desk, lambda desk, id: _price(desk, id, history=True))


def stock(desk: Desk) -> Draft:
    return _about(desk, _stock)


def trait(desk: Desk) -> Draft:
    """Say whether the record lists what is asked; what it does not list is said to be unknown, never denied."""
    return _about(desk, traits)


def reviews(desk: Desk) -> Draft:
    return _about(desk, _reviews)


def details(desk: Desk) -> Draft:
    return _about(desk, _details)


def promotions(desk: Desk) -> Draft:
    """Offers on the product the message points at, else everything that is on."""
    if desk.turn.refers:
        return _about(desk, _offers)
    lines = _promotion_lines(desk, [p.id for p in desk.tools.promotions()])
    said = every(say(desk.records, "promotions")) + lines if lines else every(say(desk.records, "no_promotions"))
    return Draft(said, desk.state)


def compare(desk: Desk) -> Draft:
    """Put two to four products side by side."""
    chosen = settle(desk.turn.refers, desk.state, desk.tools)
    ids = chosen if len(chosen) > 1 else desk.state.shown
    ids = tuple(id for id in ids if desk.tools.product(id))[:COMPARED]
    if len(ids) < 2:
        return Draft(every(say(desk.records, "ask_two")), desk.state)
    said = every(say(desk.records, "compare"))
    for id in ids:
        said += _summary(desk, id)
    both = "compare:" + "|".join(ids)
    said += every(
        say(desk.records, "cheaper_one", cheapest=f"{both}#cheapest"),
        say(desk.records, "better_rated", best_rated=f"{both}#best_rated"),
    )
    return Draft(said, replace(desk.state, focus=None), _hits(ids))


def basket(desk: Desk) -> Draft:
    """Draft an addition to the basket; only the shopper's own click commits it."""
    return _about(desk, _draft)


_Act = Callable[[Desk, "ProductId"], "list[Said]"]


def _about(desk: Desk, act: _Act) -> Draft:
    ids = _target(desk)
    if not ids:
        if desk.turn.has_content and not desk.turn.refers:
            return find(desk)
        return Draft(every(say(desk.records, "ask_which")), desk.state)
    said = [one for id in ids for one in act(desk, id)]
    focus = ids[0] if len(ids) == 1 else desk.state.focus
    shown = desk.state.shown or ids
    actions = _actions(desk, ids) if act is _draft else ()
    return Draft(said, replace(desk.state, focus=focus, shown=shown), _hits(ids), actions)


def _target(desk: Desk) -> tuple[ProductId, ...]:
    """What the question is about: what it points at or names, else what was spoken of last, else the first shown."""
    chosen = settle(desk.turn.refers, desk.state, desk.tools)
    if not chosen and not desk.turn.refers and not names_goods(desk.turn.understood):
        current = desk.state.focus or (desk.state.shown[0] if desk.state.shown else None)
        chosen = (current,) if current else ()
    return tuple(id for id in chosen if desk.tools.product(id))[:COMPARED]


def _price(desk: Desk, id: ProductId, *, history: bool = False) -> list[Said]:
    records = desk.records
    product = desk.tools.product(id)
    if product is None or product.price is None:
        return every(say(records, "price_unknown", **fields_of(id, "title")))
    reduced = product.list_price is not None and product.list_price > product.price
    said = first(
        say(records, "price_reduced", **fields_of(id, "title", "price", "list_price")) if reduced else None,
        say(records, "price", **fields_of(id, "title", "price")),
    )
    quantity = desk.turn.refers.quantity
    if quantity > 1:
        basket = f"basket:{id}*{quantity}#"
        total = say(
            records, "basket_total", **fields_of(id, "title"), quantity=basket + "quantity", total=basket + "total"
        )
        said += every(total, say(records, "basket_saved", discount=basket + "discount"))
    if history:
        lowest = {"lowest": f"product:{id}#lowest_price", "lowest_at": f"product:{id}#lowest_price_at"}
        said += every(say(records, "price_lowest", **lowest))
    return said


def _stock(desk: Desk, id: ProductId) -> list[Said]:
    product = desk.tools.product(id)
    asked = _asked_variants(desk, product) if product else None
    if asked is None:
        return every(say(desk.records, "stock", **fields_of(id, "title", "stock")))
    if not asked:
        return every(say(desk.records, "no_such_variant", **fields_of(id, "title")))
    return every(
        *(
            say(
                desk.records,
                "variant_stock",
                **fields_of(id, "title"),
                variant=f"variant:{id}/{variant.id}#title",
                stock=f"variant:{id}/{variant.id}#stock",
            )
            for variant in asked[:COMPARED]
        )
    )


def _asked_variants(desk: Desk, product: Product) -> list[Variant] | None:
    """The variants that have the attribute values the message names; None where it names none of theirs.

    A value counts as named if it was understood as one or stands in the message word for word: "42" alone means a size
    only once it is known which product is spoken of.
    """
    plain = normalised(desk.turn.text)
    understood = {(slot.name, slot.value) for slot in desk.turn.understood.slots if not slot.negated}
    known = {name for variant in product.variants for name in variant.attributes}
    wanted: dict[str, set[str]] = {}
    for name, value in understood:
        if name in known:
            wanted.setdefault(name, set()).add(value)
    for variant in product.variants:
        for name, values in variant.attributes.items():
            wanted.setdefault(name, set()).update(value.key for value in values if _stands_in(plain, value))
    wanted = {name: values for name, values in wanted.items() if values}
    if not wanted:
        return None
    return [
        variant
        for variant in product.variants
        if all({v.key for v in variant.attributes.get(name, ())} & values for name, values in wanted.items())
    ]


def _stands_in(plain: str, value: Text) -> bool:
    names = {normalised(name) for name in (value.zh, value.en) if name}
    return any(re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", plain) for name in names)


def _reviews(desk: Desk, id: ProductId) -> list[Said]:
    if desk.turn.sides:
        return every(say(desk.records, "reviews_of", **fields_of(id, "title"))) + _sides(desk, id)
    return _rating(desk, id)


def _sides(desk: Desk, id: ProductId) -> list[Said]:
    """What reviewers say of each side that the message names."""
    said = []
    for side in desk.turn.sides[:COMPARED]:
        label = desk.tools.lexicon().aspects[side].label.show(desk.turn.language)
        said += opinions_on(desk, id, side) or every(say(desk.records, "side_unknown", name=label))
    return said


def _rating(desk: Desk, id: ProductId) -> list[Said]:
    fields = {"rating": f"product:{id}#rating", "n": f"product:{id}#n_reviews"}
    said = first(
        say(desk.records, "rating", **fields_of(id, "title"), **fields),
        say(desk.records, "no_reviews", **fields_of(id, "title")),
    )
    said += every(say(desk.records, "side", said=f"opinions:{id}#said"))
    review = quotable(desk.tools.shop.reviews(id, limit=50), desk.turn.language)
    return said + every(say(desk.records, "quote", quote=f"review:{id}/{review.id}#text") if review else None)


def _details(desk: Desk, id: ProductId) -> list[Said]:
    product = desk.tools.product(id)
    records, names = desk.records, phrases(desk.turn.language).attributes
    said = first(
        say(records, "details_brand", **fields_of(id, "title", "brand")),
        say(records, "details", **fields_of(id, "title")),
    )
    said += every(
        *(
            say(records, "attribute", name=names.get(name, name), value=f"product:{id}#attribute:{name}")
            for name in (product.attributes if product else ())
        )
    )
    return said + _summary(desk, id)


def _summary(desk: Desk, id: ProductId) -> list[Said]:
    fields = fields_of(id, "title", "price", "stock")
    rated = {"rating": f"product:{id}#rating", "n": f"product:{id}#n_reviews"}
    return first(say(desk.records, "item_rated", **fields, **rated), say(desk.records, "item", **fields))


def _offers(desk: Desk, id: ProductId) -> list[Said]:
    product = desk.tools.product(id)
    found = offers(product, desk.tools.promotions(), desk.tools.at) if product else []
    lines = _promotion_lines(desk, [offer.promotion.id for offer in found])
    opening = say(desk.records, "promotions_of" if lines else "no_promotions_of", **fields_of(id, "title"))
    return every(opening) + lines


def _promotion_lines(desk: Desk, ids: list[str]) -> list[Said]:
    said = []
    for id in ids[:6]:
        source = f"promotion:{id}#"
        said += every(
            say(desk.records, "promotion", title=source + "title", benefit=source + "benefit"),
            say(desk.records, "promotion_code", code=source + "code"),
            say(desk.records, "promotion_ends", ends=source + "ends"),
        )
    return said


def _draft(desk: Desk, id: ProductId) -> list[Said]:
    product = desk.tools.product(id)
    if product is None or not product.available:
        return every(say(desk.records, "sold_out_draft", **fields_of(id, "title", "stock")))
    quantity = f"basket:{id}*{desk.turn.refers.quantity}#quantity"
    return every(say(desk.records, "draft", **fields_of(id, "title"), quantity=quantity))


def _actions(desk: Desk, ids: tuple[ProductId, ...]) -> tuple[Action, ...]:
    label = phrases(desk.turn.language).labels["add_to_basket"]
    quantity = desk.turn.refers.quantity
    return tuple(
        Action("add_to_basket", label, {"product": id, "quantity": quantity})
        for id in ids
        if (product := desk.tools.product(id)) and product.available
    )


def _hits(ids: tuple[ProductId, ...]) -> tuple[Hit, ...]:
    return tuple(Hit(id, 0.0) for id in ids)
