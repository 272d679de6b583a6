"""What a text encoder makes of a clause, as a second judge where no word of opinion stands: logistic regression.

Learnt from the same stars as the words around a term (`daogou.opinions.targets`), for clauses whose words nobody has
used before. Encoding is dear, so a verdict is kept by the hash of what was encoded: the term and its clause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import msgspec
import numpy as np

from daogou.opinions.targets import TargetConfig, solve
from daogou.retrieval.files import read_array, write_array
from daogou.retrieval.meaning import hash_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.opinions.context import Target

_FIT = TargetConfig(penalty=1000.0, balance=0.0)
_ABOUT = "about.json"
_ARRAYS = ("centre", "spread", "weights")


def text_of(target: Target) -> str:
    """What is encoded of a term: in the public sets its sentence beside it takes twice as long and says little more."""
    return f"{target.term}: {target.clause}"


@dataclass(frozen=True, slots=True)
class SenseModel:
    """Weights over the numbers of a vector, each taken from its mean and divided by its spread."""

    encoder: str
    """Name of the encoder whose vectors it reads."""
    centre: NDArray[np.float32]
    """(dim,)"""
    spread: NDArray[np.float32]
    """(dim,)"""
    weights: NDArray[np.float32]
    """(dim,)"""
    bias: float

    @classmethod
    def fit(cls, encoder: str, vectors: NDArray[np.float32], content: Sequence[bool]) -> Self:
        """Learn from (mentions, dim) and whether the writers were content; there must be both."""
        from scipy.sparse import csr_matrix

        centre, spread = vectors.mean(0), vectors.std(0) + np.float32(1e-6)
        weights, bias = solve(csr_matrix((vectors - centre) / spread), np.asarray(content, np.int64), _FIT)
        return cls(encoder, centre, spread, np.subtract(*weights.T[::-1]).astype(np.float32), float(bias[1] - bias[0]))

    def odds(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """(mentions,) logarithm of how much likelier each is liked than not."""
        raised = (vectors.astype(np.float32) - self.centre) / self.spread @ self.weights + np.float32(self.bias)
        found: NDArray[np.float32] = raised.astype(np.float32)
        return found

    def save(self, folder: Path) -> None:
        """Write the weights."""
        for name in _ARRAYS:
            write_array(folder / f"{name}.npy", getattr(self, name))
        (folder / _ABOUT).write_bytes(msgspec.json.encode({"encoder": self.encoder, "bias": self.bias}))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        about = msgspec.json.decode((folder / _ABOUT).read_bytes())
        centre, spread, weights = (read_array(folder / f"{name}.npy") for name in _ARRAYS)
        return cls(about["encoder"], centre, spread, weights, about["bias"])


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the second judge says of mentions it has read."""

    hashes: NDArray[np.uint64]
    """Ascending, of the texts."""
    odds: NDArray[np.float32]
    later: dict[int, float] = field(default_factory=dict)
    """Of mentions that were read since, by hash."""

    @classmethod
    def of(cls, odds: Mapping[int, float]) -> Self:
        """Those of a mapping from hashes."""
        hashes = np.fromiter(sorted(odds), np.uint64, len(odds))
        return cls(hashes, np.array([odds[hash] for hash in hashes.tolist()], np.float32))

    def get(self, target: Target) -> float | None:
        """The odds of a mention; None where it has not been read."""
        hash = hash_of(text_of(target))
        if hash in self.later:
            return self.later[hash]
        place = int(np.searchsorted(self.hashes, np.uint64(hash)))
        return float(self.odds[place]) if place < len(self.hashes) and int(self.hashes[place]) == hash else None

    def save(self, folder: Path) -> None:
        """Write them."""
        write_array(folder / "hashes.npy", self.hashes)
        write_array(folder / "odds.npy", self.odds)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what `save` wrote."""
        return cls(read_array(folder / "hashes.npy"), read_array(folder / "odds.npy"))


def unread(targets: Iterable[Target], verdicts: Verdicts) -> dict[int, str]:
    """The texts of mentions of which nothing is said yet, by hash."""
    new = (target for target in targets if verdicts.get(target) is None)
    return {hash_of(text): text for text in map(text_of, new)}
