"""The goods of the showcase, drawn from the tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from daogou.domain.ids import DAY_MS, Instant, ProductId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import Product, Variant
from daogou.domain.text import Text
from daogou.evaluation.showcase.titles import Draft, description_of, title_of
from daogou.evaluation.showcase.vocabulary import Brand, Kind, Vocabulary

CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Good:
    """A product with the truth about it that its page does not tell."""

    product: Product
    kind: Kind
    brand: Brand
    colors: tuple[str, ...]
    who: str | None
    season: str | None
    quality: float
    """Standard score: what owners find out. Around 0."""


def build_products(words: Vocabulary, rng: Random, *, scale: float, end: Instant) -> list[Good]:
    """Make the goods, kind by kind; every kind has at least one. No two have the same title."""
    goods: list[Good] = []
    titles: set[str] = set()
    for kind in words.kinds.values():
        for number in range(max(1, round(kind.n * scale))):
            good = _good(kind, number, words, rng, end=end)
            while good.product.title.key in titles:
                good = _good(kind, number, words, rng, end=end)
            titles.add(good.product.title.key)
            goods.append(good)
    return goods


def _good(kind: Kind, number: int, words: Vocabulary, rng: Random, *, end: Instant) -> Good:
    brand = words.brands[rng.choice(kind.brands)]
    who = rng.choice(kind.who) if kind.who else None
    draft = Draft(
        kind=kind,
        brand=brand,
        colors=tuple(rng.sample(kind.palette, _n_colors(kind, rng))),
        features=tuple(rng.sample(kind.features, min(len(kind.features), rng.choice((2, 2, 3))))),
        material=rng.choice(kind.materials) if kind.materials else None,
        who=who,
        season=rng.choice(kind.seasons) if kind.seasons and rng.random() < 0.7 else None,
        specs={name: rng.choice(values) for name, values in (kind.specs or {}).items()},
        sizes=_sizes(kind, who, words),
    )
    title, author = title_of(draft, words, rng)
    quality = round(0.6 * brand.quality + 0.8 * rng.gauss(0, 1), 2)
    price, list_price = _prices(draft, rng)
    id = ProductId(f"{kind.id}-{number + 1}")
    variants = tuple(_variants(draft, words, rng, id=id, price=price, list_price=list_price))
    product = Product(
        id=id,
        title=title,
        description=description_of(draft, words),
        brand=brand.text.en,
        category=(kind.department, kind.aisle, kind.name),
        price=price,
        list_price=list_price,
        stock=sum(each.stock or 0 for each in variants) if variants else _stock(rng),
        attributes=_attributes(draft, words, author),
        images=(f"/pictures/{id}.svg",),
        variants=variants,
        released=Instant(end - DAY_MS * (rng.randrange(1, 30) if rng.random() < 0.06 else rng.randrange(30, 1000))),
    )
    return Good(product, kind, brand, draft.colors, who, draft.season, quality)


def _n_colors(kind: Kind, rng: Random) -> int:
    """How many colours it comes in; two at most where sizes multiply them."""
    if kind.tinted:
        return 1
    return rng.choice((1, 2) if kind.sizes else (1, 1, 2, 3))


def _sizes(kind: Kind, who: str | None, words: Vocabulary) -> tuple[str, ...]:
    if kind.sizes is None:
        return ()
    if kind.sizes == "shoe":
        return words.sizes[f"shoe-{who}"]
    return words.sizes["kids" if who == "kids" and kind.sizes == "clothing" else kind.sizes]


def _prices(draft: Draft, rng: Random) -> tuple[Money, Money | None]:
    low, high = draft.kind.price
    choices, chosen = draft.kind.specs or {}, draft.specs or {}
    ranks = [values.index(chosen[name]) / len(values) for name, values in choices.items()] or [0.5]
    level = 0.75 * rng.random() + 0.2 * draft.brand.price + 0.3 * sum(ranks) / len(ranks)
    usual = charm(low * math.exp(min(1.0, max(0.0, level)) * math.log(high / low)))
    if rng.random() < 0.25:
        return charm(usual.minor / 100 * rng.choice((0.7, 0.8, 0.85, 0.9))), usual
    return usual, None


def charm(yuan: float) -> Money:
    """Round to a price a shop would print: 1,299 · 399 · 39.90."""
    if yuan < 100:
        return Money(round(yuan) * 100 - 10, CURRENCY)
    step = 10 if yuan < 1000 else 100
    return Money((round(yuan / step) * step - 1) * 100, CURRENCY)


def _stock(rng: Random) -> int:
    draw = rng.random()
    return 0 if draw < 0.06 else rng.randrange(1, 5) if draw < 0.14 else rng.randrange(20, 400)


def _variants(
    draft: Draft, words: Vocabulary, rng: Random, *, id: ProductId, price: Money, list_price: Money | None
) -> Iterator[Variant]:
    """Yield one variant for each colour and size; none where there is nothing to choose."""
    colors, sizes = draft.colors, draft.sizes or ("",)
    if len(colors) * len(sizes) == 1:
        return
    sold_out = rng.random() < 0.05
    for color in colors:
        for size in sizes:
            text = words.colors[color].text
            key = "-".join(filter(None, (color.replace(" ", ""), size.replace(" ", "").replace(".", ""))))
            attributes = {"color": (text,)} | ({"size": (Text(en=size),)} if size else {})
            yield Variant(
                id=VariantId(f"{id}/{key}"),
                title=Text(f"{text.zh} {size}".strip(), f"{text.en.capitalize()} {size}".strip()),
                price=price,
                list_price=list_price,
                stock=0 if sold_out else _stock(rng) // 3,
                attributes=attributes,
                sku=f"{id}-{key}".upper(),
            )


def _attributes(draft: Draft, words: Vocabulary, author: Text | None) -> dict[str, tuple[Text, ...]]:
    found: dict[str, tuple[Text, ...]] = {}
    if not draft.kind.tinted:
        found["color"] = tuple(words.colors[name].text for name in draft.colors)
    if draft.material:
        found["material"] = (words.materials[draft.material],)
    if draft.who:
        audience = words.audiences[draft.who]
        found[audience.attribute] = (audience.value,)
    found["feature"] = tuple(words.features[name].text for name in draft.features)
    if draft.season:
        found["season"] = (words.seasons[draft.season],)
    for name, value in (draft.specs or {}).items():
        found[name] = (_measured(words, name, value),)
    if draft.sizes:
        found["size"] = tuple(Text(en=size) for size in draft.sizes)
    if author:
        found["author"] = (author,)
    return found


def _measured(words: Vocabulary, name: str, value: Any) -> Text:
    measure = words.measures[name].value
    return Text(measure.zh.format(value), measure.en.format(value))
