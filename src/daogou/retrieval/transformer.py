"""What a causal transformer over the trail expects next: one ONNX graph, and a vector for every product.

The graph reads the vectors of the newest steps and returns the vector of what comes next; products are scored by the
dot product with it. Several models may stand side by side in it: vectors hold one part for each, and since the graph
divides by their number, the dot product is the mean of their scores. Serving needs ONNX Runtime and no torch. A score
rests on all steps together, so entries carry no single cause.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.domain.bounds import Count, Natural, Part, Positive, Weight
from daogou.retrieval.candidates import highest
from daogou.retrieval.evidence import NO_CAUSE, Evidence, Trail
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.onnx_session import session
from daogou.retrieval.shortlist import Shortlist
from daogou.retrieval.word_vectors import WordVectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_LARGEST_EXPONENT = 700.0
"""e to this power is still a number."""


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """How the transformer is built, trained and served. Needs the train extra to fit, not to serve."""

    enabled: bool = True
    """False leaves it out of the release."""
    towers: Count = 2
    """Models that differ in nothing but how they were drawn at the start and what they were shown first; the mean of
    their scores ranks better than any of them. Training takes so many times as long."""
    dim: Count = 128
    """Length of the vectors of one of them."""
    words_dim: Count = 256
    """Length of the vectors made from words, before they are turned into those."""
    layers: Count = 2
    heads: Count = 4
    length: Count = 30
    """Newest steps it can read; in training, longer histories are cut into so long pieces."""
    read: Count = 10
    """Newest steps it reads when it is asked; older ones take time and say nothing that could be measured."""
    dropout: Part = 0.2
    forget: Part = 0.2
    """Part of each history that is left out in each epoch, so that what comes after the next step is learnt too."""
    scale: Positive = 14.0
    """The product of a unit vector of what comes next and one of a product is multiplied by this before the softmax."""
    noise: Weight = 0.02
    """Spread of the part of a product's vector that is not from its words, at the start."""
    negatives: Count = 512
    """Products drawn for each batch to stand for all others."""
    negative_power: Weight = 0.5
    """They are drawn by their steps to this power."""
    rate: Positive = 2e-3
    """Learning rate of AdamW; falls to a tenth over the epochs."""
    decay: Weight = 0.0
    """Weight decay."""
    batch: Count = 128
    """Histories in a batch."""
    epochs: Count = 12
    """At most so many."""
    patience: Count = 4
    """Epochs on end that are surely worse than the best on the held-back steps, after which it stops; the last of those
    that are not is kept."""
    stop: Natural = 0
    """Stop after so many epochs; 0: look at the held-back steps. In a release: the epochs that were chosen."""
    minutes: Positive = 10.0
    """CPU minutes a fit of all towers may take; where this ends a fit before its patience, the release depends on the
    machine."""
    least_steps: Natural = 20_000
    """Below so many steps it is not trained: counts say as much."""
    exact: Natural = 4_000
    """In a catalogue of up to so many products each of them is scored for a request."""
    scanned: Natural = 30_000
    """In one of up to so many each is scored by a part of its vector, in 8 bits."""
    scored: Count = 1_500
    """In a larger one about so many are, those of the likeliest groups."""
    short: Count = 64
    """How many numbers this part has."""
    small: bool = True
    """Matrices of the graph in 8 bits."""
    candidates: Count = 300
    """Best products it speaks for. They are scored in full; of the others only the sum of their probabilities is
    estimated, where not every product is scored."""
    sharpness: Positive = 0.5
    """Power of a product's probability that is its value."""


class Transformer:
    """The graph, and vectors of the products by row; those that arrive later are placed by their words."""

    name = "transformer"

    def __init__(
        self,
        graph: bytes | Path,
        vectors: NDArray[np.float32],
        words: WordVectors,
        config: TransformerConfig,
        shortlist: Shortlist | None = None,
    ) -> None:
        self.graph = graph
        """ONNX: `steps` (1, length, towers * dim), oldest first, to `next` (1, towers * dim). A file is not read before
        it is asked, and not kept beside what is made of it."""
        self.vectors = vectors
        """(products, towers * dim)"""
        self.words = words
        self.config = config
        if shortlist is None and len(vectors) > config.exact:
            shortlist = Shortlist.of(vectors, config.short, grouped=len(vectors) > config.scanned)
        self._shortlist = shortlist
        self._placed: dict[int, NDArray[np.float32]] = {}

    def place(self, row: int, bag: Mapping[str, float]) -> None:
        """Give a product that came after the fit the vector of its words, whose parts are as long as the others'."""
        parts = self.words.of(bag).reshape(-1, self.config.dim)  # (towers, dim)
        parts /= np.maximum(np.linalg.norm(parts, axis=1, keepdims=True), 1e-9)
        self._placed[row] = parts.ravel()

    def evidence(self, trail: Trail) -> Evidence:
        """The likeliest next products, valued by probability ** sharpness; nothing without a known step."""
        steps = self._steps(trail.rows[: min(self.config.read, self.config.length)][::-1])
        if not len(steps):
            return Evidence.none()
        expected = self._session.run(None, {"steps": steps[None]})[0][0]
        rows, scores, others = self._scored(expected)
        most = float(scores.max())
        mass = float(np.exp(scores - np.float32(most)).sum()) + math.exp(min(others - most, _LARGEST_EXPONENT))
        if len(scores) > self.config.candidates:
            best = highest(scores, self.config.candidates)
            rows, scores = rows.take(best), scores.take(best)
        values = np.exp(np.float32(self.config.sharpness) * (scores - np.float32(most + math.log(mass))))
        return Evidence(rows, values, np.full(len(rows), NO_CAUSE, np.int32))

    def _scored(self, expected: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32], float]:
        """Rows with their scores, and the logarithm of the sum of e ** score of all others.

        The rows are all of a small catalogue, the best of a large one, and what was placed.
        """
        if self._shortlist is None:
            rows, scores, others = np.arange(len(self.vectors), dtype=np.int32), self.vectors @ expected, -math.inf
        else:
            rows, others = self._shortlist.nearest(expected, scored=self.config.scored, kept=self.config.candidates)
            scores = self.vectors.take(rows, 0) @ expected
        if self._placed:
            rows = np.concatenate([rows, np.fromiter(self._placed, np.int32)])
            scores = np.concatenate([scores, np.stack(list(self._placed.values())) @ expected])
        return rows, scores, others

    def save(self, folder: Path) -> None:
        """Write the graph, the vectors, the way from words to vectors, and the config."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(self.graph if isinstance(self.graph, bytes) else self.graph.read_bytes())
        write_array(folder / "vectors.npy", self.vectors)
        self.words.save(folder)
        if self._shortlist is not None:
            self._shortlist.save(folder / "shortlist")
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> Transformer:
        """Read what `save` wrote; the graph is compiled when first asked."""
        vectors = read_array(folder / "vectors.npy")
        shortlist = Shortlist.load(folder / "shortlist") if (folder / "shortlist").is_dir() else None
        config = read_config(folder, TransformerConfig)
        return cls(folder / "model.onnx", vectors, WordVectors.load(folder), config, shortlist)

    @cached_property
    def _session(self) -> Any:
        return session(self.graph, arena=False)

    def _steps(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """The vectors (steps, towers * dim) of the rows that have one."""
        fitted = rows < len(self.vectors)
        if fitted.all():
            return self.vectors.take(rows, 0)
        found = [
            self.vectors[row] if here else self._placed.get(row)
            for row, here in zip(rows.tolist(), fitted, strict=True)
        ]
        return np.array([vector for vector in found if vector is not None], np.float32)
