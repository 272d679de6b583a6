"""The rules that need to know more than the record itself: the catalogue, and what time it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, VariantId
from daogou.domain.order import Order, OrderLine
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.ingest.formats.base import Fix
from daogou.ingest.formats.values import plain_text
from daogou.ingest.known import Known, Named
from daogou.ingest.records.fields import FieldError, uninstant
from daogou.ingest.records.query import Query
from daogou.ingest.rules import TOLERANCE_MS

P = TypeVar("P", Product, Variant)
Fixes = tuple[Fix, ...]
Create = Callable[[ProductId], None]
"""Puts a missing product into the catalogue."""


class UnknownProduct(FieldError):
    """The record names a product that is not (yet) in the catalogue."""

    def __init__(self, field: str, product: str) -> None:
        super().__init__(field, f"no product {product!r} in the catalogue", rule="unknown-product")


def latest(now: Instant) -> Instant:
    """The latest moment a fact may be of: clocks and time zones differ by up to a day."""
    return Instant(now + TOLERANCE_MS)


def demand_past(at: Instant, latest: Instant, where: str = "") -> None:
    """Raise FieldError for a fact of the future. Counters fade by the newest moment they have seen, so that one view of
    the year 2099 would make nothing of whatever happened until then."""
    if at > latest:
        raise FieldError("at", f"lies more than a day in the future: {uninstant(at)}", rule="future", where=where)


class Checks:
    """`check(kind, value)` returns the value, repaired where a rule says so, or raises FieldError."""

    def __init__(self, known: Known, now: Instant, create: Create | None) -> None:
        self._known = known
        self.latest = latest(now)
        self.create = create
        """None: unknown products are refused."""
        self.drop_lines = False
        """Leave out lines of unknown products, where an order has others: whatever comes has come."""
        self._by_kind: dict[str, Callable[[Any], tuple[Any, Fixes]]] = {
            "product": self._product,
            "event": self._event,
            "review": self._review,
            "order": self._order,
            "price": self._price,
            "query": self._query,
        }

    def check(self, kind: str, value: Any) -> tuple[Any, Fixes]:
        """Apply the rules of the kind."""
        rule = self._by_kind.get(kind)
        return rule(value) if rule else (value, ())

    def _date(self, at: Instant) -> None:
        demand_past(at, self.latest)

    def _resolve(self, field: str, product: ProductId) -> tuple[ProductId, Named] | None:
        """None where the product is known; the product to put in its place where it was named by something else."""
        if product in self._known.products:
            return None
        found = self._known.product_of(product)
        if found is not None:
            return found
        if self.create is None:
            raise UnknownProduct(field, product)
        self.create(product)
        return None

    def _product(self, product: Product) -> tuple[Product, Fixes]:
        fixes: list[Fix] = []
        if product.variants:
            variants = tuple(_sane(variant, fixes, f"variants.{variant.id}.") for variant in product.variants)
            product = replace(product, variants=variants) if fixes else product
        product = _worded(_sane(product, fixes, ""), fixes)
        self._known.add(product)
        return product, tuple(fixes)

    def _event(self, event: Event) -> tuple[Event, Fixes]:
        if event.at > self.latest:
            self._date(event.at)
        product = event.product
        if product is None or product in self._known.products:
            return event, ()
        found = self._resolve("product", product)
        if found is None:
            return event, ()
        owner, how = found
        variant = event.variant or (VariantId(product) if how == "variant" else None)
        return replace(event, product=owner, variant=variant), _named(product, owner, how)

    def _review(self, review: Review) -> tuple[Review, Fixes]:
        self._date(review.at)
        found = self._resolve("product", review.product)
        return (review, ()) if found is None else (replace(review, product=found[0]), _named(review.product, *found))

    def _price(self, point: PricePoint) -> tuple[PricePoint, Fixes]:
        self._date(point.at)
        if point.product not in self._known.products:
            raise UnknownProduct("product", point.product)
        return point, ()

    def _query(self, query: Query) -> tuple[Query, Fixes]:
        fixes = []
        if query.at is None:
            fixes.append(Fix("at", "dated with the moment of the import", "undated"))
        else:
            self._date(query.at)
        if query.shopper is None and query.session is None:
            fixes.append(Fix("session", "put in a session of its own", "anonymous"))
        return query, tuple(fixes)

    def _order(self, order: Order) -> tuple[Order, Fixes]:
        self._date(order.at)
        known = self._known.products
        if all(line.product in known for line in order.lines):
            return order, ()
        fixes: list[Fix] = []
        lines = tuple(filter(None, (self._line(line, fixes) for line in order.lines)))
        if not lines:
            raise UnknownProduct("lines.product", order.lines[0].product)
        return (replace(order, lines=lines), tuple(fixes)) if fixes else (order, ())

    def _line(self, line: OrderLine, fixes: list[Fix]) -> OrderLine | None:
        """The line under its product; None where no such product is known and `drop_lines` says that none will come."""
        try:
            found = self._resolve("lines.product", line.product)
        except UnknownProduct as error:
            if not self.drop_lines:
                raise
            fixes.append(Fix("lines.product", f"left out a line: {error.reason}", "unknown-line"))
            return None
        if found is None:
            return line
        owner, how = found
        fixes.extend(_named(line.product, owner, how))
        variant = line.variant or (VariantId(line.product) if how == "variant" else None)
        return replace(line, product=owner, variant=variant)


_HOW = {"variant": "a variant", "code": "the code", "title": "the title"}


def _named(said: str, owner: ProductId, how: Named) -> Fixes:
    return (Fix("product", f"{said!r} is {_HOW[how]} of {owner!r}", "variant-named"),)


def _sane(thing: P, fixes: list[Fix], where: str) -> P:
    """Drop a price before reduction that is no reduction; stock below zero is none."""
    price, listed = thing.price, thing.list_price
    if price and listed and price.currency == listed.currency and listed < price:
        fixes.append(Fix(f"{where}list_price", f"dropped {listed}: below the price {price}", "list-price"))
        thing = replace(thing, list_price=None)
    if thing.stock is not None and thing.stock < 0:
        fixes.append(Fix(f"{where}stock", f"{thing.stock} became 0", "negative-stock"))
        thing = replace(thing, stock=0)
    return thing


def _worded(product: Product, fixes: list[Fix]) -> Product:
    """Words in place of HTML: a page shows what a feed says, letter by letter."""
    said = {"title": product.title, "description": product.description}
    marked = [name for name, text in said.items() if _MARKUP.search(text.zh) or _MARKUP.search(text.en)]
    if not marked:
        return product
    fixes.extend(Fix(name, "HTML was turned into words", "converted") for name in marked)
    said |= {name: Text(plain_text(said[name].zh), plain_text(said[name].en)) for name in marked}
    return replace(product, title=said["title"], description=said["description"])


_MARKUP = re.compile(
    r"</?(?:p|br|div|span|b|i|u|a|em|strong|small|font|ul|ol|li|h[1-6]|img|table|tbody|tr|td|th)\b[^<>]*>"
    r"|&(?:amp|nbsp|lt|gt|quot|#\d{2,5});",
    re.IGNORECASE,
)
