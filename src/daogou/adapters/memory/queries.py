"""What shoppers typed, were shown and did then, counted over the list of events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

from daogou.adapters.memory.events import MemoryEvents, actor
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId
from daogou.ports.stores import Asked, Clicked, Offered, Place, Seen, Typed

_PAUSE_MS = 180_000
_Key = TypeVar("_Key", bound=Hashable)


class MemoryQueries:
    """`ports.stores.Queries` and `Lists`."""

    def __init__(self, events: MemoryEvents) -> None:
        self._events = events

    def most(self, limit: int, *, shoppers: int = 3) -> dict[str, int]:
        return {one.query: one.searches for one in self.asked(limit, since=Instant(0), shoppers=shoppers)}

    def asked(self, limit: int, *, since: Instant, shoppers: int = 10) -> list[Asked]:
        by_query = _grouped((event.query or "", event) for event in self._of(("search", "impression", "click"), since))
        found = [_asked(query, events, shoppers) for query, events in by_query.items()]
        shared = [one for one in found if one.shoppers >= shoppers]
        return sorted(shared, key=lambda one: (-one.searches, one.query))[:limit]

    def places(self, *, since: Instant, shoppers: int = 10) -> list[Place]:
        events = [event for event in self._of(("impression", "click"), since) if event.position is not None]
        shown = {(actor(e), e.query, e.position) for e in events if e.type == "impression"}
        told = (event for event in events if (actor(event), event.query, event.position) in shown)
        by_place = _grouped((event.position or 0, event) for event in told)
        return [
            Place(position, _told(events, "impression", shoppers), _told(events, "click", shoppers))
            for position, events in sorted(by_place.items())
            if len(set(map(actor, events))) >= shoppers
        ]

    def clicked(self, *, since: Instant, shoppers: int = 10) -> list[Clicked]:
        clicks = [event for event in self._of(("click",), since) if event.query is not None]
        by_query = _grouped((event.query or "", event) for event in clicks)
        shared = {query for query, events in by_query.items() if len(set(map(actor, events))) >= shoppers}
        cells = _grouped(((e.query or "", e.product), e) for e in clicks if e.query in shared and e.product)
        return [
            Clicked(query, ProductId(product), len(set(map(actor, events))))
            for (query, product), events in sorted(cells.items())
        ]

    def reworded(self, *, since: Instant, shoppers: int = 10) -> list[tuple[str, str, int]]:
        visits = _grouped((e.session or e.shopper or "", e) for e in self._of(("search", "click"), since, named=False))
        who: dict[tuple[str, str], set[str]] = defaultdict(set)
        for events in visits.values():
            ordered = sorted(events, key=lambda event: event.at)
            for before, after in pairwise(ordered):
                soon = after.at - before.at <= _PAUSE_MS and before.type == after.type == "search"
                if soon and before.query and after.query and before.query != after.query:
                    who[before.query, after.query].add(actor(before))
        shared = [(*pair, len(visitors)) for pair, visitors in who.items() if len(visitors) >= shoppers]
        return sorted(shared, key=lambda found: (-found[2], found[0], found[1]))

    def offered(self, *, until: Instant) -> list[Offered]:
        shown = Counter(
            (event.product, event.position)
            for event in self._log()
            if event.type == "impression" and event.at <= until and event.query is None
            if event.product is not None and event.position is not None
        )
        return [Offered(product, place, n) for (product, place), n in sorted(shown.items())]

    def typed(self, after: int, upto: int) -> list[Typed]:
        log = (each.event for each in self._events.since(after, limit=self._events.head()) if each.seq <= upto)
        return [
            Typed(event.at, actor(event), event.query, event.product)
            for event in log
            if event.type in {"search", "click"} and event.query is not None
        ]

    def seen(self, *, since: Instant, limit: int) -> list[Seen]:
        cells: dict[tuple[str, str, ProductId, int], list[Event]] = {}
        placed = [event for event in self._of(("impression", "click"), since) if event.position is not None]
        for event in placed[-2 * limit :]:
            if event.product is not None and event.position is not None and actor(event):
                cell = (_who(event), event.query or "", event.product, event.position)
                cells[cell] = [*cells.pop(cell, []), event]  # met again it is the latest
        found = [
            Seen(who, query, product, place, any(event.type == "click" for event in events))
            for (who, query, product, place), events in cells.items()
            if any(event.type == "impression" for event in events)
        ]
        latest = found[::-1][:limit]
        return sorted(latest, key=lambda one: (one.who, one.query, one.product, one.position))

    def _of(self, types: Collection[str], since: Instant, *, named: bool = True) -> Iterator[Event]:
        """The events of these types since the moment; with `named` only those that say their query."""
        return (e for e in self._log() if e.type in types and e.at >= since and (e.query is not None or not named))

    def _log(self) -> list[Event]:
        return [recorded.event for recorded in self._events.since(0, limit=self._events.head())]


def _who(event: Event) -> str:
    return f"s{event.shopper}" if event.shopper is not None else f"v{event.session}"


def _grouped(pairs: Iterable[tuple[_Key, Event]]) -> dict[_Key, list[Event]]:
    found: dict[_Key, list[Event]] = defaultdict(list)
    for key, event in pairs:
        found[key].append(event)
    return found


def _asked(query: str, events: list[Event], least: int) -> Asked:
    searches = [event for event in events if event.type == "search"]
    shoppers = len(set(map(actor, searches)))
    return Asked(query, len(searches), shoppers, _told(events, "impression", least), _told(events, "click", least))


def _told(events: Iterable[Event], type: str, least: int) -> int | None:
    """How many of a type, unless they are some, but of fewer people than may be told of."""
    found = [event for event in events if event.type == type]
    return None if 0 < len(set(map(actor, found))) < least else len(found)
