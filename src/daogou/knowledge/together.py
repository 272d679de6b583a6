"""Which products are bought together: counted in distinct buyers, so that nobody can vote twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.domain.keys import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.order import Order
    from daogou.ports.stores import EventColumns

_PAIRS_AT_ONCE = 20_000_000
"""160 MB of keys, and as much again while they are sorted."""


@dataclass(frozen=True, slots=True)
class BoughtWithConfig:
    """What counts as bought together."""

    min_buyers: int = 3
    """Distinct believed buyers a pair needs: fewer is chance, or one household's habit, or a fake account."""
    per_product: int = 10
    """Pairs kept per product, strongest first."""
    largest_basket: int = 60
    """Baskets with more products than this say little and cost their square; they are left out."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """Who bought what in which basket: one entry per product of a basket."""

    products: tuple[str, ...]
    """Ids, to which `product` points."""
    buyer: NDArray[np.int64]
    basket: NDArray[np.int64]
    product: NDArray[np.int64]
    day: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Votes:
    """How far each buyer is believed: (buyers,) each."""

    voice: NDArray[np.float32]
    """What the vote weighs."""
    believed: NDArray[np.bool_]
    """Whether it counts as a buyer at all."""


Believed = Callable[[Purchases], Votes]
"""Looks at all purchases and says how far each buyer is believed."""


@dataclass(frozen=True, slots=True)
class BoughtWith:
    """Products bought together, by number; each kept pair stands once, in either direction."""

    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    buyers: NDArray[np.int64]
    """Those who are believed."""
    weight: NDArray[np.float64]
    """Cosine: voices of the buyers of both / sqrt(voices of the one's * voices of the other's)."""


def purchases(columns: EventColumns | None, orders: Iterable[Order] = ()) -> Purchases:
    """Read baskets from purchase events (one actor, one UTC day) and from orders.

    A purchase that is on record in both does no harm: pairs count buyers, not baskets. Sessions without a shopper
    count as a buyer each; cancelled orders do not count.
    """
    products: dict[str, int] = {}
    buyers: dict[str, int] = {}
    lines: list[tuple[int, int, int, int]] = []
    n_baskets = 0
    if columns is not None and len(columns.product):
        products = {id: n for n, id in enumerate(columns.products)}
        buyers = {name: n for n, name in enumerate(columns.shoppers)}
        bought = columns.type == columns.types.index("purchase")
        buyer, product = columns.shopper[bought].astype(np.int64), columns.product[bought].astype(np.int64)
        day = columns.at[bought] // DAY_MS
        since = day - day.min(initial=0)
        _, basket = np.unique(buyer * (int(since.max(initial=0)) + 1) + since, return_inverse=True)
        n_baskets = int(basket.max(initial=-1)) + 1
    else:
        buyer = product = basket = day = np.empty(0, np.int64)
    for order in (each for each in orders if each.bought):
        who = buyers.setdefault(order.shopper, len(buyers))
        for line in order.lines:
            number = products.setdefault(line.product, len(products))
            lines.append((who, n_baskets, number, order.at // DAY_MS))
        n_baskets += 1
    more = np.array(lines, np.int64).reshape(-1, 4)
    return Purchases(
        products=tuple(products),
        buyer=np.concatenate([buyer, more[:, 0]]),
        basket=np.concatenate([basket.reshape(-1).astype(np.int64), more[:, 1]]),
        product=np.concatenate([product, more[:, 2]]),
        day=np.concatenate([day, more[:, 3]]),
    )


def everybody(bought: Purchases) -> Votes:
    """Believe every buyer."""
    n = int(bought.buyer.max(initial=0)) + 1
    return Votes(np.ones(n, np.float32), np.ones(n, np.bool_))


def bought_together(
    bought: Purchases, config: BoughtWithConfig | None = None, *, believed: Believed = everybody
) -> BoughtWith:
    """Count the distinct buyers of each pair, weigh it, keep the strongest of each product."""
    config = config or BoughtWithConfig()
    votes = believed(bought)
    n_products, n_buyers = len(bought.products), int(bought.buyer.max(initial=0)) + 1
    product, buyer = np.divmod(once(bought.product * n_buyers + bought.buyer), n_buyers)
    buyers_of = np.bincount(product, minlength=n_products).astype(np.int64)
    voices_of = np.bincount(product, votes.voice[buyer], minlength=n_products)
    baskets = _baskets(bought, buyers_of[bought.product] >= config.min_buyers, config.largest_basket)
    n_pairs = sum(len(rows) * size * (size - 1) // 2 for size, rows in baskets.items())
    found = [
        _counted(_pairs(baskets, band, n_buyers=n_buyers, n_products=n_products), votes, config.min_buyers)
        for band in _bands(n_products, 1 + n_pairs // _PAIRS_AT_ONCE)
    ]
    pair, buyers, voices = (np.concatenate(parts) for parts in zip(*found, strict=True))
    head, tail = pair // max(1, n_products), pair % max(1, n_products)
    weight = voices / np.sqrt(voices_of[head] * voices_of[tail])
    return _strongest(head, tail, buyers, weight, config.per_product)


@dataclass(frozen=True, slots=True)
class _Baskets:
    """Baskets of one size: the products of each in ascending order, and who bought it."""

    products: NDArray[np.int64]
    """(baskets, size)"""
    buyer: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.buyer)


def _baskets(bought: Purchases, kept: NDArray[np.bool_], largest: int) -> dict[int, _Baskets]:
    n_products = max(1, len(bought.products))
    buyer_of = np.zeros(int(bought.basket.max(initial=0)) + 1, np.int64)
    buyer_of[bought.basket] = bought.buyer
    lines = once(bought.basket[kept] * n_products + bought.product[kept])
    basket, product = lines // n_products, lines % n_products
    starts = np.flatnonzero(np.diff(basket, prepend=-1))
    sizes = np.diff(starts, append=len(basket))
    return {
        size: _Baskets(product[at[:, None] + np.arange(size)], buyer_of[basket[at]])
        for size in range(2, largest + 1)
        if len(at := starts[sizes == size])
    }


def _bands(n_products: int, n: int) -> list[tuple[int, int]]:
    """Ranges of products that cut the pairs into parts that fit in memory."""
    edges = np.linspace(0, n_products, n + 1).astype(int).tolist()
    return list(pairwise(edges))


def _pairs(baskets: dict[int, _Baskets], band: tuple[int, int], *, n_buyers: int, n_products: int) -> NDArray[np.int64]:
    """Each pair with each of its buyers, as one distinct sorted number; the pair's first product lies in the band."""
    keys = [np.empty(0, np.int64)]
    for size, same in baskets.items():
        left, right = np.triu_indices(size, k=1)
        first = same.products[:, left]
        key = (first * n_products + same.products[:, right]) * n_buyers + same.buyer[:, None]
        keys.append(key[(first >= band[0]) & (first < band[1])])
    return once(np.concatenate(keys))


def _counted(
    keys: NDArray[np.int64], votes: Votes, least: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs with enough believed buyers, how many, and the voices. A pair's keys stand together, one a buyer."""
    pairs, buyer = np.divmod(keys, len(votes.voice))
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    if not len(starts):
        return pairs, pairs, pairs.astype(np.float64)
    buyers = np.add.reduceat(votes.believed[buyer].astype(np.int64), starts)
    enough = buyers >= least
    voices = np.add.reduceat(votes.voice[buyer].astype(np.float64), starts)
    return pairs[starts[enough]], buyers[enough], voices[enough]


def _strongest(
    head: NDArray[np.int64], tail: NDArray[np.int64], buyers: NDArray[np.int64], weight: NDArray[np.float64], n: int
) -> BoughtWith:
    """Keep a pair if it is among the n strongest of either product; ties in order of number."""
    both, other = np.concatenate([head, tail]), np.concatenate([tail, head])
    twice = np.concatenate([weight, weight])
    order = np.lexsort((other, -twice, both))
    starts = np.flatnonzero(np.diff(both[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    kept = np.unique(order[rank < n] % max(1, len(head)))
    return BoughtWith(head[kept], tail[kept], buyers[kept], weight[kept])
