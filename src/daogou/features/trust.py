"""How much an account's purchases are worth as a vote on which products go together.

Whoever makes ten profiles and lets each buy a cheap product with his own wants to be the cheap product's first partner
(Lam and Riedl, "Shilling recommender systems for fun and profit", WWW 2004). Two things are dear to fake: age, and
coming back to buy. Purchases alone are looked at: they come from the shop's till, and views cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TrustConfig:
    """When an account is believed."""

    age_days: float = 30.0
    """Days since an account's first purchase after which it is fully believed. A shop whose purchases reach back less
    than twice as far asks for half its own age."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What each account's vote is worth."""

    voice: NDArray[np.float32]
    """(accounts,) 0 to 1: its part of full age, times 1 - 0.5 ** (days on which it bought)."""
    believed: NDArray[np.bool_]
    """(accounts,) Of at least half the full age."""

    @classmethod
    def of(cls, account: NDArray[np.integer], day: NDArray[np.int64], config: TrustConfig) -> Trust:
        """Look at purchase lines: (lines,) accounts by number, and days."""
        if not len(account):
            return cls(np.zeros(1, np.float32), np.zeros(1, np.bool_))
        n = int(account.max()) + 1
        days = np.bincount(np.unique(np.stack([account.astype(np.int64), day]), axis=1)[0], minlength=n)
        first = np.full(n, day.max())
        np.minimum.at(first, account, day)
        full = min(config.age_days, (day.max() - day.min()) / 2)
        age = np.clip((day.max() - first) / full, 0, 1) if full > 0 else np.ones(n)
        voice = age * (1 - 0.5**days)
        return cls(voice.astype(np.float32), age >= 0.5)
