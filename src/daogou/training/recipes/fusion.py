"""Fusion: the weight of each source, chosen on held-back steps with components that have not seen them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from daogou.retrieval.evidence import Evidence
from daogou.retrieval.fusion import faded
from daogou.retrieval.weighing import Bands, Chosen, New, choose, choose_seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail
    from daogou.training.config import TrainingConfig
    from daogou.training.validation import Case


Found = tuple[Mapping[str, Evidence], "Case"]
"""What each source found for a question."""
FADES = "content"
"""The source whose entries may fade with the events of the step behind them."""


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
    asked: list[Found] = [
        ({name: source.evidence(case.trail) for name, source in sources.items()} | {"popularity": popular}, case)
        for case in cases
    ]
    power = _fading(asked, events, config)
    asked = [(_with_faded(found, case, events, power), case) for found, case in asked]
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
    fading = {FADES: power} if power else {}
    return replace(chosen, fusion=replace(chosen.fusion, seen=seen, fading=fading))


def _fading(asked: Sequence[Found], events: NDArray[np.floating], config: TrainingConfig) -> float:
    """The power by which words fade behind what people did, with these two sources alone; 0 without words."""
    if not config.fusion.fading or not all(FADES in found for found, _ in asked):
        return 0.0
    two = ("sequential", FADES)
    grid = {"sequential": (1.0,), FADES: config.fusion.content}
    reached = []
    for power in config.fusion.fading:
        requests = [
            ({name: _unseen(_with_faded(found, case, events, power)[name], case) for name in two}, case.target)
            for found, case in asked
            if not case.again
        ]
        reached.append(choose(requests, grid=grid).ndcg)
    return config.fusion.fading[int(np.argmax(reached))]


def _with_faded(
    found: Mapping[str, Evidence], case: Case, events: NDArray[np.floating], power: float
) -> Mapping[str, Evidence]:
    return {**found, FADES: faded(found[FADES], case.trail.rows, events, power)} if power else found


def _unseen(evidence: Evidence, case: Case) -> Evidence:
    return evidence.kept(~np.isin(evidence.rows, case.trail.rows))
