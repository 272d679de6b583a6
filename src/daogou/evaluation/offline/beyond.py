"""What accuracy does not see: reach, fairness between products, surprise, variety and likeness to a shopper's mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.evaluation.offline.systems import NOTHING
from daogou.retrieval.metrics import gini

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.evaluation.offline.questions import Question

SMOOTHED = 0.01
"""Part of the shopper's mix that is put into the list's, so that the divergence is finite (Steck 2018, section 3)."""


@dataclass(frozen=True, slots=True)
class Nature:
    """What is known of the products and of their past."""

    reach: NDArray[np.float64]
    """Different shoppers who touched each product before the split."""
    shoppers: int
    """How many there were before the split."""
    features: Any
    """(products, features) in CSR, rows of length 1: category path, brand and attribute values."""
    category: NDArray[np.int64]
    """Number of each product's first category; NOTHING where it has none."""
    n_categories: int

    @classmethod
    def of(cls, products: Sequence[Product | None], reach: NDArray[np.float64], shoppers: int) -> Nature:
        """Read the products, by row."""
        tops = [p.category[0].key if p is not None and p.category else None for p in products]
        number = {key: place for place, key in enumerate(dict.fromkeys(key for key in tops if key is not None))}
        category = np.array([number[key] if key is not None else NOTHING for key in tops], np.int64)
        return cls(reach, shoppers, _features(products), category, len(number))


def beyond(
    rows: NDArray[np.int64],
    hits: NDArray[np.bool_],
    usual: NDArray[np.int64],
    questions: Sequence[Question],
    nature: Nature,
) -> dict[str, float]:
    """Measures of lists cut at k; `rows`, `hits` and `usual`, the most popular products, are (questions, k).

    - coverage: part of the products on sale or not that is shown to anyone.
    - gini: how unevenly showings are spread over products, 0 evenly to 1 (all of one).
    - popularity: mean part of all shoppers that knew a shown product; lift: that over the same of their own histories,
      less 1, both as means over the shoppers who have one (Abdollahpouri et al. 2020), so 0 is as mainstream as they
      are. Of single shoppers' ratios the mean would be made by the few who know something nobody else does.
    - novelty: mean surprise in bits, -log2 of that part (Zhou et al. 2010).
    - serendipity: part of the places that are wanted and not among the most popular (Ge et al. 2010).
    - variety: 1 less the mean cosine between two products of a list (Ziegler et al. 2005).
    - miscalibration: Kullback-Leibler divergence of the list's mix of categories from that of the history, in nats;
      0 is the same mix (Steck 2018).
    """
    shown = rows != NOTHING
    counts = np.bincount(rows[shown], minlength=len(nature.reach))
    known = (nature.reach + 1) / (nature.shoppers + 1)
    mainstream = _mean_over(known[rows], shown)
    own = np.array([known[q.history].mean() if len(q.history) else np.nan for q in questions])
    common = (rows[:, :, None] == usual[:, None, :]).any(axis=2)
    return {
        "coverage": float(np.count_nonzero(counts) / max(len(counts), 1)),
        "gini": gini(counts),
        "popularity": _mean(mainstream),
        "popularity lift": _lift(mainstream, own),
        "novelty": _mean(_mean_over(-np.log2(known)[rows], shown)),
        "serendipity": float((hits & ~common).mean()) if hits.size else 0.0,
        "variety": _mean(_variety(rows, shown, nature.features)),
        "miscalibration": _mean(_divergence(rows, shown, questions, nature)),
    }


def _lift(shown: NDArray[np.float64], own: NDArray[np.float64]) -> float:
    both = np.isfinite(shown) & np.isfinite(own)
    return float(shown[both].mean() / own[both].mean() - 1) if both.any() else 0.0


def _variety(rows: NDArray[np.int64], shown: NDArray[np.bool_], features: Any) -> NDArray[np.float64]:
    """With unit vectors the sum of all pairs' cosines is the squared length of their sum."""
    import scipy.sparse as sp

    n = shown.sum(axis=1)
    ends = np.concatenate(([0], np.cumsum(n)))
    lists = sp.csr_matrix((np.ones(ends[-1]), rows[shown], ends), shape=(len(rows), features.shape[0]))
    total = (lists @ features).power(2).sum(axis=1)
    alone = lists @ np.asarray(features.power(2).sum(axis=1)).ravel()
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = 1 - (np.asarray(total).ravel() - alone) / (n * (n - 1))
    return np.where(n > 1, found, np.nan)


def _divergence(
    rows: NDArray[np.int64], shown: NDArray[np.bool_], questions: Sequence[Question], nature: Nature
) -> NDArray[np.float64]:
    found = np.full(len(questions), np.nan)
    for place, question in enumerate(questions):
        p = _mix(nature.category[question.history], nature.n_categories)
        q = _mix(nature.category[rows[place][shown[place]]], nature.n_categories)
        if p is not None and q is not None:
            mixed = (1 - SMOOTHED) * q + SMOOTHED * p
            has = p > 0
            found[place] = float(p[has] @ np.log(p[has] / mixed[has]))
    return found


def _mix(categories: NDArray[np.int64], n: int) -> NDArray[np.float64] | None:
    counts = np.bincount(categories[categories != NOTHING], minlength=n).astype(np.float64)
    return counts / counts.sum() if counts.sum() else None


def _features(products: Sequence[Product | None]) -> Any:
    import scipy.sparse as sp

    number: dict[tuple[str, str], int] = {}
    rows, columns = [], []
    for row, product in enumerate(products):
        for facet, text in product.facets() if product is not None else ():
            rows.append(row)
            columns.append(number.setdefault((facet, text.key), len(number)))
    table = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(products), max(len(number), 1)))
    lengths = np.sqrt(np.asarray(table.power(2).sum(axis=1)).ravel())
    return sp.diags(1 / np.maximum(lengths, 1e-12)) @ table


def _mean_over(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Row means of what the mask holds; NaN where it holds nothing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = (values * mask).sum(axis=1) / mask.sum(axis=1)
    return found


def _mean(values: NDArray[np.float64]) -> float:
    """Of what is known; 0 where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0
