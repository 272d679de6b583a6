"""Implicit ALS: products and shoppers as short vectors, from what was touched and how often.

Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008. A shopper's vector is found
from the trail when an answer is asked for, so nobody needs to be known to the fit, and every score falls into what each
step adds (section 5 of the paper).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Natural, Part, Positive
from daogou.retrieval.candidates import highest
from daogou.retrieval.clusters import Clusters
from daogou.retrieval.evidence import NO_CAUSE, Evidence, Trail
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.numbers import Numbers, load_numbers, save_numbers
from daogou.retrieval.scan import Scan

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AlsConfig:
    """How the vectors are learnt and asked."""

    enabled: bool = True
    """False leaves it out of the release."""
    factors: Count = 64
    """Length of the vectors."""
    penalty: Positive = 1.0
    """L2 on the vectors."""
    confidence: Positive = 40.0
    """What a step counts against a product never touched, which counts 1."""
    rounds: Count = 15
    """How often the two sides are solved for in turn."""
    recency: Part = 0.8
    """What each older step of a history leaves of its weight."""
    steps: Count = 10
    """How many of the newest steps speak."""
    best: Count = 200
    """How many products an answer holds."""
    histories: Count = 100_000
    """Learnt from so many histories, those that went on last; beyond that a fit takes no longer."""
    exact: Natural = 4_000
    """In a catalogue of up to so many products each of them is scored for a request."""
    scanned: Natural = 30_000
    """In one of up to so many each is looked at in 8 bits, and those that look best are scored."""
    scored: Count = 6_000
    """In a larger one, about so many: those of the groups nearest to the trail's vector."""


class Als:
    """The vectors of products; a trail's is solved on the spot."""

    name = "als"

    def __init__(self, vectors: NDArray[np.float32], config: AlsConfig, numbers: Numbers | None = None) -> None:
        """`vectors`: (products, factors). Without `numbers` every product is scored."""
        self.config = config
        self._vectors = vectors
        self._numbers = numbers

    @classmethod
    def of(cls, vectors: NDArray[np.float32], config: AlsConfig) -> Als:
        """Make the vectors of a large catalogue quick to look through."""
        if len(vectors) <= config.exact:
            return cls(vectors, config)
        return cls(vectors, config, Scan.of(vectors) if len(vectors) <= config.scanned else Clusters.of(vectors))

    def evidence(self, trail: Trail) -> Evidence:
        """The products nearest to the trail's vector; what a step adds is its part of the score, where it adds."""
        return self.valuing(trail, np.empty(0, np.int32))

    def valuing(self, trail: Trail, rows: NDArray[np.int32]) -> Evidence:
        """The same with these products, however far they are."""
        given = rows[rows < len(self._vectors)]
        trail = trail.newest(self.config.steps)
        weights = trail.faded(self.config.recency)
        asked = ((trail.rows < len(self._vectors)) & (weights > 0)).nonzero()[0]
        if not len(asked):
            return Evidence.none()
        steps = self._vectors.take(trail.rows.take(asked), 0)  # (steps, factors)
        counts = self.config.confidence * weights.take(asked)
        # (G + S'CS)^-1 S' = G^-1 S' (1 + C S G^-1 S')^-1: a system of the steps, not of the factors (Woodbury)
        known = steps @ self._inverse  # (steps, factors)
        system = counts[:, None] * (known @ steps.T)
        system.flat[:: len(asked) + 1] += 1
        solved = known.T @ (np.linalg.inv(system) * (1 + counts))  # (factors, steps)
        wanted = solved.sum(1)
        rows, scores = self._best(wanted)
        if len(given):
            rows = np.union1d(rows, given).astype(np.int32)
            scores = self._vectors.take(rows, 0) @ wanted

        def parts_of(rows: NDArray[np.int32]) -> NDArray[np.float32]:
            parts = np.zeros((len(rows), len(trail)), np.float32)
            parts[:, asked] = np.maximum(self._vectors.take(rows, 0) @ solved, 0.0)
            parts /= np.maximum(parts.sum(1, keepdims=True), np.float32(1e-12))
            return parts

        kept = (scores > 0).nonzero()[0]
        return Evidence(rows.take(kept), scores.take(kept), np.full(len(kept), NO_CAUSE, np.int32), parts_of)

    def _best(self, wanted: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The rows nearest to a vector, in no order, with their scores."""
        k = self.config.best
        match self._numbers:
            case None:
                scores = self._vectors @ wanted
                rows = highest(scores, k)
                return rows, scores.take(rows)
            case Scan():
                rows = highest(self._numbers.scores(wanted), k)
                return rows, self._vectors.take(rows, 0) @ wanted
            case Clusters():
                near = self._numbers.scores(wanted, self.config.scored)
                best = highest(near.scores, k)
                return near.rows.take(best), near.scores.take(best)

    @cached_property
    def _inverse(self) -> NDArray[np.float32]:
        """Of the Gram matrix with the penalty. Not before it is asked: a source without a weight should not read its
        vectors."""
        vectors = self._vectors
        gram = np.asarray(vectors.T @ vectors, np.float64) + self.config.penalty * np.eye(vectors.shape[1])
        return np.linalg.inv(gram).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the vectors, what makes them quick to look through, and the config."""
        write_array(folder / "vectors.npy", self._vectors)
        if self._numbers is not None:
            save_numbers(self._numbers, folder)
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> Als:
        """Map what `save` wrote."""
        return cls(read_array(folder / "vectors.npy"), read_config(folder, AlsConfig), load_numbers(folder))
