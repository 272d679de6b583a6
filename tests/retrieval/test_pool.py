from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval.evidence import NO_CAUSE, Evidence
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.pool import Pool, Request
from daogou.retrieval.weighing import score

_NAMES = ["a", "b"]
said = st.dictionaries(st.integers(0, 8), st.integers(1, 5), max_size=6)
requests = st.lists(st.tuples(said, said, st.integers(0, 8), st.lists(st.integers(0, 8), max_size=3)), max_size=6)


def evidence(values: dict[int, int] | dict[int, float]) -> Evidence:
    rows = np.array(list(values), np.int32)
    return Evidence(rows, np.array(list(values.values()), np.float32), np.full(len(rows), NO_CAUSE, np.int32))


def request(a: dict[int, int], b: dict[int, int], answer: int, seen: list[int]) -> Request:
    return Request({"a": evidence(a), "b": evidence(b)}, answer, np.array(seen, np.int32), answer in seen)


@given(requests)
def test_gains_are_those_of_fused_lists_one_after_the_other(
    asked: list[tuple[dict[int, int], dict[int, int], int, list[int]]],
) -> None:
    fusion, k = Fusion({"a": 1.0, "b": 0.5}, {"a": 2.0}), 3
    pool = Pool.of([request(*one) for one in asked], _NAMES)
    expected, new = [], []
    for a, b, answer, seen in asked:
        totals = {row: a.get(row, 0) / 2 + b.get(row, 0) / 2 for row in {*a, *b}}
        fresh = {row: value for row, value in totals.items() if row not in seen}
        expected.append(gain(totals, answer, k))
        if answer not in seen:
            new.append(gain(fresh, answer, k))
    assert score(fusion, pool, k=k) == pytest.approx(np.mean(expected or [0]))
    assert score(fusion, pool.fresh(), k=k) == pytest.approx(np.mean(new or [0]))
    assert (pool.asked, pool.fresh().asked) == (len(expected), len(new))


def gain(totals: dict[int, float], answer: int, k: int) -> float:
    """Of the answer among a few products; half a place for each that is level with it."""
    if answer not in totals:
        return 0.0
    own = totals.pop(answer)
    rank = sum(value > own for value in totals.values()) + 0.5 * sum(value == own for value in totals.values())
    totals[answer] = own
    return float(1 / np.log2(rank + 2)) if rank < k else 0.0


def test_scales_are_the_mean_best_of_products_new_to_the_shopper() -> None:
    pool = Pool.of(
        [
            request({0: 9, 1: 3}, {}, 1, [0]),
            request({2: 5, 3: 1}, {4: 7}, 8, []),  # nobody finds the answer, yet it counts
            request({5: 9}, {5: 9}, 5, [5]),  # a product that the shopper comes back to
        ],
        _NAMES,
    )
    assert pool.scales == {"a": 4.0, "b": 7.0}
    assert pool.numbers.tolist() == [0, 2]


def test_of_a_long_list_the_best_are_kept_and_those_that_may_be_raised() -> None:
    values = {row: 1000.0 - row for row in range(300)}
    found = {"a": evidence(values), "b": evidence({200: 1.0})}
    raised = np.arange(300) % 100 == 99
    asked = [Request(found, 150, np.array([0, 1], np.int32)), Request(found, 200, np.array([0, 1], np.int32))]
    pool = Pool.of(asked, _NAMES, raised=raised)
    assert pool.numbers.tolist() == [1]
    assert pool.rows.tolist() == [*range(102), 199, 200, 299]
    assert pool.scores["a"].tolist() == [values[row] for row in pool.rows.tolist()]
    assert pool.scores["b"].tolist() == [float(row == 200) for row in pool.rows.tolist()]
    assert pool.fresh().rows.tolist() == [*range(2, 102), 199, 200, 299]
    assert Pool.of(asked, _NAMES).rows.tolist() == [*range(102), 200]


def test_one_source_can_stand_in_for_another() -> None:
    pool = Pool.of([request({1: 2}, {1: 4}, 1, [])], _NAMES).taking("a", "b")
    assert {name: scores.tolist() for name, scores in pool.scores.items()} == {"a": [4.0]}
    assert pool.scales == {"a": 4.0}
