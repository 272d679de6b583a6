"""Repeat purchases: how often a shopper bought a product, the recent times counting more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from daogou.retrieval.evidence import NO_CAUSE, Evidence
from daogou.retrieval.files import read_config, write_config

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class RepeatConfig:
    """How purchases fade, and how much they count for the next basket."""

    half_life_days: float = 60.0
    """Days after which a purchase counts half. A guess that has not been tuned."""
    floor: float = 0.2
    """What a purchase counts however old it is."""
    weight: float = 1.0
    """Worth of repeats in the next basket; a usual best repeat has 1."""
    rest: float = 0.05
    """Worth of everything else in the next basket: partners of the basket, and what is next for the shopper."""


class Repeat:
    """Personal frequency and recency."""

    name = "repeat"

    def __init__(self, config: RepeatConfig) -> None:
        self.config = config

    def save(self, folder: Path) -> None:
        """Write the config: what was bought is in the event log."""
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> Repeat:
        return cls(read_config(folder, RepeatConfig))

    def evidence(self, bought: Mapping[int, Sequence[int]], at: int) -> Evidence:
        """Products by row with the moments they were bought; the values are relative to the highest."""
        if not bought:
            return Evidence.none()
        rows = np.fromiter(bought, np.int32)
        lengths = [len(times) for times in bought.values()]
        times = np.fromiter((time for times in bought.values() for time in times), np.int64)
        days = np.maximum(0, at - times) / DAY_MS
        worth = self.config.floor + (1 - self.config.floor) * np.exp2(-days / self.config.half_life_days)
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        values = np.add.reduceat(worth, starts)
        return Evidence(rows, (values / values.max()).astype(np.float32), np.full(len(rows), NO_CAUSE, np.int32))
