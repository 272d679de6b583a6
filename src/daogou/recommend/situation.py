"""What an answer rests on: the trail, the purchases, and what must not come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from daogou.features.history import STEP_TYPES
from daogou.recommend.freshness import FRESHNESS, Ages
from daogou.recommend.showings import EXPOSURE, Showings
from daogou.retrieval.evidence import Trail
from daogou.retrieval.ranking import Asker
from daogou.retrieval.repeat import REPEAT
from daogou.retrieval.rules import NO_RULING, Ruling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.event import EventType
    from daogou.domain.ids import Instant
    from daogou.domain.kinds import Kind
    from daogou.domain.rule import Rule
    from daogou.recommend.ranking import Reordering
    from daogou.recommend.request import Like
    from daogou.retrieval.evidence import Evidence
    from daogou.retrieval.fusion import Fused, Fusion
    from daogou.retrieval.repeat import Bought


@dataclass(frozen=True, slots=True)
class Situation:
    """A request with everything the shop knows for it."""

    kind: Kind
    at: Instant
    trail: Trail
    types: NDArray[np.uint8]
    """What was done at each step of the trail, as a place in STEP_TYPES."""
    times: NDArray[np.int64]
    """The moment of each step of the trail."""
    bought: Bought
    excluded: NDArray[np.int32]
    """Rows that must not be in the answer; a row may stand here several times."""
    labels: tuple[str, ...]
    """The labels that have counters of their own: the shopper's, then those of the request's context."""
    fusion: Fusion
    candidates: NDArray[np.int32] | None = None
    """The only rows that may be in the answer, in the caller's order."""
    likes: tuple[Like, ...] = ()
    """What the shopper said they like."""
    basket: int = 0
    """How many of the newest steps are what lies in the basket."""
    unheard: tuple[str, ...] = ()
    """Facts of the context that say nothing here, as "name=value"."""
    members: tuple[Situation, ...] = ()
    """Of a group: each one's own."""
    ruling: Ruling = NO_RULING
    """What the shop's rules say of this answer."""
    showings: Showings | None = None
    """What has been shown to everybody, where that is to be limited."""
    ages: Ages | None = None
    """When products were released, where that counts."""
    reorderings: Sequence[Reordering] = ()
    """What the release changes of lists of this kind, one after the other."""

    def did(self, step: int) -> EventType:
        """What was done at a step of the trail."""
        return STEP_TYPES[int(self.types[step])]

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that weigh, by what they are called in a score."""
        return {rule.source: rule for rule, _ in self.ruling.weighed}

    def fused(self, found: Mapping[str, Evidence], events: NDArray[np.floating], allowed: NDArray[np.bool_]) -> Fused:
        """Every source's entries for the allowed rows, on one scale, and what age, rules and showings add or take.

        `events`: how many events each row has.
        """
        fused = self.fusion.fuse(found, events, self.trail.rows, allowed)
        asker = Asker(self.trail, self.times, self.bought, self.at)
        for reordering in self.reorderings:
            fused = reordering.applied(fused, asker, events)
        return self.ruled(fused)

    def ruled(self, fused: Fused) -> Fused:
        """The same with what age, rules and showings add or take."""
        if self.ages is not None:
            fused = fused.scaled(FRESHNESS, self.ages.factors(fused.totals[0]))
        for rule, rows in self.ruling.weighed:
            fused = fused.weighed(rule.source, rows, rule.factor)
        return fused if self.showings is None else fused.scaled(EXPOSURE, self.showings.factors(fused.totals[0]))

    def tasting(self) -> Situation:
        """The same by taste alone, in which what was bought or looked at counts as anything else does."""
        fusion = replace(self.fusion, seen=1.0, weights={**self.fusion.weights, REPEAT: 0.0})
        return replace(self.unruled(), fusion=fusion)

    def unruled(self) -> Situation:
        """The same by taste alone."""
        return replace(self, ruling=NO_RULING, showings=None, ages=None, reorderings=())

    def without(self, rows: frozenset[int]) -> Situation:
        """The same had these steps and purchases never happened."""
        kept = [(place, row) for place, row in enumerate(self.trail.rows.tolist()) if row not in rows]
        same = [[place for place, _ in places] for _, places in groupby(kept, key=itemgetter(1))]  # in a row: one step
        first = [places[-1] for places in same]
        strongest = [max(reversed(places), key=lambda place: self.trail.weights[place]) for places in same]
        times = self.times[first]
        return replace(
            self,
            trail=Trail(self.trail.rows[first], self.trail.weights[strongest]).at(times),
            types=self.types[strongest],
            times=times,
            bought=self.bought.without(rows),
        )
