"""How near products are in meaning to what was typed: those of the release, and those put since."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.errors import NotReady
from daogou.retrieval.kind_names import KindNames
from daogou.retrieval.meaning import Meaning, hash_of, text_of
from daogou.shop.backlog import PAUSE_S, Backlog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.training.releases import Release

_log = logging.getLogger(__name__)
_RECENT = 1_000
"""Texts of shoppers whose vectors are kept: 1.5 MB of 384 numbers."""


class Nearness(Backlog[int]):
    """Asks the encoder; one that fails is left alone for a while, so that it cannot slow every search down.

    Products that were put since the release are encoded on a thread beside, from the first query on that needs
    meaning: a shop whose words are all known never loads the encoder.
    """

    thread = "daogou-nearness"

    def __init__(
        self,
        meaning: Meaning,
        encoder: Encoder,
        *,
        kinds: KindNames | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._meaning = meaning
        self._kinds = kinds
        self._encoder = encoder
        self._silent_until = 0.0
        self._recent: dict[str, NDArray[np.float32]] = {}
        self._later: dict[int, NDArray[np.float16]] = {}
        self._used = False

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
        if self._used:
            self._start()

    def _asked(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """The vectors of what shoppers ask; those of the newest texts are kept, for a query is asked for its category
        and for its products, with a chip fewer, and again."""
        if self._clock() < self._silent_until:
            return None
        known = {text: vector for text in texts if (vector := self._recent.get(text)) is not None}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        try:
            known |= dict(zip(new, self._encoder.queries(new), strict=True)) if new else {}
        except NotReady as error:
            self._pause(error)
            return None
        with self._lock:
            self._recent |= {text: known[text] for text in new}
            for text in list(self._recent)[: max(0, len(self._recent) - _RECENT)]:
                del self._recent[text]
        return np.array([known[text] for text in texts], np.float32)

    def _read(self, texts: list[str]) -> NDArray[np.float16]:
        return self._encoder.passages(texts).astype(np.float16)

    def _keep(self, read: Mapping[int, NDArray[np.floating]]) -> None:
        self._later.update((row, vector.astype(np.float16, copy=False)) for row, vector in read.items())

    def _failed(self, error: Exception) -> None:
        if isinstance(error, NotReady):
            self._pause(error)
        else:
            _log.error("products could not be encoded; not tried again for %d s", PAUSE_S, exc_info=error)

    def _pause(self, error: NotReady) -> None:
        _log.warning("%s; not asked again for %d s", error.message, PAUSE_S)
        self._silent_until = self._clock() + PAUSE_S
        self._rest()


def open_nearness(release: Release | None, encoder: Encoder | None) -> Nearness | None:
    """None without an encoder, or where the release was made with another."""
    if release is None or encoder is None or not release.path("meaning").exists():
        return None
    meaning = Meaning.load(release.path("meaning"))
    if meaning.encoder != encoder.name:
        _log.warning("the release was made with the encoder %r: train again to use %r", meaning.encoder, encoder.name)
        return None
    return Nearness(meaning, encoder, kinds=KindNames.load(release.path("meaning")))
