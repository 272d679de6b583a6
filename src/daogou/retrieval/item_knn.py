"""Item kNN: products that the same shoppers turned to, whatever the order, with the usual ways to weigh a shopper.

Who turned to everything says little of any pair, so the columns of shoppers are weighed as the words of texts are.
Order and time tell more where they are known (`sequential`); without them, as in a file without dates, this is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from daogou.domain.bounds import Count, Part
from daogou.retrieval.neighbours import forget_itself, ordered, products, stacked, strongest
from daogou.retrieval.spreading import Spreading

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from daogou.retrieval.sequential import Sequences

_K1, _B = 1.2, 0.75
"""Of BM25 as texts have it (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009)."""


@dataclass(frozen=True, slots=True)
class ItemKnnConfig:
    """How shoppers are weighed."""

    enabled: bool = False
    """Off: beside the sequential pairs it gained nothing on the sets that were measured."""
    weighting: Literal["cosine", "tf-idf", "bm25"] = "bm25"
    """cosine: every shopper of a product alike; tf-idf: less for whoever turned to many products; bm25: likewise,
    without regard to how many shoppers the other product has."""
    newest: Count = 100
    """Newest steps of a shopper that count, so that cost stays linear in events."""
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 6
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many neighbours of each product are kept."""


class ItemKnn(Spreading[ItemKnnConfig]):
    """The nearest products of each by their shoppers."""

    name = "item_knn"
    config_type = ItemKnnConfig

    @classmethod
    def fit(cls, sequences: Sequences, n: int, *, config: ItemKnnConfig) -> ItemKnn:
        """Compare all products."""
        x = _WEIGHINGS[config.weighting](touches(sequences, n, config.newest))
        found = []
        for low, high, values in products(x, x.T.tocsr()):
            forget_itself(values, np.arange(low, high))
            found.append(ordered(strongest(values, config.neighbours)))
        return cls(stacked(found), config)


def touches(sequences: Sequences, n: int, newest: int) -> Any:
    """(products, shoppers) in CSR: how many of the shopper's newest steps are on the product."""
    import scipy.sparse as sp

    lengths = np.diff(sequences.offsets)
    from_end = np.repeat(sequences.offsets[1:], lengths) - np.arange(len(sequences.rows))
    recent = from_end <= newest
    ends = np.concatenate(([0], np.cumsum(np.minimum(lengths, newest))))
    rows = sequences.rows[recent]
    by_shopper = sp.csr_matrix((np.ones(len(rows), np.float32), rows, ends), (len(lengths), n))
    by_shopper.sum_duplicates()
    return by_shopper.T.tocsr()


def _cosine(x: Any) -> Any:
    x.data[:] = 1
    return _unit(x)


def _tf_idf(x: Any) -> Any:
    x.data = np.sqrt(x.data) * _rarity(x)[x.indices]
    return _unit(x)


def _bm25(x: Any) -> Any:
    length = np.asarray(x.sum(1)).ravel()
    norm = _K1 * (1 - _B + _B * length / max(float(length.mean()), 1e-9))
    x.data = x.data * (_K1 + 1) / (x.data + norm.repeat(np.diff(x.indptr))) * _rarity(x)[x.indices]
    return x.astype(np.float32)


def _rarity(x: Any) -> NDArray[np.float32]:
    """(shoppers,) What each says: the logarithm of the products over those that the shopper turned to."""
    rarity: NDArray[np.float32] = np.log((1 + x.shape[0]) / (1 + np.bincount(x.indices, minlength=x.shape[1])))
    return rarity.astype(np.float32)


def _unit(x: Any) -> Any:
    """Every row at length 1."""
    length = np.sqrt(np.asarray(x.multiply(x).sum(1))).ravel()
    x.data = (x.data / np.maximum(length, 1e-9).repeat(np.diff(x.indptr))).astype(np.float32)
    return x


_WEIGHINGS: Mapping[str, Callable[[Any], Any]] = {"cosine": _cosine, "tf-idf": _tf_idf, "bm25": _bm25}
