"""A product's page: what it is, what it costs and has cost, what people say, and what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.text import Text
from daogou.promotions.matching import open_to, speaks_of
from daogou.server.pages.charts import histogram, price_chart
from daogou.server.pages.look import picture_of, product_at
from daogou.server.pages.words import words_in
from daogou.server.storefront.cards import Row, cards
from daogou.server.storefront.json_ld import json_ld
from daogou.server.storefront.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.hit import Hit
    from daogou.domain.ids import ProductId
    from daogou.domain.product import Product
    from daogou.domain.promotion import Promotion
    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site
    from daogou.server.pages.visitor import Visitor

_WIDE = 6
_FEW = 3
"""Products bought with it below which what goes with it is shown besides."""
_REVIEWS = 10
_ASPECTS = 8
_GUIDES = 3
_LONGEST_QUERY = 500
_LONGEST_LIST_NAME = 80


class ProductPage:
    """Shows a product, and takes thumbs for it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._record = Record(site.shop)

    def show(self, request: Request) -> Response:
        """Draw the page. Raises NotFound for an unknown or hidden product."""
        shop, who = self._site.shop, self._site.visitor(request)
        product = shop.product(request.path_params["id"])
        if product is None or product.hidden:
            raise NotFound(f"no product {request.path_params['id']!r}", where="product")
        shown_in, position = _came_from(request.query_params.get("from", ""))
        words = request.query_params.get("q", "").strip()[:_LONGEST_QUERY] or None
        self._record.view(who, product.id, shown_in=shown_in, position=position, query=words)
        rating = shop.ratings([product.id]).get(product.id)
        rows = self._rows(who, product)
        self._record.shown(who, rows)
        picture = picture_of(product)
        summary = shop.review_summary(product.id)
        base = str(request.base_url).rstrip("/")
        brand_key = Text.of(product.brand or "").key
        return self._site.render(
            request,
            "storefront/product.html",
            product=product,
            picture=picture,
            rating=rating,
            bars=histogram(rating) if rating else [],
            chart=price_chart(shop.prices(product.id), shop.clock()),
            reviews=shop.reviews(product.id, limit=_REVIEWS),
            guides=[article for article, found in shop.articles_for(product=product.id, k=_GUIDES) if found.score],
            summary=summary,
            aspects=summary.aspects[:_ASPECTS],
            often=[each for each in shop.questions.of(product) if each.replies],
            rows=rows,
            brand_key=brand_key,
            maker=shop.engine.shelf.label("brand", brand_key).show(who.language) if product.brand else "",
            promotions=self._promotions(product),
            variants=[v for v in product.variants if v.title or v.attributes],
            thanked=request.query_params.get("thumb", ""),
            data=Markup(  # noqa: S704 - json_ld escapes every character that could end the element
                json_ld(
                    product,
                    rating,
                    language=who.language,
                    address=base + product_at(product.id),
                    picture=picture if picture.startswith("https://") else picture and base + picture,
                )
            ),
        )

    def thumb(self, request: Request, form: Form) -> Response:
        """Record a thumb up or down. Raises NotFound, or BadRequest for a value that is neither 1 nor -1."""
        product = self._site.shop.product(form.get("product", ""))
        if product is None:
            raise NotFound("no such product", where="product")
        value = form.get("value")
        if value not in {"1", "-1"}:
            raise BadRequest(f"a thumb is 1 or -1, not {value!r}", where="value")
        self._record.act(self._site.visitor(request), "thumb", product.id, value=float(value))
        return self._site.go(request, f"{product_at(product.id)}?thumb={'up' if value == '1' else 'down'}#thumbs")

    def _rows(self, who: Visitor, product: Product) -> list[Row]:
        """What was bought with it; where that is little, what goes with it too; and what could be bought instead."""
        beside, alike = (self._asked(who, product, kind) for kind in ("together", "similar"))
        bought = [hit for hit in beside if _is_bought_with(hit)][:_WIDE]
        goes = [hit for hit in beside if self._goes_with(hit, product)] if len(bought) < _FEW else []
        shop, t = self._site.shop, words_in(who.language)
        rows: list[Row] = []
        used: set[ProductId] = set()
        for name, hits in (("together", bought), ("goes_with", goes), ("similar", alike)):
            fresh = [hit for hit in hits if hit.product not in used][:_WIDE]
            used.update(hit.product for hit in fresh)
            if fresh:
                named = f"product:{name.replace('_', '-')}"
                rows.append(Row(named, t(f"product.{name}"), cards(shop, fresh, named)))
        return rows

    def _asked(self, who: Visitor, product: Product, kind: str) -> Sequence[Hit]:
        found = self._site.shop.recommend(
            shopper=who.shopper,
            session=who.session,
            product=product.id,
            kind=kind,
            k=2 * _WIDE,
            language=who.language,
        )
        return found.items

    def _goes_with(self, hit: Hit, product: Product) -> bool:
        """Whether it is of another category and shoppers take it besides; what is alike has a row of its own."""
        other = self._site.shop.product(hit.product)
        if other is None or not hit.because or hit.because[0].kind != "history":
            return False
        return bool(other.category and product.category) and other.category[-1].key != product.category[-1].key

    def _promotions(self, product: Product) -> list[Promotion]:
        """Offers for this product that need no code and no segment."""
        at = self._site.shop.clock()
        active = self._site.shop.stores.promotions.active(at)
        return [p for p in active if open_to(p, at, segment=None, code=None) and speaks_of(p.condition, product)]


def _is_bought_with(hit: Hit) -> bool:
    """Whether shoppers did buy it with the product; what fills such a list up belongs under other headings."""
    return any(reason.kind == "together" for reason in hit.because)


def _came_from(mark: str) -> tuple[str, int | None]:
    """Read `list.position` as `product_at` wrote it; anything else is no list."""
    name, _, position = mark.rpartition(".")
    if not name or len(name) > _LONGEST_LIST_NAME or not (position.isascii() and position.isdecimal()):
        return "", None
    return name, int(position[:6])
