"""The event log as arrays, read once and never as objects."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from daogou.adapters.sql.database import select_in
from daogou.adapters.sql.event_rows import CODES
from daogou.domain.event import EVENT_TYPES, EventType
from daogou.ports.stores import EventColumns

_ROW = np.dtype([("actor", "<i8"), ("item", "<i8"), ("type", "<i2"), ("at", "<i8"), ("value", "<f8"), ("offered", "?")])
_NO_VALUE = -1e300
"""Stands for "no value" on the way out of SQLite, which has no NaN; real values are stars, thumbs and seconds."""
_SELECT = (
    "SELECT coalesce(shopper, session), item, type, at, coalesce(value, ?), "
    "position IS NOT NULL AND query IS NULL FROM event "
    "WHERE seq <= ? AND item IS NOT NULL AND coalesce(shopper, session) IS NOT NULL AND type IN ({}) ORDER BY seq"
)


def read(connection: sqlite3.Connection, types: Sequence[EventType]) -> EventColumns:
    """Read the log up to its newest event; about 1.5 microseconds an event."""
    (newest,) = connection.execute("SELECT max(seq) FROM event").fetchone()
    codes = [CODES[type] for type in dict.fromkeys(types)]
    cursor = connection.execute(_SELECT.format(",".join("?" * len(codes))), (_NO_VALUE, newest or 0, *codes))
    rows = np.fromiter(cursor, _ROW)
    rows = rows[np.argsort(rows["at"], kind="stable")]
    actors, actor = _first_seen(rows["actor"])
    items, item = _first_seen(rows["item"])
    value = np.where(rows["value"] == _NO_VALUE, np.nan, rows["value"])
    return EventColumns(
        shoppers=_names(connection, "SELECT id, name FROM actor WHERE id IN ({})", actors),
        products=_names(connection, "SELECT id, name FROM item WHERE id IN ({})", items),
        types=EVENT_TYPES,
        shopper=actor,
        product=item,
        type=_TYPE_OF_CODE[rows["type"]],
        at=rows["at"].copy(),
        value=value.astype(np.float32),
        offered=rows["offered"].copy(),
        last_seq=newest or 0,
    )


_TYPE_OF_CODE = np.zeros(max(CODES.values()) + 1, np.int8)
for _type, _code in CODES.items():
    _TYPE_OF_CODE[_code] = EVENT_TYPES.index(_type)


def _first_seen(ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The distinct ids in order of first appearance, and for each entry its place among them."""
    n = len(ids)
    first = np.full(int(ids.max(initial=0)) + 1, n, np.int64)
    first[ids[::-1]] = np.arange(n - 1, -1, -1)  # the last write, of the earliest entry, stays
    present = np.flatnonzero(first < n)
    distinct = present[np.argsort(first[present])]
    place = np.empty(len(first), np.int32)
    place[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct, place[ids]


def _names(connection: sqlite3.Connection, sql: str, ids: NDArray[np.int64]) -> tuple[str, ...]:
    wanted = ids.tolist()
    names: dict[int, str] = dict(select_in(connection, sql, wanted))
    return tuple(names[id] for id in wanted)
