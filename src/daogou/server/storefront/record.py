"""What a page tells the log: shown, clicked, viewed, searched, put in the basket."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from daogou.domain.errors import Overloaded, StorageFull
from daogou.domain.event import Event, EventType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daogou.domain.ids import ProductId, VariantId
    from daogou.server.pages.visitor import Visitor
    from daogou.server.storefront.cards import Row
    from daogou.shop.shop import Shop

_log = logging.getLogger(__name__)


class Record:
    """Writes a visitor's acts to the shop's log.

    An act (view, click, cart) is on disk when the method returns, so the next page knows it. What was merely shown is
    queued. A full disk or queue costs the event, which is logged, never the page.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def act(self, who: Visitor, type: EventType, product: ProductId | None = None, **fields: object) -> None:
        """Record one act."""
        self._write([self._event(who, type, product, **fields)])

    def view(
        self,
        who: Visitor,
        product: ProductId,
        *,
        shown_in: str = "",
        position: int | None = None,
        query: str | None = None,
    ) -> None:
        """A product's page was opened; with the list it was clicked in, if any, and the words that brought the list."""
        events = [self._event(who, "view", product)]
        if shown_in:
            events.insert(0, self._event(who, "click", product, list=shown_in, position=position, query=query))
        self._write(events)

    def cart(self, who: Visitor, product: ProductId, variant: VariantId | None, quantity: int) -> None:
        """A product was put in the basket."""
        self.act(who, "cart", product, variant=variant, quantity=quantity)

    def shown(self, who: Visitor, rows: Iterable[Row], *, query: str | None = None) -> None:
        """Rows were put before the visitor."""
        events = [
            self._event(
                who,
                "impression",
                card.product.id,
                list=row.name,
                position=card.position,
                query=query,
                propensity=card.hit.propensity,
            )
            for row in rows
            for card in row.cards
        ]
        if events:
            try:
                self._shop.record_async(events)
            except (Overloaded, StorageFull) as error:
                _log.warning("%d impressions were not recorded: %s", len(events), error.message)

    def _event(self, who: Visitor, type: EventType, product: ProductId | None, **fields: object) -> Event:
        about = {"session": who.session, "shopper": who.shopper, "product": product}
        return Event(type, self._shop.clock(), **about, **fields)  # type: ignore[arg-type]

    def _write(self, events: list[Event]) -> None:
        try:
            self._shop.record(events)
        except (Overloaded, StorageFull) as error:
            _log.warning("%d events were not recorded: %s", len(events), error.message)
