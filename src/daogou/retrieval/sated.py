"""Kinds of goods that a shopper has for now: whoever has just bought a tripod may not want another, but comes back for
coffee. Which it is, is counted in the shop's own visits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Part, Positive
from daogou.domain.ids import DAY_MS
from daogou.retrieval.evidence import place_among
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.repeat import REST_DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.ranking import Asker

SATED = "sated"
"""What having bought of a kind is called among the parts of a score."""
_LOOK = 1.0
"""What a step weighs at which nothing more was done than to look."""


@dataclass(frozen=True, slots=True)
class SatedConfig:
    """What others of a kind (the last category) are worth to those who bought of it within 30 days."""

    enabled: bool = True
    """As many times less as fewer of them turn to it in their next visit than of those who only looked at it. A shop
    whose people come back for more after buying than after looking is left as it is."""
    shrink: Positive = 10.0
    """Returns from which a kind is half believed: it is drawn to what is so of all kinds, and that to no difference."""
    least: Part = 0.2
    """Kinds that would lose no more than this part of their score are left alone."""


class Sated:
    """What others of a product's kind are worth to somebody who has it, in parts of what they were worth otherwise."""

    def __init__(self, worth: NDArray[np.float32], config: SatedConfig) -> None:
        self.config = config
        self._worth = worth
        """(products,) at most 1"""

    @property
    def anybody(self) -> bool:
        """Is there a kind that anybody has enough of?"""
        return bool((self._worth < 1).any())

    def save(self, folder: Path) -> None:
        """Write the config and the worth of each product."""
        write_config(folder, self.config)
        write_array(folder / "worth.npy", self._worth)

    @classmethod
    def load(cls, folder: Path) -> Sated:
        return cls(read_array(folder / "worth.npy"), read_config(folder, SatedConfig))

    def of(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """What each of the rows is worth to somebody who has one of its kind; 1 for those new to the release."""
        worth = self._worth.take(rows, mode="clip")
        worth[rows >= len(self._worth)] = 1
        return worth

    def factors(self, rows: NDArray[np.int32], asker: Asker, kinds: NDArray[np.int32]) -> NDArray[np.float32]:
        """What the score of each of the rows is multiplied with for whoever asks. `kinds`: of every row of the shop as
        it is now, 0 for none."""
        has = had(asker, kinds)
        factors = np.ones(len(rows), np.float32)
        if len(has):
            here = (place_among(has, kinds[rows]) >= 0).nonzero()[0]
            factors[here] = self.of(rows.take(here))
        return factors


def had(asker: Asker, kinds: NDArray[np.int32]) -> NDArray[np.int32]:
    """The kinds that the asker bought of, as lately as what was bought rests, and has not looked at since."""
    bought = asker.bought
    if not len(bought):
        return np.empty(0, np.int32)
    lately = (bought.last > asker.at - REST_DAYS * DAY_MS).nonzero()[0]
    has, when = kinds[bought.products.take(lately)], bought.last.take(lately)
    looks = (asker.trail.weights <= _LOOK).nonzero()[0]
    looked, then = kinds[asker.trail.rows.take(looks)], asker.times.take(looks)
    # a kind bought twice was bought last at one of them
    back = ((has[:, None] == looked) & (when[:, None] < then)).any(1)
    found: NDArray[np.int32] = has[~back & (has > 0)]
    return found
