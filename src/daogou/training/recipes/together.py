"""Bought together: from purchases to pairs that enough different shoppers bought on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.features.trust import Trust
from daogou.retrieval.together import Together

if TYPE_CHECKING:
    from daogou.training.config import TrainingConfig
    from daogou.training.data import Lines


def fit(lines: Lines, n: int, config: TrainingConfig) -> Together:
    """Count pairs in distinct shoppers, each as far as the account is believed."""
    trust = Trust.of(lines.actor, lines.day, lines.row, config.trust)
    return Together.fit(
        lines.actor, lines.day, lines.row, n, config=config.together, voice=trust.voice, believed=trust.believed
    )
