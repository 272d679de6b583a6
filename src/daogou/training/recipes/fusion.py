"""Fusion: the weight of each source, chosen on held-back steps with components that have not seen them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.retrieval.evidence import NO_CAUSE, Evidence
from daogou.retrieval.fusion import Fusion, faded
from daogou.retrieval.pool import Pool, Request
from daogou.retrieval.repeat import REPEAT, REST_DAYS
from daogou.retrieval.weighing import LATELY, Bands, New, Weighing, choose, choose_popular, choose_repeat, choose_seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail
    from daogou.retrieval.repeat import Repeat
    from daogou.training.config import TrainingConfig
    from daogou.training.validation import Case


_OPENINGS = 3_000
"""Beginnings of visits that are asked about, at most."""
FADES = "content"
"""The source whose entries may fade with the events of the step behind them."""


class Source(Protocol):
    """What fusion asks of a component."""

    def evidence(self, trail: Trail) -> Evidence: ...


def fit(
    sources: Mapping[str, Source],
    cases: Sequence[Case],
    *,
    repeat: Repeat,
    events: NDArray[np.floating],
    config: TrainingConfig,
) -> tuple[Weighing, Pool]:
    """Try the weights of the config on steps to products that are new to the shopper, among products that are; then
    how much products count that are not, on all steps; last how much purchases do, and how much what is popular
    does there, as of the beginning of visits.

    Returns what all sources found for the cases, too. `repeat` and `events` are of the steps that the sources were
    fitted on; the second is how many each row has.
    """
    tried = config.fusion
    grid = {"sequential": (1.0,), FADES: tried.content, "popularity": tried.popularity}
    grid |= {name: tried.others for name in sources if name not in grid}
    faded_by = {power: f"{FADES} / (1 + events) ** {power}" for power in tried.fading if power}
    new = New(tried.new, tried.new_cost, tried.new_least) if tried.new else None
    bands = Bands(events, tried.bands, tried.leaning, new) if tried.bands else None
    pool = Pool.of(
        _asked(sources, cases, repeat, events, faded_by),
        [*grid, REPEAT, *faded_by.values()],
        raised=events == 0 if bands is not None and bands.worth_raising else None,
    )
    fresh = pool.fresh()
    power = _fading(fresh, {0.0: FADES, **faded_by}, config)
    if power:
        pool, fresh = pool.taking(FADES, faded_by[power]), fresh.taking(FADES, faded_by[power])
    chosen = choose(fresh, grid=grid, bands=bands, least=tried.least)
    seen = choose_seen(pool, chosen.fusion, tried.seen, events=events)
    fusion = replace(chosen.fusion, seen=seen, fading={FADES: power} if power else {})
    openings = Pool.of(_opened(sources, cases, repeat, fusion, events=events), [*grid, REPEAT, LATELY])
    fusion = choose_repeat(openings, fusion, tried.repeat, gain=tried.resting_gain, events=events)
    return replace(chosen, fusion=choose_popular(openings, fusion, tried.popularity, events=events)), pool


def _asked(
    sources: Mapping[str, Source],
    cases: Sequence[Case],
    repeat: Repeat,
    events: NDArray[np.floating],
    faded_by: Mapping[float, str],
) -> Iterator[Request]:
    """Each case with what every source finds, what was bought, and what fades by each power under its own name."""
    for case in cases:
        found = {name: source.evidence(case.trail) for name, source in sources.items()}
        for power, name in faded_by.items():
            found[name] = faded(found[FADES], case.trail.rows, events, power)
        asker = case.asker
        found[REPEAT] = repeat.evidence(asker.bought, asker.at) if asker else Evidence.none()
        yield Request(found, case.target, case.trail.rows, case.again)


def _opened(
    sources: Mapping[str, Source],
    cases: Sequence[Case],
    repeat: Repeat,
    fusion: Fusion,
    *,
    events: NDArray[np.floating],
) -> Iterator[Request]:
    """The beginnings of some visits, with what every source with a say finds, what was bought before, and what of it
    lately."""
    openings = [(case.target, case.opening) for case in cases if case.opening is not None]
    for target, opening in openings[:_OPENINGS]:
        trail = opening.trail
        found = {
            name: source.evidence(trail) if fusion.weights[name] else Evidence.none()
            for name, source in sources.items()
        }
        found[FADES] = faded(found[FADES], trail.rows, events, fusion.fading.get(FADES, 0.0))
        rows = opening.bought.since(int(opening.at - REST_DAYS * DAY_MS))
        lately = Evidence(rows, np.ones(len(rows), np.float32), np.full(len(rows), NO_CAUSE, np.int32))
        found |= {REPEAT: repeat.evidence(opening.bought, opening.at), LATELY: lately}
        yield Request(found, target, trail.rows, target in trail.rows)


def _fading(pool: Pool, faded_by: Mapping[float, str], config: TrainingConfig) -> float:
    """The power by which words fade behind what people did, with these two sources alone."""
    content = config.fusion.content
    reached = {
        power: choose(pool, grid={"sequential": (1.0,), faded_by[power]: content}).ndcg
        for power in config.fusion.fading
    }
    return max(reached, key=lambda power: reached[power], default=0.0)
