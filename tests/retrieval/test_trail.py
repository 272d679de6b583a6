from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval.evidence import TIED, Trail


def test_the_order_of_one_moment_says_nothing() -> None:
    trail = Trail.of([4, 7, 9]).at(np.array([5, 5, 2]))
    assert trail.faded(0.5).tolist() == [0.75, 0.75, 0.25]
    assert Trail.of([4, 7, 9]).at(np.array([6, 5, 2])).faded(0.5).tolist() == [1.0, 0.5, 0.25]


def test_the_last_of_the_newest_brings_those_of_its_moment() -> None:
    trail = Trail.of([4, 7, 9, 3]).at(np.array([5, 2, 2, 2])).newest(2)
    assert trail.rows.tolist() == [4, 7, 9, 3]
    assert trail.faded(0.5).tolist() == pytest.approx([1, 0.5 / 3, 0.5 / 3, 0.5 / 3])
    assert Trail.of([4, 7, 9]).at(np.array([5, 5, 2])).newest(2).rows.tolist() == [4, 7]


def test_of_many_steps_of_one_moment_twice_as_many_speak_as_of_others() -> None:
    trail = Trail.of(range(50)).at(np.zeros(50)).newest(3)
    assert trail.rows.tolist() == list(range(3 * TIED))
    assert trail.faded(0.5).tolist() == pytest.approx([1.75 / 50] * len(trail))


@given(
    times=st.lists(st.integers(0, 2), min_size=1, max_size=5).map(lambda times: sorted(times, reverse=True)),
    n=st.integers(1, 6),
)
def test_a_step_weighs_what_it_does_on_average_over_the_orders(times: list[int], n: int) -> None:
    """Every order in which the steps may have come, each cut after the newest n."""
    orders = [order for order in itertools.permutations(range(len(times))) if [times[step] for step in order] == times]
    expected = np.zeros(len(times))
    for order in orders:
        for place, step in enumerate(order[:n]):
            expected[step] += 0.8**place / len(orders)
    found = Trail.of(range(len(times))).at(np.array(times)).newest(n)
    np.testing.assert_allclose(found.faded(0.8), expected[: len(found)], rtol=1e-5)
    assert len(found) == TIED * n or not expected[len(found) :].any()
