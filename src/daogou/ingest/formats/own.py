"""Our own records, as JSON lines, one JSON document, CSV or Parquet. Kinds are found by keys and may be mixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec

from daogou.ingest.formats.base import Format, Found, FoundEvents, refusal
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source
from daogou.ingest.records.event import KEYS as EVENT_KEYS
from daogou.ingest.records.kinds import KINDS, kind_of
from daogou.ingest.records.order import KEYS as ORDER_KEYS
from daogou.ingest.records.order import LINE_KEYS

_LINES = frozenset({"order", "product", "quantity", "price"})
_kind_of = lru_cache(maxsize=4096)(kind_of)


def _is_order_lines(keys: frozenset[str]) -> bool:
    return keys >= _LINES and "type" not in keys


def _kind(look: Look) -> str | None:
    keys = frozenset(name.partition(".")[0] for name in look.keys)
    return "order" if _is_order_lines(keys) else kind_of(keys)


def _recognise(look: Look) -> bool:
    """JSON lines without a readable line at the beginning are read as ours, so that each line gets its reason."""
    unreadable = look.shape == "jsonl" and not look.keys
    return unreadable or (look.shape != "xml" and _kind(look) is not None)


def _phase(look: Look) -> int:
    kind = _kind(look)
    return KINDS[kind].phase if kind else 3


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found | FoundEvents]:
    for source in sources:
        if source.look.shape in ("table", "parquet"):
            yield from _from_table(source, options)
        else:
            yield from _from_objects(source, options)


def _from_objects(source: Source, options: ImportOptions) -> Iterator[Found]:
    for line, record in source:
        kind = options.kind or _kind_of(tuple(record))
        yield _unknown(source, line, record) if kind is None else Found(source, line, kind, record)


def _unknown(source: Source, line: int, record: dict[str, Any]) -> Found:
    keys = ", ".join(sorted(map(str, record))[:8])
    return refusal(
        source, line, "unknown", record, reason=f"no kind of record has the keys {keys}", rule="unknown-kind"
    )


def _from_table(source: Source, options: ImportOptions) -> Iterator[Found | FoundEvents]:
    if options.kind in (None, "order") and _is_order_lines(source.look.keys):
        yield from _orders(source)
        return
    kind = options.kind or _kind(source.look)
    if kind == "event" and source.look.shape == "parquet" and source.look.keys <= EVENT_KEYS:
        yield from (FoundEvents(source, table) for table in source.tables())
        return
    rich = kind != "event" or any("." in name for name in source.look.keys)
    for line, row in source:
        record = _structured(row) if rich else row
        yield _unknown(source, line, row) if kind is None else Found(source, line, kind, record)


def _structured(row: Mapping[str, Any]) -> dict[str, Any]:
    """Undo what a table does to a record: "title.zh" becomes an object, cells of JSON are read, blanks left out."""
    record: dict[str, Any] = {}
    for name, cell in row.items():
        if cell is None or cell == "":
            continue
        value = _value(cell) if isinstance(cell, str) and cell[0] in "[{" else cell
        outer, _, inner = name.partition(".")
        if inner and isinstance(record.setdefault(outer, {}), dict):
            record[outer][inner] = value
        else:
            record[name] = value
    return record


def _value(cell: str) -> Any:
    try:
        return msgspec.json.decode(cell)
    except (ValueError, RecursionError):
        return cell  # text that begins with a bracket


def _orders(source: Source) -> Iterator[Found]:
    """One row a line of an order; the rows of an order stand together, its own fields on the first of them."""
    heads = [name for name in source.look.keys if name in ORDER_KEYS and name not in ("id", "lines")]
    others = dict.fromkeys(source.look.keys - ORDER_KEYS - LINE_KEYS - {"order"})
    for order, rows in groupby(source, key=_order):
        stand = list(rows)
        first = stand[0]
        record: dict[str, Any] = {name: cell for name in heads if (cell := first.data[name]) not in (None, "")}
        record["id"] = order
        record["lines"] = [row.data for row in stand]
        yield Found(source, first.line, "order", record | others)


def _order(row: Row) -> Any:
    return row.data["order"]


OWN = Format("daogou", _recognise, _convert, _phase)
