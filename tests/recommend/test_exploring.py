from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import Instant, SessionId
from daogou.recommend.exploring import HOUR_MS, dice, epsilon_of, explore
from daogou.recommend.request import RecommendRequest


@given(
    order=st.lists(st.integers(0, 99), unique=True, max_size=20),
    k=st.integers(1, 10),
    epsilon=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_places_are_filled_from_the_pool_once_each(order: list[int], k: int, epsilon: float, seed: int) -> None:
    placed = explore(order, k, epsilon=epsilon, random=np.random.default_rng(seed))
    rows = [place.row for place in placed]
    assert len(rows) == len(set(rows)) == min(k, len(order))
    assert set(rows) <= set(order)
    assert all(0 < place.propensity <= 1 + 1e-9 for place in placed)


def test_without_epsilon_the_order_stays_and_nothing_is_explored() -> None:
    placed = explore([5, 3, 9], 3, epsilon=0.0, random=np.random.default_rng(0))
    assert placed == [(5, 1.0, False), (3, 1.0, False), (9, 1.0, False)]


def test_propensities_are_the_frequencies_they_claim_to_be() -> None:
    random = np.random.default_rng(0)
    lists = [explore([1, 2, 3, 4], 2, epsilon=0.4, random=random) for _ in range(20_000)]
    first = Counter(placed[0].row for placed in lists)
    claimed = {placed[0].row: placed[0].propensity for placed in lists}
    assert claimed == pytest.approx({1: 0.7, 2: 0.1, 3: 0.1, 4: 0.1})
    for row, propensity in claimed.items():
        assert first[row] / len(lists) == pytest.approx(propensity, abs=0.015)
    after = [placed[1] for placed in lists if placed[0].row == 3]
    second = Counter(place.row for place in after)
    assert sum(place.propensity for place in set(after)) == pytest.approx(1)
    for place in set(after):
        assert second[place.row] / len(after) == pytest.approx(place.propensity, abs=0.05)


def test_the_draw_holds_for_an_hour_and_differs_between_visits() -> None:
    def drawn(session: str, at: int) -> list[float]:
        request = RecommendRequest(session=SessionId(session), kind="new")
        return dice(request, Instant(at)).random(3).tolist()

    assert drawn("a", 10 * HOUR_MS) == drawn("a", 11 * HOUR_MS - 1)
    assert drawn("a", 10 * HOUR_MS) != drawn("a", 11 * HOUR_MS)
    assert drawn("a", 10 * HOUR_MS) != drawn("b", 10 * HOUR_MS)


def test_a_callers_list_is_never_explored() -> None:
    assert epsilon_of(RecommendRequest(kind="new"), {"new": 0.2}) == 0.2
    assert epsilon_of(RecommendRequest(kind="trending"), {"new": 0.2}) == 0.0
    assert epsilon_of(RecommendRequest(kind="new", candidates=("p1",)), {"new": 0.2}) == 0.0  # type: ignore[arg-type]
    assert epsilon_of(RecommendRequest(kind="new", candidates=()), {"new": 0.2}) == 0.0
