"""Texts that a text encoder reads on a thread beside, so that nobody waits for it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAUSE_S = 30
"""Seconds for which an encoder that failed is not asked again."""
_AT_ONCE = 32
"""Texts that are encoded in one go while shoppers wait for queries to be."""
_Key = TypeVar("_Key")


class Backlog(ABC, Generic[_Key]):
    """Reads what waits, a few at a time; after a failure it rests, and what waits goes on waiting."""

    thread: str
    """Name of the thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        """Of what waits and of what is kept."""
        self._waiting: dict[_Key, str] = {}
        self._resting_until = 0.0
        self._worker: threading.Thread | None = None
        self._closed = False

    @abstractmethod
    def _read(self, texts: list[str]) -> NDArray[np.floating]:
        """Numbers for each text, along the first axis. May raise anything."""

    @abstractmethod
    def _keep(self, read: Mapping[_Key, NDArray[np.floating]]) -> None:
        """Take what was read; the lock is held."""

    @abstractmethod
    def _failed(self, error: Exception) -> None:
        """Say that reading failed."""

    def _start(self) -> None:
        """Read on, unless nothing waits, somebody reads already, or it rests."""
        with self._lock:
            running = self._worker is not None and self._worker.is_alive()
            if self._waiting and not running and not self._closed and self._clock() >= self._resting_until:
                self._worker = threading.Thread(target=self._read_waiting, name=self.thread, daemon=True)
                self._worker.start()

    def _rest(self) -> None:
        """Ask the encoder nothing for a while."""
        self._resting_until = self._clock() + PAUSE_S

    def settle(self) -> None:
        """Wait until everything is read, or the encoder has failed."""
        if self._worker is not None:
            self._worker.join()

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self.settle()

    def _read_waiting(self) -> None:
        while not self._closed:
            with self._lock:
                some = dict(list(self._waiting.items())[:_AT_ONCE])
            if not some:
                return
            try:
                lines = self._read(list(some.values()))
            except Exception as error:  # whatever an encoder raises, it must not be asked the same again at once
                self._rest()
                self._failed(error)
                return
            with self._lock:
                # a text that was changed again meanwhile waits on
                read = {
                    key: line
                    for (key, text), line in zip(some.items(), lines, strict=True)
                    if self._waiting.get(key) == text
                }
                for key in read:
                    del self._waiting[key]
                self._keep(read)
