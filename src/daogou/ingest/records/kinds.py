"""The kinds of record in one table, and how a record's keys tell its kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from daogou.ingest.records import article, event, order, price, product, promotion, query, review, shopper


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of record is read and written."""

    name: str
    keys: frozenset[str]
    decode: Callable[..., Any]
    """(record, where="", *, currency) -> the domain's value; raises FieldError."""
    encode: Callable[[Any], dict[str, Any]]
    phase: int
    """Kinds of a lower phase are imported first, so that an event finds its product whatever the order of files."""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("product", product.KEYS, product.decode_product, product.encode_product, 0),
        Kind("shopper", shopper.KEYS, shopper.decode_shopper, shopper.encode_shopper, 1),
        Kind("promotion", promotion.KEYS, promotion.decode_promotion, promotion.encode_promotion, 1),
        Kind("article", article.KEYS, article.decode_article, article.encode_article, 1),
        Kind("policy", article.KEYS, article.decode_policy, article.encode_policy, 1),
        Kind("price", price.KEYS, price.decode_price, price.encode_price, 1),
        Kind("order", order.KEYS, order.decode_order, order.encode_order, 2),
        Kind("shipment", order.SHIPMENT_KEYS, order.decode_shipment, order.encode_shipment, 3),
        Kind("review", review.KEYS, review.decode_review, review.encode_review, 3),
        Kind("query", query.KEYS, query.decode_query, query.encode_query, 3),
        Kind("event", event.KEYS, event.decode_event, event.encode_event, 3),
    )
}

FIELDS = frozenset({"order", *order.LINE_KEYS}.union(*(kind.keys for kind in KINDS.values())))
"""Every field of a record, and of the rows that orders are written in."""


def kind_of(keys: Collection[str]) -> str | None:
    """Tell a record's kind from its keys; None where no kind has such keys."""
    for name, needed, refused in _SIGNS:
        if needed <= set(keys) and refused.isdisjoint(keys):
            return name
    return None


# Looked at from the top: the first kind whose needed keys are all there, and whose refused keys are not.
_SIGNS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = tuple(
    (name, frozenset(needed.split()), frozenset(refused.split()))
    for name, needed, refused in (
        ("order", "lines shopper", ""),
        ("promotion", "benefit", ""),
        ("event", "type at", "lines title"),
        ("review", "product rating", "type"),
        ("review", "product text", "type"),
        ("shipment", "order status", "product lines"),
        ("shipment", "order carrier", "product lines"),
        ("policy", "topic body", "id"),
        ("article", "title body", ""),
        ("price", "product at price", "type shopper session order"),
        ("product", "id title", ""),
        ("query", "id text", "product"),
        ("query", "text shopper", "product"),
        ("shopper", "id labels", ""),
        ("shopper", "id joined", ""),
        ("shopper", "id language", ""),
        ("shopper", "id name", "price"),
    )
)


def near_misses(unknown: Iterable[str], known: Collection[str]) -> list[str]:
    """Say for each unknown key which known one may be meant."""
    said = []
    for key in sorted(unknown):
        close = get_close_matches(key, known, n=1)
        said.append(f"unknown field {key!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return said
