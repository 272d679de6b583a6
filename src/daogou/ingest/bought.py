"""Purchases that only orders tell: lists for a shopper rest on the event log, and many stores export orders alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.event import Event
from daogou.domain.ids import DAY_MS
from daogou.domain.order import Order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import OrderId
    from daogou.ports.stores import EventColumns, Stores

_DAYS, _PRODUCTS = 1 << 16, 1 << 23
"""Room for the days until the year 2149 and for eight million products, beside sixteen million shoppers in 63 bits."""
_BATCH = 5_000
_UNSETTLED = frozenset({"cancelled", "pending", "refunded"})


class Bought:
    """The lines of an import's paid orders, and which of them the event log does not tell.

    It tells a line by a purchase of the same product by the same shopper on the day of the order, the one before or the
    one after: clocks of a till and of a site differ.
    """

    def __init__(self) -> None:
        self._shoppers: dict[str, int] = {}
        self._products: dict[str, int] = {}
        self._orders: list[OrderId] = []
        self._keys, self._order = array("q"), array("q")

    def add(self, order: Order) -> None:
        """Remember the lines of an order, unless it is cancelled, refunded or not yet paid."""
        if order.status in _UNSETTLED:
            return
        for line in order.lines:
            if line.returned < line.quantity:
                self._keys.append(self._key(order, line.product))
                self._order.append(len(self._orders))
        self._orders.append(order.id)

    def log(self, stores: Stores) -> int:
        """Put the purchases that are missing in the event log; returns how many they were."""
        told = self._missing(stores) if self._keys else iter(())
        n = 0
        while some := list(islice(told, _BATCH)):
            n += stores.events.append(some).new
        return n

    def _missing(self, stores: Stores) -> Iterator[Event]:
        keys = np.array(self._keys, np.int64)
        logged = self._logged(stores.events.columns(("purchase",)))
        lacks = np.ones(len(keys), bool)
        for shift in (0, -1, 1):
            wanted = keys[lacks] + shift
            found = np.searchsorted(logged, wanted)
            lacks[lacks] = logged[np.minimum(found, len(logged) - 1)] != wanted if len(logged) else True
        untold = set(keys[lacks].tolist())
        for place in dict.fromkeys(np.array(self._order, np.int64)[lacks].tolist()):
            order = stores.orders.get(self._orders[place])
            for line in order.lines if order is not None else ():
                if order is not None and self._key(order, line.product) in untold and line.returned < line.quantity:
                    yield Event(
                        "purchase",
                        order.at,
                        shopper=order.shopper,
                        product=line.product,
                        variant=line.variant,
                        quantity=line.quantity,
                        price=line.price,
                        order=order.id,
                    )

    def _logged(self, columns: EventColumns) -> NDArray[np.int64]:
        if not len(columns.at):
            return np.empty(0, np.int64)
        who = np.array([_number(self._shoppers, name) for name in columns.shoppers], np.int64)
        what = np.array([_number(self._products, name) for name in columns.products], np.int64)
        return np.unique((who[columns.shopper] * _PRODUCTS + what[columns.product]) * _DAYS + columns.at // DAY_MS)

    def _key(self, order: Order, product: str) -> int:
        who, what = _number(self._shoppers, order.shopper), _number(self._products, product)
        return (who * _PRODUCTS + what) * _DAYS + order.at // DAY_MS


def _number(numbers: dict[str, int], name: str) -> int:
    return numbers.setdefault(name, len(numbers))
