"""Search and recommendations as a shopper would get them, side by side, with every reason and its share."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from daogou.domain.errors import BadRequest
from daogou.domain.ids import ProductId, ShopperId
from daogou.domain.kinds import Kind
from daogou.server.console.page import shown
from daogou.server.storefront.cards import cards

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.site import Site

_K = 10
KINDS: tuple[str, ...] = get_args(Kind)


class Preview:
    """Answers of the engine as they are; looking leaves no event behind."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> Response:
        """Ask the engine what the form says."""
        shop, who = self._site.shop, self._site.visitor(request)
        asked = {name: request.query_params.get(name, "").strip() for name in ("q", "shopper", "product", "kind")}
        people = asked["shopper"].replace("，", ",").replace(",", " ").split()
        shopper = ShopperId(people[0]) if len(people) == 1 else None
        product = shop.product(ProductId(asked["product"])) if asked["product"] else None
        kind = asked["kind"] if asked["kind"] in KINDS else None
        found = shop.search(asked["q"], k=_K, shopper=shopper, language=who.language) if asked["q"] else None
        recommended, refused = None, ""
        try:
            recommended = shop.recommend(
                shopper=shopper if kind != "group" else None,
                product=product.id if product else None,
                group=people if kind == "group" or len(people) > 1 else [],
                kind=kind,
                k=_K,
                language=who.language,
            )
        except BadRequest as error:
            refused = error.message
        return shown(
            self._site,
            request,
            "preview",
            asked=asked,
            kinds=KINDS,
            found=found,
            weights=shop.weights_said,
            found_cards=cards(shop, found.items, "preview") if found is not None else (),
            recommended=recommended,
            refused=refused,
            recommended_cards=cards(shop, recommended.items, "preview") if recommended is not None else (),
            missing=bool(asked["product"]) and product is None,
        )
