from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval.popularity import DAY_MS, Fading, Popularity, PopularityConfig

NOW = 1_700_000_000_000
CONFIG = PopularityConfig(pool=2)


def fitted(*events: tuple[int, int], n: int = 5) -> Popularity:
    rows, days = np.array([row for row, _ in events], np.int32), np.array([day for _, day in events], np.int64)
    mask = [("city=bj", rows > 2)]
    return Popularity.fit(rows, NOW + days * DAY_MS, np.ones(len(rows), np.float32), n, segments=mask, config=CONFIG)


def test_recent_events_count_more() -> None:
    found = fitted((0, -60), (0, -60), (1, 0)).popular.pool()
    assert found.rows.tolist() == [1, 0]
    assert found.scores.tolist() == pytest.approx([1.0, 0.5])


def test_a_live_event_changes_the_next_order() -> None:
    popularity = fitted((0, 0), (0, 0), (1, 0))
    assert popularity.popular.pool().rows.tolist() == [0, 1]
    for _ in range(3):
        popularity.observe(4, NOW, 1.0)
    assert popularity.popular.pool().rows.tolist() == [4, 0]


def test_rising_prefers_what_is_new_among_equals() -> None:
    popularity = fitted(*[(0, -day) for day in range(60)], (0, 0), (1, 0), (1, 0))
    assert popularity.rising().rows[0] == 1


def test_of_a_label_fewer_rows_are_kept_and_every_row_has_its_share() -> None:
    events = [(row, 0) for row in range(5) for _ in range(row + 1)]
    rows = np.array([row for row, _ in events], np.int32)
    at, weights = np.full(len(rows), NOW), np.ones(len(rows), np.float32)
    config, marked = PopularityConfig(pool=3, segment_pool=2), [("city=bj", rows < 4)]
    found = Popularity.fit(rows, at, weights, 5, segments=marked, config=config)
    assert found.popular.pool().rows.tolist() == [4, 3, 2]
    assert found.segments["city=bj"].pool().rows.tolist() == [3, 2]
    asked = np.array([4, 0, 3, 9], np.int32)
    assert found.segments["city=bj"].shares(asked).tolist() == [0, 0.25, 1, 0]


def test_a_segment_has_its_own_order_and_hears_of_its_own_events() -> None:
    popularity = fitted((0, 0), (0, 0), (3, 0))
    assert popularity.segments["city=bj"].pool().rows.tolist() == [3]
    popularity.observe(2, NOW, 5.0, ["city=bj"])
    popularity.observe(1, NOW, 9.0, ["city=sh"])
    assert popularity.segments["city=bj"].pool().rows.tolist() == [2, 3]


def test_saved_counters_go_on_where_they_were(tmp_path: Path) -> None:
    before = fitted((0, -3), (1, 0), (1, -40), (3, -1))
    before.save(tmp_path)
    after = Popularity.load(tmp_path)
    for popularity in (before, after):
        popularity.observe(2, NOW + 10 * DAY_MS, 1.0)
    assert after.popular.pool().rows.tolist() == before.popular.pool().rows.tolist()
    np.testing.assert_allclose(after.popular.pool().scores, before.popular.pool().scores, rtol=1e-6)
    assert list(after.segments) == ["city=bj"]


def test_counters_survive_decades() -> None:
    popularity = fitted((0, 0))
    popularity.observe(1, NOW + 365 * 50 * DAY_MS, 1.0)
    popularity.observe(2, NOW + 365 * 50 * DAY_MS + 1, 2.0)
    assert popularity.popular.pool().rows.tolist() == [2, 1]
    assert np.isfinite(popularity.trending.state()[0]).all()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 100)), min_size=1, max_size=40),
    st.integers(0, 40),
)
def test_counting_live_equals_counting_at_once(events: list[tuple[int, int]], cut: int) -> None:
    ordered = sorted(events, key=lambda event: event[1])

    def fit(part: list[tuple[int, int]]) -> Fading:
        rows = np.array([row for row, _ in part], np.int32)
        at = np.array([NOW + day * DAY_MS for _, day in part], np.int64)
        return Fading.fit(rows, at, np.ones(len(part), np.float32), 10, half_life_days=30, pool=3)

    live = fit(ordered[:cut])
    for row, day in ordered[cut:]:
        live.pool()
        live.observe(row, NOW + day * DAY_MS, 1.0)
    at_once = fit(ordered)
    np.testing.assert_allclose(live.pool().scores, at_once.pool().scores, rtol=1e-5)
