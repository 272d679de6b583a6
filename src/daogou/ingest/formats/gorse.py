"""Gorse's users, items and feedback (gorse.io), as JSON lines or CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Fix, Format, Found, refusal
from daogou.ingest.formats.values import filled, parts
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_TYPES = {
    "read": "view", "view": "view", "click": "click", "cart": "cart", "add_to_cart": "cart", "buy": "purchase",
    "remove_from_cart": "remove_from_cart",
    "purchase": "purchase", "like": "thumb", "star": "thumb", "favorite": "thumb", "dislike": "thumb",
    "rating": "rating",
}  # fmt: skip
_RECORDS = ("feedback", frozenset({"FeedbackType", "UserId", "ItemId"})), ("item", frozenset({"ItemId"})), (
    "user", frozenset({"UserId"}))  # fmt: skip


def _kind(names: frozenset[str]) -> str | None:
    """Gorse writes FeedbackType in its interface and feedback_type in its CSV."""
    pascal = frozenset(_pascal(name) for name in names)
    if "ItemId" in pascal and not pascal & {"FeedbackType", "IsHidden", "Categories", "Labels"}:
        return None
    if "UserId" in pascal and "ItemId" not in pascal and not pascal & {"Labels", "Subscribe", "Comment"}:
        return None
    return next((kind for kind, needed in _RECORDS if needed <= pascal), None)


def _pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _recognise(look: Look) -> bool:
    return look.shape in ("json", "jsonl", "table") and _kind(look.keys) is not None


def _phase(look: Look) -> int:
    return {"item": 0, "user": 1}.get(_kind(look.keys) or "", 3)


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            cells = {_pascal(name): value for name, value in row.items()}
            match _kind(frozenset(row)):
                case "feedback":
                    yield _feedback(source, line, row, cells, options)
                case "item":
                    yield Found(source, line, "product", _product(cells), raw=row)
                case "user":
                    yield Found(
                        source, line, "shopper", filled({"id": cells.get("UserId"), "labels": _labels(cells)}), raw=row
                    )
                case _:
                    yield refusal(source, line, "unknown", row, reason="no user, item or feedback", rule="unknown-kind")


def _product(cells: Mapping[str, Any]) -> dict[str, Any]:
    id = cells.get("ItemId")
    return filled(
        {
            "id": id,
            "title": cells.get("Comment") or id,
            "category": parts(cells.get("Categories"), "|"),
            "attributes": {name: value for name, value in _labels(cells).items() if value},
            "released": cells.get("Timestamp"),
            "hidden": cells.get("IsHidden"),
        }
    )


def _labels(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Labels are an object, or a list of names."""
    given = cells.get("Labels")
    if isinstance(given, Mapping):
        return {str(name): value for name, value in given.items() if isinstance(value, str | int | float | list)}
    return {"labels": "|".join(listed)} if (listed := parts(given, "|")) else {}


def _feedback(
    source: Source, line: int, row: dict[str, Any], cells: Mapping[str, Any], options: ImportOptions
) -> Found:
    said = str(cells.get("FeedbackType")).lower()
    type = _TYPES.get(said)
    if type is None:
        return refusal(source, line, "event", row, field="FeedbackType", reason=f"{said!r:.60} is not one of our acts")
    value = {"thumb": -1 if said == "dislike" else 1, "rating": cells.get("Value")}.get(type)
    record = {"type": type, "shopper": cells.get("UserId"), "product": cells.get("ItemId"), "value": value}
    at = cells.get("Timestamp")
    if at not in (None, ""):
        return Found(source, line, "event", filled(record | {"at": at}), raw=row)
    undated = {"at": options.now, "id": f"gorse:{said}:{cells.get('UserId')}:{cells.get('ItemId')}"}
    fix = Fix("at", "dated with the moment of the import", "undated")
    return Found(source, line, "event", filled(record | undated), (fix,), row)


GORSE = Format("gorse", _recognise, _convert, _phase)
