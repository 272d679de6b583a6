"""Parameters that several routes share: the filter, paging, and whose answer it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.requests import Request

from daogou.domain.errors import BadRequest
from daogou.domain.money import Money
from daogou.domain.query import Where
from daogou.domain.text import Text

LONGEST_ID = 256
"""Characters; the same as for ids in imports."""

Id = Annotated[str, Path(min_length=1, max_length=LONGEST_ID)]
IdParam = Annotated[str | None, Query(min_length=1, max_length=LONGEST_ID)]
ShopperParam = Annotated[str | None, Query(max_length=LONGEST_ID, description="Whose answer it is; a token knows.")]
SessionParam = Annotated[str | None, Query(max_length=LONGEST_ID, description="The visit of a shopper nobody knows.")]
Words = Annotated[str, Query(max_length=500)]
K = Annotated[int, Query(ge=1, le=100, description="How many products.")]
Offset = Annotated[int, Query(ge=0, le=10_000, description="How many to leave out at the start.")]
Cards = Annotated[bool, Query(description="Add title, price and picture of each product.")]
Keys = Annotated[list[Annotated[str, Query(max_length=LONGEST_ID)]], Query(max_length=50)]
Price = Annotated[Decimal | None, Query(ge=0, le=10**12, description="In the shop's currency.")]


async def read_filter(  # noqa: PLR0917 (FastAPI passes them by name)
    request: Request,
    category: Annotated[str | None, Query(max_length=LONGEST_ID, description="Any step of the path.")] = None,
    brand: Keys = [],  # noqa: B006 (FastAPI copies it)
    price_min: Price = None,
    price_max: Price = None,
    attr: Annotated[Keys, Query(description="`name:value`, such as `color:red`; may be repeated.")] = [],  # noqa: B006
    rating_min: Annotated[float | None, Query(ge=0, le=5)] = None,
    on_sale: bool = False,
    sold_out: Annotated[bool, Query(description="Also what is sold out; its card says so.")] = False,
) -> Where:
    """Read the filter of a request; prices are in the shop's currency. Raises BadRequest."""
    currency: str = request.app.state.shop.settings.shop.currency
    return Where(
        category=_key(category) if category else None,
        brands=frozenset(map(_key, brand)),
        price_min=_money(price_min, currency, "query.price_min"),
        price_max=_money(price_max, currency, "query.price_max"),
        attributes=_attributes(attr),
        rating_min=rating_min,
        on_sale=on_sale,
        sold_out=sold_out,
    )


Filter = Annotated[Where, Depends(read_filter)]


def pair(text: str, where: str, example: str) -> tuple[str, str]:
    """Take `name:value` apart. Raises BadRequest."""
    name, colon, value = text.partition(":")
    if not (name and colon and value):
        raise BadRequest(f"{text!r} is not name:value, such as {example}", where=where)
    return name, value


def _key(text: str) -> str:
    return Text.of(text).key


def _money(amount: Decimal | None, currency: str, where: str) -> Money | None:
    if amount is None:
        return None
    try:
        return Money.of(amount, currency)
    except ValueError as error:
        raise BadRequest(str(error), where=where) from None


def _attributes(pairs: list[str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for text in pairs:
        name, value = pair(text, "query.attr", "color:red")
        name = name.casefold()
        found[name] = found.get(name, frozenset()) | {_key(value)}
    return found
