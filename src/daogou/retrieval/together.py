"""Bought together: pairs that several different shoppers bought in one go.

Everything is counted in distinct shoppers, so that one account buying a pair a hundred times says no more than once. A
pair needs `min_shoppers` of those who are believed, and its rank goes by what their voices are worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Part, Weight
from daogou.domain.keys import once, runs
from daogou.retrieval.evidence import Evidence, Trail, spans
from daogou.retrieval.files import read_array, write_array
from daogou.retrieval.neighbours import Neighbours, blocks, grouped, stacked, strongest

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_LINES = 100_000
_LARGEST_BASKET = 60
"""Lines of one basket that are paired; a larger one is a stock-up that says little about pairs."""


@dataclass(frozen=True, slots=True)
class TogetherConfig:
    """When a pair counts, and how pairs are ranked."""

    min_shoppers: Count = 3
    """Distinct believed shoppers who must have bought both in one go."""
    from_power: Weight = 0.5
    """How much products with many buyers are damped as causes."""
    to_power: Weight = 0.3
    """How much they are damped as results."""
    shrink: Weight = 5.0
    """Added to the divisor: a handful of accounts cannot push a product to the front."""
    neighbours: Count = 50
    """How many partners of each product are kept."""
    instead: Part = 0.05
    """What is left, beside a product and for a basket, of what shoppers turned to next, where its category is never
    bought with that of the product: most likely it is bought in its place."""


class Together:
    """Partners of each product."""

    name = "together"

    def __init__(self, table: Neighbours, shoppers: NDArray[np.int32]) -> None:
        self.table = table
        self._shoppers = shoppers
        """Distinct believed buyers of each pair of the table."""

    @classmethod
    def empty(cls, n: int = 0) -> Together:
        """One that knows of no pair."""
        return cls(Neighbours.empty(n), np.empty(0, np.int32))

    @classmethod
    def fit(
        cls,
        actor: NDArray[np.int32],
        day: NDArray[np.int64],
        row: NDArray[np.int32],
        n: int,
        *,
        config: TogetherConfig,
        voice: NDArray[np.float32] | None = None,
        believed: NDArray[np.bool_] | None = None,
    ) -> Together:
        """Count pairs among lines; lines of one actor and one day are one basket.

        `voice` (actors,): what an actor's vote weighs. `believed` (actors,): whether the actor counts as a buyer.
        Left out, every actor counts with a voice of 1.
        """
        import scipy.sparse as sp

        if not len(actor):
            return cls.empty(n)
        n_actors, n_days = int(actor.max()) + 1, int(np.ptp(day)) + 1
        basket, rows = np.divmod(once((actor.astype(np.int64) * n_days + day - day.min()) * n + row), n)
        actors, begins = basket // n_days, runs(basket)
        sizes = np.diff(begins, append=len(rows))
        basket = np.repeat(np.arange(len(begins)), sizes)
        sizes = np.minimum(sizes, _LARGEST_BASKET)
        voice = np.ones(n_actors, np.float32) if voice is None else voice
        believed = np.ones(n_actors, np.bool_) if believed is None else believed
        bought, by = np.divmod(once(rows * n_actors + actors), n_actors)
        worth = np.bincount(bought, voice[by], minlength=n)
        places, starts = grouped(rows.astype(np.int32), n)
        parts, counts = [], []
        for low, high in blocks(starts, _BLOCK_LINES):
            here = places[starts[low] : starts[high]]
            other, index = spans(begins[basket[here]], (begins + sizes)[basket[here]])
            head, tail, who = rows[here][index], rows[other], actors[here][index]
            apart = head != tail
            both, who = np.divmod(once(((head[apart] - low) * n + tail[apart]) * n_actors + who[apart]), n_actors)
            new = runs(both)
            votes, number = (
                np.add.reduceat(values[who], new, dtype=np.float32) if len(who) else np.empty(0, np.float32)
                for values in (voice, believed)
            )
            enough = number >= config.min_shoppers
            head, tail = np.divmod(both[new[enough]], n)
            divisor = worth[head + low] ** config.from_power * worth[tail] ** config.to_power + config.shrink
            shape = (high - low, n)
            scores = sp.csr_matrix(((votes[enough] / divisor).astype(np.float32), (head, tail)), shape)
            number_of = sp.csr_matrix((number[enough], (head, tail)), shape)
            parts.append(strongest(scores, config.neighbours))
            counts.append(strongest(number_of, config.neighbours, by=scores.data).data)
        return cls(stacked(parts), np.concatenate(counts).astype(np.int32))

    def evidence(self, trail: Trail) -> Evidence:
        """Partners of every product of the trail; its order does not matter."""
        return self.table.spread(trail)

    def shoppers(self, row: int, partner: int) -> int:
        """How many distinct shoppers bought both in one go; 0 where the pair is not in the table."""
        found = np.flatnonzero(self.table.of(row)[0] == partner)
        return int(self._shoppers[self.table.offsets[row] + found[0]]) if len(found) else 0

    def save(self, folder: Path) -> None:
        """Write the partners, and the buyers of each pair."""
        self.table.save(folder)
        write_array(folder / "pairs.npy", self._shoppers)

    @classmethod
    def load(cls, folder: Path) -> Together:
        return cls(Neighbours.load(folder), read_array(folder / "pairs.npy"))
