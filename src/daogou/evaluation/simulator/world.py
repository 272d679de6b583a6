"""What simulated shoppers choose between: items as columns of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daogou.domain.ids import Instant, ProductId
from daogou.domain.text import Text

COMPANIONS = 3
"""How many items at most go with one item."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Item:
    """A product as far as wishes are concerned."""

    id: ProductId
    kind: str
    department: str
    brand: str
    colors: tuple[str, ...]
    price: int
    """Minor units."""
    quality: float
    """Standard score; found out after buying."""
    gender: str | None = None
    """"men" or "women" where it is made for one of them."""
    season: str | None = None
    released: Instant = Instant(0)
    available: bool = True
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of product as shoppers speak of it, and what they buy with it."""

    id: str
    department: str
    names: Text
    words: tuple[str, ...]
    goes_with: tuple[str, ...]
    lasts: float = 365.0
    """Days until half of those who bought of it want another."""
    used_up: bool = False
    """The same product is bought again once it is gone, as shampoo is."""


@dataclass(frozen=True)
class World:
    """Items and topics with the columns the choice model computes on."""

    items: tuple[Item, ...]
    topics: tuple[Topic, ...]
    brands: tuple[str, ...]
    colors: tuple[str, ...]
    currency: str
    kind: Ints
    """Topic index of each item."""
    brand: Ints
    color: Ints
    """Index of each item's first colour; `len(colors)` where it has none."""
    price_level: Floats
    """Logarithm of the price against the middle price of its kind."""
    quality: Floats
    draw: Floats
    """How prominently the shop shows an item whoever looks: the logging policy's score."""
    released: Ints
    """Instants."""
    of_topic: tuple[Ints, ...]
    """Items of each topic that are in stock, released or not."""
    number: Mapping[str, int]
    """Topic id to index."""
    companions: tuple[Ints, ...]
    """For each item the few items people use with it."""

    @classmethod
    def of(cls, items: Sequence[Item], topics: Sequence[Topic], *, currency: str, seed: int) -> World:
        """Lay the items out in columns; every topic has at least one item."""
        number = {topic.id: index for index, topic in enumerate(topics)}
        brands = tuple(sorted({item.brand for item in items}))
        colors = tuple(sorted({color for item in items for color in item.colors}))
        kind = np.array([number[item.kind] for item in items], dtype=np.int64)
        price = np.log([item.price for item in items])
        middle = np.array([np.median(price[kind == each]) for each in range(len(topics))])
        quality = np.array([item.quality for item in items])
        noise = np.random.default_rng((seed, 1)).normal(size=len(items))
        available = np.array([item.available for item in items])
        draw = 0.4 * quality + 0.6 * noise
        of_topic = tuple(np.flatnonzero((kind == each) & available) for each in range(len(topics)))
        brand = np.array([brands.index(item.brand) for item in items], dtype=np.int64)
        partners = [[of_topic[number[id]] for id in topic.goes_with if id in number] for topic in topics]
        return cls(
            items=tuple(items),
            topics=tuple(topics),
            brands=brands,
            colors=colors,
            currency=currency,
            kind=kind,
            brand=brand,
            color=np.array([_first(colors, item) for item in items], dtype=np.int64),
            price_level=price - middle[kind],
            quality=quality,
            draw=draw,
            released=np.array([item.released for item in items], dtype=np.int64),
            of_topic=of_topic,
            number=number,
            companions=tuple(_companions(item, partners[kind[row]], items, draw) for row, item in enumerate(items)),
        )

    def released_by(self, at: Instant, among: Ints) -> Ints:
        """Those among the items that are out at a moment."""
        found: Ints = among[self.released[among] <= at]
        return found


def _companions(item: Item, partners: Sequence[Ints], items: Sequence[Item], draw: Floats) -> Ints:
    """Of each kind that goes with the item, the most prominent one of its brand, or else of all; never the other
    gender's. At most `COMPANIONS`."""
    found = []
    for among in partners:
        fitting = [row for row in among.tolist() if None in (items[row].gender, item.gender) or
                   items[row].gender == item.gender]  # fmt: skip
        if fitting:
            found.append(max(fitting, key=lambda row: (items[row].brand == item.brand, draw[row])))
    return np.array(found[:COMPANIONS], dtype=np.int64)


def _first(colors: tuple[str, ...], item: Item) -> int:
    return colors.index(item.colors[0]) if item.colors else len(colors)
