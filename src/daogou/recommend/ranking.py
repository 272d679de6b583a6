"""What a release changes of the fused list for whoever asks now: its rankers put the first products in a better order,
and what they have enough of comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from daogou.retrieval import habits
from daogou.retrieval.candidates import are_highest
from daogou.retrieval.habits import HABITS
from daogou.retrieval.ranking import Asker, described, spared
from daogou.retrieval.repeat import REPEAT
from daogou.retrieval.sated import SATED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from daogou.domain.kinds import Kind
    from daogou.recommend.models import Models
    from daogou.retrieval.fusion import Fused
    from daogou.retrieval.ranking import Ranker
    from daogou.retrieval.repeat import Repeat
    from daogou.retrieval.sated import Sated
    from daogou.retrieval.shelf import Shelf

RANKING = "ranking"
"""What the ranker is called among the parts of a score."""


class Reordering(Protocol):
    """What puts some products of a fused list in another order."""

    def applied(self, fused: Fused, asker: Asker, events: NDArray[np.floating]) -> Fused:
        """The same with the scores of some products multiplied; the differences are entries of their own source.

        `events`: how many events each row has.
        """


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranker, and the goods it is told of."""

    ranker: Ranker
    shelf: Shelf
    believed: NDArray[np.floating] | None = None
    """How many steps of believed accounts each row has, where it is told of these and not of everybody's."""

    def applied(self, fused: Fused, asker: Asker, events: NDArray[np.floating]) -> Fused:
        """Someone without a history is told what the fusion says, and so is who comes back after the time within which
        the ranker is known to rank better."""
        rows, scores = fused.totals
        if not self.ranker.heard(asker) or not len(rows):
            return fused
        first = are_highest(scores, min(len(scores), self.ranker.config.first)).nonzero()[0]
        parts = fused.by_source(first, self.ranker.sources)
        events = events if self.believed is None else self.believed
        told = described(rows.take(first), scores.take(first), parts, asker, goods=self.shelf, events=events)
        said = spared(self.ranker.factors(told), told)
        said[rows.take(first) == asker.trail.rows[0]] = 1  # turned to again it is the same step, so nobody learnt of it
        factors = np.ones(len(rows), np.float32)
        factors[first] = said
        return fused.scaled(RANKING, factors)


@dataclass(frozen=True, slots=True)
class Habits:
    """A ranker of what somebody buys, and what it is told of: only products they have bought change places."""

    ranker: Ranker
    repeat: Repeat
    shelf: Shelf

    def applied(self, fused: Fused, asker: Asker, events: NDArray[np.floating]) -> Fused:
        """Someone who has bought nothing is told what the fusion says."""
        first, said = fused.of_source(REPEAT)
        if not len(first):
            return fused
        if len(first) > (most := self.ranker.config.first):
            kept = are_highest(said, most).nonzero()[0]
            first, said = first.take(kept), said.take(kept)
        rows, _ = fused.totals
        told = habits.described(rows.take(first), said, asker.bought, asker.at, repeat=self.repeat, goods=self.shelf)
        factors = np.ones(len(rows), np.float32)
        factors[first] = self.ranker.factors(told)
        return fused.scaled(HABITS, factors)


@dataclass(frozen=True, slots=True)
class Enough:
    """Lowers what is of a kind that was just bought, where people have enough of it then."""

    sated: Sated
    shelf: Shelf

    def applied(self, fused: Fused, asker: Asker, events: NDArray[np.floating]) -> Fused:
        """Someone who has bought nothing lately is told what was said before."""
        return fused.scaled(SATED, self.sated.factors(fused.totals[0], asker, self.shelf.sorts[:, 1]))


def reorderings(models: Models, shelf: Shelf) -> Mapping[Kind, Sequence[Reordering]]:
    """What the release changes, in this order, by the kind of list."""
    ranker, habits_, sated, completing = models.ranker, models.habits, models.sated, models.completing
    found: dict[Kind, Sequence[Reordering]] = {
        "for-you": [
            *([Ranking(ranker, shelf)] if ranker is not None else []),
            *([Enough(sated, shelf)] if sated is not None else []),
        ],
        "complete": [Ranking(completing, shelf, models.beside.degree)] if completing is not None else [],
        "next-basket": [Habits(habits_, models.repeat, shelf)] if habits_ is not None else [],
    }
    return found
