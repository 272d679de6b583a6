"""Votes on what goes together: age, and coming back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.features.trust import Trust, TrustConfig

Line = tuple[int, int]


def trust(lines: list[Line], age_days: float = 30.0) -> Trust:
    """Lines as (account, day), each of a product of its own."""
    account, day = np.array(lines, np.int64).reshape(-1, 2).T
    return Trust.of(account.astype(np.int32), day, np.arange(len(lines)), TrustConfig(age_days))


def baskets(*each: str) -> Trust:
    """Account 0 buys these baskets, one every ten days, a letter for each product."""
    lines = [(day * 10, ord(letter)) for day, basket in enumerate(each) for letter in basket]
    day, product = np.array(lines, np.int64).T
    return Trust.of(np.zeros(len(day), np.int32), day, product, TrustConfig())


OLD = (0, 0)
"""Account 0, so that the shop's purchases reach back to day 0."""


def test_an_account_is_believed_when_it_has_aged() -> None:
    found = trust([OLD, (0, 100), (1, 100), (2, 84), (3, 70), (4, 71), (5, 72)])
    assert found.believed.tolist() == [True, False, True, True, True, True]  # too few came back to ask for it
    assert found.voice[1] == 0 < found.voice[2] < found.voice[3]


def test_age_counts_from_the_day_an_account_came_back() -> None:
    found = trust([OLD, (0, 50), (1, 0), (1, 100), (2, 0), (2, 84), (3, 0)])
    assert found.believed.tolist() == [True, False, True, False]
    assert (found.voice > 0).tolist() == [True, False, True, False]


def test_steps_of_who_did_not_come_back_count_when_they_are_as_old() -> None:
    found = trust([OLD, (0, 50), (1, 40), (1, 100), (2, 84), (3, 86), (5, 100)])
    believed, bought_once = found.until[0], 100 - 15
    assert believed > 100
    assert found.until[1:].tolist() == [bought_once, bought_once, -1, -1, -1]


def test_who_comes_back_to_buy_says_more() -> None:
    found = trust([OLD, (0, 50), (0, 100), (1, 50), (1, 60), (2, 50), (2, 60), (2, 70)])
    assert found.voice[1:].tolist() == pytest.approx([0.75, 0.875])


def test_a_young_shop_asks_for_half_its_own_age() -> None:
    found = trust([(0, 0), (1, 6), (2, 10)])
    assert found.believed.tolist() == [True, True, False]
    assert trust([(0, 5), (1, 5)]).believed.tolist() == [True, True]


@pytest.mark.parametrize(
    ("bought", "bound"),
    [
        (["abx", "aby", "abz"], True),
        (["abx", "aby", "abz", "abv", "aw"], True),
        (["abx", "aby", "az"], False),
        (["ax", "ay", "az"], False),
        (["ab", "ab", "c"], False),
    ],
)
def test_who_buys_the_same_two_nearly_every_time_has_no_voice(bought: list[str], bound: bool) -> None:
    found = baskets(*bought)
    assert found.aside.tolist() == [bound]
    assert found.believed.tolist() == [not bound]
    assert (found.voice == 0).tolist() == [bound]


def test_no_purchases_no_accounts() -> None:
    assert trust([]).voice.sum() == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 200)), min_size=1, max_size=60))
def test_no_voice_is_more_than_one_and_the_same_line_twice_is_one(lines: list[Line]) -> None:
    found = trust(lines)
    assert ((found.voice >= 0) & (found.voice < 1)).all()
    again = trust([*lines, *lines])
    assert np.array_equal(found.voice, again.voice)
