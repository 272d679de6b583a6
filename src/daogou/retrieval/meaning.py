"""Products by meaning: what a text encoder makes of their names, for queries none of whose words the shop knows.

A Chinese query in a shop that only wrote English, or a need put in other words. Vectors of an encoder lie in a narrow
cone, so the mean of the products is taken off before cosines are compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.retrieval.files import read_array, write_array
from daogou.retrieval.kept_vectors import KeptVectors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder

LONGEST_TEXT = 160
"""Characters of a product's text that are encoded; cost grows with length, and names come first."""
_BLOCK_ROWS = 8_192
_BLOCK_TEXTS = 1_024
"""Texts that are encoded together, seconds of work: what an interruption costs."""
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
    def fit(
        cls,
        texts: Sequence[str],
        encoder: Encoder,
        *,
        before: Meaning | None = None,
        kept: Path | None = None,
        tell: Callable[[float], None] = lambda part: None,
    ) -> Meaning:
        """Encode what `before` does not have yet.

        `kept` is a file that has each part of the vectors as soon as it is made: an interrupted fit goes on from there.
        `tell` hears how much is done, from 0 to 1.
        """
        hashes = [hash_of(text) for text in texts]
        known: dict[int, NDArray[np.float16]] = {}
        if before is not None and before.encoder == encoder.name:
            known = dict(zip(before.hashes.tolist(), before.vectors, strict=True))
        file = None if kept is None else KeptVectors(kept, encoder.name, encoder.dim)
        if file is not None:
            known |= file.read()
        fresh = {hash: text for text, hash in zip(texts, hashes, strict=True) if hash not in known}
        for low in range(0, len(fresh), _BLOCK_TEXTS):
            tell(low / len(fresh))
            block = list(fresh)[low : low + _BLOCK_TEXTS]
            made = encoder.passages([fresh[hash] for hash in block]).astype(np.float16)
            known |= zip(block, made, strict=True)
            if file is not None:
                file.add(np.array(block, np.uint64), made)
        vectors = np.array([known[hash] for hash in hashes], np.float16).reshape(len(texts), encoder.dim)
        mean = vectors.mean(0, dtype=np.float32) if len(texts) else np.zeros(encoder.dim, np.float32)
        return cls(encoder.name, vectors, np.array(hashes, np.uint64), mean)

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """(products,) how near each is to a query's vector, both taken from the mean of the products."""
        found = np.empty(len(self.vectors), np.float32)
        for low in range(0, len(self.vectors), _BLOCK_ROWS):
            block = self.vectors[low : low + _BLOCK_ROWS]
            found[low : low + len(block)] = self.cosines_of(block, query)
        return found

    def cosines_of(self, vectors: NDArray[np.floating], query: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for other vectors (…, dim), such as those of products that came later."""
        asked, offered = query - self.mean, vectors.astype(np.float32) - self.mean
        asked /= max(float(np.linalg.norm(asked)), 1e-9)
        found: NDArray[np.float32] = offered @ asked / np.maximum(np.linalg.norm(offered, axis=-1), 1e-9)
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


def hash_of(text: str) -> int:
    """By what a text is known again: 64 bits of BLAKE2."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
