"""The text encoder of a shop: the one of the settings, or what a release made of it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from daogou.adapters.cedict import Cedict
from daogou.domain.errors import CorruptRelease
from daogou.retrieval.encoding.e5 import E5
from daogou.retrieval.encoding.tuned import open_tuned
from daogou.retrieval.kind_names import KindNames
from daogou.retrieval.meaning import Meaning, text_of
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.shop.shop import Report, Shop
    from daogou.training.lesson import Encode
    from daogou.training.releases import Release
    from daogou.training.train import Artifact

_log = logging.getLogger(__name__)


def encoder_of(release: Release | None, given: Encoder | None) -> Encoder | None:
    """The encoder that a release is served with: its own, where it was tuned from the one that is set."""
    if release is None or not isinstance(given, E5) or not release.path("encoder").exists():
        return given
    return open_tuned(release.path("encoder"), given.model)


def _before(shop: Shop, only: Sequence[str]) -> Release | None:
    """The release whose vectors and encoder are taken over. A damaged one does not keep the shop from a new one, unless
    parts of it were to be kept."""
    try:
        return shop.releases.active()
    except CorruptRelease as error:
        if only:
            raise
        _log.warning("%s; nothing of that release is taken over", error.message)
        return None


class _Stopped(Exception):
    """The rest of the training has come to where it needs the vectors, or has failed."""


class Encoding:
    """Makes the artifacts of a training that have to do with meaning.

    Encoding takes longest and leaves Python alone, so that it begins beside the rest of the training, on a thread. What
    that has made is handed over in the file that is kept for an interruption.
    """

    def __init__(self, shop: Shop, *, only: Sequence[str], progress: Report | None) -> None:
        self._shop = shop
        self._before = _before(shop, only)
        self._encoder = encoder_of(self._before, shop.base_encoder)
        self._asked = shop.settings.training.encoder.enabled or "encoder" in only
        self._wanted = not only or "meaning" in only
        self._progress = progress
        self._beside: Thread | None = None
        self._stopping = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def artifacts(self) -> Mapping[str, Artifact]:
        """None where no encoder is set. The encoder comes first: products are encoded by it."""
        if self._encoder is None:
            return {}
        own = {"encoder": self._tune} if isinstance(self._shop.base_encoder, E5) else {}
        return {**own, "meaning": self._encode}

    def begin(self, products: Sequence[Product]) -> None:
        """Encode beside what comes before; not where the encoder may be tuned first."""
        if self._encoder is not None and self._wanted and not self._asked:
            self._beside = Thread(target=self._encode_beside, args=(products,), name="daogou-encoding", daemon=True)
            self._beside.start()

    @property
    def encode(self) -> Encode | None:
        """Vectors of products by the encoder as it is before this training; None where none is set."""
        return self._vectors if self._encoder is not None else None

    def finished(self) -> None:
        """Throw away what was kept for an interruption."""
        self._unfinished.unlink(missing_ok=True)
        if self._asked:
            shutil.rmtree(self._tuning, ignore_errors=True)

    def _vectors(self, products: Sequence[Product]) -> NDArray[np.floating]:
        """What has been encoded so far is taken over, and what is made now need not be made again for search."""
        self._stop()
        return self._fit(products, self._part).vectors

    def _tune(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """Tune, if that is asked for; what was tuned before stays until something better comes."""
        from daogou.training.tuning import Tuning, learn

        shop, base = self._shop, self._shop.base_encoder
        if self._before is not None and self._before.path("encoder").exists():
            shutil.copytree(self._before.path("encoder"), folder, dirs_exist_ok=True)
        if not self._asked:
            raise Skip("switched off: [training.encoder] enabled = false")
        assert isinstance(base, E5)
        assert self._encoder is not None
        training = shop.settings.training
        tuning = Tuning(
            base.model, self._encoder, training.encoder, training.seed,
            self._tuning, self._tell, Cedict(), shop.taxonomy(),
        )  # fmt: skip
        metrics = learn(folder, products, shop.stores, tuning)
        self._encoder = open_tuned(folder, base.model)
        return metrics

    def _encode(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """What products mean; only what is new or changed is encoded.

        What is encoded is kept beside until the release is whole, so that an interrupted training goes on from there.
        """
        self._stop()
        assert self._encoder is not None
        self._fit(products, self._part).save(folder)
        before = KindNames.load(self._before.path("meaning")) if self._before is not None else None
        KindNames.fit(products, self._encoder, before=before).save(folder)
        self._part(1.0)
        return {"products": float(len(products))}

    def _encode_beside(self, products: Sequence[Product]) -> None:
        try:
            self._fit(products, self._go_on)
        except _Stopped:
            pass
        except Exception as error:
            # Whoever encodes the rest meets it again, and reports it.
            _log.info("encoding beside the training ended: %s", error)

    def _fit(self, products: Sequence[Product], tell: Callable[[float], None]) -> Meaning:
        assert self._encoder is not None
        before = self._before.path("meaning") if self._before is not None else None
        known = Meaning.load(before) if before is not None and before.exists() else None
        texts = [text_of(product) for product in products]
        return Meaning.fit(texts, self._encoder, before=known, kept=self._unfinished, tell=tell)

    def _go_on(self, _: float) -> None:
        if self._stopping.is_set():
            raise _Stopped

    def _stop(self) -> None:
        """Let what is encoded beside come to the end of its part."""
        self._stopping.set()
        if self._beside is not None:
            self._beside.join()

    @property
    def _unfinished(self) -> Path:
        return self._shop.folder / "cache" / "vectors.unfinished"

    @property
    def _tuning(self) -> Path:
        return self._shop.folder / "cache" / "tuning.unfinished"

    def _part(self, part: float) -> None:
        if self._progress is not None:
            self._progress("encoding products", part)

    def _tell(self, what: str) -> None:
        if self._progress is not None:
            self._progress(what, 1.0)
