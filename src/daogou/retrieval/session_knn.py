"""Session kNN: what people turned to whose steps were like these, found among the histories themselves.

Pair counts forget who made the pairs; here the few histories that share most with the trail speak, so two steps that
each lead anywhere lead somewhere together. The variant with a decay over the steps of the session (Ludewig and Jannach,
Evaluation of Session-based Recommendation Algorithms, UMUAI 2018, V-SkNN), with three differences: what came after the
shared step counts more than what came before, only what lay near it counts, and only the shared steps that say most
speak, so that long histories are no burden.

A release holds the steps of everyone without their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Part, Weight
from daogou.retrieval.candidates import are_highest
from daogou.retrieval.evidence import Evidence, Trail, distinct, gather, spans
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.neighbours import grouped

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.retrieval.sequential import Sequences


@dataclass(frozen=True, slots=True)
class SessionKnnConfig:
    """Which histories speak and how much. The defaults did well on held-out sessions of Diginetica's training part."""

    enabled: bool = True
    """False leaves it out of the release."""
    steps: Count = 6
    """How many of the newest steps look for histories."""
    recency: Part = 0.65
    """What each older step of the trail leaves of its weight."""
    newest: Count = 200
    """Histories are looked for among so many of a product's newest steps."""
    neighbours: Count = 50
    """How many histories speak: those that share most."""
    places: Count = 75
    """How many of the steps that these histories share with the trail speak: those that say most."""
    gap: Count = 10
    """A history speaks for products up to so many steps from the shared one."""
    gap_decay: Part = 0.9
    """What each further step leaves."""
    reversed: Weight = 0.4
    """Part that holds for what came before the shared step."""


class SessionKnn:
    """The histories, and where in them each product was met last."""

    name = "session_knn"

    def __init__(
        self,
        *,
        rows: NDArray[np.int32],
        offsets: NDArray[np.int64],
        met: NDArray[np.int64],
        met_offsets: NDArray[np.int64],
        met_history: NDArray[np.int32],
        rarity: NDArray[np.float32],
        config: SessionKnnConfig,
    ) -> None:
        self.config = config
        self._rows = rows
        """(steps,) one history after the other, each oldest first."""
        self._offsets = offsets
        """(histories + 1,)"""
        self._met = met
        """Places in `rows`, product after product, newest first."""
        self._met_offsets = met_offsets
        """(products + 1,)"""
        self._met_history = met_history
        """(met,) The history of each place."""
        self._rarity = rarity
        """(products,) Inverse frequency: what sharing the product says."""

    @classmethod
    def fit(cls, sequences: Sequences, n_products: int, *, config: SessionKnnConfig) -> SessionKnn:
        """Note where each product was met last. Memory is linear in steps."""
        degree = np.bincount(sequences.rows, minlength=n_products)
        age = sequences.at.max(initial=0) - sequences.at
        key = sequences.rows * (age.max(initial=0) + 1) + age  # one key takes half of the time that two take
        places, starts = grouped(sequences.rows, n_products)  # and half of that where it is nearly in order
        by_product = places[np.argsort(key[places], kind="stable")]
        newest = np.arange(len(by_product)) - np.repeat(starts[:-1], degree) < config.newest
        met_offsets = np.concatenate(([0], np.cumsum(np.minimum(degree, config.newest)))).astype(np.int64)
        met = by_product[newest].astype(np.int64)
        histories = len(sequences.offsets) - 1
        met_history = np.repeat(np.arange(histories, dtype=np.int32), np.diff(sequences.offsets))[met]
        rarity = np.log1p(histories / np.maximum(degree, 1)).astype(np.float32)
        return cls(
            rows=sequences.rows.astype(np.int32),
            offsets=sequences.offsets.astype(np.int64),
            met=met,
            met_offsets=met_offsets,
            met_history=met_history,
            rarity=rarity,
            config=config,
        )

    def evidence(self, trail: Trail) -> Evidence:
        """What lies near the shared steps in the histories that share most with the trail."""
        asked, weights = self._asked(trail.newest(self.config.steps))
        if not len(asked):
            return Evidence.none()
        found, cause = gather(self._met_offsets, trail.rows[asked])
        history = self._met_history.take(found)
        shared = weights.take(cause) / self._long.take(history)
        kept = self._nearest(history, shared)
        if len(kept) > self.config.places:
            kept = kept.take(are_highest(shared.take(kept), self.config.places).nonzero()[0])
        causes = asked.take(cause.take(kept))
        return self._around(self._met.take(found.take(kept)), history.take(kept), shared.take(kept), causes)

    def _asked(self, trail: Trail) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Places of known products in the trail, each product once at its newest, with what sharing it says."""
        first: dict[int, int] = {}
        for place, row in enumerate(trail.rows.tolist()):
            first.setdefault(row, place)
        asked = np.array([place for row, place in first.items() if row < len(self._rarity)], np.int32)
        asked = asked[trail.weights[asked] > 0]
        return asked, trail.faded(self.config.recency).take(asked) * self._rarity.take(trail.rows.take(asked))

    def _nearest(self, history: NDArray[np.int32], shared: NDArray[np.float32]) -> NDArray[np.int64]:
        """The entries of the histories that share most."""
        k = self.config.neighbours
        place, n = history, len(self._long)
        if n > len(history):  # then it is less to count those that are there
            once, place = distinct(history)
            n = len(once)
        likeness = np.bincount(place, shared, n).astype(np.float32)
        if np.count_nonzero(likeness) <= k:
            return np.arange(len(history))
        return are_highest(likeness, k).take(place).nonzero()[0]

    def _around(
        self,
        places: NDArray[np.int64],
        history: NDArray[np.int32],
        shared: NDArray[np.float32],
        causes: NDArray[np.int32],
    ) -> Evidence:
        """What lies up to `gap` steps from the places, in the same history."""
        gap = self.config.gap
        starts = np.maximum(self._offsets.take(history), places - gap)
        ends = np.minimum(self._offsets.take(history + 1), places + gap + 1)
        around, step = spans(starts, ends - 1)
        place = places.take(step)
        values = shared.take(step) * self._decay.take(around - place + gap)
        around += around >= place  # the shared step itself is left out
        found = Evidence(self._rows.take(around), values, causes.take(step))
        return found if self._decay.all() else found.kept(values > 0)

    @cached_property
    def _long(self) -> NDArray[np.float32]:
        """(histories,) The root of how many steps of each may speak at once."""
        return np.sqrt(np.minimum(np.diff(self._offsets), 1 + len(self._decay))).astype(np.float32)

    @cached_property
    def _decay(self) -> NDArray[np.float32]:
        """What each place from `gap` behind the shared step to `gap` ahead of it leaves, that step left out."""
        apart = np.arange(1, self.config.gap + 1)
        ahead = self.config.gap_decay ** (apart - 1.0)
        return np.concatenate([ahead[::-1] * self.config.reversed, ahead]).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the histories without names, the places, and the config."""
        for name in _ARRAYS:
            write_array(folder / f"{name}.npy", getattr(self, f"_{name}"))
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> SessionKnn:
        """Map what `save` wrote."""
        arrays = {name: read_array(folder / f"{name}.npy") for name in _ARRAYS}
        return cls(**arrays, config=read_config(folder, SessionKnnConfig))


_ARRAYS = ("rows", "offsets", "met", "met_offsets", "met_history", "rarity")
