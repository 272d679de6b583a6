"""Products, their price history and the order of their changes, in dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from daogou.domain.ids import Instant, ProductId
from daogou.domain.product import PricePoint, Product


class MemoryCatalogue:
    """`ports.stores.Catalogue`."""

    def __init__(self) -> None:
        self._products: dict[ProductId, Product] = {}
        self._change: dict[ProductId, int] = {}
        self._newest = 0
        self._points: dict[ProductId, dict[Instant, PricePoint]] = {}
        self._lock = threading.RLock()

    def put(self, products: Iterable[Product], *, at: Instant) -> int:
        products = list(products)
        with self._lock:
            return sum(self._put(product, at) for product in products)

    def change(self, id: ProductId, to: Callable[[Product], Product], *, at: Instant) -> int | None:
        with self._lock:
            before = self._products.get(id)
            return None if before is None else int(self._put(to(before), at))

    def _put(self, product: Product, at: Instant) -> bool:
        before = self._products.get(product.id)
        if product == before:
            return False
        self._products[product.id] = product
        self._newest += 1
        self._change[product.id] = self._newest
        if product.price and (
            before is None or (before.price, before.list_price) != (product.price, product.list_price)
        ):
            self._point(PricePoint(product.id, at, product.price, product.list_price))
        return True

    def get(self, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        return {id: self._products[id] for id in ids if id in self._products}

    def scan(self) -> Iterator[Product]:
        with self._lock:
            return iter(list(self._products.values()))

    def changes(self, after: int) -> tuple[int, list[ProductId]]:
        with self._lock:
            changed = sorted((change, id) for id, change in self._change.items() if change > after)
            return self._newest, [id for _, id in changed]

    def put_prices(self, points: Iterable[PricePoint]) -> int:
        points = list(points)
        with self._lock:
            return sum(self._point(point) for point in points)

    def _point(self, point: PricePoint) -> bool:
        history = self._points.setdefault(point.product, {})
        changed = history.get(point.at) != point
        history[point.at] = point
        return changed

    def prices(self, product: ProductId) -> list[PricePoint]:
        with self._lock:
            return [point for _, point in sorted(self._points.get(product, {}).items())]

    def count(self) -> int:
        return len(self._products)
