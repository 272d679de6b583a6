"""Snowplow's e-commerce events as its analytics SDKs write them: an object an event, contexts under their schemas.

Field list: docs.snowplow.io, e-commerce (schemas snowplow_ecommerce_action, product, transaction, cart).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, keys, phase, refusal
from daogou.ingest.formats.values import QUANTIFIED, filled, person
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source

_SCHEMAS = "com_snowplowanalytics_snowplow_ecommerce_"
_ACTION = f"unstruct_event_{_SCHEMAS}snowplow_ecommerce_action_1"
_PRODUCTS = f"contexts_{_SCHEMAS}product_1"
_TRANSACTION = f"contexts_{_SCHEMAS}transaction_1"
_TYPES = {
    "product_view": "view", "list_click": "click", "list_view": "impression", "add_to_cart": "cart",
    "remove_from_cart": "remove_from_cart", "transaction": "purchase", "refund": "return",
}  # fmt: skip


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            yield from _events(source, line, row)


def _events(source: Source, line: int, row: dict[str, Any]) -> Iterator[Found]:
    given = row.get(_ACTION)
    action: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    said = str(action.get("type") or row.get("event_name"))
    listed = row.get(_PRODUCTS)
    products = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    if said not in _TYPES or not products:
        reason = f"the event {said!r} is of no product" if said in _TYPES else f"{said!r} is not an act on a product"
        yield refusal(source, line, "event", row, field="event_name", reason=reason)
        return
    common = {
        "type": _TYPES[said],
        "shopper": person(row.get("user_id")),
        "session": row.get("domain_sessionid") or row.get("domain_userid"),
        "at": _utc(row.get("derived_tstamp") or row.get("collector_tstamp")),
        "list": action.get("name") if said.startswith("list") else None,
        "order": _order(row.get(_TRANSACTION)),
    }
    for place, product in enumerate(products):
        id = row.get("event_id")
        own = {"id": f"{id}:{place}" if id and len(products) > 1 else id} | _product(common["type"], product, place)
        yield Found(source, line, "event", filled(common | own), raw=row)


def _utc(moment: Any) -> Any:
    """Snowplow's moments are UTC, and an SDK may leave that unsaid."""
    return f"{moment}Z" if isinstance(moment, str) and re.fullmatch(r".*\d\d:\d\d(?:\.\d+)?", moment) else moment


def _order(contexts: Any) -> Any:
    first = contexts[0] if isinstance(contexts, list) and contexts else None
    return first.get("transaction_id") if isinstance(first, Mapping) else None


def _product(type: Any, product: Mapping[str, Any], place: int) -> dict[str, Any]:
    return {
        "product": product.get("id"),
        "variant": product.get("variant"),
        "quantity": product.get("quantity") if type in QUANTIFIED else None,
        "price": product.get("price"),
        "currency": product.get("currency"),
        "position": product.get("position", place) if type in ("impression", "click") else None,
    }


SNOWPLOW = Format("snowplow", keys("event_id", "collector_tstamp", "event_name"), _convert, phase(3))
