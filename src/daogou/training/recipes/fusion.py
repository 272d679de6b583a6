"""Fusion: the weight of each source, chosen on held-back steps with components that have not seen them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from daogou.retrieval.evidence import Evidence
from daogou.retrieval.weighing import Bands, Chosen, choose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail
    from daogou.training.config import TrainingConfig
    from daogou.training.validation import Case


class Source(Protocol):
    """What fusion asks of a component."""

    def evidence(self, trail: Trail) -> Evidence: ...


def fit(
    sources: Mapping[str, Source],
    popular: Evidence,
    cases: Sequence[Case],
    *,
    events: NDArray[np.floating],
    config: TrainingConfig,
) -> Chosen:
    """Try the weights of the config; seen products do not count, as they are not recommended.

    `events`: how many steps each row has among those that the sources were fitted on.
    """
    requests = [
        ({name: _unseen(source.evidence(case.trail), case) for name, source in sources.items()}, case.target)
        for case in cases
    ]
    for (found, _), case in zip(requests, cases, strict=True):
        found["popularity"] = _unseen(popular, case)
    tried = config.fusion
    grid = {"sequential": (1.0,), "content": tried.content, "popularity": tried.popularity}
    grid |= {name: tried.others for name in sources if name not in grid}
    return choose(requests, grid=grid, bands=Bands(events, tried.bands, tried.by_band) if tried.bands else None)


def _unseen(evidence: Evidence, case: Case) -> Evidence:
    return evidence.kept(~np.isin(evidence.rows, case.trail.rows))
