"""Tells what a sentence asks for from a shop's own examples, and when it is nothing of the kind.

Multinomial logistic regression over TF-IDF of the pieces of words and of the words themselves, the plain baseline of
intent detection, and over what a text encoder makes of the sentence, where there is one. How sure an answer is depends
on how likely the label is and on how near its nearest example is, for what is like nothing has a likeliest label too
(nearest examples for the same: Zhang et al. 2020, https://arxiv.org/abs/2010.13009). What is less sure than a threshold
is out of scope. The threshold is chosen without any example of that: it keeps a given share of the right answers on
sentences that were not learnt.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.normalise import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

Encode = Callable[[Sequence[str]], "NDArray[np.float32]"]
"""Unit vectors (texts, dim) of sentences."""
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
    meaning: float = 1.5
    """Length of the encoder's vector beside that of the words, which is 1."""
    nearness: float = 2.0
    """What the cosine with the nearest example of a label counts beside the logarithm of how likely the label is."""
    rounds: int = 60
    kept: float = 0.9
    """Share of the right answers that the threshold keeps: the rest is the price of refusing what is out of scope."""


@dataclass(frozen=True, slots=True)
class _Space:
    """How sentences become rows of numbers."""

    places: Mapping[str, int]
    idf: NDArray[np.float64]
    """(pieces,)"""
    config: ClassifierConfig
    encode: Encode | None
    mean: NDArray[np.float64]
    """(dim,) of what the encoder makes of the examples; its vectors lie in a narrow cone."""

    @classmethod
    def of(cls, texts: Sequence[str], config: ClassifierConfig, encode: Encode | None) -> _Space:
        counts = Counter(piece for text in texts for piece in set(_pieces(text, config.pieces)))
        places = {piece: place for place, piece in enumerate(sorted(counts))}
        idf = np.array([math.log((1 + len(texts)) / (1 + counts[piece])) + 1 for piece in places])
        mean = np.zeros(0) if encode is None else encode(texts).mean(0, dtype=np.float64)
        return cls(places, idf, config, encode, mean)

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """(texts, features)"""
        from scipy.sparse import csr_matrix, hstack

        words = _rows([_pieces(text, self.config.pieces) for text in texts], self.places, self.idf)
        if self.encode is None:
            return words
        vectors = self.encode(texts) - self.mean
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return hstack([words, csr_matrix(self.config.meaning * vectors / np.maximum(lengths, 1e-9))], "csr")


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights of features for each label, and the examples."""

    labels: tuple[str, ...]
    space: _Space
    weights: NDArray[np.float64]
    """(features + 1, labels); the last row is the bias."""
    examples: csr_matrix
    """(features, examples), each of unit length."""
    meant: NDArray[np.int_]
    """(examples,) the labels' places."""
    threshold: float = -math.inf

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        config: ClassifierConfig | None = None,
        encode: Encode | None = None,
    ) -> Classifier:
        """Learn from sentences and their labels; at least two labels are needed."""
        config = config or ClassifierConfig()
        names = sorted(set(labels))
        if len(names) < 2:
            raise ValueError(f"a classifier needs two labels or more, found {names}")
        space = _Space.of(texts, config, encode and _remembering(encode, texts))
        rows = space.rows(texts)
        meant = np.array([names.index(label) for label in labels])
        return cls(
            tuple(names), space, _regress(_with_one(rows), meant, len(names), config), _unit(rows).T.tocsr(), meant
        )

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """How likely each label is for each sentence, (texts, labels); a row sums to 1."""
        return _shares(_with_one(self.space.rows(texts)) @ self.weights)

    def judged(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The likeliest label of each sentence, and how sure it is: what the threshold is compared with."""
        rows = self.space.rows(texts)
        shares = _shares(_with_one(rows) @ self.weights)
        best = shares.argmax(1)
        near = (_unit(rows) @ self.examples).toarray()  # (texts, examples)
        nearest = np.where(self.meant == best[:, None], near, 0).max(1)
        sure = np.log(shares.max(1)) + self.space.config.nearness * nearest
        return [(self.labels[place], float(each)) for place, each in zip(best, sure, strict=True)]

    def label(self, text: str) -> str | None:
        """The likeliest label, or None where it is not sure enough."""
        ((label, sure),) = self.judged([text])
        return label if sure >= self.threshold else None

    def guarded(self, texts: Sequence[str], labels: Sequence[str]) -> Classifier:
        """The same, with the threshold that keeps `config.kept` of the right answers on sentences not seen."""
        config, encode = self.space.config, self.space.encode
        right = [sure for sure, label, found in _held_out(texts, labels, config, encode) if label == found]
        return replace(self, threshold=float(np.quantile(right, 1 - config.kept)) if right else -math.inf)


def _remembering(encode: Encode, texts: Sequence[str]) -> Encode:
    """The same, which knows these texts already."""
    known = dict(zip(texts, encode(texts), strict=True))

    def vectors(some: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in some if text not in known]
        found = known | dict(zip(new, encode(new), strict=True)) if new else known
        return np.stack([found[text] for text in some])

    return vectors


def _held_out(
    texts: Sequence[str], labels: Sequence[str], config: ClassifierConfig, encode: Encode | None
) -> Iterator[tuple[float, str, str]]:
    """Each sentence, seen by one who has learnt the others: how sure its likeliest label is, its label, that one."""
    part = np.random.default_rng(0).permutation(len(texts)) % _LEFT_OUT
    for left_out in range(_LEFT_OUT):
        known = [place for place in range(len(texts)) if part[place] != left_out]
        asked = [place for place in range(len(texts)) if part[place] == left_out]
        if len({labels[place] for place in known}) < 2 or not asked:
            continue
        model = Classifier.fit([texts[p] for p in known], [labels[p] for p in known], config=config, encode=encode)
        for place, (found, sure) in zip(asked, model.judged([texts[p] for p in asked]), strict=True):
            yield sure, labels[place], found


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
    """(texts, pieces): TF-IDF scaled to unit length."""
    from scipy.sparse import csr_matrix

    values: list[float] = []
    columns: list[int] = []
    starts = [0]
    for pieces in of_text:
        known = [(places[piece], n) for piece, n in pieces.items() if piece in places]
        weights = np.array([(1 + math.log(n)) * idf[place] for place, n in known])
        length = float(np.sqrt((weights**2).sum())) or 1.0
        values += (weights / length).tolist()
        columns += [place for place, _ in known]
        starts.append(len(values))
    return csr_matrix((values, columns, starts), shape=(len(starts) - 1, len(places)))


def _with_one(rows: csr_matrix) -> csr_matrix:
    """With a column of ones, for the bias."""
    from scipy.sparse import csr_matrix, hstack

    return hstack([rows, csr_matrix(np.ones((rows.shape[0], 1)))], "csr")


def _unit(rows: csr_matrix) -> csr_matrix:
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import norm

    return (diags_array(1 / np.maximum(norm(rows, axis=1), 1e-9)) @ rows).tocsr()


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
