"""The basket: what is in it, what it costs now and why, and what would complete it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.ids import VariantId
from daogou.promotions.basket import BasketLine
from daogou.server.pages import carried
from daogou.server.pages.look import picture_of, product_at
from daogou.server.pages.words import words_in
from daogou.server.storefront.cards import Row, cards
from daogou.server.storefront.record import Record

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.product import Product, Variant
    from daogou.promotions.basket import PricedLine
    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

_WIDE = 6
_LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the basket with what a template needs."""

    asked: BasketLine
    product: Product
    variant: Variant | None
    picture: str
    address: str
    priced: PricedLine | None
    """None: the catalogue knows no price."""


class BasketPage:
    """Shows the basket and takes its forms."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._record = Record(site.shop)

    def show(self, request: Request) -> Response:
        """Draw the basket at today's prices; products that have left the catalogue are left out."""
        shop, who = self._site.shop, self._site.visitor(request)
        code = request.cookies.get(carried.CODE, "")
        lines = [line for line in carried.unpack(request.cookies.get(carried.COOKIE, "")) if shop.product(line.product)]
        priced = shop.price_basket(lines, code=code or None)
        rows = self._complete(request, lines) if lines else []
        self._record.shown(who, rows)
        costs = {(line.product, line.variant): line for line in priced.lines}
        return self._site.render(
            request,
            "storefront/basket.html",
            lines=[self._line(line, costs.get((line.product, line.variant))) for line in lines],
            priced=priced,
            code=code,
            rows=rows,
            added=request.query_params.get("added", ""),
        )

    def add(self, request: Request, form: Form) -> Response:
        """Put a product in the basket. Raises NotFound for an unknown one, BadRequest for one that is sold out."""
        product, line = self._read(form, default="1")
        variant = _variant(product, line.variant)
        if not product.available or (variant and variant.stock == 0):
            raise BadRequest(words_in(self._site.visitor(request).language)("card.sold_out"), where="product")
        self._record.cart(self._site.visitor(request), product.id, line.variant, line.quantity)
        return self._keep(request, line, add=True, to=f"/basket?added={line.quantity}")

    def set(self, request: Request, form: Form) -> Response:
        """Change a quantity; none removes the line."""
        product, line = self._read(form, default="0")
        if line.quantity == 0:
            self._record.act(self._site.visitor(request), "remove_from_cart", product.id, variant=line.variant)
        return self._keep(request, line, add=False, to="/basket")

    def code(self, request: Request, form: Form) -> Response:
        """Keep the coupon code that was entered; an empty one forgets it."""
        response = self._site.go(request, "/basket")
        self._site.keep(response, carried.CODE, _plain(form.get("code", ""))[:_LONGEST_CODE])
        return response

    def _read(self, form: Form, *, default: str) -> tuple[Product, BasketLine]:
        product = self._site.shop.product(form.get("product", ""))
        if product is None or product.hidden:
            raise NotFound(f"no product {form.get('product', '')!r}", where="product")
        typed = form.get("quantity") or default
        if not (typed.isascii() and typed.isdecimal() and int(typed[:4]) <= carried.MOST_OF_ONE):
            raise BadRequest(f"a quantity is a number up to {carried.MOST_OF_ONE}, not {typed!r}", where="quantity")
        variant = VariantId(form["variant"]) if form.get("variant") else None
        if variant and _variant(product, variant) is None:
            raise NotFound(f"{product.id!r} has no variant {variant!r}", where="variant")
        return product, BasketLine(product.id, int(typed), variant)

    def _keep(self, request: Request, line: BasketLine, *, add: bool, to: str) -> Response:
        before = carried.unpack(request.cookies.get(carried.COOKIE, ""))
        response = self._site.go(request, to)
        self._site.keep(response, carried.COOKIE, carried.pack(carried.put(before, line, add=add)))
        return response

    def _line(self, line: BasketLine, priced: PricedLine | None) -> Line:
        product = self._site.shop.product(line.product)
        assert product is not None  # show() kept only lines whose product is known
        return Line(line, product, _variant(product, line.variant), picture_of(product), product_at(product.id), priced)

    def _complete(self, request: Request, lines: list[BasketLine]) -> list[Row]:
        shop, who = self._site.shop, self._site.visitor(request)
        basket = [line.product for line in lines]
        found = shop.recommend(
            shopper=who.shopper, session=who.session, basket=basket, kind="together", k=_WIDE, language=who.language
        )
        fresh = [hit for hit in found.items if hit.product not in basket]
        title = words_in(who.language)("basket.complete")
        return [Row("basket:together", title, cards(shop, fresh, "basket:together"))] if fresh else []


def _variant(product: Product, id: VariantId | None) -> Variant | None:
    return next((variant for variant in product.variants if variant.id == id), None) if id else None


def _plain(code: str) -> str:
    """A code as a cookie can hold it: ASCII letters, digits, dash and underscore."""
    return "".join(letter for letter in code.strip() if letter.isascii() and (letter.isalnum() or letter in "-_"))
