"""Products by meaning: what a text encoder makes of their names, for queries none of whose words the shop knows.

A Chinese query in a shop that only wrote English, or a need put in other words. Vectors of an encoder lie in a narrow
cone, so the mean of the products is taken off before cosines are compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder

LONGEST_TEXT = 160
"""Characters of a product's text that are encoded; cost grows with length, and names come first."""
_BLOCK_ROWS = 8_192
_ABOUT = "about.json"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Vectors of the products of a release."""

    encoder: str
    """The name of the encoder that made them."""
    vectors: NDArray[np.float16]
    """(products, dim), unit length."""
    hashes: NDArray[np.uint64]
    """(products,) of the texts, so that unchanged ones need not be encoded again."""
    mean: NDArray[np.float32]
    """(dim,)"""

    @classmethod
    def fit(cls, texts: Sequence[str], encoder: Encoder, *, before: Meaning | None = None) -> Meaning:
        """Encode what `before` does not have yet."""
        hashes = np.array([_hash(text) for text in texts], np.uint64)
        known: Mapping[int, int] = {}
        if before is not None and before.encoder == encoder.name:
            known = {int(hash): row for row, hash in enumerate(before.hashes)}
        fresh = list(
            dict.fromkeys(text for text, hash in zip(texts, hashes.tolist(), strict=True) if hash not in known)
        )
        made = dict(zip(fresh, encoder.passages(fresh).astype(np.float16), strict=True)) if fresh else {}
        vectors = np.empty((len(texts), encoder.dim), np.float16)
        for row, (text, hash) in enumerate(zip(texts, hashes.tolist(), strict=True)):
            vectors[row] = made[text] if text in made else before.vectors[known[hash]]  # type: ignore[union-attr]
        mean = vectors.astype(np.float32).mean(0) if len(texts) else np.zeros(encoder.dim, np.float32)
        return cls(encoder.name, vectors, hashes, mean)

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """(products,) how near each is to a query's vector, both taken from the mean of the products."""
        asked = query - self.mean
        asked /= max(float(np.linalg.norm(asked)), 1e-9)
        found = np.empty(len(self.vectors), np.float32)
        for low in range(0, len(self.vectors), _BLOCK_ROWS):
            block = self.vectors[low : low + _BLOCK_ROWS].astype(np.float32) - self.mean
            found[low : low + len(block)] = block @ asked / np.maximum(np.linalg.norm(block, axis=1), 1e-9)
        return found

    def save(self, folder: Path) -> None:
        """Write vectors, hashes, mean, and the encoder's name."""
        for name in ("vectors", "hashes", "mean"):
            write_array(folder / f"{name}.npy", getattr(self, name))
        (folder / _ABOUT).write_bytes(msgspec.json.encode({"encoder": self.encoder}))

    @classmethod
    def load(cls, folder: Path) -> Meaning:
        """Map what `save` wrote."""
        arrays = (read_array(folder / f"{name}.npy") for name in ("vectors", "hashes", "mean"))
        return cls(msgspec.json.decode((folder / _ABOUT).read_bytes())["encoder"], *arrays)


def text_of(product: Product) -> str:
    """What is encoded of a product: its names in both languages, what it is, its brand."""
    leaf = product.category[-1] if product.category else None
    parts = (product.title.zh, product.title.en, *((leaf.zh, leaf.en) if leaf else ()), product.brand or "")
    return " ".join(dict.fromkeys(part for part in parts if part))[:LONGEST_TEXT]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
