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

from daogou.retrieval.candidates import Candidates
from daogou.retrieval.clusters import Clusters
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.files import read_array, read_config, write_array, write_config

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AlsConfig:
    """How the vectors are learnt and asked."""

    enabled: bool = True
    """False leaves it out of the release."""
    factors: int = 64
    """Length of the vectors."""
    penalty: float = 1.0
    """L2 on the vectors."""
    confidence: float = 40.0
    """What a step counts against a product never touched, which counts 1."""
    rounds: int = 15
    """How often the two sides are solved for in turn."""
    recency: float = 0.8
    """What each older step of a history leaves of its weight."""
    steps: int = 20
    """How many of the newest steps speak."""
    best: int = 200
    """How many products an answer holds."""
    histories: int = 100_000
    """Learnt from so many histories, those that went on last; beyond that a fit takes no longer."""
    exact: int = 20_000
    """In a catalogue of up to so many products each of them is scored for a request."""
    scored: int = 6_000
    """In a larger one, about so many: those of the groups nearest to the trail's vector."""


class Als:
    """The vectors of products; a trail's is solved on the spot."""

    name = "als"

    def __init__(self, vectors: NDArray[np.float32], config: AlsConfig, clusters: Clusters | None = None) -> None:
        """`vectors`: (products, factors). Without clusters every product is scored."""
        self.config = config
        self._vectors = vectors
        self._clusters = clusters

    @classmethod
    def of(cls, vectors: NDArray[np.float32], config: AlsConfig) -> Als:
        """Put the vectors of a large catalogue into groups."""
        return cls(vectors, config, Clusters.of(vectors) if len(vectors) > config.exact else None)

    def evidence(self, trail: Trail) -> Evidence:
        """The products nearest to the trail's vector; what a step adds is its part of the score, where it adds."""
        trail = trail.newest(self.config.steps)
        weights = trail.faded(self.config.recency)
        asked = np.flatnonzero((trail.rows < len(self._vectors)) & (weights > 0))
        if not len(asked):
            return Evidence.none()
        steps = self._vectors.take(trail.rows.take(asked), 0)  # (steps, factors)
        counts = self.config.confidence * weights.take(asked)
        # (G + S'CS)^-1 S' = G^-1 S' (1 + C S G^-1 S')^-1: a system of the steps, not of the factors (Woodbury)
        known = steps @ self._inverse  # (steps, factors)
        system = np.eye(len(asked), dtype=np.float32) + counts[:, None] * (known @ steps.T)
        solved = known.T @ np.linalg.solve(system, np.diag(1 + counts))  # (factors, steps)
        best = self._best(solved.sum(1))
        parts = np.maximum(self._vectors.take(best.rows, 0) @ solved, 0.0)  # (best, steps)
        parts *= (best.scores / np.maximum(parts.sum(1), 1e-12))[:, None]
        here = np.flatnonzero(parts)
        line, step = np.divmod(here, len(asked))
        return Evidence(best.rows.take(line), parts.take(here), asked.take(step).astype(np.int32))

    def _best(self, wanted: NDArray[np.float32]) -> Candidates:
        if self._clusters is None:
            return Candidates.best(self._vectors @ wanted, self.config.best)
        near = self._clusters.scores(wanted, self.config.scored)
        return Candidates.best(near.scores, self.config.best, rows=near.rows)

    @cached_property
    def _inverse(self) -> NDArray[np.float32]:
        """Of the Gram matrix with the penalty. Not before it is asked: a source without a weight should not read its
        vectors."""
        vectors = self._vectors
        gram = np.asarray(vectors.T @ vectors, np.float64) + self.config.penalty * np.eye(vectors.shape[1])
        return np.linalg.inv(gram).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the vectors, their groups and the config."""
        write_array(folder / "vectors.npy", self._vectors)
        if self._clusters is not None:
            self._clusters.save(folder / "clusters")
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> Als:
        """Map what `save` wrote."""
        clusters = Clusters.load(folder / "clusters") if (folder / "clusters").is_dir() else None
        return cls(read_array(folder / "vectors.npy"), read_config(folder, AlsConfig), clusters)
