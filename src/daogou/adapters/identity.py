"""Ids for facts that arrive without one, derived from their content so that the same fact twice is one fact.

A derived id is 16 bytes, shown as 32 hexadecimal digits. Of a review: the BLAKE2b digest of its fields as a JSON array.
Of an event: 6 bytes of its time, then 10 of that digest, so that ids written together lie together in the index (as in
UUID version 7, RFC 9562). Ids must never change for facts on record: a field added to `Event` or `Review` later joins
the array only where it is set.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from daogou.domain.event import plain
from daogou.domain.ids import EventId, ReviewId

if TYPE_CHECKING:
    from daogou.domain.event import Event, PlainEvent
    from daogou.domain.review import Review

_encode = msgspec.json.Encoder().encode
ID_BYTES = 16
_TIME_BYTES = 6
_TIME_MASK = (1 << (8 * _TIME_BYTES)) - 1


def event_key(row: PlainEvent) -> bytes:
    """Time and digest of everything an event says, without its id."""
    time = (row[1] & _TIME_MASK).to_bytes(_TIME_BYTES, "big")
    return time + blake2b(_encode(row[:2] + row[3:]), digest_size=ID_BYTES - _TIME_BYTES).digest()


def event_id(event: Event) -> EventId:
    """The event's own id, or the one its content gives it."""
    return event.id or EventId(event_key(plain(event)).hex())


def review_id(review: Review) -> ReviewId:
    """The review's own id, or one from who said what about which product when.

    Helpful votes, verification and pictures may change later without making it another review.
    """
    if review.id:
        return review.id
    rating = None if review.rating is None else float(review.rating)
    content = (review.product, review.shopper, review.at, rating, review.title, review.text)
    return ReviewId(blake2b(_encode(content), digest_size=ID_BYTES).hexdigest())
