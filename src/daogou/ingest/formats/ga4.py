"""Google Analytics 4 e-commerce events: the BigQuery export as JSON lines, or Measurement Protocol payloads.

Field list: developers.google.com/analytics/devguides/collection/ga4/ecommerce.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, keys, phase, refusal
from daogou.ingest.formats.values import QUANTIFIED, filled, person
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_TYPES = {
    "view_item_list": "impression", "select_item": "click", "view_item": "view", "add_to_cart": "cart",
    "remove_from_cart": "remove_from_cart", "purchase": "purchase", "refund": "return", "add_to_wishlist": "thumb",
}  # fmt: skip
_SEARCHES = frozenset({"search", "view_search_results"})


def _recognise(look: Look) -> bool:
    exported = keys("event_name", "event_timestamp")(look)
    measured = keys("client_id", "events")(look)
    return exported or measured


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            payload = row.get("events")
            if isinstance(payload, list):
                for event in payload:
                    yield from _events(source, line, _lifted(event, row))
            else:
                yield from _events(source, line, row)


def _lifted(event: Any, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A Measurement Protocol event in the shape of the export."""
    params = event.get("params") if isinstance(event, Mapping) else None
    params = params if isinstance(params, Mapping) else {}
    return {
        "event_name": event.get("name") if isinstance(event, Mapping) else None,
        "event_timestamp": payload.get("timestamp_micros"),
        "user_id": payload.get("user_id"),
        "user_pseudo_id": payload.get("client_id"),
        "event_params": params,
        "items": params.get("items"),
    }


def _events(source: Source, line: int, row: dict[str, Any]) -> Iterator[Found]:
    name = str(row.get("event_name"))
    params = _params(row.get("event_params"))
    common = filled(
        {
            "shopper": person(row.get("user_id")),
            "session": (params.get("ga_session_id") and f"{row.get('user_pseudo_id')}:{params['ga_session_id']}")
            or row.get("user_pseudo_id"),
            "at": _moment(row.get("event_timestamp")),
        }
    )  # fmt: skip
    if name in _SEARCHES:
        yield Found(source, line, "event", common | {"type": "search", "query": params.get("search_term")}, raw=row)
        return
    items = row.get("items")
    if name not in _TYPES or not isinstance(items, list) or not items:
        reason = (
            f"the event {name!r} is of no product" if name in _TYPES else f"the event {name!r} is not a shopper's act"
        )
        yield refusal(source, line, "event", row, field="event_name", reason=reason)
        return
    for place, item in enumerate(items):
        if isinstance(item, Mapping):
            yield Found(source, line, "event", common | _item(_TYPES[name], item, params, place), raw=row)
        else:
            yield refusal(source, line, "event", row, field="items", reason="is no object", rule="bad-value")


def _item(type: str, item: Mapping[str, Any], params: Mapping[str, Any], place: int) -> dict[str, Any]:
    shown = type in ("impression", "click")
    return filled(
        {
            "type": type,
            "product": item.get("item_id"),
            "variant": item.get("item_variant"),
            "quantity": item.get("quantity") if type in QUANTIFIED else None,
            "price": item.get("price"),
            "currency": params.get("currency"),
            "value": 1 if type == "thumb" else None,
            "list": item.get("item_list_name") or item.get("item_list_id"),
            "position": item.get("item_list_index", item.get("index", place)) if shown else None,
            "order": params.get("transaction_id"),
        }
    )


def _params(given: Any) -> dict[str, Any]:
    """`event_params` of the export is a list of {key, value{string_value|int_value|…}}."""
    if isinstance(given, Mapping):
        return dict(given)
    found = {}
    for entry in given if isinstance(given, list) else []:
        value = entry.get("value") if isinstance(entry, Mapping) else None
        if isinstance(value, Mapping):
            found[str(entry.get("key"))] = next((each for each in value.values() if each is not None), None)
    return found


def _moment(micros: Any) -> Any:
    """Microseconds to milliseconds."""
    try:
        return int(micros) // 1000
    except (TypeError, ValueError, OverflowError):
        return micros


GA4 = Format("ga4", _recognise, _convert, phase(3))
