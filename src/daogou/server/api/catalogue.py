"""Products sent in: what is new, what costs something else now, what is gone. The next answers show it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import msgspec
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.ids import ProductId
from daogou.ingest.records import KINDS, FieldError, encode_product, near_misses
from daogou.server import wire
from daogou.server.api.parameters import Id
from daogou.server.auth import Services
from daogou.server.document import answers, merged, ref, takes
from daogou.server.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from daogou.domain.product import Product
    from daogou.shop.shop import Shop

MOST_PRODUCTS = 1_000
"""Products in one request."""


class ProductIn(msgspec.Struct, frozen=True):
    """A product; `docs/reference/records.md` has every field and what may stand in it."""

    id: str | int
    title: str | dict[str, str]
    """In one language, or {"zh": …, "en": …}."""
    price: str | int | float | None = None
    """An amount in the shop's currency, unless `currency` names another."""
    stock: int | None = None
    """Left out: not tracked."""


class ProductChange(msgspec.Struct, frozen=True):
    """Fields of a product that change, these or any other; null empties one."""

    price: str | int | float | None = None
    stock: int | None = None


class Changed(msgspec.Struct, frozen=True):
    """What became of the products; they are on disk."""

    changed: int
    """How many are new or say something else than before."""


_EXAMPLE = {"id": "p1", "title": {"zh": "透气跑步鞋", "en": "Breathable running shoes"}, "price": "399.00", "stock": 12}


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["products"])
    currency = shop.settings.shop.currency
    some = {"oneOf": [ref(ProductIn), {"type": "array", "items": ref(ProductIn), "maxItems": MOST_PRODUCTS}]}

    def put(products: list[Product]) -> Response:
        return wire.answer(Changed(shop.stores.catalogue.put(products, at=shop.clock())))

    def change(id: str, to: Callable[[Product], Product]) -> Response:
        changed = shop.stores.catalogue.change(ProductId(id), to, at=shop.clock())
        if changed is None:
            raise NotFound(f"no product {id!r}", where="path.id")
        return wire.answer(Changed(changed))

    @routes.put("/v1/products", **merged(answers(ref(Changed), 413, 507), takes(some, [_EXAMPLE])))
    async def put_products(caller: Services, request: Request) -> Response:
        """Put one product or several, all or none, each as a whole: what a product leaves out, it does not have.

        They are on disk when this is answered; searches and suggestions find them within a second.
        """
        given = await wire.read(request, list[dict[str, Any]] | dict[str, Any])  # type: ignore[arg-type]
        one = isinstance(given, dict)
        objects = cast("list[dict[str, Any]]", [given] if one else given)
        if len(objects) > MOST_PRODUCTS:
            raise TooLarge(f"{len(objects)} products in one request; at most {MOST_PRODUCTS}", where="body")
        products = [_product(each, "" if one else f"[{i}]", currency) for i, each in enumerate(objects)]
        return await run_in_threadpool(put, products)

    @routes.patch(
        "/v1/products/{id:path}",
        **merged(answers(ref(Changed), 404, 507), takes(ref(ProductChange), {"price": "349.00", "stock": 3})),
    )
    async def change_product(caller: Services, id: Id, request: Request) -> Response:
        """Change some fields of a product, such as its price or stock; null empties one. The others stay."""
        given = await wire.read(request, dict[str, Any])
        if str(given.setdefault("id", id)) != id:
            raise BadRequest(f"the path names {id!r}, the body {given['id']!r}", where="id")
        return await run_in_threadpool(
            change, id, lambda before: _product(encode_product(before) | given, "", currency)
        )

    @routes.delete("/v1/products/{id:path}", **answers(ref(Changed), 404, 507))
    async def hide_product(caller: Services, id: Id) -> Response:
        """Take a product out of every list. What shoppers did with it stays on record; putting it brings it back."""
        return await run_in_threadpool(change, id, lambda before: replace(before, hidden=True))

    return routes


def _product(record: dict[str, Any], where: str, currency: str) -> Product:
    kind = KINDS["product"]
    for said in near_misses(record.keys() - kind.keys, kind.keys):
        raise BadRequest(said, where=where)
    try:
        return cast("Product", kind.decode(record, where, currency=currency))
    except FieldError as error:
        raise FieldError(error.field, error.reason, rule=error.rule, where=where) from error
