"""Short vectors of products from their words: the truncated SVD of the TF-IDF matrix (latent semantic analysis).

Deerwester et al. 1990. A product that comes later gets its vector from its words alone, by the same projection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Vectors of the products of a fit, and the way from words to a vector."""

    vocabulary: Mapping[str, int]
    """Column of each word."""
    idf: NDArray[np.float32]
    """(words,)"""
    projection: NDArray[np.float32]
    """(words, dim): a product's vector is its unit TF-IDF vector times this."""

    def of(self, bag: Mapping[str, float]) -> NDArray[np.float32]:
        """The vector (dim,) of a bag of words; zero where no word is known."""
        columns, values = unit(bag, self.vocabulary, self.idf)
        return np.asarray(values @ self.projection[columns], np.float32)

    def turned(self, by: NDArray[np.float32]) -> WordVectors:
        """The same with every vector multiplied by (dim, new dim)."""
        return WordVectors(self.vocabulary, self.idf, np.asarray(self.projection @ by, np.float32))

    def save(self, folder: Path) -> None:
        """Write the words in order of column, their IDF and the projection."""
        write_array(folder / "idf.npy", self.idf)
        write_array(folder / "projection.npy", self.projection)
        write_words(folder / "words.txt", self.vocabulary)

    @classmethod
    def load(cls, folder: Path) -> WordVectors:
        """Read what `save` wrote."""
        vocabulary = read_words(folder / "words.txt")
        return cls(vocabulary, read_array(folder / "idf.npy"), read_array(folder / "projection.npy"))


def svd(matrix: Any, dim: int, *, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors (rows, dim) of a sparse matrix, and the projection (columns, dim) that gives them.

    Scaled so that the root mean square length of a vector is 1; a matrix of lower rank leaves zeros. Signs are fixed,
    so the same matrix gives the same vectors.
    """
    from scipy.sparse import linalg

    rank = min(dim, min(matrix.shape) - 1)
    projection = np.zeros((matrix.shape[1], dim), np.float32)
    if rank > 0 and matrix.nnz:
        _, sizes, right = linalg.svds(matrix.astype(np.float64), k=rank, rng=seed)
        right = right[np.argsort(-sizes)]
        signs = np.sign(right[np.arange(rank), np.abs(right).argmax(1)])
        projection[:, :rank] = (right * signs[:, None]).T
    vectors = np.asarray(matrix @ projection, np.float32)
    scale = max(float(np.sqrt((vectors**2).sum(1).mean())) if len(vectors) else 1.0, 1e-9)
    vectors /= np.float32(scale)
    projection /= np.float32(scale)
    return vectors, projection


def unit(
    bag: Mapping[str, float], vocabulary: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns and values of a bag's TF-IDF vector, of length 1; words that are not in the vocabulary are left out."""
    known = [(vocabulary[word], weight) for word, weight in bag.items() if word in vocabulary]
    columns = np.array([column for column, _ in known], np.int64)
    values = np.log1p(np.array([weight for _, weight in known], np.float32)) * idf[columns]
    return columns, values / max(float(np.sqrt((values**2).sum())), 1e-9)


def write_words(path: Path, vocabulary: Mapping[str, int]) -> None:
    """Write the words, one a line, in order of column."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(sorted(vocabulary, key=vocabulary.__getitem__)), "utf-8")


def read_words(path: Path) -> dict[str, int]:
    """Read what `write_words` wrote."""
    text = path.read_text("utf-8")
    return {word: column for column, word in enumerate(text.split("\n") if text else [])}
