"""Daogou's own records as JSON-like objects: what each may say, and how it is read and written."""

from daogou.ingest.records.article import decode_article, decode_policy, encode_article, encode_policy
from daogou.ingest.records.event import decode_event, encode_event
from daogou.ingest.records.fields import FieldError
from daogou.ingest.records.kinds import KINDS, Kind, kind_of, near_misses
from daogou.ingest.records.order import (
    ShipmentOf,
    decode_order,
    decode_shipment,
    encode_order,
    encode_shipment,
)
from daogou.ingest.records.price import decode_price, encode_price
from daogou.ingest.records.product import decode_product, encode_product
from daogou.ingest.records.promotion import decode_promotion, encode_promotion
from daogou.ingest.records.query import Query, decode_query, encode_query
from daogou.ingest.records.review import decode_review, encode_review
from daogou.ingest.records.shopper import decode_shopper, encode_shopper

__all__ = [
    "KINDS",
    "FieldError",
    "Kind",
    "Query",
    "ShipmentOf",
    "decode_article",
    "decode_event",
    "decode_order",
    "decode_policy",
    "decode_price",
    "decode_product",
    "decode_promotion",
    "decode_query",
    "decode_review",
    "decode_shipment",
    "decode_shopper",
    "encode_article",
    "encode_event",
    "encode_order",
    "encode_policy",
    "encode_price",
    "encode_product",
    "encode_promotion",
    "encode_query",
    "encode_review",
    "encode_shipment",
    "encode_shopper",
    "kind_of",
    "near_misses",
]
