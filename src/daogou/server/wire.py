"""Answers as they go over the wire, and bodies as they come in: JSON through msgspec, on the hot routes in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from starlette.responses import Response

from daogou.domain.errors import BadRequest
from daogou.domain.hit import Hit, Hits, Reason
from daogou.domain.ids import ProductId
from daogou.shop.plain import plain

if TYPE_CHECKING:
    from starlette.requests import Request

    from daogou.domain.money import Money as DomainMoney
    from daogou.domain.product import Product
    from daogou.domain.text import Text as DomainText

T = TypeVar("T")


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """Words by language; a language that is not on record is left out."""

    zh: str = ""
    en: str = ""


class Money(msgspec.Struct, frozen=True):
    """An exact amount: a decimal string of major units, and an ISO 4217 code."""

    amount: str
    currency: str


class Cause(msgspec.Struct, frozen=True):
    """One computed reason of a hit."""

    kind: str
    text: Text
    share: float
    """This reason's part of the score, 0 to 1."""
    products: tuple[str, ...]
    """The products that caused it."""
    source: str
    """The component that found it."""


class Card(msgspec.Struct, frozen=True):
    """What a page needs to show a product."""

    title: Text
    brand: str | None
    price: Money | None
    list_price: Money | None
    image: str | None
    available: bool


class Item(msgspec.Struct, frozen=True):
    """One product of an answer, with the reasons that produced it."""

    product: str
    score: float
    because: tuple[Cause, ...]
    card: Card | None = None
    """Given where `cards=true` was asked for."""
    propensity: float | None = None
    """Where the list explores: send it back in the event of the impression."""
    chance: float | None = None
    """Of candidates: how likely the shopper turns to this product next, of all there are."""


class FacetCount(msgspec.Struct, frozen=True):
    """One value of a facet and how many matching products have it."""

    value: str
    label: Text
    n: int


class Answered(msgspec.Struct, frozen=True):
    """Products in order, from one release."""

    items: tuple[Item, ...]
    release: str
    total: int | None = None
    understood: dict[str, Any] | None = None
    """How the query was understood: words, filter, slots, corrections."""
    facets: dict[str, tuple[FacetCount, ...]] = {}
    degraded: str | None = None
    """Says what was missing when the answer is less than it should be."""
    relaxed: tuple[str, ...] = ()
    """Conditions that were dropped to find anything at all."""
    suggestion: str | None = None
    """Did you mean."""


_encode = msgspec.json.Encoder().encode


def answer(value: object, status: int = 200) -> Response:
    """Send a value made of structs, lists and dictionaries."""
    return Response(_encode(value), status, media_type="application/json")


def plainly(value: object, status: int = 200) -> Response:
    """Send values of the domain in their plain form, as `--json` prints them."""
    return answer(plain(value), status)


def answered(hits: Hits, cards: Mapping[ProductId, Product] | None = None) -> Answered:
    """Put an answer into its form for the wire, with cards where products are given."""
    facets = {
        name: tuple(FacetCount(each.value, words(each.label), each.n) for each in values)
        for name, values in hits.facets.items()
    }
    return Answered(
        tuple(item(hit, cards) for hit in hits.items),
        hits.release,
        hits.total,
        plain(hits.understood) if hits.understood else None,
        facets,
        hits.degraded,
        hits.relaxed,
        hits.suggestion,
    )


def item(hit: Hit, cards: Mapping[ProductId, Product] | None = None) -> Item:
    """Put one hit into its form for the wire."""
    product = cards.get(hit.product) if cards else None
    because = tuple(cause(each) for each in hit.because)
    return Item(hit.product, hit.score, because, card(product) if product else None, hit.propensity, hit.chance)


def card(product: Product) -> Card:
    """Sum a product up."""
    image = product.images[0] if product.images else None
    price, list_price = _amount(product.price), _amount(product.list_price)
    return Card(words(product.title), product.brand, price, list_price, image, product.available)


def words(text: DomainText) -> Text:
    """Words in their form for the wire."""
    return Text(text.zh, text.en)


async def read(request: Request, kind: type[T]) -> T:
    """Read a JSON body. Raises BadRequest that names the field, TooLarge beyond the limit."""
    return parse(await request.body(), kind)


def parse(body: bytes, kind: type[T]) -> T:
    """Read JSON as a kind. Raises BadRequest that names the field; whatever the bytes, nothing else."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        raise BadRequest(message, where=path.strip("`").removeprefix("$").removeprefix(".") or "body") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"the body is not JSON: {error}", where="body") from None
    except RecursionError:
        raise BadRequest("the body is nested too deeply", where="body") from None


def cause(reason: Reason) -> Cause:
    """Put a reason into its form for the wire."""
    return Cause(reason.kind, words(reason.text), reason.share, reason.products, reason.source)


def _amount(money: DomainMoney | None) -> Money | None:
    return Money(str(money.major), money.currency) if money else None
