"""Questions shoppers asked, as records; an import files them as search events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from daogou.domain.event import Event
from daogou.domain.ids import EventId, Instant, SessionId, ShopperId
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    compact,
    identifier,
    optional_instant,
    required_id,
    text,
    uninstant,
)

KEYS = frozenset({"id", "text", "shopper", "session", "at"})


@dataclass(frozen=True, slots=True)
class Query:
    """What someone typed into the search box."""

    id: str
    text: str
    shopper: ShopperId | None = None
    session: SessionId | None = None
    at: Instant | None = None

    def event(self, now: Instant) -> Event:
        """The search event it stands for: undated ones at `now`, anonymous ones in a session of their own."""
        nobody = self.shopper is None and self.session is None
        return Event(
            type="search",
            at=now if self.at is None else self.at,
            id=EventId(f"query:{self.id}"),
            shopper=self.shopper,
            session=SessionId(f"query:{self.id}") if nobody else self.session,
            query=self.text,
        )


def decode_query(record: Object, where: str = "", *, currency: str = "USD") -> Query:
    """Read a query. Raises FieldError."""
    del currency  # every decoder has the same shape
    words = text(record, "text")
    if not words.strip():
        raise FieldError("text", "is missing", rule="missing-field", where=where)
    shopper, session = identifier(record, "shopper"), identifier(record, "session")
    return Query(
        id=required_id(record, "id"),
        text=words,
        shopper=None if shopper is None else ShopperId(shopper),
        session=None if session is None else SessionId(session),
        at=optional_instant(record, "at"),
    )


def encode_query(query: Query) -> dict[str, Any]:
    """The inverse of `decode_query`."""
    return compact(
        {
            "id": query.id,
            "text": query.text,
            "shopper": query.shopper,
            "session": query.session,
            "at": None if query.at is None else uninstant(query.at),
        }
    )
