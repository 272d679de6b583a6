"""RecBole's atomic files: .inter, .item and .user tables whose header says "name:type".

recbole.io/docs/user_guide/data/atomic_files. Graph files (.kg, .link, .net) are recognised and refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Fix, Format, Found, refusal
from daogou.ingest.formats.values import filled
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_TYPES = frozenset({"token", "token_seq", "float", "float_seq"})
_TITLES = ("title", "item_name", "name", "movie_title", "product_name")
_OWN = {"price": "price", "brand": "brand", "description": "description"}
_CATEGORIES = ("categories", "category", "class", "genre")


def _names(look: Look) -> frozenset[str]:
    return frozenset(name.partition(":")[0] for name in look.keys)


def _recognise(look: Look) -> bool:
    return look.shape == "table" and all(name.rpartition(":")[2] in _TYPES for name in look.keys)


def _phase(look: Look) -> int:
    names = _names(look)
    if {"user_id", "item_id"} <= names:
        return 3
    return 0 if "item_id" in names else 1


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        names = _names(source.look)
        for line, row in source:
            cells = {name.partition(":")[0]: cell for name, cell in row.items()}
            if names & {"head_id", "entity_id", "source_id"}:
                yield refusal(source, line, "edge", row, reason="not imported: graph file")
            elif {"user_id", "item_id"} <= names:
                yield _event(source, line, row, cells, options)
            elif "item_id" in names:
                sequences = {name.partition(":")[0] for name in row if name.endswith("_seq")}
                yield Found(source, line, "product", _product(cells, sequences), raw=row)
            elif "user_id" in names:
                labels = filled({name: cell for name, cell in cells.items() if name != "user_id"})
                yield Found(source, line, "shopper", filled({"id": cells["user_id"], "labels": labels}), raw=row)
            else:
                yield refusal(source, line, "unknown", row, reason="no user_id and no item_id", rule="unknown-kind")


def _product(cells: Mapping[str, Any], sequences: set[str]) -> dict[str, Any]:
    """Sequences are separated by blanks."""
    title = next((name for name in _TITLES if cells.get(name)), None)
    category = next((name for name in _CATEGORIES if cells.get(name)), None)
    used = {"item_id", title, category, *_OWN}
    record = {own: cells.get(name) for name, own in _OWN.items()}
    record["id"] = cells.get("item_id")
    record["title"] = cells.get(title) if title else cells.get("item_id")
    steps = cells.get(category) if category else None
    record["category"] = steps.split() if steps and category in sequences else [steps] if steps else None
    others = {name: cell.split() if name in sequences else cell for name, cell in cells.items() if name not in used}
    return filled(record | {"attributes": filled(others)})


def _event(source: Source, line: int, row: dict[str, Any], cells: Mapping[str, Any], options: ImportOptions) -> Found:
    """With a rating it is one, without it is a purchase-like interaction of unknown kind: a click."""
    record = {"type": "click", "shopper": cells["user_id"], "product": cells["item_id"], "at": cells.get("timestamp")}
    if cells.get("rating"):
        record |= {"type": "rating", "value": cells["rating"]}
    if record["at"]:
        return Found(source, line, "event", record, raw=row)
    record |= {"at": options.now, "id": f"recbole:{line}:{cells['user_id']}:{cells['item_id']}"}
    return Found(source, line, "event", record, (Fix("at", "dated with the moment of the import", "undated"),), row)


RECBOLE = Format("recbole", _recognise, _convert, _phase, creates_products=True)
