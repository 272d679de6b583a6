"""Writes batches of checked records to the stores and counts what was new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from daogou.domain.event import PlainEvent, plain
from daogou.domain.ids import Instant
from daogou.ingest.records.order import ShipmentOf
from daogou.ingest.report import Count
from daogou.ports.stores import Stores


@dataclass(slots=True)
class _Batch:
    """Records of one kind and file that wait to be written."""

    kind: str
    count: Count
    clean: list[Any] = field(default_factory=list)
    repaired: list[Any] = field(default_factory=list)


class Writer:
    """Collects records by file and kind; `flush` writes them, products first."""

    def __init__(self, stores: Stores, now: Instant, size: int) -> None:
        self._stores = stores
        self._now = now
        self._size = size
        self._batches: dict[int, _Batch] = {}
        self._put: dict[str, Callable[[Sequence[Any]], int]] = {
            "product": lambda products: stores.catalogue.put(products, at=now),
            "shopper": stores.shoppers.put,
            "promotion": stores.promotions.put,
            "article": stores.articles.put,
            "policy": stores.articles.put,
            "price": stores.catalogue.put_prices,
            "order": stores.orders.put,
            "review": stores.reviews.put,
            "shipment": self._ship,
            "event": lambda events: stores.plain_events.append_plain(events).new,
            "query": lambda queries: stores.events.append([query.event(now) for query in queries]).new,
        }

    def add(self, kind: str, value: Any, *, count: Count, repaired: bool) -> None:
        """Take a record; write its batch when that is full."""
        batch = self._batches.get(id(count))
        if batch is None:
            batch = self._batches[id(count)] = _Batch(kind, count)
        waiting = batch.repaired if repaired else batch.clean
        waiting.append(plain(value) if kind == "event" else value)
        if len(waiting) >= self._size:
            self._write(batch)

    def add_plain(self, events: Sequence[PlainEvent], *, count: Count) -> None:
        """Take clean events, many at once."""
        batch = self._batches.setdefault(id(count), _Batch("event", count))
        batch.clean.extend(events)
        if len(batch.clean) >= self._size:
            self._write(batch)

    def flush(self) -> None:
        """Write everything that waits."""
        for batch in sorted(self._batches.values(), key=lambda batch: batch.kind != "product"):
            self._write(batch)
        self._batches.clear()

    def _write(self, batch: _Batch) -> None:
        put, count = self._put[batch.kind], batch.count
        if batch.clean:
            new = put(batch.clean)
            count.accepted += new
            count.unchanged += len(batch.clean) - new
            batch.clean = []
        if batch.repaired:
            new = put(batch.repaired)
            count.repaired += new
            count.unchanged += len(batch.repaired) - new
            batch.repaired = []

    def _ship(self, shipments: Sequence[ShipmentOf]) -> int:
        return sum(self._attach(each) for each in shipments)

    def _attach(self, each: ShipmentOf) -> int:
        order = self._stores.orders.get(each.order)
        if order is None:
            raise LookupError(f"order {each.order!r} went away while its shipment was imported")
        others = tuple(shipment for shipment in order.shipments if shipment.id != each.shipment.id)
        return self._stores.orders.put([replace(order, shipments=(*others, each.shipment))])
