"""Accounts that buy the same two things in the same week and have little else in common with anybody.

Groups of fake accounts are found by what they must have in common: what they push, and the campaign's time (Beutel, Xu,
Guruswami, Palow and Faloutsos, "CopyCatch", WWW 2013). How many accounts bought a pair in one go in one week is held
against how many would, were products and weeks chosen independently; the surprise counts by its part of all the
surprising things that the account did. So households that shop for the week's offers are not found, as they share many
pairs with many, and a crowd that comes for one pair is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.keys import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEK_DAYS = 7
_LEAST = 3
"""Accounts that make a pair of a week a group."""
_LARGEST_BASKET = 60
"""Lines of one basket that are paired."""


def lockstep(account: NDArray[np.integer], day: NDArray[np.int64], product: NDArray[np.integer]) -> NDArray[np.float32]:
    """(accounts,) How surprising its most surprising pair of a week is, times that pair's part of all its surprises.

    Purchase lines: (lines,) accounts by number, days, and products by number. The surprise is the log-likelihood ratio
    of a Poisson count: n * log(n / expected) - n + expected.
    """
    found = np.zeros(int(account.max(initial=-1)) + 1, np.float32)
    most, total = np.zeros_like(found), np.zeros_like(found)
    if not len(account):
        return found
    n = int(product.max()) + 1
    buyers = np.bincount(once(account.astype(np.int64) * n + product) % n, minlength=n)
    weeks = max(1.0, (int(day.max()) - int(day.min()) + 1) / WEEK_DAYS)
    usual = 1 / (len(np.unique(account)) * weeks)
    week = day // WEEK_DAYS
    order = np.argsort(week, kind="stable")
    for here in np.split(order, np.flatnonzero(np.diff(week[order])) + 1):
        one, other, who, together = _pairs(account[here].astype(np.int64), day[here], product[here].astype(np.int64))
        expected = buyers[one] * buyers[other] * usual
        surprise = (together * np.log(together / expected) - together + expected) * (together > expected)
        np.maximum.at(found, who, surprise)
        np.maximum.at(most, who, surprise / together)
        total += np.bincount(who, surprise / together, minlength=len(found)).astype(np.float32)
    return (found * most / np.maximum(total, 1e-9)).astype(np.float32)


def _pairs(
    account: NDArray[np.int64], day: NDArray[np.int64], product: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.intp]]:
    """Pairs of one week that enough accounts bought in one go: both products, an account, and how many there are."""
    kinds, kind = np.unique(product, return_inverse=True)
    accounts, who = np.unique(account, return_inverse=True)
    buyers = np.bincount(once(who * len(kinds) + kind) % len(kinds), minlength=len(kinds))
    many = buyers[kind] >= _LEAST  # the others are in no group
    basket, kind = np.divmod(
        once((who[many] * WEEK_DAYS + day[many] % WEEK_DAYS) * len(kinds) + kind[many]), len(kinds)
    )
    who = basket // WEEK_DAYS
    starts = np.flatnonzero(np.diff(basket, prepend=-1))
    sizes = np.minimum(np.diff(starts, append=len(basket)), _LARGEST_BASKET)
    keys = [np.empty(0, np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():
        first = starts[sizes == size]
        lines = kind[first[:, None] + np.arange(size)]  # (baskets, size), ascending
        left, right = np.triu_indices(size, k=1)
        pair = lines[:, left] * len(kinds) + lines[:, right]
        keys.append((pair * len(accounts) + who[first][:, None]).ravel())
    pair, by = np.divmod(once(np.concatenate(keys)), max(1, len(accounts)))
    _, place, counts = np.unique(pair, return_inverse=True, return_counts=True)
    group = counts[place] >= _LEAST
    one, other = np.divmod(pair[group], max(1, len(kinds)))
    return kinds[one], kinds[other], accounts[by[group]], counts[place][group]
