"""Repeat purchases: from purchases to how readily each product is bought again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.repeat import Repeat

if TYPE_CHECKING:
    from daogou.training.config import TrainingConfig
    from daogou.training.data import Lines


def fit(lines: Lines, n: int, config: TrainingConfig) -> Repeat:
    """Count days of purchase of each shopper and product."""
    return Repeat.fit(lines.actor, lines.day, lines.row, n, config=config.repeat)
