"""What each word says of which products follow each other: "guarantee" little or much, as the shop's steps tell.

Rarity alone decides what a word weighs in TF-IDF. Here weights are learnt on top of it: the cosine of a product and
the one that a shopper turned to soon after shall be above its cosine with drawn products, half of them drawn from its
nearest by words, half by how often they were steps. Feature weights from behaviour, after Cella, Deldjoo and others,
"Deriving item features relevance from collaborative domain knowledge" (2018), by a softmax over drawn products in place
of least squares. Few steps of gradient descent: more of them learn the pairs by heart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.domain.bounds import Count, Natural, Positive
from daogou.retrieval.content import ContentConfig, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.retrieval.neighbours import Neighbours


@dataclass(frozen=True, slots=True)
class WordsConfig:
    """How the weights of words are learnt. Chosen on Amazon 2014 Beauty, where a few variations were tried."""

    enabled: bool = True
    """False: rarity alone."""
    pairs: Count = 150_000
    """Pairs of steps that are looked at, each once; of more, so many are drawn."""
    least_pairs: Natural = 20_000
    """With fewer, rarity alone."""
    gap: Natural = 3
    """A pair's second step comes at most so many after the first; with 0, rarity alone."""
    others: Count = 10
    """Products drawn for each pair."""
    scale: Positive = 8.0
    """Cosines are multiplied by this before the softmax."""
    rate: Positive = 0.02
    """Step of Adam on the logarithms of the weights."""
    batch: Count = 4_096
    """Pairs in a step."""
    products: Count = 12_000
    """Of more first products of pairs so many are drawn: the nearest of each are sought, and the cost stays bounded."""


def learn(
    matrix: Any, steps: Sequences, config: WordsConfig, *, content: ContentConfig, seed: int
) -> NDArray[np.float32] | None:
    """The factor (words,) of each word's TF-IDF; None where there are too few steps, or no two products share a
    word.

    `matrix`: (products, words) CSR.
    """
    random = np.random.default_rng(seed)
    first, second = _pairs(steps, config, random)
    if len(first) < config.least_pairs:
        return None
    squared = matrix.multiply(matrix).tocsr()
    asked, place = np.unique(first, return_inverse=True)
    near = nearest(matrix, asked, config=content)
    if not len(near.rows):
        return None
    worth = np.zeros(matrix.shape[1])  # logarithms
    mean, spread = np.zeros_like(worth), np.zeros_like(worth)
    for done, low in enumerate(range(0, len(first), config.batch), 1):
        batch = slice(low, low + config.batch)
        drawn = _drawn(first[batch], place[batch], near, steps, k=config.others, random=random)
        answers = np.column_stack([second[batch], drawn])
        slope = slope_of(matrix, squared, np.exp(worth), head=first[batch], answers=answers, scale=config.scale)
        mean, spread = 0.9 * mean + 0.1 * slope, 0.999 * spread + 0.001 * slope**2
        worth -= config.rate * (mean / (1 - 0.9**done)) / (np.sqrt(spread / (1 - 0.999**done)) + 1e-8)
    return np.exp(worth / 2).astype(np.float32)


def _pairs(
    steps: Sequences, config: WordsConfig, random: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Steps and what came up to `gap` after them, in random order."""
    actor = np.repeat(np.arange(len(steps.offsets) - 1), np.diff(steps.offsets))
    rows = steps.rows
    here, there = [rows[:0]], [rows[:0]]
    for gap in range(1, config.gap + 1):
        kept = np.flatnonzero((actor[:-gap] == actor[gap:]) & (rows[:-gap] != rows[gap:]))
        here.append(rows[kept])
        there.append(rows[kept + gap])
    first, second = np.concatenate(here), np.concatenate(there)
    among = random.permutation(np.unique(first))[: config.products]
    kept = np.flatnonzero(np.isin(first, among))
    kept = random.permutation(kept)[: config.pairs]
    return first[kept], second[kept]


def _drawn(
    head: NDArray[np.int32],
    place: NDArray[np.intp],
    near: Neighbours,
    steps: Sequences,
    *,
    k: int,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """k products (batch, k) for each: half from its nearest (itself where it has none), half from the steps."""
    start, end = (near.offsets[place + by][:, None] for by in (0, 1))
    at = start + (random.random((len(head), k // 2)) * (end - start)).astype(np.int64)
    alike = np.where(end > start, near.rows[np.minimum(at, len(near.rows) - 1)], head[:, None])
    return np.column_stack([alike, steps.rows[random.integers(0, len(steps.rows), (len(head), k - k // 2))]])


def slope_of(
    matrix: Any,
    squared: Any,
    worth: NDArray[np.float64],
    *,
    head: NDArray[np.int32],
    answers: NDArray[np.int32],
    scale: float,
) -> NDArray[np.float64]:
    """Gradient (words,) of the mean softmax loss by the logarithms of the words' worth.

    Inputs: matrix (products, words) and its square; worth (words,); head (batch,); answers (batch, 1 + others), of
    which the first came. Suits products of a few dozen words. Example: its test, which takes differences of the loss.
    """
    length = np.sqrt(np.maximum(squared @ worth, 1e-9))  # (products,)
    left, right = np.repeat(head, answers.shape[1]), answers.ravel()
    shared = matrix[left].multiply(matrix[right]).tocsr()  # (batch * (1 + others), words)
    apart = length[left] * length[right]
    cosine = (shared @ worth) / apart
    said = (scale * cosine).reshape(answers.shape)
    chance = np.exp(said - said.max(1, keepdims=True))
    chance /= chance.sum(1, keepdims=True)
    chance[:, 0] -= 1
    slope = scale * chance.ravel() / len(head)  # of the loss by each cosine
    pulled = np.bincount(np.concatenate([left, right]), np.tile(slope * cosine, 2), len(length)) / length**2
    return np.asarray(worth * (shared.T @ (slope / apart) - 0.5 * (squared.T @ pulled)))
