"""The hybrid similarity: behaviour and features mixed with the alpha that ranks held-back steps best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.evidence import Trail
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.hybrid import Hybrid, behaviour
from daogou.retrieval.pool import Pool, Request
from daogou.retrieval.weighing import score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.retrieval.neighbours import Neighbours
    from daogou.training.config import TrainingConfig
    from daogou.training.validation import Case


def fit_behaviour(
    steps: Sequences,
    counted: NDArray[np.bool_],
    n: int,
    config: TrainingConfig,
    *,
    only: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Cosines over the newest of every actor's steps that count, a mask; the strength of repeated steps adds up.

    With `only`, the others have no neighbours: choosing the mixture asks for few products.
    """
    recent = _recent(steps, counted, config.hybrid.steps)
    return behaviour(steps.who[recent], steps.rows[recent], steps.strength[recent], n, config=config.hybrid, only=only)


def _recent(steps: Sequences, counted: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """(steps,) Which are among the newest of their actor that count."""
    before = np.concatenate(([0], np.cumsum(counted)), dtype=np.int32)
    from_here = np.repeat(before[steps.offsets[1:]], np.diff(steps.offsets)) - before[:-1]
    recent: NDArray[np.bool_] = counted & (from_here <= most)
    return recent


def asked(cases: Sequence[Case]) -> NDArray[np.int64]:
    """The products that `choose_alpha` asks for."""
    return np.unique(np.array([case.trail.rows[0] for case in cases], np.int64))


def choose_alpha(
    by_behaviour: Neighbours, by_features: Neighbours, cases: Sequence[Case], config: TrainingConfig
) -> float:
    """The alpha whose nearest products to a shopper's newest step hold their next one most highly."""
    none = np.empty(0, np.int32)
    pool = Pool.of(
        (
            Request({"behaviour": by_behaviour.spread(last), "features": by_features.spread(last)}, case.target, none)
            for case in cases
            for last in [Trail(case.trail.rows[:1], np.ones(1, np.float32))]
        ),
        ["behaviour", "features"],
    )
    mixtures = [Fusion({"behaviour": alpha, "features": 1 - alpha}) for alpha in config.hybrid.alphas]
    reached = [score(mixture, pool) for mixture in mixtures]
    return config.hybrid.alphas[int(np.argmax(reached))]


def mix(by_behaviour: Neighbours, by_features: Neighbours, alpha: float, config: TrainingConfig) -> Hybrid:
    """The table that is served."""
    return Hybrid.mix(by_behaviour, by_features, alpha=alpha, config=config.hybrid)
