from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sources import steps

from daogou.retrieval import sequential
from daogou.retrieval.evidence import Trail
from daogou.retrieval.sequential import DAY_MS, SequentialConfig, SequentialKnn

CONFIG = SequentialConfig()


def test_a_pair_counts_by_gap_days_and_direction() -> None:
    knn = SequentialKnn.fit(steps([0, 1, 2], apart_ms=2 * DAY_MS), 3, config=CONFIG)
    assert knn.count(0, 1) == pytest.approx(math.exp(-2 / 400))
    assert knn.count(0, 2) == pytest.approx(0.9 * math.exp(-4 / 400))
    assert knn.count(1, 0) == pytest.approx(0.25 * math.exp(-2 / 400))


def test_minutes_count_in_a_shop_of_today() -> None:
    """Moments are counted from the first step: since 1970, 32 bits would hold them to three minutes."""
    config = SequentialConfig(tau_days=0.01, same_day=1.0)
    walks = steps([0, 1], apart_ms=60_000)
    today = replace(walks, at=walks.at + 20_500 * DAY_MS)
    knn = SequentialKnn.fit(today, 2, config=config)
    assert knn.count(0, 1) == pytest.approx(math.exp(-60_000 / DAY_MS / 0.01), rel=1e-4)


def test_the_same_day_counts_more() -> None:
    knn = SequentialKnn.fit(steps([0, 1], apart_ms=1_000), 2, config=CONFIG)
    assert knn.count(0, 1) == pytest.approx(1.5, rel=1e-6)


def test_shoppers_are_not_paired_with_each_other() -> None:
    knn = SequentialKnn.fit(steps([0], [1]), 2, config=CONFIG)
    assert knn.count(0, 1) == 0


def test_pairs_beyond_the_gap_do_not_count() -> None:
    knn = SequentialKnn.fit(steps([0, 2, 2, 1]), 3, config=SequentialConfig(gap=2))
    assert knn.count(0, 1) == 0


def test_value_divides_by_damped_degrees() -> None:
    knn = SequentialKnn.fit(steps([0, 1], [2, 1]), 3, config=CONFIG)
    found = knn.evidence(Trail.of([0])).best(1)
    assert found.rows.tolist() == [1]
    assert found.scores[0] == pytest.approx(math.exp(-1 / 400) / (1 * 2**0.15 + 0.3), rel=1e-5)


def test_only_the_strongest_neighbours_are_kept() -> None:
    knn = SequentialKnn.fit(steps([0, 1, 2, 3]), 4, config=SequentialConfig(neighbours=2))
    assert len(knn.evidence(Trail.of([0]))) == 2


def test_blocks_do_not_change_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = steps([0, 1, 2, 3], [3, 1, 0], [2, 0])
    whole = SequentialKnn.fit(walks, 5, config=CONFIG)
    monkeypatch.setattr(sequential, "_BLOCK_EVENTS", 2)
    parts = SequentialKnn.fit(walks, 5, config=CONFIG)
    assert parts.counts.rows.tolist() == whole.counts.rows.tolist()
    np.testing.assert_allclose(parts.counts.values, whole.counts.values)


walks = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=8), min_size=1, max_size=5)


@given(fitted=walks, live=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7)), max_size=12))
def test_live_updates_equal_a_refit(fitted: list[list[int]], live: list[tuple[int, int]]) -> None:
    """Where no neighbour was cut off, counting live and counting anew are the same."""
    histories = [list(history) for history in fitted] + [[] for _ in range(3 - len(fitted))]
    knn = SequentialKnn.fit(steps(*fitted), 6, config=CONFIG)
    for actor, row in live:
        history = histories[actor]
        before = [(earlier, place * DAY_MS) for place, earlier in enumerate(history)][::-1]
        knn.observe(row, len(history) * DAY_MS, before)
        history.append(row)
    again = SequentialKnn.fit(steps(*histories), 8, config=CONFIG)
    for i in range(8):
        for j in range(8):
            assert knn.count(i, j) == pytest.approx(again.count(i, j), rel=1e-5)
    trail = Trail.of([0, 7, 3])
    np.testing.assert_allclose(knn.evidence(trail).totals()[1], again.evidence(trail).totals()[1], rtol=1e-4)


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=8), min_size=1, max_size=6), st.integers(1, 4))
def test_several_choices_of_steps_are_counted_at_once(walks: list[list[int]], choices: int) -> None:
    """Each is the fit of what is left where, as of the ends of walks, nothing lay between what counts."""
    ends = [[max(1, len(walk) - cut) for walk in walks] for cut in range(choices)]
    masks = [
        np.concatenate([np.arange(len(walk)) < end for walk, end in zip(walks, lengths, strict=True)])
        for lengths in ends
    ]
    fits = SequentialKnn.fits(steps(*walks), masks, 6, config=CONFIG)
    assert len(fits) == choices
    for found, lengths in zip(fits, ends, strict=True):
        left = steps(*(walk[:end] for walk, end in zip(walks, lengths, strict=True)))
        expected = SequentialKnn.fit(left, 6, config=CONFIG)
        np.testing.assert_array_equal(found.degree, expected.degree)
        trail = Trail.of(range(6))
        for one, other in zip(found.evidence(trail).totals(), expected.evidence(trail).totals(), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4)


def test_steps_that_do_not_count_still_lie_between_the_others() -> None:
    mask = np.array([True, False, True])
    [knn] = SequentialKnn.fits(steps([0, 1, 2], apart_ms=2 * DAY_MS), [mask], 3, config=CONFIG)
    assert knn.count(0, 2) == pytest.approx(0.9 * math.exp(-4 / 400))
    assert knn.count(0, 1) == knn.count(1, 2) == 0
    assert knn.degree.tolist() == [1, 0, 1]


def test_of_two_steps_of_one_moment_neither_came_before() -> None:
    knn = SequentialKnn.fit(steps([0, 1, 2], apart_ms=0), 3, config=CONFIG)
    assert knn.count(0, 1) == knn.count(1, 0) == knn.count(0, 2) == pytest.approx(1.5 * (1 + 0.25) / 2)
    live = SequentialKnn.fit(steps([2]), 3, config=CONFIG)
    live.observe(1, 5, [(0, 5)])
    assert live.count(0, 1) == live.count(1, 0) == knn.count(0, 1)
