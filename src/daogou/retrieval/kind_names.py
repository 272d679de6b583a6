"""Kinds of goods by meaning: which category of the shop a text is another name of, as a text encoder sees it.

A lunch box is asked for as 便当盒. Vectors of an encoder lie in a narrow cone, so the mean of
the names is taken off before cosines are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder

NEAR = 0.4
"""The least cosine at which a text is taken for a name of the category,"""
AHEAD = 0.1
"""and by how much it must be ahead of every other category."""
MOST = 5_000
"""Names that are encoded, those of the categories with most products first."""
_ABOUT = "kinds.json"
_VECTORS = "kinds.npy"


@dataclass(frozen=True)
class KindNames:
    """The names of the categories of a release, in both languages."""

    encoder: str
    """The name of the encoder that made them."""
    keys: tuple[str, ...]
    """The category of each name."""
    vectors: NDArray[np.float16]
    """(names, dim), unit length."""
    names: tuple[str, ...] = ()
    """Empty in a release that was made before they were kept."""

    @classmethod
    def fit(cls, products: Iterable[Product], encoder: Encoder, *, before: KindNames | None = None) -> KindNames:
        """Encode every name of every category; those that `before` has are taken over."""
        names: dict[tuple[str, str], int] = {}
        for product in products:
            for category in product.category:
                for name in (category.zh, category.en):
                    if name:
                        names[category.key, name.casefold()] = names.get((category.key, name.casefold()), 0) + 1
        kept = sorted(names, key=lambda name: (-names[name], name))[:MOST]
        known: dict[str, NDArray[np.float16]] = {}
        if before is not None and before.encoder == encoder.name:
            known = dict(zip(before.names, before.vectors, strict=False))
        new = list(dict.fromkeys(name for _, name in kept if name not in known))
        known |= dict(zip(new, encoder.queries(new).astype(np.float16), strict=True)) if new else {}
        vectors = np.stack([known[name] for _, name in kept]) if kept else np.zeros((0, encoder.dim), np.float16)
        return cls(encoder.name, tuple(key for key, _ in kept), vectors, tuple(name for _, name in kept))

    def nearest(self, asked: NDArray[np.float32]) -> tuple[int, str] | None:
        """Of several vectors (texts, dim) the one that is surest another name of a category, and that category.

        None where none is surely nearer to one category than to all others.
        """
        if len(set(self.keys)) < 2:
            return None
        texts = _centred(asked, self._mean)
        best: tuple[float, int, str] | None = None
        for place, cosines in enumerate(texts @ self._names.T):
            found = int(cosines.argmax())
            cosine = float(cosines[found])
            others = cosines[self._kinds != self._kinds[found]]
            sure = cosine >= NEAR and cosine - float(others.max()) >= AHEAD
            if sure and (best is None or cosine > best[0]):
                best = (cosine, place, self.keys[found])
        return None if best is None else best[1:]

    @cached_property
    def _mean(self) -> NDArray[np.float32]:
        return np.asarray(self.vectors.mean(0, dtype=np.float32))

    @cached_property
    def _names(self) -> NDArray[np.float32]:
        """The vectors as they are compared, made once and not for every text."""
        return _centred(self.vectors, self._mean)

    @cached_property
    def _kinds(self) -> NDArray[np.int32]:
        """A number for the category of each name."""
        numbers = {key: n for n, key in enumerate(dict.fromkeys(self.keys))}
        return np.array([numbers[key] for key in self.keys], np.int32)

    def save(self, folder: Path) -> None:
        """Write the vectors, and beside them the categories, their names and the encoder's."""
        write_array(folder / _VECTORS, self.vectors)
        about = {"encoder": self.encoder, "keys": self.keys, "names": self.names}
        (folder / _ABOUT).write_bytes(msgspec.json.encode(about))

    @classmethod
    def load(cls, folder: Path) -> KindNames | None:
        """Map what `save` wrote; None where a release was made without."""
        if not (folder / _ABOUT).exists():
            return None
        about = msgspec.json.decode((folder / _ABOUT).read_bytes())
        vectors = read_array(folder / _VECTORS)
        return cls(about["encoder"], tuple(about["keys"]), vectors, tuple(about.get("names", ())))


def _centred(vectors: NDArray[np.floating], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    moved = vectors.astype(np.float32) - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9), np.float32)
