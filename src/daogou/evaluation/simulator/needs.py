"""What having bought does to what is wanted next, and when it is over.

A product of a kind lasts LASTS[kind] days, at the middle of those who buy it. `days` after a purchase the part

    has(days) = 1 / (1 + (days / lasts) ** STEEP)

of them still have it: the log-logistic, a usual shape of the time between purchases (Seetharaman, "The additive risk
model for purchase timing", Marketing Science 2004). The utility of a product then changes by

    - SAME_KIND * has(days)      whatever else is of the kind: one tent is enough;
    - SAME * has(days)           that very product, in place of it, where that is more. Goods that are not used up last
                                 at least `KEPT` days here: a novel is read once, and another is wanted soon;
    + RUN_OUT * (1 - has(days))  everything of a kind that is used up: who has had shampoo needs shampoo;
    + LOYAL * (1 - has(days))    that very product, where it is used up: what was good is bought again;
    + CALLS * exp(-days / FADES) kinds that go with it, as far as nothing of theirs is there yet.

The last purchase of a kind, and of a product, counts. Taste that falls with consumption and comes back with time is
what Kapoor et al. saw ("Just in time recommendations: modeling the dynamics of boredom in activity streams", WSDM 2015)
and Leqi et al. assume ("Rebounding bandits for modeling satiation effects", NeurIPS 2021). That some goods are bought
again, each after a time of its own, and others are not, is from Bhagat et al. ("Buy it again: modeling repeat purchase
recommendations", KDD 2018). The sizes are invented. Not modelled: that what was consumed last is consumed again first
(Anderson et al., "The dynamics of repeat consumption", WWW 2014), as songs are; and what is sent back counts as had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from daogou.domain.ids import DAY_MS, Instant
from daogou.evaluation.simulator.world import Floats, Ints, Topic

STEEP = 3.0
SAME_KIND = 1.5
SAME = 3.0
KEPT = 730.0
"""Days."""
RUN_OUT = 1.0
LOYAL = 1.0
CALLS = 0.8
FADES = 30.0
"""Days."""


class Purchase(NamedTuple):
    """Who bought is known from where it stands."""

    at: Instant
    item: int
    """Row of the product."""


@dataclass(frozen=True)
class Needs:
    """How long things last, by kind, and what goes with what."""

    lasts: Floats  # (kinds,) days
    used_up: Ints  # (kinds,) 1 where the same product is bought again once it is gone
    goes_with: Ints  # (kinds, kinds) 1 where the column's kind goes with the row's

    @classmethod
    def of(cls, topics: Sequence[Topic]) -> Needs:
        """State it for the kinds in this order."""
        return cls(
            lasts=np.array([topic.lasts for topic in topics], np.float64),
            used_up=np.array([topic.used_up for topic in topics], np.int64),
            goes_with=np.array([[other.id in topic.goes_with for other in topics] for topic in topics], np.int64),
        )

    def of_kinds(self, bought: Sequence[Purchase], kind: Ints, at: Instant) -> Floats:
        """(kinds,) how much more or less each is wanted at a moment. `kind`: of every product."""
        has, added = self._kinds(bought, kind, at)
        change: Floats = added - SAME_KIND * has
        return change

    def of_items(self, bought: Sequence[Purchase], kind: Ints, at: Instant) -> Floats:
        """(products,) how much more or less each is wanted at a moment."""
        has, added = self._kinds(bought, kind, at)
        change: Floats = (added - SAME_KIND * has)[kind]
        for item in {purchase.item for purchase in bought}:
            of = int(kind[item])
            lasts, used_up = float(self.lasts[of]), bool(self.used_up[of])
            days = min(_days(purchase, at) for purchase in bought if purchase.item == item)
            own = _has(days, lasts if used_up else max(lasts, KEPT))
            enough = max(SAME * own, SAME_KIND * float(has[of]))
            change[item] = float(added[of]) - enough + (LOYAL * (1 - own) if used_up else 0.0)
        return change

    def _kinds(self, bought: Sequence[Purchase], kind: Ints, at: Instant) -> tuple[Floats, Floats]:
        """Of each kind the part that is still there, and what is added as far as it is not."""
        has, calls, had = np.zeros(len(self.lasts)), np.zeros(len(self.lasts)), np.zeros(len(self.lasts))
        for purchase in bought:
            days, of = _days(purchase, at), int(kind[purchase.item])
            had[of] = 1
            has[of] = max(has[of], _has(days, float(self.lasts[of])))
            np.maximum(calls, np.exp(-days / FADES) * self.goes_with[of], out=calls)
        return has, (CALLS * calls + RUN_OUT * self.used_up * had) * (1 - has)


def _days(purchase: Purchase, at: Instant) -> float:
    return (at - purchase.at) / DAY_MS


def _has(days: float, lasts: float) -> float:
    return float(1.0 / (1.0 + (days / lasts) ** STEEP))
