"""Reads reviews that came since a release with the text encoder, on a thread beside: words judge them until then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from daogou.opinions.senses import unread

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId
    from daogou.opinions.context import Target
    from daogou.ports.encoder import Encoder
    from daogou.shop.sensing import Senses

_log = logging.getLogger(__name__)

_PAUSE_S = 30
"""Seconds for which an encoder that failed is not asked again."""
_AT_ONCE = 32
"""Mentions that are encoded in one go while shoppers wait for queries to be."""


class Rereading:
    """Adds to the verdicts of a release, and tells of which products every mention has one since."""

    def __init__(self, senses: Senses, encoder: Encoder, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._senses = senses
        self._encoder = encoder
        self._clock = clock
        self._resting_until = 0.0
        self._waiting: dict[int, str] = {}
        self._asking: dict[ProductId, set[int]] = {}
        self._answered: dict[ProductId, None] = {}
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None
        self._closed = False

    def ask(self, product: ProductId, targets: Iterable[Target]) -> None:
        """Let what a product's reviews mention be read, where it has not been."""
        new = unread(targets, self._senses.verdicts)
        with self._lock:
            if new:
                self._waiting |= new
                self._asking[product] = set(new)
        self._start()

    def answered(self) -> list[ProductId]:
        """The products that were asked about and are read to the end since the last time."""
        self._start()
        with self._lock:
            found = list(self._answered)
            self._answered.clear()
        return found

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self.settle()

    def settle(self) -> None:
        """Wait until everything that was asked is read, or the encoder has failed."""
        if self._worker is not None:
            self._worker.join()

    def _start(self) -> None:
        with self._lock:
            running = self._worker is not None and self._worker.is_alive()
            if self._waiting and not running and not self._closed and self._clock() >= self._resting_until:
                self._worker = threading.Thread(target=self._read_waiting, name="daogou-rereading", daemon=True)
                self._worker.start()

    def _read_waiting(self) -> None:
        while not self._closed:
            with self._lock:
                some = dict(list(self._waiting.items())[:_AT_ONCE])
            if not some:
                return
            try:
                odds = self._senses.model.odds(self._encoder.queries(list(some.values())).astype(np.float16))
            except Exception as error:  # whatever an encoder raises, it must not be asked the same again at once
                _log.warning("reviews could not be read with the encoder (%s); not tried for %d s", error, _PAUSE_S)
                self._resting_until = self._clock() + _PAUSE_S
                return
            with self._lock:
                self._note(dict(zip(some, odds.tolist(), strict=True)))

    def _note(self, odds: dict[int, float]) -> None:
        self._senses.verdicts.later.update(odds)
        for hash in odds:
            del self._waiting[hash]
        for product, asked in list(self._asking.items()):
            asked.difference_update(odds)
            if not asked:
                del self._asking[product]
                self._answered[product] = None


def open_rereading(senses: Senses | None, encoder: Encoder | None) -> Rereading | None:
    """None without an encoder, or where the release was taught by another or not at all."""
    if senses is None or encoder is None or senses.model.encoder != encoder.name:
        return None
    return Rereading(senses, encoder)
