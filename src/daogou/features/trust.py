"""How much an account's acts are worth as a vote on which products go together.

Whoever makes ten profiles and lets each buy a cheap product with his own wants to be the cheap product's first partner
(Lam and Riedl, "Shilling recommender systems for fun and profit", WWW 2004). Two things are dear to fake: age, and
coming back to buy; age counts from the day an account came back, so that one cheap order long ago lends no weight to
another today. Who comes back for the same two products nearly every time says that the two belong together, and
nothing that several others like it do not say as well: such accounts have no voice, as few households shop like that.
Nor have those that buy the same two products in the same week and share little else with anybody (`lockstep`).
Purchases alone make an account old: they come from the shop's till, and views cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Part, Weight
from daogou.domain.keys import once
from daogou.features.lockstep import lockstep

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ALWAYS = 2**40


@dataclass(frozen=True, slots=True)
class TrustConfig:
    """When an account is believed."""

    age_days: Weight = 30.0
    """Days after an account came back to buy until it is fully believed. A shop whose purchases reach back less than
    twice as far asks for half its own age."""
    back_part: Part = 0.25
    """Where fewer of the accounts than this part ever came back on another day, age counts from the first purchase."""
    least_steps: Weight = 1.0
    """Where there are fewer believed steps for each product of the shop, everybody's say what people turn to next, as
    in a shop of anonymous visits. No part of all steps, since who makes accounts makes as many steps as they like."""
    least_accounts: Count = 2
    """Of what shoppers turned to next around a product, that comes first which so many distinct believed accounts
    did; what fewer did comes behind it, or behind what is alike."""
    bound_days: Count = 3
    """An account that bought on so many days or more, and the same two products on nearly all, has no voice."""
    bound_part: Weight = 0.8
    """The part of its days that is nearly all; above 1 nobody is."""
    lockstep: Weight = 20.0
    """An account has no voice from this surprise on at how many bought the same two products in one week, in so far as
    they have little else in common. Three in a thousand households of a real grocer reach it without an attack."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What each account's vote is worth."""

    voice: NDArray[np.float32]
    """(accounts,) 0 to 1: its part of full age, times 1 - 0.5 ** (days on which it bought); 0 if it is set aside."""
    believed: NDArray[np.bool_]
    """(accounts,) Of at least half the full age, and not set aside."""
    aside: NDArray[np.bool_]
    """(accounts,) It buys the same two products nearly every time, or in step with others."""
    until: NDArray[np.int64]
    """(accounts,) The day of its last steps that count, -1 if none do: any of a believed account; of one that has
    bought, long enough ago, and has not come back or did so lately, those that are as old as that purchase must be."""

    @classmethod
    def of(
        cls, account: NDArray[np.integer], day: NDArray[np.int64], product: NDArray[np.integer], config: TrustConfig
    ) -> Trust:
        """Look at purchase lines: (lines,) accounts by number, days, and products by number."""
        if not len(account):
            return cls(np.zeros(1, np.float32), np.zeros(1, np.bool_), np.zeros(1, np.bool_), np.full(1, -1))
        n = int(account.max()) + 1
        last, n_days = int(day.max()), int(np.ptp(day)) + 1
        days = np.bincount(once(account.astype(np.int64) * n_days + day - day.min()) // n_days, minlength=n)
        first, second = _first_two(account, day, n)
        since = second if np.mean(days[days > 0] > 1) >= config.back_part else first
        full = min(config.age_days, (last - int(day.min())) / 2)
        age = np.clip((last - since) / full, 0, 1) if full > 0 else np.ones(n)
        voice = age * (1 - 0.5**days)
        aside = _bound(account, day, product, days, config) | (lockstep(account, day, product) > config.lockstep)
        believed = (age >= 0.5) & ~aside
        old = int(last - full / 2)
        until = np.where(believed, _ALWAYS, np.where((first <= old) & (days > 0) & ~aside, old, -1))
        return cls(np.where(aside, 0, voice).astype(np.float32), believed, aside, until)


def _first_two(
    account: NDArray[np.integer], day: NDArray[np.int64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(accounts,) The first two days on which each bought; the last day of all where there is none."""
    first, second = np.full(n, day.max()), np.full(n, day.max())
    np.minimum.at(first, account, day)
    later = day > first[account]
    np.minimum.at(second, account[later], day[later])
    return first, second


def _bound(
    account: NDArray[np.integer],
    day: NDArray[np.int64],
    product: NDArray[np.integer],
    days: NDArray[np.intp],
    config: TrustConfig,
) -> NDArray[np.bool_]:
    """(accounts,) Which bought two products or more on nearly all of their days."""
    n_days, n_products = int(day.max() - day.min()) + 1, int(product.max()) + 1
    pair = account.astype(np.int64) * n_products + product
    pair = once(pair * n_days + (day - day.min())) // n_days
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    times, who = np.diff(starts, append=len(pair)), pair[starts] // n_products
    nearly_all = (times >= config.bound_part * days[who]) & (days[who] >= config.bound_days)
    bound: NDArray[np.bool_] = np.bincount(who[nearly_all], minlength=len(days)) >= 2
    return bound
