"""Clocks that stand still or go on when told, so that no test waits and every run sees the same time."""

from __future__ import annotations

from dataclasses import dataclass

from daogou.domain.ids import Instant

NOON = Instant(1_767_268_800_000)
"""2026-01-01 12:00 UTC."""


@dataclass
class FixedClock:
    """A callable that says what moment it is; `advance` moves it."""

    now: Instant = NOON

    def __call__(self) -> Instant:
        return self.now

    def advance(self, *, ms: int = 0, seconds: float = 0, days: float = 0) -> Instant:
        """Move on by the sum of the arguments, and say what moment it is then."""
        self.now = Instant(self.now + ms + round(1000 * (seconds + 86_400 * days)))
        return self.now


@dataclass
class TickingClock:
    """A clock that moves on by `step_ms` each time it is read, so that no two readings are equal."""

    now: Instant = NOON
    step_ms: int = 1

    def __call__(self) -> Instant:
        now = self.now
        self.now = Instant(now + self.step_ms)
        return now
