"""Accounts that buy the same two products in the same week, and little else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.features.lockstep import lockstep
from daogou.features.trust import TrustConfig

Line = tuple[int, int, int]
WEEKS = 20
CROWD, EACH = 100, 8
"""Real accounts, and how often each buys two of forty products at random."""


def shop(fakes: list[Line]) -> np.ndarray:
    """The surprise at each account: the crowd, then those of the fakes."""
    rng = np.random.default_rng(0)
    real = [
        (who, int(day), int(product))
        for who in range(CROWD)
        for day in rng.integers(0, WEEKS * 7, EACH)
        for product in rng.choice(40, 2, replace=False)
    ]
    account, day, product = np.array([*real, *((CROWD + who, day, product) for who, day, product in fakes)]).T
    return lockstep(account, day, product)


def test_a_crowd_that_comes_for_one_pair_in_one_week_stands_out() -> None:
    found = shop([(who, 70 + who % 7, product) for who in range(10) for product in (5, 99)])
    assert found[CROWD:].min() > TrustConfig().lockstep > 2 * found[:CROWD].max()


def test_it_does_not_where_it_comes_over_months_or_in_baskets_of_one() -> None:
    over_months = shop([(who, 14 * who, product) for who in range(10) for product in (5, 99)])
    apart = shop([(who, 70 + place, product) for who in range(10) for place, product in enumerate((5, 99))])
    assert over_months[CROWD:].max() == apart[CROWD:].max() == 0


def test_two_accounts_are_no_crowd() -> None:
    assert shop([(who, 70, product) for who in range(2) for product in (98, 99)])[CROWD:].max() == 0


def test_a_pair_that_fewer_bought_than_might_have_is_no_surprise() -> None:
    apart = [(who, day, product) for who in range(100) for day, product in ((0, 0), (3, 1))]
    account, day, product = np.array([*apart, *((who, 5, product) for who in range(3) for product in (0, 1))]).T
    assert lockstep(account, day, product).max() == 0


def test_who_shares_many_such_pairs_with_many_is_no_group() -> None:
    """As households that shop for the offers of the week do: each surprise counts by its part of all of them."""
    offers = [(who, 70, product) for who in range(10) for product in range(90, 94)]
    assert shop(offers)[CROWD:].max() < shop([line for line in offers if line[2] < 92])[CROWD:].min() / 4


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30), st.integers(0, 9)), max_size=80))
def test_it_is_no_less_than_nothing_and_does_not_see_a_line_twice(lines: list[Line]) -> None:
    account, day, product = np.array(lines, np.int64).reshape(-1, 3).T
    found = lockstep(account, day, product)
    assert len(found) == account.max(initial=-1) + 1
    assert (found >= 0).all()
    again = np.tile(np.arange(len(lines)), 2)
    assert np.array_equal(found, lockstep(account[again], day[again], product[again]))
