"""What goes together by the acts of others: pairs that enough different shoppers bought on one day, and what shoppers
turned to next. Both ask which accounts are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.trust import Trust
from daogou.retrieval.sequential import SequentialKnn
from daogou.retrieval.together import Together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig
    from daogou.training.data import Lines

_OFTEN = 3
"""How often a shopper may turn to one product and be counted: who goes to and fro between two a hundred times says no
more than who did so three times."""


def fit(lines: Lines, n: int, config: TrainingConfig) -> Together:
    """Count pairs in distinct shoppers, each as far as the account is believed."""
    trust = Trust.of(lines.actor, lines.day, lines.row, config.trust)
    return Together.fit(
        lines.actor, lines.day, lines.row, n, config=config.together, voice=trust.voice, believed=trust.believed
    )


def believed(steps: Sequences, lines: Lines, n: int, config: TrainingConfig) -> NDArray[np.bool_]:
    """(steps,) Which steps say what people turn to around a product; all, where too few are believed to go by."""
    trust = Trust.of(lines.actor, lines.day, lines.row, config.trust)
    found: NDArray[np.bool_] = steps.at // DAY_MS <= np.append(trust.until, -1).take(_actors(steps), mode="clip")
    return found if found.sum() >= config.trust.least_steps * n else np.ones(len(steps), np.bool_)


def follow(steps: Sequences, counted: NDArray[np.bool_], n: int, config: TrainingConfig) -> SequentialKnn:
    """Count what shoppers turned to next. `counted` (steps,): which count, from `believed`."""
    few = _first_times(_actors(steps), steps.rows, n)
    return SequentialKnn.fit(steps.only(few & counted), n, config=config.sequential)


def _actors(steps: Sequences) -> NDArray[np.int64]:
    """(steps,) Whose step each is."""
    return np.repeat(np.arange(len(steps.actors)), np.diff(steps.offsets))


def _first_times(actor: NDArray[np.integer], rows: NDArray[np.int32], n: int) -> NDArray[np.bool_]:
    """(steps,) Which are among the first few of an actor on their product."""
    pair = actor.astype(np.int64) * max(n, 1) + rows
    order = np.argsort(pair, kind="stable")
    ordered = pair[order]
    first = np.searchsorted(ordered, ordered)  # the place of the first of equals
    found = np.empty(len(pair), np.bool_)
    found[order] = np.arange(len(pair)) - first < _OFTEN
    return found
