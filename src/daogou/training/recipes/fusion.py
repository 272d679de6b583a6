"""Fusion: the weight of each source, chosen on held-back steps with components that have not seen them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from daogou.retrieval.evidence import Evidence
from daogou.retrieval.weighing import Bands, Chosen, New, choose, choose_seen

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
    """Try the weights of the config on steps to products that are new to the shopper, among products that are; then
    how much products count that are not, on all steps.

    `events`: how many steps each row has among those that the sources were fitted on.
    """
    asked = [
        ({name: source.evidence(case.trail) for name, source in sources.items()} | {"popularity": popular}, case)
        for case in cases
    ]
    requests = [
        ({name: _unseen(evidence, case) for name, evidence in found.items()}, case.target)
        for found, case in asked
        if not case.again
    ]
    tried = config.fusion
    grid = {"sequential": (1.0,), "content": tried.content, "popularity": tried.popularity}
    grid |= {name: tried.others for name in sources if name not in grid}
    new = New(tried.new, tried.new_cost, tried.new_least) if tried.new else None
    bands = Bands(events, tried.bands, tried.by_band, new) if tried.bands else None
    chosen = choose(requests, grid=grid, bands=bands)
    everything = [(found, case.target, case.trail.rows) for found, case in asked]
    seen = choose_seen(everything, chosen.fusion, tried.seen, events=events)
    return replace(chosen, fusion=replace(chosen.fusion, seen=seen))


def _unseen(evidence: Evidence, case: Case) -> Evidence:
    return evidence.kept(~np.isin(evidence.rows, case.trail.rows))
