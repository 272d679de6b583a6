"""What has happened since the release was made: the event log read on, into histories and counters.

The log is the truth: every process tails it for itself, before every answer.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import Instant, SessionId, ShopperId
from daogou.features.history import DEEDS, KEPT, STRENGTH, History
from daogou.recommend.showings import Showings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.event import EventType, Recorded
    from daogou.ports.stores import Followed, Shoppers
    from daogou.recommend.models import Models
    from daogou.retrieval.shelf import Shelf

_LOADED = 1_000
"""Events read to remember an actor."""
_EVERY = 1_000_000
"""Events read where a memory is not enough: whatever the log has of the actor."""
_ACTORS = 20_000
"""Actors in memory; the one that was longest not asked for is forgotten and read again when needed."""
_WAITING = 10_000
"""Deeds that are kept for products not on the shelf yet; of more, the oldest are forgotten."""
_LABELLED = 100_000
_LABELS_FOR_S = 1.0
"""How long a shopper's labels are kept before they are asked for again: a changed one is noticed within this time."""


class Live:
    """Histories of actors, loaded when first needed, and the live part of the counters. Callers hold one lock."""

    def __init__(
        self,
        models: Models,
        shelf: Shelf,
        events: Followed,
        shoppers: Shoppers | None,
        *,
        most_shown: float | None = None,
    ) -> None:
        """`most_shown`: `Exposure.most`."""
        self.seq = models.last_seq
        self._models = models
        self._shelf = shelf
        self._events = events
        self._shoppers = shoppers
        self._showings = None if most_shown is None else Showings(most_shown)
        """What the shop's own lists have shown since the release; None where nobody asks."""
        self._shown_at = 0
        self._histories: OrderedDict[str, History] = OrderedDict()
        self._waiting: deque[Recorded] = deque(maxlen=_WAITING)
        self._rows = len(shelf)
        self.met_unknown = False
        """A deed named a product that is not on the shelf; whoever then looks for new products sets it back."""
        self._labels: dict[str, tuple[float, tuple[str, ...]]] = {}
        """With the moment they were read."""

    def refresh(self) -> int:
        """Take in the events after the last one taken; returns how many there were."""
        self._take_late()
        taken = 0
        while self._events.head() > self.seq:
            batch = self._events.since(self.seq)
            if not batch:
                break
            for recorded in batch:
                self._take(recorded)
                self.seq = recorded.seq
            taken += len(batch)
        return taken

    def history(
        self, *, shopper: ShopperId | None = None, session: SessionId | None = None, until: Instant | None = None
    ) -> History:
        """What is remembered of a shopper, or of a session without one; as it was at a moment, if one is given."""
        history = self._remembered(shopper, session)
        if until is None or history.newest <= until:
            return history
        then = History()
        for at, row, type, value in self._deeds(shopper, session, until=until):
            then.take(row, type, at, value)
        return then

    def touched(
        self,
        history: History,
        *,
        shopper: ShopperId | None = None,
        session: SessionId | None = None,
        until: Instant | None = None,
    ) -> NDArray[np.int32]:
        """Every row the actor of a history has been at, also those that it forgot; a row may stand there twice."""
        steps = history.steps.rows()
        if len(steps) < KEPT:
            return np.array(steps, np.int32)
        deeds = self._deeds(shopper, session, until=until)
        return np.array([row for _, row, type, _ in deeds if type in STRENGTH], np.int32)

    def _remembered(self, shopper: ShopperId | None, session: SessionId | None) -> History:
        actor = _actor(shopper, session)
        history = self._histories.get(actor)
        if history is None:
            history = self._histories[actor] = self._load(shopper, session)
            if len(self._histories) > _ACTORS:
                self._histories.popitem(last=False)
        self._histories.move_to_end(actor)
        return history

    def showings(self, until: Instant | None = None) -> Showings | None:
        """What was shown to everybody; None where it does not count, or where some of it came after a moment."""
        return self._showings if until is None or self._shown_at <= until else None

    def labels(self, shopper: ShopperId | None) -> Sequence[str]:
        """The shopper's labels as "name=value"; none where no label has counters."""
        if shopper is None or self._shoppers is None or not self._models.popularity.segments:
            return ()
        read, found = self._labels.get(shopper, (-_LABELS_FOR_S, ()))
        now = time.monotonic()
        if now - read >= _LABELS_FOR_S:
            known = self._shoppers.get(shopper)
            found = known.facts if known else ()
            if len(self._labels) >= _LABELLED:
                self._labels.clear()
            self._labels[shopper] = now, found
        return found

    def _load(self, shopper: ShopperId | None, session: SessionId | None) -> History:
        history = History()
        for at, row, type, value in self._deeds(shopper, session, limit=_LOADED):
            history.take(row, type, at, value)
        return history

    def _deeds(
        self,
        shopper: ShopperId | None,
        session: SessionId | None,
        *,
        until: Instant | None = None,
        limit: int = _EVERY,
    ) -> Iterator[tuple[int, int, EventType, float | None]]:
        """Moment, row, type and value of what the log has of an actor as far as it was taken in, oldest first."""
        deeds = self._events.deeds(DEEDS, shopper=shopper, session=session, limit=limit)
        for at, seq, type, product, value in deeds:
            row = self._shelf.row.get(product)
            if row is not None and seq <= self.seq and (until is None or at <= until):
                yield at, row, type, value

    def _take_late(self) -> None:
        """Take in what was done with products that have come to the shelf since, each as if it had just happened."""
        if self._rows == len(self._shelf):
            return
        self._rows = len(self._shelf)
        come = [recorded for recorded in self._waiting if recorded.event.product in self._shelf.row]
        if come:
            left = (recorded for recorded in self._waiting if recorded.event.product not in self._shelf.row)
            self._waiting = deque(left, _WAITING)
        head = self.seq
        for recorded in come:
            actor = _actor(recorded.event.shopper, recorded.event.session)
            self._histories.pop(actor, None)
            self.seq = recorded.seq - 1
            self._take(recorded)
            self._histories.pop(actor, None)  # it lacks what came after: it is read again when needed
        self.seq = head

    def _take(self, recorded: Recorded) -> None:
        event = recorded.event
        if event.product is None or (event.shopper is None and event.session is None):
            return
        row = self._shelf.row.get(event.product)
        if row is None:
            if event.type in DEEDS:
                self._waiting.append(recorded)
                self.met_unknown = True
            return
        if (
            self._showings is not None
            and event.type == "impression"
            and event.position is not None
            and event.query is None
        ):
            self._showings.observe(row)
            self._shown_at = max(self._shown_at, event.at)
        if event.type not in DEEDS:
            return
        history = self.history(shopper=event.shopper, session=None if event.shopper is not None else event.session)
        newest = slice(None, -1 - self._models.sequential.config.gap, -1)
        before = list(zip(history.steps.rows()[newest], history.steps.moments()[newest], strict=True))
        taken = history.take(row, event.type, event.at, event.value)
        if taken.began:
            self._models.sequential.observe(row, event.at, before)
        if taken.gained:
            self._models.popularity.observe(row, history.steps.moments()[-1], taken.gained, self.labels(event.shopper))


def _actor(shopper: ShopperId | None, session: SessionId | None) -> str:
    return str(shopper) if shopper is not None else f"session:{session}"
