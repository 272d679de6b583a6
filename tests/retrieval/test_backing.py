"""Which entries of a table have enough accounts behind them, and what the others give way to."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval import neighbours
from daogou.retrieval.backing import backed, gives_way
from daogou.retrieval.neighbours import Neighbours

N = 6


@pytest.mark.parametrize("at_once", [1, 20_000_000])
@given(
    steps=st.lists(st.tuples(st.integers(0, 4), st.integers(0, N - 1)), max_size=40),
    entries=st.lists(st.sets(st.integers(0, N - 1)), min_size=N, max_size=N),
    least=st.integers(1, 3),
)
def test_an_entry_is_backed_by_distinct_accounts_that_took_steps_on_both(
    at_once: int, steps: list[tuple[int, int]], entries: list[set[int]], least: int
) -> None:
    on: dict[int, set[int]] = defaultdict(set)
    for account, row in steps:
        on[row].add(account)
    rows = [(row, other) for row, others in enumerate(entries) for other in sorted(others)]
    account, row = np.array(steps, np.int64).reshape(-1, 2).T
    offsets = np.concatenate(([0], np.cumsum([len(others) for others in entries])))
    table = Neighbours(offsets, np.array([other for _, other in rows], np.int32), np.ones(len(rows), np.float32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_PAIRS", at_once)
        found = backed([table, Neighbours.empty(N), table], account, row.astype(np.int32), least=least)
    expected = [len(on[head] & on[tail]) >= least for head, tail in rows]
    assert [mask.tolist() for mask in found] == [expected, [], expected]


def test_the_best_of_each_row_is_backed_and_what_is_not_keeps_its_order() -> None:
    values = np.array([1, 8, 4, 3, 6, 3], np.float32)
    enough = np.array([1, 0, 0, 1, 0, 0], np.bool_)
    worth = values * gives_way(values, np.array([0, 3, 4, 6]), enough)
    assert worth.tolist() == pytest.approx([1, 0.99, 0.495, 3, 0.002, 0.001])  # usual for a best one is 2


def test_however_much_a_few_do_alone_is_little() -> None:
    values = np.array([1, 1000], np.float32)
    factors = gives_way(values, np.array([0, 1, 2]), np.array([True, False]))
    assert (values * factors).tolist() == pytest.approx([1, 0.001])


def test_what_few_say_is_left_alone_where_it_is_behind_already() -> None:
    values = np.array([3, 2, 1], np.float32)
    assert gives_way(values, np.array([0, 3]), np.array([True, False, False])).tolist() == [1, 1, 1]
