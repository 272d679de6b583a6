"""The first page: rows that say why they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.query import Where
from daogou.server.pages.words import words_in
from daogou.server.storefront.cards import Row, cards
from daogou.server.storefront.departments import Departments
from daogou.server.storefront.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.ids import ProductId
    from daogou.server.pages.site import Site
    from daogou.server.pages.visitor import Visitor

_WIDE = 6
"""Cards in a row."""
_RECENT_EVENTS = 40
_BECAUSE_ROWS = 2
_MOST_CAMPAIGNS = 3


class HomePage:
    """For you, because you viewed, trending, new, campaigns."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._record = Record(site.shop)
        self._departments = Departments(site.shop)

    def show(self, request: Request) -> Response:
        """Draw the page; a shop without products says what to do next."""
        shop, who = self._site.shop, self._site.visitor(request)
        if not shop.stores.catalogue.count():
            return self._site.render(request, "storefront/empty.html")
        rows = list(self._rows(who))
        self._record.shown(who, rows)
        campaigns = [p for p in shop.stores.promotions.active(shop.clock()) if not p.condition.segment]
        return self._site.render(
            request,
            "storefront/home.html",
            rows=rows,
            campaigns=campaigns[:_MOST_CAMPAIGNS],
            departments=self._departments(),
            trained=bool(shop.release_id),
        )

    def _rows(self, who: Visitor) -> Iterator[Row]:
        t = words_in(who.language)
        used: set[ProductId] = set()
        if row := self._row(who, "home:for-you", t("home.for_you"), kind="for-you", used=used):
            yield row
        yield from self._because(who, used)
        for name, kind in (("home.trending", "trending"), ("home.new", "new")):
            if row := self._row(who, f"home:{kind}", t(name), kind=kind, used=used):
                yield row

    def _because(self, who: Visitor, used: set[ProductId]) -> Iterator[Row]:
        """A row for each of the last products the visitor opened."""
        t, shop = words_in(who.language), self._site.shop
        for viewed in self._viewed(who)[:_BECAUSE_ROWS]:
            product = shop.product(viewed)
            if product is None:
                continue
            title = t("home.because", title=product.title.show(who.language))
            row = self._row(who, f"home:because:{viewed}", title, kind="similar", used=used, product=viewed)
            if row:
                yield row

    def _row(
        self, who: Visitor, name: str, title: str, *, kind: str, used: set[ProductId], product: ProductId | None = None
    ) -> Row | None:
        shop = self._site.shop
        found = shop.recommend(
            shopper=who.shopper,
            session=who.session,
            product=product,
            kind=kind,
            k=_WIDE,
            where=Where(exclude=frozenset(used)),
            language=who.language,
        )
        used.update(hit.product for hit in found.items)
        return Row(name, title, cards(shop, found.items, name)) if found.items else None

    def _viewed(self, who: Visitor) -> list[ProductId]:
        """The products opened last, newest first, each once."""
        log = self._site.shop.stores.events
        mine = log.of(shopper=who.shopper, limit=_RECENT_EVENTS) if who.shopper else []
        mine = mine or log.of(session=who.session, limit=_RECENT_EVENTS)
        opened = (entry.event.product for entry in reversed(mine) if entry.event.type == "view")
        return list(dict.fromkeys(id for id in opened if id))
