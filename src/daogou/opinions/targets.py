"""How a term is judged in its sentence, learnt: a linear model over what stands around it.

Learns from terms that people have labelled, or from a shop's own reviews (as Mintz et al. do with facts, "Distant
supervision", ACL 2009): a side of a product that is named in a review of four stars or more is taken to be liked, in
one of two or fewer not, unless its clause says otherwise. Multinomial logistic regression; classes count up from 0.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from daogou.opinions.aspects import lexicon
from daogou.opinions.clauses import spans
from daogou.opinions.context import WEIGHTS, Target, groups
from daogou.opinions.polarity import stars
from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.review import Review
    from daogou.opinions.aspects import Lexicon

LEAST = 200
"""Terms of each kind from which a shop learns."""
MOST = 40_000
"""Terms that a shop learns from at most; more teach little and take long."""
AROUND = 40
"""Characters before and after a term that are read."""
_ROUNDS = 60
_ABOUT = "targets.json"


@dataclass(frozen=True, slots=True)
class TargetConfig:
    """How it is learnt. Chosen by cross-validation inside the learning parts of `benchmarks/reviews.py`."""

    places: int = 1 << 18
    """Pieces are hashed to so many places."""
    penalty: float = 0.2
    """L2 on the weights."""
    seen: int = 2
    """Examples that must have a piece."""
    balance: float = 0.3
    """0: each example counts the same; 1: each class does."""


@dataclass(frozen=True, slots=True)
class TargetModel:
    """Weights of pieces."""

    weights: NDArray[np.float32]
    """(places, classes)"""
    bias: NDArray[np.float32]
    """(classes,)"""
    idf: NDArray[np.float32]
    """(places,)"""

    @classmethod
    def fit(
        cls,
        targets: Sequence[Target],
        judged: Sequence[int],
        *,
        config: TargetConfig | None = None,
        words: Lexicon | None = None,
    ) -> TargetModel:
        """Learn from terms and their classes, 0 and up. Raises ValueError unless there are two classes."""
        config = config or TargetConfig()
        classes = np.asarray(judged, np.int64)
        if len(np.unique(classes)) < 2:
            raise ValueError("nothing to tell apart: every term is judged alike")
        hashed = [_hashed(target, config.places, words) for target in targets]
        documents = np.bincount(
            np.fromiter((place for row in hashed for group in row for place in group[1]), np.int64),
            minlength=config.places,
        )
        idf = np.log((1 + len(hashed)) / (1 + documents))
        idf[documents < config.seen] = 0
        idf = idf.astype(np.float32)
        weights, bias = solve(_matrix(hashed, idf), classes, config)
        return cls(weights.astype(np.float32), bias.astype(np.float32), idf)

    def score(self, targets: Sequence[Target], words: Lexicon | None = None) -> NDArray[np.float32]:
        """(targets, classes): the probability of each class."""
        hashed = [_hashed(target, len(self.weights), words) for target in targets]
        return shares(_matrix(hashed, self.idf) @ self.weights + self.bias).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the weights."""
        write_array(folder / "weights.npy", self.weights)
        write_array(folder / "idf.npy", self.idf)
        (folder / _ABOUT).write_bytes(msgspec.json.encode({"bias": self.bias.tolist()}))

    @classmethod
    def load(cls, folder: Path) -> TargetModel:
        """Read what `save` wrote."""
        bias = np.array(msgspec.json.decode((folder / _ABOUT).read_bytes())["bias"], np.float32)
        return cls(read_array(folder / "weights.npy"), bias, read_array(folder / "idf.npy"))


def learn(reviews: Iterable[Review], words: Lexicon | None = None) -> TargetModel | None:
    """Learn from the stars beside which sides of products are named; None where too few are."""
    found = starred(reviews, words)
    judged = [each.content for each in found]
    if few(judged):
        return None
    return TargetModel.fit([each.target for each in found], judged, words=words)


@dataclass(frozen=True, slots=True)
class Starred:
    """A side that is named in a review with stars."""

    target: Target
    content: bool
    review: int
    """Number of the review."""


def starred(reviews: Iterable[Review], words: Lexicon | None = None) -> list[Starred]:
    """The sides named in reviews whose stars say that the writer is content or not; of many, the first `MOST`."""
    found: list[Starred] = []
    for number, review in enumerate(reviews):
        content = stars(review)
        if content is not None:
            text = f"{review.title}\n{review.text}"
            found += (Starred(target, content, number) for target in named(text, content, words))
        if len(found) >= MOST:
            break
    return found


def few(judged: Sequence[bool]) -> bool:
    """Are there too few of one kind to learn from?"""
    return min(sum(judged), len(judged) - sum(judged)) < LEAST


def named(text: str, content: bool, words: Lexicon | None = None) -> Iterator[Target]:
    """The sides that a text of a writer who is content or not names, but for clauses that say otherwise."""
    words = words or lexicon()
    for start, end in spans(text):
        found = words.find(text[start:end])
        said = sum(map(words.sign, found))
        if not said or (said > 0) == content:
            for each in found:
                if each.word in words.all_words:
                    yield around(text, start + each.start, start + each.end)


def around(text: str, start: int, end: int) -> Target:
    """The term at a place of a text, with the characters around it that are read."""
    return Target(text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND])


_Hashed = list[tuple[str, dict[int, float]]]


def _hashed(target: Target, places: int, words: Lexicon | None) -> _Hashed:
    """The pieces of each group by place."""
    return [
        (name, {zlib.crc32(f"{name}|{piece}".encode()) % places: value for piece, value in group.items()})
        for name, group in groups(target, words).items()
    ]


def _matrix(hashed: Sequence[_Hashed], idf: NDArray[np.float32]) -> Any:
    """(targets, places) CSR: each group scaled to its weight."""
    import scipy.sparse as sp

    rows, places, values = [], [], []
    for row, groups_of in enumerate(hashed):
        for name, group in groups_of:
            at = np.fromiter(group, np.int64, len(group))
            value = np.fromiter(group.values(), np.float32, len(group))
            value *= 1 if name == "lexicon" else idf[at]
            length = float(np.sqrt(value @ value))
            rows.append(np.full(len(at), row))
            places.append(at)
            values.append(value * np.float32(WEIGHTS[name] / max(length, 1e-9)))
    shape = (len(hashed), len(idf))
    if not rows:
        return sp.csr_matrix(shape, dtype=np.float32)
    found = np.concatenate(values), (np.concatenate(rows), np.concatenate(places))
    return sp.coo_matrix(found, shape, np.float32).tocsr()


def solve(
    scaled: Any, classes: NDArray[np.int64], config: TargetConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and biases of the smallest penalised multinomial loss (L-BFGS), over the pieces that occur."""
    from scipy.optimize import minimize

    used = np.unique(scaled.indices)
    seen = scaled[:, used].tocsr()
    turned = seen.T.tocsr()
    n = int(classes.max()) + 1
    wanted = np.eye(n)[classes]
    weight = (len(classes) / (n * np.maximum(1, wanted.sum(0)))) ** config.balance
    weight = weight[classes]

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = at[:-n].reshape(-1, n), at[-n:]
        said = shares(seen @ weights + bias)
        lost = -(weight * np.log(said[np.arange(len(classes)), classes] + 1e-12)).sum()
        pull = (said - wanted) * weight[:, None]
        gradient = np.append((turned @ pull + config.penalty * weights).ravel(), pull.sum(0))
        return float(lost + 0.5 * config.penalty * (weights * weights).sum()), gradient

    start = np.zeros((len(used) + 1) * n)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    weights = np.zeros((scaled.shape[1], n))
    weights[used] = found[:-n].reshape(-1, n)
    return weights, found[-n:]


def shares(scores: NDArray[Any]) -> NDArray[Any]:
    """Softmax over the last axis."""
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    found: NDArray[Any] = raised / raised.sum(-1, keepdims=True)
    return found
