"""The measures themselves, against values worked out by hand and properties that must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from daogou.domain.ids import Instant
from daogou.evaluation.offline.beyond import Nature, beyond
from daogou.evaluation.offline.bootstrap import differences, intervals, permutation_p
from daogou.evaluation.offline.questions import Question
from daogou.retrieval.metrics import gini, in_tie_order, listwise
from daogou.testing.builders import product

hits = arrays(bool, st.tuples(st.integers(1, 5), st.just(12)))


def test_listwise_by_hand() -> None:
    found = listwise(np.array([[False, True, False, True, True]]), np.array([5]), 4)
    assert found["precision"][0] == 2 / 4
    assert found["recall"][0] == 2 / 5
    assert found["hit rate"][0] == 1
    assert found["mrr"][0] == 1 / 2
    assert found["map"][0] == (1 / 2 + 2 / 4) / 4
    best = sum(1 / math.log2(place + 2) for place in range(4))
    assert found["ndcg"][0] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / best)


@given(hits, st.integers(1, 15), st.integers(0, 4))
def test_measures_stay_between_0_and_1_and_agree_on_nothing_found(found: np.ndarray, k: int, missed: int) -> None:
    wanted = np.maximum(found.sum(axis=1) + missed, 1)
    values = listwise(found, wanted, k)
    for each in values.values():
        assert ((each >= 0) & (each <= 1 + 1e-12)).all()
        assert ((each > 0) == found[:, :k].any(axis=1)).all()


@given(st.integers(1, 12), st.integers(1, 12))
def test_the_best_list_scores_1(wanted: int, k: int) -> None:
    found = (np.arange(12) < wanted)[None, :]
    values = listwise(found, np.array([wanted]), k)
    for name in ("ndcg", "map", "mrr", "hit rate"):
        assert values[name][0] == pytest.approx(1)


@given(hits, st.integers(1, 12), st.data())
def test_tie_orders_bound_any_other(found: np.ndarray, k: int, data: st.DataObject) -> None:
    scores = -np.sort(data.draw(arrays(np.int64, found.shape, elements=st.integers(0, 3))), axis=1).astype(float)
    wanted = np.maximum(found.sum(axis=1), 1)
    low, own, high = (
        listwise(each, wanted, k)["ndcg"]
        for each in (in_tie_order(found, scores, lucky=False), found, in_tie_order(found, scores, lucky=True))
    )
    assert (low <= own + 1e-12).all()
    assert (own <= high + 1e-12).all()


def test_without_ties_no_order_is_luckier() -> None:
    found, scores = np.array([[True, False, True]]), np.array([[3.0, 2.0, 1.0]])
    assert (in_tie_order(found, scores, lucky=True) == found).all()
    assert (in_tie_order(found, scores, lucky=False) == found).all()


def test_gini_of_even_and_of_one() -> None:
    assert gini(np.ones(10)) == 0
    assert gini(np.eye(10)[3]) == pytest.approx(0.9)
    assert gini(np.zeros(10)) == 0


# --- intervals and tests -------------------------------------------------------------------------------------------


def test_intervals_hold_a_true_mean_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for run in range(200):
        (interval,) = intervals(rng.random((80, 1)), seed=run, draws=200)
        inside += interval.holds(0.5)
    assert 180 <= inside <= 199


@pytest.mark.parametrize(("n", "rate", "size"), [(20, 0.05, 1.0), (50, 0.02, 0.5), (200, 0.01, 1.0), (40, 0.97, 1.0)])
def test_intervals_hold_the_truth_where_few_shoppers_find_anything(n: int, rate: float, size: float) -> None:
    """Percentiles of a bootstrap held it in 65, 66, 85 and 71 of a hundred."""
    rng = np.random.default_rng(0)
    found = intervals(size * (rng.random((n, 300)) < rate), seed=0)
    assert sum(each.holds(rate * size) for each in found) >= 270
    assert all(0 <= each.low <= each.mean <= each.high <= 1 for each in found)


def test_one_shopper_is_no_certainty() -> None:
    for value in (0.0, 1.0):
        (found,) = intervals(np.array([[value]]), seed=0)
        assert found.holds(value)
        assert found.high - found.low > 0.7


def test_chance_is_called_chance_and_a_difference_a_difference() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(300, 40))
    assert np.count_nonzero(permutation_p(noise, seed=1) < 0.05) <= 6
    (clear,) = differences(noise[:, :1] + 0.5, seed=1)
    assert clear.p < 0.002
    assert clear.interval.low > 0


def test_equal_systems_have_p_1() -> None:
    (found,) = differences(np.zeros((50, 1)), seed=0)
    assert found.p == 1
    assert (found.interval.low, found.interval.mean, found.interval.high) == (0, 0, 0)


# --- beyond accuracy -----------------------------------------------------------------------------------------------

GOODS = [
    product("p0", category=["a"], attributes={"color": "red"}),
    product("p1", category=["a"], attributes={"color": "red"}),
    product("p2", category=["b"], attributes={"color": "blue"}),
    product("p3", category=["b"]),
]
REACH = np.array([7.0, 3.0, 1.0, 0.0])


def question(*history: int) -> Question:
    none = np.empty(0, np.int64)
    return Question("s", Instant(0), np.array(history, np.int64), none, none, none, none)


def measured(rows: list[list[int]], *, history: tuple[int, ...] = (0,), usually: int = 0) -> dict[str, float]:
    return measured_each(rows, [history] * len(rows), usually=usually)


def measured_each(rows: list[list[int]], histories: list[tuple[int, ...]], *, usually: int = 0) -> dict[str, float]:
    nature = Nature.of(GOODS, REACH, 7)
    lists = np.array(rows, np.int64)
    hits = lists == 2
    usual = np.full((len(rows), 1), usually)
    return beyond(lists, hits, usual, [question(*history) for history in histories], nature)


def test_coverage_gini_and_popularity() -> None:
    found = measured([[0, 1], [0, 2]])
    assert found["coverage"] == 3 / 4
    assert found["gini"] == pytest.approx(gini(np.array([2, 1, 1, 0])))
    assert found["popularity"] == pytest.approx((1 + 0.5 + 1 + 0.25) / 4)
    assert found["novelty"] == pytest.approx((0 + 1 + 0 + 2) / 4)
    assert found["popularity lift"] == pytest.approx((0.75 + 0.625) / 2 - 1)
    assert measured([[0, 1], [0, 2]], history=(1,))["popularity lift"] == pytest.approx((0.75 + 0.625) / 2 / 0.5 - 1)


def test_the_lift_is_of_means_over_the_shoppers_who_have_a_history() -> None:
    """GAP of the lists over GAP of the profiles; the third shopper has no profile."""
    found = measured_each([[0, 1], [0, 2], [0, 0]], [(0,), (3,), ()])
    assert found["popularity lift"] == pytest.approx((0.75 + 0.625) / (1 + 0.125) - 1)
    assert measured_each([[0, 1]], [()])["popularity lift"] == 0


def test_what_is_alike_has_no_variety_and_what_shares_nothing_has_all() -> None:
    assert measured([[0, 1]])["variety"] == pytest.approx(0)
    assert measured([[0, 2]])["variety"] == pytest.approx(1)
    assert measured([[0, -1]])["variety"] == 0  # one product has no pair


def test_serendipity_counts_what_was_wanted_and_is_not_the_usual() -> None:
    assert measured([[2, 1]])["serendipity"] == 1 / 2
    assert measured([[0, 1]])["serendipity"] == 0
    assert measured([[2, 1]], usually=2)["serendipity"] == 0


def test_calibration_is_the_divergence_of_the_mixes() -> None:
    assert measured([[0, 2]], history=(1, 3))["miscalibration"] == pytest.approx(0)
    far = measured([[0, 1]], history=(2, 3))["miscalibration"]
    assert far == pytest.approx(math.log(1 / 0.01))
    half = 0.5 * math.log(0.5 / (0.99 + 0.005)) + 0.5 * math.log(0.5 / 0.005)
    assert measured([[0, 1]], history=(0, 2))["miscalibration"] == pytest.approx(half)
