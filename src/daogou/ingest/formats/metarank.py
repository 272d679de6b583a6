"""Metarank's events (docs.metarank.ai): rankings are impressions, interactions point back to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, refusal
from daogou.ingest.formats.values import filled
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_KINDS = frozenset({"item", "user", "ranking", "interaction"})
_TYPES = {
    "click": "click", "view": "view", "impression": "impression", "purchase": "purchase", "buy": "purchase",
    "cart": "cart", "add_to_cart": "cart", "remove_from_cart": "remove_from_cart", "like": "thumb",
}  # fmt: skip
_OWN_FIELDS = {"title": "title", "name": "title", "description": "description", "brand": "brand", "price": "price",
               "category": "category", "url": "url"}  # fmt: skip


def _recognise(look: Look) -> bool:
    return look.shape in ("json", "jsonl") and look.first.get("event") in _KINDS


def _phase(look: Look) -> int:
    return 0 if look.first.get("event") == "item" else 3


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    """Rankings come before the interactions that name them, as Metarank itself demands."""
    for source in sources:
        places: dict[str, tuple[str, dict[str, int]]] = {}
        for line, row in source:
            match row.get("event"):
                case "item":
                    yield Found(source, line, "product", _product(row), raw=row)
                case "user":
                    yield Found(source, line, "shopper", _shopper(row), raw=row)
                case "ranking":
                    yield from _impressions(source, line, row, places)
                case "interaction":
                    yield _interaction(source, line, row, places)
                case other:
                    reason = f"expected item, user, ranking or interaction, found {other!r:.60}"
                    yield refusal(source, line, "event", row, field="event", reason=reason, rule="unknown-kind")


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    given = row.get("fields")
    pairs = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    return {str(each.get("name")): each.get("value") for each in pairs}


def _product(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = _fields(row)
    known = {_OWN_FIELDS[name]: value for name, value in fields.items() if name in _OWN_FIELDS}
    others = {name: value for name, value in fields.items() if name not in _OWN_FIELDS}
    id = row.get("item")
    return filled({"title": str(id) if id else None} | known | {"id": id, "attributes": others})


def _shopper(row: Mapping[str, Any]) -> dict[str, Any]:
    labels = {name: value for name, value in _fields(row).items() if isinstance(value, str | int | float)}
    return filled({"id": row.get("user"), "labels": labels})


def _common(row: Mapping[str, Any]) -> dict[str, Any]:
    return filled({"shopper": row.get("user"), "session": row.get("session"), "at": row.get("timestamp")})


def _impressions(
    source: Source, line: int, row: Mapping[str, Any], places: dict[str, tuple[str, dict[str, int]]]
) -> Iterator[Found]:
    items = row.get("items")
    shown = [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
    if not shown:
        yield refusal(
            source, line, "event", row, field="items", reason="a ranking shows something", rule="missing-field"
        )
    id = str(row.get("id", ""))
    places[id] = (id, {str(item.get("id")): place for place, item in enumerate(shown)})
    for place, item in enumerate(shown):
        act = {"type": "impression", "product": item.get("id"), "position": place, "list": id, "id": f"{id}:{place}"}
        yield Found(source, line, "event", _common(row) | filled(act), raw=row)


def _interaction(
    source: Source, line: int, row: dict[str, Any], places: dict[str, tuple[str, dict[str, int]]]
) -> Found:
    type = _TYPES.get(str(row.get("type")).lower())
    if type is None:
        return refusal(
            source, line, "event", row, field="type", reason=f"{row.get('type')!r:.60} is not one of our acts"
        )
    shown, order = places.get(str(row.get("ranking")), ("", {}))
    act = {
        "type": type,
        "product": row.get("item"),
        "id": row.get("id"),
        "list": shown,
        "position": order.get(str(row.get("item"))),
        "value": 1 if type == "thumb" else None,
    }
    return Found(source, line, "event", _common(row) | filled(act), raw=row)


METARANK = Format("metarank", _recognise, _convert, _phase)
