"""How near products are in meaning to what was typed: those of the release, and those put since."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.errors import NotReady
from daogou.retrieval.kind_names import KindNames
from daogou.retrieval.meaning import Meaning, hash_of, text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.training.releases import Release

_log = logging.getLogger(__name__)

_PAUSE_S = 30
"""Seconds for which an encoder that failed is not asked again."""
_AT_ONCE = 32
"""Products that are encoded in one go while shoppers wait for queries to be."""


class Nearness:
    """Asks the encoder; one that fails is left alone for a while, so that it cannot slow every search down.

    Products that were put since the release are encoded on a thread beside, from the first query on that needs
    meaning: a shop whose words are all known never loads the encoder.
    """

    def __init__(
        self,
        meaning: Meaning,
        encoder: Encoder,
        *,
        kinds: KindNames | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._meaning = meaning
        self._kinds = kinds
        self._encoder = encoder
        self._clock = clock
        self._silent_until = self._resting_until = 0.0
        self._waiting: dict[int, str] = {}
        self._later: dict[int, NDArray[np.float16]] = {}
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None
        self._used = self._closed = False

    def __call__(self, text: str) -> NDArray[np.float32] | None:
        """By row of the shelf; None while the encoder is silent."""
        asked = self._asked([text])
        if asked is None:
            return None
        query = asked[0]
        self._used = True
        self._start()
        with self._lock:
            later = dict(self._later)
        found = self._meaning.cosines(query)
        if later:
            rows = np.fromiter(later, np.int64)
            grown = np.full(max(len(found), int(rows.max()) + 1), -1, np.float32)
            grown[: len(found)] = found
            grown[rows] = self._meaning.cosines_of(np.stack(list(later.values())), query)
            found = grown
        return found

    def kind_of(self, texts: Sequence[str]) -> tuple[int, str] | None:
        """Which of some texts is surest another name of a category, and of which; None where none surely is, and while
        the encoder is silent."""
        asked = self._asked(texts) if self._kinds is not None else None
        return None if asked is None or self._kinds is None else self._kinds.nearest(asked)

    def put(self, products: Iterable[tuple[int, Product]]) -> None:
        """Note products that are new or changed, by row; those whose text is still the same are not encoded again."""
        hashes = self._meaning.hashes
        with self._lock:
            for row, product in products:
                text = text_of(product)
                if row < len(hashes) and int(hashes[row]) == hash_of(text):
                    self._waiting.pop(row, None)
                    self._later.pop(row, None)
                else:
                    self._waiting[row] = text
        self._start()

    def close(self) -> None:
        """Stop encoding."""
        self._closed = True
        if self._worker is not None:
            self._worker.join()

    def settle(self) -> None:
        """Wait until every product that was put is encoded, or the encoder has failed."""
        if self._worker is not None:
            self._worker.join()

    def _asked(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        if self._clock() < self._silent_until:
            return None
        try:
            return self._encoder.queries(texts)
        except NotReady as error:
            self._pause(error)
            return None

    def _start(self) -> None:
        with self._lock:
            running = self._worker is not None and self._worker.is_alive()
            rested = self._clock() >= max(self._silent_until, self._resting_until)
            if self._waiting and self._used and not running and rested:
                self._worker = threading.Thread(target=self._encode_waiting, name="daogou-nearness", daemon=True)
                self._worker.start()

    def _encode_waiting(self) -> None:
        while not self._closed:
            with self._lock:
                some = dict(list(self._waiting.items())[:_AT_ONCE])
            if not some:
                return
            try:
                vectors = self._encoder.passages(list(some.values())).astype(np.float16)
            except NotReady as error:
                self._pause(error)
                return
            except Exception:  # whatever an encoder raises, it must not be asked the same again at every query
                _log.exception("%d products could not be encoded; not tried again for %d s", len(some), _PAUSE_S)
                self._resting_until = self._clock() + _PAUSE_S
                return
            with self._lock:
                for (row, text), vector in zip(some.items(), vectors, strict=True):
                    if self._waiting.get(row) == text:  # else it was changed again meanwhile
                        del self._waiting[row]
                        self._later[row] = vector

    def _pause(self, error: NotReady) -> None:
        _log.warning("%s; not asked again for %d s", error.message, _PAUSE_S)
        self._silent_until = self._clock() + _PAUSE_S


def open_nearness(release: Release | None, encoder: Encoder | None) -> Nearness | None:
    """None without an encoder, or where the release was made with another."""
    if release is None or encoder is None or not release.path("meaning").exists():
        return None
    meaning = Meaning.load(release.path("meaning"))
    if meaning.encoder != encoder.name:
        _log.warning("the release was made with the encoder %r: train again to use %r", meaning.encoder, encoder.name)
        return None
    return Nearness(meaning, encoder, kinds=KindNames.load(release.path("meaning")))
