"""Tells what a sentence asks for from a shop's own examples, and when it is nothing of the kind.

Multinomial logistic regression over TF-IDF of the pieces of words and of the words themselves, the plain baseline of
intent detection. A sentence whose likeliest label is less likely than a threshold is out of scope. The threshold is
chosen without any example of that: it keeps a given share of the right answers on sentences that were not learnt.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.normalise import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_WORD = re.compile("[\u3400-\u9fff]+|[a-z']+|\\d+")
_LEFT_OUT = 5
"""Parts into which sentences are split to choose the threshold."""


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """How examples are learnt."""

    pieces: tuple[int, int] = (2, 5)
    """Letters of a word's pieces, its edges included."""
    penalty: float = 0.03
    """L2 on the weights, for each example; more makes bolder use of rare pieces cost more."""
    rounds: int = 60
    kept: float = 0.9
    """Share of the right answers that the threshold keeps: the rest is the price of refusing what is out of scope."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights of pieces for each label."""

    labels: tuple[str, ...]
    places: Mapping[str, int]
    idf: NDArray[np.float64]
    """(pieces,)"""
    weights: NDArray[np.float64]
    """(pieces + 1, labels); the last row is the bias."""
    config: ClassifierConfig
    threshold: float = 0.0

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Sequence[str], *, config: ClassifierConfig | None = None) -> Classifier:
        """Learn from sentences and their labels; at least two labels are needed."""
        config = config or ClassifierConfig()
        names = sorted(set(labels))
        if len(names) < 2:
            raise ValueError(f"a classifier needs two labels or more, found {names}")
        of_text = [_pieces(text, config.pieces) for text in texts]
        counts = Counter(piece for pieces in of_text for piece in set(pieces))
        places = {piece: place for place, piece in enumerate(sorted(counts))}
        idf = np.array([math.log((1 + len(texts)) / (1 + counts[piece])) + 1 for piece in places])
        rows = _rows(of_text, places, idf)
        wanted = np.array([names.index(label) for label in labels])
        weights = _regress(rows, wanted, len(names), config)
        return cls(tuple(names), places, idf, weights, config)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """How likely each label is for each sentence, (texts, labels); a row sums to 1."""
        rows = _rows([_pieces(text, self.config.pieces) for text in texts], self.places, self.idf)
        return _shares(rows @ self.weights)

    def label(self, text: str) -> str | None:
        """The likeliest label, or None where none is likely enough."""
        (shares,) = self.scores([text])
        best = int(shares.argmax())
        return self.labels[best] if shares[best] >= self.threshold else None

    def guarded(self, texts: Sequence[str], labels: Sequence[str]) -> Classifier:
        """The same, with the threshold that keeps `config.kept` of the right answers on sentences not seen."""
        right = [share for share, label, found in _held_out(texts, labels, self.config) if label == found]
        return replace(self, threshold=float(np.quantile(right, 1 - self.config.kept)) if right else 0.0)


def _held_out(
    texts: Sequence[str], labels: Sequence[str], config: ClassifierConfig
) -> Iterator[tuple[float, str, str]]:
    """Each sentence, seen by one who has learnt the others: how likely its likeliest label is, its label, that one."""
    part = np.random.default_rng(0).permutation(len(texts)) % _LEFT_OUT
    for left_out in range(_LEFT_OUT):
        known = [place for place in range(len(texts)) if part[place] != left_out]
        asked = [place for place in range(len(texts)) if part[place] == left_out]
        if len({labels[place] for place in known}) < 2 or not asked:
            continue
        model = Classifier.fit([texts[p] for p in known], [labels[p] for p in known], config=config)
        for place, shares in zip(asked, model.scores([texts[p] for p in asked]), strict=True):
            yield float(shares.max()), labels[place], model.labels[int(shares.argmax())]


def _pieces(text: str, lengths: tuple[int, int]) -> Counter[str]:
    """Words, pairs of words, and pieces of words; Chinese in pieces of one to three characters."""
    found: Counter[str] = Counter()
    words = [word for word in _WORD.findall(plain(text)) if word]
    for word in words:
        if word > "\u2fff":
            found.update(word[i : i + n] for n in (1, 2, 3) for i in range(len(word) - n + 1))
            continue
        edged = f"<{word}>"
        found.update(edged[i : i + n] for n in range(lengths[0], lengths[1] + 1) for i in range(len(edged) - n + 1))
        found[f"={word}"] += 1
    found.update(f"={a} {b}" for a, b in pairwise(words) if a < "\u2fff" and b < "\u2fff")
    return found


def _rows(of_text: Iterable[Counter[str]], places: Mapping[str, int], idf: NDArray[np.float64]) -> csr_matrix:
    """(texts, pieces + 1): TF-IDF scaled to unit length, and a column of ones."""
    from scipy.sparse import csr_matrix

    values: list[float] = []
    columns: list[int] = []
    starts = [0]
    for pieces in of_text:
        known = [(places[piece], n) for piece, n in pieces.items() if piece in places]
        weights = np.array([(1 + math.log(n)) * idf[place] for place, n in known])
        length = float(np.sqrt((weights**2).sum())) or 1.0
        values += [*(weights / length), 1.0]
        columns += [*(place for place, _ in known), len(places)]
        starts.append(len(values))
    return csr_matrix((values, columns, starts), shape=(len(starts) - 1, len(places) + 1))


def _regress(
    rows: csr_matrix, wanted: NDArray[np.int_], n_labels: int, config: ClassifierConfig
) -> NDArray[np.float64]:
    from scipy.optimize import minimize

    n, width = rows.shape
    truth = np.zeros((n, n_labels))
    truth[np.arange(n), wanted] = 1.0
    shape = (width, n_labels)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape)
        shares = _shares(rows @ weights)
        held = weights.copy()
        held[-1] = 0  # the bias is free
        cost = -np.log(shares[np.arange(n), wanted] + 1e-12).sum() + config.penalty / 2 * (held**2).sum()
        return float(cost), (rows.T @ (shares - truth) + config.penalty * held).ravel()

    found = minimize(loss, np.zeros(width * n_labels), jac=True, method="L-BFGS-B", options={"maxiter": config.rounds})
    weights: NDArray[np.float64] = found.x.reshape(shape)
    return weights


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
