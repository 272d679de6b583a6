"""Fusion: the weight of each source, chosen on held-back steps with components that have not seen them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from daogou.retrieval.fusion import faded
from daogou.retrieval.pool import Pool, Request
from daogou.retrieval.weighing import Bands, Chosen, New, choose, choose_seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Evidence, Trail
    from daogou.training.config import TrainingConfig
    from daogou.training.validation import Case


FADES = "content"
"""The source whose entries may fade with the events of the step behind them."""


class Source(Protocol):
    """What fusion asks of a component."""

    def evidence(self, trail: Trail) -> Evidence: ...


def fit(
    sources: Mapping[str, Source],
    cases: Sequence[Case],
    *,
    events: NDArray[np.floating],
    config: TrainingConfig,
) -> Chosen:
    """Try the weights of the config on steps to products that are new to the shopper, among products that are; then
    how much products count that are not, on all steps.

    `events`: how many steps each row has among those that the sources were fitted on.
    """
    tried = config.fusion
    grid = {"sequential": (1.0,), FADES: tried.content, "popularity": tried.popularity}
    grid |= {name: tried.others for name in sources if name not in grid}
    faded_by = {power: f"{FADES} / (1 + events) ** {power}" for power in tried.fading if power}
    new = New(tried.new, tried.new_cost, tried.new_least) if tried.new else None
    bands = Bands(events, tried.bands, tried.leaning, new) if tried.bands else None
    pool = Pool.of(
        _asked(sources, cases, events, faded_by),
        [*grid, *faded_by.values()],
        raised=events == 0 if bands is not None and bands.worth_raising else None,
    )
    fresh = pool.fresh()
    power = _fading(fresh, {0.0: FADES, **faded_by}, config)
    if power:
        pool, fresh = pool.taking(FADES, faded_by[power]), fresh.taking(FADES, faded_by[power])
    chosen = choose(fresh, grid=grid, bands=bands)
    seen = choose_seen(pool, chosen.fusion, tried.seen, events=events)
    fading = {FADES: power} if power else {}
    return replace(chosen, fusion=replace(chosen.fusion, seen=seen, fading=fading))


def _asked(
    sources: Mapping[str, Source],
    cases: Sequence[Case],
    events: NDArray[np.floating],
    faded_by: Mapping[float, str],
) -> Iterator[Request]:
    """Each case with what every source finds, and what fades by each power under its own name."""
    for case in cases:
        found = {name: source.evidence(case.trail) for name, source in sources.items()}
        for power, name in faded_by.items():
            found[name] = faded(found[FADES], case.trail.rows, events, power)
        yield Request(found, case.target, case.trail.rows, case.again)


def _fading(pool: Pool, faded_by: Mapping[float, str], config: TrainingConfig) -> float:
    """The power by which words fade behind what people did, with these two sources alone."""
    content = config.fusion.content
    reached = {
        power: choose(pool, grid={"sequential": (1.0,), faded_by[power]: content}).ndcg
        for power in config.fusion.fading
    }
    return max(reached, key=lambda power: reached[power], default=0.0)
