"""Many small appends, one trip to the disk: batches that wait together are committed together.

A commit that reaches the disk costs milliseconds however little it holds, so one writer takes everything that has
gathered while it wrote, and commits that next. Callers hear back only after their events are on disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from daogou.domain.errors import Overloaded, StorageFull
from daogou.domain.event import Event
from daogou.ports.stores import Appended, Events

LARGEST_COMMIT = 20_000
"""Events in one transaction at most, so that no caller waits for a whole import."""


@dataclass(frozen=True, slots=True)
class _Batch:
    events: Sequence[Event]
    done: Future[Appended] = field(default_factory=Future)


class GroupCommit:
    """Appends to `events` from one thread of its own."""

    def __init__(self, events: Events, *, max_waiting: int = 100_000) -> None:
        """Hold at most `max_waiting` events that are not on disk yet."""
        self._events = events
        self._max_waiting = max_waiting
        self._queue: deque[_Batch] = deque()
        self._waiting = 0
        self._closed = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, events: Sequence[Event]) -> Future[Appended]:
        """Queue a batch; the future resolves when it is on disk, or raises what kept it off.

        Raises Overloaded when the queue has no room. A batch is written whole or not at all.
        """
        batch = _Batch(tuple(events))
        with self._wake:
            if self._closed:
                raise Overloaded("the event log is closing; send the events again in a moment")
            if self._waiting and self._waiting + len(batch.events) > self._max_waiting:
                raise Overloaded(f"{self._waiting} events are waiting for the disk; send these again in a moment")
            self._queue.append(batch)
            self._waiting += len(batch.events)
            self._wake.notify()
        return batch.done

    def close(self) -> None:
        """Write what is queued, then stop. Safe to call twice."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while batches := self._take():
            self._commit(batches)

    def _take(self) -> list[_Batch]:
        """Wait for work and take what fits one commit; empty once closed and drained."""
        with self._wake:
            while not self._queue and not self._closed:
                self._wake.wait()
            taken: list[_Batch] = []
            size = 0
            while self._queue and (not taken or size + len(self._queue[0].events) <= LARGEST_COMMIT):
                taken.append(self._queue.popleft())
                size += len(taken[-1].events)
            return taken

    def _commit(self, batches: list[_Batch]) -> None:
        """Append all in one transaction; where that fails, one by one, so that a bad batch fails alone."""
        running = [batch for batch in batches if batch.done.set_running_or_notify_cancel()]
        answers: Sequence[Appended | Exception]
        try:
            answers = self._events.append_each([batch.events for batch in running])
        except StorageFull as error:
            answers = [error] * len(running)  # another try for each would find the same disk
        except Exception:
            answers = [self._append_alone(batch) for batch in running]
        with self._wake:
            self._waiting -= sum(len(batch.events) for batch in batches)
        for batch, answer in zip(running, answers, strict=True):
            _resolve(batch.done, answer)

    def _append_alone(self, batch: _Batch) -> Appended | Exception:
        try:
            return self._events.append(batch.events)
        except Exception as error:
            return error


def _resolve(future: Future[Appended], answer: Appended | Exception) -> None:
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
