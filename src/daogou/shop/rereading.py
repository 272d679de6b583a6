"""Reads reviews that came since a release with the text encoder, on a thread beside: words judge them until then."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from daogou.opinions.senses import unread
from daogou.shop.backlog import PAUSE_S, Backlog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import ProductId
    from daogou.opinions.context import Target
    from daogou.ports.encoder import Encoder
    from daogou.shop.sensing import Senses

_log = logging.getLogger(__name__)


class Rereading(Backlog[int]):
    """Adds to the verdicts of a release, and tells of which products every mention has one since."""

    thread = "daogou-rereading"

    def __init__(self, senses: Senses, encoder: Encoder, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._senses = senses
        self._encoder = encoder
        self._asking: dict[ProductId, set[int]] = {}
        self._answered: dict[ProductId, None] = {}

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

    def _read(self, texts: list[str]) -> NDArray[np.float32]:
        return self._senses.model.odds(self._encoder.queries(texts).astype(np.float16))

    def _keep(self, read: Mapping[int, NDArray[np.floating]]) -> None:
        self._senses.verdicts.later.update((hash, float(odds)) for hash, odds in read.items())
        for product, asked in list(self._asking.items()):
            asked.difference_update(read)
            if not asked:
                del self._asking[product]
                self._answered[product] = None

    def _failed(self, error: Exception) -> None:
        _log.warning("reviews could not be read with the encoder (%s); not tried for %d s", error, PAUSE_S)


def open_rereading(senses: Senses | None, encoder: Encoder | None) -> Rereading | None:
    """None without an encoder, or where the release was taught by another or not at all."""
    if senses is None or encoder is None or senses.model.encoder != encoder.name:
        return None
    return Rereading(senses, encoder)
