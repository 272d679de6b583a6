from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval.candidates import are_highest, highest


@given(
    n=st.integers(1, 5_000),
    k=st.integers(1, 400),
    levels=st.sampled_from([1, 3, 50, 10**6]),
    seed=st.integers(0, 99),
)
def test_the_highest_are_those_of_a_sorted_list(n: int, k: int, levels: int, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(levels, size=n).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    first = np.sort(order[:k])
    assert np.flatnonzero(are_highest(scores, min(k, n))).tolist() == first.tolist()
    edge = scores[order[min(k, n) - 1]]
    assert highest(scores, k).tolist() == np.flatnonzero(scores >= edge).tolist()


@pytest.mark.parametrize("place", [0, 4_999, 5_000])
def test_the_only_high_score_of_many_is_found_wherever_it_stands(place: int) -> None:
    scores = np.zeros(5_001, np.float32)
    scores[place] = 1
    assert highest(scores, 1).tolist() == [place]
