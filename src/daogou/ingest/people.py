"""Who is who within one import: orders know shoppers by e-mail, events by the store's id or by nothing but a visit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from daogou.domain.ids import OrderId
from daogou.ingest.formats.base import Fix
from daogou.ports.stores import Stores

_MOST = 200_000
"""Different shoppers that are looked at; where there are more nothing is said of what they have in common."""


class People:
    """Gives a shopper one name, and notices files that know shoppers by names of different sorts."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._aliases: dict[str, str] = {}
        self._renamed = 0
        self._met: dict[str, dict[str, Path]] = {"order": {}, "event": {}}
        """Kind → shopper → the first file that named them."""
        self._nameless: dict[Path, None] = {}
        """Files of events that name nobody, though orders do."""

    def alias(self, other: str, shopper: str) -> None:
        """Take in another name of a shopper, for the rest of this import."""
        self._aliases[other] = shopper

    def named(self, kind: str, record: dict[str, Any]) -> tuple[dict[str, Any], list[Fix]]:
        """The record under the shopper's one name; an event of an order on record is the shopper's who ordered."""
        who = record.get("shopper")
        if self._aliases and who is not None and (shopper := self._aliases.get(str(who))) is not None:
            self._renamed += 1
            return {**record, "shopper": shopper}, []
        if kind == "event" and not who and record.get("order"):
            said = str(record["order"])
            order = self._stores.orders.get(OrderId(said)) or self._stores.orders.get(OrderId(f"#{said}"))
            if order is not None:
                fix = Fix("shopper", f"is who ordered {order.id!r}", "order-shopper")
                return {**record, "shopper": order.shopper}, [fix]
        return record, []

    def meet(self, kind: str, value: Any, file: Path) -> None:
        """Look at a record that is stored."""
        met = self._met.get(kind)
        if met is not None and len(met) <= _MOST:
            if value.shopper is not None:
                met.setdefault(value.shopper, file)
            elif kind == "event":
                self._nameless[file] = None

    def notes(self) -> list[str]:
        """What was joined, and what could not be."""
        said = []
        if self._renamed:
            said.append(f"{self._renamed:,} records were joined to customers by e-mail")
        orders, events = self._met["order"], self._met["event"]
        if orders and events and max(len(orders), len(events)) <= _MOST and orders.keys().isdisjoint(events):
            (buyer, ordered), (visitor, visited) = next(iter(orders.items())), next(iter(events.items()))
            said.append(
                f"{ordered.name} and {visited.name} have no shopper in common: orders know them as {buyer!r}, events as"
                f" {visitor!r}, and they count as different people. Send the same id with both; where orders have an"
                " e-mail and events the store's customer id, import the export of customers, which has both, together"
                " with the orders"
            )
        elif orders and not events and self._nameless:
            said.append(
                f"{', '.join(file.name for file in self._nameless)}: no event names a shopper, so that none is joined"
                " to the orders of this import: send the store's customer id with each event"
                " (GA4: user_id; Segment: userId)"
            )
        return said
