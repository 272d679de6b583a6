"""The shopper's own page: who the shop thinks they are, what they did and bought, and why they see what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from daogou.domain.errors import Forbidden
from daogou.domain.ids import Instant, ShopperId
from daogou.language.label_names import LabelNames
from daogou.server.pages.visitor import SHOPPER
from daogou.server.storefront.cards import cards
from daogou.server.tokens import Identity

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.event import Recorded
    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site
    from daogou.server.pages.visitor import Visitor

_EVENTS, _ORDERS, _WIDE = 30, 10, 6
_SIGNED_IN_S = 7 * 86400


class ProfilePage:
    """Shows the profile; in a demonstration also signs visitors in as one of its shoppers."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> Response:
        """Draw the page, for a shopper or for an anonymous session."""
        shop, who = self._site.shop, self._site.visitor(request)
        entries = self._history(who)
        orders = shop.stores.orders.of(who.shopper, limit=_ORDERS) if who.shopper else []
        named = {entry.event.product for entry in entries} | {line.product for order in orders for line in order.lines}
        hits = shop.recommend(shopper=who.shopper, session=who.session, kind="for-you", k=_WIDE, language=who.language)
        shopper = shop.stores.shoppers.get(who.shopper) if who.shopper else None
        called = LabelNames(shop.settings.labels, shop.engine.shelf.kind_named)
        labels = shopper.labels.items() if shopper else ()
        return self._site.render(
            request,
            "storefront/profile.html",
            shopper=shopper,
            labels=[(called.name(name), called.value(name, value)) for name, value in labels],
            entries=entries,
            orders=orders,
            products=shop.stores.catalogue.get([id for id in named if id]),
            cards=cards(shop, hits.items, "profile:for-you"),
            demo=self._demo(),
        )

    def sign_in(self, request: Request, form: Form) -> Response:
        """Act as a demonstration shopper. Raises Forbidden for anyone the shop's settings do not offer."""
        shopper = form.get("shopper", "")
        if shopper not in self._site.shop.settings.shop.demo_shoppers:
            raise Forbidden("only the demonstration's own shoppers can be chosen here", where="shopper")
        expires = Instant(self._site.shop.clock() + _SIGNED_IN_S * 1000)
        token = self._site.tokens.sign(Identity(ShopperId(shopper), self._site.visitor(request).session, expires))
        response = self._site.go(request, "/me")
        self._site.keep(response, SHOPPER, token, seconds=_SIGNED_IN_S)
        return response

    def sign_out(self, request: Request, form: Form) -> Response:
        """Be nobody in particular again: the session ends too, so that its history is not the next one's."""
        response = RedirectResponse("/me", status_code=303)
        for name in request.cookies:
            if name.startswith("daogou_") and name != "daogou_language":
                response.delete_cookie(name, path="/")
        return response

    def _history(self, who: Visitor) -> list[Recorded]:
        log = self._site.shop.stores.events
        told = {"view", "cart", "remove_from_cart", "purchase", "search", "rating", "thumb", "return"}
        mine = log.of(shopper=who.shopper, limit=300) if who.shopper else log.of(session=who.session, limit=300)
        return [entry for entry in reversed(mine) if entry.event.type in told][:_EVENTS]

    def _demo(self) -> list[tuple[str, str]]:
        """The shoppers of a demonstration with their names."""
        shop = self._site.shop
        ids = [ShopperId(id) for id in shop.settings.shop.demo_shoppers]
        known = {id: shop.stores.shoppers.get(id) for id in ids}
        return [(id, (shopper.name if shopper else "") or id) for id, shopper in known.items()]
