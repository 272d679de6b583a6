"""Repeat purchases: from purchases to how readily each product is bought again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.history import STRENGTH
from daogou.retrieval.repeat import Repeat

if TYPE_CHECKING:
    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig
    from daogou.training.data import Lines


def fit_steps(steps: Sequences, n: int, config: TrainingConfig) -> Repeat:
    """The same from the purchases among steps."""
    bought = np.flatnonzero(steps.strength == STRENGTH["purchase"])
    actor = np.searchsorted(steps.offsets, bought, side="right") - 1
    return Repeat.fit(actor.astype(np.int32), steps.at[bought] // DAY_MS, steps.rows[bought], n, config=config.repeat)


def fit(lines: Lines, n: int, config: TrainingConfig) -> Repeat:
    """Count days of purchase of each shopper and product."""
    return Repeat.fit(lines.actor, lines.day, lines.row, n, config=config.repeat)
