"""Answers to files of questions, one JSON line each, so that anyone can check them with their own program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from daogou.domain.errors import BadRequest, NotReady
from daogou.domain.ids import ProductId
from daogou.domain.money import Money
from daogou.domain.query import Where
from daogou.shop.plain import plain, plain_json

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


class _Filter(msgspec.Struct, forbid_unknown_fields=True):
    """The filter of a query line."""

    category: str | None = None
    brands: list[str] = []
    not_brands: list[str] = []
    price_min: str | float | None = None
    """Major units of the shop's currency."""
    price_max: str | float | None = None
    attributes: dict[str, list[str]] = {}
    products: list[str] | None = None
    on_sale: bool = False
    include_unavailable: bool = False


class _Query(msgspec.Struct, forbid_unknown_fields=True):
    """One line of a query file."""

    id: str | int
    text: str
    where: _Filter | None = None
    shopper: str | None = None


def search_lines(shop: Shop, lines: Iterable[bytes], *, k: int) -> Iterator[bytes]:
    """Answer {"id", "text", "where"?, "shopper"?} with {"id", "items", "understood", "facets"}.

    Blank lines are skipped. Raises BadRequest that names the line, counted from 1, and the field.
    """
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            query = _query(raw, number)
            hits = shop.search(query.text, k=k, where=_where(query.where, shop), shopper=query.shopper)
            answer = {"id": query.id, "items": [_item(hit) for hit in hits.items], "understood": hits.understood}
            yield plain_json(answer | {"facets": hits.facets, "total": hits.total}).encode()


def recommend_lines(shop: Shop, lines: Iterable[bytes], *, k: int) -> Iterator[bytes]:
    """Answer {"id", "history" or "shopper", "at"?, "kind"?, "candidates"?, "exclude_seen"?} with {"id", "items",
    "degraded"?}."""
    from daogou.recommend.batch import histories

    for answer in histories(lines, shop.engine.recommender, k):
        yield msgspec.json.encode(answer)


def distil_lines(shop: Shop, *, k: int) -> Iterator[bytes]:
    """What the ranker answers to each product alone. Raises NotReady before the first training."""
    from daogou.recommend.distilled import distil, newest_histories

    recommender = shop.engine.recommender
    if not recommender.release:
        raise NotReady("there is no release to distil; run `daogou train`")
    products = [product.id for product in shop.stores.catalogue.scan()]
    return distil(recommender, products, newest_histories(shop.stores.events), k=k)


def ask_lines(shop: Shop, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Answer {"id", "shopper"?, "turns"} with one line per turn."""
    from daogou.assistant.batch import answer_lines

    for answer in answer_lines(shop.assistant, (line.decode("utf-8") for line in lines)):
        yield plain_json(answer).encode()


def _query(raw: bytes, number: int) -> _Query:
    try:
        return msgspec.json.decode(raw, type=_Query)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest.of_line(number, error) from None


def _where(given: _Filter | None, shop: Shop) -> Where | None:
    if given is None:
        return None
    currency = shop.settings.shop.currency
    return Where(
        category=given.category,
        brands=frozenset(given.brands),
        not_brands=frozenset(given.not_brands),
        price_min=None if given.price_min is None else Money.of(given.price_min, currency),
        price_max=None if given.price_max is None else Money.of(given.price_max, currency),
        attributes={name: frozenset(values) for name, values in given.attributes.items()},
        products=None if given.products is None else frozenset(ProductId(id) for id in given.products),
        on_sale=given.on_sale,
        include_unavailable=given.include_unavailable,
    )


def _item(hit: Any) -> dict[str, Any]:
    return {"product": hit.product, "score": hit.score, "because": plain(hit.because)}
