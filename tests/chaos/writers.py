"""Writers that post numbered events, remember what was acknowledged, and retry what was not."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass, field

from process import Served


@dataclass
class Writers:
    """Threads that share out `events` events in batches. Each batch is sent until it is acknowledged."""

    served: Served
    events: int
    threads: int = 8
    batch: int = 50
    acknowledged: set[str] = field(default_factory=set)
    retries: int = 0
    refused: list[int] = field(default_factory=list)
    """Statuses that were neither 200 nor "try again"."""

    def __post_init__(self) -> None:
        self._lock = threading.Condition()
        self._next = 0
        self._up = threading.Event()
        self._giving_up = False
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(self.threads)]

    def start(self) -> None:
        self._up.set()
        for thread in self._threads:
            thread.start()

    def await_acknowledged(self, n: int) -> None:
        """Wait until n events have been acknowledged."""
        with self._lock:
            self._lock.wait_for(lambda: len(self.acknowledged) >= n or not self._alive(), timeout=600)

    def server_down(self) -> None:
        self._up.clear()

    def server_up(self) -> None:
        self._up.set()

    def give_up(self) -> None:
        """Do not retry any more."""
        self._giving_up = True
        self._up.set()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _take(self) -> range:
        with self._lock:
            first, self._next = self._next, min(self._next + self.batch, self.events)
            return range(first, self._next)

    def _write(self, n: int) -> None:
        connection = self.served.connect()
        while numbers := self._take():
            ids = [f"e{i}" for i in numbers]
            events: list[dict[str, object]] = [
                {"type": "view", "id": id, "shopper": f"u{n}", "product": "p1", "at": 1_750_000_000_000} for id in ids
            ]
            while not self._sent(connection, events):
                if self._giving_up:
                    return
                connection.close()
                self._up.wait(0.05)
            with self._lock:
                self.acknowledged.update(ids)
                self._lock.notify_all()
        connection.close()

    def _sent(self, connection: http.client.HTTPConnection, events: list[dict[str, object]]) -> bool:
        try:
            status = self.served.post(connection, events)
        except (OSError, http.client.HTTPException):
            self.retries += 1
            return False
        if status not in {200, 429, 503, 507}:
            self.refused.append(status)
        return status == 200
