"""The event log as a list."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from daogou.adapters.identity import event_id
from daogou.domain.event import EVENT_TYPES, Deed, Event, EventType, PlainEvent, Recorded, event_of, newest_deeds
from daogou.domain.ids import EventId, SessionId, ShopperId
from daogou.ports.stores import Appended, EventColumns


class MemoryEvents:
    """`ports.stores.Events`, `PlainEvents` and `Followed`, but for durability: the log dies with the process."""

    def __init__(self) -> None:
        self._log: list[Recorded] = []
        self._ids: set[EventId] = set()
        self._by_actor: dict[str, list[Recorded]] = {}
        """In log order; an actor is named as in `EventColumns.shoppers`."""
        self._lock = threading.RLock()

    def append(self, events: Sequence[Event]) -> Appended:
        with self._lock:
            new = sum(self._append(event) for event in events)
        return Appended(new, len(events) - new)

    def append_each(self, batches: Sequence[Sequence[Event]]) -> list[Appended]:
        with self._lock:
            return [self.append(batch) for batch in batches]

    def append_plain(self, events: Sequence[PlainEvent]) -> Appended:
        return self.append([event_of(row) for row in events])

    def _append(self, event: Event) -> bool:
        id = event_id(event)
        if id in self._ids:
            return False
        self._ids.add(id)
        recorded = Recorded(len(self._log) + 1, replace(event, id=id))
        self._log.append(recorded)
        self._by_actor.setdefault(actor(event), []).append(recorded)
        return True

    def since(self, seq: int, *, limit: int = 10_000) -> list[Recorded]:
        return self._log[max(seq, 0) :][:limit]

    def of(
        self, *, shopper: ShopperId | None = None, session: SessionId | None = None, limit: int = 200
    ) -> list[Recorded]:
        found = [
            recorded
            for recorded in self._snapshot()
            if (shopper is not None and recorded.event.shopper == shopper)
            or (session is not None and recorded.event.session == session)
        ]
        return sorted(found, key=_moment)[max(0, len(found) - limit) :]

    def deeds(
        self,
        types: Sequence[EventType],
        *,
        shopper: ShopperId | None = None,
        session: SessionId | None = None,
        limit: int,
    ) -> list[Deed]:
        name = shopper if shopper is not None else f"session:{session}" if session is not None else ""
        with self._lock:
            found = [r for r in self._by_actor.get(name, ()) if (r.event.shopper is None) == (shopper is None)]
        return newest_deeds(sorted(found, key=_moment), types, limit)

    def columns(self, types: Sequence[EventType]) -> EventColumns:
        log = self._snapshot()
        rows = sorted((r for r in log if r.event.type in types and r.event.product and actor(r.event)), key=_moment)
        events = [row.event for row in rows]
        shoppers = {name: n for n, name in enumerate(dict.fromkeys(actor(event) for event in events))}
        products = {name: n for n, name in enumerate(dict.fromkeys(event.product or "" for event in events))}
        return EventColumns(
            shoppers=tuple(shoppers),
            products=tuple(products),
            types=EVENT_TYPES,
            shopper=np.array([shoppers[actor(event)] for event in events], np.int32),
            product=np.array([products[event.product or ""] for event in events], np.int32),
            type=np.array([EVENT_TYPES.index(event.type) for event in events], np.int8),
            at=np.array([event.at for event in events], np.int64),
            value=np.array([np.nan if event.value is None else event.value for event in events], np.float32),
            offered=np.array([event.position is not None and event.query is None for event in events], np.bool_),
            last_seq=len(log),
        )

    def head(self) -> int:
        return len(self._log)

    def counts(self) -> dict[str, int]:
        return dict(Counter(recorded.event.type for recorded in self._snapshot()))

    def _snapshot(self) -> list[Recorded]:
        with self._lock:
            return list(self._log)


def _moment(recorded: Recorded) -> tuple[int, int]:
    return recorded.event.at, recorded.seq


def actor(event: Event) -> str:
    return event.shopper or (f"session:{event.session}" if event.session else "")
