"""Liked or not, learnt from a shop's own reviews: logistic regression over the pieces of a text.

Pieces are one to three Chinese characters, and one or two English words; each text is scaled to unit length after
TF-IDF (the strong simple baseline of Wang and Manning, "Baselines and Bigrams", ACL 2012, without its naive Bayes
ratios, which gained nothing). Pieces are hashed (Weinberger et al., "Feature Hashing", ICML 2009), so that no
dictionary of what people wrote is kept.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.review import Review

LEAST = 200
"""Reviews of each kind from which a shop's own polarity is learnt."""
_CONTENT, _DISCONTENT = 4.0, 2.0
"""Stars from which, and up to which, a reviewer is taken to be content or not; three stars teach nothing."""
_RUN = re.compile(r"[㐀-鿿豈-﫿]+|[a-z']+")
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class PolarityConfig:
    """How a polarity is learnt."""

    places: int = 1 << 18
    """Pieces are hashed to so many places; two that meet share a weight."""
    penalty: float = 0.1
    """L2 on the weights."""


@dataclass(frozen=True, slots=True)
class PolarityModel:
    """Weights of pieces."""

    weights: NDArray[np.float32]
    """(places,)"""
    bias: float
    idf: NDArray[np.float32]
    """(places,)"""

    @classmethod
    def fit(cls, texts: Sequence[str], liked: Sequence[bool], *, config: PolarityConfig | None = None) -> PolarityModel:
        """Learn from texts and whether their writers were content. Raises ValueError unless there are both kinds."""
        config = config or PolarityConfig()
        sign = np.where(np.asarray(liked, bool), 1.0, -1.0)
        if not 0 < np.count_nonzero(sign > 0) < len(sign):
            raise ValueError("nothing to tell apart: every text is liked, or none is")
        counted = _matrix(texts, config.places)
        documents = np.bincount(counted.indices, minlength=config.places)
        idf = np.log(len(texts) / (1 + documents)).clip(min=0).astype(np.float32)
        solved = _solve(_scaled(counted, idf), sign, config.penalty)
        return cls(solved[:-1].astype(np.float32), float(solved[-1]), idf)

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The probability that each text is content; one without a known piece gets what the bias says."""
        scaled = _scaled(_matrix(texts, len(self.weights)), self.idf)
        scores: NDArray[np.float32] = (1 / (1 + np.exp(-(scaled @ self.weights + self.bias)))).astype(np.float32)
        return scores


def learn(reviews: Iterable[Review]) -> PolarityModel | None:
    """Learn from the stars that reviewers gave to what they wrote; None where too few did."""
    texts: dict[bool, list[str]] = {True: [], False: []}
    for review in reviews:
        content = stars(review)
        if content is not None:
            texts[content].append(f"{review.title}\n{review.text}")
    liked, disliked = texts[True], texts[False]
    if min(len(liked), len(disliked)) < LEAST:
        return None
    return PolarityModel.fit(liked + disliked, [True] * len(liked) + [False] * len(disliked))


def stars(review: Review) -> bool | None:
    """Whether the stars say that the reviewer is content; None where they say neither."""
    if review.rating is None or _DISCONTENT < review.rating < _CONTENT:
        return None
    return review.rating >= _CONTENT


def pieces(text: str) -> Iterator[str]:
    """Runs of one to three Chinese characters, single English words, and pairs of them."""
    before = ""
    for run in _RUN.findall(text.casefold()):
        if run[0] >= "㐀":
            for n in (1, 2, 3):
                yield from (run[start : start + n] for start in range(len(run) - n + 1))
            before = ""
        else:
            yield run
            if before:
                yield f"{before} {run}"
            before = run


def _matrix(texts: Sequence[str], places: int) -> Any:
    """(texts, places) CSR: 1 where a text has a piece."""
    import scipy.sparse as sp

    rows = [sorted({zlib.crc32(piece.encode()) % places for piece in pieces(text)}) for text in texts]
    offsets = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    indices = np.fromiter((place for row in rows for place in row), np.int32, int(offsets[-1]))
    return sp.csr_matrix((np.ones(len(indices), np.float32), indices, offsets), (len(texts), places))


def _scaled(counted: Any, idf: NDArray[np.float32]) -> Any:
    scaled = counted.copy()
    scaled.data *= idf[scaled.indices]
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(1))).ravel()
    scaled.data /= np.repeat(np.maximum(length, 1e-9), np.diff(scaled.indptr)).astype(np.float32)
    return scaled


def _solve(scaled: Any, sign: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    """Weights and bias of the smallest penalised logistic loss (L-BFGS)."""
    from scipy.optimize import minimize

    turned = scaled.T.tocsr()

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (scaled @ at[:-1] + at[-1])
        pull = -sign / (1 + np.exp(np.minimum(margin, 500)))
        gradient = np.append(turned @ pull + penalty * at[:-1], pull.sum())
        return float(np.logaddexp(0, -margin).sum() + 0.5 * penalty * at[:-1] @ at[:-1]), gradient

    start = np.zeros(scaled.shape[1] + 1)
    found: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    return found
